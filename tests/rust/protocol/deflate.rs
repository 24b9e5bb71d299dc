//! RFC 7692: compressed messages, and their limits.

use super::support::*;
use wirebird::protocol::{Deflate, Deflater, Flush, Limits, ProtocolError, Role};

const COMPRESSED_TEXT: u8 = FIN | RSV1 | TEXT;
const COMPRESSED_BINARY: u8 = FIN | RSV1 | BINARY;

/// Decodes the same frames in both roles.
fn exchange_deflated(agreed: &Deflate, limits: Limits, frames: &[(u8, &[u8])]) -> Decoded {
    let [client, server] = [Role::Client, Role::Server].map(|role| {
        let parts = frames.iter().map(|(first, payload)| frame(peer_of(role), *first, payload));
        decode_deflated(role, limits, agreed, &parts.collect::<Vec<_>>().concat())
    });
    assert_eq!(client, server, "the roles differ");
    client
}

fn inflated(frames: &[(u8, &[u8])]) -> Decoded {
    exchange_deflated(&Deflate::default(), UNLIMITED, frames)
}

fn deflated(payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut deflater = Deflater::new(Role::Server, &Deflate::default(), 9);
    deflater.deflate(payload, Flush::Message, &mut out).unwrap();
    out
}

#[test]
fn examples_of_rfc_7692_section_7_2_3() {
    let hello = (vec![text("Hello")], None);
    let twice = (vec![text("Hello"), text("Hello")], None);
    let first: (u8, &[u8]) = (COMPRESSED_TEXT, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
    assert_eq!(inflated(&[first]), hello, "one block");
    let parts: [(u8, &[u8]); 2] =
        [(RSV1 | TEXT, &[0xf2, 0x48, 0xcd]), (FIN | CONTINUATION, &[0xc9, 0xc9, 0x07, 0x00])];
    assert_eq!(inflated(&parts), hello, "fragments");
    let again: (u8, &[u8]) = (COMPRESSED_TEXT, &[0xf2, 0x00, 0x11, 0x00, 0x00]);
    assert_eq!(inflated(&[first, again]), twice, "context taken over");
    let stored: &[u8] = &[0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    assert_eq!(inflated(&[(COMPRESSED_TEXT, stored)]), hello, "not compressed");
    let last: &[u8] = &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    assert_eq!(inflated(&[(COMPRESSED_TEXT, last)]), hello, "BFINAL");
    let two: &[u8] =
        &[0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00];
    assert_eq!(inflated(&[(COMPRESSED_TEXT, two)]), hello, "two blocks");
}

#[test]
fn a_message_goes_on_after_a_stream_that_ended() {
    // With and without the empty block that RFC 7692 section 7.2.3.4 adds.
    for last in
        [&[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00][..], b"\xf3\x48\xcd\xc9\xc9\x07\x00"]
    {
        let next = deflated(b"next");
        let seen = inflated(&[(COMPRESSED_TEXT, last), (COMPRESSED_TEXT, &next)]);
        assert_eq!(seen, (vec![text("Hello"), text("next")], None), "{last:02x?}");
    }
}

#[test]
fn compressed_and_plain_messages_mix() {
    let compressed = deflated("zusammengedrückt".as_bytes());
    let seen = inflated(&[
        (FIN | TEXT, b"plain"),
        (COMPRESSED_TEXT, &compressed),
        (FIN | PING, b"?"),
        (FIN | BINARY, b"\xFF"),
        (COMPRESSED_BINARY, &[0x00]),
    ]);
    let ping = Seen::Ping(b"?".to_vec());
    let (plain, empty) = (Seen::Binary(vec![0xFF]), Seen::Binary(Vec::new()));
    assert_eq!(seen, (vec![text("plain"), text("zusammengedrückt"), ping, plain, empty], None));
}

#[test]
fn whatever_was_deflated_comes_back() {
    let random = |length: usize| -> Vec<u8> {
        let mut state = 0x2545_F491_4F6C_DD1Du64 ^ length as u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        (0..length).map(|_| next()).collect()
    };
    let messages: Vec<Vec<u8>> = [0usize, 1, 60, 125, 1000, 0, 20_000, 3, 70_000]
        .into_iter()
        .flat_map(|length| {
            let pattern = (0..length).map(|index| (index / 7 % 11) as u8).collect();
            [pattern, random(length), vec![b'a'; length]]
        })
        .collect();
    for bits in [8, 9, 15] {
        for forgets in [false, true] {
            let agreed = Deflate {
                server_no_context_takeover: forgets,
                client_no_context_takeover: forgets,
                server_max_window_bits: bits,
                client_max_window_bits: bits,
            };
            for (role, level) in [(Role::Client, 1), (Role::Server, 6)] {
                let mut deflater = Deflater::new(peer_of(role), &agreed, level);
                let mut stream = Vec::new();
                for message in &messages {
                    let mut payload = Vec::new();
                    // Some in pieces, flushed or not.
                    let (front, back) = message.split_at(message.len() / 3);
                    let flush = if message.len() % 2 == 0 { Flush::None } else { Flush::Sync };
                    deflater.deflate(front, flush, &mut payload).unwrap();
                    deflater.deflate(back, Flush::Message, &mut payload).unwrap();
                    stream.extend(frame(peer_of(role), COMPRESSED_BINARY, &payload));
                }
                let decoded = decode_deflated(role, UNLIMITED, &agreed, &stream);
                let wanted: Vec<Seen> = messages.iter().cloned().map(Seen::Binary).collect();
                assert!(decoded == (wanted, None), "{agreed:?} {role:?} level {level}");
            }
        }
    }
}

#[test]
fn text_is_checked_after_inflating() {
    let good = "a€😀".repeat(40_000);
    let seen = inflated(&[(COMPRESSED_TEXT, &deflated(good.as_bytes()))]);
    assert!(seen == (vec![text(&good)], None));
    for bad in [&b"ok\xFF"[..], b"\xE2\x82", b"\xED\xA0\x80", b"\xF0\x9F\x98\x80\x80"] {
        let (seen, error) = inflated(&[(COMPRESSED_TEXT, &deflated(bad))]);
        assert_eq!((seen, error), (vec![], Some(ProtocolError::InvalidText)), "{bad:02x?}");
    }
    // A character split over two frames, each of which is a flushed block.
    let mut deflater = Deflater::new(Role::Server, &Deflate::default(), 6);
    let (mut first, mut second) = (Vec::new(), Vec::new());
    deflater.deflate(b"\xE2\x82", Flush::Sync, &mut first).unwrap();
    deflater.deflate(b"\xAC", Flush::Message, &mut second).unwrap();
    let frames: [(u8, &[u8]); 2] = [(RSV1 | TEXT, &first), (FIN | CONTINUATION, &second)];
    assert_eq!(inflated(&frames), (vec![text("€")], None));
}

#[test]
fn what_is_no_deflate_data_is_refused() {
    for bad in [&b"\xFF"[..], b"\x07garbage", b"\x00\x05\x00\x00\x00"] {
        let (_, error) = inflated(&[(COMPRESSED_BINARY, bad)]);
        assert_eq!(error, Some(ProtocolError::InvalidDeflate), "{bad:02x?}");
        assert_eq!(ProtocolError::InvalidDeflate.close_code(), 1002);
    }
}

#[test]
fn a_message_without_a_payload_is_empty() {
    let first = deflated(b"Hello");
    let again: &[u8] = &[0xf2, 0x00, 0x11, 0x00, 0x00];
    let seen =
        inflated(&[(COMPRESSED_TEXT, &first), (COMPRESSED_TEXT, b""), (COMPRESSED_TEXT, again)]);
    assert_eq!(seen, (vec![text("Hello"), text(""), text("Hello")], None), "the context stays");
}

#[test]
fn streams_that_end_and_give_nothing_are_counted() {
    let ends = |count: usize| [0x03, 0x00].repeat(count);
    let (seen, error) = inflated(&[(COMPRESSED_BINARY, &ends(10))]);
    assert_eq!((seen, error), (vec![Seen::Binary(Vec::new())], None));
    let (_, error) = inflated(&[(COMPRESSED_BINARY, &ends(10_000))]);
    assert_eq!(error, Some(ProtocolError::InvalidDeflate));
}

#[test]
fn the_bit_is_for_the_first_frame_of_a_message() {
    let reserved = Some(ProtocolError::ReservedBits(0b100));
    let frames: [(u8, &[u8]); 2] = [(RSV1 | TEXT, b""), (RSV1 | FIN | CONTINUATION, b"")];
    assert_eq!(inflated(&frames), (vec![], reserved));
    for opcode in [PING, PONG, CLOSE] {
        assert_eq!(inflated(&[(FIN | RSV1 | opcode, b"")]), (vec![], reserved));
    }
    let (_, error) = inflated(&[(FIN | 0x20 | TEXT, b"")]);
    assert_eq!(error, Some(ProtocolError::ReservedBits(0b010)));
    let (_, error) = exchange(&[(COMPRESSED_TEXT, b"")]);
    assert_eq!(error, reserved, "nothing was negotiated");
}

#[test]
fn inflating_stops_at_the_message_limit() {
    let limits = Limits { max_message: 1 << 20, ..UNLIMITED };
    let agreed = Deflate::default();
    let fits = deflated(&vec![0; 1 << 20]);
    let (seen, error) = exchange_deflated(&agreed, limits, &[(COMPRESSED_BINARY, &fits)]);
    assert_eq!((seen.len(), error), (1, None));
    let limit = 1 << 20;
    let error = |length| Some(ProtocolError::MessageTooLarge { length, limit });
    for length in [(1 << 20) + 1, 1 << 26] {
        let bomb = deflated(&vec![0; length]);
        assert!(bomb.len() * 500 < length, "{} for {length}", bomb.len());
        let one: [(u8, &[u8]); 1] = [(COMPRESSED_BINARY, &bomb)];
        assert_eq!(exchange_deflated(&agreed, limits, &one), (vec![], error(limit + 1)));
        let (front, back) = bomb.split_at(bomb.len() / 2);
        let two: [(u8, &[u8]); 2] = [(RSV1 | BINARY, front), (FIN | CONTINUATION, back)];
        assert_eq!(exchange_deflated(&agreed, limits, &two), (vec![], error(limit + 1)));
    }
    assert_eq!(error(1).unwrap().close_code(), 1009);
}
