//! Many clients of one address, those that take nothing, and a host that does.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::ptr::null;

use wirebird::ffi::*;

use super::proxies::{CLIENT, behind, from};
use super::site::*;
use crate::engine::host::*;
use crate::engine::peers::{connect, read_head};

/// Asks for something over `stream`, which is kept; the status of the answer.
fn asked(host: &Host, stream: &mut TcpStream, fields: &str) -> u64 {
    write!(stream, "GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n").expect("sent");
    let event = host.next();
    if event.kind == WIREBIRD_EVENT_HTTP_REQUEST {
        ok(answer(event.request, ""));
    } else {
        assert_eq!(event.kind, WIREBIRD_EVENT_HANDSHAKE_FAILED, "{event:?}");
        assert!(event.message.contains("http_max_connections_per_address (2)"), "{event:?}");
    }
    let head = read_head(&mut BufReader::new(stream.try_clone().expect("cloned")));
    head[0].split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

#[test]
fn one_address_takes_not_every_place_of_plain_http() {
    let host = Host::new();
    let server = listen(&host, |server| server.http_max_connections_per_address = 2);
    let ask = |address| {
        let (mut stream, _) = from(address, server.port);
        (asked(&host, &mut stream, ""), stream)
    };
    let of_one: Vec<_> = (0..3).map(|_| ask(CLIENT)).collect();
    assert_eq!(of_one.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 200, 503]);
    let (status, _other) = ask([127, 0, 0, 10]);
    assert_eq!(status, 200, "of another address");
    // WebSockets are none of them.
    let _socket = connect(&server.url(), server.port);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    drop(of_one);
    while ask(CLIENT).0 != 200 {}
}

#[test]
fn a_trusted_proxy_has_as_many_as_its_clients_need() {
    let host = Host::new();
    let server = behind(&host, |server| {
        server.http_max_connections_per_address = 2;
        server.forwarded = WIREBIRD_FORWARDED_X;
    });
    let streams: Vec<_> = (0..5)
        .map(|number| {
            let (mut stream, _) = from([127, 0, 0, 1], server.port);
            let fields = format!("X-Forwarded-For: 192.0.2.{number}\r\n");
            assert_eq!(asked(&host, &mut stream, &fields), 200);
            stream
        })
        .collect();
    drop(streams);
}

#[test]
fn a_request_that_the_host_has_no_room_for_is_answered_at_the_timeout() {
    let host = Host::with(|queue| queue.max_waiting = 1);
    let server = listen(&host, |server| server.http_answer_timeout_ms = 200);
    // Nobody takes the first one.
    let mut first = Client::new(server.port);
    first.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(first.receive().status, 503);
    let mut second = Client::new(server.port);
    second.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    let response = second.receive();
    assert_eq!(response.status, 503, "{response:?}");
    assert!(response.body.contains("http_answer_timeout"), "{response:?}");
}

/// Asks, gets a large answer, and reads none of it: the connection ends anyhow.
fn takes_nothing(reply: impl Fn(wirebird_request_t) -> wirebird_status_t) {
    let host = Host::new();
    let server = listen(&host, |server| {
        server.http_body_timeout_ms = 200;
        server.http_max_connections = 1;
    });
    let (mut stream, _) = from(CLIENT, server.port);
    write!(stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").expect("sent");
    ok(reply(host.expect(WIREBIRD_EVENT_HTTP_REQUEST).request));
    let mut first = [0];
    stream.read_exact(&mut first).expect("it has begun");
    // Its place is free again once it has ended.
    loop {
        let mut other = Client::new(server.port);
        other.get("/");
        let event = host.next();
        if event.kind == WIREBIRD_EVENT_HTTP_REQUEST {
            ok(answer(event.request, ""));
            break;
        }
        assert_eq!(event.value, 503, "{event:?}");
        other.receive();
    }
}

#[test]
fn a_client_that_stops_reading_ends_its_connection() {
    let body = "x".repeat(64 << 20);
    takes_nothing(|request| answer(request, &body));
    let path = std::env::temp_dir().join(format!("wirebird-large-{}", std::process::id()));
    std::fs::write(&path, &body).expect("written");
    let shown = path.to_str().expect("UTF-8").to_owned();
    takes_nothing(|request| unsafe { wirebird_request_answer_file(request, null(), text(&shown)) });
    std::fs::remove_file(path).expect("removed");
}
