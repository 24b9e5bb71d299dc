//! Masks that nobody can predict (RFC 6455 section 5.3).

use std::collections::HashSet;
use std::io::Read;

use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::raw;
use crate::engine::host::*;

const FRAMES: usize = 10_000;

/// Captures frames with 8 bytes of payload, whatever function sent them.
#[test]
fn ten_thousand_captured_frames_have_masks_of_their_own() {
    let host = Host::new();
    let (connection, mut peer) = raw::open(&host, Role::Client, |_| {});
    let reader = std::thread::spawn(move || {
        let mut bytes = vec![0; FRAMES * 14];
        peer.stream.read_exact(&mut bytes).expect("the frames");
        bytes
    });
    let payload = "8 bytes.";
    let units: Vec<u16> = payload.encode_utf16().collect();
    for number in 0..FRAMES {
        let data = payload.as_ptr().cast();
        ok(unsafe {
            match number % 5 {
                0 => wirebird_connection_send_text(connection, payload.as_ptr().cast(), 8),
                1 => wirebird_connection_send_binary(connection, data, 8),
                2 => wirebird_connection_send_utf16(
                    connection,
                    units.as_ptr(),
                    8,
                    std::ptr::null_mut(),
                ),
                3 => wirebird_connection_send_shared(
                    connection,
                    WIREBIRD_PAYLOAD_BINARY,
                    data,
                    8,
                    None,
                    std::ptr::null_mut(),
                    std::ptr::null_mut(),
                ),
                _ => wirebird_connection_ping(connection, data, 8),
            }
        });
    }
    let bytes = reader.join().expect("the frames");
    let mut histogram = [[0u32; 256]; 4];
    let mut masks = HashSet::new();
    for frame in bytes.chunks_exact(14) {
        let mask = &frame[2..6];
        let plain: Vec<u8> =
            frame[6..].iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b).collect();
        assert_eq!((frame[1], &plain[..]), (0x88, payload.as_bytes()), "{frame:02x?}");
        masks.insert(mask);
        for (counts, byte) in histogram.iter_mut().zip(mask) {
            counts[usize::from(*byte)] += 1;
        }
    }
    // About 0.01 of 10,000 draws from 2^32 meet.
    assert!(masks.len() > FRAMES - 10, "{} masks in {FRAMES} frames", masks.len());
    // Chi-square with 255 degrees of freedom: 255 on average, above 430 once
    // in 10^10 times, and far above it if a byte depends on anything.
    for (place, counts) in histogram.iter().enumerate() {
        let expected = FRAMES as f64 / 256.0;
        let square = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
        let chi_square: f64 = counts.iter().map(square).sum();
        assert!(chi_square < 430.0, "byte {place} of the masks: {chi_square}: {counts:?}");
    }
}
