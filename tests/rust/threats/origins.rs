//! Pages of other sites that open connections in their visitors' name.

use std::io::{BufReader, Write};

use wirebird::ffi::*;

use crate::engine::host::*;
use crate::engine::peers::{connect_raw, exchange, read_head, request};
use crate::tls::certificates::Authority;
use crate::tls::fixture::*;

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

#[test]
fn a_page_that_came_by_plain_http_is_foreign_to_a_server_that_encrypts() {
    let (host, serving, authority) = (Host::new(), Host::new(), Authority::new("Root"));
    let (tls, trusting) = (server(&authority.server(&["localhost"])), client(&authority));
    let server = serving.listen_with(|options, _| {
        (options.tls, options.accept) = (tls.0, WIREBIRD_ACCEPT_SAME_ORIGIN);
    });
    for (scheme, is_own) in [("https", true), ("http", false), ("ws", false)] {
        let origin = format!("{scheme}://localhost:{}", server.port);
        let connection = host.open_with(&url("localhost", server.port), |options, _| {
            (options.tls, options.origin) = (trusting.0, text(&origin));
        });
        if is_own {
            host.expect(WIREBIRD_EVENT_OPENED);
        } else {
            assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).value, 403, "{origin}");
        }
        ok(wirebird_connection_release(connection));
    }
}

#[test]
fn the_scheme_that_a_trusted_proxy_names_is_the_servers() {
    let (host, trusted) = (Host::new(), [text("127.0.0.1")]);
    let server = host.listen_with(|options, _| {
        options.accept = WIREBIRD_ACCEPT_SAME_ORIGIN;
        options.forwarded = WIREBIRD_FORWARDED_X;
        (options.trusted_proxies, options.trusted_proxy_count) = (trusted.as_ptr(), 1);
    });
    for (named, origin, status) in [
        ("https", "https", "101"),
        ("https", "http", "403"),
        ("http", "http", "101"),
        ("http", "https", "403"),
        ("", "http", "101"),
        ("", "https", "101"),
    ] {
        let mut fields =
            format!("Origin: {origin}://example.org\r\nX-Forwarded-For: 192.0.2.1\r\n");
        if !named.is_empty() {
            fields += &format!("X-Forwarded-Proto: {named}\r\n");
        }
        let mut stream = connect_raw(server.port);
        stream.write_all(request(&fields).as_bytes()).expect("taken");
        let head = read_head(&mut BufReader::new(stream));
        assert!(head[0].starts_with(&format!("HTTP/1.1 {status} ")), "{fields}: {head:?}");
    }
}
