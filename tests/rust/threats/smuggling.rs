//! Requests that two programs could understand in two ways. One answer, and
//! TCP ends: whatever stands behind such a request is nobody's next request.

use wirebird::ffi::*;

use crate::engine::host::*;
use crate::engine::peers::{exchange, request};

/// Sends a request with another one behind it.
fn refused(host: &Host, port: u16, bad: &str, statuses: &[u16], what: &str) -> String {
    let answer = exchange(port, &format!("{bad}{}", request("")));
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    assert!(statuses.contains(&status), "{what}: sent {bad:?}, got {answer:?}");
    let status_of = |line: &str| line.strip_prefix("HTTP/1.")?.get(2..5)?.parse::<u16>().ok();
    assert_eq!(answer.lines().filter_map(status_of).count(), 1, "{what}: {answer:?}");
    let lower = answer.to_lowercase();
    assert!(lower.contains("\r\nconnection: close"), "{what}: {answer:?}");
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!(failed.value, u64::from(status), "{what}: {failed:?}");
    assert!(host.take().is_none(), "{what}: the second request was looked at");
    answer
}

#[test]
fn other_versions_and_missing_upgrades_are_answered_once() {
    let host = Host::new();
    let server = host.listen();
    let port = server.port;
    for version in ["0", "8", "12", "14", "130", "013", "13.0", "x", ""] {
        let bad = request("").replace("Version: 13", &format!("Version: {version}"));
        let answer = refused(&host, port, &bad, &[400], &format!("version {version}"));
        let answer = answer.to_lowercase();
        assert!(answer.contains("\r\nsec-websocket-version: 13\r\n"), "{answer}");
    }
    let cases = [
        ("Upgrade: websocket\r\n", "", 426),
        ("Upgrade: websocket", "Upgrade: h2c", 426),
        ("Connection: Upgrade\r\n", "", 400),
        ("Connection: Upgrade", "Connection: keep-alive", 400),
        ("Sec-WebSocket-Version: 13\r\n", "", 400),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
        ("HTTP/1.1", "HTTP/1.0", 400),
    ];
    for (from, to, status) in cases {
        let bad = request("").replacen(from, to, 1);
        refused(&host, port, &bad, &[status], &format!("{from:?} became {to:?}"));
    }
}

#[test]
fn requests_with_a_body_are_answered_once() {
    let host = Host::new();
    let server = host.listen();
    let cases = [
        "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
    ];
    for lines in cases {
        let bad = request(lines) + "0\r\n\r\n";
        refused(&host, server.port, &bad, &[400], lines);
    }
}

#[test]
fn lines_that_others_read_differently_are_answered_once() {
    let host = Host::new();
    let server = host.listen();
    let valid = request("");
    let cases = [
        ("bare LF everywhere", valid.replace("\r\n", "\n")),
        ("a bare LF", valid.replacen("example.org\r\n", "example.org\n", 1)),
        ("a bare LF at the end", valid.replace("\r\n\r\n", "\r\n\n")),
        ("a bare LF behind the request line", valid.replacen("HTTP/1.1\r\n", "HTTP/1.1\n", 1)),
        ("a bare CR", request("X: a\rb\r\n")),
        ("a NUL", request("X: a\0b\r\n")),
        ("a space before the colon", request("X : y\r\n")),
        ("a folded line", request("X: a\r\n b\r\n")),
        ("no colon", request("X\r\n")),
        ("no name", request(": y\r\n")),
        ("a space in front of a name", request(" X: y\r\n")),
        ("two Hosts", request("Host: other.example\r\n")),
        ("two spaces in the request line", valid.replacen("GET /chat", "GET  /chat", 1)),
        ("a target with a space", valid.replacen("/chat", "/chat x", 1)),
        ("another host in the target", valid.replacen("/chat", "http://other.example/chat", 1)),
    ];
    for (what, bad) in cases {
        refused(&host, server.port, &bad, &[400], what);
    }
}
