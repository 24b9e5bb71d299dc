//! Lengths that are only declared take no memory.

use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use wirebird::ffi::*;

use super::alone::{alone, resident};
use super::raw::Raw;
use crate::engine::host::*;
use crate::protocol::support::*;

const CONNECTIONS: usize = 1000;

/// What a connection may take whose peer has sent a few bytes.
const EACH: usize = 40 * 1024;

/// Opens connections that declare 2^31 and 2^40 bytes and send a few of them;
/// how much memory that took.
fn declare(host: &Host) -> usize {
    let server = host.listen_with(|options, connection| {
        connection.max_message_size = i64::MAX as u64;
        options.max_connections = 2 * CONNECTIONS as u32;
    });
    // The first ones start the engine and fill its caches.
    let mut peers: Vec<Raw> = (0..10).map(|_| declaring(host, server.port, 0)).collect();
    let before = resident();
    peers.extend((0..CONNECTIONS).map(|number| declaring(host, server.port, number)));
    let grown = resident().saturating_sub(before);
    drop(peers);
    let mut closed = 0;
    while closed < CONNECTIONS + 10 {
        let event = host.until(WIREBIRD_EVENT_CLOSED);
        assert_eq!(event.status, WIREBIRD_ERROR_CONNECTION_LOST, "{event:?}");
        ok(wirebird_connection_release(event.connection));
        closed += 1;
    }
    grown
}

fn declaring(host: &Host, port: u16, number: usize) -> Raw {
    let mut peer = Raw::client(port);
    let length = [1 << 31, 1 << 40][number % 2];
    let first = [FIN | BINARY, FIN | TEXT, BINARY, TEXT][number / 2 % 4];
    let mut frames = frame(peer.role, FIN | TEXT, b"all of this is read at once");
    frames.extend(header(peer.role, first, length));
    // 'x' in all, once it is unmasked.
    let begun = frame(peer.role, first, &[b'x'; 16]);
    frames.extend(&begun[begun.len() - 16..][..number % 16]);
    peer.send(&frames);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    host.expect(WIREBIRD_EVENT_TEXT);
    peer
}

#[test]
fn declared_lengths_take_no_memory_of_the_librarys() {
    alone(declared_lengths_take_no_memory_of_the_librarys, || {
        let grown = declare(&Host::new());
        assert!(grown < CONNECTIONS * EACH, "{grown} bytes for {CONNECTIONS} connections");
    });
}

/// What a host was asked for, in bytes.
static ASKED_FOR: AtomicUsize = AtomicUsize::new(0);

type Object = Vec<u16>;

unsafe extern "C" fn create(_: *mut c_void, payload: u32, length: usize) -> *mut c_void {
    let mut object = Box::new(Object::new());
    grow(&mut object, payload, length);
    Box::into_raw(object).cast()
}

unsafe extern "C" fn data(object: *mut c_void, _: u32) -> *mut c_void {
    unsafe { &mut *object.cast::<Object>() }.as_mut_ptr().cast()
}

unsafe extern "C" fn resize(object: *mut c_void, payload: u32, length: usize) -> bool {
    grow(unsafe { &mut *object.cast() }, payload, length);
    true
}

unsafe extern "C" fn destroy(object: *mut c_void, _: u32) {
    drop(unsafe { Box::from_raw(object.cast::<Object>()) });
}

fn grow(object: &mut Object, payload: u32, length: usize) {
    let units = if payload == WIREBIRD_PAYLOAD_UTF16 { length } else { length.div_ceil(2) };
    ASKED_FOR.fetch_add(2 * units.saturating_sub(object.len()), SeqCst);
    object.resize(units, 0);
}

#[test]
fn declared_lengths_take_no_memory_of_the_hosts() {
    alone(declared_lengths_take_no_memory_of_the_hosts, || {
        let host = Host::with(|options| {
            options.text = WIREBIRD_PAYLOAD_UTF16;
            options.storage.create = Some(create);
            options.storage.data = Some(data);
            options.storage.resize = Some(resize);
            options.storage.destroy = Some(destroy);
        });
        declare(&host);
        // Units of UTF-16 are twice as large as the bytes that they came in.
        let asked = ASKED_FOR.load(SeqCst);
        assert!(asked < CONNECTIONS * 2 * EACH, "{asked} bytes for {CONNECTIONS} connections");
    });
}
