//! Names with several addresses. The processes that look them up get them from
//! a file (libnss-wrapper), so that the system's own need not be changed.

use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};
use wirebird::ffi::*;

use super::elsewhere::{is_in, way};
use super::programs::Folder;
use crate::engine::host::*;

/// A process where `birds.example` is ::1 and 127.0.0.1.
fn with_names(test: &str, way: &str) {
    let folder = Folder::new();
    let hosts = folder.write("hosts", "::1 birds.example\n127.0.0.1 birds.example\n");
    let variables = [("LD_PRELOAD", "libnss_wrapper.so"), ("NSS_WRAPPER_HOSTS", hosts.as_str())];
    is_in(test, way, &variables);
}

/// A socket of IPv6 at the port.
fn bound(port: u16) -> Option<Socket> {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None).expect("a socket");
    let address = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port));
    socket.bind(&address.into()).ok().map(|()| socket)
}

#[test]
fn a_server_of_ipv4_is_found_where_ipv6_refuses_or_stays_silent() {
    let Some(way) = way() else {
        for way in ["refuses", "silent"] {
            let test = "names::a_server_of_ipv4_is_found_where_ipv6_refuses_or_stays_silent";
            with_names(test, way);
        }
        return;
    };
    let host = Host::new();
    // The same port of the other family has to be free.
    let (server, other) = std::iter::repeat_with(|| host.listen())
        .take(20)
        .find_map(|server| Some((server.port, bound(server.port)?)))
        .expect("a port that is free in both families");
    // What is bound and does not listen refuses.
    let mut queue = Vec::new();
    if way == "silent" {
        other.listen(0).expect("listening");
        let address = other.local_addr().expect("bound");
        // Connections that nobody accepts.
        queue.extend((0..8).map(|_| {
            let socket = Socket::new(Domain::IPV6, Type::STREAM, None).expect("a socket");
            socket.set_nonblocking(true).expect("set");
            let _ = socket.connect(&address);
            socket
        }));
    }
    let connection = host.open(&format!("ws://birds.example:{server}/"));
    let events = [host.next(), host.next()];
    assert!(events.iter().any(|event| event.kind == WIREBIRD_EVENT_OPENED), "{events:?}");
    let (mut local, mut peer) = Default::default();
    ok(unsafe { wirebird_connection_addresses(connection, &mut local, &mut peer) });
    assert_eq!((peer.family, &peer.bytes[..4]), (4, &[127, 0, 0, 1][..]));
}

#[test]
fn a_name_whose_addresses_all_refuse_is_told_with_each_of_them() {
    if way().is_none() {
        let test = "names::a_name_whose_addresses_all_refuse_is_told_with_each_of_them";
        return with_names(test, "refuses");
    }
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let host = Host::new();
    host.open(&format!("ws://birds.example:{port}/"));
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CONNECTION_REFUSED, "{}", closed.message);
    for address in ["[::1]", "127.0.0.1"] {
        let named = format!("connecting to {address}:{port}");
        assert!(closed.message.contains(&named), "{}", closed.message);
    }
    // Only those of the family of the local address are tried.
    host.open_with(&format!("ws://birds.example:{port}/"), |options, _| options.local.family = 4);
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert!(!closed.message.contains("[::1]"), "{}", closed.message);
}
