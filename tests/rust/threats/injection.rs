//! What a program passes on must not become a header field of its own.

use std::io::ErrorKind;
use std::net::TcpListener;

use wirebird::ffi::*;

use super::raw;
use crate::engine::host::*;
use crate::engine::peers::{exchange, request};
use wirebird::protocol::Role;

const BAD: [&str; 8] = [
    "a\r\nX-Injected: y",
    "a\r\n\r\nGET / HTTP/1.1",
    "a\rb",
    "a\nb",
    "a\0b",
    "\r\n",
    "a\r\n",
    "\na",
];

/// Opening with these options fails at once, and nothing connects.
#[track_caller]
fn refused(host: &Host, listener: &TcpListener, options: &wirebird_client_options_t, what: &str) {
    let mut handle = wirebird_connection_t::default();
    let status = unsafe { wirebird_client_open(host.queue, options, &mut handle) };
    let expected = [WIREBIRD_ERROR_ARGUMENT, WIREBIRD_ERROR_URL];
    assert!(expected.contains(&status), "{what}: {status}: {}", last_error());
    assert_eq!(handle.id, 0, "{what}");
    assert!(!last_error().contains(['\r', '\n', '\0']), "{what}: {:?}", last_error());
    let connected = listener.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(connected, Err(ErrorKind::WouldBlock), "{what}: something connected");
    assert!(host.take().is_none(), "{what}");
}

#[test]
fn a_client_sends_nothing_that_was_injected() {
    let host = Host::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("set");
    let base = format!("ws://127.0.0.1:{}/", listener.local_addr().expect("an address").port());
    for bad in BAD {
        let with = |change: &dyn Fn(&mut wirebird_client_options_t), what: &str| {
            let mut options = initialised(wirebird_client_options_init);
            options.url = text(&base);
            change(&mut options);
            refused(&host, &listener, &options, &format!("{what} {bad:?}"));
        };
        with(&|options| options.origin = text(bad), "origin");
        for url in [format!("{base}{bad}"), format!("{base}?{bad}"), format!("ws://{bad}/")] {
            with(&|options| options.url = text(&url), "url");
        }
        let names = [text("chat"), text(bad)];
        with(
            &|options| (options.subprotocols, options.subprotocol_count) = (names.as_ptr(), 2),
            "subprotocol",
        );
        for (name, value) in [("X-A", bad), (bad, "a"), ("Host", bad), ("Cookie", bad)] {
            let header = [wirebird_header_t { name: text(name), value: text(value) }];
            with(
                &|options| (options.headers, options.header_count) = (header.as_ptr(), 1),
                "header",
            );
        }
    }
}

#[test]
fn a_server_answers_nothing_that_was_injected() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_ASK);
    let port = server.port;
    let client =
        std::thread::spawn(move || exchange(port, &request("Sec-WebSocket-Protocol: chat\r\n")));
    let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    for bad in BAD {
        let mut options = initialised(wirebird_accept_options_init);
        options.subprotocol = text(bad);
        let accepted = unsafe { wirebird_connection_accept(connection, &options) };
        assert_eq!(accepted, WIREBIRD_ERROR_ARGUMENT, "subprotocol {bad:?}");
        for (name, value) in [("X-A", bad), (bad, "a"), ("Set-Cookie", bad)] {
            let header = [wirebird_header_t { name: text(name), value: text(value) }];
            let mut options = initialised(wirebird_accept_options_init);
            (options.headers, options.header_count) = (header.as_ptr(), 1);
            let accepted = unsafe { wirebird_connection_accept(connection, &options) };
            assert_eq!(accepted, WIREBIRD_ERROR_ARGUMENT, "accepting with {name:?}: {value:?}");
            let headers = header.as_ptr();
            let refused =
                unsafe { wirebird_connection_refuse(connection, 403, headers, 1, text("no")) };
            assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT, "refusing with {name:?}: {value:?}");
        }
        let reason = text(bad);
        let refused = unsafe {
            wirebird_connection_refuse_as(connection, 403, reason, std::ptr::null(), 0, text("no"))
        };
        assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT, "refusing as {bad:?}");
        let mut options = initialised(wirebird_server_options_init);
        options.name = text(bad);
        let mut handle = wirebird_server_t::default();
        let listens = unsafe { wirebird_server_listen(host.queue, &options, &mut handle) };
        assert_eq!(listens, WIREBIRD_ERROR_ARGUMENT, "name {bad:?}");
    }
    // The request still waits, and its answer is clean. A body may hold
    // anything: it has a length.
    let body = text(BAD[1]);
    let reason = text("Not for you");
    ok(unsafe {
        wirebird_connection_refuse_as(connection, 403, reason, std::ptr::null(), 0, body)
    });
    let answer = client.join().expect("an answer");
    let (head, sent) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 403 Not for you\r\n"), "{head}");
    assert!(head.to_lowercase().contains(&format!("\r\ncontent-length: {}", sent.len())), "{head}");
    assert!(!answer.contains("X-Injected"), "{answer}");
    assert_eq!(sent, BAD[1]);
}

/// A reason is not a line: its frame has a length, whatever is in it.
#[test]
fn a_close_reason_arrives_as_it_is() {
    let host = Host::new();
    for bad in BAD {
        let (connection, mut peer) = raw::open(&host, Role::Client, |_| {});
        close(connection, 4000, bad);
        let expected = [&4000u16.to_be_bytes(), bad.as_bytes()].concat();
        assert_eq!(peer.next(), Some((0x88, expected)));
        assert_eq!(peer.role, Role::Server);
        drop(peer);
        host.expect(WIREBIRD_EVENT_CLOSED);
        ok(wirebird_connection_release(connection));
    }
    let (connection, _peer) = raw::open(&host, Role::Client, |_| {});
    let reason = wirebird_text_t { data: c"\xFF".as_ptr(), length: 1 };
    let refused = unsafe { wirebird_connection_close(connection, 4000, reason) };
    assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
}
