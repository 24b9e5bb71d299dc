//! How a message is handed out while it arrives.

use super::support::*;
use wirebird::protocol::{Boundary, Data, Decoder, Item, MessageKind, Role};

/// The next piece, and how many bytes it took.
fn piece<'a>(decoder: &'a mut Decoder, bytes: &'a mut [u8]) -> (usize, Data<'a>) {
    match decoder.next(bytes) {
        Ok((used, Some(Item::Data(data)))) => (used, data),
        other => panic!("not data: {other:?}"),
    }
}

#[test]
fn whole_message_is_one_piece() {
    let mut decoder = Decoder::new(Role::Server, UNLIMITED);
    let mut stream = frame(Role::Client, FIN | TEXT, b"Hello");
    let expected = Data {
        kind: MessageKind::Text,
        bytes: b"Hello",
        starts_message: true,
        ends: Boundary::Message,
        rest_of_frame: 0,
        single_frame: true,
    };
    assert_eq!(piece(&mut decoder, &mut stream), (11, expected));
}

#[test]
fn pieces_of_a_frame_say_what_is_still_to_come() {
    let mut decoder = Decoder::new(Role::Server, UNLIMITED);
    let mut stream = frame(Role::Client, FIN | BINARY, b"0123456789");
    let (first, second) = stream.split_at_mut(9);
    let (used, data) = piece(&mut decoder, first);
    assert_eq!((used, data.bytes, data.rest_of_frame), (9, b"012".as_slice(), 7));
    assert_eq!((data.starts_message, data.ends, data.single_frame), (true, Boundary::None, true));
    let (used, data) = piece(&mut decoder, second);
    assert_eq!((used, data.bytes, data.rest_of_frame), (7, b"3456789".as_slice(), 0));
    assert_eq!(
        (data.starts_message, data.ends, data.single_frame),
        (false, Boundary::Message, true)
    );
}

#[test]
fn every_frame_ends_with_a_piece_even_an_empty_one() {
    let mut decoder = Decoder::new(Role::Client, UNLIMITED);
    let frames = [
        (TEXT, Boundary::Frame, true),
        (CONTINUATION, Boundary::Frame, false),
        (FIN, Boundary::Message, false),
    ];
    for (first, ends, starts_message) in frames {
        let mut stream = frame(Role::Server, first, b"");
        let (used, data) = piece(&mut decoder, &mut stream);
        assert_eq!((used, data.bytes, data.ends), (2, b"".as_slice(), ends));
        assert_eq!((data.starts_message, data.single_frame), (starts_message, false));
    }
}

#[test]
fn one_call_stops_behind_one_item() {
    let mut decoder = Decoder::new(Role::Client, UNLIMITED);
    let mut stream = [frame(Role::Server, FIN | PING, b"1"), vec![0x89]].concat();
    assert_eq!(decoder.next(&mut stream), Ok((3, Some(Item::Ping(b"1")))));
}

#[test]
fn incomplete_character_goes_with_the_next_piece() {
    let mut decoder = Decoder::new(Role::Client, UNLIMITED);
    let mut stream = frame(Role::Server, FIN | TEXT, "a€b".as_bytes());
    let (first, rest) = stream.split_at_mut(4);
    let (second, third) = rest.split_at_mut(1);
    let (used, data) = piece(&mut decoder, first);
    // What is kept of the character counts as still to come.
    assert_eq!((used, data.bytes, data.rest_of_frame), (4, b"a".as_slice(), 4));
    assert_eq!(decoder.next(second), Ok((1, None)));
    let (used, data) = piece(&mut decoder, third);
    assert_eq!((used, data.bytes, data.ends), (1, "€".as_bytes(), Boundary::None));
    let (used, data) = piece(&mut decoder, &mut third[1..]);
    assert_eq!((used, data.bytes, data.ends), (1, b"b".as_slice(), Boundary::Message));
}

#[test]
fn header_alone_tells_nothing() {
    let mut decoder = Decoder::new(Role::Server, UNLIMITED);
    let mut stream = frame(Role::Client, FIN | TEXT, b"x");
    let (head, payload) = stream.split_at_mut(6);
    assert_eq!(decoder.next(head), Ok((6, None)));
    let (_, data) = piece(&mut decoder, payload);
    assert!(data.starts_message);
}

#[test]
fn nothing_comes_of_nothing() {
    let mut decoder = Decoder::new(Role::Server, UNLIMITED);
    assert_eq!(decoder.next(&mut []), Ok((0, None)));
}
