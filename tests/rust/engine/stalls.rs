//! A frame that begins to arrive and does not go on.

use std::io::{Read, Write};
use std::net::TcpStream;

use wirebird::ffi::*;

use super::host::*;
use super::peers::{self, connect_raw, request};

const TIMEOUT_MS: u32 = 300;

/// For what has to happen before it.
const LONG_MS: u32 = 3000;

/// A connection of this host's whose peer is raw, with a frame timeout.
fn open(
    change: impl FnOnce(&mut wirebird_connection_options_t),
) -> (Host, wirebird_connection_t, TcpStream) {
    let host = Host::new();
    let server = host.listen_with(|_, connection| {
        connection.frame_timeout_ms = TIMEOUT_MS;
        connection.compression = 1;
        connection.close_timeout_ms = PATIENCE_MS.into();
        change(connection);
    });
    let mut stream = connect_raw(server.port);
    let lines = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    stream.write_all(request(lines).as_bytes()).expect("taken");
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    ok(wirebird_server_release(server.handle));
    let mut stream = std::io::BufReader::new(stream);
    peers::read_head(&mut stream);
    (host, connection, stream.into_inner())
}

fn stalls(host: &Host, mut stream: TcpStream, what: &str) {
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    let found = (closing.value, closing.close_code, closing.status, closing.detail);
    assert_eq!(found, (0, 1001, WIREBIRD_ERROR_TIMEOUT, 0), "{what}: {closing:?}");
    assert!(closing.message.contains("frame_timeout ("), "{what}: {}", closing.message);
    let mut close = Vec::new();
    stream.read_to_end(&mut close).expect("the end of TCP");
    assert_eq!((close[0], &close[2..4]), (0x88, &1001u16.to_be_bytes()[..]), "{what}");
    assert!(String::from_utf8_lossy(&close[4..]).contains("frame_timeout"), "{what}");
    drop(stream);
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_TIMEOUT, "{what}");
}

const MASK: [u8; 4] = [0; 4];

#[test]
fn a_frame_that_stops_wherever_it_does_closes_with_1001() {
    let cases: [(&str, &[u8]); 7] = [
        ("after the first byte", b"\x82"),
        ("within the length", b"\x82\xFE\x01"),
        ("within the mask", b"\x82\x85\0\0"),
        ("before the payload", b"\x82\x85\0\0\0\0"),
        ("within the payload", b"\x81\x85\0\0\0\0ab"),
        ("within a Ping", b"\x89\x85\0\0\0\0ab"),
        ("within a compressed message", b"\xC1\x85\0\0\0\0\xF2"),
    ];
    for interval in [0, 25_000] {
        for (what, bytes) in cases {
            let (host, _, mut stream) = open(|options| options.ping_interval_ms = interval);
            stream.write_all(bytes).expect("taken");
            stalls(&host, stream, what);
        }
    }
}

#[test]
fn a_large_payload_that_is_read_into_its_place_may_stall_too() {
    let (host, _, mut stream) = open(|_| {});
    stream.write_all(b"\x82\xFF\0\0\0\0\0\x0F\0\0\0\0\0\0").expect("taken");
    stream.write_all(&vec![0; 900_000]).expect("taken");
    stalls(&host, stream, "within a large payload");
}

#[test]
fn a_frame_that_goes_on_is_waited_for() {
    let (host, connection, mut stream) = open(|options| options.frame_timeout_ms = LONG_MS);
    let payload = [b'x'; 4];
    stream.write_all(&[&[0x81, 0x84][..], &MASK].concat()).expect("taken");
    for byte in payload {
        // Altogether longer than the timeout.
        std::thread::sleep(std::time::Duration::from_millis(u64::from(LONG_MS) / 3));
        stream.write_all(&[byte]).expect("taken");
    }
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).data, payload);
    ok(wirebird_connection_release(connection));
}

#[test]
fn nothing_stalls_between_frames() {
    let (host, connection, mut stream) = open(|options| options.want = WIREBIRD_WANT_PING);
    // The first fragment, and a Ping; then silence.
    stream.write_all(b"\x01\x81\0\0\0\0a\x89\x80\0\0\0\0").expect("taken");
    host.expect(WIREBIRD_EVENT_PING);
    assert_eq!(wirebird_queue_wait(host.queue, 3 * TIMEOUT_MS), WIREBIRD_EMPTY);
    stream.write_all(b"\x80\x81\0\0\0\0b").expect("taken");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "ab");
    ok(wirebird_connection_release(connection));
}

#[test]
fn while_this_side_does_not_read_no_frame_stalls() {
    let (host, connection, mut stream) = open(|options| options.frame_timeout_ms = LONG_MS);
    stream.write_all(b"\x81\x82\0\0\0\0a").expect("taken");
    reaches(connection, WIREBIRD_OPTION_BYTES_RECEIVED, 7);
    ok(wirebird_connection_pause(connection));
    assert_eq!(wirebird_queue_wait(host.queue, 2 * LONG_MS), WIREBIRD_EMPTY);
    // Neither does it at once when reading goes on.
    ok(wirebird_connection_resume(connection));
    assert_eq!(wirebird_queue_wait(host.queue, LONG_MS / 10), WIREBIRD_EMPTY);
    stream.write_all(b"b").expect("taken");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "ab");
    // But it does later.
    set(connection, WIREBIRD_OPTION_FRAME_TIMEOUT, TIMEOUT_MS.into());
    stream.write_all(b"\x81\x82\0\0\0\0a").expect("taken");
    stalls(&host, stream, "after a pause");
}

#[test]
fn a_host_whose_queue_is_full_stalls_nobody() {
    let host = Host::with(|options| options.max_waiting = 1);
    let server = host.listen_with(|_, connection| connection.frame_timeout_ms = TIMEOUT_MS);
    let mut stream = connect_raw(server.port);
    stream.write_all(request("").as_bytes()).expect("taken");
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    let message = [&[0x82, 0xFE, 0x10, 0x00][..], &MASK, &[7; 4096]].concat();
    for count in 1..=2 {
        stream.write_all(&message).expect("taken");
        reaches(connection, WIREBIRD_OPTION_BYTES_RECEIVED, count * message.len() as u64);
    }
    // The newest batch does not count: the queue is full by now, and this waits.
    stream.write_all(&message[..100]).expect("taken");
    std::thread::sleep(std::time::Duration::from_millis(3 * u64::from(TIMEOUT_MS)));
    stream.write_all(&message[100..]).expect("taken");
    for _ in 0..3 {
        assert_eq!(host.expect(WIREBIRD_EVENT_BINARY).data, [7; 4096]);
    }
    ok(wirebird_connection_release(connection));
}

#[test]
fn as_a_default_a_frame_may_stall_and_the_timeout_can_be_set_meanwhile() {
    let (host, connection, mut stream) = open(|options| options.frame_timeout_ms = 0);
    assert_eq!(get(connection, WIREBIRD_OPTION_FRAME_TIMEOUT), 0);
    stream.write_all(b"\x81\x82\0\0\0\0a").expect("taken");
    assert_eq!(wirebird_queue_wait(host.queue, LONG_MS), WIREBIRD_EMPTY);
    set(connection, WIREBIRD_OPTION_FRAME_TIMEOUT, LONG_MS.into());
    // From now on.
    assert_eq!(wirebird_queue_wait(host.queue, LONG_MS / 10), WIREBIRD_EMPTY);
    stalls(&host, stream, "set later");
    let host = Host::new();
    let (client, server) = host.pair(|_| {}, |_| {});
    for connection in [client, server] {
        assert_eq!(get(connection, WIREBIRD_OPTION_FRAME_TIMEOUT), 0);
    }
    let refused = wirebird_connection_set(client, WIREBIRD_OPTION_FRAME_TIMEOUT, 1 << 31);
    assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT);
}
