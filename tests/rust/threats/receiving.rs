//! A host that sleeps while its peers send.

use std::io::Write;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::spawn;

use socket2::SockRef;
use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::alone::{alone, resident, rests};
use super::raw::Raw;
use crate::engine::host::*;
use crate::protocol::support::*;

/// The system's buffers for one direction of a connection.
const SYSTEM_BUFFER: usize = 64 * 1024;

/// Peers send what `messages` says while the host sleeps; what waits then is
/// bounded, and nothing is lost once it wakes up.
fn sleep_through(peers: usize, messages: usize, size: usize) {
    let host = Host::new();
    let sent = Arc::new(AtomicUsize::new(0));
    let block = frame(Role::Client, FIN | BINARY, &vec![b'x'; size]);
    let per_block = (64 * 1024 / block.len()).max(1);
    let block = block.repeat(per_block);
    let server = host.listen();
    keep_small(server.handle);
    let before = resident();
    let senders: Vec<_> = (0..peers)
        .map(|_| Raw::client(server.port))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|mut peer| {
            SockRef::from(&peer.stream).set_send_buffer_size(SYSTEM_BUFFER).expect("set");
            host.expect(WIREBIRD_EVENT_ACCEPTED);
            let (sent, block) = (sent.clone(), block.clone());
            spawn(move || {
                for _ in 0..messages / per_block {
                    peer.stream.write_all(&block).expect("taken in the end");
                    sent.fetch_add(per_block, SeqCst);
                }
                peer
            })
        })
        .collect();
    // Nobody works any more: all are stuck, or have sent everything.
    rests();
    let (seen, all) = (sent.load(SeqCst), peers * (messages / per_block) * per_block);
    assert!(seen < all, "the peers could send all of {all} messages");
    let grown = resident().saturating_sub(before);
    assert!(grown < 24 << 20, "{grown} bytes wait for the host");
    for number in 0..all {
        let event = host.next();
        assert_eq!((event.kind, event.data.len()), (WIREBIRD_EVENT_BINARY, size), "{number}");
    }
    for sender in senders {
        drop(sender.join().expect("all was sent"));
    }
    for _ in 0..peers {
        host.expect(WIREBIRD_EVENT_CLOSED);
    }
}

/// Bounds what the system takes in for the server.
fn keep_small(server: wirebird_server_t) {
    let mut descriptor = 0;
    ok(unsafe { wirebird_server_descriptor(server, &mut descriptor) });
    let descriptor = unsafe { BorrowedFd::borrow_raw(descriptor as i32) };
    SockRef::from(&descriptor).set_recv_buffer_size(SYSTEM_BUFFER).expect("set");
}

#[test]
fn large_messages_to_a_sleeping_host_wait_at_the_peer() {
    alone(large_messages_to_a_sleeping_host_wait_at_the_peer, || sleep_through(1, 500, 64 * 1024));
}

/// What a message costs besides its bytes is bounded, too.
#[test]
fn empty_messages_to_a_sleeping_host_wait_at_the_peer() {
    alone(empty_messages_to_a_sleeping_host_wait_at_the_peer, || sleep_through(1, 500_000, 0));
}

/// The mark is the queue's: more peers don't get more of it.
#[test]
fn many_peers_of_a_sleeping_host_wait_together() {
    alone(many_peers_of_a_sleeping_host_wait_together, || sleep_through(10, 500, 8192));
}
