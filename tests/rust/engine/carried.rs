//! Connections over sockets of the host's, who carries the bytes, against peers
//! at the other end of TCP.

use std::io::{Read, Write};
use std::net::TcpStream;

use tokio_tungstenite::tungstenite::{Message, WebSocket};
use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::carrying;
use super::host::*;
use super::peers;
use crate::protocol::support::{BINARY, FIN, frame, header};

/// An open connection of ours in `role`, and what the peer makes of its end.
fn open<T: Send + 'static>(
    host: &Host,
    role: Role,
    peer: impl FnOnce(WebSocket<TcpStream>) -> T + Send + 'static,
) -> (wirebird_connection_t, std::thread::JoinHandle<T>) {
    match role {
        Role::Client => {
            let (url, serving) = peers::serve(peer);
            let connection = carrying::open_with(host, &url, |_, _| {});
            host.expect(WIREBIRD_EVENT_OPENED);
            (connection, serving)
        }
        Role::Server => {
            let server = without_socket(host, |_, connection| {
                connection.max_message_size = 64 << 20;
            });
            let port = carrying::listen(server);
            let client = std::thread::spawn(move || {
                peer(peers::connect(&format!("ws://127.0.0.1:{port}/"), port))
            });
            (host.expect(WIREBIRD_EVENT_ACCEPTED).connection, client)
        }
    }
}

fn without_socket(
    host: &Host,
    change: impl FnOnce(&mut wirebird_server_options_t, &mut wirebird_connection_options_t),
) -> wirebird_server_t {
    let server = host.listen_with(|options, connection| {
        options.descriptor = WIREBIRD_NO_SOCKET;
        change(options, connection);
    });
    server.handle
}

/// Sends back what comes until the end of TCP.
fn echo_all(mut socket: WebSocket<TcpStream>) {
    while let Ok(message) = socket.read() {
        if message.is_text() || message.is_binary() {
            socket.send(message).expect("taken");
        }
    }
}

/// The last event, after which there is nothing.
fn ended(host: &Host) -> Happened {
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.close_code, 1006, "{closed:?}");
    closed
}

#[test]
fn messages_of_all_sizes_pass_in_both_roles() {
    for role in [Role::Client, Role::Server] {
        let host = Host::new();
        let (connection, peer) = open(&host, role, echo_all);
        for size in [0, 10, 65_535, 65_536, 1 << 20, 8 << 20] {
            let message: Vec<u8> = (0..size).map(|place| (place % 251) as u8).collect();
            send_binary(connection, &message);
            let echoed = host.expect(WIREBIRD_EVENT_BINARY);
            assert!(echoed.data == message, "{role:?}: {size} bytes became {}", echoed.data.len());
        }
        for number in 0..2000 {
            send_text(connection, &format!("number {number}"));
        }
        for number in 0..2000 {
            assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), format!("number {number}"));
        }
        close(connection, 1000, "done");
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1000), "{role:?}: {closed:?}");
        peer.join().expect("the peer is content");
    }
}

#[test]
fn an_abort_resets_the_hosts_socket() {
    for role in [Role::Client, Role::Server] {
        let host = Host::new();
        let (connection, peer) = open(&host, role, |mut socket| {
            socket.send(Message::text("open")).expect("sent");
            let mut byte = [0];
            socket.get_mut().read(&mut byte).expect_err("a reset").kind()
        });
        host.expect(WIREBIRD_EVENT_TEXT);
        ok(wirebird_connection_abort(connection));
        assert_eq!(ended(&host).status, WIREBIRD_ERROR_STATE, "{role:?}");
        let kind = peer.join().expect("the peer is content");
        assert_eq!(kind, std::io::ErrorKind::ConnectionReset, "{role:?}");
    }
}

#[test]
fn an_abort_does_not_wait_for_a_peer_that_does_not_read() {
    let host = Host::new();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let (connection, peer) = open(&host, Role::Client, move |mut socket| {
        let _ = gone.recv();
        let mut all = Vec::new();
        let _ = socket.get_mut().read_to_end(&mut all);
        all.len()
    });
    send_binary(connection, &vec![1; 32 << 20]);
    ok(wirebird_connection_abort(connection));
    assert_eq!(ended(&host).status, WIREBIRD_ERROR_STATE);
    go.send(()).expect("the peer waits");
    let came = peer.join().expect("the peer is content");
    assert!(came < 32 << 20, "all {came} bytes came");
}

#[test]
fn the_peer_ends_tcp_in_the_middle_of_a_message() {
    for role in [Role::Client, Role::Server] {
        let host = Host::new();
        let (_, peer) = open(&host, role, move |mut socket| {
            let sender = if role == Role::Client { Role::Server } else { Role::Client };
            let stream = socket.get_mut();
            stream.write_all(&frame(sender, FIN | BINARY, b"whole")).expect("sent");
            stream.write_all(&header(sender, FIN | BINARY, 1000)).expect("sent");
        });
        assert_eq!(host.expect(WIREBIRD_EVENT_BINARY).data, b"whole");
        let closed = ended(&host);
        assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_LOST, "{role:?}: {closed:?}");
        peer.join().expect("the peer is content");
    }
}

#[test]
fn a_peer_that_does_not_read_holds_the_sender_up() {
    let host = Host::new();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let (connection, peer) = open(&host, Role::Server, move |mut socket| {
        let _ = gone.recv();
        let mut bytes = 0;
        while let Ok(message) = socket.read() {
            bytes += if let Message::Binary(data) = message { data.len() } else { 0 };
        }
        bytes
    });
    let message = vec![7; 1 << 20];
    let mut sent = 0;
    loop {
        let data = message.as_ptr().cast();
        match unsafe { wirebird_connection_send_binary(connection, data, message.len()) } {
            WIREBIRD_OK => sent += message.len(),
            WIREBIRD_ERROR_LIMIT => break,
            status => panic!("{status}: {}", last_error()),
        }
        assert!(sent < 200 << 20, "nothing bounds what is unsent");
    }
    host.expect(WIREBIRD_EVENT_HIGH_WATER);
    go.send(()).expect("the peer waits");
    host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(peer.join().expect("the peer is content"), sent);
}

#[test]
fn a_host_that_does_not_take_its_events_holds_the_peer_up_and_loses_nothing() {
    const COUNT: usize = 8 * 1024;
    let host = Host::new();
    let (_, peer) = open(&host, Role::Client, |mut socket| {
        for number in 0..COUNT {
            let mut message = vec![b'x'; 4096];
            message[..8].copy_from_slice(&(number as u64).to_le_bytes());
            socket.send(Message::binary(message)).expect("sent in time");
        }
        while socket.read().is_ok() {}
    });
    for number in 0..COUNT {
        let message = host.expect(WIREBIRD_EVENT_BINARY);
        assert_eq!(message.data.len(), 4096);
        assert_eq!(message.data[..8], (number as u64).to_le_bytes());
    }
    drop(host);
    drop(peer);
}

#[test]
fn a_host_accepts_and_the_request_tells_its_addresses() {
    let host = Host::new();
    let server = without_socket(&host, |options, _| options.accept = WIREBIRD_ACCEPT_ASK);
    let port = carrying::listen(server);
    let mut peer = peers::connect_raw(port);
    peer.write_all(peers::request("X-Own: 1\r\n").as_bytes()).expect("sent");
    let request = host.expect(WIREBIRD_EVENT_REQUEST);
    assert_eq!(request.server, server);
    let (mut local, mut remote) = Default::default();
    ok(unsafe { wirebird_connection_addresses(request.connection, &mut local, &mut remote) });
    let own = carrying::to_c(peer.local_addr().expect("an address"));
    assert_eq!((local.family, local.port), (4, port));
    assert_eq!((remote.family, remote.port, remote.bytes), (4, own.port, own.bytes));
    ok(unsafe { wirebird_connection_accept(request.connection, std::ptr::null()) });
    host.expect(WIREBIRD_EVENT_OPENED);
    send_text(request.connection, "in");
    let mut peer = std::io::BufReader::new(peer);
    assert!(peers::read_head(&mut peer)[0].starts_with("HTTP/1.1 101 "));
    let mut frame = [0; 4];
    peer.read_exact(&mut frame).expect("a frame");
    assert_eq!(&frame, b"\x81\x02in");
}
