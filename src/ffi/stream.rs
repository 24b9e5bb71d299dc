//! Streams whose bytes the host carries, for connections over a transport that
//! the host has already.

#![allow(non_camel_case_types)]

use std::ffi::c_void;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV6};
use std::ptr::null_mut;
use std::slice;

use super::arguments;
use super::guard::{Fault, guard, with_connection};
use super::handles;
use super::init::init;
use super::settings::{time, within};
use super::status::*;
use super::types::*;
use crate::net::{Addresses, Carrier, Ended, EngineEnd, Found, HostEnd, carried};
use crate::server::TimeLimit;

/// Options of a stream that the host carries.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct wirebird_stream_options_t {
    /// Set by `wirebird_stream_options_init`.
    pub size: u32,
    /// Most bytes that wait in each direction, 1 to 2^31-1. Memory is used only
    /// for those that do. Default 65,536.
    pub buffer_size: u32,
    /// At a server: how long the opening handshake may take from now on, in ms
    /// up to 2^31-1; 0 is no limit, -1 (default) is
    /// WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT. A client has its own option.
    pub handshake_timeout_ms: i32,
    /// This side's address, for `wirebird_connection_addresses`; family 0
    /// (default) if it is not known.
    pub local: wirebird_address_t,
    /// The peer's. Without it the stream does not count among the handshakes of
    /// an address.
    pub peer: wirebird_address_t,
    /// Called when there is something to take after `wirebird_stream_take` has
    /// found nothing, when there is room after `wirebird_stream_give` has found
    /// too little, and when the stream is aborted: once for each until the host
    /// has looked again. Called first when the engine begins to write, perhaps
    /// before the call has returned that makes the stream. From any thread, also
    /// from one that is sending; must return at once and must not call into
    /// this library: post a message to the thread that carries the bytes. May be
    /// NULL with polling.
    pub wake: Option<unsafe extern "C" fn(context: *mut c_void)>,
    /// Called once, after the last call of `wake` has returned, from any
    /// thread: when the handle was released and the engine needs the stream no
    /// more. Not called if the stream could not be made. May be NULL.
    pub drop: Option<unsafe extern "C" fn(context: *mut c_void)>,
    /// Passed to `wake` and `drop`.
    pub context: *mut c_void,
}

/// Writes the defaults into `options`; `size` is `sizeof *options`.
///
/// # Safety
/// `options` is valid for writing `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_stream_options_init(
    options: *mut wirebird_stream_options_t,
    size: u32,
) -> wirebird_status_t {
    // SAFETY: the caller's promise.
    guard(|| unsafe { init(options, size, wirebird_stream_options_t { size, ..defaults() }) })
}

/// Hands over bytes that came from the peer, and says how many of them there
/// was room for: all, or `wake` is called once there is room for more. Bytes of
/// a stream that is over are dropped.
///
/// Errors: WIREBIRD_ERROR_STATE after `wirebird_stream_give_end` or
/// `wirebird_stream_fail`, WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `data` is valid as `length` says; `taken` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_stream_give(
    stream: wirebird_stream_t,
    data: *const c_void,
    length: usize,
    taken: *mut usize,
) -> wirebird_status_t {
    guard(|| {
        let stream = handles::stream(stream)?;
        arguments::check_output(taken, "taken")?;
        // SAFETY: the caller's promise.
        let bytes = unsafe { arguments::slice(data.cast::<u8>(), length, "data") }?;
        let count = stream.give(bytes)?;
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(taken, count, "taken") }?;
        Ok(WIREBIRD_OK)
    })
}

/// The peer has ended its direction. Without a closing handshake before that
/// the connection is lost.
///
/// Errors: WIREBIRD_ERROR_STATE the second time or after
/// `wirebird_stream_fail`.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_stream_give_end(stream: wirebird_stream_t) -> wirebird_status_t {
    guard(|| {
        handles::stream(stream)?.give_end()?;
        Ok(WIREBIRD_OK)
    })
}

/// Moves bytes for the peer into `buffer`, and says how many: WIREBIRD_OK.
/// Without any: WIREBIRD_EMPTY, and `wake` is called once there are some or the
/// stream ends; WIREBIRD_END, WIREBIRD_OVER or WIREBIRD_RESET, after which
/// `taken` is 0 as well. They stay in this order, and the last one stays for
/// good. What was written before the connection ended can be taken afterwards,
/// unless it was aborted.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `buffer` is valid for writing `size` bytes, `taken` for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_stream_take(
    stream: wirebird_stream_t,
    buffer: *mut c_void,
    size: usize,
    taken: *mut usize,
) -> wirebird_status_t {
    guard(|| {
        let stream = handles::stream(stream)?;
        arguments::check_output(taken, "taken")?;
        if buffer.is_null() && size > 0 || size > isize::MAX as usize {
            return Err(Fault::argument(format!("buffer is NULL or too long: size is {size}")));
        }
        let buffer = match size {
            0 => &mut [],
            // SAFETY: not NULL and of a possible length; the rest is the
            // caller's promise.
            _ => unsafe { slice::from_raw_parts_mut(buffer.cast::<u8>(), size) },
        };
        let (count, status) = match stream.take(buffer) {
            Found::Bytes(count) => (count, WIREBIRD_OK),
            Found::Nothing => (0, WIREBIRD_EMPTY),
            Found::End => (0, WIREBIRD_END),
            Found::Over => (0, WIREBIRD_OVER),
            Found::Reset => (0, WIREBIRD_RESET),
        };
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(taken, count, "taken") }?;
        Ok(status)
    })
}

/// The transport has failed: the connection is lost, with
/// WIREBIRD_ERROR_CONNECTION_LOST and this message, once it has read what was
/// given. Does nothing the second time.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT.
///
/// # Safety
/// `message` is valid as its length says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_stream_fail(
    stream: wirebird_stream_t,
    message: wirebird_text_t,
) -> wirebird_status_t {
    guard(|| {
        let stream = handles::stream(stream)?;
        // SAFETY: the caller's promise.
        let message = unsafe { arguments::text(message, "message") }?;
        stream.fail(message);
        Ok(WIREBIRD_OK)
    })
}

/// Releases the handle. A connection that is not over is lost, as by
/// `wirebird_stream_fail`.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_stream_release(stream: wirebird_stream_t) -> wirebird_status_t {
    guard(|| {
        handles::take_stream(stream)?.let_go();
        Ok(WIREBIRD_OK)
    })
}

/// Counts no time for a client's `handshake_timeout_ms` until
/// `wirebird_connection_resume_handshake`: for a host that carries the stream and
/// asks a person about it, such as whether to trust a certificate. Called twice it
/// is as once. Without effect once the connection is open, and on a server's.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_pause_handshake(
    connection: wirebird_connection_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        connection.handshake().pause();
        Ok(WIREBIRD_OK)
    })
}

/// Counts the time again, from where it was.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_connection_resume_handshake(
    connection: wirebird_connection_t,
) -> wirebird_status_t {
    with_connection(connection, |connection| {
        connection.handshake().resume();
        Ok(WIREBIRD_OK)
    })
}

/// A stream that can be made: its options are checked.
pub(super) struct Checked {
    options: wirebird_stream_options_t,
    addresses: Addresses,
    limit: TimeLimit,
}

impl Checked {
    /// # Safety
    /// As for `arguments::options`.
    pub unsafe fn read(options: *const wirebird_stream_options_t) -> Result<Self, Fault> {
        // SAFETY: the caller's promise; the struct is plain data of C.
        let options = unsafe { arguments::options(options, defaults(), "stream_options") }?;
        let buffer_size = u64::from(options.buffer_size);
        within("stream_options->buffer_size", buffer_size, 1, i32::MAX as u64)?;
        let limit = match u64::try_from(options.handshake_timeout_ms) {
            Ok(ms) => TimeLimit::Own(time("stream_options->handshake_timeout_ms", ms)?),
            Err(_) if options.handshake_timeout_ms == -1 => TimeLimit::OfServer,
            Err(_) => {
                return Err(Fault::argument(format!(
                    "stream_options->handshake_timeout_ms is {}; it has to be -1 to 2^31-1",
                    options.handshake_timeout_ms
                )));
            }
        };
        let local = address(&options.local, "stream_options->local")?;
        let peer = address(&options.peer, "stream_options->peer")?;
        Ok(Self { options, addresses: (local, peer), limit })
    }

    /// How long its opening handshake may take.
    pub fn limit(&self) -> TimeLimit {
        self.limit
    }

    /// Makes it; `drop` will be called.
    pub fn make(self) -> (HostEnd, EngineEnd) {
        let wirebird_stream_options_t { buffer_size, wake, drop, context, .. } = self.options;
        let carrier = Box::new(CCarrier { wake, drop, context });
        carried(carrier, self.addresses, buffer_size as usize)
    }
}

impl From<Ended> for Fault {
    fn from(ended: Ended) -> Self {
        Self::state(ended.to_string())
    }
}

/// A stream's callbacks. Dropped after their last use.
struct CCarrier {
    wake: Option<unsafe extern "C" fn(*mut c_void)>,
    drop: Option<unsafe extern "C" fn(*mut c_void)>,
    context: *mut c_void,
}

// SAFETY: whoever makes a stream promises that its functions may be called from
// any thread; the pointer is handed back to them and not looked at.
unsafe impl Send for CCarrier {}
// SAFETY: as above.
unsafe impl Sync for CCarrier {}

impl Carrier for CCarrier {
    fn wake(&self) {
        if let Some(wake) = self.wake {
            // SAFETY: `drop` was not called yet, so the context lives.
            unsafe { wake(self.context) };
        }
    }
}

impl Drop for CCarrier {
    fn drop(&mut self) {
        if let Some(drop) = self.drop {
            // SAFETY: called once, with the context it came with.
            unsafe { drop(self.context) };
        }
    }
}

fn defaults() -> wirebird_stream_options_t {
    wirebird_stream_options_t {
        size: size_of::<wirebird_stream_options_t>() as u32,
        buffer_size: 64 * 1024,
        handshake_timeout_ms: -1,
        local: wirebird_address_t::default(),
        peer: wirebird_address_t::default(),
        wake: None,
        drop: None,
        context: null_mut(),
    }
}

/// An address that C gave.
fn address(c: &wirebird_address_t, name: &str) -> Result<Option<SocketAddr>, Fault> {
    let &wirebird_address_t { family, scope_id, bytes, port } = c;
    let [first, second, third, fourth, ..] = bytes;
    match family {
        0 => Ok(None),
        4 => Ok(Some((Ipv4Addr::new(first, second, third, fourth), port).into())),
        6 => Ok(Some(SocketAddrV6::new(bytes.into(), port, 0, scope_id).into())),
        other => Err(Fault::argument(format!("{name}.family is {other}, not 4, 6 or 0"))),
    }
}
