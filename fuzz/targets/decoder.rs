//! The decoder: whatever arrives, in whatever blocks, nothing panics, limits
//! hold, and the blocks make no difference.
//!
//! The first byte chooses the role (bit 0), the way (bit 1), the limits (bits
//! 2 and 3), and with bit 4 permessage-deflate: then bits 5 and 6 are whether
//! contexts are taken over, and bit 7 makes the windows small. The second byte
//! is the size of the blocks; the stream follows.

#![no_main]

#[path = "../../tests/rust/protocol/reading.rs"]
mod reading;

use libfuzzer_sys::fuzz_target;
use reading::{Outcome, Read, Way, merged, read};
use wirebird::protocol::{Boundary, Decoder, Deflate, Limits, Role};

fuzz_target!(|input: &[u8]| {
    let [choice, size, stream @ ..] = input else { return };
    let role = if choice & 1 == 0 { Role::Server } else { Role::Client };
    let way = if choice & 2 == 0 { Way::Next } else { Way::Direct };
    let limits = match choice >> 2 & 3 {
        0 => Limits { max_message: 1 << 20, max_frame: 1 << 20, max_fragments: 1_000 },
        1 => Limits { max_message: 300, max_frame: 200, max_fragments: 3 },
        2 => Limits { max_message: u64::MAX, max_frame: u64::MAX, max_fragments: u64::MAX },
        _ => Limits { max_message: 0, max_frame: 0, max_fragments: 0 },
    };
    let bits = if choice & 0x80 == 0 { 15 } else { 8 };
    let agreed = (choice & 0x10 != 0).then_some(Deflate {
        server_no_context_takeover: choice & 0x20 != 0,
        client_no_context_takeover: choice & 0x40 != 0,
        server_max_window_bits: bits,
        client_max_window_bits: bits,
    });
    let decoder = || match &agreed {
        Some(agreed) => Decoder::new(role, limits).with_deflate(agreed),
        None => Decoder::new(role, limits),
    };
    let whole = read(decoder(), stream, &[usize::MAX], Way::Next);
    check(&whole, limits, agreed.is_some());
    let blocks = read(decoder(), stream, &[usize::from(*size).max(1), 1, 5], way);
    match agreed {
        Some(_) => assert_eq!(merged(blocks), merged(whole)),
        None => assert_eq!(blocks, whole),
    }
});

/// What was read keeps to the limits, and its text is UTF-8.
fn check((frames, end): &Outcome, limits: Limits, inflates: bool) {
    let (mut length, mut count, mut all) = (0, 0, Vec::new());
    for frame in frames.iter().chain(end.iter().flatten()) {
        let Read::Data { starts, ends, single, bytes, .. } = frame else { continue };
        if *starts {
            (length, count) = (0, 0);
        }
        (length, count) = (length + bytes.len() as u64, count + 1);
        // The limit of frames holds for what is on the wire.
        assert!(inflates || bytes.len() as u64 <= limits.max_frame, "{frame:?}");
        assert!(length <= limits.max_message, "{frame:?}");
        assert!(*single || count <= limits.max_fragments, "{frame:?}");
        assert!(!*single || *ends != Boundary::Frame, "{frame:?}");
        all.push(frame);
    }
    assert!(frames.iter().rev().skip(1).all(|frame| !matches!(frame, Read::Close(..))), "{all:?}");
}
