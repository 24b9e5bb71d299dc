//! Opening client connections.

use std::time::Duration;

use url::Url;

use super::arguments;
use super::guard::{Fault, guard};
use super::handles;
use super::init::client_defaults;
use super::limits;
use super::options::wirebird_client_options_t;
use super::settings::{self, within};
use super::status::*;
use super::types::*;
use crate::client::{Opening, open};
use crate::connection::Connection;
use crate::net::Engine;
use crate::protocol::{ClientRequest, Role};
use crate::queue::Source;

/// Opens a client connection whose events go to `queue`. Returns at once;
/// WIREBIRD_EVENT_OPENED or WIREBIRD_EVENT_CLOSED follows.
///
/// Errors, with no connection made: WIREBIRD_ERROR_URL, WIREBIRD_ERROR_SCHEME,
/// WIREBIRD_ERROR_ARGUMENT for an origin, subprotocol, header or figure.
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
    guard(|| {
        let queue = handles::queue(queue)?;
        arguments::check_output(connection, "connection")?;
        // SAFETY: the caller's promise; the struct is plain data of C.
        let options = unsafe { arguments::options(options, client_defaults(), "options") }?;
        let ms = u64::from(options.handshake_timeout_ms);
        let ms = within("options->handshake_timeout_ms", ms, 1, i32::MAX as u64)?;
        let head = limits::response(&options)?;
        // SAFETY: the caller's promise, for this and the following.
        let (settings, user_data) = unsafe { settings::read(options.connection, Role::Client) }?;
        let url = unsafe { arguments::text(options.url, "options->url") }?;
        let origin = unsafe { arguments::text(options.origin, "options->origin") }?;
        let (names, count) = (options.subprotocols, options.subprotocol_count);
        let subprotocols = unsafe { arguments::texts(names, count, "options->subprotocols") }?;
        let headers = unsafe { arguments::fields(options.headers, options.header_count) }?;
        // The parser leaves some of these out.
        if url.contains(|character: char| character.is_ascii_control()) {
            let text = "options->url has a control character (CR, LF, NUL or another)";
            return Err(Fault::new(WIREBIRD_ERROR_URL, text.to_owned()));
        }
        let url = Url::parse(url).map_err(|error| {
            Fault::new(WIREBIRD_ERROR_URL, format!("options->url is not valid: {error}"))
        })?;
        let origin = Some(origin).filter(|origin| !origin.is_empty());
        let request = ClientRequest::new(&url, origin, &subprotocols, &headers)?;
        let compression = settings.compression;
        let request = match compression.enabled {
            true => request.with_deflate(compression.wanted),
            false => request,
        };
        let engine = Engine::get()?;
        let source = Source::new(&queue.queue, user_data as usize);
        let opened = Connection::client(source, settings);
        let handle = handles::add_connection(&opened);
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(connection, handle, "connection") }?;
        open(engine, opened, Opening { request, head, timeout: Duration::from_millis(ms) });
        Ok(WIREBIRD_OK)
    })
}
