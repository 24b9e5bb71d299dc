//! Options of a client.

#![allow(non_camel_case_types)]

use std::ffi::c_void;

use super::options::*;
use super::types::*;

/// Options of a client connection.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_client_options_t {
    /// Set by `wirebird_client_options_init`.
    pub size: u32,
    /// The opening handshake, name look-up, TCP connection and TLS included, may
    /// take this many ms, 1 to 2^31-1. The time that the host takes to answer
    /// WIREBIRD_EVENT_AUTHENTICATE or WIREBIRD_EVENT_TLS_ERRORS is not counted: it
    /// may ask a person. Default 10,000.
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
    /// Which of `max_redirects` are followed: WIREBIRD_REDIRECT_ANYWHERE (default),
    /// WIREBIRD_REDIRECT_SAME_ORIGIN or WIREBIRD_REDIRECT_SAME_SCHEME.
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
/// Those that keep the scheme, to any host; others fail with
/// WIREBIRD_ERROR_REDIRECT.
pub const WIREBIRD_REDIRECT_SAME_SCHEME: u32 = 2;

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
