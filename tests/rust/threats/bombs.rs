//! Messages that are a thousand times larger once they are inflated.

use std::io::Write;
use std::thread::spawn;

use flate2::{Compress, Compression, FlushCompress};
use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::alone::{alone, resident, rests};
use super::raw::{Raw, connected};
use crate::engine::host::*;
use crate::engine::peers::request;
use crate::protocol::support::*;

const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
const MIB: usize = 1 << 20;

/// A MiB of zeros in about a KiB, which may stand behind each other.
fn block() -> Vec<u8> {
    let mut block = Vec::with_capacity(MIB);
    let mut stream = Compress::new(Compression::best(), false);
    stream.compress_vec(&vec![0; MIB], &mut block, FlushCompress::Full).expect("deflated");
    assert!(block.len() < MIB / 900, "{} bytes", block.len());
    block
}

/// A message of so many MiB, as the payload of one frame.
fn bomb(mib: usize) -> Vec<u8> {
    let mut bomb = block().repeat(mib);
    // What the receiver adds to each message.
    bomb.truncate(bomb.len() - 4);
    bomb
}

/// A server that agrees on compression, and a client of it.
fn inflating(
    host: &Host,
    change: impl FnOnce(&mut wirebird_connection_options_t),
) -> (wirebird_connection_t, Raw) {
    let server = host.listen_with(|_, connection| {
        connection.compression = 1;
        change(connection);
    });
    let (peer, head) = Raw::client_with(server.port, OFFER);
    assert!(head.iter().any(|line| line.contains("permessage-deflate")), "{head:?}");
    (host.expect(WIREBIRD_EVENT_ACCEPTED).connection, peer)
}

/// Sends frames, which may go on after the receiver gave up.
fn explodes(host: &Host, frames: &[u8], what: &str) {
    let (connection, mut peer) = inflating(host, |_| {});
    let before = resident();
    peer.send(frames);
    let closing = host.next();
    assert_eq!((closing.kind, closing.close_code), (WIREBIRD_EVENT_CLOSING, 1009), "{what}");
    assert!(closing.message.contains("max_message_size (1048576 bytes)"), "{closing:?}");
    assert_eq!(peer.close_code(what), 1009, "{what}");
    let grown = resident().saturating_sub(before);
    assert!(grown < 8 * MIB, "{what}: {grown} bytes");
    drop(peer);
    host.expect(WIREBIRD_EVENT_CLOSED);
    ok(wirebird_connection_release(connection));
}

#[test]
fn inflating_stops_at_the_message_limit() {
    alone(inflating_stops_at_the_message_limit, || {
        let host = Host::new();
        let (block, bomb) = (block(), bomb(1000));
        let framed = |first, payload: &[u8]| frame(Role::Client, first, payload);
        for kind in [TEXT, BINARY] {
            explodes(&host, &framed(FIN | RSV1 | kind, &bomb), "in one frame");
            let first = framed(RSV1 | kind, &block);
            let fragments = [first, framed(CONTINUATION, &block).repeat(999)].concat();
            explodes(&host, &fragments, "in a thousand fragments");
            // The rest of it never comes.
            let mut begun = header(Role::Client, FIN | RSV1 | kind, bomb.len() as u64);
            let start = framed(FIN | RSV1 | kind, &bomb[..3000]);
            begun.extend(&start[start.len() - 3000..]);
            explodes(&host, &begun, "in a frame that is still arriving");
            // What is exactly as large as the limit arrives.
            let whole = framed(FIN | RSV1 | kind, &self::bomb(1));
            let (connection, mut peer) = inflating(&host, |_| {});
            peer.send(&whole);
            assert_eq!(host.next().data.len(), MIB);
            ok(wirebird_connection_abort(connection));
            host.expect(WIREBIRD_EVENT_CLOSED);
        }
    });
}

/// Every message is as large as it may be, and a thousand of them are on their
/// way in as many KiB.
#[test]
fn messages_at_the_limit_wait_deflated_while_the_host_sleeps() {
    alone(messages_at_the_limit_wait_deflated_while_the_host_sleeps, || {
        let host = Host::new();
        let (_connection, mut peer) = inflating(&host, |_| {});
        let before = resident();
        let message = frame(Role::Client, FIN | RSV1 | BINARY, &bomb(1));
        let sender = spawn(move || {
            peer.send(&message.repeat(64));
            peer
        });
        rests();
        let grown = resident().saturating_sub(before);
        assert!(grown < 16 * MIB, "{grown} bytes wait for the host");
        for _ in 0..64 {
            assert_eq!(host.next().data.len(), MIB);
        }
        drop(sender.join().expect("all was sent"));
    });
}

/// A message without a limit is inflated no faster than the host takes it.
#[test]
fn a_bomb_in_pieces_waits_deflated_while_the_host_sleeps() {
    alone(a_bomb_in_pieces_waits_deflated_while_the_host_sleeps, || {
        let host = Host::new();
        let (connection, mut peer) = inflating(&host, |connection| {
            connection.want = WIREBIRD_WANT_STREAM;
            connection.max_message_size = i64::MAX as u64;
        });
        let before = resident();
        let bomb = frame(Role::Client, FIN | RSV1 | BINARY, &bomb(64));
        let sender = spawn(move || {
            peer.send(&bomb);
            peer
        });
        rests();
        let grown = resident().saturating_sub(before);
        assert!(grown < 16 * MIB, "{grown} bytes wait for the host");
        let mut arrived = 0;
        while arrived < 64 * MIB {
            arrived += host.expect(WIREBIRD_EVENT_BINARY_FRAME).data.len();
        }
        assert_eq!(arrived, 64 * MIB);
        ok(wirebird_connection_abort(connection));
        drop(sender.join().expect("all was sent"));
    });
}

/// Before the host has said who may come in, nothing is inflated.
#[test]
fn a_bomb_behind_a_request_waits_for_the_hosts_decision() {
    alone(a_bomb_behind_a_request_waits_for_the_hosts_decision, || {
        let host = Host::new();
        let server = host.listen_with(|options, connection| {
            options.accept = WIREBIRD_ACCEPT_ASK;
            connection.compression = 1;
        });
        let before = resident();
        let mut stream = connected(server.port);
        let bomb = frame(Role::Client, FIN | RSV1 | BINARY, &bomb(1000));
        let sender = spawn(move || {
            stream.write_all(request(OFFER).as_bytes()).expect("taken");
            stream.write_all(&bomb).expect("taken in the end");
            stream
        });
        let asked = host.expect(WIREBIRD_EVENT_REQUEST);
        rests();
        let grown = resident().saturating_sub(before);
        assert!(grown < 8 * MIB, "{grown} bytes before the decision");
        ok(unsafe { wirebird_connection_accept(asked.connection, std::ptr::null()) });
        host.expect(WIREBIRD_EVENT_OPENED);
        assert_eq!(host.expect(WIREBIRD_EVENT_CLOSING).close_code, 1009);
        drop(sender.join().expect("the server reads to the end"));
        host.expect(WIREBIRD_EVENT_CLOSED);
    });
}
