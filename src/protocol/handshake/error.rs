//! What goes wrong before a connection is open.

use thiserror::Error;

use super::super::deflate::ExtensionError;

/// A mistake of the caller's: nothing was sent.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RequestError {
    /// RFC 6455 section 3.
    #[error("the URL {problem}")]
    Url {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A scheme other than those that this build speaks.
    #[error("the URL's scheme {scheme:?} is not supported: use ws or wss")]
    Scheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// The origin can't be sent.
    #[error("the origin has characters that a header field must not have (CR, LF, NUL or others)")]
    Origin,
    /// A subprotocol can't be asked for or chosen.
    #[error("the subprotocol {name:?} {problem}")]
    Subprotocol {
        /// The subprotocol.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A header field can't be sent.
    #[error("the header field {name:?} {problem}")]
    Header {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// What the peer did wrong in the opening handshake.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HandshakeError {
    /// The server did not switch protocols.
    #[error(
        "the server answered {status} {reason} instead of 101: check the URL and whether it wants \
         credentials, an Origin or a subprotocol"
    )]
    Status {
        /// The HTTP status.
        status: u16,
        /// Its usual reason phrase, or empty.
        reason: String,
    },
    /// Only GET can be upgraded.
    #[error("the request's method is {method}: a WebSocket is opened with GET")]
    Method {
        /// The request's method.
        method: String,
    },
    /// No path is asked for.
    #[error("the request's target is {target:?}: a WebSocket's is a path, or a URL with a host")]
    Target {
        /// The request's target.
        target: String,
    },
    /// Older than HTTP/1.1.
    #[error("{version} can't be upgraded: use HTTP/1.1, through proxies in between as well")]
    Version {
        /// The version, as in `HTTP/1.0`.
        version: String,
    },
    /// A header field is missing or wrong.
    #[error("the header field {name} {problem}")]
    Header {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// RFC 6455 section 4.4.
    #[error("Sec-WebSocket-Version {received:?} is not supported: use 13")]
    WebSocketVersion {
        /// What the client asked for, or empty.
        received: String,
    },
    /// The server did not answer this request.
    #[error(
        "Sec-WebSocket-Accept is {received:?}, not {expected:?}: the answer is not one to this \
         request; a cache or proxy in between may have replayed it"
    )]
    AcceptKey {
        /// What the server sent.
        received: String,
        /// What follows from this client's key.
        expected: String,
    },
    /// The server chose a subprotocol that was not asked for.
    #[error("the server chose the subprotocol {name:?}, which was not asked for: ask for it")]
    Subprotocol {
        /// What the server sent.
        name: String,
    },
    /// The server uses an extension that was not offered, or not so.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    /// A plain HTTP request.
    #[error("this is a WebSocket endpoint: send Upgrade: websocket")]
    NotAnUpgrade,
    /// A server of HTTP/1.1.
    #[error("the server did not choose HTTP/2 (ALPN h2): set http_version to WIREBIRD_HTTP_1_1")]
    NoHttp2,
    /// Something else, without TLS.
    #[error("the server does not speak HTTP/2: set http_version to WIREBIRD_HTTP_1_1 ({0})")]
    NotHttp2(String),
    /// A server that does not know RFC 8441.
    #[error(
        "the server does not offer WebSockets over HTTP/2 (extended CONNECT, RFC 8441): set \
         http_version to WIREBIRD_HTTP_1_1"
    )]
    NoExtendedConnect,
    /// A host that is not in the server's list.
    #[error("there is no host {host:?} here: name it in the server's hosts")]
    UnknownHost {
        /// The request's host.
        host: String,
    },
    /// A request that has to say where it comes from.
    #[error("the request has no Origin, which this server requires (require_origin)")]
    MissingOrigin,
    /// A page from elsewhere.
    #[error("the origin {origin:?} is not the server's own ({host:?}): allow it in the server")]
    Origin {
        /// The request's Origin.
        origin: String,
        /// The request's Host.
        host: String,
    },
}
