//! Opening client connections.

use std::sync::Arc;
use std::time::Duration;

use super::arguments;
use super::cookies;
use super::dialing::{self, Target};
use super::guard::{Fault, guard};
use super::handles;
use super::init::client_defaults;
use super::limits;
use super::masks::HostMasks;
use super::options::{WIREBIRD_HTTP_1_1, WIREBIRD_HTTP_2, wirebird_client_options_t};
use super::settings::{self, within};
use super::status::*;
use super::stream::{Checked, wirebird_stream_options_t};
use super::tls;
use super::types::*;
use crate::client::{HttpVersion, Opening, open};
use crate::connection::Connection;
use crate::net::{Engine, Stream};
use crate::protocol::{ClientRequest, MaskSource, Masks, Role};
use crate::queue::Source;

/// Each response is kept until the connection is released.
const MOST_REDIRECTS: u64 = 50;

/// Opens a client connection whose events go to `queue`. Returns at once;
/// WIREBIRD_EVENT_OPENED or WIREBIRD_EVENT_CLOSED follows.
///
/// Errors, with no connection made: WIREBIRD_ERROR_URL, WIREBIRD_ERROR_SCHEME,
/// WIREBIRD_ERROR_ARGUMENT for an origin, subprotocol, header, credentials, proxy
/// or figure, WIREBIRD_ERROR_HANDLE for a cookie jar that is gone.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say; `connection`
/// is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_client_open(
    queue: wirebird_queue_t,
    options: *const wirebird_client_options_t,
    connection: *mut wirebird_connection_t,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    guard(|| unsafe { open_over(queue, options, None, connection) }.map(|_| WIREBIRD_OK))
}

/// Opens a client connection over a stream that the host carries and that leads
/// to the server already: the engine begins with the opening handshake. For a
/// `wss` URL the host has encrypted it, unless `options->tls` is given, with
/// which the engine does. As `wirebird_client_open` for the rest, but for what
/// belongs to connecting and for redirects, which are not followed.
/// `stream_options` may be NULL.
///
/// # Safety
/// `options`, `stream_options` and what they point to are valid as their sizes
/// say, with functions that keep the promises of their documentation;
/// `connection` and `stream` are valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_client_attach(
    queue: wirebird_queue_t,
    options: *const wirebird_client_options_t,
    stream_options: *const wirebird_stream_options_t,
    connection: *mut wirebird_connection_t,
    stream: *mut wirebird_stream_t,
) -> wirebird_status_t {
    guard(|| {
        handles::queue(queue)?;
        arguments::check_output(stream, "stream")?;
        // SAFETY: the caller's promise, for both.
        let checked = unsafe { Checked::read(stream_options) }?;
        let made = unsafe { open_over(queue, options, Some(checked), connection) }?;
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(stream, made, "stream") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Opens a connection over TCP or over a stream, whose handle is returned.
///
/// # Safety
/// As for `wirebird_client_open`.
unsafe fn open_over(
    queue: wirebird_queue_t,
    options: *const wirebird_client_options_t,
    stream: Option<Checked>,
    connection: *mut wirebird_connection_t,
) -> Result<wirebird_stream_t, Fault> {
    let queue = handles::queue(queue)?;
    arguments::check_output(connection, "connection")?;
    // SAFETY: the caller's promise; the struct is plain data of C.
    let options = unsafe { arguments::options(options, client_defaults(), "options") }?;
    let ms = u64::from(options.handshake_timeout_ms);
    let ms = within("options->handshake_timeout_ms", ms, 1, i32::MAX as u64)?;
    let head = limits::response(&options)?;
    let redirects = u64::from(options.max_redirects);
    let max_redirects = within("options->max_redirects", redirects, 0, MOST_REDIRECTS)? as u32;
    // SAFETY: the caller's promise, for this and the following.
    let (settings, user_data) = unsafe { settings::read(options.connection, Role::Client) }?;
    let target = unsafe { Target::read(&options) }?;
    let route = unsafe { dialing::route(&options, &target) }?;
    let redirects = dialing::redirects(&options)?;
    let jar = cookies::of_options(options.cookies)?;
    let origin = unsafe { arguments::text(options.origin, "options->origin") }?;
    let (names, count) = (options.subprotocols, options.subprotocol_count);
    let subprotocols = unsafe { arguments::texts(names, count, "options->subprotocols") }?;
    let headers = unsafe { arguments::fields(options.headers, options.header_count) }?;
    let Target { url, credentials, .. } = target;
    let origin = Some(origin).filter(|origin| !origin.is_empty());
    let request = ClientRequest::new(&url, origin, &subprotocols, &headers)?;
    let tls = match (tls::of_client(options.tls)?, request.is_secure()) {
        (Some(_), false) if max_redirects == 0 => {
            let text = "options->tls is given, but options->url is not wss://: it would not be \
                        encrypted";
            return Err(Fault::argument(text));
        }
        (tls, _) => tls,
    };
    let compression = settings.compression;
    let request = match compression.enabled {
        true => request.with_deflate(compression.wanted),
        false => request,
    };
    let version = match options.http_version {
        WIREBIRD_HTTP_1_1 => HttpVersion::Http1,
        WIREBIRD_HTTP_2 => HttpVersion::Http2,
        other => {
            return Err(Fault::argument(format!(
                "options->http_version is {other}, not WIREBIRD_HTTP_1_1 or WIREBIRD_HTTP_2"
            )));
        }
    };
    let engine = Engine::get()?;
    // Nothing fails from here on: what the host gave to be dropped will be.
    // SAFETY: the caller's promise.
    let own = unsafe { HostMasks::read(&options) };
    let request = match &own {
        Some(masks) => request.with_key(masks.key()),
        None => request,
    };
    let masks = own.map_or(Masks::Fresh, |own| Masks::Own(Arc::new(own)));
    let (host, stream) = stream.map(Checked::make).unzip();
    let stream = stream.map(Stream::carried);
    let source = Source::new(&queue.queue, user_data as usize);
    let opened = Connection::client(source, settings, masks.clone());
    let handle = handles::add_connection(&opened);
    // SAFETY: checked above; the rest is the caller's promise.
    unsafe { arguments::output(connection, handle, "connection") }?;
    let timeout = Duration::from_millis(ms);
    let opening = Opening {
        stream,
        route,
        url,
        tls,
        version,
        request,
        masks,
        credentials,
        jar,
        max_redirects,
        redirects,
        head,
        timeout,
    };
    open(engine, opened, opening);
    Ok(host.map(handles::add_stream).unwrap_or_default())
}
