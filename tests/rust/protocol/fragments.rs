//! Section 5.4: fragmentation.

use super::support::*;
use wirebird::protocol::ProtocolError;

#[test]
fn fragments_become_one_message() {
    let frames: [(u8, &[u8]); 4] =
        [(TEXT, b"one "), (CONTINUATION, b"two "), (CONTINUATION, b""), (FIN, b"three")];
    assert_eq!(accepted(&frames), [text("one two three")]);
}

#[test]
fn empty_fragments_make_an_empty_message() {
    assert_eq!(accepted(&[(TEXT, b""), (CONTINUATION, b""), (FIN, b"")]), [text("")]);
    assert_eq!(accepted(&[(FIN | BINARY, b"")]), [Seen::Binary(Vec::new())]);
}

#[test]
fn control_frames_come_between_fragments() {
    let frames: [(u8, &[u8]); 5] = [
        (BINARY, b"a"),
        (FIN | PING, b"ping"),
        (CONTINUATION, b"b"),
        (FIN | PONG, b""),
        (FIN, b"c"),
    ];
    let expected =
        [Seen::Ping(b"ping".to_vec()), Seen::Pong(Vec::new()), Seen::Binary(b"abc".to_vec())];
    assert_eq!(accepted(&frames), expected);
}

#[test]
fn close_in_the_middle_of_a_message() {
    assert_eq!(
        accepted(&[(TEXT, b"half"), (FIN | CLOSE, b"")]),
        [Seen::Close(None, String::new())]
    );
}

#[test]
fn continuation_of_nothing_is_refused() {
    for first in [CONTINUATION, FIN | CONTINUATION] {
        let error = refused(&[(FIN | TEXT, b"whole"), (first, b"more")]);
        assert_eq!(error, ProtocolError::NothingToContinue);
        assert_eq!(error.close_code(), 1002);
    }
}

#[test]
fn new_message_inside_a_message_is_refused() {
    for first in [TEXT, BINARY, FIN | TEXT, FIN | BINARY] {
        let error = refused(&[(TEXT, b"half"), (FIN | PING, b""), (first, b"new")]);
        assert_eq!(error, ProtocolError::InterruptedMessage);
        assert_eq!(error.close_code(), 1002);
    }
}
