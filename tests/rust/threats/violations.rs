//! The number of the rule that a peer broke.

use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::raw;
use crate::engine::host::*;
use crate::protocol::support::*;

/// What the host of a `role` learns when its peer sends `bytes`.
fn told(role: Role, bytes: &[u8]) -> Happened {
    let host = Host::new();
    let (_, mut peer) = raw::open(&host, role, |connection| {
        connection.compression = u32::from(role == Role::Server);
        connection.max_frame_size = 1000;
        connection.max_message_size = 1500;
        connection.max_fragments = 3;
    });
    peer.send(bytes);
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    drop(peer);
    assert_eq!(host.until(WIREBIRD_EVENT_CLOSED).detail, 0);
    closing
}

#[test]
fn each_rule_has_its_number() {
    for role in [Role::Server, Role::Client] {
        let sender = peer_of(role);
        let own = |first, payload: &[u8]| frame(sender, first, payload);
        let mut long = header(sender, FIN | BINARY, 1 << 63);
        long.push(0);
        let mut wide = vec![FIN | BINARY, 126, 0, 5];
        let mut mask = vec![1, 2, 3, 4];
        if sender == Role::Client {
            wide[1] |= 0x80;
            wide.append(&mut mask);
        }
        let large = own(BINARY, &[0; 900]);
        let masking = match role {
            Role::Server => WIREBIRD_VIOLATION_UNMASKED,
            Role::Client => WIREBIRD_VIOLATION_MASKED,
        };
        let cases = [
            (own(FIN | 0x20 | TEXT, b""), WIREBIRD_VIOLATION_RESERVED_BITS, 1),
            (own(FIN | 0x3, b""), WIREBIRD_VIOLATION_RESERVED_OPCODE, 2),
            (frame(role, FIN | TEXT, b"x"), masking, if role == Role::Server { 3 } else { 4 }),
            (wide, WIREBIRD_VIOLATION_LENGTH_NOT_MINIMAL, 5),
            (long, WIREBIRD_VIOLATION_LENGTH_TOP_BIT, 6),
            (own(PING, b""), WIREBIRD_VIOLATION_FRAGMENTED_CONTROL, 7),
            (own(FIN | PING, &[0; 126]), WIREBIRD_VIOLATION_CONTROL_TOO_LONG, 8),
            (own(FIN, b""), WIREBIRD_VIOLATION_NOTHING_TO_CONTINUE, 9),
            (
                [own(TEXT, b"x"), own(TEXT, b"y")].concat(),
                WIREBIRD_VIOLATION_INTERRUPTED_MESSAGE,
                10,
            ),
            (own(FIN | TEXT, b"\xFF"), WIREBIRD_VIOLATION_INVALID_TEXT, 11),
            (own(FIN | CLOSE, b"\x03"), WIREBIRD_VIOLATION_CLOSE_TOO_SHORT, 13),
            (own(FIN | CLOSE, b"\x03\xEE"), WIREBIRD_VIOLATION_CLOSE_CODE, 14),
            (own(FIN | CLOSE, b"\x03\xE8\xFF"), WIREBIRD_VIOLATION_INVALID_REASON, 15),
            (own(FIN | BINARY, &[0; 1001]), WIREBIRD_VIOLATION_FRAME_TOO_LARGE, 16),
            ([large, own(0, &[0; 900])].concat(), WIREBIRD_VIOLATION_MESSAGE_TOO_LARGE, 17),
            (
                [own(TEXT, b""), own(0, b""), own(0, b""), own(0, b"")].concat(),
                WIREBIRD_VIOLATION_TOO_MANY_FRAGMENTS,
                18,
            ),
        ];
        for (bytes, violation, number) in cases {
            assert_eq!(violation, number, "numbers are never changed");
            let closing = told(role, &bytes);
            let found = (closing.value, closing.status, closing.detail);
            assert_eq!(found, (0, WIREBIRD_ERROR_PROTOCOL, number), "to a {role:?}: {closing:?}");
        }
    }
}

#[test]
fn what_can_not_be_inflated_has_its_number() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.compression = 1);
    let lines = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    let (mut peer, _) = raw::Raw::client_with(server.port, lines);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    peer.send(&frame(Role::Client, FIN | 0x40 | TEXT, &[0xFF; 10]));
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    assert_eq!((closing.detail, WIREBIRD_VIOLATION_INVALID_DEFLATE), (12, 12), "{closing:?}");
}

#[test]
fn a_peer_that_closes_and_one_that_is_slow_break_no_rule() {
    let host = Host::new();
    let (_, mut peer) = raw::open(&host, Role::Server, |_| {});
    peer.send(&frame(Role::Client, FIN | CLOSE, &1002u16.to_be_bytes()));
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    assert_eq!((closing.value, closing.close_code, closing.detail), (1, 1002, 0));
}
