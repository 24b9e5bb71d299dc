//! The library as a whole: versions, start, end.

use std::ffi::{CStr, c_char};
use std::time::Duration;

use super::arguments;
use super::guard::{guard, watch_forks};
use super::handles;
use super::options::wirebird_engine_options_t;
use super::settings::within;
use super::status::*;
use crate::net::{Engine, MAX_THREADS};

const ABI_MAJOR: u32 = 0;
const ABI_MINOR: u32 = 1;

/// The version of the ABI: the major number in the high 16 bits, the minor in
/// the low 16. A program that was built for the same major and a lower or
/// equal minor works with this library.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_abi_version() -> u32 {
    ABI_MAJOR << 16 | ABI_MINOR
}

/// The version of the library, as "0.1.0". Static.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Whether this build has a feature: "client", "server", "tls". False for unknown
/// names and NULL.
///
/// # Safety
/// `name` is NULL or a terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_has_feature(name: *const c_char) -> bool {
    if name.is_null() {
        return false;
    }
    // SAFETY: not NULL; the rest is the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    matches!(name.to_bytes(), b"client" | b"server" | b"tls")
}

/// Starts the engine with options. Not needed: the first queue starts it with
/// the defaults. `options` may be NULL.
///
/// Errors: WIREBIRD_ERROR_STATE if it runs already, WIREBIRD_ERROR_RESOURCES.
///
/// # Safety
/// `options` is NULL or valid as its `size` says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_start(
    options: *const wirebird_engine_options_t,
) -> wirebird_status_t {
    guard(|| {
        let size = size_of::<wirebird_engine_options_t>() as u32;
        let defaults = wirebird_engine_options_t { size, threads: 0 };
        // SAFETY: the caller's promise; the struct is plain integers.
        let options = unsafe { arguments::options(options, defaults, "options") }?;
        let most = MAX_THREADS as u64;
        let threads = within("options->threads", u64::from(options.threads), 0, most)?;
        Engine::start(threads as usize)?;
        watch_forks();
        Ok(WIREBIRD_OK)
    })
}

/// Ends every connection, server and engine thread, and waits up to
/// `timeout_ms` for the threads. Every handle is stale afterwards, and the
/// engine can't be started again. Not needed at the end of a program, but leak
/// checkers are happier. Must not be called inside an event.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_shutdown(timeout_ms: u32) -> wirebird_status_t {
    guard(|| {
        Engine::shut_down(Duration::from_millis(u64::from(timeout_ms)));
        handles::clear();
        Ok(WIREBIRD_OK)
    })
}
