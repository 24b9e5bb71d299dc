//! Handles and views: the small structs that travel by value.

#![allow(non_camel_case_types)]

use std::ffi::{c_char, c_void};

/// A queue of events. `id` 0 is no queue.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wirebird_queue_t {
    /// Slot and generation; meaningless to the host.
    pub id: u64,
}

/// One WebSocket connection, of a client or accepted by a server. `id` 0 is
/// no connection.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wirebird_connection_t {
    /// Slot and generation; meaningless to the host.
    pub id: u64,
}

/// A server. `id` 0 is no server.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wirebird_server_t {
    /// Slot and generation; meaningless to the host.
    pub id: u64,
}

/// A stream of bytes that the host carries. `id` 0 is no stream.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wirebird_stream_t {
    /// Slot and generation; meaningless to the host.
    pub id: u64,
}

/// A jar of cookies that connections may share. `id` 0 is no jar.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wirebird_cookie_jar_t {
    /// Slot and generation; meaningless to the host.
    pub id: u64,
}

/// What one side says and accepts in TLS handshakes. `id` 0 is none.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wirebird_tls_t {
    /// Slot and generation; meaningless to the host.
    pub id: u64,
}

/// A plain HTTP request at a server that waits for its answer. `id` 0 is none.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct wirebird_request_t {
    /// Slot and generation; meaningless to the host.
    pub id: u64,
}

/// A view of bytes. NULL with length 0 is none.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_bytes_t {
    /// The first byte.
    pub data: *const u8,
    /// How many.
    pub length: usize,
}

/// A view of UTF-8 text, not terminated. NULL with length 0 is the empty text.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_text_t {
    /// The first byte.
    pub data: *const c_char,
    /// Length in bytes.
    pub length: usize,
}

/// One header field of an HTTP message.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_header_t {
    /// Field name, compared without regard to case.
    pub name: wirebird_text_t,
    /// Field value: visible ASCII, spaces and tabs, or bytes from 0x80 up.
    pub value: wirebird_text_t,
}

/// An IP address and a port.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct wirebird_address_t {
    /// 4, 6, or 0 when there is no address yet.
    pub family: u32,
    /// The zone of a link-local IPv6 address, else 0.
    pub scope_id: u32,
    /// The address in network byte order; the first four bytes for IPv4.
    pub bytes: [u8; 16],
    /// The port in host byte order.
    pub port: u16,
}

/// Where large payloads are put, so that the host receives an object of its
/// own type without a copy. All functions are called from engine threads and
/// must be thread-safe; none may throw or call into this library.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_storage_t {
    /// Makes an object of `length` bytes (for WIREBIRD_PAYLOAD_BINARY and
    /// WIREBIRD_PAYLOAD_UTF8) or UTF-16 units (for WIREBIRD_PAYLOAD_UTF16).
    /// NULL means that memory is exhausted: the connection closes with 1009.
    pub create: Option<
        unsafe extern "C" fn(context: *mut c_void, payload: u32, length: usize) -> *mut c_void,
    >,
    /// The address of the first byte or unit. Asked for again after `resize`.
    pub data: Option<unsafe extern "C" fn(object: *mut c_void, payload: u32) -> *mut c_void>,
    /// Sets the length, growing or shrinking; the common part is kept. False
    /// means that memory is exhausted; the object is unchanged then.
    pub resize:
        Option<unsafe extern "C" fn(object: *mut c_void, payload: u32, length: usize) -> bool>,
    /// Destroys an object that was never handed over in an event.
    pub destroy: Option<unsafe extern "C" fn(object: *mut c_void, payload: u32)>,
    /// Passed to `create`; lives as long as the queue's `context`.
    pub context: *mut c_void,
}

/// Bytes.
pub const WIREBIRD_PAYLOAD_BINARY: u32 = 1;
/// Text in UTF-8; lengths are bytes.
pub const WIREBIRD_PAYLOAD_UTF8: u32 = 2;
/// Text in UTF-16 of the machine's byte order; lengths are 16-bit units.
pub const WIREBIRD_PAYLOAD_UTF16: u32 = 3;
