//! What can be read of a connection and a queue, and changed of a queue.

use std::io::Write;

use wirebird::ffi::*;

use super::host::*;
use super::peers;

/// What a client of a server with these options can read, and the server.
fn both(
    of_client: impl FnOnce(&mut wirebird_connection_options_t),
    of_server: impl FnOnce(&mut wirebird_connection_options_t),
    option: u32,
) -> [u64; 2] {
    let host = Host::new();
    let (client, server) = host.pair(of_client, of_server);
    [client, server].map(|connection| get(connection, option))
}

#[test]
fn both_sides_know_what_was_negotiated() {
    let cases = [
        (WIREBIRD_OPTION_COMPRESSION, 1, 1),
        (WIREBIRD_OPTION_COMPRESSION_LEVEL, 3, 9),
        (WIREBIRD_OPTION_SERVER_MAX_WINDOW_BITS, 12, 12),
        (WIREBIRD_OPTION_CLIENT_MAX_WINDOW_BITS, 10, 10),
        (WIREBIRD_OPTION_SERVER_NO_CONTEXT_TAKEOVER, 1, 1),
        (WIREBIRD_OPTION_CLIENT_NO_CONTEXT_TAKEOVER, 0, 0),
    ];
    for (option, client, server) in cases {
        let found = both(
            |options| {
                options.compression_level = 3;
                options.server_max_window_bits = 12;
            },
            |options| {
                options.compression = 1;
                options.compression_level = 9;
                options.client_max_window_bits = 10;
                options.server_no_context_takeover = 1;
            },
            option,
        );
        assert_eq!(found, [client, server], "option {option}");
        let without = both(|_| {}, |_| {}, option);
        let level = if option == WIREBIRD_OPTION_COMPRESSION_LEVEL { 6 } else { 0 };
        assert_eq!(without, [level; 2], "option {option} without compression");
    }
}

#[test]
fn what_is_only_read_can_not_be_set() {
    let host = Host::new();
    let (client, _) = host.pair(|_| {}, |_| {});
    let read_only = [11, 12, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31, 32, 33];
    for option in read_only {
        get(client, option);
        assert_eq!(wirebird_connection_set(client, option, 1), WIREBIRD_ERROR_ARGUMENT);
        assert!(last_error().contains("can only be read"), "{option}: {}", last_error());
    }
    for option in [0, 34] {
        assert_eq!(wirebird_connection_set(client, option, 1), WIREBIRD_ERROR_ARGUMENT);
        assert!(last_error().contains("is no WIREBIRD_OPTION"), "{option}: {}", last_error());
    }
}

#[test]
fn bytes_and_messages_are_counted_in_both_directions() {
    for compression in [0, 1] {
        let host = Host::new();
        let (client, server) = host.pair(|_| {}, |options| options.compression = compression);
        let message = "counted ".repeat(1000);
        for number in 1..=100 {
            send_text(client, &message);
            assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), message);
            assert_eq!(get(server, WIREBIRD_OPTION_MESSAGES_RECEIVED), number);
            assert_eq!(get(client, WIREBIRD_OPTION_MESSAGES_SENT), number);
        }
        // Neither a Ping nor a fragment is a message.
        ok(unsafe { wirebird_connection_ping(client, std::ptr::null(), 0) });
        host.expect(WIREBIRD_EVENT_PONG);
        for (frame, count) in [(0, 100), (WIREBIRD_FRAME_LAST, 101)] {
            let (data, payload) = (b"part".as_ptr().cast(), WIREBIRD_PAYLOAD_BINARY);
            let bytes = std::ptr::null_mut();
            ok(unsafe {
                wirebird_connection_send_fragment(client, payload, data, 4, frame, bytes)
            });
            assert_eq!(get(client, WIREBIRD_OPTION_MESSAGES_SENT), count);
        }
        assert_eq!(host.expect(WIREBIRD_EVENT_BINARY).data, b"partpart");
        assert_eq!(get(server, WIREBIRD_OPTION_MESSAGES_RECEIVED), 101);
        assert_eq!(get(client, WIREBIRD_OPTION_MESSAGES_RECEIVED), 0);
        let sent = get(client, WIREBIRD_OPTION_BYTES_SENT);
        assert_eq!(get(server, WIREBIRD_OPTION_BYTES_RECEIVED), sent);
        let plain = 100 * (message.len() as u64 + 8) + 6 + 2 * (6 + 4);
        match compression {
            0 => assert_eq!(sent, plain),
            _ => assert!(sent < plain / 50, "{sent} bytes"),
        }
        // The Pong.
        assert_eq!(get(server, WIREBIRD_OPTION_BYTES_SENT), 2);
        assert_eq!(get(client, WIREBIRD_OPTION_BYTES_RECEIVED), 2);
    }
}

#[test]
fn what_a_thread_collects_is_unsent_until_it_flushes() {
    let host = Host::new();
    let (client, _server) = host.pair(|_| {}, |_| {});
    let frame = 500_000 + 14;
    for round in 1..=2 {
        ok(wirebird_queue_collect(host.queue));
        send_binary(client, &vec![1; 500_000]);
        assert_eq!(get(client, WIREBIRD_OPTION_UNSENT), frame);
        // So much is written by the engine at once.
        reaches(client, WIREBIRD_OPTION_BYTES_SENT, round * frame);
        assert_eq!(get(client, WIREBIRD_OPTION_UNSENT), frame);
        ok(wirebird_queue_flush(host.queue));
        assert_eq!(get(client, WIREBIRD_OPTION_UNSENT), 0);
        host.expect(WIREBIRD_EVENT_BINARY);
    }
    ok(wirebird_queue_collect(host.queue));
    send_binary(client, &vec![1; 500_000]);
    ok(wirebird_connection_abort(client));
    assert_eq!(get(client, WIREBIRD_OPTION_UNSENT), 0, "nothing waits after an abort");
    ok(wirebird_queue_flush(host.queue));
}

#[test]
fn large_messages_and_pieces_are_counted() {
    for want in [0, WIREBIRD_WANT_STREAM, WIREBIRD_WANT_FRAMES] {
        let host = Host::new();
        let (client, server) = host.pair(
            |options| options.outgoing_frame_size = 100_000,
            |options| {
                options.want = want;
                options.max_message_size = 1 << 30;
            },
        );
        for number in 1..=3 {
            send_binary(client, &vec![number as u8; 300_001]);
            loop {
                let event = host.next();
                let is_whole = event.kind == WIREBIRD_EVENT_BINARY;
                let is_last = event.frame & WIREBIRD_FRAME_LAST != 0;
                if is_whole || want == WIREBIRD_WANT_STREAM && is_last {
                    break;
                }
            }
            assert_eq!(get(server, WIREBIRD_OPTION_MESSAGES_RECEIVED), number, "want {want}");
        }
        let bytes = get(client, WIREBIRD_OPTION_BYTES_SENT);
        assert_eq!(bytes, 3 * (300_001 + 3 * 14 + 6));
        assert_eq!(get(server, WIREBIRD_OPTION_BYTES_RECEIVED), bytes);
    }
}

#[test]
fn what_came_with_the_request_is_counted() {
    let host = Host::new();
    let server = host.listen();
    let mut stream = peers::connect_raw(server.port);
    let request = [peers::request("").as_bytes(), b"\x81\x81\0\0\0\0x"].concat();
    stream.write_all(&request).expect("taken");
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    host.expect(WIREBIRD_EVENT_TEXT);
    assert_eq!(get(connection, WIREBIRD_OPTION_BYTES_RECEIVED), 7);
    assert_eq!(get(connection, WIREBIRD_OPTION_MESSAGES_RECEIVED), 1);
}

#[test]
fn an_origin_from_elsewhere_is_known_before_the_decision_and_after() {
    let cases = [
        ("", 0),
        ("Origin: http://example.org\r\n", 0),
        ("Origin: https://EXAMPLE.org:443\r\n", 0),
        ("Origin: http://example.com\r\n", 1),
        ("Origin: http://example.org:81\r\n", 1),
        ("Origin: null\r\n", 1),
        ("Origin:\r\n", 1),
    ];
    for (origin, foreign) in cases {
        let host = Host::new();
        let server = host.listen_with(|options, _| options.accept = WIREBIRD_ACCEPT_ASK);
        let mut stream = peers::connect_raw(server.port);
        stream.write_all(peers::request(origin).as_bytes()).expect("taken");
        let connection = host.expect(WIREBIRD_EVENT_REQUEST).connection;
        let check = || {
            let found = get(connection, WIREBIRD_OPTION_FOREIGN_ORIGIN);
            assert_eq!(found, foreign, "{origin}");
        };
        check();
        ok(unsafe { wirebird_connection_accept(connection, std::ptr::null()) });
        host.expect(WIREBIRD_EVENT_OPENED);
        check();
        drop(stream);
        host.expect(WIREBIRD_EVENT_CLOSED);
        check();
    }
    assert_eq!(both(|_| {}, |_| {}, WIREBIRD_OPTION_FOREIGN_ORIGIN), [0, 0]);
}

fn queue_get(host: &Host, option: u32) -> u64 {
    let mut value = 0;
    ok(unsafe { wirebird_queue_get(host.queue, option, &mut value) });
    value
}

#[test]
fn the_figures_of_a_queue_are_read_and_changed() {
    let host = Host::with(|options| options.small_payload = 10);
    let (small, waiting) = (WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD, WIREBIRD_QUEUE_OPTION_MAX_WAITING);
    assert_eq!((queue_get(&host, small), queue_get(&host, waiting)), (10, 1 << 20));
    for (option, least, most) in [(small, 0, u64::from(u32::MAX)), (waiting, 1, i64::MAX as u64)] {
        for value in [least, most] {
            ok(wirebird_queue_set(host.queue, option, value));
            assert_eq!(queue_get(&host, option), value);
        }
        for value in [most + 1, u64::MAX].into_iter().chain(least.checked_sub(1)) {
            let refused = wirebird_queue_set(host.queue, option, value);
            assert_eq!(refused, WIREBIRD_ERROR_ARGUMENT, "{value}");
        }
    }
    assert_eq!(wirebird_queue_set(host.queue, 3, 1), WIREBIRD_ERROR_ARGUMENT);
    let unknown = unsafe { wirebird_queue_get(host.queue, 0, &mut 0) };
    assert_eq!(unknown, WIREBIRD_ERROR_ARGUMENT);
}

#[test]
fn more_room_in_a_queue_lets_those_that_paused_read_on() {
    const COUNT: usize = 4000;
    let host = Host::with(|options| options.max_waiting = 1);
    let (url, server) = peers::serve(|mut socket| {
        for number in 0..COUNT {
            let message = [&number.to_le_bytes()[..], &[0; 1000]].concat();
            let message = tokio_tungstenite::tungstenite::Message::binary(message);
            socket.send(message).expect("taken");
            if number == COUNT / 2 {
                // So that not everything comes with one read.
                socket.read().expect("the word");
            }
        }
        while socket.read().is_ok() {}
    });
    let connection = host.open(&url);
    host.expect(WIREBIRD_EVENT_OPENED);
    // Waits, and is not taken.
    assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
    ok(wirebird_queue_set(host.queue, WIREBIRD_QUEUE_OPTION_MAX_WAITING, 1 << 30));
    send_text(connection, "go on");
    reaches(connection, WIREBIRD_OPTION_MESSAGES_RECEIVED, COUNT as u64);
    for number in 0..COUNT {
        assert_eq!(host.expect(WIREBIRD_EVENT_BINARY).data[..8], number.to_le_bytes());
    }
    ok(wirebird_connection_release(connection));
    server.join().expect("content");
}

#[test]
fn small_payloads_become_objects_when_the_queue_says_so() {
    use std::ffi::c_void;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    static MADE: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" fn create(_: *mut c_void, _: u32, length: usize) -> *mut c_void {
        MADE.fetch_add(1, SeqCst);
        Box::into_raw(Box::new(vec![0u8; length])).cast()
    }
    unsafe extern "C" fn data(object: *mut c_void, _: u32) -> *mut c_void {
        unsafe { &mut *object.cast::<Vec<u8>>() }.as_mut_ptr().cast()
    }
    unsafe extern "C" fn resize(object: *mut c_void, _: u32, length: usize) -> bool {
        unsafe { &mut *object.cast::<Vec<u8>>() }.resize(length, 0);
        true
    }
    unsafe extern "C" fn destroy(object: *mut c_void, _: u32) {
        drop(unsafe { Box::from_raw(object.cast::<Vec<u8>>()) });
    }
    let host = Host::with(|options| {
        let context = std::ptr::null_mut();
        options.storage = wirebird_storage_t {
            create: Some(create),
            data: Some(data),
            resize: Some(resize),
            destroy: Some(destroy),
            context,
        };
    });
    let (client, _) = host.pair(|_| {}, |_| {});
    for (small, objects) in [(4096, 0), (99, 1), (100, 1), (0, 2)] {
        ok(wirebird_queue_set(host.queue, WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD, small));
        send_binary(client, &[7; 100]);
        assert_eq!(wirebird_queue_wait(host.queue, PATIENCE_MS), WIREBIRD_OK);
        let mut event = unsafe { std::mem::zeroed::<wirebird_event_t>() };
        ok(unsafe { wirebird_queue_next(host.queue, &mut event) });
        assert_eq!((event.kind, event.length), (WIREBIRD_EVENT_BINARY, 100));
        let payload = unsafe { std::slice::from_raw_parts(event.data.cast::<u8>(), 100) };
        assert_eq!(payload, [7; 100]);
        if !event.storage.is_null() {
            unsafe { destroy(event.storage, event.payload) };
        }
        assert_eq!(MADE.load(SeqCst), objects, "small_payload {small}");
    }
}
