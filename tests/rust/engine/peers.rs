//! tokio-tungstenite as a peer, and raw TCP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{WebSocket, accept_with_config, client};

use super::host::PATIENCE_MS;

/// A peer that waits for something in vain fails after this.
pub fn patience() -> Option<Duration> {
    Some(Duration::from_millis(u64::from(PATIENCE_MS)))
}

/// Reading in vain fails in time; Miri does not know such a limit.
pub fn be_patient(stream: &TcpStream) {
    if !cfg!(miri) {
        stream.set_read_timeout(patience()).expect("a timeout");
    }
}

fn config() -> WebSocketConfig {
    let mut config = WebSocketConfig::default();
    config.max_message_size = None;
    config.max_frame_size = None;
    config
}

/// A tungstenite client of `url`.
pub fn connect(url: &str, port: u16) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    be_patient(&stream);
    client::client_with_config(url, stream, Some(config())).expect("an open connection").0
}

/// A tungstenite server for one connection: its URL, and what `serve` makes of
/// it on a thread of its own.
pub fn serve<T: Send + 'static>(
    serve: impl FnOnce(WebSocket<TcpStream>) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let (url, accepted) = accept_raw(|stream| {
        let socket = accept_with_config(stream, Some(config()));
        serve(socket.expect("a valid handshake"))
    });
    (url, accepted)
}

/// Accepts one TCP connection on a thread of its own.
pub fn accept_raw<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        be_patient(&stream);
        serve(stream)
    });
    (format!("ws://127.0.0.1:{port}/"), thread)
}

/// Answers the client's handshake by hand and gives the stream.
pub fn upgraded(stream: TcpStream) -> TcpStream {
    let mut stream = BufReader::new(stream);
    let head = read_head(&mut stream);
    let key = head
        .iter()
        .find_map(|line| {
            line.to_lowercase().starts_with("sec-websocket-key: ").then(|| &line[19..])
        })
        .expect("a key");
    let mut stream = stream.into_inner();
    write!(
        stream,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        derive_accept_key(key.as_bytes())
    )
    .expect("the answer is taken");
    stream
}

/// Reads a header block; its lines.
pub fn read_head(stream: &mut BufReader<TcpStream>) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).expect("a header line in time");
        if line.trim_end().is_empty() {
            return lines;
        }
        lines.push(line.trim_end().to_owned());
    }
}

/// A TCP connection to a server.
pub fn connect_raw(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    be_patient(&stream);
    stream
}

/// Sends raw bytes to a server and reads until it ends the connection.
pub fn exchange(port: u16, request: &str) -> String {
    let mut stream = connect_raw(port);
    // The server may have its answer before it has taken everything.
    let _ = stream.write_all(request.as_bytes());
    read_to_end(stream)
}

/// Reads until the server ends the connection.
pub fn read_to_end(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset ends the answer as well.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A valid request with further header lines.
pub fn request(lines: &str) -> String {
    format!(
        "GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
    )
}
