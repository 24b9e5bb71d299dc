//! What goes through TLS: much, little at a time, from many threads, and what
//! is cut off.

use std::io::{Read, Write};
use std::sync::mpsc;

use tokio_rustls::rustls;
use tokio_tungstenite::tungstenite;
use wirebird::ffi::*;

use super::certificates::Authority;
use super::fixture::*;
use super::interop;
use crate::engine::host::*;
use crate::engine::peers;

#[test]
fn large_messages_go_both_ways_at_once_under_backpressure() {
    let host = Host::new();
    let big = |options: &mut wirebird_connection_options_t| {
        options.max_message_size = 64 << 20;
        options.max_unsent = 256 << 20;
    };
    let (client, server) = pair_with(&host, big, big);
    let message: Vec<u8> = (0..5_000_000u32).flat_map(u32::to_le_bytes).collect();
    for _ in 0..2 {
        send_binary(client, &message);
        send_binary(server, &message);
    }
    for _ in 0..4 {
        let came = host.expect(WIREBIRD_EVENT_BINARY);
        let wrong = came.data.iter().zip(&message).position(|(came, sent)| came != sent);
        let (at_client, length) = (came.connection == client, came.data.len());
        assert!(wrong.is_none() && length == message.len(), "{at_client}: {length}, {wrong:?}");
    }
    assert_eq!((get(client, WIREBIRD_OPTION_UNSENT), get(server, WIREBIRD_OPTION_UNSENT)), (0, 0));
}

#[test]
fn a_peer_that_does_not_read_is_told_of_and_gets_everything_later() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let tls = server(&authority.server(&["localhost"]));
    let listening = host.listen_with(|options, connection| {
        options.tls = tls.0;
        connection.max_unsent = 64 << 20;
    });
    let stream = interop::connect(&authority, listening.port);
    let (mut socket, _) =
        tungstenite::client(url("localhost", listening.port), stream).expect("a handshake");
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    let messages = 200u32;
    for number in 0..messages {
        send_binary(connection, &[number as u8; 100_000]);
    }
    let high = host.expect(WIREBIRD_EVENT_HIGH_WATER);
    assert!(high.value > 1 << 20, "{high:?}");
    for number in 0..messages {
        let came = socket.read().expect("a message").into_data();
        assert!(came.len() == 100_000 && came.iter().all(|&byte| byte == number as u8));
    }
    host.expect(WIREBIRD_EVENT_LOW_WATER);
    reaches(connection, WIREBIRD_OPTION_BYTES_SENT, u64::from(messages) * 100_000);
    assert_eq!(get(connection, WIREBIRD_OPTION_UNSENT), 0);
}

#[test]
fn small_messages_of_several_threads_all_arrive_in_the_order_of_each() {
    const THREADS: u64 = 4;
    const MESSAGES: u64 = 5_000;
    let host = Host::new();
    let (client, server) = pair(&host);
    let (client_id, server_id) = (client.id, server.id);
    let senders: Vec<_> = (0..THREADS)
        .map(|thread| {
            std::thread::spawn(move || {
                for number in 0..MESSAGES {
                    for id in [client_id, server_id] {
                        send_text(wirebird_connection_t { id }, &format!("{thread} {number}"));
                    }
                }
            })
        })
        .collect();
    let mut next = [[0; THREADS as usize]; 2];
    for _ in 0..2 * THREADS * MESSAGES {
        let came = host.expect(WIREBIRD_EVENT_TEXT);
        let (thread, number) = came.text().split_once(' ').expect("two numbers");
        let thread: usize = thread.parse().expect("a thread");
        let expected = &mut next[usize::from(came.connection == client)][thread];
        assert_eq!(number, expected.to_string());
        *expected += 1;
    }
    senders.into_iter().for_each(|thread| thread.join().expect("sent"));
}

#[test]
fn compressed_messages_go_through() {
    let host = Host::new();
    let (client, _) = pair_with(&host, |_| {}, |options| options.compression = 1);
    assert_eq!(get(client, WIREBIRD_OPTION_COMPRESSION), 1);
    for length in [10, 1_000, 500_000] {
        let message = "compress me ".repeat(length / 12);
        send_text(client, &message);
        let came = host.expect(WIREBIRD_EVENT_TEXT);
        assert!(came.text() == message);
        echo(&came);
        assert!(host.expect(WIREBIRD_EVENT_TEXT).text() == message);
    }
}

/// The bytes that a peer gets may come in any pieces.
#[test]
fn every_byte_of_a_record_may_come_alone() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let listening = listen(&host, &server(&authority.server(&["localhost"])));
    let mut stream = interop::connect(&authority, listening.port);
    stream.write_all(peers::request("").as_bytes()).expect("taken");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        answer.push(byte[0]);
    }
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    // Encrypted at once, sent byte by byte.
    let frame = [0x81, 0x85, 0, 0, 0, 0, b'H', b'e', b'l', b'l', b'o'];
    let rustls::StreamOwned { conn, sock } = &mut stream;
    conn.writer().write_all(&frame).expect("buffered");
    let mut bytes = Vec::new();
    while conn.wants_write() {
        conn.write_tls(&mut bytes).expect("encrypted");
    }
    sock.set_nodelay(true).expect("set");
    for byte in bytes {
        sock.write_all(&[byte]).expect("taken");
    }
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "Hello");
}

/// Reading makes writing necessary then: the answer to an update.
#[test]
fn keys_may_be_updated_while_both_sides_write() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let listening = listen(&host, &server(&authority.server(&["localhost"])));
    let stream = interop::connect(&authority, listening.port);
    let (mut socket, _) =
        tungstenite::client(url("localhost", listening.port), stream).expect("a handshake");
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    for round in 0..20 {
        let text = format!("round {round}");
        send_text(connection, &text);
        socket.get_mut().conn.refresh_traffic_keys().expect("refreshed");
        socket.send(tungstenite::Message::text(text.clone())).expect("sent");
        assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), text);
        assert_eq!(socket.read().expect("a message").to_text().expect("text"), text);
    }
}

#[test]
fn tcp_that_ends_without_a_word_of_tls_is_a_loss() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let listening = listen(&host, &server(&authority.server(&["localhost"])));
    let stream = interop::connect(&authority, listening.port);
    let (socket, _) =
        tungstenite::client(url("localhost", listening.port), stream).expect("a handshake");
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    let tcp = socket.get_ref().sock.try_clone().expect("the same");
    tcp.shutdown(std::net::Shutdown::Write).expect("ended");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_LOST, "{closed:?}");
    assert!(closed.message.contains("close_notify"), "{closed:?}");
}

#[test]
fn tls_that_ends_without_a_close_frame_is_a_loss() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let listening = listen(&host, &server(&authority.server(&["localhost"])));
    let stream = interop::connect(&authority, listening.port);
    let (mut socket, _) =
        tungstenite::client(url("localhost", listening.port), stream).expect("a handshake");
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    let rustls::StreamOwned { conn, sock } = socket.get_mut();
    conn.send_close_notify();
    while conn.wants_write() {
        conn.write_tls(sock).expect("sent");
    }
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_LOST, "{closed:?}");
    assert!(closed.message.contains("Close frame"), "{closed:?}");
}

#[test]
fn tcp_may_end_without_a_word_of_tls_after_the_closing_handshake() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let listening = listen(&host, &server(&authority.server(&["localhost"])));
    let stream = interop::connect(&authority, listening.port);
    let (mut socket, _) =
        tungstenite::client(url("localhost", listening.port), stream).expect("a handshake");
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    socket.close(None).expect("closing");
    socket.flush().expect("sent");
    socket.get_ref().sock.shutdown(std::net::Shutdown::Write).expect("ended");
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1005), "{closed:?}");
    // This side keeps to the rules.
    let mut rest = [0; 1024];
    loop {
        match socket.get_mut().read(&mut rest) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => panic!("no close_notify came: {error}"),
        }
    }
}

#[test]
fn bytes_that_were_changed_on_their_way_end_the_connection() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let listening = listen(&host, &server(&authority.server(&["localhost"])));
    let stream = interop::connect(&authority, listening.port);
    let (mut socket, _) =
        tungstenite::client(url("localhost", listening.port), stream).expect("a handshake");
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    let sock = &mut socket.get_mut().sock;
    sock.write_all(&[23, 3, 3, 0, 40]).expect("taken");
    sock.write_all(&[7; 40]).expect("taken");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TLS, "{closed:?}");
    assert_eq!(closed.detail, WIREBIRD_TLS_ERROR_BROKEN, "{closed:?}");
    assert_eq!(closed.value, WIREBIRD_TLS_ALERT_SENT | 20, "{closed:?}");
    let error = socket.read().expect_err("an alert");
    assert!(error.to_string().contains("BadRecordMac"), "{error}");
}

#[test]
fn connections_that_are_dropped_leave_the_others_alone() {
    let host = Host::new();
    let (sender, receiver) = mpsc::channel();
    let (client, server) = pair(&host);
    for _ in 0..5 {
        let (other, accepted) = pair(&host);
        ok(wirebird_connection_abort(other));
        sender.send(accepted).expect("sent");
        for _ in 0..2 {
            host.until(WIREBIRD_EVENT_CLOSED);
        }
    }
    drop(receiver);
    send_text(client, "still there");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).connection, server);
}

/// rustls has looked at the beginning then; whoever writes, here to say goodbye,
/// must not disturb it.
#[test]
fn a_message_of_the_handshake_may_stop_half_way() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let mut config = interop::serving(&authority.server(&["localhost"]));
    std::sync::Arc::get_mut(&mut config).expect("the only one").max_fragment_size = Some(64);
    let (url, peer) = peers::accept_raw(move |mut stream| {
        let mut server = rustls::ServerConnection::new(config).expect("a server");
        while server.is_handshaking() {
            if server.wants_write() {
                server.write_tls(&mut stream).expect("sent");
            } else {
                server.read_tls(&mut stream).expect("read");
                server.process_new_packets().expect("a handshake");
            }
        }
        let mut tickets = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut tickets).expect("tickets");
        }
        assert!(tickets.len() > 200, "in several records: {}", tickets.len());
        stream.write_all(&tickets[..120]).expect("taken");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).map(|_| server)
    });
    let url = url.replace("ws://127.0.0.1", "wss://localhost");
    let tls = client(&authority);
    host.open_with(&url, |options, _| {
        (options.tls, options.handshake_timeout_ms) = (tls.0, 500);
    });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TIMEOUT, "{closed:?}");
    drop(peer.join().expect("served"));
}
