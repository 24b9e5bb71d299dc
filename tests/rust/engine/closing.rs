//! The closing handshake, and connections that end without one.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use wirebird::ffi::*;

use super::host::*;
use super::peers;

#[test]
fn the_peer_closes_with_code_and_reason() {
    let (url, server) = peers::serve(|mut socket| {
        let close = CloseFrame { code: 4001.into(), reason: "geht zu Ende é".into() };
        socket.close(Some(close)).expect("sent");
        let mut echoed = None;
        while let Ok(message) = socket.read() {
            if let Message::Close(frame) = message {
                echoed = frame;
            }
        }
        u16::from(echoed.expect("an answer").code)
    });
    let host = Host::new();
    host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    assert_eq!((closing.value, closing.close_code, closing.text()), (1, 4001, "geht zu Ende é"));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 4001));
    assert_eq!(closed.text(), "geht zu Ende é");
    assert_eq!(server.join().expect("the server is content"), 4001);
}

#[test]
fn this_side_closes_and_waits_for_the_answer() {
    let (url, server) = peers::serve(|mut socket| {
        let mut close = None;
        while let Ok(message) = socket.read() {
            if let Message::Close(frame) = message {
                close = frame;
            }
        }
        close.expect("a Close")
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    close(connection, 3000, &"é".repeat(100));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 3000));
    let came = server.join().expect("the server is content");
    assert_eq!(came.reason.as_str(), "é".repeat(61), "cut at a character to 123 bytes");
}

#[test]
fn nothing_can_be_sent_after_close() {
    let (url, _server) = peers::serve(|mut socket| while socket.read().is_ok() {});
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    close(connection, 1000, "");
    let sent = unsafe { wirebird_connection_send_text(connection, c"x".as_ptr(), 1) };
    assert_eq!(sent, WIREBIRD_ERROR_STATE);
    assert!(last_error().contains("not open"), "{}", last_error());
    let again = unsafe { wirebird_connection_close(connection, 1000, text("")) };
    assert_eq!(again, WIREBIRD_ERROR_STATE);
    host.expect(WIREBIRD_EVENT_CLOSED);
}

#[test]
fn messages_before_close_are_not_lost() {
    let (url, server) = peers::serve(|mut socket| {
        let mut received = 0;
        while let Ok(message) = socket.read() {
            received += message.is_binary() as usize;
        }
        received
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    for _ in 0..200 {
        send_binary(connection, &[7; 10_000]);
    }
    ok(wirebird_connection_release(connection));
    assert_eq!(server.join().expect("the server is content"), 200);
}

#[test]
fn a_peer_that_dies_in_mid_message_is_a_lost_connection() {
    let (url, server) = peers::accept_raw(|stream| {
        let mut stream = peers::upgraded(stream);
        // A frame of 1,000 bytes of which 3 come.
        stream.write_all(b"\x82\x7E\x03\xE8abc").expect("taken");
        drop(stream);
    });
    let host = Host::new();
    host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_ERROR_CONNECTION_LOST, 1006));
    assert!(!closed.message.is_empty());
    server.join().expect("the server is content");
}

#[test]
fn a_protocol_error_is_answered_with_its_code() {
    let (url, server) = peers::accept_raw(|stream| {
        let mut stream = peers::upgraded(stream);
        stream.write_all(b"\x81\x02\xC3\x28").expect("taken");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the client ends TCP");
        answer
    });
    let host = Host::new();
    host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    assert_eq!(
        (closing.value, closing.close_code, closing.status),
        (0, 1007, WIREBIRD_ERROR_PROTOCOL)
    );
    assert!(closing.message.contains("UTF-8"), "{}", closing.message);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_ERROR_PROTOCOL, 1006));
    let answer = server.join().expect("the server is content");
    assert_eq!(answer.first(), Some(&0x88), "a Close frame");
    let unmasked: Vec<u8> = answer[6..8].iter().zip(&answer[2..4]).map(|(a, b)| a ^ b).collect();
    assert_eq!(unmasked, 1007u16.to_be_bytes());
}

/// Breaks the protocol, and gives the code and reason of the Close that comes.
fn broken_by_a_server() -> (String, std::thread::JoinHandle<(u16, String)>) {
    peers::accept_raw(|stream| {
        let mut stream = peers::upgraded(stream);
        stream.write_all(b"\x81\x02\xC3\x28").expect("taken");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the client ends TCP");
        let length = usize::from(answer[1] & 0x7F);
        assert_eq!((answer[0], answer.len()), (0x88, 6 + length), "one Close: {answer:?}");
        let mask = answer[2..6].iter().cycle();
        let payload: Vec<u8> =
            answer[6..].iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        let code = u16::from_be_bytes([payload[0], payload[1]]);
        (code, String::from_utf8_lossy(&payload[2..]).into_owned())
    })
}

#[test]
fn a_host_that_closes_inside_the_closing_event_says_so_in_its_own_words() {
    unsafe extern "C" fn handler(told: *mut std::ffi::c_void, event: *const wirebird_event_t) {
        let (event, told) = unsafe { (&*event, &mut *told.cast::<Vec<u32>>()) };
        told.push(event.kind);
        if event.kind == WIREBIRD_EVENT_CLOSING {
            assert_eq!((event.value, event.close_code), (0, 1007));
            close(event.connection, 4007, "no more of that");
            let again = unsafe { wirebird_connection_close(event.connection, 1000, text("")) };
            assert_eq!(again, WIREBIRD_ERROR_STATE, "the first words count");
        }
    }
    let (url, server) = broken_by_a_server();
    let host = Host::new();
    host.open(&url);
    let mut told: Vec<u32> = Vec::new();
    while told.last() != Some(&WIREBIRD_EVENT_CLOSED) {
        ok(wirebird_queue_wait(host.queue, PATIENCE_MS));
        let told = (&raw mut told).cast();
        ok(unsafe { wirebird_queue_dispatch(host.queue, 0, 0, Some(handler), told) });
    }
    assert_eq!(told, [WIREBIRD_EVENT_OPENED, WIREBIRD_EVENT_CLOSING, WIREBIRD_EVENT_CLOSED]);
    assert_eq!(server.join().expect("one Close"), (4007, "no more of that".to_owned()));
}

#[test]
fn a_host_that_has_taken_the_closing_event_comes_too_late_with_its_own_words() {
    let (url, server) = broken_by_a_server();
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    host.expect(WIREBIRD_EVENT_CLOSING);
    let late = unsafe { wirebird_connection_close(connection, 3000, text("late")) };
    assert_eq!(late, WIREBIRD_ERROR_STATE, "{}", last_error());
    host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(server.join().expect("one Close").0, 1007);
}

#[test]
fn the_answer_to_a_peers_close_stays_the_peers_code() {
    let (url, server) = peers::serve(|mut socket| {
        let close = CloseFrame { code: 4001.into(), reason: "".into() };
        socket.close(Some(close)).expect("sent");
        loop {
            match socket.read() {
                Ok(Message::Close(close)) => return close.map(|close| u16::from(close.code)),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    host.expect(WIREBIRD_EVENT_CLOSING);
    let late = unsafe { wirebird_connection_close(connection, 3000, text("late")) };
    assert_eq!(late, WIREBIRD_ERROR_STATE, "{}", last_error());
    host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(server.join().expect("an answer"), Some(4001));
}

#[test]
fn a_message_over_the_limit_is_closed_with_1009_before_it_arrives() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.max_message_size = 1000);
    let (url, port) = (server.url(), server.port);
    let client = std::thread::spawn(move || {
        let mut socket = peers::connect(&url, port);
        socket.send(Message::binary(vec![0; 1001])).expect("sent");
        loop {
            match socket.read() {
                Ok(Message::Close(close)) => return u16::from(close.expect("a code").code),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    assert_eq!(closing.close_code, 1009);
    assert!(closing.message.contains("max_message_size"), "{}", closing.message);
    assert_eq!(client.join().expect("the client is content"), 1009);
}

#[test]
fn a_peer_that_never_answers_close_is_left_after_the_timeout() {
    let (url, server) = peers::accept_raw(|stream| {
        let mut stream = peers::upgraded(stream);
        let mut all = Vec::new();
        // Until the client ends TCP by itself.
        let _ = stream.read_to_end(&mut all);
    });
    let host = Host::new();
    let connection = host.open_with(&url, |_, connection| connection.close_timeout_ms = 50);
    host.expect(WIREBIRD_EVENT_OPENED);
    close(connection, 1000, "");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_ERROR_TIMEOUT, 1006));
    assert!(closed.message.contains("close_timeout"), "{}", closed.message);
    server.join().expect("the server is content");
}

#[test]
fn a_server_waits_for_the_answer_and_ends_tcp_itself() {
    let host = Host::new();
    let server = host.listen();
    let (url, port) = (server.url(), server.port);
    let client = std::thread::spawn(move || {
        let mut socket = peers::connect(&url, port);
        assert!(matches!(socket.read(), Ok(Message::Close(Some(_)))));
        while socket.read().is_ok() {}
        // tungstenite has answered; now the server ends its direction.
        let mut rest = Vec::new();
        socket.get_mut().read_to_end(&mut rest).expect("the end of TCP")
    });
    let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED);
    close(accepted.connection, 1001, "maintenance");
    assert_eq!(client.join().expect("the client is content"), 0);
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);
}

#[test]
fn abort_ends_tcp_at_once() {
    let (url, server) = peers::serve(|mut socket| {
        loop {
            if let Err(error) = socket.read() {
                return error.to_string();
            }
        }
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    ok(wirebird_connection_abort(connection));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_ERROR_STATE, 1006));
    server.join().expect("the server has seen an error");
}

#[test]
fn no_event_follows_a_release_and_the_handle_is_stale() {
    let (url, server) = peers::serve(|mut socket| {
        socket.send(Message::text("one")).expect("sent");
        socket.send(Message::text("two")).expect("sent");
        while socket.read().is_ok() {}
        let _ = socket.get_mut().shutdown(Shutdown::Both);
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    host.expect(WIREBIRD_EVENT_TEXT);
    ok(wirebird_connection_release(connection));
    assert_eq!(wirebird_connection_release(connection), WIREBIRD_ERROR_HANDLE);
    server.join().expect("the server saw a Close");
    assert!(host.take().is_none(), "nothing after the release");
}

/// A host's thread writes while the peer ends the stream: what it wrote is told
/// before the end, or not at all.
#[test]
fn closed_is_the_last_event_although_another_thread_sends() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.want = WIREBIRD_WANT_WRITTEN);
    let (url, port) = (server.url(), server.port);
    for _ in 0..300 {
        let client = peers::connect(&url, port);
        let connection = host.until(WIREBIRD_EVENT_ACCEPTED).connection;
        let sender = std::thread::spawn(move || {
            let send = || unsafe { wirebird_connection_send_text(connection, c"x".as_ptr(), 1) };
            while send() == WIREBIRD_OK {
                // Messages in quick succession are left to the engine to write.
                let sent = Instant::now();
                while sent.elapsed() < Duration::from_micros(25) {
                    std::hint::spin_loop();
                }
            }
        });
        host.expect(WIREBIRD_EVENT_WRITTEN);
        drop(client);
        host.until(WIREBIRD_EVENT_CLOSED);
        sender.join().expect("the sender ends with the connection");
        if let Some(late) = host.take() {
            panic!("{late:?} after CLOSED");
        }
        ok(wirebird_connection_release(connection));
    }
}
