//! What a client tells of a response that does not open the connection, and
//! the limits of responses.

use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

/// A server that answers one request by hand.
fn answering(answer: impl FnOnce(TcpStream, &str) + Send + 'static) -> (String, JoinHandle<()>) {
    peers::accept_raw(move |stream| {
        let mut stream = BufReader::new(stream);
        let head = peers::read_head(&mut stream);
        let key = head.iter().find_map(|line| {
            line.to_lowercase().starts_with("sec-websocket-key: ").then(|| &line[19..])
        });
        answer(stream.into_inner(), &derive_accept_key(key.expect("a key").as_bytes()));
    })
}

/// What a client says to an answer.
fn refused(answer: String) -> (Host, Happened) {
    refused_with(answer, |_| {})
}

fn refused_with(
    answer: String,
    change: impl FnOnce(&mut wirebird_client_options_t),
) -> (Host, Happened) {
    let (url, server) = answering(move |mut stream, _| {
        // The client may have read enough.
        let _ = stream.write_all(answer.as_bytes());
    });
    let host = Host::new();
    host.open_with(&url, |options, _| change(options));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    server.join().expect("the server is content");
    (host, closed)
}

fn bytes(text: wirebird_text_t) -> Vec<u8> {
    match text.length {
        0 => Vec::new(),
        length => unsafe { std::slice::from_raw_parts(text.data.cast(), length) }.to_vec(),
    }
}

fn body(connection: wirebird_connection_t) -> Vec<u8> {
    let mut body = text("");
    ok(unsafe { wirebird_connection_response_body(connection, &mut body) });
    bytes(body)
}

fn header(connection: wirebird_connection_t, name: &str) -> Option<String> {
    let mut header = wirebird_header_t { name: text(""), value: text("") };
    (0..)
        .map_while(|index| {
            let found = unsafe { wirebird_connection_header(connection, index, &mut header) };
            (found == WIREBIRD_OK).then(|| (bytes(header.name), bytes(header.value)))
        })
        .find(|(found, _)| found == name.as_bytes())
        .map(|(_, value)| String::from_utf8(value).expect("ASCII"))
}

#[test]
fn a_refusal_carries_status_phrase_headers_body_and_addresses() {
    let (url, server) = answering(|mut stream, _| {
        let answer = "HTTP/1.1 401 Who Are You\r\nWWW-Authenticate: Basic\r\nX-Reason: none\r\n\
                      Content-Length: 11\r\n\r\nno password";
        stream.write_all(answer.as_bytes()).expect("taken");
    });
    let host = Host::new();
    let connection = host.open(&url);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 401));
    assert_eq!((closed.text(), closed.close_code), ("Who Are You", 1006));
    assert_eq!(header(connection, "www-authenticate").as_deref(), Some("Basic"));
    assert_eq!(header(connection, "x-reason").as_deref(), Some("none"));
    assert_eq!(body(connection), b"no password");
    let (mut local, mut peer) = Default::default();
    ok(unsafe { wirebird_connection_addresses(connection, &mut local, &mut peer) });
    assert_eq!((local.family, peer.family, &peer.bytes[..4]), (4, 4, &[127, 0, 0, 1][..]));
    assert!(url.contains(&format!(":{}/", peer.port)), "{url}: {peer:?}");
    ok(wirebird_connection_release(connection));
    let mut gone = text("");
    let stale = unsafe { wirebird_connection_response_body(connection, &mut gone) };
    assert_eq!(stale, WIREBIRD_ERROR_HANDLE);
    server.join().expect("the server is content");
}

#[test]
fn a_body_is_kept_however_its_length_is_told() {
    let large = "€".repeat(2000);
    let cut = &large.as_bytes()[..1024];
    let head = "HTTP/1.1 403 Forbidden\r\n";
    let chunks = |body: &str| -> String {
        let chunks = body.as_bytes().chunks(99);
        let chunks = chunks
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)));
        chunks.collect::<String>() + "0\r\n\r\n"
    };
    let cases: [(String, &[u8]); 9] = [
        (format!("{head}Content-Length: 2\r\n\r\nno, not this"), b"no"),
        (format!("{head}Content-Length: 6000\r\n\r\n{large}"), cut),
        (format!("{head}Content-Length: 99\r\n\r\ntoo short"), b"too short"),
        (format!("{head}\r\nto the end"), b"to the end"),
        (format!("{head}\r\n{large}"), cut),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunks("in parts")), b"in parts"),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunks(&large)), cut),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnonsense\r\n"), b"ok"),
        ("HTTP/1.1 204 No Content\r\n\r\nnone".to_owned(), b""),
    ];
    for (answer, expected) in cases {
        let (_host, closed) = refused(answer.clone());
        assert_eq!(closed.status, WIREBIRD_ERROR_HTTP_STATUS, "{answer:.90}: {}", closed.message);
        let body = body(closed.connection);
        let shown = String::from_utf8_lossy(&body);
        assert!(body == expected, "{answer:.90}: {} bytes: {shown}", body.len());
    }
}

#[test]
fn a_body_without_end_is_not_read_to_it() {
    for chunk in ["x".repeat(8192), format!("400\r\n{}\r\n", "x".repeat(1024))] {
        let head = match chunk.starts_with('4') {
            true => "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n",
            false => "HTTP/1.1 503 No\r\n\r\n",
        };
        let (url, server) = answering(move |mut stream, _| {
            stream.write_all(head.as_bytes()).expect("taken");
            // Until the client has enough.
            while stream.write_all(chunk.as_bytes()).is_ok() {}
        });
        let host = Host::new();
        let connection = host.open(&url);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 503));
        assert_eq!(body(connection), [b'x'; 1024]);
        server.join().expect("the server is content");
    }
}

#[test]
fn a_body_that_is_held_back_does_not_hold_back_the_refusal() {
    // The second one ends with the handshake's own time.
    for timeout_ms in [30_000, 100] {
        let (url, server) = answering(|mut stream, _| {
            let answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nhalf of it";
            stream.write_all(answer.as_bytes()).expect("taken");
            // Until the client is gone.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        });
        let host = Host::new();
        let begin = Instant::now();
        let connection =
            host.open_with(&url, |options, _| options.handshake_timeout_ms = timeout_ms);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 403));
        assert_eq!(body(connection), b"half of it");
        assert!(begin.elapsed() < Duration::from_secs(20), "the whole handshake_timeout passed");
        server.join().expect("the server is content");
    }
}

#[test]
fn a_client_that_is_closed_while_the_body_comes_is_over() {
    let (answered, is_answered) = mpsc::channel();
    let (url, server) = answering(move |mut stream, _| {
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").expect("taken");
        answered.send(()).expect("the test waits");
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let host = Host::new();
    let connection = host.open(&url);
    is_answered.recv().expect("an answer");
    ok(wirebird_connection_abort(connection));
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).connection, connection);
    server.join().expect("the server is content");
}

#[test]
fn the_fields_of_a_wrong_answer_can_be_read() {
    let answer = "HTTP/1.1 101 Ok\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nX-Who: me\r\n\r\n";
    let (_host, closed) = refused(answer.to_owned());
    assert_eq!(closed.status, WIREBIRD_ERROR_HANDSHAKE);
    assert_eq!(header(closed.connection, "x-who").as_deref(), Some("me"));
    assert_eq!(body(closed.connection), b"");
}

/// An answer with the fields of a handshake and further lines.
fn accepting(accept: &str, lines: &str) -> String {
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{lines}\r\n"
    )
}

/// What happens to a client whose server answers with these lines.
fn opening(
    lines: impl FnOnce(usize) -> (String, String) + Send + 'static,
    change: impl FnOnce(&mut wirebird_client_options_t),
) -> Happened {
    let (url, server) = answering(|mut stream, accept| {
        let (before, lines) = lines(accepting(accept, "").len());
        let answer = before + &accepting(accept, &lines);
        // The client may have gone already.
        let _ = stream.write_all(answer.as_bytes());
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let host = Host::new();
    let connection = host.open_with(&url, |options, _| change(options));
    let happened = host.next();
    // This server does not know the closing handshake.
    ok(wirebird_connection_abort(connection));
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
    happened
}

#[track_caller]
fn is_over(closed: &Happened, limit: &str) {
    assert_eq!((closed.kind, closed.status), (WIREBIRD_EVENT_CLOSED, WIREBIRD_ERROR_LIMIT));
    assert!(closed.message.contains(limit), "{limit}: {}", closed.message);
}

#[test]
fn a_response_has_up_to_max_header_size_bytes() {
    for size in [256, 8192, 65_536] {
        let padded = |size: usize| {
            move |own: usize| {
                (String::new(), format!("X: {}\r\n", "x".repeat(size - own - "X: \r\n".len())))
            }
        };
        let change = |options: &mut wirebird_client_options_t| {
            assert_eq!(options.max_header_size, 65_536);
            options.max_header_size = size;
        };
        let opened = opening(padded(size as usize), change);
        assert_eq!(opened.kind, WIREBIRD_EVENT_OPENED, "{}", opened.message);
        let closed = opening(padded(size as usize + 1), change);
        is_over(&closed, &format!("max_header_size ({size} bytes)"));
    }
}

#[test]
fn a_response_has_up_to_max_headers_fields() {
    for fields in [3, 100, 1000] {
        let with = |more: usize| move |_| (String::new(), "X: y\r\n".repeat(more));
        let change = |options: &mut wirebird_client_options_t| {
            assert_eq!(options.max_headers, 100);
            options.max_headers = fields;
        };
        let opened = opening(with(fields as usize - 3), change);
        assert_eq!(opened.kind, WIREBIRD_EVENT_OPENED, "{}", opened.message);
        is_over(&opening(with(fields as usize - 2), change), &format!("max_headers ({fields})"));
    }
}

#[test]
fn informational_responses_come_before_the_answer() {
    let hint = format!("HTTP/1.1 103 Early Hints\r\nLink: {}\r\n\r\n", "x".repeat(150));
    let change = |options: &mut wirebird_client_options_t| {
        options.max_header_size = 256;
        options.max_headers = 3;
    };
    let opened = opening(move |_| (hint.repeat(5), String::new()), change);
    assert_eq!(opened.kind, WIREBIRD_EVENT_OPENED, "{}", opened.message);
}

#[test]
fn a_refusal_is_limited_as_well() {
    let answer = format!("HTTP/1.1 403 Forbidden\r\nX: {}\r\n\r\n", "x".repeat(300));
    let (_host, closed) = refused_with(answer, |options| options.max_header_size = 256);
    is_over(&closed, "max_header_size (256 bytes)");
}

#[test]
fn limits_out_of_their_range_name_themselves() {
    let host = Host::new();
    type Change<'a> = &'a dyn Fn(&mut wirebird_client_options_t);
    let cases: [(Change<'_>, &str); 4] = [
        (&|options| options.max_header_size = 255, "max_header_size is 255"),
        (&|options| options.max_header_size = 1_048_577, "max_header_size is 1048577"),
        (&|options| options.max_headers = 0, "max_headers is 0"),
        (&|options| options.max_headers = 10_001, "max_headers is 10001"),
    ];
    for (change, named) in cases {
        let mut options = initialised(wirebird_client_options_init);
        options.url = text("ws://127.0.0.1/");
        change(&mut options);
        let mut connection = wirebird_connection_t::default();
        let opened = unsafe { wirebird_client_open(host.queue, &options, &mut connection) };
        assert_eq!(opened, WIREBIRD_ERROR_ARGUMENT, "{named}");
        assert!(last_error().contains(named), "{named}: {}", last_error());
    }
}
