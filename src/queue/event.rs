//! What can happen to a connection or a server.

use std::any::Any;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use thiserror::Error;

use super::Payload;
use crate::net::{DialError, HeadError, ProxyError, TlsError};
use crate::protocol::{HandshakeError, MessageKind, ProtocolError, Scheme};

/// One event, in the order in which it happened to its source.
pub enum Event {
    /// The opening handshake is complete.
    Opened,
    /// A whole message.
    Message {
        /// Text or binary.
        kind: MessageKind,
        /// Its content.
        payload: Payload,
        /// No frame events came before it.
        whole: bool,
    },
    /// A frame of a fragmented message.
    Frame {
        /// Text or binary.
        kind: MessageKind,
        /// Its content.
        payload: Payload,
        /// The message ends with it.
        last: bool,
    },
    /// A Ping, already answered.
    Ping(Payload),
    /// A Pong; the microseconds since the Ping it answers.
    Pong(Payload, Option<u64>),
    /// A Ping was answered, whoever sent it; so many microseconds later.
    RoundTrip(u64),
    /// The closing handshake began.
    Closing(Box<Closing>),
    /// The connection is over.
    Closed(Box<Closed>),
    /// Bytes given to the operating system.
    Written(u64),
    /// More unsent bytes than the high-water mark.
    HighWater(u64),
    /// Less than half of the high-water mark.
    LowWater,
    /// A request waits for a decision: the server's `Arrival`.
    Request(Box<dyn Any + Send + Sync>),
    /// A connection was accepted: the server's `Arrival`.
    Accepted(Box<dyn Any + Send + Sync>),
    /// A handshake at the server failed; the HTTP status of the answer.
    HandshakeFailed(Box<Failure>, u16),
    /// The peer's certificate has errors, and the host decides: at a server
    /// with the `Arrival` of a connection that has not made its request yet.
    TlsErrors(Option<Box<dyn Any + Send + Sync>>),
    /// Accepting failed for want of resources.
    AcceptFailed(Box<Failure>),
    /// The server stopped listening.
    ServerClosed,
    /// A server or a proxy wants to know who asks.
    Authenticate(Box<Question>),
    /// A plain request waits for its answer: the server's `HttpArrival`, and the
    /// length of its body.
    HttpRequest(Box<dyn Any + Send + Sync>, usize),
    /// Less than half of the high-water mark waits of a body that is streamed.
    HttpRoom,
    /// A request is over that the host has not answered completely.
    HttpOver(Option<Box<Failure>>),
}

/// Who stands between a client and its open connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The server.
    Server,
    /// The proxy before it.
    Proxy,
}

/// What the host is asked for credentials for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Who wants them.
    pub hop: Hop,
    /// How they travel.
    pub scheme: Scheme,
    /// What they are for, in that hop's words.
    pub realm: String,
    /// The ones that were sent were refused.
    pub refused: bool,
    /// Where the hop is, without credentials.
    pub place: String,
}

/// Who began to close, and why.
pub struct Closing {
    /// The peer's close code (1005 for none), or the one that this side sent.
    pub code: u16,
    /// The peer's reason.
    pub reason: String,
    /// Why this side closes; `None` when the peer began.
    pub failure: Option<Arc<Failure>>,
    /// Waits for the host's replies to what came before.
    pub answer: Option<Box<dyn Taken>>,
}

/// What is set off when the host takes an event, or by dropping it if the host
/// never does.
pub trait Taken: Send + Sync {
    /// The host has handled everything that came before.
    fn taken(self: Box<Self>);
}

/// How a connection ended.
pub struct Closed {
    /// The close code to report (RFC 6455 section 7.1.5).
    pub code: u16,
    /// The peer's reason, or the reason phrase of a refused handshake.
    pub reason: String,
    /// What went wrong; `None` after a complete closing handshake.
    pub failure: Option<Arc<Failure>>,
}

/// Why a connection or a handshake failed.
#[derive(Debug, Error)]
pub enum Failure {
    /// The opening handshake broke a rule or was refused.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    /// What arrived broke the protocol or a limit.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// No stream could be connected.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// The proxy led nowhere.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// A redirect was not followed.
    #[error("the server answered {status} and leads to {location}, which {problem}")]
    Redirect {
        /// The HTTP status.
        status: u16,
        /// Where it leads, without credentials.
        location: String,
        /// Why it is not followed.
        problem: String,
    },
    /// TLS failed.
    #[error(transparent)]
    Tls(TlsError),
    /// TLS ended without its last word, so that it may have been cut off.
    #[error(
        "TCP ended without TLS's close_notify and without a Close frame: the connection was lost \
         or cut off"
    )]
    Truncated,
    /// The operating system reported an error.
    #[error("{context}: {error}")]
    Io {
        /// What was being done.
        context: String,
        /// The system's error.
        error: io::Error,
    },
    /// A timeout passed.
    #[error("{what} took longer than {setting} ({ms} ms)")]
    Timeout {
        /// What was waited for.
        what: &'static str,
        /// The setting that limits it.
        setting: &'static str,
        /// Its value.
        ms: u64,
    },
    /// Too many handshakes of one address at a server.
    #[error(
        "too many connections from {address} at once: max_handshakes_per_address ({most}) are in \
         their handshake and backlog ({most_waiting}) wait"
    )]
    Crowd {
        /// Where they come from.
        address: IpAddr,
        /// The limit.
        most: usize,
        /// How many may wait besides.
        most_waiting: usize,
    },
    /// The peer ended TCP without a Close frame.
    #[error("the peer ended the connection without a Close frame")]
    Lost,
    /// The peer does not read fast enough.
    #[error(
        "more than max_unsent ({limit}) bytes would wait to be sent; the peer reads too slowly"
    )]
    Unsent {
        /// The limit.
        limit: u64,
    },
    /// The connection was aborted by this side.
    #[error("aborted")]
    Aborted,
    /// The connection was closed by this side before it was open.
    #[error("closed before the opening handshake was complete")]
    GivenUp,
    /// The header block of a request or response reached a limit.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// HTTP/1.1 was broken by the server.
    #[error("invalid HTTP: {0}")]
    Http(String),
    /// HTTP/1.1 was broken by a client and answered.
    #[error("invalid HTTP, answered with {status}: {reason}")]
    InvalidHttp {
        /// The status of the answer.
        status: u16,
        /// What was wrong.
        reason: String,
    },
    /// The request was refused by the host or by a rule of the server.
    #[error("refused with HTTP status {status}: {reason}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// Why.
        reason: String,
    },
    /// A connection was not introduced as it has to be.
    #[error("{0}")]
    ProxyHeader(String),
    /// A client left before its request was answered.
    #[error("the client left before its request was answered")]
    Gone,
    /// The host has no memory for a message.
    #[error("no memory for a message of {0} units")]
    Memory(usize),
    /// The engine ended.
    #[error("the engine was shut down")]
    ShutDown,
    /// A defect of the library.
    #[error("internal error in the engine; the connection was closed")]
    Panicked,
}

impl Failure {
    /// An I/O error with what was being done.
    pub fn io(context: impl Into<String>, error: io::Error) -> Self {
        match error.downcast::<TlsError>() {
            Ok(error) => Self::Tls(error),
            Err(error) => Self::Io { context: context.into(), error },
        }
    }
}
