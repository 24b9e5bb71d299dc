//! Options of a server, and what it says to one request.

#![allow(non_camel_case_types)]

use std::ffi::c_void;

use super::options::*;
use super::types::*;

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
    /// See WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS.
    pub http_max_connections_per_address: u32,
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
/// accepted, the decision of the host about the request included, that about
/// WIREBIRD_EVENT_TLS_ERRORS not; 0 is no limit, else up to 2^31-1. A request that is not complete by then is answered with 408; whoever
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
/// The same of one IPv4 address or one /64 of IPv6, 1 to 2^32-1; one more is
/// answered with 503. Does not hold for `trusted_proxies` that name their clients
/// in header fields, nor on Unix domain sockets. Default 250.
pub const WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS: u32 = 47;
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
