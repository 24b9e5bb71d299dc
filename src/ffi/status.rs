//! Statuses and the text of the last error.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};

/// The result of a call: 0 (`WIREBIRD_OK`), a positive notice that is no
/// failure, or a negative error. Numbers are never reused.
#[allow(non_camel_case_types)]
pub type wirebird_status_t = i32;

/// The call did what it was asked to do.
pub const WIREBIRD_OK: i32 = 0;
/// No event is waiting in the queue. Not an error.
pub const WIREBIRD_EMPTY: i32 = 1;
/// The budget was used up and events are left; the queue has called `wake`
/// again. Not an error.
pub const WIREBIRD_MORE: i32 = 2;
/// The stream has come to the end of the engine's direction: end that direction
/// of the transport, or all of it if it knows no such thing. The engine reads
/// on. Not an error.
pub const WIREBIRD_END: i32 = 3;
/// The engine has let go of the stream, and everything was taken: end the
/// transport once it has brought that away. Not an error.
pub const WIREBIRD_OVER: i32 = 4;
/// The engine has aborted the stream: end the transport at once, by a reset if
/// it can do that. Not an error.
pub const WIREBIRD_RESET: i32 = 5;

/// An argument is missing or outside its range; the message names it.
pub const WIREBIRD_ERROR_ARGUMENT: i32 = -1;
/// The handle is stale, foreign, zero, or was released before.
pub const WIREBIRD_ERROR_HANDLE: i32 = -2;
/// The call does not fit the state of the object: sending before the
/// connection is open or after it closed, answering a request twice.
pub const WIREBIRD_ERROR_STATE: i32 = -3;
/// The process forked after the engine had started; a child has no engine.
pub const WIREBIRD_ERROR_FORKED: i32 = -4;
/// The engine was shut down by `wirebird_shutdown`.
pub const WIREBIRD_ERROR_SHUT_DOWN: i32 = -5;
/// A defect inside the library was caught at the boundary. The object
/// concerned is closed.
pub const WIREBIRD_ERROR_PANIC: i32 = -6;
/// A limit was reached; the message names the setting.
pub const WIREBIRD_ERROR_LIMIT: i32 = -7;
/// The engine could not be started: threads or descriptors are exhausted.
pub const WIREBIRD_ERROR_RESOURCES: i32 = -8;

/// The URL can't be parsed, has a fragment, or has no host.
pub const WIREBIRD_ERROR_URL: i32 = -20;
/// The URL's scheme is neither `ws` nor `wss`.
pub const WIREBIRD_ERROR_SCHEME: i32 = -21;
/// The host name has no address.
pub const WIREBIRD_ERROR_HOST_NOT_FOUND: i32 = -22;
/// The host refused the TCP connection.
pub const WIREBIRD_ERROR_CONNECTION_REFUSED: i32 = -23;
/// The peer ended or reset the TCP connection without a Close frame.
pub const WIREBIRD_ERROR_CONNECTION_LOST: i32 = -24;
/// The network or the host can't be reached, or another network failure.
pub const WIREBIRD_ERROR_NETWORK: i32 = -25;
/// A timeout passed; the message names the setting.
pub const WIREBIRD_ERROR_TIMEOUT: i32 = -26;
/// The address to listen on is in use.
pub const WIREBIRD_ERROR_ADDRESS_IN_USE: i32 = -27;
/// The address to listen on does not belong to this machine.
pub const WIREBIRD_ERROR_ADDRESS_UNAVAILABLE: i32 = -28;
/// The operating system does not permit the operation.
pub const WIREBIRD_ERROR_PERMISSION: i32 = -29;

/// The server answered the opening handshake with a status other than 101;
/// the event's `value` is that status.
pub const WIREBIRD_ERROR_HTTP_STATUS: i32 = -40;
/// The opening handshake broke HTTP or RFC 6455 section 4.
pub const WIREBIRD_ERROR_HANDSHAKE: i32 = -41;
/// The `Sec-WebSocket-Accept` of the response does not match the key.
pub const WIREBIRD_ERROR_ACCEPT_KEY: i32 = -42;
/// The server chose a subprotocol that was not asked for.
pub const WIREBIRD_ERROR_SUBPROTOCOL: i32 = -43;
/// The server named an extension that was not offered.
pub const WIREBIRD_ERROR_EXTENSION: i32 = -44;
/// The request asked for a WebSocket version other than 13.
pub const WIREBIRD_ERROR_VERSION: i32 = -45;
/// The peer broke the framing rules of RFC 6455 section 5.
pub const WIREBIRD_ERROR_PROTOCOL: i32 = -46;
/// The request was refused by the host.
pub const WIREBIRD_ERROR_REFUSED: i32 = -47;

/// The proxy's host name has no address.
pub const WIREBIRD_ERROR_PROXY_NOT_FOUND: i32 = -60;
/// The proxy's host refused the TCP connection.
pub const WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED: i32 = -61;
/// The proxy ended the connection before it led to the server.
pub const WIREBIRD_ERROR_PROXY_CONNECTION_LOST: i32 = -62;
/// The proxy did not answer in time; the message names the setting.
pub const WIREBIRD_ERROR_PROXY_TIMEOUT: i32 = -63;
/// The proxy does not speak the protocol that it was said to, or its answer is
/// over a limit, or it can't be used.
pub const WIREBIRD_ERROR_PROXY_PROTOCOL: i32 = -64;
/// The proxy wants credentials, or others than those it was told; the event's
/// `value` is its HTTP status, 407 or 401, for SOCKS 0.
pub const WIREBIRD_ERROR_PROXY_AUTHENTICATION: i32 = -65;
/// The proxy did not connect to the server; the event's `value` is its HTTP
/// status, or its SOCKS reply (RFC 1928 section 6: 4 is host unreachable, 5
/// connection refused).
pub const WIREBIRD_ERROR_PROXY_REFUSED: i32 = -66;
/// A redirect was not followed: too many, from `wss` to `ws`, or to no
/// WebSocket's URL; the event's `value` is the HTTP status.
pub const WIREBIRD_ERROR_REDIRECT: i32 = -67;
/// The TLS handshake failed, or TLS broke; the event's `detail` is
/// WIREBIRD_TLS_ERROR_…, its `value` the alert's number together with
/// WIREBIRD_TLS_ALERT_SENT or WIREBIRD_TLS_ALERT_RECEIVED, or 0.
pub const WIREBIRD_ERROR_TLS: i32 = -70;
/// The peer's certificate is not accepted; `detail` and `value` as for
/// WIREBIRD_ERROR_TLS.
pub const WIREBIRD_ERROR_CERTIFICATE: i32 = -71;

thread_local! {
    static LAST_ERROR: RefCell<CString> = RefCell::default();
}

/// Keeps the message for `wirebird_last_error` and hands the status through.
pub(super) fn fail(status: wirebird_status_t, message: impl Into<Vec<u8>>) -> wirebird_status_t {
    let mut message = message.into();
    message.retain(|&byte| byte != 0);
    let message = CString::new(message).unwrap_or_default();
    // A thread in its exit handlers keeps no text.
    let _ = LAST_ERROR.try_with(|last| last.replace(message));
    status
}

/// What went wrong in the last call on this thread that returned an error:
/// one sentence in English that names the argument, setting or limit. Empty
/// before the first error. Valid until the next failing call on this thread.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_last_error() -> *const c_char {
    LAST_ERROR.try_with(|last| last.borrow().as_ptr()).unwrap_or(c"".as_ptr())
}

/// A short English name of a status, for logs. Static; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_status_text(status: wirebird_status_t) -> *const c_char {
    text(status).as_ptr()
}

fn text(status: wirebird_status_t) -> &'static CStr {
    match status {
        WIREBIRD_OK => c"success",
        WIREBIRD_EMPTY => c"no event is waiting",
        WIREBIRD_MORE => c"events are left",
        WIREBIRD_END => c"the engine's direction has ended",
        WIREBIRD_OVER => c"the stream is over",
        WIREBIRD_RESET => c"the stream was aborted",
        WIREBIRD_ERROR_ARGUMENT => c"invalid argument",
        WIREBIRD_ERROR_HANDLE => c"stale or foreign handle",
        WIREBIRD_ERROR_STATE => c"wrong state for this call",
        WIREBIRD_ERROR_FORKED => c"the process has forked",
        WIREBIRD_ERROR_SHUT_DOWN => c"the engine was shut down",
        WIREBIRD_ERROR_PANIC => c"internal error",
        WIREBIRD_ERROR_LIMIT => c"a limit was reached",
        WIREBIRD_ERROR_RESOURCES => c"out of system resources",
        WIREBIRD_ERROR_URL => c"invalid URL",
        WIREBIRD_ERROR_SCHEME => c"unsupported URL scheme",
        WIREBIRD_ERROR_HOST_NOT_FOUND => c"host not found",
        WIREBIRD_ERROR_CONNECTION_REFUSED => c"connection refused",
        WIREBIRD_ERROR_CONNECTION_LOST => c"connection lost",
        WIREBIRD_ERROR_NETWORK => c"network failure",
        WIREBIRD_ERROR_TIMEOUT => c"timed out",
        WIREBIRD_ERROR_ADDRESS_IN_USE => c"address in use",
        WIREBIRD_ERROR_ADDRESS_UNAVAILABLE => c"address not available",
        WIREBIRD_ERROR_PERMISSION => c"permission denied",
        WIREBIRD_ERROR_HTTP_STATUS => c"the server did not switch protocols",
        WIREBIRD_ERROR_HANDSHAKE => c"invalid opening handshake",
        WIREBIRD_ERROR_ACCEPT_KEY => c"Sec-WebSocket-Accept does not match",
        WIREBIRD_ERROR_SUBPROTOCOL => c"unrequested subprotocol",
        WIREBIRD_ERROR_EXTENSION => c"unrequested extension",
        WIREBIRD_ERROR_VERSION => c"unsupported WebSocket version",
        WIREBIRD_ERROR_PROTOCOL => c"protocol error",
        WIREBIRD_ERROR_REFUSED => c"refused",
        WIREBIRD_ERROR_PROXY_NOT_FOUND => c"proxy not found",
        WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED => c"connection to the proxy refused",
        WIREBIRD_ERROR_PROXY_CONNECTION_LOST => c"connection to the proxy lost",
        WIREBIRD_ERROR_PROXY_TIMEOUT => c"the proxy timed out",
        WIREBIRD_ERROR_PROXY_PROTOCOL => c"invalid answer of the proxy",
        WIREBIRD_ERROR_PROXY_AUTHENTICATION => c"the proxy wants credentials",
        WIREBIRD_ERROR_PROXY_REFUSED => c"the proxy did not connect",
        WIREBIRD_ERROR_REDIRECT => c"redirect not followed",
        WIREBIRD_ERROR_TLS => c"TLS failed",
        WIREBIRD_ERROR_CERTIFICATE => c"the peer's certificate is not accepted",
        _ => c"unknown status",
    }
}
