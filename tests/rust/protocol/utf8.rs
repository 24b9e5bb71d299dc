//! Section 8.1: text is UTF-8, checked as it comes.

use super::support::*;
use wirebird::protocol::{Decoder, ProtocolError, Role};

const VALID: [&str; 6] =
    ["", "ASCII", "κόσμε", "a ü € 😀 z", "\u{7FF}\u{800}\u{FFFF}\u{10FFFF}\0", "😀😀😀"];

/// Never valid, wherever they stand.
const INVALID: [&[u8]; 14] = [
    b"\x80",
    b"\xBF",
    b"\xC0\x80",
    b"\xC1\xBF",
    b"\xC3(",
    b"\xE0\x80\x80",
    b"\xE0\x9F\xBF",
    b"\xE2\x82(",
    b"\xED\xA0\x80",
    b"\xF0\x80\x80\x80",
    b"\xF4\x90\x80\x80",
    b"\xF5",
    b"\xFE",
    b"\xFF",
];

/// A beginning that nothing can complete.
const IMPOSSIBLE: [&[u8]; 8] = [
    b"\xE0\x80",
    b"\xED\xA0",
    b"\xF0\x8F",
    b"\xF4\x90",
    b"\xF5",
    b"\xC0",
    b"\xE2\x28",
    b"\xF0\x9F\x41",
];

#[test]
fn valid_text_is_accepted() {
    for valid in VALID {
        assert_eq!(accepted(&[(FIN | TEXT, valid.as_bytes())]), [text(valid)]);
    }
}

#[test]
fn valid_text_is_accepted_however_it_is_fragmented() {
    let valid = VALID.concat();
    let bytes = valid.as_bytes();
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let frames = [
                (TEXT, &bytes[..first]),
                (CONTINUATION, &bytes[first..second]),
                (FIN, &bytes[second..]),
            ];
            assert_eq!(accepted(&frames), [text(&valid)], "cut at {first} and {second}");
        }
    }
}

#[test]
fn every_byte_in_a_frame_of_its_own() {
    let valid = VALID.concat();
    let mut frames: Vec<(u8, &[u8])> =
        valid.as_bytes().chunks(1).map(|byte| (CONTINUATION, byte)).collect();
    frames.insert(0, (TEXT, b""));
    frames.push((FIN, b""));
    assert_eq!(accepted(&frames), [text(&valid)]);
}

#[test]
fn a_character_is_kept_across_control_frames() {
    let frames: [(u8, &[u8]); 4] =
        [(TEXT, b"\xF0\x9F"), (FIN | PING, b"\xFF\xFF"), (CONTINUATION, b"\x98"), (FIN, b"\x80")];
    assert_eq!(accepted(&frames), [Seen::Ping(vec![0xFF; 2]), text("😀")]);
}

#[test]
fn invalid_text_is_refused_wherever_it_stands() {
    for invalid in INVALID {
        for before in ["", "x", "ü", &"x".repeat(70)] {
            for after in ["", "x", "€uro"] {
                let bytes = [before.as_bytes(), invalid, after.as_bytes()].concat();
                let error = refused(&[(FIN | TEXT, &bytes)]);
                assert_eq!(error, ProtocolError::InvalidText, "{bytes:02x?}");
                assert_eq!(error.close_code(), 1007);
                for at in bytes.len().saturating_sub(12)..bytes.len() {
                    let error = refused(&[(TEXT, &bytes[..at]), (FIN, &bytes[at..])]);
                    assert_eq!(error, ProtocolError::InvalidText, "{bytes:02x?} cut at {at}");
                }
            }
        }
    }
}

#[test]
fn text_fails_at_the_first_byte_that_is_wrong() {
    for impossible in IMPOSSIBLE {
        for before in [b"".as_slice(), b"valid so far: ", "ü".as_bytes()] {
            // The frame is far from complete.
            let mut stream = header(Role::Client, TEXT, 1000);
            let payload = frame(Role::Client, TEXT, &[before, impossible].concat());
            stream.extend_from_slice(&payload[6..]);
            let (seen, error) = decode(Role::Server, &stream);
            assert_eq!((seen, error), (vec![], Some(ProtocolError::InvalidText)));
        }
    }
}

#[test]
fn a_beginning_that_can_be_completed_is_awaited() {
    for possible in [b"\xC3".as_slice(), b"\xE0\xA0", b"\xED\x9F", b"\xF4\x8F\xBF", b"\xF0\x90"] {
        for size in [1, 2, usize::MAX] {
            let stream = frame(Role::Client, TEXT, possible);
            let decoded = decode_in_blocks(Role::Server, UNLIMITED, &stream, size);
            assert_eq!(decoded, (vec![], None), "{possible:02x?}");
        }
    }
}

#[test]
fn message_that_ends_inside_a_character_is_refused() {
    for incomplete in [b"\xC3".as_slice(), b"\xE2\x82", b"\xF0\x9F\x98", b"x\xF0"] {
        for frames in [
            vec![(FIN | TEXT, incomplete)],
            vec![(TEXT, incomplete), (FIN, b"".as_slice())],
            vec![(TEXT, b"x".as_slice()), (FIN, incomplete)],
        ] {
            assert_eq!(refused(&frames), ProtocolError::InvalidText, "{frames:02x?}");
        }
    }
}

#[test]
fn nothing_of_a_message_is_left_for_the_next() {
    let frames: [(u8, &[u8]); 3] =
        [(FIN | TEXT, "ü".as_bytes()), (FIN | BINARY, b"\xFF"), (FIN | TEXT, b"z")];
    assert_eq!(accepted(&frames), [text("ü"), Seen::Binary(vec![0xFF]), text("z")]);
}

#[test]
fn binary_is_not_checked() {
    for invalid in INVALID {
        assert_eq!(accepted(&[(FIN | BINARY, invalid)]), [Seen::Binary(invalid.to_vec())]);
    }
}

#[test]
fn one_bad_byte_is_found_at_every_place_in_ascii() {
    for length in [1, 33, 100] {
        for at in 0..length {
            let mut bytes = vec![b'x'; length];
            bytes[at] = 0xFF;
            for role in [Role::Client, Role::Server] {
                let mut stream = frame(peer_of(role), FIN | TEXT, &bytes);
                let result = Decoder::new(role, UNLIMITED).next(&mut stream).map(|_| ());
                assert_eq!(result, Err(ProtocolError::InvalidText), "{at} of {length}");
            }
        }
    }
}
