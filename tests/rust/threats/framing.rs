//! Everything that RFC 6455 forbids, over TCP: what closes, with which code,
//! and when.

use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::raw::{self, Raw};
use crate::engine::host::*;
use crate::protocol::support::*;

const ROLES: [Role; 2] = [Role::Server, Role::Client];

/// A connection that would wait for a closing handshake longer than its test.
fn open(host: &Host, role: Role) -> (wirebird_connection_t, Raw) {
    raw::open(host, role, |connection| connection.close_timeout_ms = 300_000)
}

/// Sends `bytes` to a connection of ours in `role`; it closes with `code` and
/// tells its host nothing else.
fn closes(host: &Host, role: Role, bytes: &[u8], code: u16, why: &str) {
    let why = format!("{why}, to a {role:?}");
    let (connection, mut peer) = open(host, role);
    // A message behind the breach is not read.
    let behind = frame(peer.role, FIN | TEXT, b"behind");
    peer.send(&[bytes, &behind].concat());
    // The Close leaves behind what the host answers to earlier messages.
    let closing = host.next();
    assert_eq!(closing.kind, WIREBIRD_EVENT_CLOSING, "{why}: {closing:?}");
    assert_eq!((closing.value, closing.close_code), (0, code), "{why}: {closing:?}");
    assert_eq!(peer.close_code(&why), code, "{why}");
    // Our client waits for the server to end TCP.
    drop(peer);
    let closed = host.next();
    assert_eq!(closed.kind, WIREBIRD_EVENT_CLOSED, "{why}: {closed:?}");
    assert_eq!(closed.status, WIREBIRD_ERROR_PROTOCOL, "{why}: {closed:?}");
    ok(wirebird_connection_release(connection));
}

#[test]
fn what_the_framing_forbids_is_closed_with_1002() {
    let host = Host::new();
    for role in ROLES {
        let sender = peer_of(role);
        let closes = |bytes: &[u8], why: &str| closes(&host, role, bytes, 1002, why);
        for bits in [0x10, 0x20, 0x40, 0x70] {
            for opcode in [TEXT, PING, CLOSE] {
                closes(&frame(sender, FIN | bits | opcode, b""), &format!("bits {bits:#x}"));
            }
        }
        for opcode in (0x3..=0x7).chain(0xB..=0xF) {
            closes(&frame(sender, FIN | opcode, b""), &format!("opcode {opcode:#x}"));
        }
        for opcode in [CLOSE, PING, PONG] {
            let long = frame(sender, FIN | opcode, &[b'x'; 126]);
            closes(&long, &format!("126 bytes in {opcode:#x}"));
            closes(&frame(sender, opcode, b""), &format!("a fragment of {opcode:#x}"));
        }
        closes(&frame(role, FIN | TEXT, b"x"), "the other role's masking");
        closes(&frame(sender, FIN, b"x"), "a continuation of nothing");
        let two = [frame(sender, TEXT, b"x"), frame(sender, FIN | TEXT, b"y")].concat();
        closes(&two, "a message inside a message");
        for bytes in [&[126, 0, 125][..], &[127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]] {
            let mut long = vec![FIN | BINARY];
            long.extend_from_slice(bytes);
            if sender == Role::Client {
                long[1] |= 0x80;
                long.extend_from_slice(&[1, 2, 3, 4]);
            }
            closes(&long, "a length that is not in its shortest form");
        }
        closes(&header(sender, FIN | BINARY, 1 << 63), "a length with the top bit");
        closes(&header(sender, FIN | BINARY, u64::MAX), "the largest number as a length");
    }
}

#[test]
fn what_a_close_frame_must_not_carry_is_closed_with_1002() {
    let host = Host::new();
    for role in ROLES {
        let sender = peer_of(role);
        closes(&host, role, &frame(sender, FIN | CLOSE, b"\x03"), 1002, "a Close of one byte");
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1017, 2000, 2999, 5000, 65_535_u16] {
            let close = frame(sender, FIN | CLOSE, &code.to_be_bytes());
            closes(&host, role, &close, 1002, &format!("close code {code}"));
        }
    }
}

#[test]
fn text_that_is_not_utf_8_is_closed_with_1007_wherever_it_stands() {
    let host = Host::new();
    for role in ROLES {
        let sender = peer_of(role);
        for bad in [&b"\xFF"[..], b"\xC0\xAF", b"\xED\xA0\x80", b"\xF4\x90\x80\x80", b"\xE2\x82"] {
            let bytes = [b"so far \xE2\x82\xAC ", bad].concat();
            let whole = frame(sender, FIN | TEXT, &bytes);
            closes(&host, role, &whole, 1007, &format!("{bad:02x?} in a frame"));
            let split: Vec<u8> = [
                frame(sender, TEXT, &bytes[..bytes.len() - 1]),
                frame(sender, FIN | PING, b""),
                frame(sender, FIN, &bytes[bytes.len() - 1..]),
            ]
            .concat();
            // The Ping is answered, unless the beginning was too bad already.
            let (connection, mut peer) = open(&host, role);
            peer.send(&split);
            assert_eq!(host.next().kind, WIREBIRD_EVENT_CLOSING);
            let first = peer.next().expect("a frame");
            let close = if first.0 == FIN | PONG { peer.next() } else { Some(first) };
            let close = close.expect("a Close");
            assert_eq!((close.0, &close.1[..2]), (FIN | CLOSE, &1007u16.to_be_bytes()[..]));
            drop(peer);
            assert_eq!(host.next().kind, WIREBIRD_EVENT_CLOSED);
            ok(wirebird_connection_release(connection));
            let close = [&1000u16.to_be_bytes(), &bytes[..]].concat();
            let close = frame(sender, FIN | CLOSE, &close);
            closes(&host, role, &close, 1007, &format!("{bad:02x?} in a reason"));
        }
    }
}

/// The rest of the frame is never sent.
#[test]
fn text_stops_at_its_first_bad_byte_while_its_frame_is_still_arriving() {
    let host = Host::new();
    for role in ROLES {
        for first in [TEXT, FIN | TEXT] {
            for bad in [&b"ok \xFF"[..], b"\xE2\x28", b"\xF4\x90", b"\xED\xA0"] {
                let (connection, mut peer) = open(&host, role);
                let mut begun = frame(peer.role, first, bad);
                let start = begun.len() - bad.len();
                let mut bytes = header(peer.role, first, 100_000);
                bytes.extend(begun.drain(start..));
                peer.send(&bytes);
                assert_eq!(host.next().kind, WIREBIRD_EVENT_CLOSING);
                assert_eq!(peer.close_code(&format!("{bad:02x?} to a {role:?}")), 1007);
                drop(peer);
                assert_eq!(host.next().kind, WIREBIRD_EVENT_CLOSED);
                ok(wirebird_connection_release(connection));
            }
        }
    }
}

#[test]
fn nothing_is_read_after_a_close() {
    let host = Host::new();
    for role in ROLES {
        for behind in [frame(peer_of(role), FIN | TEXT, b"late"), vec![0xFF; 300]] {
            let (connection, mut peer) = open(&host, role);
            let close = frame(peer.role, FIN | CLOSE, &1000u16.to_be_bytes());
            peer.send(&[close, behind].concat());
            let closing = host.next();
            assert_eq!((closing.kind, closing.value), (WIREBIRD_EVENT_CLOSING, 1), "{closing:?}");
            assert_eq!(answer(&mut peer), 1000);
            drop(peer);
            let closed = host.next();
            assert_eq!((closed.kind, closed.close_code), (WIREBIRD_EVENT_CLOSED, 1000));
            assert_eq!(closed.status, WIREBIRD_OK, "{closed:?}");
            ok(wirebird_connection_release(connection));
        }
    }
}

/// The answer to a Close. Our server ends TCP then, our client waits for it.
fn answer(peer: &mut Raw) -> u16 {
    match peer.next() {
        Some((0x88, payload)) => u16::from_be_bytes([payload[0], payload[1]]),
        other => panic!("{other:02x?}"),
    }
}
