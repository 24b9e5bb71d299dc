//! What comes to a port for TLS that should not, and takes its time.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};
use tokio_rustls::rustls;
use wirebird::ffi::*;

use super::certificates::Authority;
use super::fixture::*;
use super::interop;
use crate::engine::host::*;
use crate::engine::peers::{self, connect_raw, request};

#[test]
fn plain_http_gets_an_alert_and_the_host_the_reason() {
    let host = Host::new();
    let listening = listen(&host, &server(&Authority::new("Root").server(&["localhost"])));
    let mut stream = connect_raw(listening.port);
    stream.write_all(request("").as_bytes()).expect("taken");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(matches!(answer[..], [21, 3, _, 0, 2, 2, _]), "an alert and no more: {answer:?}");
    let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!(failed.status, WIREBIRD_ERROR_TLS, "{failed:?}");
    assert_eq!(failed.detail, WIREBIRD_TLS_ERROR_NOT_TLS, "{failed:?}");
    assert_eq!(failed.value, WIREBIRD_TLS_ALERT_SENT | u64::from(answer[6]), "{failed:?}");
    assert!(failed.message.contains("wss://"), "{failed:?}");
}

#[test]
fn a_server_without_tls_is_told_from_one_with() {
    let (host, known) = (Host::new(), Authority::new("Root"));
    let listening = host.listen();
    open(&host, "localhost", listening.port, &client(&known));
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.detail, WIREBIRD_TLS_ERROR_NOT_TLS, "{closed:?}");
    assert!(closed.message.contains("ws://"), "{closed:?}");
}

#[test]
fn garbage_ends_its_own_handshake_and_nothing_else() {
    let (host, known) = (Host::new(), Authority::new("Root"));
    let listening = listen(&host, &server(&known.server(&["localhost"])));
    open(&host, "localhost", listening.port, &client(&known));
    let good = both_open(&host);
    let hello = {
        let (mut client, mut bytes) = (
            rustls::ClientConnection::new(
                interop::trusting(&known),
                "localhost".try_into().expect("a name"),
            )
            .expect("a client"),
            Vec::new(),
        );
        client.write_tls(&mut bytes).expect("a ClientHello");
        bytes
    };
    let mut broken = hello.clone();
    broken.truncate(hello.len() / 2);
    let mut flipped = hello.clone();
    flipped[43] ^= 0xFF;
    flipped[44..80].fill(0xFF);
    let long = [&[22, 3, 1, 0xFF, 0xFF][..], &[1; 70_000]].concat();
    for bytes in [&[0xFF; 4096][..], &broken, &flipped, &long, &[22, 3, 1, 0, 0], b"\0"] {
        let mut stream = connect_raw(listening.port);
        // The server may have ended it before it has taken everything.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert!(failed.status < 0, "{failed:?}");
    }
    send_text(good, "still there");
    assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "still there");
}

#[test]
fn who_connects_and_leaves_is_no_failure() {
    let (host, known) = (Host::new(), Authority::new("Root"));
    let listening = listen(&host, &server(&known.server(&["localhost"])));
    for _ in 0..10 {
        drop(connect_raw(listening.port));
    }
    open(&host, "localhost", listening.port, &client(&known));
    both_open(&host);
}

const PEERS: usize = 500;

/// A TCP connection from 127.0.`c`.`d`: on Linux all of 127/8 is this machine.
fn connected_from(c: u8, d: u8, port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, c, d), 0)).into()).expect("an address");
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).expect("connected");
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(peers::patience()).expect("a timeout");
    stream
}

#[cfg(target_os = "linux")]
#[test]
fn slow_tls_handshakes_are_dropped_at_the_timeout() {
    let (host, known) = (Host::new(), Authority::new("Root"));
    let tls = server(&known.server(&["localhost"]));
    let listening = host.listen_with(|options, _| {
        options.tls = tls.0;
        options.handshake_timeout_ms = 500;
    });
    let from = |number: usize| (1 + (number / 200) as u8, 1 + (number % 200) as u8);
    let mut peers: Vec<_> =
        (0..PEERS).map(from).map(|(c, d)| connected_from(c, d, listening.port)).collect();
    peers.iter_mut().for_each(|peer| peer.set_nonblocking(true).expect("set"));
    let dropping = std::thread::spawn(move || {
        // A ClientHello of 512 bytes that never ends.
        for byte in [22, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3].iter().chain(std::iter::repeat(&0)) {
            peers.retain_mut(|peer| peer.write_all(&[*byte]).is_ok() && !has_ended(peer));
            if peers.is_empty() {
                return;
            }
            // The peers' pace, not a synchronisation.
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
    });
    for _ in 0..PEERS {
        let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert_eq!(failed.status, WIREBIRD_ERROR_TIMEOUT, "{failed:?}");
        assert!(failed.message.contains("handshake_timeout"), "{failed:?}");
    }
    dropping.join().expect("all were dropped");
}

fn has_ended(peer: &mut TcpStream) -> bool {
    match peer.read(&mut [0; 64]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_good_client_gets_in_past_slow_tls_handshakes_of_another_address() {
    let (host, known) = (Host::new(), Authority::new("Root"));
    let tls = server(&known.server(&["localhost"]));
    let listening = host.listen_with(|options, _| {
        options.tls = tls.0;
        options.handshake_timeout_ms = 300_000;
    });
    let mut slow: Vec<_> = (0..PEERS).map(|_| connected_from(1, 1, listening.port)).collect();
    for peer in &mut slow {
        // Those who are too many may be gone already.
        let _ = peer.write_all(&[22, 3, 1, 2, 0, 1]);
    }
    let client = open(&host, "localhost", listening.port, &client(&known));
    let accepted = host.until(WIREBIRD_EVENT_OPENED);
    assert_eq!(accepted.connection, client);
    drop(slow);
}

#[test]
fn a_server_that_does_not_answer_the_hello_fails_at_the_timeout() {
    let (host, known) = (Host::new(), Authority::new("Root"));
    let (url, peer) = peers::accept_raw(|mut stream| {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).map(|_| bytes)
    });
    let url = url.replace("ws://127.0.0.1", "wss://localhost");
    let tls = client(&known);
    host.open_with(&url, |options, _| {
        (options.tls, options.handshake_timeout_ms) = (tls.0, 300);
    });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TIMEOUT, "{closed:?}");
    let sent = peer.join().expect("served").unwrap_or_default();
    assert!(!sent.windows(3).any(|part| part == b"GET"), "no request in the clear");
}
