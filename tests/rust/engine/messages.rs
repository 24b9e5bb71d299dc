//! Messages in both roles against tungstenite.

use std::io::Write;

use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Message, WebSocket};
use wirebird::ffi::*;

use super::host::*;
use super::peers;

/// Sizes on either side of where something changes: length forms, the arena's
/// limit, what is written by the caller, blocks, chunks, read buffers.
const SIZES: [usize; 14] =
    [0, 1, 125, 126, 4095, 4096, 4097, 16_384, 65_535, 65_536, 65_537, 131_072, 131_073, 1 << 20];

fn sample(size: usize) -> String {
    "aé中🐦"
        .chars()
        .cycle()
        .scan(0, |length, c| {
            *length += c.len_utf8();
            (*length <= size).then_some(c)
        })
        .collect()
}

fn read_all<S: std::io::Read + std::io::Write>(socket: &mut WebSocket<S>) -> Message {
    socket.read().expect("a message in time")
}

#[test]
fn a_server_echoes_text_and_binary_of_every_size() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.max_message_size = 2 << 20);
    let url = server.url();
    let client = std::thread::spawn(move || {
        let mut socket = peers::connect(&url, server.port);
        for size in SIZES {
            let (text, binary) = (sample(size), vec![0xA5; size]);
            socket.send(Message::text(text.clone())).expect("sent");
            socket.send(Message::binary(binary.clone())).expect("sent");
            assert!(read_all(&mut socket) == Message::text(text), "text of {size}");
            assert!(read_all(&mut socket) == Message::binary(binary), "binary of {size}");
        }
        socket.close(None).expect("closing");
        while socket.read().is_ok() {}
    });
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    for _ in 0..2 * SIZES.len() {
        let message = host.next();
        assert_eq!(message.frame & WIREBIRD_FRAME_WHOLE, WIREBIRD_FRAME_WHOLE);
        echo(&message);
    }
    host.until(WIREBIRD_EVENT_CLOSED);
    client.join().expect("the client is content");
}

#[test]
fn a_client_echoes_text_and_binary_of_every_size() {
    let (url, server) = peers::serve(|mut socket| {
        for size in SIZES {
            let (text, binary) = (sample(size), vec![0x5A; size]);
            socket.send(Message::text(text.clone())).expect("sent");
            socket.send(Message::binary(binary.clone())).expect("sent");
            assert!(read_all(&mut socket) == Message::text(text), "text of {size}");
            assert!(read_all(&mut socket) == Message::binary(binary), "binary of {size}");
        }
        socket.close(None).expect("closing");
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connection = host.open(&url);
    assert_eq!(host.expect(WIREBIRD_EVENT_OPENED).connection, connection);
    for _ in 0..2 * SIZES.len() {
        echo(&host.next());
    }
    assert_eq!(host.until(WIREBIRD_EVENT_CLOSED).close_code, 1005);
    server.join().expect("the server is content");
}

#[test]
fn shared_payloads_arrive_as_copied_ones_do() {
    unsafe extern "C" fn released(context: *mut std::ffi::c_void) {
        drop(unsafe { Box::from_raw(context.cast::<Vec<u16>>()) });
    }
    let (url, server) = peers::serve(|mut socket| {
        SIZES.map(|size| {
            let expected = sample(size);
            let came = read_all(&mut socket);
            (size, came == Message::text(expected))
        })
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    for size in SIZES {
        let units = Box::new(sample(size).encode_utf16().collect::<Vec<u16>>());
        let (data, length) = (units.as_ptr().cast(), units.len());
        let context = Box::into_raw(units).cast();
        let mut bytes = 0;
        ok(unsafe {
            wirebird_connection_send_shared(
                connection,
                WIREBIRD_PAYLOAD_UTF16,
                data,
                length,
                Some(released),
                context,
                &mut bytes,
            )
        });
        assert_eq!(bytes, sample(size).len() as u64);
    }
    for (size, is_equal) in server.join().expect("the server is content") {
        assert!(is_equal, "text of {size}");
    }
}

#[test]
fn long_messages_leave_in_frames_cut_between_characters() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.outgoing_frame_size = 4);
    let (url, port) = (server.url(), server.port);
    let client = std::thread::spawn(move || {
        // tungstenite checks each message as a whole; the cuts are seen below.
        let mut socket = peers::connect(&url, port);
        read_all(&mut socket)
    });
    let accepted = host.expect(WIREBIRD_EVENT_ACCEPTED);
    let text: Vec<u16> = "a🐦€中文🐦🐦abc".encode_utf16().collect();
    ok(unsafe {
        wirebird_connection_send_utf16(
            accepted.connection,
            text.as_ptr(),
            text.len(),
            std::ptr::null_mut(),
        )
    });
    assert_eq!(client.join().expect("a message"), Message::text("a🐦€中文🐦🐦abc"));
}

#[test]
fn fragments_come_as_frames_where_they_are_wanted() {
    let (url, server) = peers::serve(|mut socket| {
        let frame =
            |data, opcode, last| Message::Frame(Frame::message(data, OpCode::Data(opcode), last));
        // The character 中 is split between the first two frames.
        socket.send(frame(&b"a\xE4\xB8"[..], Data::Text, false)).expect("sent");
        socket.send(frame(&b"\xADb"[..], Data::Continue, false)).expect("sent");
        socket.send(frame(&b""[..], Data::Continue, true)).expect("sent");
        socket.send(Message::text("whole")).expect("sent");
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connection = host.open_with(&url, |_, connection| connection.want = WIREBIRD_WANT_FRAMES);
    host.expect(WIREBIRD_EVENT_OPENED);
    let expected = [
        (WIREBIRD_EVENT_TEXT_FRAME, "a", 0),
        (WIREBIRD_EVENT_TEXT_FRAME, "中b", 0),
        (WIREBIRD_EVENT_TEXT_FRAME, "", WIREBIRD_FRAME_LAST),
        (WIREBIRD_EVENT_TEXT, "a中b", WIREBIRD_FRAME_LAST),
        (WIREBIRD_EVENT_TEXT, "whole", WIREBIRD_FRAME_LAST | WIREBIRD_FRAME_WHOLE),
    ];
    for (kind, text, frame) in expected {
        let came = host.next();
        assert_eq!((came.kind, came.text(), came.frame), (kind, text, frame));
    }
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

#[test]
fn messages_of_one_connection_arrive_in_order() {
    const COUNT: u32 = 20_000;
    let (url, server) = peers::serve(|mut socket| {
        for number in 0..COUNT {
            let size = (number as usize * 7919) % 9000;
            let mut message = number.to_string().into_bytes();
            message.resize(message.len().max(size), b' ');
            socket.write(Message::binary(message)).expect("written");
        }
        socket.flush().expect("sent");
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    for number in 0..COUNT {
        let came = host.expect(WIREBIRD_EVENT_BINARY);
        assert_eq!(came.text().trim_end(), number.to_string());
    }
    ok(wirebird_connection_release(connection));
    server.join().expect("the server is content");
}

#[test]
fn a_peer_that_writes_byte_by_byte_is_understood_and_holds_up_nobody() {
    let frames: [&[u8]; 5] = [
        // A Ping between the two frames of a text with characters of several
        // bytes, then a binary message whose length takes two bytes.
        b"\x01\x05a\xE4\xB8\xADb",
        b"\x89\x02hi",
        b"\x80\x04\xF0\x9F\x90\xA6",
        b"\x82\x7E\x01\x2C",
        &[7; 300],
    ];
    let (url, slow) = peers::accept_raw(move |stream| {
        let mut stream = peers::upgraded(stream);
        stream.set_nodelay(true).expect("set");
        for byte in frames.concat() {
            stream.write_all(&[byte]).expect("taken");
            std::thread::yield_now();
        }
        // Until the client is content.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let (other_url, other) = peers::serve(|mut socket| {
        socket.send(Message::text("meanwhile")).expect("sent");
        while socket.read().is_ok() {}
    });
    let host = Host::new();
    let connections = [host.open(&url), host.open(&other_url)];
    let mut came = Vec::new();
    while came.len() < 3 {
        let event = host.next();
        match event.kind {
            WIREBIRD_EVENT_OPENED => {}
            WIREBIRD_EVENT_TEXT => came.push(event.text().to_owned()),
            WIREBIRD_EVENT_BINARY => came.push(format!("{} bytes", event.data.len())),
            other => panic!("event {other}: {}", event.message),
        }
    }
    came.sort();
    assert_eq!(came, ["300 bytes", "a中b🐦", "meanwhile"]);
    for connection in connections {
        ok(wirebird_connection_abort(connection));
    }
    slow.join().expect("the slow peer is content");
    other.join().expect("the other peer is content");
}
