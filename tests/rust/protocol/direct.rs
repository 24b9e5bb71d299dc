//! Payloads that are read straight into the caller's memory.

use super::support::*;
use wirebird::protocol::{Boundary, Decoder, Item, Role};

const PAYLOAD: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A decoder that has seen the header and the first three bytes of PAYLOAD,
/// and the bytes that follow.
fn begun(role: Role, first: u8) -> (Decoder, Vec<u8>) {
    let mut decoder = Decoder::new(role, UNLIMITED);
    let mut stream = frame(peer_of(role), first, PAYLOAD);
    let mut rest = stream.split_off(stream.len() - PAYLOAD.len() + 3);
    assert!(matches!(decoder.next(&mut stream), Ok((_, Some(Item::Data(_))))));
    rest.shrink_to_fit();
    (decoder, rest)
}

#[test]
fn rest_of_a_binary_frame_is_filled_in_parts() {
    for role in [Role::Client, Role::Server] {
        let (mut decoder, mut rest) = begun(role, FIN | BINARY);
        assert_eq!(decoder.direct(), Some(33));
        let (first, second) = rest.split_at_mut(10);
        assert_eq!(decoder.direct_filled(first), Boundary::None);
        assert_eq!(decoder.direct(), Some(23));
        assert_eq!(decoder.direct_filled(second), Boundary::Message);
        assert_eq!(decoder.direct(), None);
        assert_eq!(rest, PAYLOAD[3..]);
        let mut next = frame(peer_of(role), FIN | TEXT, b"next");
        let Ok((_, Some(Item::Data(data)))) = decoder.next(&mut next) else { panic!("no data") };
        assert!(data.starts_message);
    }
}

#[test]
fn a_frame_that_is_not_the_last_ends_with_frame() {
    let (mut decoder, mut rest) = begun(Role::Server, BINARY);
    assert_eq!(decoder.direct_filled(&mut rest), Boundary::Frame);
    assert_eq!(decoder.direct(), None);
    let mut last = frame(Role::Client, FIN, b"last");
    let Ok((_, Some(Item::Data(data)))) = decoder.next(&mut last) else { panic!("no data") };
    assert_eq!((data.bytes, data.ends), (b"last".as_slice(), Boundary::Message));
    assert!(!data.starts_message);
}

#[test]
fn both_ways_take_turns() {
    let (mut decoder, mut rest) = begun(Role::Server, FIN | BINARY);
    let (first, second) = rest.split_at_mut(5);
    assert_eq!(decoder.direct_filled(first), Boundary::None);
    let Ok((used, Some(Item::Data(data)))) = decoder.next(second) else { panic!("no data") };
    assert_eq!((used, data.bytes, data.ends), (28, &PAYLOAD[8..], Boundary::Message));
}

#[test]
fn text_control_frames_and_headers_are_not_filled_directly() {
    let (mut decoder, mut rest) = begun(Role::Server, FIN | TEXT);
    assert_eq!(decoder.direct(), None);
    let before = rest.clone();
    assert_eq!(decoder.direct_filled(&mut rest), Boundary::None);
    assert_eq!(rest, before);

    let mut decoder = Decoder::new(Role::Server, UNLIMITED);
    assert_eq!(decoder.direct(), None);
    let mut part = header(Role::Client, FIN | BINARY, 10);
    part.pop();
    assert_eq!(decoder.next(&mut part), Ok((5, None)));
    assert_eq!(decoder.direct(), None);

    let mut decoder = Decoder::new(Role::Server, UNLIMITED);
    assert_eq!(decoder.next(&mut header(Role::Client, FIN | PING, 10)), Ok((6, None)));
    assert_eq!(decoder.direct(), None);
}
