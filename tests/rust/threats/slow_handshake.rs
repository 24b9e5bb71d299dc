//! Peers that take their time with the opening handshake, and a good one that
//! wants to get in meanwhile.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};
use wirebird::ffi::*;

use super::raw::Raw;
use crate::engine::host::*;
use crate::engine::peers::{patience, request};
use crate::protocol::support::*;

const PEERS: usize = 500;

/// A TCP connection from 127.0.`c`.`d`: on Linux all of 127/8 is this machine.
fn connected_from(c: u8, d: u8, port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, c, d), 0)).into()).expect("an address");
    socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into()).expect("connected");
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(patience()).expect("a timeout");
    stream
}

/// Every peer sends a byte again and again, which keeps nobody in.
#[test]
fn slow_peers_are_dropped_at_the_timeout() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.handshake_timeout_ms = 500);
    let mut peers: Vec<TcpStream> = (0..PEERS)
        .map(|number| {
            connected_from(1 + (number / 200) as u8, 1 + (number % 200) as u8, server.port)
        })
        .collect();
    for peer in &mut peers {
        peer.set_nonblocking(true).expect("set");
    }
    let dropping = std::thread::spawn(move || {
        let request = request("");
        for byte in request.as_bytes().iter().cycle() {
            peers.retain_mut(|peer| peer.write_all(&[*byte]).is_ok() && !has_ended(peer));
            if peers.is_empty() {
                return;
            }
            // The peers' pace, not a synchronisation.
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
    });
    let mut late = 0;
    while late < PEERS {
        let failed = host.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert_eq!(failed.status, WIREBIRD_ERROR_TIMEOUT, "{failed:?}");
        assert!(failed.message.contains("handshake_timeout"), "{failed:?}");
        late += 1;
    }
    dropping.join().expect("all were dropped");
    drop(Raw::client(server.port));
}

/// The handshakes of one address are bounded, so that its slow peers leave room
/// for others. They are not dropped before the end of this test.
#[test]
fn a_good_client_gets_in_past_slow_peers_of_another_address() {
    let host = Host::new();
    let server = host.listen_with(|options, _| options.handshake_timeout_ms = 300_000);
    let mut slow: Vec<_> = (0..PEERS).map(|_| connected_from(1, 1, server.port)).collect();
    for peer in &mut slow {
        // Those who are too many may be gone already.
        let _ = peer.write_all(b"GET /chat HTTP/1.1\r\nHost: exa");
    }
    let mut good = Raw::client(server.port);
    let accepted = host.until(WIREBIRD_EVENT_ACCEPTED);
    good.send(&frame(good.role, FIN | TEXT, b"in"));
    assert_eq!(host.until(WIREBIRD_EVENT_TEXT).connection, accepted.connection);
    drop(slow);
}

/// Whether the server has ended TCP, with an answer or without.
fn has_ended(peer: &mut TcpStream) -> bool {
    let mut answer = Vec::new();
    match peer.read_to_end(&mut answer) {
        Ok(_) => true,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}
