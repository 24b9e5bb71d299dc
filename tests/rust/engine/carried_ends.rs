//! Both ends of a stream that the host carries, byte by byte: what waits where,
//! who is told, and what is left at the end.

use std::ptr::null;

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::carrying::{ByHand, options, until};
use super::host::*;
use super::peers::request;
use crate::protocol::support::{CLOSE, FIN, TEXT, frame};

const LIMIT: usize = 64 * 1024;

/// A server without a socket.
fn server(host: &Host) -> wirebird_server_t {
    server_with(host, |_| {})
}

fn server_with(
    host: &Host,
    change: impl FnOnce(&mut wirebird_server_options_t),
) -> wirebird_server_t {
    let server = host.listen_with(|options, _| {
        options.descriptor = WIREBIRD_NO_SOCKET;
        change(options);
    });
    server.handle
}

/// An open connection of a server's.
fn open(
    host: &Host,
    change: impl FnOnce(&mut wirebird_stream_options_t),
) -> (ByHand, wirebird_connection_t) {
    let stream = ByHand::attach(server(host), change);
    for byte in request("").as_bytes() {
        while stream.give(&[*byte]) == 0 {
            stream.told.woken(0);
        }
    }
    let head = stream.take_until(b"\r\n\r\n");
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    (stream, connection)
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    frame(Role::Client, FIN | first, payload)
}

#[test]
fn what_the_host_does_not_take_is_bounded_and_then_unsent() {
    let host = Host::new();
    let (stream, connection) = open(&host, |_| {});
    let message = vec![b'x'; 1 << 20];
    send_binary(connection, &message);
    // What is written is in the stream's buffer.
    let unsent = (10 + message.len() - LIMIT) as u64;
    until(|| get(connection, WIREBIRD_OPTION_UNSENT) == unsent);
    let (status, first) = stream.take(message.len());
    assert_eq!((status, first.len()), (WIREBIRD_OK, LIMIT));
    let mut all = first;
    while all.len() < message.len() + 10 {
        let seen = stream.told.wakes();
        match stream.take(10_000) {
            (WIREBIRD_OK, bytes) => all.extend(bytes),
            (WIREBIRD_EMPTY, _) => stream.told.woken(seen),
            (status, _) => panic!("{status} after {} bytes", all.len()),
        }
    }
    assert!(all[10..] == message, "{} bytes came", all.len());
    until(|| get(connection, WIREBIRD_OPTION_UNSENT) == 0);
    stream.release();
}

#[test]
fn what_the_engine_does_not_read_is_bounded_and_the_host_told_when_there_is_room() {
    let host = Host::new();
    let (stream, connection) = open(&host, |_| {});
    ok(wirebird_connection_pause(connection));
    let message = masked(TEXT, &vec![b'x'; 3 * LIMIT]);
    let mut given = 0;
    loop {
        let taken = stream.give(&message[given..]);
        given += taken;
        if taken == 0 {
            break;
        }
    }
    assert!(given <= 2 * LIMIT, "{given} bytes were taken while nobody reads");
    let seen = stream.told.wakes();
    ok(wirebird_connection_resume(connection));
    stream.told.woken(seen);
    while given < message.len() {
        let seen = stream.told.wakes();
        given += stream.give(&message[given..]);
        if given < message.len() {
            stream.told.woken(seen);
        }
    }
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).data.len(), 3 * LIMIT);
    stream.release();
}

#[test]
fn the_host_is_woken_once_until_it_has_taken_all() {
    let host = Host::new();
    let (stream, connection) = open(&host, |_| {});
    send_text(connection, "go");
    stream.take_until(b"go");
    assert_eq!(stream.take(100).0, WIREBIRD_EMPTY);
    let seen = stream.told.wakes();
    let send_ten = || {
        (0..10).for_each(|_| send_text(connection, "ab"));
        until(|| get(connection, WIREBIRD_OPTION_UNSENT) == 0);
    };
    send_ten();
    stream.told.woken(seen);
    assert_eq!(stream.take(6), (WIREBIRD_OK, b"\x81\x02ab\x81\x02".to_vec()));
    send_ten();
    assert_eq!(stream.told.wakes(), seen + 1, "it has not taken all yet");
    let (_, rest) = stream.take(1000);
    assert_eq!(rest.len(), 20 * 4 - 6);
    assert_eq!(stream.told.wakes(), seen + 1, "it has not seen the end of it");
    assert_eq!(stream.take(1000), (WIREBIRD_EMPTY, Vec::new()));
    send_text(connection, "ab");
    stream.told.woken(seen + 1);
    stream.release();
}

#[test]
fn a_buffer_of_one_byte_is_enough() {
    let host = Host::new();
    let (stream, connection) = open(&host, |options| options.buffer_size = 1);
    send_text(connection, "byte by byte");
    assert_eq!(stream.take_until(b"byte by byte").len(), 14);
    for byte in masked(TEXT, b"and back") {
        let mut seen = stream.told.wakes();
        while stream.give(&[byte]) == 0 {
            stream.told.woken(seen);
            seen = stream.told.wakes();
        }
    }
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "and back");
    stream.release();
}

#[test]
fn what_was_written_before_the_end_can_be_taken_after_it() {
    let host = Host::new();
    let (stream, connection) = open(&host, |_| {});
    send_text(connection, "last words");
    assert_eq!(stream.give(&masked(CLOSE, &1000u16.to_be_bytes())), 8);
    host.expect(WIREBIRD_EVENT_CLOSING);
    // The engine ends its direction before the peer does.
    let written = b"\x81\x0alast words\x88\x02\x03\xe8".to_vec();
    assert_eq!(stream.take_to_end(), (WIREBIRD_END, written));
    assert!(host.take().is_none(), "the peer has not ended yet");
    ok(wirebird_stream_give_end(stream.stream));
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);

    let (stream, connection) = open(&host, |_| {});
    send_text(connection, "last words");
    ok(wirebird_stream_give_end(stream.stream));
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_CONNECTION_LOST);
    ok(wirebird_connection_release(connection));
    assert_eq!(stream.take_to_end(), (WIREBIRD_OVER, b"\x81\x0alast words".to_vec()));
    assert_eq!(stream.take(10), (WIREBIRD_OVER, Vec::new()), "for good");
    assert_eq!(stream.told.drops(), 0);
    stream.release();
    stream.told.dropped();
}

#[test]
fn an_abort_drops_what_was_not_taken() {
    let host = Host::new();
    let (stream, connection) = open(&host, |_| {});
    send_text(connection, "never read");
    let seen = stream.told.wakes();
    ok(wirebird_connection_abort(connection));
    host.expect(WIREBIRD_EVENT_CLOSED);
    stream.told.woken(seen);
    assert_eq!(stream.take(100), (WIREBIRD_RESET, Vec::new()));
    assert_eq!(stream.give(&[0; 2 * LIMIT]), 2 * LIMIT, "nobody reads this");
    stream.release();
    stream.told.dropped();
}

#[test]
fn a_transport_that_fails_loses_the_connection_with_its_message() {
    let host = Host::new();
    let (stream, _) = open(&host, |_| {});
    assert_eq!(stream.give(&masked(TEXT, b"before")), 12);
    ok(unsafe { wirebird_stream_fail(stream.stream, text("the cable é was cut")) });
    ok(unsafe { wirebird_stream_fail(stream.stream, text("again")) });
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "before");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_ERROR_CONNECTION_LOST, 1006));
    assert!(closed.message.contains("the cable é was cut"), "{closed:?}");
    let mut taken = 9;
    let late = unsafe { wirebird_stream_give(stream.stream, b"x".as_ptr().cast(), 1, &mut taken) };
    assert_eq!((late, taken), (WIREBIRD_ERROR_STATE, 9));
    assert_eq!(wirebird_stream_give_end(stream.stream), WIREBIRD_ERROR_STATE);
    stream.release();
}

#[test]
fn releasing_a_stream_loses_its_connection() {
    let host = Host::new();
    let (stream, _) = open(&host, |_| {});
    stream.release();
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_LOST, "{closed:?}");
    assert!(closed.message.contains("let go"), "{closed:?}");
    stream.told.dropped();
    assert_eq!(wirebird_stream_release(stream.stream), WIREBIRD_ERROR_HANDLE);
}

#[test]
fn a_host_refuses_a_request() {
    let host = Host::new();
    let server = server_with(&host, |options| options.accept = WIREBIRD_ACCEPT_ASK);
    let stream = ByHand::attach(server, |_| {});
    stream.give(request("").as_bytes());
    let asked = host.expect(WIREBIRD_EVENT_REQUEST).connection;
    let (mut local, mut peer) = Default::default();
    ok(unsafe { wirebird_connection_addresses(asked, &mut local, &mut peer) });
    assert_eq!((local.family, peer.family), (0, 0), "the host did not say");
    ok(unsafe { wirebird_connection_refuse(asked, 403, null(), 0, text("not you")) });
    let (status, answer) = stream.take_to_end();
    assert!([WIREBIRD_END, WIREBIRD_OVER].contains(&status), "{status}");
    let answer = String::from_utf8(answer).expect("ASCII");
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.ends_with("\r\n\r\nnot you"), "{answer}");
    stream.release();
    stream.told.dropped();
}

#[test]
fn an_invalid_request_is_answered() {
    let host = Host::new();
    let server = server(&host);
    for (request, status) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "426"),
        ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "405"),
        ("GET / HTTP/1.1\nHost: a\n\n", "400"),
        ("\0\r\n\r\n", "400"),
    ] {
        let stream = ByHand::attach(server, |_| {});
        stream.give(request.as_bytes());
        let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        // The host's socket may have no half-open state: it is at its end as well.
        ok(wirebird_stream_give_end(stream.stream));
        let (_, answer) = stream.take_to_end();
        let answer = String::from_utf8(answer).expect("UTF-8");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {answer}");
        assert_eq!(failed.value.to_string(), status, "{request:?}: {failed:?}");
        stream.release();
        stream.told.dropped();
    }
}

#[test]
fn a_server_that_is_released_ends_streams_in_their_handshake() {
    let host = Host::new();
    let server = server(&host);
    let begun = ByHand::attach(server, |_| {});
    let silent = ByHand::attach(server, |options| options.handshake_timeout_ms = 0);
    begun.give(b"GET / HTTP/1.1\r\n");
    ok(wirebird_server_release(server));
    for stream in [begun, silent] {
        let (status, bytes) = stream.take_to_end();
        assert!(bytes.is_empty(), "{:?}", String::from_utf8_lossy(&bytes));
        assert!([WIREBIRD_END, WIREBIRD_OVER].contains(&status), "{status}");
        stream.release();
        stream.told.dropped();
    }
}

#[test]
fn connections_of_a_released_server_live_on() {
    let host = Host::new();
    let server = server(&host);
    let stream = ByHand::attach(server, |_| {});
    stream.give(request("").as_bytes());
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    ok(wirebird_server_release(server));
    stream.give(&masked(TEXT, b"still here"));
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).connection, connection);
    stream.release();
}

#[test]
fn the_time_for_the_handshake_is_the_servers_or_the_streams_own() {
    let host = Host::new();
    let server = server_with(&host, |options| options.handshake_timeout_ms = 100);
    let unlimited = ByHand::attach(server, |options| options.handshake_timeout_ms = 0);
    let own = ByHand::attach(server, |options| options.handshake_timeout_ms = 200);
    let servers = ByHand::attach(server, |_| {});
    for stream in [&unlimited, &own, &servers] {
        stream.give(b"GET / HTTP/1.1\r\n");
    }
    // On a busy machine in either order.
    let failed = [(); 2].map(|()| host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED));
    for (late, ms) in [(servers, "(100 ms)"), (own, "(200 ms)")] {
        let is_it = |failed: &Happened| {
            failed.status == WIREBIRD_ERROR_TIMEOUT && failed.message.contains(ms)
        };
        assert!(failed.iter().any(is_it), "{ms}: {failed:?}");
        let (_, answer) = late.take_to_end();
        assert!(answer.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&answer));
    }
    let rest = request("").replace("GET /chat HTTP/1.1\r\n", "");
    unlimited.give(rest.as_bytes());
    host.expect(WIREBIRD_EVENT_ACCEPTED);
}

#[test]
fn a_server_without_a_socket_has_all_but_an_address() {
    let host = Host::new();
    let server = server(&host);
    let mut address = wirebird_address_t { family: 9, ..Default::default() };
    ok(unsafe { wirebird_server_address(server, &mut address) });
    assert_eq!((address.family, address.port), (0, 0));
    let mut descriptor = 0;
    ok(unsafe { wirebird_server_descriptor(server, &mut descriptor) });
    assert_eq!(descriptor, -1);
    ok(wirebird_server_pause(server));
    let stream = ByHand::attach(server, |_| {});
    stream.give(request("").as_bytes());
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    ok(wirebird_server_close(server));
    assert_eq!(host.expect(WIREBIRD_EVENT_SERVER_CLOSED).server, server);
    let (options, told) = options();
    let mut late = wirebird_stream_t::default();
    let status = unsafe { wirebird_server_attach(server, &options, &mut late) };
    assert_eq!((status, late.id, told.drops()), (WIREBIRD_ERROR_STATE, 0, 0));
    ok(wirebird_server_release(server));
    stream.release();
}

#[test]
fn a_listening_server_takes_streams_as_well_within_its_limits() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.max_handshakes = 1);
    let first = ByHand::attach(server.handle, |_| {});
    first.give(b"GET /chat HTTP/1.1\r\n");
    until(|| {
        let (option, mut value) = (WIREBIRD_SERVER_OPTION_HANDSHAKES, 0);
        ok(unsafe { wirebird_server_get(server.handle, option, &mut value) });
        value == 1
    });
    let second = ByHand::attach(server.handle, |_| {});
    second.give(request("").as_bytes());
    // The first is the one handshake that may be under way.
    assert_eq!(wirebird_queue_wait(host.queue, 100), WIREBIRD_EMPTY);
    first.give(request("").replace("GET /chat HTTP/1.1\r\n", "").as_bytes());
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    assert!(second.take_until(b"\r\n\r\n").starts_with(b"HTTP/1.1 101 "));
    let client = host.open(&server.url());
    host.until(WIREBIRD_EVENT_OPENED);
    ok(wirebird_connection_release(client));
}

#[test]
fn options_out_of_their_range_make_no_stream() {
    type Change = fn(&mut wirebird_stream_options_t);
    let cases: [(Change, &str); 7] = [
        (|options| options.buffer_size = 0, "buffer_size"),
        (|options| options.buffer_size = 1 << 31, "buffer_size"),
        (|options| options.handshake_timeout_ms = -2, "handshake_timeout_ms"),
        (|options| options.local.family = 5, "local"),
        (|options| options.peer.family = 1, "peer"),
        (|options| options.size += 1, "size"),
        (|options| options.size = 0, "size"),
    ];
    let host = Host::new();
    let server = server(&host);
    let url = "ws://127.0.0.1/";
    for (change, name) in cases {
        let (mut options, told) = options();
        change(&mut options);
        let mut stream = wirebird_stream_t::default();
        let mut connection = wirebird_connection_t::default();
        let mut client: wirebird_client_options_t = initialised(wirebird_client_options_init);
        client.url = text(url);
        for status in unsafe {
            [
                wirebird_server_attach(server, &options, &mut stream),
                wirebird_client_attach(host.queue, &client, &options, &mut connection, &mut stream),
            ]
        } {
            assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{name}");
            assert!(last_error().contains(name), "{}", last_error());
        }
        assert_eq!((stream.id, connection.id, told.drops()), (0, 0, 0), "{name}");
    }
}

/// What a server answers to the request of a client by hand.
pub fn switching(request: &[u8]) -> String {
    let request = String::from_utf8_lossy(request);
    let key = request.split("Sec-Websocket-Key: ").nth(1).and_then(|rest| rest.lines().next());
    let accept = derive_accept_key(key.expect("a key").as_bytes());
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    )
}

#[test]
fn a_client_opens_a_url_of_either_scheme_over_a_stream() {
    let host = Host::new();
    for (url, field) in [
        ("ws://example.org/", "\r\nHost: example.org\r\n"),
        ("ws://example.org:443/", "\r\nHost: example.org:443\r\n"),
        ("wss://example.org/", "\r\nHost: example.org\r\n"),
        ("wss://example.org:80/", "\r\nHost: example.org:80\r\n"),
    ] {
        let (stream, connection) = ByHand::open(&host, url, |_, _| {});
        let request = stream.take_until(b"\r\n\r\n");
        let shown = String::from_utf8_lossy(&request);
        assert!(shown.starts_with("GET / HTTP/1.1\r\n") && shown.contains(field), "{shown}");
        let mut answer = switching(&request).into_bytes();
        answer.extend(frame(Role::Server, FIN | TEXT, b"at once"));
        stream.give(&answer);
        host.expect(WIREBIRD_EVENT_OPENED);
        assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "at once");
        close(connection, 1000, "");
        stream.give(&frame(Role::Server, FIN | CLOSE, &1000u16.to_be_bytes()));
        ok(wirebird_stream_give_end(stream.stream));
        assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);
        assert_eq!(stream.take_to_end().0, WIREBIRD_OVER);
        stream.release();
        stream.told.dropped();
    }
    let mut options: wirebird_client_options_t = initialised(wirebird_client_options_init);
    options.url = text("https://example.org/");
    let mut none = wirebird_connection_t::default();
    let status = unsafe { wirebird_client_open(host.queue, &options, &mut none) };
    assert_eq!(status, WIREBIRD_ERROR_SCHEME, "{}", last_error());
}

#[test]
fn a_clients_handshake_fails_with_its_transport() {
    let host = Host::new();
    let open = || ByHand::open(&host, "ws://example.org/", |_, _| {});
    let (stream, _) = open();
    ok(wirebird_stream_give_end(stream.stream));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_LOST, "{closed:?}");

    let (stream, _) = open();
    ok(unsafe { wirebird_stream_fail(stream.stream, text("the cable was cut")) });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_LOST, "{closed:?}");
    assert!(closed.message.contains("the cable was cut"), "{closed:?}");

    let (stream, connection) = open();
    close(connection, 1000, "");
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_STATE);
    assert_eq!(stream.take_to_end().0, WIREBIRD_OVER);

    let (stream, _) = open();
    stream.take_until(b"\r\n\r\n");
    stream.give(b"HTTP/1.1 404 Nothing Here\r\nContent-Length: 2\r\n\r\nno");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.value), (WIREBIRD_ERROR_HTTP_STATUS, 404), "{closed:?}");
    assert_eq!(read_text(closed.connection, wirebird_connection_response_body), "no");
}
