//! The log for C.

#![allow(non_camel_case_types)]

use std::ffi::c_void;

use tracing::Level;
use tracing::level_filters::LevelFilter;

use super::arguments::view;
use super::guard::{Fault, guard};
use super::status::*;
use super::types::*;
use crate::log::{self, LogError, Record, Sink};

/// No record.
pub const WIREBIRD_LOG_OFF: u32 = 0;
/// Defects.
pub const WIREBIRD_LOG_ERROR: u32 = 1;
/// What somebody should look after: a limit that closed a connection, root
/// certificates that can't be read.
pub const WIREBIRD_LOG_WARNING: u32 = 2;
/// Servers that listen, peers that were refused and why.
pub const WIREBIRD_LOG_INFO: u32 = 3;
/// Each step of each connection.
pub const WIREBIRD_LOG_DEBUG: u32 = 4;
/// Each frame: kind and size.
pub const WIREBIRD_LOG_TRACE: u32 = 5;

/// A record of the log. Payloads are not logged at all; credentials, cookies
/// and the queries of URLs neither.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct wirebird_log_record_t {
    /// `sizeof` of this struct in the library: later ones may have more.
    pub size: u32,
    /// WIREBIRD_LOG_ERROR to WIREBIRD_LOG_TRACE.
    pub level: u32,
    /// WIREBIRD_OPTION_NUMBER of the connection concerned, 0 if there is none.
    pub connection: u64,
    /// The part of the library: "client", "connection", "frame", "net",
    /// "server". Others may follow.
    pub category: wirebird_text_t,
    /// One line of English.
    pub text: wirebird_text_t,
}

/// Takes a record, which is valid during the call. It is called from any thread,
/// several at a time, inside calls of this library too: it returns soon and calls
/// nothing of this library.
pub type wirebird_log_function_t =
    Option<unsafe extern "C" fn(context: *mut c_void, record: *const wirebird_log_record_t)>;

/// Gives the records of `level` and those more urgent to `function`, instead of
/// the function before. When this returns, no call of that one is under way, and
/// none follows. NULL or WIREBIRD_LOG_OFF ends it. Without this call nothing is
/// logged.
///
/// Connections that were made while the level was WIREBIRD_LOG_OFF have the
/// number 0 in records.
///
/// Errors: WIREBIRD_ERROR_ARGUMENT; WIREBIRD_ERROR_STATE inside `function`, and
/// where the process has set a subscriber of Rust's tracing by itself: that one
/// gets the log.
///
/// # Safety
/// `function` may be called from any thread with `context` until it is replaced.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_log(
    function: wirebird_log_function_t,
    context: *mut c_void,
    level: u32,
) -> wirebird_status_t {
    guard(|| {
        let level = match level {
            WIREBIRD_LOG_OFF => LevelFilter::OFF,
            WIREBIRD_LOG_ERROR => LevelFilter::ERROR,
            WIREBIRD_LOG_WARNING => LevelFilter::WARN,
            WIREBIRD_LOG_INFO => LevelFilter::INFO,
            WIREBIRD_LOG_DEBUG => LevelFilter::DEBUG,
            WIREBIRD_LOG_TRACE => LevelFilter::TRACE,
            _ => return Err(Fault::argument(format!("level is {level}: it has to be 0 to 5"))),
        };
        let sink =
            function.map(|function| -> Box<dyn Sink> { Box::new(CSink { function, context }) });
        log::listen(sink, level)?;
        Ok(WIREBIRD_OK)
    })
}

impl From<LogError> for Fault {
    fn from(error: LogError) -> Self {
        Self::state(error.to_string())
    }
}

struct CSink {
    function: unsafe extern "C" fn(*mut c_void, *const wirebird_log_record_t),
    context: *mut c_void,
}

// SAFETY: whoever listens promises that the function may be called from any
// thread; the pointer is handed back to them and not looked at.
unsafe impl Send for CSink {}
// SAFETY: as above.
unsafe impl Sync for CSink {}

impl Sink for CSink {
    fn record(&self, record: &Record<'_>) {
        let record = wirebird_log_record_t {
            size: size_of::<wirebird_log_record_t>() as u32,
            level: match record.level {
                Level::ERROR => WIREBIRD_LOG_ERROR,
                Level::WARN => WIREBIRD_LOG_WARNING,
                Level::INFO => WIREBIRD_LOG_INFO,
                Level::DEBUG => WIREBIRD_LOG_DEBUG,
                Level::TRACE => WIREBIRD_LOG_TRACE,
            },
            connection: record.connection,
            category: view(record.category.as_bytes()),
            text: view(record.text.as_bytes()),
        };
        // SAFETY: it was not replaced yet, so its context lives; the record
        // and its texts outlive the call.
        unsafe { (self.function)(self.context, &raw const record) };
    }
}
