//! Sending. All of these may be called from any thread, and none waits.

use std::ffi::{c_char, c_void};
use std::slice;
use std::sync::Arc;

use super::arguments;
use super::event::WIREBIRD_FRAME_LAST;
use super::guard::{Fault, guard, with_connection};
use super::status::*;
use super::types::*;
use crate::connection::{Connection, Message, Payload, SendError, SharedKind};
use crate::protocol::Flush;

/// Sends a text message of `length` bytes of UTF-8, which are copied.
///
/// Errors: WIREBIRD_ERROR_STATE if the connection is not open,
/// WIREBIRD_ERROR_LIMIT past WIREBIRD_OPTION_MAX_UNSENT (what happens then says
/// WIREBIRD_OPTION_OVERFLOW), WIREBIRD_ERROR_ARGUMENT if it is not UTF-8.
///
/// # Safety
/// `data` is valid for reading `length` bytes; NULL with length 0 is empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_send_text(
    connection: wirebird_connection_t,
    data: *const c_char,
    length: usize,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise.
        let text = unsafe { arguments::text(wirebird_text_t { data, length }, "data") }?;
        connection.send(&Message::Text(text))?;
        Ok(WIREBIRD_OK)
    })
}

/// Sends a text message of `length` UTF-16 units, which are copied. Lone
/// surrogates become U+FFFD. `bytes`, unless NULL, receives the length in
/// UTF-8.
///
/// Errors: as for `wirebird_connection_send_text`.
///
/// # Safety
/// `data` is valid for reading `length` units; NULL with length 0 is empty.
/// `bytes` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_send_utf16(
    connection: wirebird_connection_t,
    data: *const u16,
    length: usize,
    bytes: *mut u64,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise, for both.
        let units = unsafe { arguments::slice(data, length, "data") }?;
        let sent = connection.send(&Message::Utf16(units))?;
        unsafe { write_if_wanted(bytes, sent, "bytes") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Sends a binary message of `length` bytes, which are copied.
///
/// Errors: as for `wirebird_connection_send_text`.
///
/// # Safety
/// `data` is valid for reading `length` bytes; NULL with length 0 is empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_send_binary(
    connection: wirebird_connection_t,
    data: *const c_void,
    length: usize,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise.
        let bytes = unsafe { arguments::slice(data.cast::<u8>(), length, "data") }?;
        connection.send(&Message::Binary(bytes))?;
        Ok(WIREBIRD_OK)
    })
}

/// Sends a message without copying it: `data` stays valid and unchanged until
/// `release(context)` is called. That happens exactly once, from any thread,
/// before or after this function returns, on errors too. `payload` is one of
/// WIREBIRD_PAYLOAD_…, `length` is in its unit. `bytes`, unless NULL, receives
/// the length on the wire.
///
/// Errors: as for `wirebird_connection_send_text`.
///
/// # Safety
/// `data` is valid for reading `length` bytes or units until released;
/// `release` may be called from any thread; `bytes` is NULL or valid for
/// writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_send_shared(
    connection: wirebird_connection_t,
    payload: u32,
    data: *const c_void,
    length: usize,
    release: Option<unsafe extern "C" fn(context: *mut c_void)>,
    context: *mut c_void,
    bytes: *mut u64,
) -> wirebird_status_t {
    // Released whatever happens next.
    let shared = SharedPayload::new(data, length, release, context);
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise.
        let kind = unsafe { check_payload(payload, data, length) }?;
        let sent = connection.send(&Message::Shared(kind, Arc::new(shared)))?;
        // SAFETY: the caller's promise.
        unsafe { write_if_wanted(bytes, sent, "bytes") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Sends a fragment of a message, for messages that are not there as a whole.
/// `frame` is WIREBIRD_FRAME_LAST for the last one, else 0. All fragments of a
/// message have the same kind of `payload`, and text is cut between characters.
/// `data` is copied. Until the last one nothing but Pings and a Close can be
/// sent besides. `bytes`, unless NULL, receives the length on the wire.
///
/// WIREBIRD_OPTION_UNSENT and WIREBIRD_EVENT_LOW_WATER say when to go on with a
/// message larger than memory.
///
/// Errors: as for `wirebird_connection_send_text`; WIREBIRD_ERROR_ARGUMENT for
/// another kind of payload than before.
///
/// # Safety
/// `data` is valid for reading `length` bytes or units; NULL with length 0 is
/// empty. `bytes` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_send_fragment(
    connection: wirebird_connection_t,
    payload: u32,
    data: *const c_void,
    length: usize,
    frame: u16,
    bytes: *mut u64,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let flush = match frame {
            0 => Flush::Sync,
            WIREBIRD_FRAME_LAST => Flush::Message,
            _ => return Err(Fault::argument(format!("frame is {frame}, not WIREBIRD_FRAME_LAST"))),
        };
        // SAFETY: the caller's promise.
        let fragment = unsafe { message(payload, data, length) }?;
        let sent = connection.send_fragment(&fragment, flush)?;
        // SAFETY: the caller's promise.
        unsafe { write_if_wanted(bytes, sent, "bytes") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Sends one message to many connections. It is copied once, converted to
/// UTF-8 once, and compressed once for all connections without context
/// takeover on this side whose level and window are the same. `sent`, unless
/// NULL, receives the number of connections that took it; those that are stale,
/// not open, in the middle of a message sent in fragments, or past
/// WIREBIRD_OPTION_MAX_UNSENT did not.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `connections` is valid for reading `count` handles, `data` for `length`
/// bytes or units; either may be NULL with length 0. `sent` is NULL or valid for
/// writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_broadcast(
    connections: *const wirebird_connection_t,
    count: usize,
    payload: u32,
    data: *const c_void,
    length: usize,
    sent: *mut u64,
) -> wirebird_status_t {
    let send = |connection: &Arc<Connection>, message: &Message<'_>| connection.send(message);
    // SAFETY: the caller's promise.
    unsafe { to_many(connections, count, (payload, data, length), sent, send) }
}

/// Sends a message of which only the newest matters: if one of the same `topic`
/// (a number that the caller chooses) waits to be sent, it is replaced in its
/// place, whatever its length; else the message is queued at the end. `payload`
/// is one of WIREBIRD_PAYLOAD_…; `data` is copied. `bytes`, unless NULL,
/// receives the length on the wire.
///
/// A message that is among the next 16 KiB to be written, or of which a part
/// was, is not replaced any more.
///
/// Errors: as for `wirebird_connection_send_text`.
///
/// # Safety
/// `data` is valid for reading `length` bytes or units; NULL with length 0 is
/// empty. `bytes` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_send_latest(
    connection: wirebird_connection_t,
    topic: u64,
    payload: u32,
    data: *const c_void,
    length: usize,
    bytes: *mut u64,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise.
        let message = unsafe { message(payload, data, length) }?;
        let sent = connection.send_latest(topic, &message)?;
        // SAFETY: the caller's promise.
        unsafe { write_if_wanted(bytes, sent, "bytes") }?;
        Ok(WIREBIRD_OK)
    })
}

/// `wirebird_connection_send_latest` for many connections; copied and converted
/// once. `sent` and errors are those of `wirebird_broadcast`.
///
/// # Safety
/// As for `wirebird_broadcast`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_broadcast_latest(
    connections: *const wirebird_connection_t,
    count: usize,
    topic: u64,
    payload: u32,
    data: *const c_void,
    length: usize,
    sent: *mut u64,
) -> wirebird_status_t {
    let send = |connection: &Arc<Connection>, message: &Message<'_>| {
        connection.send_latest(topic, message)
    };
    // SAFETY: the caller's promise.
    unsafe { to_many(connections, count, (payload, data, length), sent, send) }
}

/// Sends a Ping with up to 125 bytes; WIREBIRD_EVENT_PONG follows. `data` is
/// copied.
///
/// Errors: WIREBIRD_ERROR_STATE if the connection is not open,
/// WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `data` is valid for reading `length` bytes; NULL with length 0 is empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_ping(
    connection: wirebird_connection_t,
    data: *const c_void,
    length: usize,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise.
        let bytes = unsafe { arguments::slice(data.cast::<u8>(), length, "data") }?;
        connection.ping(bytes)?;
        Ok(WIREBIRD_OK)
    })
}

/// Sends a payload of C's to many connections.
///
/// # Safety
/// As for `wirebird_broadcast`.
unsafe fn to_many(
    connections: *const wirebird_connection_t,
    count: usize,
    (payload, data, length): (u32, *const c_void, usize),
    sent: *mut u64,
    send: impl Fn(&Arc<Connection>, &Message<'_>) -> Result<u64, SendError>,
) -> wirebird_status_t {
    guard(|| {
        // SAFETY: the caller's promise, for both.
        let connections = unsafe { arguments::slice(connections, count, "connections") }?;
        let message = unsafe { message(payload, data, length) }?.to_broadcast();
        let mut taken = 0u64;
        for &handle in connections {
            let status = with_connection(handle, |connection| {
                send(connection, &message)?;
                Ok(WIREBIRD_OK)
            });
            taken = taken.saturating_add(u64::from(status == WIREBIRD_OK));
        }
        // SAFETY: the caller's promise.
        unsafe { write_if_wanted(sent, taken, "sent") }?;
        Ok(WIREBIRD_OK)
    })
}

/// A payload of the host's, given back once.
pub(super) struct SharedPayload {
    data: *const c_void,
    length: usize,
    release: Option<unsafe extern "C" fn(context: *mut c_void)>,
    context: *mut c_void,
}

// SAFETY: nobody changes the data before it is released, and `release` may be
// called from any thread.
unsafe impl Send for SharedPayload {}
// SAFETY: as above.
unsafe impl Sync for SharedPayload {}

impl SharedPayload {
    /// A payload that is checked before anything of it is read.
    pub fn new(
        data: *const c_void,
        length: usize,
        release: Option<unsafe extern "C" fn(context: *mut c_void)>,
        context: *mut c_void,
    ) -> Self {
        Self { data, length, release, context }
    }
}

impl Payload for SharedPayload {
    fn bytes(&self) -> &[u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: checked and promised when it was handed over as bytes.
        unsafe { slice::from_raw_parts(self.data.cast(), self.length) }
    }

    fn units(&self) -> &[u16] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: checked and promised when it was handed over as units.
        unsafe { slice::from_raw_parts(self.data.cast(), self.length) }
    }
}

impl Drop for SharedPayload {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: called once, with the context it came with.
            unsafe { release(self.context) };
        }
    }
}

/// Checks a payload of C's.
///
/// # Safety
/// As for `arguments::slice`.
unsafe fn check_payload(
    payload: u32,
    data: *const c_void,
    length: usize,
) -> Result<SharedKind, Fault> {
    // SAFETY: the caller's promise.
    Ok(match unsafe { message(payload, data, length) }? {
        Message::Utf16(_) => SharedKind::Utf16,
        Message::Text(_) => SharedKind::Utf8,
        _ => SharedKind::Binary,
    })
}

/// A payload of C's as a message that is to be copied.
///
/// # Safety
/// As for `arguments::slice`.
unsafe fn message<'a>(
    payload: u32,
    data: *const c_void,
    length: usize,
) -> Result<Message<'a>, Fault> {
    // SAFETY: the caller's promise, for each.
    Ok(match payload {
        WIREBIRD_PAYLOAD_BINARY => {
            Message::Binary(unsafe { arguments::slice(data.cast(), length, "data") }?)
        }
        WIREBIRD_PAYLOAD_UTF8 => {
            let text = wirebird_text_t { data: data.cast(), length };
            Message::Text(unsafe { arguments::text(text, "data") }?)
        }
        WIREBIRD_PAYLOAD_UTF16 => {
            Message::Utf16(unsafe { arguments::slice(data.cast(), length, "data") }?)
        }
        other => {
            return Err(Fault::argument(format!("payload is {other}, not WIREBIRD_PAYLOAD_…")));
        }
    })
}

/// # Safety
/// `place` is NULL or valid for writing.
unsafe fn write_if_wanted(place: *mut u64, value: u64, name: &str) -> Result<(), Fault> {
    if place.is_null() {
        return Ok(());
    }
    // SAFETY: the caller's promise.
    unsafe { arguments::output(place, value, name) }
}
