//! Sections 5.1 and 5.3: who masks, and with what.

use std::collections::HashSet;

use super::support::*;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use wirebird::protocol::{
    Masks, ProtocolError, Role, apply_mask, encode_close, encode_frame, new_mask,
};

#[test]
fn masking_is_what_section_5_3_says() {
    let payload: Vec<u8> = (0..=255).cycle().take(300).collect();
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    for length in 0..payload.len() {
        for offset in [0, 1, 2, 3, 4, 7, u64::MAX] {
            let mut masked = payload[..length].to_vec();
            apply_mask(&mut masked, mask, offset);
            for (index, (masked, plain)) in masked.iter().zip(&payload).enumerate() {
                let key = mask[(offset.wrapping_add(index as u64) % 4) as usize];
                assert_eq!(*masked, plain ^ key, "byte {index} of {length} at offset {offset}");
            }
        }
    }
}

#[test]
fn masking_in_parts_is_masking_at_once() {
    let payload: Vec<u8> = (0..200).collect();
    let mut whole = payload.clone();
    apply_mask(&mut whole, [9, 8, 7, 6], 0);
    for cut in 0..payload.len() {
        let mut parts = payload.clone();
        apply_mask(&mut parts[..cut], [9, 8, 7, 6], 0);
        apply_mask(&mut parts[cut..], [9, 8, 7, 6], cut as u64);
        assert_eq!(parts, whole, "cut at {cut}");
    }
}

#[test]
fn server_refuses_frames_that_are_not_masked() {
    for first in [FIN | TEXT, BINARY, FIN | PING, FIN | CLOSE] {
        let (_, error) = decode(Role::Server, &frame(Role::Server, first, b""));
        assert_eq!(error, Some(ProtocolError::Unmasked));
        assert_eq!(error.unwrap().close_code(), 1002);
    }
}

#[test]
fn client_refuses_masked_frames() {
    for first in [FIN | TEXT, BINARY, FIN | PING, FIN | CLOSE] {
        let (_, error) = decode(Role::Client, &frame(Role::Client, first, b""));
        assert_eq!(error, Some(ProtocolError::Masked));
        assert_eq!(error.unwrap().close_code(), 1002);
    }
}

#[test]
fn a_mask_of_zeros_is_a_mask() {
    let stream = [0x81, 0x82, 0, 0, 0, 0, b'o', b'k'];
    assert_eq!(decode(Role::Server, &stream), (vec![text("ok")], None));
}

#[test]
fn client_masks_every_frame_and_the_server_none() {
    for opcode in [OpCode::Data(Data::Text), OpCode::Control(Control::Ping)] {
        for (role, bit) in [(Role::Client, 0x80), (Role::Server, 0)] {
            let mut out = Vec::new();
            encode_frame(&mut out, &Masks::of(role), opcode, b"payload");
            assert_eq!(out[1], 7 | bit);
            out.clear();
            encode_close(&mut out, &Masks::of(role), Some(1000), "");
            assert_eq!(out[1], 2 | bit);
        }
    }
}

#[test]
fn masks_are_fresh_and_spread_over_all_bits() {
    let masks: Vec<[u8; 4]> = (0..10_000).map(|_| new_mask()).collect();
    // About 0.01 of 10,000 draws from 2^32 meet.
    assert!(masks.iter().collect::<HashSet<_>>().len() > 9_990);
    for bit in 0..32 {
        let set = masks.iter().filter(|mask| u32::from_ne_bytes(**mask) >> bit & 1 == 1).count();
        assert!((4_500..5_500).contains(&set), "bit {bit} is set in {set} of 10,000");
    }
}

#[test]
fn frames_of_a_client_have_masks_of_their_own() {
    let mut seen = HashSet::new();
    for _ in 0..1_000 {
        let mut out = Vec::new();
        encode_frame(&mut out, &Masks::of(Role::Client), OpCode::Data(Data::Binary), b"same");
        seen.insert(out[2..6].to_vec());
    }
    assert!(seen.len() > 995, "{} masks in 1,000 frames", seen.len());
}
