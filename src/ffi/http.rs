//! Plain HTTP requests: what they say, and their answers.

#![allow(non_camel_case_types)]

use std::ffi::c_void;
use std::path::PathBuf;
use std::ptr::null;

use bytes::Bytes;
use hyper::ext::ReasonPhrase;
use hyper::{StatusCode, Version};

use super::arguments::{self, view};
use super::guard::{Fault, Outcome, guard};
use super::handles;
use super::init::init;
use super::options::*;
use super::queue::{check_fits, queue_or_none};
use super::send::SharedPayload;
use super::server::to_c;
use super::status::*;
use super::types::*;
use crate::connection::Payload;
use crate::server::{
    AnswerError, Directory, DotFiles, HttpRequest, Reply, ReplyContent, ReplyHead, WriteError,
};

/// How an answer to a plain HTTP request begins.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_response_options_t {
    /// Set by `wirebird_response_options_init`.
    pub size: u32,
    /// The status, 200 to 599. Default 200. Answers with a file may have
    /// another one: what the request's conditions and ranges lead to.
    pub status: u16,
    /// WIREBIRD_FILES_…, for `wirebird_request_answer_below`. Default 0.
    pub files: u16,
    /// A reason phrase of one's own, visible ASCII, spaces and tabs; empty
    /// (default) is the standard one. Only HTTP/1.1 has it.
    pub reason: wirebird_text_t,
    /// Header fields. Connection, Upgrade, Content-Length, Transfer-Encoding and
    /// Sec-WebSocket-… are refused: they follow from the answer. Without a
    /// Content-Type there is none, but for files.
    pub headers: *const wirebird_header_t,
    /// How many header fields.
    pub header_count: usize,
}

/// Serve files and folders whose names begin with a dot.
pub const WIREBIRD_FILES_HIDDEN: u16 = 1;

/// Writes the defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_response_options_init(
    options: *mut wirebird_response_options_t,
    size: u32,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, wirebird_response_options_t { size, ..defaults() }) })
}

/// The request's method, as "GET". Valid until the request is answered or
/// released, or until the event after its WIREBIRD_EVENT_HTTP_OVER; so is what
/// the other functions give.
///
/// # Safety
/// `method` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_method(
    request: wirebird_request_t,
    method: *mut wirebird_text_t,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    unsafe { read(request, method, "method", |request| request.facts().method.as_str().as_bytes()) }
}

/// The request's target as it was sent, as "/login?from=%2Fchat".
///
/// # Safety
/// `target` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_target(
    request: wirebird_request_t,
    target: *mut wirebird_text_t,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    unsafe { read(request, target, "target", |request| request.facts().target.as_bytes()) }
}

/// The target up to its question mark, percent-encoded as it was sent. Begins
/// with a slash.
///
/// # Safety
/// `path` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_path(
    request: wirebird_request_t,
    path: *mut wirebird_text_t,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    unsafe { read(request, path, "path", |request| request.facts().path().as_bytes()) }
}

/// The target behind its question mark, percent-encoded as it was sent, or
/// empty.
///
/// # Safety
/// `query` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_query(
    request: wirebird_request_t,
    query: *mut wirebird_text_t,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    unsafe { read(request, query, "query", |request| request.facts().query().as_bytes()) }
}

/// The host that the client asked for, perhaps with a port: the Host field, in
/// HTTP/2 `:authority`. Empty if an HTTP/1.0 client did not say.
///
/// # Safety
/// `host` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_host(
    request: wirebird_request_t,
    host: *mut wirebird_text_t,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    unsafe { read(request, host, "host", |request| request.facts().host.as_bytes()) }
}

/// The request's body: bytes of any kind, without transfer coding.
///
/// # Safety
/// `body` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_body(
    request: wirebird_request_t,
    body: *mut wirebird_text_t,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    unsafe { read(request, body, "body", |request| &request.facts().body) }
}

/// The header field number `index` of the request. Names are in lower case.
/// WIREBIRD_EMPTY past the last one.
///
/// # Safety
/// `header` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_header(
    request: wirebird_request_t,
    index: usize,
    header: *mut wirebird_header_t,
) -> wirebird_status_t {
    guard(|| {
        let request = handles::request(request)?;
        arguments::check_output(header, "header")?;
        let field = request.facts().headers.iter().nth(index);
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

/// This side's address and the client's; `family` is 0 if it is not known.
/// Either pointer may be NULL.
///
/// # Safety
/// `local` and `peer` are NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_addresses(
    request: wirebird_request_t,
    local: *mut wirebird_address_t,
    peer: *mut wirebird_address_t,
) -> wirebird_status_t {
    guard(|| {
        let request = handles::request(request)?;
        let facts = request.facts();
        for (place, address, name) in [(local, facts.local, "local"), (peer, facts.peer, "peer")] {
            if !place.is_null() {
                let address = address.map_or(wirebird_address_t::default(), to_c);
                // SAFETY: the caller's promise.
                unsafe { arguments::output(place, address, name) }?;
            }
        }
        Ok(WIREBIRD_OK)
    })
}

/// Reads one of WIREBIRD_REQUEST_OPTION_….
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `value` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_get(
    request: wirebird_request_t,
    option: u32,
    value: *mut u64,
) -> wirebird_status_t {
    guard(|| {
        let request = handles::request(request)?;
        let found = match option {
            WIREBIRD_REQUEST_OPTION_HTTP_VERSION => match request.facts().version {
                Version::HTTP_10 => 10,
                Version::HTTP_2 => 20,
                _ => 11,
            },
            WIREBIRD_REQUEST_OPTION_SECURE => u64::from(request.facts().transport.is_encrypted()),
            _ => {
                return Err(Fault::argument(format!("{option} is no WIREBIRD_REQUEST_OPTION_…")));
            }
        };
        // SAFETY: the caller's promise.
        unsafe { arguments::output(value, found, "value") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Changes what the request's own events carry as `user_data`: at first NULL.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_request_set_user_data(
    request: wirebird_request_t,
    user_data: *mut c_void,
) -> wirebird_status_t {
    let user_data = user_data as usize;
    guard(|| {
        handles::request(request)?.source().set_user_data(user_data);
        Ok(WIREBIRD_OK)
    })
}

/// Moves the request's events to another queue; id 0 keeps them until there is
/// one. At first they go to the queue that the request came from.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT if the queue has another text form or other
/// storage functions.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_request_set_queue(
    request: wirebird_request_t,
    queue: wirebird_queue_t,
) -> wirebird_status_t {
    guard(|| {
        let request = handles::request(request)?;
        let queue = queue_or_none(queue)?;
        check_fits(request.source(), queue.as_ref())?;
        request.set_queue(queue.as_ref());
        Ok(WIREBIRD_OK)
    })
}

/// Answers a request with a body of `length` bytes, which are copied, and
/// releases its handle: no event follows. `options` may be NULL.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT, after which the request still waits;
/// WIREBIRD_ERROR_STATE if the client is gone or got 503 for the time it took
/// (the handle is released), or if the answer was begun by
/// `wirebird_request_begin`.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say; `data` is
/// valid for reading `length` bytes; NULL with length 0 is empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_answer(
    request: wirebird_request_t,
    options: *const wirebird_response_options_t,
    data: *const c_void,
    length: usize,
) -> wirebird_status_t {
    guard(|| {
        // SAFETY: the caller's promise, for both.
        let (head, _) = unsafe { head(options) }?;
        let bytes = unsafe { arguments::slice(data.cast::<u8>(), length, "data") }?;
        let content = ReplyContent::Bytes(Bytes::copy_from_slice(bytes));
        answer(request, Reply { head, content })
    })
}

/// The same without copying: `data` stays valid and unchanged until
/// `release(context)` is called. That happens exactly once, from any thread,
/// before or after this function returns, on errors too.
///
/// # Safety
/// As for `wirebird_request_answer`, `data` until it is released; `release` may
/// be called from any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_answer_shared(
    request: wirebird_request_t,
    options: *const wirebird_response_options_t,
    data: *const c_void,
    length: usize,
    release: Option<unsafe extern "C" fn(context: *mut c_void)>,
    context: *mut c_void,
) -> wirebird_status_t {
    // Released whatever happens next.
    let shared = SharedPayload::new(data, length, release, context);
    guard(|| {
        // SAFETY: the caller's promise, for both.
        let (head, _) = unsafe { head(options) }?;
        unsafe { arguments::slice(data.cast::<u8>(), length, "data") }?;
        let content = ReplyContent::Bytes(Bytes::from_owner(SharedBytes(shared)));
        answer(request, Reply { head, content })
    })
}

/// Answers a GET or HEAD request with a file, which the engine reads while it
/// sends, and releases the handle. Content-Type follows from the file's name
/// unless it is given; ETag, Last-Modified, conditions (304, 412) and ranges (206,
/// 416) are taken care of. 404 if there is no such file, 405 for other methods.
///
/// Errors: as for `wirebird_request_answer`.
///
/// # Safety
/// `options` and what it points to, and `path`, are valid as their sizes say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_answer_file(
    request: wirebird_request_t,
    options: *const wirebird_response_options_t,
    path: wirebird_text_t,
) -> wirebird_status_t {
    guard(|| {
        // SAFETY: the caller's promise, for both.
        let (head, _) = unsafe { head(options) }?;
        let path = unsafe { arguments::text(path, "path") }?;
        let content = ReplyContent::File(PathBuf::from(path));
        answer(request, Reply { head, content })
    })
}

/// The same with a file below the folder `root`, named by a part of a request's
/// path: relative and percent-encoded, as "img/a%20b.png". Never one that lies
/// elsewhere: 404 for `..`, names that begin with a dot (unless
/// WIREBIRD_FILES_HIDDEN is set), names with a backslash, colon or NUL, and
/// symbolic links that lead out of the folder. For a folder its index.html is
/// served, after a redirection to the path with a slash at its end.
///
/// Errors: as for `wirebird_request_answer`.
///
/// # Safety
/// `options` and what it points to, `root` and `path`, are valid as their sizes
/// say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_answer_below(
    request: wirebird_request_t,
    options: *const wirebird_response_options_t,
    root: wirebird_text_t,
    path: wirebird_text_t,
) -> wirebird_status_t {
    guard(|| {
        // SAFETY: the caller's promise, for these.
        let (head, dot_files) = unsafe { head(options) }?;
        let root = unsafe { arguments::text(root, "root") }?;
        let path = unsafe { arguments::text(path, "path") }?;
        if root.is_empty() {
            return Err(Fault::argument("root is empty: use \".\" for the current folder"));
        }
        let directory = Directory { root: PathBuf::from(root), dot_files };
        let content = ReplyContent::Below(directory, path.to_owned());
        answer(request, Reply { head, content })
    })
}

/// Begins an answer whose body follows by `wirebird_request_write` and ends with
/// `wirebird_request_finish`, soon or much later. If the client leaves before,
/// WIREBIRD_EVENT_HTTP_OVER says so. `options` may be NULL.
///
/// Errors: as for `wirebird_request_answer`; WIREBIRD_ERROR_STATE also if it was
/// begun before.
///
/// # Safety
/// `options` and what it points to are valid as their sizes say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_begin(
    request: wirebird_request_t,
    options: *const wirebird_response_options_t,
) -> wirebird_status_t {
    let handle = request;
    guard(|| {
        let request = handles::request(handle)?;
        // SAFETY: the caller's promise.
        let (head, _) = unsafe { head(options) }?;
        request.begin(head).map_err(|error| gone(handle, error))?;
        Ok(WIREBIRD_OK)
    })
}

/// Sends a piece of a body, which is copied: what is given leaves as soon as the
/// client takes it. `unsent`, unless NULL, receives how many bytes wait then.
/// Above the `high_water` of the server's connection options, wait for
/// WIREBIRD_EVENT_HTTP_ROOM.
///
/// Errors: WIREBIRD_ERROR_LIMIT past the `max_unsent` of the server's connection
/// options: the piece is not sent, and WIREBIRD_EVENT_HTTP_ROOM follows.
/// WIREBIRD_ERROR_STATE before `wirebird_request_begin`, or if the client is
/// gone; WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `data` is valid for reading `length` bytes; NULL with length 0 is empty.
/// `unsent` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_request_write(
    request: wirebird_request_t,
    data: *const c_void,
    length: usize,
    unsent: *mut u64,
) -> wirebird_status_t {
    guard(|| {
        let request = handles::request(request)?;
        // SAFETY: the caller's promise.
        let bytes = unsafe { arguments::slice(data.cast::<u8>(), length, "data") }?;
        let waiting = request.outflow()?.write(Bytes::copy_from_slice(bytes))?;
        if !unsent.is_null() {
            // SAFETY: the caller's promise.
            unsafe { arguments::output(unsent, waiting, "unsent") }?;
        }
        Ok(WIREBIRD_OK)
    })
}

/// Ends the body of an answer that was begun, and releases the handle: what was
/// written leaves, no event follows.
///
/// Errors: WIREBIRD_ERROR_STATE before `wirebird_request_begin`, or if the
/// client is gone (the handle is released then).
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_request_finish(request: wirebird_request_t) -> wirebird_status_t {
    let handle = request;
    guard(|| {
        let request = handles::request(handle)?;
        let outflow = request.outflow().map_err(|error| gone(handle, error))?;
        let finished = outflow.finish();
        handles::take_request(handle)?.release();
        finished?;
        Ok(WIREBIRD_OK)
    })
}

/// Releases a request; no event of it follows. Without an answer it gets 500; a
/// body that was begun and not finished is cut off, so that the client sees that
/// it is not complete.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_request_release(request: wirebird_request_t) -> wirebird_status_t {
    guard(|| {
        handles::take_request(request)?.release();
        Ok(WIREBIRD_OK)
    })
}

impl From<AnswerError> for Fault {
    fn from(error: AnswerError) -> Self {
        Self::state(error.to_string())
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        let status = match error {
            WriteError::Over => WIREBIRD_ERROR_STATE,
            WriteError::Unsent { .. } => WIREBIRD_ERROR_LIMIT,
        };
        Self::new(status, error.to_string())
    }
}

/// What the engine reads of a body that the host lends.
struct SharedBytes(SharedPayload);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// Answers a request and releases its handle.
fn answer(handle: wirebird_request_t, reply: Reply) -> Outcome {
    handles::request(handle)?.answer(reply).map_err(|error| gone(handle, error))?;
    // Unless another thread was quicker.
    if let Ok(request) = handles::take_request(handle) {
        request.release();
    }
    Ok(WIREBIRD_OK)
}

/// A request that can't be answered any more has no use.
fn gone(handle: wirebird_request_t, error: AnswerError) -> Fault {
    if error == AnswerError::Over
        && let Ok(request) = handles::take_request(handle)
    {
        request.release();
    }
    error.into()
}

/// # Safety
/// `place` is valid for writing.
unsafe fn read(
    request: wirebird_request_t,
    place: *mut wirebird_text_t,
    name: &str,
    find: impl FnOnce(&HttpRequest) -> &[u8],
) -> wirebird_status_t {
    guard(|| {
        let request = handles::request(request)?;
        // SAFETY: the caller's promise.
        unsafe { arguments::output(place, view(find(&request)), name) }?;
        Ok(WIREBIRD_OK)
    })
}

/// # Safety
/// `options` and what it points to are valid as their sizes say.
unsafe fn head(
    options: *const wirebird_response_options_t,
) -> Result<(ReplyHead, DotFiles), Fault> {
    // SAFETY: the caller's promise, for these; the struct is plain data of C.
    let c = unsafe { arguments::options(options, defaults(), "options") }?;
    let headers = unsafe { arguments::headers(c.headers, c.header_count) }?;
    let reason = unsafe { arguments::text(c.reason, "options->reason") }?;
    let status = Some(c.status)
        .filter(|status| (200..600).contains(status))
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| {
            Fault::argument(format!("options->status is {}, not 200 to 599", c.status))
        })?;
    let dot_files = match c.files {
        0 => DotFiles::Hidden,
        WIREBIRD_FILES_HIDDEN => DotFiles::Served,
        other => {
            return Err(Fault::argument(format!(
                "options->files is {other}, not WIREBIRD_FILES_…"
            )));
        }
    };
    Ok((ReplyHead { status, reason: phrase(reason, "options->reason")?, headers }, dot_files))
}

/// A reason phrase; `None` for the standard one.
pub(super) fn phrase(text: &str, name: &str) -> Result<Option<ReasonPhrase>, Fault> {
    let is_phrase = |text: &str| text.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b));
    match text {
        "" => Ok(None),
        text if is_phrase(text) => Ok(ReasonPhrase::try_from(text.as_bytes()).ok()),
        _ => Err(Fault::argument(format!("{name} has bytes that no reason phrase may have"))),
    }
}

fn defaults() -> wirebird_response_options_t {
    wirebird_response_options_t {
        size: size_of::<wirebird_response_options_t>() as u32,
        status: 200,
        files: 0,
        reason: wirebird_text_t { data: null(), length: 0 },
        headers: null(),
        header_count: 0,
    }
}
