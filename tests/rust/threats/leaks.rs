//! What failed handshakes leave behind: nothing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;
use wirebird::ffi::*;

use super::alone::{alone, descriptors, resident};
use super::raw::connected;
use crate::engine::host::*;
use crate::engine::peers::request;

/// A hundred thousand with WIREBIRD_TEST_LONG=1.
fn failures() -> usize {
    if std::env::var_os("WIREBIRD_TEST_LONG").is_some() { 100_000 } else { 10_000 }
}

/// Fails `count` times in several ways and hears of each.
fn fail(host: &Host, port: u16, count: usize) {
    let foreign = request("Origin: http://evil.example\r\n");
    let unknown = request("").replace("Version: 13", "Version: 8");
    let ways = [&foreign[..], &unknown, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\0garbage", ""];
    for number in 0..count {
        let mut stream = connected(port);
        let way = ways[number % ways.len()];
        stream.write_all(way.as_bytes()).expect("taken");
        if way.is_empty() {
            // Leaves in the middle of its request, by a reset.
            stream.write_all(b"GET / HTTP/1.1\r\nHost").expect("taken");
            reset(&stream);
        } else {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer and the end");
            assert!(answer.starts_with("HTTP/1.1 4"), "{way}: {answer}");
            let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
            assert!(failed.value >= 400, "{failed:?}");
        }
    }
}

fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).expect("set");
}

#[test]
fn failed_handshakes_leave_neither_memory_nor_descriptors_at_a_server() {
    alone(failed_handshakes_leave_neither_memory_nor_descriptors_at_a_server, || {
        let host = Host::new();
        let server = host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_SAME_ORIGIN);
        fail(&host, server.port, 2000);
        let (memory, open) = (resident(), descriptors());
        fail(&host, server.port, failures());
        stays_flat(memory, open);
        ok(wirebird_server_release(server.handle));
    });
}

#[test]
fn failed_handshakes_leave_neither_memory_nor_descriptors_at_a_client() {
    alone(failed_handshakes_leave_neither_memory_nor_descriptors_at_a_client, || {
        let host = Host::new();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("ws://{}/", listener.local_addr().expect("an address"));
        let fail = |count: usize| {
            for number in 0..count {
                let connection = host.open(&url);
                let (mut stream, _) = listener.accept().expect("a client");
                let answer = ["HTTP/1.1 404 No\r\n\r\n", "\0garbage", ""][number % 3];
                stream.write_all(answer.as_bytes()).expect("taken");
                let _ = stream.shutdown(Shutdown::Write);
                let closed = host.expect(WIREBIRD_EVENT_CLOSED);
                assert_ne!(closed.status, WIREBIRD_OK, "{closed:?}");
                ok(wirebird_connection_release(connection));
            }
        };
        fail(500);
        let (memory, open) = (resident(), descriptors());
        fail(failures() / 4);
        stays_flat(memory, open);
    });
}

/// No more than before, but for what is just ending.
fn stays_flat(memory: usize, open: usize) {
    let more = resident().saturating_sub(memory);
    assert!(more < 1 << 20, "{more} bytes after {} failures", failures());
    let now = descriptors();
    assert!(now <= open + 20, "{now} descriptors after {open}");
}
