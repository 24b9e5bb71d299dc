//! Section 5.2: the base framing.

use super::support::*;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use wirebird::protocol::{Masks, ProtocolError, Role, encode_frame, encode_header};

#[test]
fn examples_of_section_5_7() {
    let unmasked = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
    assert_eq!(decode(Role::Client, &unmasked), (vec![text("Hello")], None));
    let masked = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(decode(Role::Server, &masked), (vec![text("Hello")], None));
    let fragments = [0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f];
    assert_eq!(decode(Role::Client, &fragments), (vec![text("Hello")], None));
    let ping = [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
    assert_eq!(decode(Role::Client, &ping), (vec![Seen::Ping(b"Hello".to_vec())], None));
    let pong = [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(decode(Role::Server, &pong), (vec![Seen::Pong(b"Hello".to_vec())], None));
}

#[test]
fn every_form_of_length_is_read() {
    for length in [0, 1, 125, 126, 127, 128, 255, 256, 65_535, 65_536, 70_000] {
        let payload: Vec<u8> = (0..length).map(|index| index as u8).collect();
        let frames: [(u8, &[u8]); 2] = [(FIN | BINARY, &payload), (FIN | TEXT, b"next")];
        assert_eq!(accepted(&frames), [Seen::Binary(payload.clone()), text("next")]);
    }
}

#[test]
fn every_form_of_length_is_written_in_its_shortest_form() {
    for role in [Role::Client, Role::Server] {
        for (length, size) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let payload = vec![7; length];
            let mut out = b"before".to_vec();
            encode_frame(&mut out, &Masks::of(role), OpCode::Data(Data::Binary), &payload);
            let mask = if role == Role::Client { 4 } else { 0 };
            assert_eq!(out.len(), 6 + size + mask + length, "{role:?}, {length} bytes");
            let decoded = decode(peer_of(role), &out[6..]);
            assert_eq!(decoded, (vec![Seen::Binary(payload)], None));
        }
    }
}

#[test]
fn header_of_a_fragment() {
    let mut out = Vec::new();
    let (opcode, mask) = (OpCode::Data(Data::Continue), Some([1, 2, 3, 4]));
    let header = FrameHeader { is_final: false, opcode, mask, ..FrameHeader::default() };
    encode_header(&mut out, &header, 70_000);
    assert_eq!(out, [0x00, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70, 1, 2, 3, 4]);
}

#[test]
fn many_frames_in_one_block() {
    let frames: Vec<Vec<u8>> = (0..500).map(|n| format!("message {n}").into_bytes()).collect();
    let frames: Vec<(u8, &[u8])> = frames.iter().map(|p| (FIN | TEXT, p.as_slice())).collect();
    let seen = accepted(&frames);
    assert_eq!(seen.len(), 500);
    assert_eq!(seen[499], text("message 499"));
}

#[test]
fn reserved_bits_are_refused() {
    for (bit, value) in [(0x40, 4), (0x20, 2), (0x10, 1)] {
        for opcode in [TEXT, BINARY, CLOSE, PING, PONG] {
            let error = refused(&[(FIN | bit | opcode, b"")]);
            assert_eq!(error, ProtocolError::ReservedBits(value));
            assert_eq!(error.close_code(), 1002);
        }
    }
}

#[test]
fn reserved_opcodes_are_refused() {
    for opcode in [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        let error = refused(&[(FIN | TEXT, b"before"), (FIN | opcode, b"payload")]);
        assert_eq!(error, ProtocolError::ReservedOpcode(opcode));
        assert_eq!(error.close_code(), 1002);
    }
}

#[test]
fn length_in_a_longer_form_than_needed_is_refused() {
    for first in [FIN | TEXT, FIN | PING] {
        let forms: [(&[u8], u64); 3] = [
            (&[first, 126, 0, 125], 125),
            (&[first, 127, 0, 0, 0, 0, 0, 0, 0, 5], 5),
            (&[first, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 65_535),
        ];
        for (stream, length) in forms {
            let (_, error) = decode(Role::Client, stream);
            assert_eq!(error, Some(ProtocolError::LengthNotMinimal(length)), "{stream:02x?}");
        }
    }
}

#[test]
fn length_with_the_top_bit_is_refused() {
    for length in [1 << 63, u64::MAX] {
        for role in [Role::Client, Role::Server] {
            let (_, error) = decode(role, &header(peer_of(role), FIN | BINARY, length));
            assert_eq!(error, Some(ProtocolError::LengthTopBit));
        }
    }
}

#[test]
fn after_an_error_every_call_gives_it_again() {
    let mut decoder = wirebird::protocol::Decoder::new(Role::Client, UNLIMITED);
    let first = decoder.next(&mut [0x83, 0x00]).map(|_| ());
    let second = decoder.next(&mut [0x81, 0x00]).map(|_| ());
    assert_eq!(first, Err(ProtocolError::ReservedOpcode(3)));
    assert_eq!(second, first);
}
