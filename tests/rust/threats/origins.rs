//! Pages of other sites that open connections in their visitors' name.

use wirebird::ffi::*;

use crate::engine::host::*;
use crate::engine::peers::{exchange, request};

#[test]
fn two_origins_are_none() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_SAME_ORIGIN);
    for origins in [
        "Origin: http://example.org\r\nOrigin: http://evil.example\r\n",
        "Origin: http://evil.example\r\nOrigin: http://example.org\r\n",
        "Origin: http://example.org http://evil.example\r\n",
        "Origin: http://example.org, http://evil.example\r\n",
    ] {
        let answer = exchange(server.port, &request(origins));
        let refused =
            ["HTTP/1.1 400 ", "HTTP/1.1 403 "].iter().any(|line| answer.starts_with(line));
        assert!(refused, "{origins}: {answer}");
    }
}

#[test]
fn every_origin_gets_101_where_the_host_allows_it() {
    let host = Host::new();
    let all = host.listen();
    let asking = host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_ASK);
    for origin in ["null", "http://evil.example", "http://example.org.evil.example"] {
        let request = request(&format!("Origin: {origin}\r\n"));
        for server in [&all, &asking] {
            let (port, request) = (server.port, request.clone());
            let client = std::thread::spawn(move || exchange(port, &request));
            let event = host.next();
            if event.kind == WIREBIRD_EVENT_REQUEST {
                ok(unsafe { wirebird_connection_accept(event.connection, std::ptr::null()) });
                host.expect(WIREBIRD_EVENT_OPENED);
            } else {
                assert_eq!(event.kind, WIREBIRD_EVENT_ACCEPTED, "{origin}: {event:?}");
            }
            ok(wirebird_connection_abort(event.connection));
            host.expect(WIREBIRD_EVENT_CLOSED);
            let answer = client.join().expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 101 "), "{origin}: {answer}");
        }
    }
}
