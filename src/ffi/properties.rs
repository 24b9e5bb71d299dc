//! What can be read from a connection, and changed.

use super::arguments::{self, view};
use super::guard::{Fault, with_connection};
use super::options::*;
use super::server::to_c;
use super::settings;
use super::status::*;
use super::types::*;
use crate::connection::{Connection, Facts};
use crate::protocol::Role;

/// Changes one of WIREBIRD_OPTION_…, at once.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_set(
    connection: wirebird_connection_t,
    option: u32,
    value: u64,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let mut result = Ok(());
        connection.change(|current| result = settings::set(current, option, value));
        result.map(|()| WIREBIRD_OK)
    })
}

/// Reads one of WIREBIRD_OPTION_….
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `value` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_get(
    connection: wirebird_connection_t,
    option: u32,
    value: *mut u64,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let found =
            figure(connection, option).or_else(|| settings::get(&connection.settings(), option));
        let found =
            found.ok_or_else(|| Fault::argument(format!("{option} is no WIREBIRD_OPTION_…")))?;
        // SAFETY: the caller's promise.
        unsafe { arguments::output(value, found, "value") }?;
        Ok(WIREBIRD_OK)
    })
}

/// What is only read.
fn figure(connection: &Connection, option: u32) -> Option<u64> {
    let handshake = connection.handshake();
    let deflate = handshake.deflate();
    Some(match option {
        WIREBIRD_OPTION_UNSENT => connection.sent().unsent,
        WIREBIRD_OPTION_ROUND_TRIP => connection.round_trip(),
        WIREBIRD_OPTION_DROPPED => connection.sent().dropped,
        WIREBIRD_OPTION_BYTES_SENT => connection.sent().bytes,
        WIREBIRD_OPTION_MESSAGES_SENT => connection.sent().messages,
        WIREBIRD_OPTION_BYTES_RECEIVED => connection.received().bytes(),
        WIREBIRD_OPTION_MESSAGES_RECEIVED => connection.received().messages(),
        WIREBIRD_OPTION_FOREIGN_ORIGIN => {
            let is_server = connection.role() == Role::Server;
            u64::from(is_server && handshake.facts().is_some_and(Facts::is_from_elsewhere))
        }
        WIREBIRD_OPTION_NUMBER => connection.number(),
        WIREBIRD_OPTION_SECURE => {
            u64::from(handshake.facts().is_some_and(|facts| facts.transport.is_encrypted()))
        }
        WIREBIRD_OPTION_COMPRESSION => u64::from(deflate.is_some()),
        WIREBIRD_OPTION_SERVER_MAX_WINDOW_BITS => {
            deflate.map_or(0, |agreed| u64::from(agreed.server_max_window_bits))
        }
        WIREBIRD_OPTION_CLIENT_MAX_WINDOW_BITS => {
            deflate.map_or(0, |agreed| u64::from(agreed.client_max_window_bits))
        }
        WIREBIRD_OPTION_SERVER_NO_CONTEXT_TAKEOVER => {
            deflate.map_or(0, |agreed| u64::from(agreed.server_no_context_takeover))
        }
        WIREBIRD_OPTION_CLIENT_NO_CONTEXT_TAKEOVER => {
            deflate.map_or(0, |agreed| u64::from(agreed.client_no_context_takeover))
        }
        _ => return None,
    })
}

/// This side's address and the peer's, which through a proxy is the proxy's;
/// `family` is 0 before a client has its response, for Unix domain sockets, and
/// if the host did not say. Either pointer may be NULL.
///
/// # Safety
/// `local` and `peer` are NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_addresses(
    connection: wirebird_connection_t,
    local: *mut wirebird_address_t,
    peer: *mut wirebird_address_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let facts = connection.handshake().facts();
        let addresses = [
            (local, facts.and_then(|facts| facts.local), "local"),
            (peer, facts.and_then(|facts| facts.peer), "peer"),
        ];
        for (place, address, name) in addresses {
            if !place.is_null() {
                let address = address.map_or(wirebird_address_t::default(), to_c);
                // SAFETY: the caller's promise.
                unsafe { arguments::output(place, address, name) }?;
            }
        }
        Ok(WIREBIRD_OK)
    })
}

/// The negotiated subprotocol, or empty. Valid until the connection is
/// released.
///
/// # Safety
/// `subprotocol` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_subprotocol(
    connection: wirebird_connection_t,
    subprotocol: *mut wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let found = view(connection.handshake().subprotocol().as_bytes());
        // SAFETY: the caller's promise.
        unsafe { arguments::output(subprotocol, found, "subprotocol") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The negotiated extensions as the server's Sec-WebSocket-Extensions names
/// them, such as "permessage-deflate; server_max_window_bits=12", or empty.
/// Valid until the connection is released.
///
/// # Safety
/// `extensions` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_extensions(
    connection: wirebird_connection_t,
    extensions: *mut wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let found = view(connection.handshake().extensions().as_bytes());
        // SAFETY: the caller's promise.
        unsafe { arguments::output(extensions, found, "extensions") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The target of the request (server side), as "/chat?room=1"; empty on the
/// client side. Valid until the connection is released.
///
/// # Safety
/// `target` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_target(
    connection: wirebird_connection_t,
    target: *mut wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let found = connection.handshake().facts().map_or("", |facts| facts.target.as_str());
        // SAFETY: the caller's promise.
        unsafe { arguments::output(target, view(found.as_bytes()), "target") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The header field number `index` of the peer's handshake: of the request on
/// the server side, of the response on the client side, also when it refused
/// or failed the handshake. Names are in lower case. WIREBIRD_EMPTY past the
/// last one. Valid until the connection is released.
///
/// # Safety
/// `header` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_header(
    connection: wirebird_connection_t,
    index: usize,
    header: *mut wirebird_header_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        arguments::check_output(header, "header")?;
        let field =
            connection.handshake().facts().and_then(|facts| facts.headers.iter().nth(index));
        let Some((name, value)) = field else { return Ok(WIREBIRD_EMPTY) };
        let found = wirebird_header_t {
            name: view(name.as_str().as_bytes()),
            value: view(value.as_bytes()),
        };
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(header, found, "header") }?;
        Ok(WIREBIRD_OK)
    })
}

/// How the body of the response begins that ended the handshake with
/// WIREBIRD_ERROR_HTTP_STATUS, WIREBIRD_ERROR_REDIRECT or, of an HTTP proxy,
/// WIREBIRD_ERROR_PROXY_REFUSED or WIREBIRD_ERROR_PROXY_AUTHENTICATION (client
/// side), else empty: up to 1,024 bytes, of
/// any encoding and perhaps cut inside a character. What the server has not
/// sent a second after its header fields is not waited for. Valid until the
/// connection is released.
///
/// # Safety
/// `body` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_response_body(
    connection: wirebird_connection_t,
    body: *mut wirebird_text_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let found = view(connection.handshake().response_body());
        // SAFETY: the caller's promise.
        unsafe { arguments::output(body, found, "body") }?;
        Ok(WIREBIRD_OK)
    })
}
