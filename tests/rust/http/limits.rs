//! What plain HTTP may use, and requests that break its rules.

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;
use crate::engine::peers::{connect, exchange};

#[test]
fn a_body_has_up_to_max_body_size_bytes() {
    let host = Host::new();
    let server = listen(&host, |server| server.http_max_body_size = 10);
    let chunks = |body: &str| format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for body in ["0123456789", "0123456789x"] {
        let sized = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let chunked = format!("Transfer-Encoding: chunked\r\n\r\n{}", chunks(body));
        for rest in [sized, chunked] {
            let mut client = Client::new(server.port);
            client.send(&format!("PUT / HTTP/1.1\r\nHost: a\r\n{rest}"));
            if body.len() == 10 {
                let event = host.expect(WIREBIRD_EVENT_HTTP_REQUEST);
                assert_eq!(read(event.request, wirebird_request_body), body);
                ok(answer(event.request, "taken"));
                assert_eq!(client.receive().body, "taken");
                continue;
            }
            let response = client.receive();
            assert_eq!(response.status, 413, "{response:?}");
            assert!(response.body.contains("http_max_body_size (10 bytes)"), "{response:?}");
            assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 413);
            assert_eq!(client.rest(), "", "the connection ends");
        }
    }
}

#[test]
fn a_body_that_is_announced_too_long_is_refused_before_it_is_sent() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.send(
        "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9000000000000000000\
         \r\n\r\n",
    );
    assert_eq!(client.receive().status, 413);
}

#[test]
fn who_expects_it_is_told_to_go_on() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let mut client = Client::new(server.port);
    client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    assert_eq!(client.receive_head().status, 100);
    client.send("abc");
    let asked = host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request;
    assert_eq!(read(asked, wirebird_request_body), "abc");
    ok(answer(asked, "taken"));
    assert_eq!(client.receive().body, "taken");
}

#[test]
fn a_slow_body_is_answered_with_408_and_holds_up_nobody() {
    let host = Host::new();
    let server = listen(&host, |server| {
        server.http_body_timeout_ms = 300;
        server.max_handshakes = 2;
        server.max_handshakes_per_address = 2;
    });
    let mut slow: Vec<_> = (0..20)
        .map(|_| {
            let mut client = Client::new(server.port);
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx");
            client
        })
        .collect();
    for client in &mut slow {
        let response = client.receive();
        assert_eq!(response.status, 408, "{response:?}");
        assert!(response.body.contains("http_body_timeout"), "{response:?}");
        assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 408);
    }
}

#[test]
fn connections_of_plain_http_are_limited_by_themselves() {
    let host = Host::new();
    let server = listen(&host, |server| {
        server.http_max_connections = 2;
        server.max_handshakes = 1;
    });
    let mut kept: Vec<_> = (0..2)
        .map(|_| {
            let mut client = Client::new(server.port);
            client.get("/");
            ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "kept"));
            assert_eq!(client.receive().body, "kept");
            client
        })
        .collect();
    let mut third = Client::new(server.port);
    third.get("/");
    let response = third.receive();
    assert_eq!(response.status, 503, "{response:?}");
    assert!(response.body.contains("http_max_connections (2)"), "{response:?}");
    assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 503);
    // WebSockets have their own places.
    let socket = connect(&server.url(), server.port);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    drop(socket);
    host.until(WIREBIRD_EVENT_CLOSED);
    // And one that leaves makes room.
    drop(kept.pop());
    loop {
        let mut again = Client::new(server.port);
        again.get("/again");
        match host.next() {
            event if event.kind == WIREBIRD_EVENT_HTTP_REQUEST => {
                ok(answer(event.request, "again"));
                assert_eq!(again.receive().body, "again");
                break;
            }
            event => assert_eq!(event.value, 503, "{event:?}"),
        }
    }
}

#[test]
fn requests_that_could_be_read_differently_are_refused_and_the_connection_ends() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let valid = "POST / HTTP/1.1\r\nHost: a\r\nX: y\r\nContent-Length: 0\r\n\r\n";
    let with =
        |fields: &str| valid.replacen("Content-Length: 0\r\n", fields, 1) + "0\r\n\r\n" + smuggled;
    let cases = [
        ("both lengths", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
        ("both lengths", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")),
        ("two lengths", with("Content-Length: 5\r\nContent-Length: 5\r\n")),
        ("two lengths in one", with("Content-Length: 5, 5\r\n")),
        ("two codings", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
        ("a coding behind chunked", with("Transfer-Encoding: chunked, identity\r\n")),
        ("another coding", with("Transfer-Encoding: xchunked\r\n")),
        ("a signed length", with("Content-Length: +5\r\n")),
        ("a bare LF", valid.replacen("X: y\r\n", "X: y\n", 1) + smuggled),
        ("a folded line", valid.replacen("X: y\r\n", "X: y\r\n z\r\n", 1) + smuggled),
        ("a space before the colon", valid.replacen("X: y", "X : y", 1) + smuggled),
        ("no Host", valid.replacen("Host: a\r\n", "", 1) + smuggled),
        ("two Hosts", valid.replacen("Host: a\r\n", "Host: a\r\nHost: b\r\n", 1) + smuggled),
        ("a Host that is none", valid.replacen("Host: a", "Host: a b", 1) + smuggled),
        ("another host in the target", valid.replacen("POST /", "POST http://b/", 1) + smuggled),
        ("no path", valid.replacen("POST /", "OPTIONS *", 1) + smuggled),
        ("a host as the target", valid.replacen("POST /", "CONNECT a:80", 1) + smuggled),
        (
            "a chunk that ends in LF",
            with("Transfer-Encoding: chunked\r\n").replacen("0\r\n\r\n", "1\na\r\n0\r\n\r\n", 1),
        ),
        (
            "a trailer that ends in LF",
            with("Transfer-Encoding: chunked\r\n").replacen("0\r\n\r\n", "0\r\nT: x\n\r\n", 1)
                + smuggled,
        ),
        ("a body on an upgrade", {
            crate::engine::peers::request("Content-Length: 5\r\n") + "hello" + smuggled
        }),
    ];
    for (what, bad) in cases {
        // Each as the first and as a later request of its connection.
        for good in [0, 1] {
            let fine = "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n".repeat(good);
            let exchanged = std::thread::spawn({
                let (port, sent) = (server.port, format!("{fine}{bad}"));
                move || exchange(port, &sent)
            });
            for _ in 0..good {
                ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "fine"));
            }
            let event = host.next();
            assert_eq!(event.kind, WIREBIRD_EVENT_HANDSHAKE_FAILED, "{what}: {event:?}");
            assert_eq!(event.value, 400, "{what}: {event:?}");
            let answers = exchanged.join().expect("an answer");
            assert!(answers.contains("HTTP/1.1 400 "), "{what}: {answers}");
            assert!(host.take().is_none(), "{what}: the smuggled request was looked at");
        }
    }
}

#[test]
fn a_body_that_breaks_off_reaches_nobody() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    for begun in [
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell",
    ] {
        let mut client = Client::new(server.port);
        client.send(begun);
        drop(client);
    }
    // The next one is whole.
    let mut client = Client::new(server.port);
    client.get("/whole");
    let event = host.until(WIREBIRD_EVENT_HTTP_REQUEST);
    assert_eq!(read(event.request, wirebird_request_path), "/whole");
    ok(answer(event.request, ""));
}

#[test]
fn limits_can_be_changed_and_read() {
    let host = Host::new();
    let server = listen(&host, |_| {});
    let options = [
        (WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS, 1000, 0),
        (WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS, 250, 0),
        (WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE, 1_048_576, u64::MAX),
        (WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT, 30_000, 1 << 31),
        (WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT, 60_000, 1 << 31),
        (WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT, 15_000, 1 << 31),
    ];
    for (option, default, wrong) in options {
        let mut value = 0;
        ok(unsafe { wirebird_server_get(server.handle, option, &mut value) });
        assert_eq!(value, default, "{option}");
        let status = wirebird_server_set(server.handle, option, wrong);
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{option}");
        ok(wirebird_server_set(server.handle, option, 7));
        ok(unsafe { wirebird_server_get(server.handle, option, &mut value) });
        assert_eq!(value, 7, "{option}");
    }
    let option = WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS;
    assert_eq!(wirebird_server_set(server.handle, option, 1), WIREBIRD_ERROR_ARGUMENT);
}
