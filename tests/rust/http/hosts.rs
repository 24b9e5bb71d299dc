//! Which hosts a server answers for, and requests without an Origin.

use wirebird::ffi::*;

use super::site::*;
use crate::engine::host::*;
use crate::engine::peers::{exchange, request};

#[test]
fn hosts_that_are_not_listed_get_421() {
    let host = Host::new();
    let hosts = [text("localhost"), text("127.0.0.1"), text("example.org:8080")];
    let server = listen(&host, |server| {
        (server.hosts, server.host_count) = (hosts.as_ptr(), hosts.len());
        server.health_path = text("/healthz");
    });
    for (asked, is_listed) in [
        ("localhost", true),
        ("LOCALHOST:1234", true),
        ("127.0.0.1:80", true),
        ("example.org:8080", true),
        ("example.org", false),
        ("evil.example", false),
        ("localhost.evil.example", false),
    ] {
        let upgrade = request("").replace("Host: example.org", &format!("Host: {asked}"));
        let close = format!("GET / HTTP/1.1\r\nHost: {asked}\r\nConnection: close\r\n\r\n");
        if is_listed {
            let mut client = Client::new(server.port);
            client.send(&upgrade);
            assert_eq!(client.receive_head().status, 101, "{asked}");
            host.expect(WIREBIRD_EVENT_ACCEPTED);
            drop(client);
            host.until(WIREBIRD_EVENT_CLOSED);
            let mut client = Client::new(server.port);
            client.send(&close);
            ok(answer(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request, "page"));
            assert_eq!(client.receive().body, "page", "{asked}");
            continue;
        }
        for bad in [upgrade, close] {
            let answer = exchange(server.port, &bad);
            assert!(answer.starts_with("HTTP/1.1 421 "), "{asked}: {answer}");
            let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
            assert_eq!((failed.status, failed.value), (WIREBIRD_ERROR_REFUSED, 421), "{asked}");
        }
    }
    // An old client does not say what it wants.
    let answer = exchange(server.port, "GET / HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 421 ") || answer.starts_with("HTTP/1.1 421 "), "{answer}");
    let healthy = "GET /healthz HTTP/1.1\r\nHost: 10.1.2.3\r\nConnection: close\r\n\r\n";
    assert!(exchange(server.port, healthy).starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_missing_origin_is_accepted_unless_one_is_required() {
    for accept in [WIREBIRD_ACCEPT_SAME_ORIGIN, WIREBIRD_ACCEPT_ALL, WIREBIRD_ACCEPT_ASK] {
        for required in [0, 1] {
            let host = Host::new();
            let server = host.listen_with(|server, _| {
                server.accept = accept;
                server.require_origin = required;
            });
            let mut client = Client::new(server.port);
            client.send(&request(""));
            if required == 1 {
                let response = client.receive();
                assert_eq!(response.status, 403, "{response:?}");
                assert!(response.body.contains("require_origin"), "{response:?}");
                assert_eq!(host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED).value, 403);
            } else if accept == WIREBIRD_ACCEPT_ASK {
                let asked = host.expect(WIREBIRD_EVENT_REQUEST).connection;
                ok(wirebird_connection_release(asked));
            } else {
                assert_eq!(client.receive_head().status, 101);
            }
            // With an Origin of its own nothing changes.
            let mut client = Client::new(server.port);
            client.send(&request("Origin: http://example.org\r\n"));
            let kinds = [WIREBIRD_EVENT_ACCEPTED, WIREBIRD_EVENT_REQUEST];
            let mut event = host.next();
            while !kinds.contains(&event.kind) || required == 0 && event.kind == 0 {
                event = host.next();
            }
            ok(wirebird_connection_release(event.connection));
        }
    }
}
