//! The decoder: whatever arrives, in whatever blocks, nothing panics, limits
//! hold, and the blocks make no difference.
//!
//! The first byte chooses the role (bit 0), the way (bit 1) and the limits
//! (bits 2 and 3), the second the size of the blocks; the stream follows.

#![no_main]

#[path = "../../tests/rust/protocol/reading.rs"]
mod reading;

use libfuzzer_sys::fuzz_target;
use reading::{Outcome, Read, Way, read};
use wirebird::protocol::{Boundary, Decoder, Limits, Role};

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
    let whole = read(Decoder::new(role, limits), stream, &[usize::MAX], Way::Next);
    check(&whole, limits);
    let sizes = [usize::from(*size).max(1), 1, 5];
    assert_eq!(read(Decoder::new(role, limits), stream, &sizes, way), whole);
});

/// What was read keeps to the limits, and its text is UTF-8.
fn check((frames, end): &Outcome, limits: Limits) {
    let (mut length, mut count, mut all) = (0, 0, Vec::new());
    for frame in frames.iter().chain(end.iter().flatten()) {
        let Read::Data { starts, ends, single, bytes, .. } = frame else { continue };
        if *starts {
            (length, count) = (0, 0);
        }
        (length, count) = (length + bytes.len() as u64, count + 1);
        assert!(bytes.len() as u64 <= limits.max_frame, "{frame:?}");
        assert!(length <= limits.max_message, "{frame:?}");
        assert!(*single || count <= limits.max_fragments, "{frame:?}");
        assert!(!*single || *ends != Boundary::Frame, "{frame:?}");
        all.push(frame);
    }
    assert!(frames.iter().rev().skip(1).all(|frame| !matches!(frame, Read::Close(..))), "{all:?}");
}
