//! Connections: the decision on a request, closing, moving.

use std::ffi::c_void;

use hyper::StatusCode;

use super::arguments;
use super::guard::{Fault, Outcome, guard, with_connection};
use super::handles;
use super::http::phrase;
use super::init::accept_defaults;
use super::options::wirebird_accept_options_t;
use super::queue::{check_fits, queue_or_none};
use super::settings;
use super::status::*;
use super::types::*;
use crate::connection::Decision;
use crate::protocol::Role;

/// Answers WIREBIRD_EVENT_REQUEST with 101. The connection can be sent to and
/// closed from now on; what is sent leaves after the response, and that, within
/// `wirebird_queue_dispatch`, at its end or by `wirebird_queue_flush`.
/// WIREBIRD_EVENT_OPENED or WIREBIRD_EVENT_CLOSED follows. `options` may be
/// NULL.
///
/// Errors: WIREBIRD_ERROR_STATE if it was answered before or the peer is gone,
/// WIREBIRD_ERROR_ARGUMENT; the request still waits then.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_accept(
    connection: wirebird_connection_t,
    options: *const wirebird_accept_options_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise, for these.
        let c = unsafe { arguments::options(options, accept_defaults(), "options") }?;
        let subprotocol = unsafe { arguments::text(c.subprotocol, "options->subprotocol") }?;
        let headers = unsafe { arguments::headers(c.headers, c.header_count) }?;
        let subprotocol = (!c.subprotocol.data.is_null()).then(|| subprotocol.to_owned());
        if let Some(chosen) = subprotocol.as_deref().filter(|chosen| !chosen.is_empty())
            && !connection.handshake().facts().is_some_and(|facts| facts.requests(chosen))
        {
            return Err(Fault::argument(format!(
                "options->subprotocol is {chosen:?}, which the client did not ask for"
            )));
        }
        let settings = match c.connection.is_null() {
            true => None,
            // SAFETY: the caller's promise.
            false => Some(unsafe { settings::read(c.connection, Role::Server) }?),
        };
        let decision = Decision::Accept(subprotocol, headers);
        decided(connection.accept(decision, settings.map(|(settings, _)| settings)))?;
        if let Some((_, user_data)) = settings {
            connection.source().set_user_data(user_data as usize);
        }
        Ok(WIREBIRD_OK)
    })
}

/// Answers WIREBIRD_EVENT_REQUEST with an HTTP status from 300 to 599, header
/// fields and a body (text/plain unless there is a Content-Type), and releases
/// the connection: no event follows.
///
/// Errors: WIREBIRD_ERROR_STATE if it was answered before,
/// WIREBIRD_ERROR_ARGUMENT; the request still waits then.
///
/// # Safety
/// `headers`, what they point to, and `body` are valid as their sizes say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_refuse(
    connection: wirebird_connection_t,
    status: u16,
    headers: *const wirebird_header_t,
    header_count: usize,
    body: wirebird_text_t,
) -> wirebird_status_t {
    let reason = wirebird_text_t { data: std::ptr::null(), length: 0 };
    // SAFETY: the caller's promise; an empty text is valid.
    unsafe {
        wirebird_connection_refuse_as(connection, status, reason, headers, header_count, body)
    }
}

/// The same with a reason phrase of one's own (RFC 9112 section 4): visible
/// ASCII, spaces and tabs; empty is the standard one. Only HTTP/1.1 has it.
///
/// # Safety
/// `reason`, `headers`, what they point to, and `body` are valid as their sizes
/// say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_refuse_as(
    connection: wirebird_connection_t,
    status: u16,
    reason: wirebird_text_t,
    headers: *const wirebird_header_t,
    header_count: usize,
    body: wirebird_text_t,
) -> wirebird_status_t {
    let handle = connection;
    with_connection(connection, |connection| {
        let status = Some(status)
            .filter(|status| (300..600).contains(status))
            .and_then(|status| StatusCode::from_u16(status).ok())
            .ok_or_else(|| Fault::argument(format!("status is {status}, not 300 to 599")))?;
        // SAFETY: the caller's promise, for these.
        let reason = unsafe { arguments::text(reason, "reason") }?;
        let headers = unsafe { arguments::headers(headers, header_count) }?;
        let body = unsafe { arguments::text(body, "body") }?;
        let reason = phrase(reason, "reason")?;
        decided(connection.refuse(status, reason, headers, body.to_owned()))?;
        handles::take_connection(handle)?.source().release();
        Ok(WIREBIRD_OK)
    })
}

/// Begins the closing handshake (RFC 6455 section 7). Inside the handler of
/// WIREBIRD_EVENT_CLOSING with value 0 these words leave instead of the
/// engine's. `code` is 1000 to 1003,
/// 1007 to 1014 or 3000 to 4999, or 0 for a Close without a code; `reason` is
/// cut at a character to 123 bytes. While the opening handshake of a client
/// runs it is given up. WIREBIRD_EVENT_CLOSED follows.
///
/// Errors: WIREBIRD_ERROR_STATE if it is closing already,
/// WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `reason` is valid as its length says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_close(
    connection: wirebird_connection_t,
    code: u16,
    reason: wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise.
        let reason = unsafe { arguments::text(reason, "reason") }?;
        if code == 0 && !reason.is_empty() {
            return Err(Fault::argument("a Close without a code can't have a reason"));
        }
        connection.close(Some(code).filter(|&code| code != 0), reason)?;
        Ok(WIREBIRD_OK)
    })
}

/// Ends the TCP connection at once; a request is left without an answer.
/// WIREBIRD_EVENT_CLOSED with 1006 follows.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_abort(
    connection: wirebird_connection_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        connection.abort();
        Ok(WIREBIRD_OK)
    })
}

/// Releases the handle; no event follows. An open connection is closed with
/// 1001 in the background, a closing one completes, a request that waits for a
/// decision is answered with 503.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_release(
    connection: wirebird_connection_t,
) -> wirebird_status_t {
    guard(|| {
        handles::take_connection(connection)?.release();
        Ok(WIREBIRD_OK)
    })
}

/// Moves the connection's events, those that wait included, to another queue,
/// in order. Id 0: the connection keeps them until it has a queue, and stops
/// reading meanwhile.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT if the queue has another text form or other
/// storage functions.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_set_queue(
    connection: wirebird_connection_t,
    queue: wirebird_queue_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let queue = queue_or_none(queue)?;
        check_fits(connection.source(), queue.as_ref())?;
        connection.set_queue(queue.as_ref());
        Ok(WIREBIRD_OK)
    })
}

/// Changes what events carry as `user_data`, those that wait included.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_set_user_data(
    connection: wirebird_connection_t,
    user_data: *mut c_void,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        connection.source().set_user_data(user_data as usize);
        Ok(WIREBIRD_OK)
    })
}

/// Stops reading from the connection until resumed, so that TCP slows the peer
/// down. What was read already is still delivered.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_pause(
    connection: wirebird_connection_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        connection.pause();
        Ok(WIREBIRD_OK)
    })
}

/// Reads again.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_resume(
    connection: wirebird_connection_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        connection.resume_reading();
        Ok(WIREBIRD_OK)
    })
}

fn decided(done: bool) -> Outcome {
    if done {
        return Ok(WIREBIRD_OK);
    }
    Err(Fault::state("this request was answered already, or its peer is gone"))
}
