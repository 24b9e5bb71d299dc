//! The figures of a server: read, and changed while it listens.

use std::time::Duration;

use super::arguments;
use super::guard::{Fault, guard};
use super::handles;
use super::options::*;
use super::settings::{time, within};
use super::status::*;
use super::types::*;
use crate::net::HeadLimits;
use crate::server::Limits;

/// The range of max_header_size: the shortest valid handshake, and what is
/// still read as one piece.
const HEADER_SIZES: [u64; 2] = [256, 1_048_576];

/// The range of max_headers; what is read at once has a place for each.
const HEADERS: [u64; 2] = [1, 10_000];

/// Changes one of WIREBIRD_SERVER_OPTION_…, for handshakes that begin
/// afterwards: nothing under way or open is ended.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_server_set(
    server: wirebird_server_t,
    option: u32,
    value: u64,
) -> wirebird_status_t {
    guard(|| {
        let mut result = Ok(());
        handles::server(server)?.change(|limits| result = set(limits, option, value));
        result.map(|()| WIREBIRD_OK)
    })
}

/// Reads one of WIREBIRD_SERVER_OPTION_….
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `value` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_server_get(
    server: wirebird_server_t,
    option: u32,
    value: *mut u64,
) -> wirebird_status_t {
    guard(|| {
        let server = handles::server(server)?;
        let (limits, figures) = (server.limits(), server.figures());
        let found = match option {
            WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT => ms(limits.handshake_timeout),
            WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES => limits.max_handshakes as u64,
            WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS => {
                limits.max_handshakes_per_address as u64
            }
            WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS => limits.max_connections as u64,
            WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE => limits.head.max_size as u64,
            WIREBIRD_SERVER_OPTION_MAX_HEADERS => limits.head.max_fields as u64,
            WIREBIRD_SERVER_OPTION_HANDSHAKES => figures.handshakes as u64,
            WIREBIRD_SERVER_OPTION_WAITING => figures.waiting as u64,
            WIREBIRD_SERVER_OPTION_CONNECTIONS => figures.connections as u64,
            WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS => limits.http.max_connections as u64,
            WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS => {
                limits.http.max_connections_per_address as u64
            }
            WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE => limits.http.max_body_size,
            WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS => u64::from(limits.http.max_streams),
            WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT => ms(limits.http.body_timeout),
            WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT => ms(limits.http.answer_timeout),
            WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT => ms(limits.http.keep_alive_timeout),
            WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS => figures.http as u64,
            _ => return Err(unknown(option)),
        };
        // SAFETY: the caller's promise.
        unsafe { arguments::output(value, found, "value") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The limits that a server begins with.
pub(super) fn read(c: &wirebird_server_options_t) -> Result<Limits, Fault> {
    let mut limits = Limits::default();
    set(&mut limits, WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE, c.http_max_body_size)?;
    let figures = [
        (WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT, c.handshake_timeout_ms),
        (WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES, c.max_handshakes),
        (WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS, c.max_handshakes_per_address),
        (WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS, c.max_connections),
        (WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE, c.max_header_size),
        (WIREBIRD_SERVER_OPTION_MAX_HEADERS, c.max_headers),
        (WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS, c.http_max_connections),
        (
            WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS,
            c.http_max_connections_per_address,
        ),
        (WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS, c.http2_max_streams),
        (WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT, c.http_body_timeout_ms),
        (WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT, c.http_answer_timeout_ms),
        (WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT, c.http_keep_alive_timeout_ms),
    ];
    for (option, value) in figures {
        set(&mut limits, option, u64::from(value))?;
    }
    Ok(limits)
}

/// A server's limits, in the order of `wirebird_server_options_t`.
pub(super) fn set_defaults(c: &mut wirebird_server_options_t) {
    let limits = Limits::default();
    c.handshake_timeout_ms = ms(limits.handshake_timeout) as u32;
    c.max_handshakes = limits.max_handshakes as u32;
    c.max_handshakes_per_address = limits.max_handshakes_per_address as u32;
    c.max_connections = limits.max_connections as u32;
    c.max_header_size = limits.head.max_size as u32;
    c.max_headers = limits.head.max_fields as u32;
    c.http_max_connections = limits.http.max_connections as u32;
    c.http_max_connections_per_address = limits.http.max_connections_per_address as u32;
    c.http2_max_streams = limits.http.max_streams;
    c.http_max_body_size = limits.http.max_body_size;
    c.http_body_timeout_ms = ms(limits.http.body_timeout) as u32;
    c.http_answer_timeout_ms = ms(limits.http.answer_timeout) as u32;
    c.http_keep_alive_timeout_ms = ms(limits.http.keep_alive_timeout) as u32;
}

/// The limits of a response's header block.
pub(super) fn response(c: &wirebird_client_options_t) -> Result<HeadLimits, Fault> {
    Ok(HeadLimits {
        max_size: header_size("options->max_header_size", u64::from(c.max_header_size))?,
        max_fields: headers("options->max_headers", u64::from(c.max_headers))?,
    })
}

fn set(limits: &mut Limits, option: u32, value: u64) -> Result<(), Fault> {
    let at_least_one = |name| within(name, value, 1, u64::from(u32::MAX));
    match option {
        WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT => {
            limits.handshake_timeout = time("handshake_timeout_ms", value)?;
        }
        WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES => {
            limits.max_handshakes = at_least_one("max_handshakes")? as usize;
        }
        WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS => {
            let most = at_least_one("max_handshakes_per_address")?;
            limits.max_handshakes_per_address = most as usize;
        }
        WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS => {
            limits.max_connections = at_least_one("max_connections")? as usize;
        }
        WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE => {
            limits.head.max_size = header_size("max_header_size", value)?;
        }
        WIREBIRD_SERVER_OPTION_MAX_HEADERS => {
            limits.head.max_fields = headers("max_headers", value)?;
        }
        WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS => {
            limits.http.max_connections = at_least_one("http_max_connections")? as usize;
        }
        WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS => {
            let most = at_least_one("http_max_connections_per_address")?;
            limits.http.max_connections_per_address = most as usize;
        }
        WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE => {
            limits.http.max_body_size = within("http_max_body_size", value, 0, i64::MAX as u64)?;
        }
        WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS => {
            let most = within("http2_max_streams", value, 1, i32::MAX as u64)?;
            limits.http.max_streams = most as u32;
        }
        WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT => {
            limits.http.body_timeout = time("http_body_timeout_ms", value)?;
        }
        WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT => {
            limits.http.answer_timeout = time("http_answer_timeout_ms", value)?;
        }
        WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT => {
            limits.http.keep_alive_timeout = time("http_keep_alive_timeout_ms", value)?;
        }
        WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS
        | WIREBIRD_SERVER_OPTION_HANDSHAKES
        | WIREBIRD_SERVER_OPTION_WAITING
        | WIREBIRD_SERVER_OPTION_CONNECTIONS => {
            return Err(Fault::argument(format!("option {option} can only be read")));
        }
        _ => return Err(unknown(option)),
    }
    Ok(())
}

fn header_size(name: &str, value: u64) -> Result<usize, Fault> {
    let [least, most] = HEADER_SIZES;
    Ok(within(name, value, least, most)? as usize)
}

fn headers(name: &str, value: u64) -> Result<usize, Fault> {
    let [least, most] = HEADERS;
    Ok(within(name, value, least, most)? as usize)
}

fn ms(time: Option<Duration>) -> u64 {
    time.map_or(0, |time| time.as_millis() as u64)
}

fn unknown(option: u32) -> Fault {
    Fault::argument(format!("{option} is no WIREBIRD_SERVER_OPTION_…"))
}
