//! Option structs. Each begins with its size, so that fields can be added.

#![allow(non_camel_case_types)]

use std::ffi::c_void;

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

/// Options of a client connection.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_client_options_t {
    /// Set by `wirebird_client_options_init`.
    pub size: u32,
    /// The opening handshake, name look-up, TCP connection and TLS included, may
    /// take this many ms, 1 to 2^31-1. Default 10,000.
    pub handshake_timeout_ms: u32,
    /// `ws://host[:port]/path?query`, or `wss://` with TLS; required. Not kept
    /// after the call. A name
    /// may have any letters (it is sent in punycode), an IPv6 address a zone:
    /// `ws://[fe80::1%25eth0]/`. A user and a password in it are what `user` and
    /// `password` are for, percent-encoded. `ws+unix:///path/of/socket:/path?query`
    /// is `ws://localhost/path?query` with `unix_path`; the path of the socket is
    /// percent-decoded.
    pub url: wirebird_text_t,
    /// The Origin header; empty (the default) sends none.
    pub origin: wirebird_text_t,
    /// Subprotocols in order of preference; tokens of RFC 9110.
    pub subprotocols: *const wirebird_text_t,
    /// How many subprotocols.
    pub subprotocol_count: usize,
    /// Further header fields of the request. The fields of the handshake
    /// itself (Host, Connection, Upgrade, Sec-WebSocket-…) are refused, except
    /// Host.
    pub headers: *const wirebird_header_t,
    /// How many header fields.
    pub header_count: usize,
    /// The connection's own options; NULL for the defaults of a client.
    pub connection: *const wirebird_connection_options_t,
    /// Most bytes of the response's header block, status line included, 256 to
    /// 1,048,576; a longer one fails with WIREBIRD_ERROR_LIMIT. Default 65,536.
    pub max_header_size: u32,
    /// Most header fields of the response, 1 to 10,000; one more fails with
    /// WIREBIRD_ERROR_LIMIT. Default 100.
    pub max_headers: u32,
    /// Makes the masks of the frames that are sent, a call for each (its
    /// big-endian bytes are the masking key), and Sec-WebSocket-Key from four
    /// calls (in the machine's byte order). Called from any thread, by one at a
    /// time; must return soon and must not call into this library. What it
    /// returns has to be unpredictable (RFC 6455 section 10.3). NULL (default):
    /// a cryptographic generator of the library's.
    pub next_mask: Option<unsafe extern "C" fn(context: *mut c_void) -> u32>,
    /// Passed to `next_mask` and `mask_drop`.
    pub mask_context: *mut c_void,
    /// Called once, after the last call of `next_mask` has returned, from any
    /// thread. Not called if no connection was made, or without `next_mask`.
    /// May be NULL.
    pub mask_drop: Option<unsafe extern "C" fn(context: *mut c_void)>,
    /// Name look-up and connecting, to the proxy if there is one, may take this
    /// many ms, up to 2^31-1, within `handshake_timeout_ms` and each time anew;
    /// 0 (default): as long as that. Of a name's addresses those of both families
    /// are tried in turn, 250 ms apart, and the first to connect is taken (RFC
    /// 8305).
    pub connect_timeout_ms: u32,
    /// 1 (default) sends small messages at once (TCP_NODELAY), 0 lets TCP collect
    /// them.
    pub no_delay: u32,
    /// TCP's own look for a peer that is gone: its first probe comes after so many
    /// seconds of silence, 1 to 32,767; 0 (default): none.
    pub keep_alive_idle_s: u32,
    /// Seconds between the probes, 1 to 32,767; 0 (default): the system's.
    pub keep_alive_interval_s: u32,
    /// Unanswered probes until the connection is lost, 1 to 127; 0 (default): the
    /// system's. Not on Windows.
    pub keep_alive_count: u32,
    /// Which way: WIREBIRD_PROXY_ENVIRONMENT (default), WIREBIRD_PROXY_NONE or
    /// WIREBIRD_PROXY_URL.
    pub proxy_mode: u32,
    /// Most redirects that are followed (301, 302, 303, 307, 308), up to 50; 0
    /// (default): none. Never from `wss` to `ws`; the fields Authorization, Cookie and
    /// Proxy-Authorization of `headers`, `user` and `password`, and the certificate
    /// and `server_name` of `tls` stay behind when scheme, host or port change.
    /// One more fails with WIREBIRD_ERROR_REDIRECT.
    pub max_redirects: u32,
    /// The address to connect from, with port 0 for any; family 0 (default)
    /// leaves the choice to the system.
    pub local: wirebird_address_t,
    /// Connects to this Unix domain socket instead of the URL's host, never
    /// through a proxy. Not on Windows. Default empty.
    pub unix_path: wirebird_text_t,
    /// With WIREBIRD_PROXY_URL: `http://host:port` (CONNECT), `socks5://host:port`
    /// or `socks5h://host:port` (SOCKS 5; the proxy looks names up in either
    /// case), with `user:password@`, percent-encoded, if there is one. Without a
    /// port it is 80, for SOCKS 1080.
    pub proxy_url: wirebird_text_t,
    /// Instead of the user in the URL of the proxy, not encoded. For SOCKS user
    /// and password have 1 to 255 bytes each.
    pub proxy_user: wirebird_text_t,
    /// The password that belongs to `proxy_user`.
    pub proxy_password: wirebird_text_t,
    /// Tells a server that answers 401 who asks, by Digest (MD5, SHA-256) or
    /// Basic. Instead of those in `url`, not encoded. Nothing is told before the
    /// server asks, and nothing again that it has refused.
    pub user: wirebird_text_t,
    /// The password that belongs to `user`.
    pub password: wirebird_text_t,
    /// Sends the jar's cookies and keeps those that responses set; id 0 (default)
    /// is no jar. Connections may share one.
    pub cookies: wirebird_cookie_jar_t,
    /// TLS for a `wss` URL, made by `wirebird_tls_client_new`; id 0 (default):
    /// the defaults, which trust the system's roots. With a `ws` URL that no
    /// redirect may lead away from it is WIREBIRD_ERROR_ARGUMENT. A stream of
    /// `wirebird_client_attach` is encrypted by the engine only if this is given.
    pub tls: wirebird_tls_t,
    /// Which of `max_redirects` are followed: WIREBIRD_REDIRECT_ANYWHERE (default)
    /// or WIREBIRD_REDIRECT_SAME_ORIGIN.
    pub redirect_policy: u32,
    /// The version of HTTP for the opening handshake: WIREBIRD_HTTP_1_1
    /// (default), or WIREBIRD_HTTP_2, by extended CONNECT (RFC 8441): over TLS by
    /// ALPN, whatever the `alpn` of `tls`; without TLS right away (prior
    /// knowledge). WIREBIRD_ERROR_HANDSHAKE if the server does not know it.
    pub http_version: u32,
}

/// Those to any host.
pub const WIREBIRD_REDIRECT_ANYWHERE: u32 = 0;
/// Those that keep scheme, host and port; others fail with
/// WIREBIRD_ERROR_REDIRECT.
pub const WIREBIRD_REDIRECT_SAME_ORIGIN: u32 = 1;

/// The proxy that HTTP_PROXY names for `ws`, HTTPS_PROXY for `wss`, or else
/// ALL_PROXY, unless NO_PROXY lists the host; each also in lower case. Read
/// during the call. Loopback addresses, `localhost` and Unix domain sockets are
/// always reached without one.
pub const WIREBIRD_PROXY_ENVIRONMENT: u32 = 0;
/// No proxy.
pub const WIREBIRD_PROXY_NONE: u32 = 1;
/// The proxy at `proxy_url`, for whatever server.
pub const WIREBIRD_PROXY_URL: u32 = 2;

/// HTTP/1.1.
pub const WIREBIRD_HTTP_1_1: u32 = 11;
/// HTTP/2.
pub const WIREBIRD_HTTP_2: u32 = 20;

/// Options of a server. The limits can be changed later by
/// `wirebird_server_set`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_server_options_t {
    /// Set by `wirebird_server_options_init`.
    pub size: u32,
    /// The port, 0 (default) for one that the system chooses.
    pub port: u16,
    /// How requests are decided: WIREBIRD_ACCEPT_SAME_ORIGIN (default),
    /// WIREBIRD_ACCEPT_ALL or WIREBIRD_ACCEPT_ASK.
    pub accept: u16,
    /// An IP address to listen on; empty (default) is 127.0.0.1. "::" is every
    /// address, IPv4 included; "0.0.0.0" every IPv4 address.
    pub host: wirebird_text_t,
    /// A bound stream socket to use instead of `host` and `port`, which the
    /// server owns from then on (not on Windows); -1 (default); or
    /// WIREBIRD_NO_SOCKET.
    pub descriptor: i64,
    /// Returned in every event of the server. Default NULL.
    pub user_data: *mut c_void,
    /// See WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT.
    pub handshake_timeout_ms: u32,
    /// See WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES.
    pub max_handshakes: u32,
    /// See WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS.
    pub max_connections: u32,
    /// Length of the system's queue of connections not yet accepted, and of
    /// the queue of those that wait for others of their address (see
    /// WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS), 1 to 2^31-1.
    /// Default 1,024.
    pub backlog: u32,
    /// The Server header of responses; empty (default) sends none.
    pub name: wirebird_text_t,
    /// Subprotocols that the server speaks. The first of the client's that is
    /// among them is chosen; none leaves the connection without one.
    pub subprotocols: *const wirebird_text_t,
    /// How many subprotocols.
    pub subprotocol_count: usize,
    /// Origins accepted besides the server's own with
    /// WIREBIRD_ACCEPT_SAME_ORIGIN, each as `scheme://host[:port]`.
    pub origins: *const wirebird_text_t,
    /// How many origins.
    pub origin_count: usize,
    /// Options of accepted connections; NULL for the defaults of a server.
    pub connection: *const wirebird_connection_options_t,
    /// See WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS.
    pub max_handshakes_per_address: u32,
    /// See WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE.
    pub max_header_size: u32,
    /// See WIREBIRD_SERVER_OPTION_MAX_HEADERS.
    pub max_headers: u32,
    /// The permissions of the file at `unix_path`, such as 0600 (octal); 0
    /// (default): as the process's umask says.
    pub unix_mode: u32,
    /// Listens on a Unix domain socket at this path instead of `host` and `port`,
    /// with an address of family 0. The file is removed on close. A file that a
    /// server left behind which is gone is replaced; if one listens there, or the
    /// file is no socket, WIREBIRD_ERROR_ADDRESS_IN_USE. Its clients have no
    /// address: max_handshakes_per_address does not hold for them. Not on Windows.
    /// Default empty.
    pub unix_path: wirebird_text_t,
    /// What becomes of requests that don't ask for a WebSocket: WIREBIRD_HTTP_….
    /// Default WIREBIRD_HTTP_REFUSE.
    pub http: u32,
    /// See WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS.
    pub http_max_connections: u32,
    /// See WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE.
    pub http_max_body_size: u64,
    /// See WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT.
    pub http_body_timeout_ms: u32,
    /// See WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT.
    pub http_answer_timeout_ms: u32,
    /// See WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT.
    pub http_keep_alive_timeout_ms: u32,
    /// A path, as "/healthz", that the engine answers by itself with 200 and
    /// "ok", whatever `http` says: the process lives, the port is open, and the
    /// engine has time. It says nothing about the host's own threads, which may
    /// be busy. Empty (default): none.
    pub health_path: wirebird_text_t,
    /// Every connection is encrypted, those of `wirebird_server_attach` too:
    /// made by `wirebird_tls_server_new`. Id 0 (default): none is. The TLS
    /// handshake counts in the time for the opening handshake and in the limits
    /// of handshakes.
    pub tls: wirebird_tls_t,
    /// Networks of the proxies in front of the server, as 10.0.0.0/8, fd00::/8,
    /// 192.0.2.1, or unix for peers of a Unix domain socket. Nobody else is
    /// believed anything about clients.
    pub trusted_proxies: *const wirebird_text_t,
    /// How many networks.
    pub trusted_proxy_count: usize,
    /// 1: every connection that is accepted begins with a PROXY header, version
    /// 1 or 2, in front of TLS and HTTP, from one of `trusted_proxies`; what has
    /// none, or comes from elsewhere, is closed. The client that it names is the
    /// peer everywhere, limits by address included. Default 0. Streams of
    /// `wirebird_server_attach` have none.
    pub proxy_protocol: u32,
    /// In which header fields `trusted_proxies` name the client: one of
    /// WIREBIRD_FORWARDED_…. Default WIREBIRD_FORWARDED_NONE. Choose what the
    /// proxy sets by itself, or else clients may set it.
    pub forwarded: u32,
    /// Hosts that may be asked for, as in a Host field: "example.org" with any
    /// port, "example.org:8080" with that one. Others are answered with 421:
    /// against pages whose name resolves to this server's address (DNS
    /// rebinding), for servers that only listen on loopback as well. None
    /// (default): every host. The `health_path` is answered for every host.
    pub hosts: *const wirebird_text_t,
    /// How many hosts.
    pub host_count: usize,
    /// 1: requests for a WebSocket without an Origin are answered with 403,
    /// whatever `accept` says. Only browsers send one. Default 0.
    pub require_origin: u32,
    /// See WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS.
    pub http2_max_streams: u32,
    /// 1: without TLS, clients may begin with HTTP/2 right away (prior knowledge,
    /// RFC 9113 section 3.3). Default 0. Over TLS clients choose HTTP/2 if "h2" is
    /// among the `alpn` of `tls`. Either way plain requests arrive as others do,
    /// and WebSockets by extended CONNECT (RFC 8441).
    pub http2_prior_knowledge: u32,
}

/// Who sends a request is its client.
pub const WIREBIRD_FORWARDED_NONE: u32 = 0;
/// X-Forwarded-For names the client's address, X-Forwarded-Proto its scheme and
/// X-Forwarded-Host the host that it asked for. Of several addresses the last one
/// that is not among `trusted_proxies` counts. The port is 0 where they don't
/// tell one.
pub const WIREBIRD_FORWARDED_X: u32 = 1;
/// The same by Forwarded (RFC 7239).
pub const WIREBIRD_FORWARDED_RFC7239: u32 = 2;

/// They are answered with 426, and the connection ends.
pub const WIREBIRD_HTTP_REFUSE: u32 = 0;
/// Each is delivered as WIREBIRD_EVENT_HTTP_REQUEST.
pub const WIREBIRD_HTTP_ASK: u32 = 1;

/// The opening handshake may take this many ms from when the connection was
/// accepted, the decision of the host included; 0 is no limit, else up to
/// 2^31-1. A request that is not complete by then is answered with 408; whoever
/// sent nothing, or waits for the host's decision, gets no answer. Default
/// 10,000.
pub const WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT: u32 = 1;
/// Handshakes under way at once, 1 to 2^32-1; more wait unaccepted. Default
/// 256.
pub const WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES: u32 = 2;
/// Handshakes under way at once from one IPv4 address or one /64 of IPv6, 1 to
/// 2^32-1, requests that wait for a decision left out. More wait for their
/// turn, in order, without being read; handshakes of other addresses pass them.
/// Up to `backlog` wait in all, then one of the address that has the most
/// waiting is closed, the last of them first, with
/// WIREBIRD_EVENT_HANDSHAKE_FAILED. Behind a proxy that `trusted_proxies` does
/// not name all clients have its address: name it, or raise this to
/// max_handshakes. Default 16.
pub const WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS: u32 = 3;
/// Connections open at once, 1 to 2^32-1, requests that wait for a decision
/// included; one more is answered with 503. Default 10,000.
pub const WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS: u32 = 4;
/// Most bytes of a request's header block, request line and empty line
/// included, 256 to 1,048,576; a longer one is answered with 431. Default 16,384.
pub const WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE: u32 = 5;
/// Most header fields of a request, 1 to 10,000; one more is answered with
/// 431. Above 100, reading a request needs 64 bytes more for each. Default 100.
pub const WIREBIRD_SERVER_OPTION_MAX_HEADERS: u32 = 6;
/// Read only: handshakes under way.
pub const WIREBIRD_SERVER_OPTION_HANDSHAKES: u32 = 7;
/// Read only: handshakes that wait for others of their address.
pub const WIREBIRD_SERVER_OPTION_WAITING: u32 = 8;
/// Read only: connections open, and requests that wait for a decision.
pub const WIREBIRD_SERVER_OPTION_CONNECTIONS: u32 = 9;

/// TCP connections at once that serve plain HTTP, 1 to 2^32-1. They count from
/// their first request on, by themselves: neither among the handshakes nor among
/// the connections, so that they take nothing from WebSockets. One more is
/// answered with 503. Of HTTP/2, each of several requests at once counts, and a
/// connection that waits for the next request or WebSocket. Default 1,000.
pub const WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS: u32 = 40;
/// Largest body of a plain request in bytes, 0 to 2^63-1; a larger one is
/// answered with 413. Default 1,048,576.
pub const WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE: u32 = 41;
/// The body of a plain request may take this many ms to arrive, or it is
/// answered with 408; and the client may take nothing of an answer for so long,
/// or the connection ends, of HTTP/2 that request alone. 0 is no limit, else up to
/// 2^31-1. Default 30,000.
pub const WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT: u32 = 42;
/// The host may take this many ms to answer a plain request, or to begin to; then
/// it is answered with 503, and WIREBIRD_EVENT_HTTP_OVER tells the host. 0 is no
/// limit, else up to 2^31-1. Default 60,000.
pub const WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT: u32 = 43;
/// How long a connection that has served plain HTTP is kept for the next
/// request, in ms; 0 is no limit, else up to 2^31-1. Default 15,000.
pub const WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT: u32 = 44;
/// Requests and WebSockets at once on one TCP connection of HTTP/2, 1 to 2^31-1.
/// Each WebSocket counts in max_connections, too. Default 100.
pub const WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS: u32 = 46;
/// Read only: what counts under WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS.
pub const WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS: u32 = 45;

/// Read only: the version of HTTP that the request came by: 10, 11 or 20.
pub const WIREBIRD_REQUEST_OPTION_HTTP_VERSION: u32 = 1;
/// Read only: 1 if the client's own connection is encrypted, as far as the
/// server or a trusted proxy knows, else 0.
pub const WIREBIRD_REQUEST_OPTION_SECURE: u32 = 2;

/// A `descriptor` of a server that does not listen, now or later: it serves
/// the streams of `wirebird_server_attach`. Its address has family 0.
pub const WIREBIRD_NO_SOCKET: i64 = -2;

/// Accept requests without an Origin header (they don't come from a browser),
/// of the same origin as the Host header, or of a listed one; refuse others
/// with 403.
pub const WIREBIRD_ACCEPT_SAME_ORIGIN: u16 = 0;
/// Accept every valid request.
pub const WIREBIRD_ACCEPT_ALL: u16 = 1;
/// Deliver WIREBIRD_EVENT_REQUEST for every valid request and wait for
/// `wirebird_connection_accept` or `wirebird_connection_refuse`.
pub const WIREBIRD_ACCEPT_ASK: u16 = 2;

/// How a request is accepted.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_accept_options_t {
    /// Set by `wirebird_accept_options_init`.
    pub size: u32,
    /// The subprotocol to answer with: one that the client asked for. NULL
    /// data (default) leaves the choice to the server's list, an empty text
    /// with data answers with none.
    pub subprotocol: wirebird_text_t,
    /// Further header fields of the response.
    pub headers: *const wirebird_header_t,
    /// How many header fields.
    pub header_count: usize,
    /// The connection's options; NULL for those of the server.
    pub connection: *const wirebird_connection_options_t,
}
