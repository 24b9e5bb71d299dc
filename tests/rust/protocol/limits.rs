//! What a peer may send, and what a declared length costs.

use super::support::*;
use wirebird::protocol::{Decoder, Item, Limits, ProtocolError, Role};

const SMALL: Limits = Limits { max_message: 100, max_frame: 60, max_fragments: 4 };

fn decode_small(frames: &[(u8, usize)]) -> Decoded {
    let stream: Vec<u8> = frames
        .iter()
        .flat_map(|(first, length)| frame(Role::Client, *first, &vec![b'x'; *length]))
        .collect();
    decode_with(Role::Server, SMALL, &stream)
}

#[test]
fn what_is_at_the_limit_is_accepted() {
    let (seen, error) = decode_small(&[(BINARY, 60), (FIN, 40), (FIN | BINARY, 60)]);
    assert_eq!(error, None);
    assert_eq!(seen, [Seen::Binary(vec![b'x'; 100]), Seen::Binary(vec![b'x'; 60])]);
}

#[test]
fn frame_over_the_limit() {
    let (_, error) = decode_small(&[(FIN | TEXT, 61)]);
    assert_eq!(error, Some(ProtocolError::FrameTooLarge { length: 61, limit: 60 }));
    let error = error.unwrap();
    assert_eq!(error.close_code(), 1009);
    assert_eq!(error.to_string(), "a frame of 61 bytes is over max_frame_size (60 bytes)");
}

#[test]
fn message_over_the_limit() {
    let (_, error) = decode_small(&[(TEXT, 50), (CONTINUATION, 50), (FIN, 1)]);
    assert_eq!(error, Some(ProtocolError::MessageTooLarge { length: 101, limit: 100 }));
    let error = error.unwrap();
    assert_eq!(error.close_code(), 1009);
    assert!(error.to_string().contains("max_message_size (100 bytes)"), "{error}");
}

#[test]
fn more_fragments_than_the_limit() {
    let four = [(TEXT, 0), (CONTINUATION, 1), (CONTINUATION, 0), (FIN, 0)];
    assert_eq!(decode_small(&four), (vec![text("x")], None));
    let endless = [(TEXT, 0), (CONTINUATION, 0), (CONTINUATION, 0), (CONTINUATION, 0), (0, 0)];
    let (_, error) = decode_small(&endless);
    assert_eq!(error, Some(ProtocolError::TooManyFragments { limit: 4 }));
    let error = error.unwrap();
    assert_eq!(error.close_code(), 1008);
    assert!(error.to_string().contains("max_fragments (4)"), "{error}");
}

#[test]
fn each_message_is_counted_from_zero() {
    let message = [(BINARY, 60), (CONTINUATION, 0), (FIN, 40)];
    let (seen, error) = decode_small(&message.repeat(20));
    assert_eq!((seen.len(), error), (20, None));
}

#[test]
fn control_frames_are_not_counted() {
    let ping = (FIN | PING, 125);
    let (seen, error) = decode_small(&[(BINARY, 50), ping, ping, ping, ping, (FIN, 50)]);
    assert_eq!((seen.len(), error), (5, None));
}

#[test]
fn without_room_for_fragments_a_whole_message_is_still_accepted() {
    let limits = Limits { max_fragments: 0, ..SMALL };
    let stream = frame(Role::Client, FIN | TEXT, b"whole");
    assert_eq!(decode_with(Role::Server, limits, &stream), (vec![text("whole")], None));
    let (_, error) = decode_with(Role::Server, limits, &frame(Role::Client, TEXT, b"part"));
    assert_eq!(error, Some(ProtocolError::TooManyFragments { limit: 0 }));
}

#[test]
fn limits_are_checked_when_the_header_is_there() {
    let (_, error) = decode_with(Role::Server, SMALL, &header(Role::Client, FIN | TEXT, 1 << 40));
    assert_eq!(error, Some(ProtocolError::FrameTooLarge { length: 1 << 40, limit: 60 }));
}

#[test]
fn changed_limits_hold_from_the_next_frame_on() {
    let mut decoder = Decoder::new(Role::Server, UNLIMITED);
    let mut head = header(Role::Client, BINARY, 80);
    assert_eq!(decoder.next(&mut head), Ok((6, None)));
    decoder.set_limits(SMALL);
    let mut payload = [0; 80];
    assert!(matches!(decoder.next(&mut payload), Ok((80, Some(Item::Data(_))))));
    let mut more = header(Role::Client, FIN, 21);
    let error = ProtocolError::MessageTooLarge { length: 101, limit: 100 };
    assert_eq!(decoder.next(&mut more), Err(error));
}

#[test]
fn largest_length_after_a_partial_message() {
    let largest = i64::MAX as u64;
    let partial = frame(Role::Client, BINARY, &[0; 10]);
    let stream = [partial, header(Role::Client, FIN, largest)].concat();
    let limits = Limits { max_message: largest, ..UNLIMITED };
    let (_, error) = decode_with(Role::Server, limits, &stream);
    let length = largest + 10;
    assert_eq!(error, Some(ProtocolError::MessageTooLarge { length, limit: largest }));
}

#[cfg(target_os = "linux")]
#[test]
fn declared_lengths_cost_no_memory() {
    let before = virtual_memory();
    let mut decoders = Vec::new();
    for length in [1 << 31, 1 << 40, (1 << 62)] {
        for first in [FIN | BINARY, BINARY, FIN | TEXT] {
            for _ in 0..300 {
                let mut decoder = Decoder::new(Role::Server, UNLIMITED);
                let mut stream = header(Role::Client, first, length);
                stream.push(b'x');
                assert!(decoder.next(&mut stream).is_ok());
                decoders.push(decoder);
            }
        }
    }
    let grown = virtual_memory().saturating_sub(before);
    // Other tests run meanwhile; 900 times the least of the lengths is 1.8 TiB.
    assert!(grown < 1 << 40, "{} decoders took {grown} bytes", decoders.len());
}

/// Bytes of address space in use.
#[cfg(target_os = "linux")]
fn virtual_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmSize:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
