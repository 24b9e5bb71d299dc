//! Which status a failure has.

use std::io::{self, ErrorKind};

use super::event::*;
use super::guard::Fault;
use super::status::*;
use super::tls_errors;
use crate::net::{DialError, ListenError, ProxyError};
use crate::protocol::{HandshakeError, ProtocolError, RequestError};
use crate::queue::Failure;

/// The status of an event's failure.
pub(super) fn status(failure: &Failure) -> wirebird_status_t {
    match failure {
        Failure::Handshake(error) => handshake(error),
        Failure::Protocol(_) => WIREBIRD_ERROR_PROTOCOL,
        Failure::Dial(error) => dial(error),
        Failure::Proxy(error) => proxy(error),
        Failure::Redirect { .. } => WIREBIRD_ERROR_REDIRECT,
        Failure::Tls(error) => tls_errors::status(error),
        Failure::Truncated => WIREBIRD_ERROR_CONNECTION_LOST,
        Failure::Io { error, .. } => system(error),
        Failure::Timeout { .. } => WIREBIRD_ERROR_TIMEOUT,
        Failure::Lost | Failure::Gone => WIREBIRD_ERROR_CONNECTION_LOST,
        Failure::Unsent { .. } | Failure::Crowd { .. } | Failure::Head(_) => WIREBIRD_ERROR_LIMIT,
        Failure::Aborted | Failure::GivenUp => WIREBIRD_ERROR_STATE,
        Failure::Http(_) | Failure::InvalidHttp { .. } | Failure::ProxyHeader(_) => {
            WIREBIRD_ERROR_HANDSHAKE
        }
        Failure::Refused { .. } => WIREBIRD_ERROR_REFUSED,
        Failure::Memory(_) => WIREBIRD_ERROR_RESOURCES,
        Failure::ShutDown => WIREBIRD_ERROR_SHUT_DOWN,
        Failure::Panicked => WIREBIRD_ERROR_PANIC,
    }
}

/// The HTTP status or the alert that a failure is about, or 0.
pub(super) fn value(failure: &Failure) -> u64 {
    match failure {
        Failure::Handshake(HandshakeError::Status { status, .. })
        | Failure::Refused { status, .. }
        | Failure::Redirect { status, .. }
        | Failure::Proxy(
            ProxyError::Credentials { status, .. } | ProxyError::Refused { code: status, .. },
        ) => u64::from(*status),
        Failure::Tls(error) => tls_errors::alert(error),
        _ => 0,
    }
}

/// The number of the rule that a peer broke, of what is wrong with its TLS, or
/// 0.
pub(super) fn detail(failure: &Failure) -> u32 {
    let error = match failure {
        Failure::Protocol(error) => error,
        Failure::Tls(error) => return tls_errors::detail(error),
        _ => return 0,
    };
    match error {
        ProtocolError::ReservedBits(_) => WIREBIRD_VIOLATION_RESERVED_BITS,
        ProtocolError::ReservedOpcode(_) => WIREBIRD_VIOLATION_RESERVED_OPCODE,
        ProtocolError::Unmasked => WIREBIRD_VIOLATION_UNMASKED,
        ProtocolError::Masked => WIREBIRD_VIOLATION_MASKED,
        ProtocolError::LengthNotMinimal(_) => WIREBIRD_VIOLATION_LENGTH_NOT_MINIMAL,
        ProtocolError::LengthTopBit => WIREBIRD_VIOLATION_LENGTH_TOP_BIT,
        ProtocolError::FragmentedControl => WIREBIRD_VIOLATION_FRAGMENTED_CONTROL,
        ProtocolError::ControlTooLong(_) => WIREBIRD_VIOLATION_CONTROL_TOO_LONG,
        ProtocolError::NothingToContinue => WIREBIRD_VIOLATION_NOTHING_TO_CONTINUE,
        ProtocolError::InterruptedMessage => WIREBIRD_VIOLATION_INTERRUPTED_MESSAGE,
        ProtocolError::InvalidText => WIREBIRD_VIOLATION_INVALID_TEXT,
        ProtocolError::InvalidDeflate => WIREBIRD_VIOLATION_INVALID_DEFLATE,
        ProtocolError::CloseTooShort => WIREBIRD_VIOLATION_CLOSE_TOO_SHORT,
        ProtocolError::CloseCode(_) => WIREBIRD_VIOLATION_CLOSE_CODE,
        ProtocolError::InvalidReason => WIREBIRD_VIOLATION_INVALID_REASON,
        ProtocolError::FrameTooLarge { .. } => WIREBIRD_VIOLATION_FRAME_TOO_LARGE,
        ProtocolError::MessageTooLarge { .. } => WIREBIRD_VIOLATION_MESSAGE_TOO_LARGE,
        ProtocolError::TooManyFragments { .. } => WIREBIRD_VIOLATION_TOO_MANY_FRAGMENTS,
    }
}

fn handshake(error: &HandshakeError) -> wirebird_status_t {
    match error {
        HandshakeError::Status { .. } => WIREBIRD_ERROR_HTTP_STATUS,
        HandshakeError::AcceptKey { .. } => WIREBIRD_ERROR_ACCEPT_KEY,
        HandshakeError::Subprotocol { .. } => WIREBIRD_ERROR_SUBPROTOCOL,
        HandshakeError::Extension(_) => WIREBIRD_ERROR_EXTENSION,
        HandshakeError::WebSocketVersion { .. } => WIREBIRD_ERROR_VERSION,
        HandshakeError::Origin { .. }
        | HandshakeError::UnknownHost { .. }
        | HandshakeError::MissingOrigin => WIREBIRD_ERROR_REFUSED,
        _ => WIREBIRD_ERROR_HANDSHAKE,
    }
}

fn dial(error: &DialError) -> wirebird_status_t {
    match error {
        DialError::HostNotFound { .. } => WIREBIRD_ERROR_HOST_NOT_FOUND,
        DialError::Timeout { .. } => WIREBIRD_ERROR_TIMEOUT,
        DialError::OtherFamily { .. } => WIREBIRD_ERROR_ADDRESS_UNAVAILABLE,
        // Nobody listens there: the file is not there either.
        DialError::Unix { error, .. } if error.kind() == ErrorKind::NotFound => {
            WIREBIRD_ERROR_CONNECTION_REFUSED
        }
        error => error.system().map_or(WIREBIRD_ERROR_NETWORK, system),
    }
}

fn proxy(error: &ProxyError) -> wirebird_status_t {
    match error {
        ProxyError::Dial { error, .. } => match dial(error) {
            WIREBIRD_ERROR_HOST_NOT_FOUND => WIREBIRD_ERROR_PROXY_NOT_FOUND,
            WIREBIRD_ERROR_CONNECTION_REFUSED => WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED,
            WIREBIRD_ERROR_CONNECTION_LOST => WIREBIRD_ERROR_PROXY_CONNECTION_LOST,
            WIREBIRD_ERROR_TIMEOUT => WIREBIRD_ERROR_PROXY_TIMEOUT,
            other => other,
        },
        ProxyError::Io { error, .. } => match system(error) {
            WIREBIRD_ERROR_TIMEOUT => WIREBIRD_ERROR_PROXY_TIMEOUT,
            WIREBIRD_ERROR_CONNECTION_LOST => WIREBIRD_ERROR_PROXY_CONNECTION_LOST,
            other => other,
        },
        ProxyError::Lost { .. } => WIREBIRD_ERROR_PROXY_CONNECTION_LOST,
        ProxyError::Credentials { .. } => WIREBIRD_ERROR_PROXY_AUTHENTICATION,
        ProxyError::Refused { .. } => WIREBIRD_ERROR_PROXY_REFUSED,
        ProxyError::Environment(_) | ProxyError::Head { .. } | ProxyError::Protocol { .. } => {
            WIREBIRD_ERROR_PROXY_PROTOCOL
        }
    }
}

/// The status of an error of the operating system.
fn system(error: &io::Error) -> wirebird_status_t {
    match error.kind() {
        ErrorKind::ConnectionRefused => WIREBIRD_ERROR_CONNECTION_REFUSED,
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => WIREBIRD_ERROR_CONNECTION_LOST,
        ErrorKind::TimedOut => WIREBIRD_ERROR_TIMEOUT,
        ErrorKind::AddrInUse => WIREBIRD_ERROR_ADDRESS_IN_USE,
        ErrorKind::AddrNotAvailable => WIREBIRD_ERROR_ADDRESS_UNAVAILABLE,
        ErrorKind::PermissionDenied => WIREBIRD_ERROR_PERMISSION,
        ErrorKind::OutOfMemory => WIREBIRD_ERROR_RESOURCES,
        _ if is_exhaustion(error) => WIREBIRD_ERROR_RESOURCES,
        _ => WIREBIRD_ERROR_NETWORK,
    }
}

#[cfg(unix)]
fn is_exhaustion(error: &io::Error) -> bool {
    let codes = [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

#[cfg(not(unix))]
fn is_exhaustion(_: &io::Error) -> bool {
    false
}

impl From<ListenError> for Fault {
    fn from(error: ListenError) -> Self {
        Self::new(system(&error.error), error.to_string())
    }
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        let status = match error {
            RequestError::Url { .. } => WIREBIRD_ERROR_URL,
            RequestError::Scheme { .. } => WIREBIRD_ERROR_SCHEME,
            _ => WIREBIRD_ERROR_ARGUMENT,
        };
        Self::new(status, error.to_string())
    }
}
