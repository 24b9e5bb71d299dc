//! Header blocks made to be expensive, in both roles.

use std::io::{Read, Write};
use std::net::TcpListener;

use wirebird::ffi::*;

use super::raw::connected;
use crate::engine::host::*;
use crate::engine::peers::{exchange, patience, request};

/// Nearly as long as a header block may be.
const LONG: usize = 15 * 1024;

#[test]
fn a_request_may_come_byte_by_byte() {
    let host = Host::new();
    let server = host.listen();
    let mut stream = connected(server.port);
    for byte in request(&format!("X: {}\r\n", "x".repeat(LONG))).as_bytes() {
        stream.write_all(&[*byte]).expect("the byte is taken");
    }
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 101");
}

#[test]
fn an_oversized_request_is_refused_and_the_connection_ends() {
    let host = Host::new();
    let server = host.listen();
    let fields =
        |count: usize, line: &dyn Fn(usize) -> String| -> String { (0..count).map(line).collect() };
    let line = "x".repeat(20_000);
    let cases = [
        ("64 KiB of spaces", request(&format!("X:{}x\r\n", " ".repeat(64 * 1024)))),
        ("64 KiB of tabs at the end", request(&format!("X: x{}\r\n", "\t".repeat(64 * 1024)))),
        ("2,000 fields", request(&fields(2000, &|n| format!("X-{n}: y\r\n")))),
        ("2,000 fields of one name", request(&fields(2000, &|_| "X: y\r\n".to_owned()))),
        ("101 fields in all", request(&fields(96, &|n| format!("X-{n}: y\r\n")))),
        ("a long value", request(&format!("X: {line}\r\n"))),
        ("a long name", request(&format!("{line}: x\r\n"))),
        ("a long target", request("").replace("/chat", &format!("/{line}"))),
        ("a long method", request("").replace("GET", &line)),
        ("no end", format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(1 << 20))),
        ("empty lines and no request", "\r\n".repeat(20_000)),
    ];
    for (what, request) in cases {
        let (port, sent) = (server.port, request.clone());
        // The server may end TCP before it has taken everything.
        let client = std::thread::spawn(move || {
            let mut stream = connected(port);
            let _ = stream.write_all(sent.as_bytes());
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            String::from_utf8_lossy(&answer).into_owned()
        });
        let failed = host.next();
        assert_eq!(failed.kind, WIREBIRD_EVENT_HANDSHAKE_FAILED, "{what}: {failed:?}");
        assert!([400, 414, 431].contains(&failed.value), "{what}: {failed:?}");
        let answer = client.join().expect("the connection ends");
        // A reset may overtake the answer.
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{what}: {answer}");
    }
    // One field less is fine.
    let mut stream = connected(server.port);
    let lines = fields(95, &|n| format!("X-{n}: y\r\n"));
    stream.write_all(request(&lines).as_bytes()).expect("taken");
    host.expect(WIREBIRD_EVENT_ACCEPTED);
}

#[test]
fn a_request_without_end_is_refused_before_it_ends() {
    let host = Host::new();
    let server = host.listen();
    // Nothing but the answer ends this exchange.
    let answer = exchange(server.port, &format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(17 * 1024)));
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 431);
}

#[test]
fn an_oversized_response_fails_the_client() {
    let host = Host::new();
    let line = "x".repeat(1 << 20);
    let cases = [
        format!("HTTP/1.1 101 {line}"),
        format!("HTTP/1.1 101 Ok\r\nX:{}", " ".repeat(1 << 20)),
        format!("HTTP/1.1 101 Ok\r\n{line}"),
        format!("HTTP/1.1 101 Ok\r\n{}", "X: y\r\n".repeat(100_000)),
        format!("HTTP/1.1 101 Ok\r\n{}\r\n", "X: y\r\n".repeat(2000)),
    ];
    for response in cases {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let connection = host.open(&format!("ws://127.0.0.1:{port}/"));
        let (mut stream, _) = listener.accept().expect("a client");
        stream.set_write_timeout(patience()).expect("set");
        let start = response[..60].to_owned();
        let server = std::thread::spawn(move || {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).expect("a request");
            let _ = stream.write_all(response.as_bytes());
            stream
        });
        let closed = host.next();
        assert_eq!(closed.kind, WIREBIRD_EVENT_CLOSED, "{start}: {closed:?}");
        let expected = [WIREBIRD_ERROR_HANDSHAKE, WIREBIRD_ERROR_LIMIT];
        assert!(expected.contains(&closed.status), "{start}: {closed:?}");
        ok(wirebird_connection_release(connection));
        drop(server.join().expect("the server ends"));
    }
}
