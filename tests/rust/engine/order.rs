//! What leaves when: answers to Pings, and replies to what came before a Close
//! or an error.

use std::io::Write;

use tokio_tungstenite::tungstenite::{Error, Message};
use wirebird::ffi::*;

use super::host::*;
use super::peers;

/// A client's frame, masked with zeros; `first` is its first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first, 0x80 | payload.len() as u8, 0, 0, 0, 0];
    frame.extend_from_slice(payload);
    frame
}

/// Sends frames in one piece, echoes what the host gets until CLOSED, and gives
/// what the peer got: messages, Pongs and the Close.
fn replies(frames: &[(u8, &[u8])]) -> Vec<String> {
    let host = Host::new();
    let server = host.listen();
    let mut socket = peers::connect(&server.url(), server.port);
    let bytes: Vec<u8> =
        frames.iter().flat_map(|(first, payload)| frame(*first, payload)).collect();
    socket.get_mut().write_all(&bytes).expect("taken");
    let peer = std::thread::spawn(move || {
        let mut got = Vec::new();
        loop {
            match socket.read() {
                Ok(Message::Text(text)) => got.push(text.to_string()),
                Ok(Message::Pong(payload)) => {
                    got.push(format!("Pong {}", String::from_utf8_lossy(&payload)));
                }
                Ok(Message::Close(close)) => {
                    got.push(format!("Close {:?}", close.map(|close| u16::from(close.code))));
                }
                Ok(other) => panic!("{other:?} after {got:?}"),
                Err(Error::ConnectionClosed) => return got,
                Err(error) => panic!("{error} after {got:?}"),
            }
        }
    });
    loop {
        let event = host.next();
        if event.kind == WIREBIRD_EVENT_CLOSED {
            break;
        }
        echo(&event);
    }
    peer.join().expect("the peer is content")
}

#[test]
fn each_of_many_pings_is_answered() {
    let payloads: Vec<String> = (0..20).map(|number| format!("{number}")).collect();
    let mut frames: Vec<(u8, &[u8])> =
        payloads.iter().map(|payload| (0x89, payload.as_bytes())).collect();
    frames.push((0x88, &[]));
    let mut wanted: Vec<String> =
        payloads.iter().map(|payload| format!("Pong {payload}")).collect();
    wanted.push("Close None".to_owned());
    assert_eq!(replies(&frames), wanted);
}

#[test]
fn a_ping_between_fragments_is_answered_before_the_message() {
    let got = replies(&[(0x01, b"frag"), (0x89, b"?"), (0x80, b"ment"), (0x88, &[])]);
    assert_eq!(got, ["Pong ?", "fragment", "Close None"]);
}

#[test]
fn replies_to_earlier_messages_leave_before_the_answer_to_a_close() {
    let got = replies(&[(0x81, b"first"), (0x81, b"second"), (0x88, &[0x03, 0xE8])]);
    assert_eq!(got, ["first", "second", "Close Some(1000)"]);
}

#[test]
fn replies_to_earlier_messages_leave_before_a_violation_closes() {
    type Case = (&'static [(u8, &'static [u8])], u16);
    let cases: [Case; 4] = [
        (&[(0x81, b"good"), (0xA1, b"reserved bit")], 1002),
        (&[(0x81, b"good"), (0x83, b"reserved opcode")], 1002),
        (&[(0x81, b"good"), (0x80, b"nothing to continue")], 1002),
        (&[(0x81, b"good"), (0x81, b"\xFF")], 1007),
    ];
    for (frames, code) in cases {
        assert_eq!(replies(frames), ["good".to_owned(), format!("Close Some({code})")]);
    }
}

#[test]
fn a_peer_that_only_listens_gets_replies_and_the_close_of_a_violation() {
    let host = Host::new();
    let server = host.listen();
    let mut socket = peers::connect(&server.url(), server.port);
    let bytes = [frame(0x81, b"good"), frame(0x83, b"bad")].concat();
    socket.get_mut().write_all(&bytes).expect("taken");
    socket.get_mut().shutdown(std::net::Shutdown::Write).expect("half closed");
    let peer = std::thread::spawn(move || {
        (socket.read().expect("the reply"), socket.read().expect("the Close"))
    });
    loop {
        let event = host.next();
        if event.kind == WIREBIRD_EVENT_CLOSED {
            break assert_eq!(event.status, WIREBIRD_ERROR_PROTOCOL, "{event:?}");
        }
        echo(&event);
    }
    let (reply, close) = peer.join().expect("the peer is content");
    assert_eq!(reply, Message::text("good"));
    assert!(matches!(close, Message::Close(Some(close)) if u16::from(close.code) == 1002));
}

#[test]
fn a_close_is_answered_for_a_host_that_takes_no_events() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.close_timeout_ms = 200);
    let mut socket = peers::connect(&server.url(), server.port);
    let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED);
    socket.send(Message::text("left")).expect("taken");
    socket.close(None).expect("taken");
    loop {
        match socket.read() {
            Ok(_) => {}
            Err(Error::ConnectionClosed) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "left");
    host.expect(WIREBIRD_EVENT_CLOSING);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.connection, closed.status), (accepted.connection, WIREBIRD_OK));
}

#[test]
fn a_close_is_answered_after_the_host_let_go() {
    let host = Host::new();
    let server = host.listen();
    let mut socket = peers::connect(&server.url(), server.port);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    socket.close(None).expect("taken");
    // It waits in the queue, which is released now.
    assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
    drop(host);
    loop {
        match socket.read() {
            Ok(_) => {}
            Err(Error::ConnectionClosed) => break,
            Err(error) => panic!("{error}"),
        }
    }
}
