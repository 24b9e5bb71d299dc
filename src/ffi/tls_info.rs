//! What the TLS handshake of a connection told, and the decision about errors
//! in the peer's certificate.

#![allow(non_camel_case_types)]

use std::sync::Arc;

use super::arguments::{self, view};
use super::guard::{Fault, with_connection};
use super::status::*;
use super::tls::{WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3};
use super::tls_errors::number;
use super::types::*;
use crate::connection::Connection;
use crate::net::{TlsFacts, Verdict, Version};

/// What a TLS handshake told.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_tls_info_t {
    /// Set it to `sizeof` the struct before the call.
    pub size: u32,
    /// WIREBIRD_TLS_1_2 or WIREBIRD_TLS_1_3; 0 if the engine did not encrypt
    /// this connection.
    pub version: u32,
    /// The cipher suite by its name at IANA, such as "TLS_AES_128_GCM_SHA256".
    pub cipher_suite: wirebird_text_t,
    /// The application protocol that was agreed upon, or empty.
    pub alpn: wirebird_text_t,
    /// Client: whose certificate the server had to have. Server: the name that
    /// the client asked for, or empty.
    pub server_name: wirebird_text_t,
    /// 1 if a session was resumed, else 0.
    pub resumed: u32,
    /// How many certificates the peer has shown.
    pub certificate_count: u32,
    /// How many errors they have.
    pub error_count: u32,
}

/// An error of one certificate.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_tls_error_t {
    /// WIREBIRD_TLS_ERROR_….
    pub error: u32,
    /// Which certificate of the chain has it; 0 is the peer's own.
    pub certificate: u32,
}

/// The peer is not accepted: the handshake ends.
pub const WIREBIRD_TLS_REFUSE: u32 = 0;
/// The peer is accepted in spite of all these errors.
pub const WIREBIRD_TLS_ACCEPT: u32 = 1;

/// Answers WIREBIRD_EVENT_TLS_ERRORS: WIREBIRD_TLS_ACCEPT goes on,
/// WIREBIRD_TLS_REFUSE ends the handshake with WIREBIRD_ERROR_CERTIFICATE.
///
/// Errors: WIREBIRD_ERROR_STATE if nobody waits for an answer (any more),
/// WIREBIRD_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_tls_continue(
    connection: wirebird_connection_t,
    verdict: u32,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        let verdict = match verdict {
            WIREBIRD_TLS_REFUSE => Verdict::Refuse,
            WIREBIRD_TLS_ACCEPT => Verdict::Accept,
            other => {
                return Err(Fault::argument(format!(
                    "verdict is {other}, not WIREBIRD_TLS_REFUSE or WIREBIRD_TLS_ACCEPT"
                )));
            }
        };
        match connection.handshake().give_verdict(verdict) {
            true => Ok(WIREBIRD_OK),
            false => Err(Fault::state("nobody waits for a verdict on a certificate")),
        }
    })
}

/// What the last TLS handshake told (a client that follows redirects has one
/// with each server): from WIREBIRD_EVENT_TLS_ERRORS or
/// WIREBIRD_EVENT_OPENED on, at a server from WIREBIRD_EVENT_REQUEST or
/// WIREBIRD_EVENT_ACCEPTED on, and after a handshake that failed for the peer's
/// certificate. Texts are valid until the connection is released.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `info` begins with its size and is valid for writing as many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_tls_info(
    connection: wirebird_connection_t,
    info: *mut wirebird_tls_info_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        arguments::check_output(info, "info")?;
        // SAFETY: the struct begins with its size.
        let size = unsafe { info.cast::<u32>().read() };
        let found = tell(facts(connection).as_deref(), size);
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { super::init::init(info, size, found) }
    })
}

/// Certificate number `index` of the peer's chain in DER, 0 is its own;
/// WIREBIRD_EMPTY past the last one. As a resumed session began, if it was
/// resumed. Valid until the connection is released.
///
/// # Safety
/// `der` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_tls_certificate(
    connection: wirebird_connection_t,
    index: usize,
    der: *mut wirebird_bytes_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        arguments::check_output(der, "der")?;
        let facts = facts(connection);
        let Some(found) = facts.as_ref().and_then(|facts| facts.chain.get(index)) else {
            return Ok(WIREBIRD_EMPTY);
        };
        let found = wirebird_bytes_t { data: found.as_ptr(), length: found.len() };
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(der, found, "der") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Error number `index` of the peer's certificates, also of those that the host
/// has accepted; WIREBIRD_EMPTY past the last one.
///
/// # Safety
/// `error` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_connection_tls_error(
    connection: wirebird_connection_t,
    index: usize,
    error: *mut wirebird_tls_error_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        arguments::check_output(error, "error")?;
        let facts = facts(connection);
        let Some(problem) = facts.as_ref().and_then(|facts| facts.problems.get(index)) else {
            return Ok(WIREBIRD_EMPTY);
        };
        let certificate = u32::try_from(problem.index).unwrap_or(u32::MAX);
        let found = wirebird_tls_error_t { error: number(problem.flaw), certificate };
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(error, found, "error") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Of the last handshake. The connection keeps what is returned.
fn facts(connection: &Connection) -> Option<Arc<TlsFacts>> {
    connection.handshake().tls()
}

fn tell(facts: Option<&TlsFacts>, size: u32) -> wirebird_tls_info_t {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    wirebird_tls_info_t {
        size,
        version: match facts.and_then(|facts| facts.version) {
            None => 0,
            Some(Version::Tls12) => WIREBIRD_TLS_1_2,
            Some(Version::Tls13) => WIREBIRD_TLS_1_3,
        },
        cipher_suite: view(facts.map_or(&[], |facts| facts.cipher_suite.as_bytes())),
        alpn: view(facts.map_or(&[], |facts| &facts.alpn)),
        server_name: view(facts.map_or(&[], |facts| facts.server_name.as_bytes())),
        resumed: u32::from(facts.is_some_and(|facts| facts.resumed)),
        certificate_count: facts.map_or(0, |facts| count(facts.chain.len())),
        error_count: facts.map_or(0, |facts| count(facts.problems.len())),
    }
}
