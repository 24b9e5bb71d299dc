//! Messages that are sent and received piece by piece.

use std::ffi::c_void;

use wirebird::ffi::*;

use super::host::*;
use super::peers;
use tokio_tungstenite::tungstenite::Message;

fn send_fragment(
    connection: wirebird_connection_t,
    payload: u32,
    bytes: &[u8],
    frame: u16,
) -> wirebird_status_t {
    let data = bytes.as_ptr().cast::<c_void>();
    let bytes = bytes.len();
    unsafe {
        wirebird_connection_send_fragment(
            connection,
            payload,
            data,
            bytes,
            frame,
            std::ptr::null_mut(),
        )
    }
}

/// Two connected ends of one host, which compress or not.
fn pair(
    host: &Host,
    compression: u32,
    want: u32,
) -> (wirebird_connection_t, wirebird_connection_t) {
    let of_server = |connection: &mut wirebird_connection_options_t| {
        connection.compression = compression;
        connection.max_message_size = 1 << 40;
        connection.want = want;
    };
    host.pair(|_| {}, of_server)
}

#[test]
fn fragments_arrive_before_the_message_is_complete() {
    for compression in [0, 1] {
        let host = Host::new();
        let (client, server) = pair(&host, compression, WIREBIRD_WANT_STREAM);
        ok(send_fragment(client, WIREBIRD_PAYLOAD_UTF8, b"", 0));
        ok(send_fragment(client, WIREBIRD_PAYLOAD_UTF8, "näch".as_bytes(), 0));
        let mut got = String::new();
        while got != "näch" {
            let piece = host.expect(WIREBIRD_EVENT_TEXT_FRAME);
            assert_eq!((piece.connection, piece.frame), (server, 0));
            got.push_str(piece.text());
        }
        ok(unsafe { wirebird_connection_ping(client, std::ptr::null(), 0) });
        host.expect(WIREBIRD_EVENT_PONG);
        ok(send_fragment(client, WIREBIRD_PAYLOAD_UTF8, b"", 0));
        ok(send_fragment(client, WIREBIRD_PAYLOAD_UTF8, b"stes", WIREBIRD_FRAME_LAST));
        loop {
            let piece = host.expect(WIREBIRD_EVENT_TEXT_FRAME);
            got.push_str(piece.text());
            if piece.frame == WIREBIRD_FRAME_LAST {
                break;
            }
        }
        assert_eq!(got, "nächstes");
        send_text(client, "whole");
        let whole = host.expect(WIREBIRD_EVENT_TEXT_FRAME);
        assert_eq!((whole.text(), whole.frame), ("whole", WIREBIRD_FRAME_LAST));
    }
}

#[test]
fn an_empty_message_in_fragments() {
    for compression in [0, 1] {
        let host = Host::new();
        let (client, _) = pair(&host, compression, 0);
        for _ in 0..2 {
            ok(send_fragment(client, WIREBIRD_PAYLOAD_BINARY, b"", 0));
            ok(send_fragment(client, WIREBIRD_PAYLOAD_BINARY, b"", 0));
            ok(send_fragment(client, WIREBIRD_PAYLOAD_BINARY, b"", WIREBIRD_FRAME_LAST));
            assert_eq!(host.expect(WIREBIRD_EVENT_BINARY).data, b"");
        }
    }
}

#[test]
fn nothing_comes_between_fragments_but_control_frames() {
    let host = Host::new();
    let (client, _) = pair(&host, 0, 0);
    ok(send_fragment(client, WIREBIRD_PAYLOAD_BINARY, b"a", 0));
    let status = unsafe { wirebird_connection_send_text(client, b"x".as_ptr().cast(), 1) };
    assert_eq!(status, WIREBIRD_ERROR_STATE);
    assert!(last_error().contains("last fragment"), "{}", last_error());
    let status = send_fragment(client, WIREBIRD_PAYLOAD_UTF8, b"b", 0);
    assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
    let status = send_fragment(client, WIREBIRD_PAYLOAD_BINARY, b"b", 7);
    assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
    ok(send_fragment(client, WIREBIRD_PAYLOAD_BINARY, b"b", WIREBIRD_FRAME_LAST));
    assert_eq!(host.expect(WIREBIRD_EVENT_BINARY).data, b"ab");
    ok(send_fragment(client, WIREBIRD_PAYLOAD_BINARY, b"half", 0));
    close(client, 1000, "");
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_OK, "a message may stay incomplete");
}

#[test]
fn a_message_begun_before_the_handshake_is_complete() {
    for offered in [0, 1] {
        let host = Host::new();
        let listening = host.listen_with(|options, connection| {
            options.accept = WIREBIRD_ACCEPT_ASK;
            connection.compression = 1;
        });
        host.open_with(&listening.url(), |_, connection| connection.compression = offered);
        let server = host.expect(WIREBIRD_EVENT_REQUEST).connection;
        ok(unsafe { wirebird_connection_accept(server, std::ptr::null()) });
        ok(send_fragment(server, WIREBIRD_PAYLOAD_UTF8, b"early ", 0));
        for _ in 0..2 {
            host.expect(WIREBIRD_EVENT_OPENED);
        }
        ok(send_fragment(server, WIREBIRD_PAYLOAD_UTF8, b"and late", WIREBIRD_FRAME_LAST));
        assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "early and late");
    }
}

#[test]
fn low_water_follows_a_large_fragment() {
    let (url, server) = peers::serve(|mut socket| while socket.read().is_ok() {});
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    for _ in 0..3 {
        ok(send_fragment(connection, WIREBIRD_PAYLOAD_BINARY, &vec![0; 8 << 20], 0));
        assert!(host.expect(WIREBIRD_EVENT_HIGH_WATER).value > 1 << 20);
        host.expect(WIREBIRD_EVENT_LOW_WATER);
    }
    ok(wirebird_connection_release(connection));
    server.join().expect("content");
}

#[test]
fn a_message_larger_than_what_may_wait_is_streamed() {
    const ALL: u64 = 16 << 20;
    for compression in [0, 1] {
        let host = Host::new();
        let (client, server) = pair(&host, compression, WIREBIRD_WANT_STREAM);
        let block = vec![7; 256 * 1024];
        let (mut sent, mut received) = (0, 0);
        loop {
            while sent < ALL && get(client, WIREBIRD_OPTION_UNSENT) < 1 << 20 {
                sent += block.len() as u64;
                let frame = if sent < ALL { 0 } else { WIREBIRD_FRAME_LAST };
                ok(send_fragment(client, WIREBIRD_PAYLOAD_BINARY, &block, frame));
            }
            let piece = host.expect(WIREBIRD_EVENT_BINARY_FRAME);
            assert_eq!(piece.connection, server);
            assert!(piece.data.iter().all(|byte| *byte == 7));
            assert!(piece.data.len() <= 1 << 20, "{}", piece.data.len());
            received += piece.data.len() as u64;
            if piece.frame == WIREBIRD_FRAME_LAST {
                break assert_eq!(received, ALL);
            }
        }
    }
}

#[test]
fn a_peer_gets_fragments_as_one_message() {
    let (url, server) = peers::serve(|mut socket| {
        let message = socket.read().expect("a message");
        while socket.read().is_ok() {}
        message
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    let units: Vec<u16> = "😀".encode_utf16().collect();
    let mut bytes = 0;
    let data = units.as_ptr().cast();
    ok(unsafe {
        wirebird_connection_send_fragment(
            connection,
            WIREBIRD_PAYLOAD_UTF16,
            data,
            2,
            0,
            &mut bytes,
        )
    });
    assert_eq!(bytes, 4);
    ok(send_fragment(connection, WIREBIRD_PAYLOAD_UTF8, b"!", WIREBIRD_FRAME_LAST));
    close(connection, 1000, "");
    host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(server.join().expect("content"), Message::text("😀!"));
}
