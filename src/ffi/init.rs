//! Option structs with their defaults.

use std::ptr::{null, null_mut};

use super::arguments::view;
use super::guard::{Fault, Outcome, guard};
use super::limits;
use super::options::*;
use super::settings;
use super::status::*;
use super::types::*;
use crate::protocol::Role;

/// Writes the defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_engine_options_init(
    options: *mut wirebird_engine_options_t,
    size: u32,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, wirebird_engine_options_t { size, threads: 0 }) })
}

/// Writes the defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_queue_options_init(
    options: *mut wirebird_queue_options_t,
    size: u32,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, wirebird_queue_options_t { size, ..queue_defaults() }) })
}

/// Writes a client's defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_client_connection_options_init(
    options: *mut wirebird_connection_options_t,
    size: u32,
) -> wirebird_status_t {
    let defaults = wirebird_connection_options_t { size, ..settings::defaults(Role::Client) };
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, defaults) })
}

/// Writes a server's defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_server_connection_options_init(
    options: *mut wirebird_connection_options_t,
    size: u32,
) -> wirebird_status_t {
    let defaults = wirebird_connection_options_t { size, ..settings::defaults(Role::Server) };
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, defaults) })
}

/// Writes the defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_client_options_init(
    options: *mut wirebird_client_options_t,
    size: u32,
) -> wirebird_status_t {
    let defaults = wirebird_client_options_t { size, ..client_defaults() };
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, defaults) })
}

/// Writes the defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_server_options_init(
    options: *mut wirebird_server_options_t,
    size: u32,
) -> wirebird_status_t {
    let defaults = wirebird_server_options_t { size, ..server_defaults() };
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, defaults) })
}

/// Writes the defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_accept_options_init(
    options: *mut wirebird_accept_options_t,
    size: u32,
) -> wirebird_status_t {
    let defaults = wirebird_accept_options_t { size, ..accept_defaults() };
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, defaults) })
}

pub(super) fn queue_defaults() -> wirebird_queue_options_t {
    let storage = wirebird_storage_t {
        create: None,
        data: None,
        resize: None,
        destroy: None,
        context: null_mut(),
    };
    wirebird_queue_options_t {
        size: size_of::<wirebird_queue_options_t>() as u32,
        text: WIREBIRD_PAYLOAD_UTF8,
        wake: None,
        context: null_mut(),
        drop: None,
        storage,
        small_payload: 4096,
        max_waiting: 1024 * 1024,
    }
}

pub(super) fn client_defaults() -> wirebird_client_options_t {
    wirebird_client_options_t {
        size: size_of::<wirebird_client_options_t>() as u32,
        handshake_timeout_ms: 10_000,
        url: no_text(),
        origin: no_text(),
        subprotocols: null(),
        subprotocol_count: 0,
        headers: null(),
        header_count: 0,
        connection: null(),
        max_header_size: 64 * 1024,
        max_headers: 100,
        next_mask: None,
        mask_context: null_mut(),
        mask_drop: None,
        connect_timeout_ms: 0,
        no_delay: 1,
        keep_alive_idle_s: 0,
        keep_alive_interval_s: 0,
        keep_alive_count: 0,
        proxy_mode: WIREBIRD_PROXY_ENVIRONMENT,
        max_redirects: 0,
        local: wirebird_address_t::default(),
        unix_path: no_text(),
        proxy_url: no_text(),
        proxy_user: no_text(),
        proxy_password: no_text(),
        user: no_text(),
        password: no_text(),
        cookies: wirebird_cookie_jar_t::default(),
        tls: wirebird_tls_t::default(),
        redirect_policy: WIREBIRD_REDIRECT_ANYWHERE,
        http_version: WIREBIRD_HTTP_1_1,
    }
}

pub(super) fn server_defaults() -> wirebird_server_options_t {
    let mut options = wirebird_server_options_t {
        size: size_of::<wirebird_server_options_t>() as u32,
        port: 0,
        accept: WIREBIRD_ACCEPT_SAME_ORIGIN,
        host: no_text(),
        descriptor: -1,
        user_data: null_mut(),
        handshake_timeout_ms: 0,
        max_handshakes: 0,
        max_connections: 0,
        backlog: 1024,
        name: no_text(),
        subprotocols: null(),
        subprotocol_count: 0,
        origins: null(),
        origin_count: 0,
        connection: null(),
        max_handshakes_per_address: 0,
        max_header_size: 0,
        max_headers: 0,
        unix_mode: 0,
        unix_path: no_text(),
        http: WIREBIRD_HTTP_REFUSE,
        http_max_connections: 0,
        http_max_body_size: 0,
        http_body_timeout_ms: 0,
        http_answer_timeout_ms: 0,
        http_keep_alive_timeout_ms: 0,
        health_path: no_text(),
        tls: wirebird_tls_t::default(),
        trusted_proxies: null(),
        trusted_proxy_count: 0,
        proxy_protocol: 0,
        forwarded: WIREBIRD_FORWARDED_NONE,
        hosts: null(),
        host_count: 0,
        require_origin: 0,
        http2_max_streams: 0,
        http2_prior_knowledge: 0,
        http_max_connections_per_address: 0,
    };
    limits::set_defaults(&mut options);
    options
}

pub(super) fn accept_defaults() -> wirebird_accept_options_t {
    wirebird_accept_options_t {
        size: size_of::<wirebird_accept_options_t>() as u32,
        subprotocol: no_text(),
        headers: null(),
        header_count: 0,
        connection: null(),
    }
}

pub(super) fn no_text() -> wirebird_text_t {
    wirebird_text_t { data: null(), ..view(&[]) }
}

/// # Safety
/// `options` is valid for writing `size` bytes.
pub(super) unsafe fn init<T: Copy>(options: *mut T, size: u32, defaults: T) -> Outcome {
    if options.is_null() || !options.is_aligned() {
        return Err(Fault::argument("options is NULL or not aligned"));
    }
    let (size, known) = (size as usize, size_of::<T>());
    if size < size_of::<u32>() || size > known {
        return Err(Fault::argument(format!(
            "size is {size}: pass sizeof *options, at most {known} in this library"
        )));
    }
    // SAFETY: both sides have `size` bytes and don't overlap.
    unsafe {
        std::ptr::copy_nonoverlapping((&raw const defaults).cast::<u8>(), options.cast(), size);
    }
    Ok(WIREBIRD_OK)
}
