//! A server of plain HTTP, and clients of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::ptr::null;
use std::slice;

use wirebird::ffi::*;

use crate::engine::host::*;
use crate::engine::peers::connect_raw;

/// Listens for plain HTTP, and accepts every WebSocket.
pub fn listen(host: &Host, change: impl FnOnce(&mut wirebird_server_options_t)) -> Listening {
    host.listen_with(|server, _| {
        server.http = WIREBIRD_HTTP_ASK;
        change(server);
    })
}

/// What a function like `wirebird_request_path` gives.
pub fn read(
    request: wirebird_request_t,
    read: unsafe extern "C" fn(wirebird_request_t, *mut wirebird_text_t) -> wirebird_status_t,
) -> String {
    let mut found = text("");
    ok(unsafe { read(request, &mut found) });
    of(found)
}

/// The header fields of a request, as `name: value` lines.
pub fn fields_of(request: wirebird_request_t) -> Vec<String> {
    let mut header = wirebird_header_t { name: text(""), value: text("") };
    let mut fields = Vec::new();
    while unsafe { wirebird_request_header(request, fields.len(), &mut header) } == WIREBIRD_OK {
        fields.push(format!("{}: {}", of(header.name), of(header.value)));
    }
    fields
}

fn of(view: wirebird_text_t) -> String {
    let bytes = match view.length {
        0 => &[],
        length => unsafe { slice::from_raw_parts(view.data.cast::<u8>(), length) },
    };
    String::from_utf8_lossy(bytes).into_owned()
}

/// Answers with 200 and a body.
pub fn answer(request: wirebird_request_t, body: &str) -> wirebird_status_t {
    unsafe { wirebird_request_answer(request, null(), body.as_ptr().cast(), body.len()) }
}

/// The options of an answer.
pub fn options(status: u16, headers: &[wirebird_header_t]) -> wirebird_response_options_t {
    let mut options = initialised(wirebird_response_options_init);
    options.status = status;
    (options.headers, options.header_count) = (headers.as_ptr(), headers.len());
    options
}

/// A header field.
pub fn header(name: &'static str, value: &'static str) -> wirebird_header_t {
    wirebird_header_t { name: text(name), value: text(value) }
}

/// An answer as a client reads it.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// The lines behind the status line.
    pub head: Vec<String>,
    pub body: String,
}

impl Response {
    /// The value of a field, names compared in lower case.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

/// A client's TCP connection.
pub struct Client(pub BufReader<TcpStream>);

impl Client {
    pub fn new(port: u16) -> Self {
        Self(BufReader::new(connect_raw(port)))
    }

    pub fn send(&mut self, request: &str) {
        self.0.get_mut().write_all(request.as_bytes()).expect("the server reads");
    }

    /// Sends a GET request.
    pub fn get(&mut self, target: &str) {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: example.org\r\n\r\n"));
    }

    /// Reads an answer with Content-Length or chunks.
    pub fn receive(&mut self) -> Response {
        let mut response = self.receive_head();
        let length = response.field("content-length").map(|value| value.parse().expect("digits"));
        let mut body = Vec::new();
        if let Some(length) = length {
            body.resize(length, 0);
            self.0.read_exact(&mut body).expect("the body");
        } else if response.field("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.receive_chunk() {
                body.extend(chunk);
            }
        }
        response.body = String::from_utf8_lossy(&body).into_owned();
        response
    }

    /// Reads the answer's header block.
    pub fn receive_head(&mut self) -> Response {
        let status = self.line();
        let code = status.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        let status = code.and_then(|code| code.parse().ok());
        let status = status.unwrap_or_else(|| panic!("a status line: {status:?}"));
        let head = std::iter::from_fn(|| Some(self.line()).filter(|line| !line.is_empty()));
        Response { status, head: head.collect(), body: String::new() }
    }

    /// Reads one chunk; `None` for the last one.
    pub fn receive_chunk(&mut self) -> Option<Vec<u8>> {
        let size = usize::from_str_radix(&self.line(), 16).expect("a size in hexadecimal digits");
        let mut chunk = vec![0; size + 2];
        self.0.read_exact(&mut chunk).expect("a chunk");
        chunk.truncate(size);
        Some(chunk).filter(|chunk| !chunk.is_empty())
    }

    /// What still comes until the server ends the connection.
    pub fn rest(mut self) -> String {
        let mut rest = Vec::new();
        let _ = self.0.read_to_end(&mut rest);
        String::from_utf8_lossy(&rest).into_owned()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("a line in time");
        line.trim_end_matches(['\r', '\n']).to_owned()
    }
}
