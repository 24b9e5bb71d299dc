//! Events as the host sees them.

#![allow(non_camel_case_types)]

use std::ffi::c_void;

use super::types::*;

/// What happened. Pointers are valid until the next event is taken from the
/// same queue or the handler returns, whichever comes first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_event_t {
    /// WIREBIRD_EVENT_….
    pub kind: u32,
    /// WIREBIRD_OK, or why a connection or handshake failed.
    pub status: i32,
    /// The `user_data` of the connection or server concerned.
    pub user_data: *mut c_void,
    /// The connection concerned, or id 0.
    pub connection: wirebird_connection_t,
    /// The server concerned, or id 0.
    pub server: wirebird_server_t,
    /// Payload: bytes, UTF-8 bytes or UTF-16 units, as `payload` says.
    pub data: *const c_void,
    /// Length of `data` in bytes, for UTF-16 in units.
    pub length: usize,
    /// The host's own object that holds `data`, made by the queue's storage
    /// functions, or NULL. The receiver owns it and has to destroy it.
    pub storage: *mut c_void,
    /// WIREBIRD_PAYLOAD_…, or 0 without payload.
    pub payload: u32,
    /// The close code of WIREBIRD_EVENT_CLOSING and WIREBIRD_EVENT_CLOSED.
    pub close_code: u16,
    /// WIREBIRD_FRAME_….
    pub frame: u16,
    /// A figure that the kind of event explains.
    pub value: u64,
    /// An English sentence on `status`, or empty.
    pub message: wirebird_text_t,
    /// Which rule the peer broke: WIREBIRD_VIOLATION_… in WIREBIRD_EVENT_CLOSING
    /// with `value` 0 and WIREBIRD_ERROR_PROTOCOL; WIREBIRD_SCHEME_… in
    /// WIREBIRD_EVENT_AUTHENTICATE; WIREBIRD_TLS_ERROR_… with WIREBIRD_ERROR_TLS
    /// and WIREBIRD_ERROR_CERTIFICATE; else 0.
    pub detail: u32,
    /// The plain HTTP request concerned, or id 0.
    pub request: wirebird_request_t,
}

/// The message's last frame.
pub const WIREBIRD_FRAME_LAST: u16 = 1;
/// The message came in a single frame, or its frames were not asked for by
/// WIREBIRD_WANT_FRAMES: no frame events preceded it.
pub const WIREBIRD_FRAME_WHOLE: u16 = 2;

/// The opening handshake of a client connection succeeded. On the server
/// side: the response was written, with WIREBIRD_ACCEPT_ASK after the accept.
/// Messages follow.
pub const WIREBIRD_EVENT_OPENED: u32 = 1;
/// A text message arrived.
pub const WIREBIRD_EVENT_TEXT: u32 = 2;
/// A binary message arrived.
pub const WIREBIRD_EVENT_BINARY: u32 = 3;
/// A frame of a fragmented text message arrived; `frame` says if it is the
/// last. Characters split between frames come with the frame that ends them.
pub const WIREBIRD_EVENT_TEXT_FRAME: u32 = 4;
/// A frame of a fragmented binary message arrived.
pub const WIREBIRD_EVENT_BINARY_FRAME: u32 = 5;
/// A Ping arrived and was answered; `data` is its payload.
pub const WIREBIRD_EVENT_PING: u32 = 6;
/// A Pong arrived; `data` is its payload, `value` the microseconds since the
/// Ping that it answers (for an unsolicited one 2^64-1).
pub const WIREBIRD_EVENT_PONG: u32 = 7;
/// The closing handshake began. `value` is 1 when the peer began it (then
/// `close_code` and `data`, the reason in the queue's text form, are the
/// peer's) and 0 when this side did for an error in what arrived, with
/// `status`, `message` and, if the peer broke a rule, `detail`.
pub const WIREBIRD_EVENT_CLOSING: u32 = 8;
/// The connection is over; its last event. `close_code` is the peer's, 1005
/// if its Close had none, 1006 if there was no Close; `data` is the peer's
/// reason in the queue's text form. `status` is WIREBIRD_OK after a complete
/// closing handshake. For WIREBIRD_ERROR_HTTP_STATUS `value` is the status and
/// `data` the reason phrase. The header fields of a response that failed the
/// opening handshake, whatever is wrong with it, and the beginning of the body
/// of another status than 101 can be read until the connection is released.
pub const WIREBIRD_EVENT_CLOSED: u32 = 9;
/// `value` bytes, headers included, were given to the operating system since
/// the last such event. A client's first one, before WIREBIRD_EVENT_OPENED, is
/// the request of its opening handshake, which no figure counts; with those
/// before it on the same connection that were answered by 401.
pub const WIREBIRD_EVENT_WRITTEN: u32 = 10;
/// The unsent bytes went above the high-water mark; `value` is their number.
pub const WIREBIRD_EVENT_HIGH_WATER: u32 = 11;
/// The unsent bytes went below half of the high-water mark.
pub const WIREBIRD_EVENT_LOW_WATER: u32 = 12;
/// A valid request waits for `wirebird_connection_accept` or
/// `wirebird_connection_refuse`. Its headers can be read. `server` is set.
pub const WIREBIRD_EVENT_REQUEST: u32 = 13;
/// With WIREBIRD_ACCEPT_SAME_ORIGIN or WIREBIRD_ACCEPT_ALL: a connection was
/// accepted and is open. `server` is set.
pub const WIREBIRD_EVENT_ACCEPTED: u32 = 14;
/// A handshake or another request at this server failed without the host's
/// doing; `status` and `message` say why, `value` is the HTTP status of the
/// answer or 0 if there was none. Has no connection.
pub const WIREBIRD_EVENT_HANDSHAKE_FAILED: u32 = 15;
/// Accepting failed for want of descriptors or memory; the server tries again
/// by itself. Has no connection.
pub const WIREBIRD_EVENT_ACCEPT_FAILED: u32 = 16;
/// The server stopped listening after `wirebird_server_close`; its last event.
/// Accepted connections live on.
pub const WIREBIRD_EVENT_SERVER_CLOSED: u32 = 17;
/// A Ping was answered, one of the heartbeat's own too; `value` is the new
/// WIREBIRD_OPTION_ROUND_TRIP. Comes before the WIREBIRD_EVENT_PONG of a Ping
/// that the host sent.
pub const WIREBIRD_EVENT_ROUND_TRIP: u32 = 24;

/// With WIREBIRD_WANT_AUTHENTICATION: who is at `value` (WIREBIRD_HOP_…) wants
/// credentials in the scheme `detail` (WIREBIRD_SCHEME_…), after those that came
/// with the options were told, if there are any. `data` is the realm in the
/// queue's text form, for SOCKS empty. `status` is WIREBIRD_OK if none were told
/// yet, WIREBIRD_ERROR_HTTP_STATUS (a server) or
/// WIREBIRD_ERROR_PROXY_AUTHENTICATION (a proxy) if those told last were refused;
/// `message` names the hop. Its response is the last one of
/// `wirebird_connection_response`. The opening handshake waits, within its
/// timeout, for `wirebird_connection_authenticate` or
/// `wirebird_connection_decline_authentication`.
pub const WIREBIRD_EVENT_AUTHENTICATE: u32 = 30;

/// The server.
pub const WIREBIRD_HOP_SERVER: u64 = 1;
/// The proxy before it.
pub const WIREBIRD_HOP_PROXY: u64 = 2;

/// Basic (RFC 7617): the password travels as it is.
pub const WIREBIRD_SCHEME_BASIC: u32 = 1;
/// Digest (RFC 7616), by MD5 or SHA-256 as the hop wants it.
pub const WIREBIRD_SCHEME_DIGEST: u32 = 2;
/// User and password of SOCKS 5 (RFC 1929): they travel as they are.
pub const WIREBIRD_SCHEME_SOCKS: u32 = 3;
/// A plain HTTP request waits for its answer, with the `http` option of a
/// server: `wirebird_request_answer` and its like, soon or later. `server` and
/// `request` are set; `value` is the length of its body.
pub const WIREBIRD_EVENT_HTTP_REQUEST: u32 = 40;
/// Less than half of `high_water` bytes wait of a body that is being streamed,
/// after there were more than that, or a piece was refused. `request` is set.
pub const WIREBIRD_EVENT_HTTP_ROOM: u32 = 41;
/// A request is over before the host has answered it completely: `status` and
/// `message` say why. Its handle is stale from now on; what was read from it
/// stays valid until the next event. `request` is set; its last event.
pub const WIREBIRD_EVENT_HTTP_OVER: u32 = 42;
/// The peer's certificate has errors, and WIREBIRD_WANT_TLS_ERRORS is set: the
/// handshake waits, and nothing of the application is sent, until
/// `wirebird_connection_tls_continue`, within the time for the opening
/// handshake. `wirebird_connection_tls_error` has all errors. At a server
/// `server` is set, and `connection` is one whose request has not come: what
/// comes next are its events WIREBIRD_EVENT_REQUEST, WIREBIRD_EVENT_ACCEPTED or
/// WIREBIRD_EVENT_CLOSED.
pub const WIREBIRD_EVENT_TLS_ERRORS: u32 = 50;

/// Reserved bits are set that no negotiated extension uses there (RFC 6455
/// section 5.2).
pub const WIREBIRD_VIOLATION_RESERVED_BITS: u32 = 1;
/// A reserved opcode (RFC 6455 section 5.2).
pub const WIREBIRD_VIOLATION_RESERVED_OPCODE: u32 = 2;
/// The client sent a frame that is not masked (RFC 6455 section 5.1).
pub const WIREBIRD_VIOLATION_UNMASKED: u32 = 3;
/// The server sent a masked frame (RFC 6455 section 5.1).
pub const WIREBIRD_VIOLATION_MASKED: u32 = 4;
/// A length is not encoded in its shortest form (RFC 6455 section 5.2).
pub const WIREBIRD_VIOLATION_LENGTH_NOT_MINIMAL: u32 = 5;
/// A 64-bit length has its most significant bit set (RFC 6455 section 5.2).
pub const WIREBIRD_VIOLATION_LENGTH_TOP_BIT: u32 = 6;
/// A control frame is fragmented (RFC 6455 section 5.5).
pub const WIREBIRD_VIOLATION_FRAGMENTED_CONTROL: u32 = 7;
/// A control frame has more than 125 bytes of payload (RFC 6455 section 5.5).
pub const WIREBIRD_VIOLATION_CONTROL_TOO_LONG: u32 = 8;
/// A continuation frame without a message to continue (RFC 6455 section 5.4).
pub const WIREBIRD_VIOLATION_NOTHING_TO_CONTINUE: u32 = 9;
/// A message began before the one before it was complete (RFC 6455 section
/// 5.4).
pub const WIREBIRD_VIOLATION_INTERRUPTED_MESSAGE: u32 = 10;
/// A text message is not valid UTF-8 (RFC 6455 section 8.1).
pub const WIREBIRD_VIOLATION_INVALID_TEXT: u32 = 11;
/// A compressed message can't be inflated (RFC 7692 section 7.2.2).
pub const WIREBIRD_VIOLATION_INVALID_DEFLATE: u32 = 12;
/// A Close frame has a payload of one byte (RFC 6455 section 5.5.1).
pub const WIREBIRD_VIOLATION_CLOSE_TOO_SHORT: u32 = 13;
/// A Close frame has a code that must not be sent (RFC 6455 section 7.4).
pub const WIREBIRD_VIOLATION_CLOSE_CODE: u32 = 14;
/// A Close frame's reason is not valid UTF-8 (RFC 6455 section 5.5.1).
pub const WIREBIRD_VIOLATION_INVALID_REASON: u32 = 15;
/// A frame is over WIREBIRD_OPTION_MAX_FRAME_SIZE.
pub const WIREBIRD_VIOLATION_FRAME_TOO_LARGE: u32 = 16;
/// A message is over WIREBIRD_OPTION_MAX_MESSAGE_SIZE.
pub const WIREBIRD_VIOLATION_MESSAGE_TOO_LARGE: u32 = 17;
/// A message has more frames than WIREBIRD_OPTION_MAX_FRAGMENTS.
pub const WIREBIRD_VIOLATION_TOO_MANY_FRAGMENTS: u32 = 18;
