//! Telling a server or a proxy who asks, and what they answered on the way.

use super::arguments::{self, view};
use super::guard::{Fault, with_connection};
use super::status::*;
use super::types::*;
use crate::protocol::Credentials;

/// Answers WIREBIRD_EVENT_AUTHENTICATE: the hop is told this user and password,
/// and the opening handshake goes on. The same as those that were just refused
/// are not told again: the handshake fails with the response then.
///
/// Errors: WIREBIRD_ERROR_STATE if nobody asks (any more),
/// WIREBIRD_ERROR_ARGUMENT for control characters, CR and LF among them; the
/// handshake still waits then.
///
/// # Safety
/// `user` and `password` are valid as their lengths say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_authenticate(
    connection: wirebird_connection_t,
    user: wirebird_text_t,
    password: wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        // SAFETY: the caller's promise, for both.
        let user = unsafe { arguments::text(user, "user") }?;
        let password = unsafe { arguments::text(password, "password") }?;
        let credentials = Credentials::new(user, password)
            .map_err(|error| Fault::argument(format!("user or password {error}")))?;
        asked(connection.handshake().answer_question(Some(credentials)))
    })
}

/// Answers WIREBIRD_EVENT_AUTHENTICATE: there are no (other) credentials. The
/// handshake fails with the response that asked for them.
///
/// Errors: WIREBIRD_ERROR_STATE if nobody asks (any more).
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_decline_authentication(
    connection: wirebird_connection_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| asked(connection.handshake().answer_question(None)))
}

/// The response number `number`, from 0, of a client's opening handshake among
/// those that did not switch protocols: redirects, challenges, what a proxy
/// answered instead of connecting, and the last one that the handshake failed
/// with. `url` is what was asked for, or the proxy, without credentials.
/// WIREBIRD_EMPTY past the last one. Valid until the connection is released.
///
/// # Safety
/// `status` and `url` are valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_response(
    connection: wirebird_connection_t,
    number: usize,
    status: *mut u16,
    url: *mut wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        arguments::check_output(status, "status")?;
        arguments::check_output(url, "url")?;
        // The connection keeps what is returned.
        let Some(found) = connection.handshake().other_response(number) else {
            return Ok(WIREBIRD_EMPTY);
        };
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe {
            arguments::output(status, found.status, "status")?;
            arguments::output(url, view(found.url.as_bytes()), "url")?;
        }
        Ok(WIREBIRD_OK)
    })
}

/// The header field number `index` of that response. Names are in lower case.
/// WIREBIRD_EMPTY past the last one, and past the last response. Valid until the
/// connection is released.
///
/// # Safety
/// `header` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_response_header(
    connection: wirebird_connection_t,
    number: usize,
    index: usize,
    header: *mut wirebird_header_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        arguments::check_output(header, "header")?;
        let response = connection.handshake().other_response(number);
        let field = response.as_ref().and_then(|response| response.headers.iter().nth(index));
        let Some((name, value)) = field else { return Ok(WIREBIRD_EMPTY) };
        let (name, value) = (view(name.as_str().as_bytes()), view(value.as_bytes()));
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(header, wirebird_header_t { name, value }, "header") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The URL that was asked last (client side), after all redirects, without
/// credentials; known with WIREBIRD_EVENT_OPENED, and empty before that. Valid
/// until the connection is released.
///
/// # Safety
/// `url` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_url(
    connection: wirebird_connection_t,
    url: *mut wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let found = view(connection.handshake().url().as_bytes());
        // SAFETY: the caller's promise.
        unsafe { arguments::output(url, found, "url") }?;
        Ok(WIREBIRD_OK)
    })
}

fn asked(done: bool) -> Result<wirebird_status_t, Fault> {
    if done {
        return Ok(WIREBIRD_OK);
    }
    Err(Fault::state("nobody waits for credentials: WIREBIRD_EVENT_AUTHENTICATE says when"))
}
