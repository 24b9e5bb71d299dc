//! A peer that pings and never reads what it is answered.

use socket2::SockRef;
use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::alone::{alone, resident, rests};
use super::raw;
use crate::engine::host::*;
use crate::protocol::support::*;

const PINGS: u32 = 1_000_000;

#[test]
fn a_million_pings_leave_a_few_pongs_and_no_work() {
    alone(a_million_pings_leave_a_few_pongs_and_no_work, || {
        let host = Host::new();
        let (connection, mut peer) = raw::open(&host, Role::Server, |_| {});
        SockRef::from(&peer.stream).set_recv_buffer_size(64 * 1024).expect("set");
        let before = resident();
        // As many frames as a peer of its own would send in one write.
        for block in 0..PINGS / 1000 {
            let numbers = block * 1000..(block + 1) * 1000;
            let ping = |number: u32| frame(Role::Client, FIN | PING, &number.to_be_bytes());
            peer.send(&numbers.flat_map(ping).collect::<Vec<_>>());
        }
        peer.send(&frame(Role::Client, FIN | TEXT, b"all read"));
        assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "all read");
        let grown = resident().saturating_sub(before);
        assert!(grown < 4 << 20, "{grown} bytes for {PINGS} Pings");
        let unsent = get(connection, WIREBIRD_OPTION_UNSENT);
        assert!(unsent < 20 * 1024, "{unsent} bytes wait");
        rests();
        // The newest Ping is the one that is answered in the end.
        let newest = (FIN | PONG, (PINGS - 1).to_be_bytes().to_vec());
        while let Some(pong) = peer.next() {
            if pong == newest {
                return;
            }
        }
        panic!("the newest Ping has no Pong");
    });
}

#[test]
fn pongs_are_not_answered() {
    let host = Host::new();
    let (_, mut peer) = raw::open(&host, Role::Server, |_| {});
    for number in 0..1000u32 {
        peer.send(&frame(Role::Client, FIN | PONG, &number.to_be_bytes()));
    }
    peer.send(&frame(Role::Client, FIN | PING, b"and now"));
    assert_eq!(peer.next(), Some((FIN | PONG, b"and now".to_vec())));
}
