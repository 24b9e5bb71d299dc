//! Messages in very many frames.

use wirebird::ffi::*;
use wirebird::protocol::Role;

use super::raw;
use crate::engine::host::*;
use crate::protocol::support::*;

const MANY: usize = 1_000_000;

/// A million frames of one message, of which the last says so.
fn fragments(payload: &[u8]) -> Vec<u8> {
    let continuation = frame(Role::Client, CONTINUATION, payload);
    let mut frames = frame(Role::Client, BINARY, payload);
    for _ in 2..MANY {
        frames.extend_from_slice(&continuation);
    }
    frames.extend(frame(Role::Client, FIN, payload));
    frames
}

/// Sends a message to a server that closes before its end; the code.
fn closed_in_the_middle(
    message: &[u8],
    change: impl FnOnce(&mut wirebird_connection_options_t),
) -> (u16, String) {
    let host = Host::new();
    let (_, mut peer) = raw::open(&host, Role::Server, change);
    peer.send(message);
    // Nothing else gets to the host.
    let closing = host.expect(WIREBIRD_EVENT_CLOSING);
    let code = peer.close_code("too many fragments");
    assert_eq!(closing.close_code, code);
    drop(peer);
    host.expect(WIREBIRD_EVENT_CLOSED);
    (code, closing.message)
}

#[test]
fn a_million_fragments_are_too_many() {
    for payload in [&b""[..], b"x"] {
        let (code, message) = closed_in_the_middle(&fragments(payload), |_| {});
        assert_eq!(code, 1008, "{message}");
        assert!(message.contains("max_fragments (131072)"), "{message}");
    }
}

#[test]
fn a_message_that_never_ends_stops_at_its_size() {
    let mut endless = fragments(b"x");
    endless.truncate(endless.len() - frame(Role::Client, FIN, b"x").len());
    let (code, message) = closed_in_the_middle(&endless, |connection| {
        connection.max_fragments = i64::MAX as u64;
        connection.max_message_size = 100_000;
    });
    assert_eq!(code, 1009, "{message}");
    assert!(message.contains("max_message_size (100000 bytes)"), "{message}");
}

/// As many copies as the message has bytes, times a small number, are made
/// while it grows.
#[test]
fn a_million_fragments_cost_linear_work_where_they_are_allowed() {
    use std::ffi::c_void;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    static COPIED: AtomicUsize = AtomicUsize::new(0);

    unsafe extern "C" fn create(_: *mut c_void, _: u32, length: usize) -> *mut c_void {
        Box::into_raw(Box::new(vec![0u8; length])).cast()
    }
    unsafe extern "C" fn data(object: *mut c_void, _: u32) -> *mut c_void {
        unsafe { &mut *object.cast::<Vec<u8>>() }.as_mut_ptr().cast()
    }
    unsafe extern "C" fn resize(object: *mut c_void, _: u32, length: usize) -> bool {
        let object = unsafe { &mut *object.cast::<Vec<u8>>() };
        COPIED.fetch_add(object.len().min(length), SeqCst);
        object.resize(length, 0);
        true
    }
    unsafe extern "C" fn destroy(object: *mut c_void, _: u32) {
        drop(unsafe { Box::from_raw(object.cast::<Vec<u8>>()) });
    }

    let host = Host::with(|options| {
        options.storage.create = Some(create);
        options.storage.data = Some(data);
        options.storage.resize = Some(resize);
        options.storage.destroy = Some(destroy);
    });
    let (_, mut peer) = raw::open(&host, Role::Server, |connection| {
        connection.max_fragments = i64::MAX as u64;
    });
    let sender = std::thread::spawn(move || {
        peer.send(&fragments(b"x"));
        peer
    });
    ok(wirebird_queue_wait(host.queue, PATIENCE_MS));
    let mut event = unsafe { std::mem::zeroed::<wirebird_event_t>() };
    ok(unsafe { wirebird_queue_next(host.queue, &mut event) });
    assert_eq!((event.kind, event.length), (WIREBIRD_EVENT_BINARY, MANY));
    unsafe { destroy(event.storage, event.payload) };
    let copied = COPIED.load(SeqCst);
    assert!(copied < 10 * MANY, "{copied} bytes copied for a message of {MANY}");
    drop(sender.join().expect("all is sent"));
}
