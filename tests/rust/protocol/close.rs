//! Sections 5.5.1 and 7.4: Close frames and their codes.

use super::support::*;
use wirebird::protocol::{Decoder, Masks, ProtocolError, Role, cut_reason, encode_close, may_send};

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes(), reason].concat()
}

#[test]
fn close_with_nothing_a_code_or_a_reason() {
    assert_eq!(accepted(&[(FIN | CLOSE, b"")]), [Seen::Close(None, String::new())]);
    let code = close(1001, b"");
    assert_eq!(accepted(&[(FIN | CLOSE, &code)]), [Seen::Close(Some(1001), String::new())]);
    let reason = "Grüße".to_owned();
    let payload = close(4999, reason.as_bytes());
    assert_eq!(accepted(&[(FIN | CLOSE, &payload)]), [Seen::Close(Some(4999), reason)]);
}

#[test]
fn close_of_one_byte_is_refused() {
    let error = refused(&[(FIN | CLOSE, b"\x03")]);
    assert_eq!(error, ProtocolError::CloseTooShort);
    assert_eq!(error.close_code(), 1002);
}

#[test]
fn codes_that_may_be_sent_are_accepted() {
    for code in (1000..=1003).chain(1007..=1014).chain([3000, 3999, 4000, 4999]) {
        assert!(may_send(code));
        let seen = accepted(&[(FIN | CLOSE, &close(code, b""))]);
        assert_eq!(seen, [Seen::Close(Some(code), String::new())]);
    }
}

#[test]
fn codes_that_must_not_be_sent_are_refused() {
    let codes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
    for code in codes {
        assert!(!may_send(code));
        let error = refused(&[(FIN | CLOSE, &close(code, b"why"))]);
        assert_eq!(error, ProtocolError::CloseCode(code));
        assert_eq!(error.close_code(), 1002);
    }
}

#[test]
fn reason_that_is_not_utf_8_is_refused() {
    for reason in [b"\xFF".as_slice(), b"half \xE2\x82", b"\xED\xA0\x80"] {
        let error = refused(&[(FIN | CLOSE, &close(1000, reason))]);
        assert_eq!(error, ProtocolError::InvalidReason);
        assert_eq!(error.close_code(), 1007);
    }
}

#[test]
fn what_follows_a_close_is_ignored() {
    for size in [1, 3, usize::MAX] {
        let stream = [vec![0x88, 0], vec![0xFF; 40], vec![0x81, 1, b'x']].concat();
        let decoded = decode_in_blocks(Role::Client, UNLIMITED, &stream, size);
        assert_eq!(decoded, (vec![Seen::Close(None, String::new())], None));
    }
}

#[test]
fn close_received_is_true_after_a_close_alone() {
    let mut decoder = Decoder::new(Role::Client, UNLIMITED);
    for (bytes, received) in [([0x89, 0], false), ([0x88, 2], false), ([0x03, 0xE8], true)] {
        let mut bytes = bytes;
        decoder.next(&mut bytes).unwrap();
        assert_eq!(decoder.close_received(), received);
    }
    assert_eq!(decoder.next(&mut [0xFF; 9]), Ok((9, None)));
}

#[test]
fn encoded_close_is_read_by_the_peer() {
    for role in [Role::Client, Role::Server] {
        for (code, reason) in [(None, ""), (Some(1000), ""), (Some(3001), "until tomorrow")] {
            let mut out = Vec::new();
            encode_close(&mut out, &Masks::of(role), code, reason);
            let expected = Seen::Close(code, reason.to_owned());
            assert_eq!(decode(peer_of(role), &out), (vec![expected], None));
        }
    }
}

#[test]
fn reason_without_a_code_is_left_out() {
    let mut out = Vec::new();
    encode_close(&mut out, &Masks::of(Role::Server), None, "why");
    assert_eq!(out, [0x88, 0]);
}

#[test]
fn long_reason_is_cut_between_characters() {
    assert_eq!(cut_reason(&"x".repeat(123)).len(), 123);
    assert_eq!(cut_reason(&"x".repeat(124)).len(), 123);
    // 123 bytes would end inside a character of 2, 3 or 4 bytes.
    assert_eq!(cut_reason(&"ü".repeat(100)), "ü".repeat(61));
    assert_eq!(cut_reason(&format!("a{}", "€".repeat(50))).len(), 121);
    assert_eq!(cut_reason(&"😀".repeat(50)), "😀".repeat(30));
    let mut out = Vec::new();
    encode_close(&mut out, &Masks::of(Role::Server), Some(1000), &"ü".repeat(100));
    assert_eq!(out.len(), 2 + 2 + 122);
}
