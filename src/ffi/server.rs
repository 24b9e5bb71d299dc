//! Servers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use hyper::header::HeaderValue;

use super::arguments;
use super::guard::{Fault, Outcome, guard};
use super::handles;
use super::init::server_defaults;
use super::limits;
use super::options::*;
use super::queue::{check_fits, queue_or_none};
use super::settings;
use super::settings::within;
use super::status::*;
use super::stream::{Checked, wirebird_stream_options_t};
use super::tls;
use super::types::*;
use crate::net::{Engine, Listener, Stream};
use crate::protocol::Role;
use crate::queue::Source;
use crate::server::{
    Acceptance, Forwarded, Hosts, Introduction, MissingOrigin, Networks, Options, PlainHttp,
    Proxies, Server,
};

/// Binds and listens at once, unless `options->descriptor` is
/// WIREBIRD_NO_SOCKET. The server's events go to `queue`.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT, WIREBIRD_ERROR_ADDRESS_IN_USE,
/// WIREBIRD_ERROR_ADDRESS_UNAVAILABLE, WIREBIRD_ERROR_PERMISSION,
/// WIREBIRD_ERROR_RESOURCES or WIREBIRD_ERROR_NETWORK. A given descriptor is
/// closed on errors of the system.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say; `server` is
/// valid for writing; a `descriptor` is the caller's to give away.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_server_listen(
    queue: wirebird_queue_t,
    options: *const wirebird_server_options_t,
    server: *mut wirebird_server_t,
) -> wirebird_status_t {
    guard(|| {
        let queue = handles::queue(queue)?;
        arguments::check_output(server, "server")?;
        // SAFETY: the caller's promise; the struct is plain data of C.
        let c = unsafe { arguments::options(options, server_defaults(), "options") }?;
        // SAFETY: the caller's promise.
        let options = unsafe { read(&c) }?;
        let limits = limits::read(&c)?;
        let engine = Engine::get()?;
        // SAFETY: the caller's promise.
        let listener = unsafe { listen(engine, &c) }?;
        let source = Source::new(&queue.queue, c.user_data as usize);
        let made = Server::new(source, listener, limits, options);
        let handle = handles::add_server(&made);
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(server, handle, "server") }?;
        made.start(engine);
        Ok(WIREBIRD_OK)
    })
}

/// Begins the opening handshake on a stream that the host carries, as if it had
/// been accepted here: the server's options hold, and its events tell what comes
/// of it. Also while the server is paused. Begins later while max_handshakes are
/// under way. `stream_options` may be NULL.
///
/// Errors, with no stream made: WIREBIRD_ERROR_STATE once the server was closed,
/// WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `stream_options` is NULL or valid as its `size` says, with functions that
/// keep the promises of their documentation; `stream` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_server_attach(
    server: wirebird_server_t,
    stream_options: *const wirebird_stream_options_t,
    stream: *mut wirebird_stream_t,
) -> wirebird_status_t {
    guard(|| {
        let server = handles::server(server)?;
        arguments::check_output(stream, "stream")?;
        // SAFETY: the caller's promise.
        let checked = unsafe { Checked::read(stream_options) }?;
        let engine = Engine::get()?;
        if server.is_closed() {
            return unless_closed(false);
        }
        let limit = checked.limit();
        let (host, end) = checked.make();
        // If it closes just now, the stream is over at once.
        server.attach(engine, Stream::carried(end), limit);
        let handle = handles::add_stream(host);
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(stream, handle, "stream") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The address that the server listens on, also after it closed; `family` is 0
/// if it never did.
///
/// # Safety
/// `address` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_server_address(
    server: wirebird_server_t,
    address: *mut wirebird_address_t,
) -> wirebird_status_t {
    guard(|| {
        let found = handles::server(server)?.address();
        let found = found.map_or(wirebird_address_t::default(), to_c);
        // SAFETY: the caller's promise.
        unsafe { arguments::output(address, found, "address") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The descriptor of the listening socket, which the server goes on owning:
/// for inspection only. -1 once closed, without one, and on Windows.
///
/// # Safety
/// `descriptor` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_server_descriptor(
    server: wirebird_server_t,
    descriptor: *mut i64,
) -> wirebird_status_t {
    guard(|| {
        let found = handles::server(server)?.descriptor();
        // SAFETY: the caller's promise.
        unsafe { arguments::output(descriptor, found, "descriptor") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Stops accepting until resumed; new connections wait in the system's queue
/// meanwhile. WIREBIRD_ERROR_STATE once closed.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_server_pause(server: wirebird_server_t) -> wirebird_status_t {
    guard(|| unless_closed(handles::server(server)?.pause()))
}

/// Accepts again. WIREBIRD_ERROR_STATE once closed.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_server_resume(server: wirebird_server_t) -> wirebird_status_t {
    guard(|| unless_closed(handles::server(server)?.resume()))
}

/// Moves the server's events, those that wait included, to another queue; id 0
/// keeps them until there is one. Accepted connections stay where they are.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT if the queue has another text form or other
/// storage functions.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_server_set_queue(
    server: wirebird_server_t,
    queue: wirebird_queue_t,
) -> wirebird_status_t {
    guard(|| {
        let server = handles::server(server)?;
        let queue = queue_or_none(queue)?;
        check_fits(server.source(), queue.as_ref())?;
        server.set_queue(queue.as_ref());
        Ok(WIREBIRD_OK)
    })
}

/// Replaces all of what the server says and accepts in TLS handshakes, for those
/// that begin from now on.
///
/// Errors: WIREBIRD_ERROR_STATE if the server was made without TLS or was closed,
/// WIREBIRD_ERROR_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_server_set_tls(
    server: wirebird_server_t,
    tls: wirebird_tls_t,
) -> wirebird_status_t {
    guard(|| {
        let server = handles::server(server)?;
        let Some(tls) = tls::of_server(tls)? else {
            return Err(Fault::argument("tls is none: its id is 0"));
        };
        unless_closed(!server.is_closed())?;
        match server.set_tls(tls) {
            true => Ok(WIREBIRD_OK),
            false => Err(Fault::state("the server was made without options->tls")),
        }
    })
}

/// Stops listening; the port is free at once. Requests that wait for a
/// decision are answered with 503, accepted connections live on.
/// WIREBIRD_EVENT_SERVER_CLOSED follows. WIREBIRD_ERROR_STATE the second time.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_server_close(server: wirebird_server_t) -> wirebird_status_t {
    guard(|| unless_closed(handles::server(server)?.close()))
}

/// Closes the server if need be and releases its handle; no event of it
/// follows. Accepted connections live on.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_server_release(server: wirebird_server_t) -> wirebird_status_t {
    guard(|| {
        handles::take_server(server)?.release();
        Ok(WIREBIRD_OK)
    })
}

/// An address as C sees it.
pub(super) fn to_c(address: SocketAddr) -> wirebird_address_t {
    let mut c = wirebird_address_t { port: address.port(), ..Default::default() };
    match address {
        SocketAddr::V4(v4) => {
            c.family = 4;
            let bytes = v4.ip().octets();
            c.bytes.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
        SocketAddr::V6(v6) => {
            c.family = 6;
            c.scope_id = v6.scope_id();
            c.bytes = v6.ip().octets();
        }
    }
    c
}

fn unless_closed(done: bool) -> Outcome {
    if done { Ok(WIREBIRD_OK) } else { Err(Fault::state("the server was closed")) }
}

/// # Safety
/// What `c` points to is valid as its sizes say.
unsafe fn read(c: &wirebird_server_options_t) -> Result<Options, Fault> {
    // SAFETY: the caller's promise, for all of these.
    let (settings, user_data) = unsafe { settings::read(c.connection, Role::Server) }?;
    let name = unsafe { arguments::text(c.name, "options->name") }?;
    let (names, count) = (c.subprotocols, c.subprotocol_count);
    let subprotocols = unsafe { arguments::texts(names, count, "options->subprotocols") }?;
    let origins = unsafe { arguments::texts(c.origins, c.origin_count, "options->origins") }?;
    let name = match name {
        "" => None,
        name => Some(HeaderValue::from_str(name).map_err(|_| {
            Fault::argument("options->name has characters that a header field must not have")
        })?),
    };
    let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let accept = match c.accept {
        WIREBIRD_ACCEPT_SAME_ORIGIN => Acceptance::SameOrigin(owned(origins)),
        WIREBIRD_ACCEPT_ALL => Acceptance::All,
        WIREBIRD_ACCEPT_ASK => Acceptance::Ask,
        other => {
            return Err(Fault::argument(format!(
                "options->accept is {other}, not WIREBIRD_ACCEPT_…"
            )));
        }
    };
    // SAFETY: the caller's promise.
    let health_path = unsafe { arguments::text(c.health_path, "options->health_path") }?;
    if !health_path.is_empty() && !health_path.starts_with('/') {
        return Err(Fault::argument("options->health_path does not begin with a slash"));
    }
    let http = match c.http {
        WIREBIRD_HTTP_REFUSE => PlainHttp::Refuse,
        WIREBIRD_HTTP_ASK => PlainHttp::Ask,
        other => {
            return Err(Fault::argument(format!("options->http is {other}, not WIREBIRD_HTTP_…")));
        }
    };
    // SAFETY: the caller's promise.
    let hosts = unsafe { arguments::texts(c.hosts, c.host_count, "options->hosts") }?;
    let is_required = within("options->require_origin", u64::from(c.require_origin), 0, 1)? == 1;
    let prior = within("options->http2_prior_knowledge", u64::from(c.http2_prior_knowledge), 0, 1)?;
    Ok(Options {
        http2_prior_knowledge: prior == 1,
        missing_origin: if is_required { MissingOrigin::Refuse } else { MissingOrigin::Accept },
        hosts: Hosts::new(&hosts),
        // SAFETY: the caller's promise.
        proxies: unsafe { read_proxies(c) }?,
        http,
        health_path: health_path.to_owned(),
        accept,
        most_waiting: backlog(c)? as usize,
        name,
        tls: tls::of_server(c.tls)?,
        subprotocols: owned(subprotocols),
        settings,
        user_data: user_data as usize,
    })
}

/// # Safety
/// What `c` points to is valid as its sizes say.
unsafe fn read_proxies(c: &wirebird_server_options_t) -> Result<Proxies, Fault> {
    let (names, count) = (c.trusted_proxies, c.trusted_proxy_count);
    // SAFETY: the caller's promise.
    let names = unsafe { arguments::texts(names, count, "options->trusted_proxies") }?;
    let trusted = Networks::parse(&names)
        .map_err(|error| Fault::argument(format!("options->trusted_proxies: {error}")))?;
    let introduction = match within("options->proxy_protocol", u64::from(c.proxy_protocol), 0, 1)? {
        0 => Introduction::None,
        _ => Introduction::ProxyHeader,
    };
    let forwarded = match c.forwarded {
        WIREBIRD_FORWARDED_NONE => Forwarded::None,
        WIREBIRD_FORWARDED_X => Forwarded::XForwarded,
        WIREBIRD_FORWARDED_RFC7239 => Forwarded::Rfc7239,
        other => {
            return Err(Fault::argument(format!(
                "options->forwarded is {other}, not WIREBIRD_FORWARDED_…"
            )));
        }
    };
    let believes = introduction != Introduction::None || forwarded != Forwarded::None;
    if believes && names.is_empty() {
        return Err(Fault::argument(
            "options->trusted_proxies is empty: name the networks of the proxies that are believed",
        ));
    }
    Ok(Proxies { trusted, introduction, forwarded })
}

fn backlog(c: &wirebird_server_options_t) -> Result<i32, Fault> {
    Ok(within("options->backlog", u64::from(c.backlog), 1, i32::MAX as u64)? as i32)
}

/// # Safety
/// The descriptor is the caller's to give away.
unsafe fn listen(
    engine: &Engine,
    c: &wirebird_server_options_t,
) -> Result<Option<Listener>, Fault> {
    let backlog = backlog(c)?;
    match c.descriptor {
        WIREBIRD_NO_SOCKET => return Ok(None),
        -1 => {}
        // SAFETY: the caller's promise.
        descriptor => return Ok(Some(unsafe { adopt(engine, descriptor, backlog) }?)),
    }
    // SAFETY: the caller's promise.
    let path = unsafe { arguments::text(c.unix_path, "options->unix_path") }?;
    if !path.is_empty() {
        return listen_unix(engine, c, path, backlog).map(Some);
    }
    if c.unix_mode != 0 {
        return Err(Fault::argument("options->unix_mode is set without options->unix_path"));
    }
    // SAFETY: the caller's promise.
    let ip = match unsafe { arguments::text(c.host, "options->host") }? {
        "" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        host => host.parse().map_err(|_| {
            Fault::argument(format!("options->host is {host:?}, which is not an IP address"))
        })?,
    };
    Ok(Some(Listener::bind(engine, ip, c.port, backlog)?))
}

#[cfg(unix)]
fn listen_unix(
    engine: &Engine,
    c: &wirebird_server_options_t,
    path: &str,
    backlog: i32,
) -> Result<Listener, Fault> {
    if path.contains('\0') {
        return Err(Fault::argument("options->unix_path has a NUL"));
    }
    if c.port != 0 || c.host.length != 0 {
        return Err(Fault::argument(
            "options->unix_path takes the place of host and port: set none",
        ));
    }
    let mode = within("options->unix_mode", u64::from(c.unix_mode), 0, 0o777)? as u32;
    let mode = Some(mode).filter(|&mode| mode != 0);
    Ok(Listener::bind_unix(engine, path.as_ref(), mode, backlog)?)
}

#[cfg(not(unix))]
fn listen_unix(
    _: &Engine,
    _: &wirebird_server_options_t,
    _: &str,
    _: i32,
) -> Result<Listener, Fault> {
    Err(Fault::argument("options->unix_path is not supported on this system"))
}

/// # Safety
/// The descriptor is the caller's to give away.
#[cfg(unix)]
unsafe fn adopt(engine: &Engine, descriptor: i64, backlog: i32) -> Result<Listener, Fault> {
    use std::os::fd::{FromRawFd, OwnedFd};
    let raw = i32::try_from(descriptor)
        .ok()
        // SAFETY: asks about a number that need not be a descriptor.
        .filter(|&raw| raw >= 0 && unsafe { libc::fcntl(raw, libc::F_GETFD) } >= 0)
        .ok_or_else(|| {
            Fault::argument(format!("options->descriptor is {descriptor}: it is not open"))
        })?;
    // SAFETY: open, and the caller's to give away.
    let socket = unsafe { OwnedFd::from_raw_fd(raw) };
    Ok(Listener::adopt(engine, socket, backlog)?)
}

/// # Safety
/// None needed here.
#[cfg(not(unix))]
unsafe fn adopt(_: &Engine, _: i64, _: i32) -> Result<Listener, Fault> {
    Err(Fault::argument("options->descriptor is not supported on this system"))
}
