//! Option structs. Each begins with its size, so that fields can be added. Here:
//! those of the engine, of queues, and of connections in either role.

#![allow(non_camel_case_types)]

use std::ffi::c_void;

pub use super::client_options::*;
pub use super::server_options::*;
use super::types::*;

/// Options of the engine.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_engine_options_t {
    /// Set by `wirebird_engine_options_init`.
    pub size: u32,
    /// Engine threads: 1 to 1,024. Default 0: one for each two cores, at
    /// least one; the environment variable WIREBIRD_THREADS overrides it.
    pub threads: u32,
}

/// Options of a queue.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_queue_options_t {
    /// Set by `wirebird_queue_options_init`.
    pub size: u32,
    /// How text arrives: WIREBIRD_PAYLOAD_UTF8 (default) or
    /// WIREBIRD_PAYLOAD_UTF16.
    pub text: u32,
    /// Called when the queue goes from empty to not empty, once until it has
    /// been drained. From any thread; must return at once and must not call
    /// into this library: post a message to the thread that drains the queue.
    /// May be NULL with `wirebird_queue_wait` or polling.
    pub wake: Option<unsafe extern "C" fn(context: *mut c_void)>,
    /// Passed to `wake`.
    pub context: *mut c_void,
    /// Called once, after the last call of `wake` and of the storage functions
    /// has returned, from any thread. May be NULL.
    pub drop: Option<unsafe extern "C" fn(context: *mut c_void)>,
    /// Payloads longer than `small_payload` are put here. With NULL functions
    /// (the default) the library's own memory is used.
    pub storage: wirebird_storage_t,
    /// See WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD.
    pub small_payload: u32,
    /// See WIREBIRD_QUEUE_OPTION_MAX_WAITING.
    pub max_waiting: u64,
}

/// What one connection may use and how long things may take. Every figure can
/// be changed later by `wirebird_connection_set`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_connection_options_t {
    /// Set by `wirebird_client_connection_options_init` or
    /// `wirebird_server_connection_options_init`.
    pub size: u32,
    /// Optional events to deliver: a combination of WIREBIRD_WANT_…. Default 0.
    pub want: u32,
    /// Returned in every event of the connection. Default NULL.
    pub user_data: *mut c_void,
    /// See WIREBIRD_OPTION_MAX_MESSAGE_SIZE.
    pub max_message_size: u64,
    /// See WIREBIRD_OPTION_MAX_FRAME_SIZE.
    pub max_frame_size: u64,
    /// See WIREBIRD_OPTION_MAX_FRAGMENTS.
    pub max_fragments: u64,
    /// See WIREBIRD_OPTION_OUTGOING_FRAME_SIZE.
    pub outgoing_frame_size: u64,
    /// See WIREBIRD_OPTION_HIGH_WATER.
    pub high_water: u64,
    /// See WIREBIRD_OPTION_MAX_UNSENT.
    pub max_unsent: u64,
    /// See WIREBIRD_OPTION_CLOSE_TIMEOUT.
    pub close_timeout_ms: u64,
    /// See WIREBIRD_OPTION_PING_INTERVAL.
    pub ping_interval_ms: u64,
    /// See WIREBIRD_OPTION_PONG_TIMEOUT.
    pub pong_timeout_ms: u64,
    /// 1 (default of clients) offers or accepts permessage-deflate (RFC 7692),
    /// 0 (default of servers) does not. These six hold for the opening
    /// handshake; `wirebird_connection_extensions` says what came of it. From
    /// its first compressed message on a connection takes about 330 KiB, with
    /// windows of 9 bits 210, without context takeover none while idle.
    pub compression: u32,
    /// 1, fastest, to 9, smallest. Default 6.
    pub compression_level: u32,
    /// LZ77 window of the server's messages, 8 to 15: 2^n bytes. Default 15.
    pub server_max_window_bits: u32,
    /// LZ77 window of the client's messages, 8 to 15: 2^n bytes. Default 15.
    pub client_max_window_bits: u32,
    /// 1: the server compresses each of its messages for itself, and needs
    /// memory for that only meanwhile. Default 0: messages refer to those
    /// before them.
    pub server_no_context_takeover: u32,
    /// 1: the client does. Default 0.
    pub client_no_context_takeover: u32,
    /// See WIREBIRD_OPTION_COMPRESSION_THRESHOLD.
    pub compression_threshold: u64,
    /// See WIREBIRD_OPTION_OVERFLOW.
    pub overflow: u32,
    /// See WIREBIRD_OPTION_FRAME_TIMEOUT.
    pub frame_timeout_ms: u32,
}

/// Deliver WIREBIRD_EVENT_TEXT_FRAME and WIREBIRD_EVENT_BINARY_FRAME for each
/// frame of a fragmented message, before the message itself.
pub const WIREBIRD_WANT_FRAMES: u32 = 1;
/// Deliver WIREBIRD_EVENT_WRITTEN.
pub const WIREBIRD_WANT_WRITTEN: u32 = 2;
/// Deliver WIREBIRD_EVENT_PING.
pub const WIREBIRD_WANT_PING: u32 = 4;
/// Deliver messages as they arrive, in pieces: WIREBIRD_EVENT_TEXT_FRAME and
/// WIREBIRD_EVENT_BINARY_FRAME, with WIREBIRD_FRAME_LAST at the message's end,
/// and no WIREBIRD_EVENT_TEXT or WIREBIRD_EVENT_BINARY. For messages too large
/// for memory, or too slow to wait for: raise WIREBIRD_OPTION_MAX_MESSAGE_SIZE
/// as needed. A piece is what one read brought of a frame, of a compressed one
/// up to 64 KiB; the last one may be empty. Text is cut between characters.
pub const WIREBIRD_WANT_STREAM: u32 = 8;
/// Deliver WIREBIRD_EVENT_ROUND_TRIP.
pub const WIREBIRD_WANT_ROUND_TRIP: u32 = 16;
/// Deliver WIREBIRD_EVENT_AUTHENTICATE when a server or a proxy wants
/// credentials, or refuses those that it was told, and wait for
/// `wirebird_connection_authenticate` or
/// `wirebird_connection_decline_authentication` (client side).
pub const WIREBIRD_WANT_AUTHENTICATION: u32 = 64;
/// Deliver WIREBIRD_EVENT_TLS_ERRORS and wait for
/// `wirebird_connection_tls_continue`, instead of ending the handshake, if the
/// peer's certificate has errors. In a server's options: about the certificates
/// of clients.
pub const WIREBIRD_WANT_TLS_ERRORS: u32 = 32;

/// Largest incoming message in bytes, 1 to 2^63-1; a larger one closes with
/// 1009. Default: client 67,108,864, server 1,048,576.
pub const WIREBIRD_OPTION_MAX_MESSAGE_SIZE: u32 = 1;
/// Largest incoming frame in bytes, 1 to 2^63-1; a larger one closes with
/// 1009. Default 2^63-1: the message limit decides.
pub const WIREBIRD_OPTION_MAX_FRAME_SIZE: u32 = 2;
/// Most frames in one incoming message, empty ones included, from 1; one more
/// closes with 1008. Default 131,072.
pub const WIREBIRD_OPTION_MAX_FRAGMENTS: u32 = 3;
/// Outgoing messages longer than this many bytes are sent in several frames;
/// text is cut between characters. From 4; default 2^63-1: one frame.
pub const WIREBIRD_OPTION_OUTGOING_FRAME_SIZE: u32 = 4;
/// Unsent bytes above which WIREBIRD_EVENT_HIGH_WATER is delivered, unless they
/// are of a single message; once they are half of it,
/// WIREBIRD_EVENT_LOW_WATER. Default 1,048,576.
pub const WIREBIRD_OPTION_HIGH_WATER: u32 = 5;
/// Unsent bytes above which happens what WIREBIRD_OPTION_OVERFLOW says: as a
/// default a further message is refused with WIREBIRD_ERROR_LIMIT and the
/// connection closes with 1013. A single message larger than this is accepted
/// while nothing else is unsent. Default: server 16,777,216, client 67,108,864.
pub const WIREBIRD_OPTION_MAX_UNSENT: u32 = 6;
/// How long the closing handshake and the end of TCP may take, in ms, 1 to
/// 2^31-1. Default 5,000.
pub const WIREBIRD_OPTION_CLOSE_TIMEOUT: u32 = 7;
/// A Ping is sent after this many ms in which nothing arrived; 0 is never.
/// Default: server 25,000, client 0.
pub const WIREBIRD_OPTION_PING_INTERVAL: u32 = 8;
/// The connection is lost when nothing arrives for this many ms after such a
/// Ping; 0 is never. Default 20,000.
pub const WIREBIRD_OPTION_PONG_TIMEOUT: u32 = 9;
/// The WIREBIRD_WANT_… set of optional events.
pub const WIREBIRD_OPTION_WANT: u32 = 10;
/// Read only: bytes accepted for sending and not yet given to the operating
/// system, frame headers included; messages that wait to be compressed count
/// as long as they are. What a thread sends while it collects counts until that
/// thread flushes, also if the engine has written it.
pub const WIREBIRD_OPTION_UNSENT: u32 = 11;
/// Read only: microseconds between the last answered Ping and its Pong; 0
/// before the first.
pub const WIREBIRD_OPTION_ROUND_TRIP: u32 = 12;

/// Messages shorter than this many bytes are not compressed, 0 to 2^63-1.
/// Default 64.
pub const WIREBIRD_OPTION_COMPRESSION_THRESHOLD: u32 = 13;

/// What happens to a message past WIREBIRD_OPTION_MAX_UNSENT: one of
/// WIREBIRD_OVERFLOW_…, for messages sent from now on. Default
/// WIREBIRD_OVERFLOW_CLOSE.
pub const WIREBIRD_OPTION_OVERFLOW: u32 = 20;
/// Read only: messages that were refused past WIREBIRD_OPTION_MAX_UNSENT,
/// dropped for newer ones, or replaced by `wirebird_connection_send_latest`.
pub const WIREBIRD_OPTION_DROPPED: u32 = 21;
/// Read only: bytes given to the operating system since the opening handshake,
/// frame headers included.
pub const WIREBIRD_OPTION_BYTES_SENT: u32 = 22;
/// Read only: bytes read since the opening handshake, frame headers included.
pub const WIREBIRD_OPTION_BYTES_RECEIVED: u32 = 23;
/// Read only: messages accepted for sending, less those that were dropped or
/// replaced since; one in fragments counts with its last.
pub const WIREBIRD_OPTION_MESSAGES_SENT: u32 = 24;
/// Read only: messages that arrived completely.
pub const WIREBIRD_OPTION_MESSAGES_RECEIVED: u32 = 25;
/// The connection closes with 1001 when a frame has begun to arrive and no
/// further byte of it arrives for this many ms, the time in which nothing is
/// read left out: WIREBIRD_EVENT_CLOSING with WIREBIRD_ERROR_TIMEOUT. 0 is
/// never, else up to 2^31-1. Default 0.
pub const WIREBIRD_OPTION_FRAME_TIMEOUT: u32 = 26;
/// Read only: 1 if the request (server side) has an Origin that is not of the
/// host and port in its Host header, else 0. Known from WIREBIRD_EVENT_REQUEST
/// on.
pub const WIREBIRD_OPTION_FOREIGN_ORIGIN: u32 = 27;
/// Read only: 1 if permessage-deflate was negotiated, else 0.
pub const WIREBIRD_OPTION_COMPRESSION: u32 = 28;
/// Read only: the level at which this side compresses, 1 to 9, whether or not
/// compression was negotiated.
pub const WIREBIRD_OPTION_COMPRESSION_LEVEL: u32 = 29;
/// Read only: the negotiated LZ77 window of the server's messages, 8 to 15;
/// without compression 0.
pub const WIREBIRD_OPTION_SERVER_MAX_WINDOW_BITS: u32 = 30;
/// Read only: the negotiated LZ77 window of the client's messages, 8 to 15;
/// without compression 0.
pub const WIREBIRD_OPTION_CLIENT_MAX_WINDOW_BITS: u32 = 31;
/// Read only: 1 if it was negotiated that the server compresses each of its
/// messages for itself, else 0.
pub const WIREBIRD_OPTION_SERVER_NO_CONTEXT_TAKEOVER: u32 = 32;
/// Read only: 1 if the client compresses each of its messages for itself, else
/// 0.
pub const WIREBIRD_OPTION_CLIENT_NO_CONTEXT_TAKEOVER: u32 = 33;

/// Read only: 1 if the client's own connection is encrypted, as far as the
/// server or a trusted proxy knows, else 0 (server side).
pub const WIREBIRD_OPTION_SECURE: u32 = 60;

/// Read only: this connection's number in the log, which no other connection of
/// the process has.
pub const WIREBIRD_OPTION_NUMBER: u32 = 61;

/// The message is refused with WIREBIRD_ERROR_LIMIT, and the connection closes
/// with 1013.
pub const WIREBIRD_OVERFLOW_CLOSE: u32 = 0;
/// The message, or the fragment of one, is refused with WIREBIRD_ERROR_LIMIT.
pub const WIREBIRD_OVERFLOW_DROP_NEWEST: u32 = 1;
/// The messages that wait longest are dropped until the new one fits: whole
/// ones that were sent with this setting or by
/// `wirebird_connection_send_latest`, of which nothing was written or
/// compressed. If that does not help, nothing is dropped and the new one is
/// refused with WIREBIRD_ERROR_LIMIT. Up to 16 KiB, or a quarter of the limit
/// if that is less, are encoded ahead and not dropped any more. While a thread
/// of the engine is writing, up to as much again may wait until it pauses.
pub const WIREBIRD_OVERFLOW_DROP_OLDEST: u32 = 2;

/// Payloads up to this many bytes arrive in memory of the queue, without an
/// object of their own, 0 to 2^32-1. Holds for connections and servers made
/// with this queue, for what arrives from now on. Default 4,096.
pub const WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD: u32 = 1;
/// Reading from connections pauses while more than this many bytes wait in the
/// queue, 1 to 2^63-1. Default 1,048,576.
pub const WIREBIRD_QUEUE_OPTION_MAX_WAITING: u32 = 2;
