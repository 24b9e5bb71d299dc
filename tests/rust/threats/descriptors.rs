//! A server that has no descriptors left.

use std::collections::HashMap;
use std::io::Write;
use std::net::TcpStream;

use wirebird::ffi::*;

use super::alone::{alone, descriptors, rests};
use super::raw::connected;
use crate::engine::host::*;
use crate::engine::peers::request;

const CLIENTS: usize = 200;

/// How many descriptors the server may have of its own.
const FREE: usize = 32;

#[test]
fn accepting_pauses_without_descriptors_and_goes_on_with_them() {
    alone(accepting_pauses_without_descriptors_and_goes_on_with_them, || {
        let host = Host::new();
        let server = host.listen();
        ok(wirebird_server_pause(server.handle));
        // The clients are connected as far as the system goes.
        let mut clients: HashMap<u16, TcpStream> = (0..CLIENTS)
            .map(|_| {
                let mut stream = connected(server.port);
                stream.write_all(request("").as_bytes()).expect("taken");
                (stream.local_addr().expect("an address").port(), stream)
            })
            .collect();
        limit(descriptors() + FREE);
        ok(wirebird_server_resume(server.handle));

        // The first ones stay, so that the others have to wait.
        let (mut waiting, mut failures, mut served) = (Vec::new(), 0, 0);
        while served < CLIENTS {
            let event = host.next();
            match event.kind {
                WIREBIRD_EVENT_ACCEPTED => waiting.push(event.connection),
                WIREBIRD_EVENT_ACCEPT_FAILED => {
                    assert!(event.message.contains("accepting"), "{event:?}");
                    failures += 1;
                    rests();
                }
                WIREBIRD_EVENT_CLOSED => ok(wirebird_connection_release(event.connection)),
                other => panic!("event {other}: {event:?}"),
            }
            if failures > 0 {
                for connection in waiting.drain(..) {
                    let client = clients.remove(&port_of(connection));
                    assert!(client.is_some(), "a client was served twice");
                    served += 1;
                }
            }
        }
    });
}

fn port_of(connection: wirebird_connection_t) -> u16 {
    let mut peer = wirebird_address_t::default();
    ok(unsafe { wirebird_connection_addresses(connection, std::ptr::null_mut(), &mut peer) });
    peer.port
}

/// Bounds the descriptors of this process.
fn limit(most: usize) {
    let most = most as libc::rlim_t;
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
}
