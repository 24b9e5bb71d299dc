//! Many requests on one connection, one after the other.

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;

#[test]
fn requests_follow_each_other_on_one_connection() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    for number in 0..50 {
        let body = "x".repeat(number * 400);
        client.send(&format!(
            "POST /{number} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let event = host.expect(WIREBIRD_EVENT_HTTP_REQUEST);
        assert_eq!(event.value, body.len() as u64);
        assert_eq!(read(event.request, wirebird_request_path), format!("/{number}"));
        ok(answer(event.request, &body));
        assert_eq!(client.receive().body, body);
    }
    let mut connections = 0;
    let option = WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS;
    ok(unsafe { wirebird_server_get(server.handle, option, &mut connections) });
    assert_eq!(connections, 1);
    let option = WIREBIRD_SERVER_OPTION_HANDSHAKES;
    ok(unsafe { wirebird_server_get(server.handle, option, &mut connections) });
    assert_eq!(connections, 0, "it is not a handshake any more");
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    let bodies = ["", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n"];
    let sent: String = (0..30)
        .map(|number| {
            let body = ["", "abc", "2;x=y\r\nab\r\n1\r\nc\r\n0\r\nTrailer: t\r\n\r\n"][number % 3];
            let fields = bodies[number % 3];
            format!("POST /{number} HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}")
        })
        .collect();
    client.send(&sent);
    for number in 0..30 {
        let event = host.expect(WIREBIRD_EVENT_HTTP_REQUEST);
        assert_eq!(read(event.request, wirebird_request_path), format!("/{number}"));
        assert_eq!(event.value, if number % 3 == 0 { 0 } else { 3 });
        assert!(host.take().is_none(), "the next one waits for the answer to this one");
        ok(answer(event.request, &number.to_string()));
    }
    for number in 0..30 {
        assert_eq!(client.receive().body, number.to_string());
    }
}

#[test]
fn an_idle_connection_ends_silently_at_the_timeout() {
    let host = Host::new();
    let server = listen(&host, |server| server.http_keep_alive_timeout_ms = 50);
    let mut client = Client::new(server.port);
    client.get("/");
    ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "x"));
    assert_eq!(client.receive().body, "x");
    assert_eq!(client.rest(), "");
    assert!(host.take().is_none());
}

#[test]
fn a_later_request_is_limited_in_time_and_size_as_the_first_one() {
    let host = Host::new();
    let server = listen(&host, |server| {
        server.max_header_size = 256;
        server.handshake_timeout_ms = 200;
    });
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(300));
    for (begun, status) in [(long.as_str(), 431), ("GET / HTTP/1.1\r\nHos", 408)] {
        let mut client = Client::new(server.port);
        client.get("/");
        ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "x"));
        assert_eq!(client.receive().body, "x");
        client.send(begun);
        let response = client.receive();
        assert_eq!(response.status, status, "{response:?}");
        assert_eq!(client.rest(), "");
        assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, u64::from(status));
    }
}

#[test]
fn a_client_that_asks_for_it_ends_the_connection() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let close = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for request in [close, "GET / HTTP/1.0\r\n\r\n"] {
        let mut client = Client::new(server.port);
        client.send(request);
        ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "bye"));
        let rest = client.rest();
        assert!(rest.ends_with("\r\n\r\nbye"), "{rest}");
    }
}
