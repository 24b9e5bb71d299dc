//! What every exported function runs in: no panic crosses the boundary, a
//! forked child is told, and every failure leaves its text.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::handles;
use super::status::*;
use super::types::*;
use crate::connection::{Connection, SendError};
use crate::net::EngineError;

/// A status that is not OK, with its text.
#[derive(Debug)]
pub(super) struct Fault {
    pub status: wirebird_status_t,
    pub message: String,
}

impl Fault {
    pub fn new(status: wirebird_status_t, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(WIREBIRD_ERROR_ARGUMENT, message)
    }

    pub fn state(message: impl Into<String>) -> Self {
        Self::new(WIREBIRD_ERROR_STATE, message)
    }
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        let status = match error {
            EngineError::Start(_) => WIREBIRD_ERROR_RESOURCES,
            EngineError::ShutDown => WIREBIRD_ERROR_SHUT_DOWN,
            EngineError::Running => WIREBIRD_ERROR_STATE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<SendError> for Fault {
    fn from(error: SendError) -> Self {
        let status = match error {
            SendError::NotOpen | SendError::Begun => WIREBIRD_ERROR_STATE,
            SendError::Unsent { .. } | SendError::Dropped { .. } => WIREBIRD_ERROR_LIMIT,
            SendError::ControlTooLong(_) | SendError::CloseCode(_) | SendError::OtherKind => {
                WIREBIRD_ERROR_ARGUMENT
            }
        };
        Self::new(status, error.to_string())
    }
}

/// A positive status, or OK.
pub(super) type Outcome = Result<wirebird_status_t, Fault>;

/// Runs the body of an exported function.
pub(super) fn guard(body: impl FnOnce() -> Outcome) -> wirebird_status_t {
    if is_forked() {
        let text = "the process forked after the engine had started: start it in the child only";
        return fail(WIREBIRD_ERROR_FORKED, text);
    }
    let body = || {
        #[cfg(test)]
        super::panic_tests::panic_if_asked();
        body()
    };
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(status)) => status,
        Ok(Err(fault)) => fail(fault.status, fault.message),
        Err(_) => fail(WIREBIRD_ERROR_PANIC, "a defect of the library was caught"),
    }
}

/// Runs the body of a function on a connection; a panic closes it.
pub(super) fn with_connection(
    handle: wirebird_connection_t,
    body: impl FnOnce(&Arc<Connection>) -> Outcome,
) -> wirebird_status_t {
    guard(|| {
        let connection = handles::connection(handle)?;
        catch_unwind(AssertUnwindSafe(|| body(&connection))).unwrap_or_else(|_| {
            connection.poison();
            let text = "a defect of the library was caught; the connection was closed";
            Err(Fault::new(WIREBIRD_ERROR_PANIC, text))
        })
    })
}

static FORKED: AtomicBool = AtomicBool::new(false);

/// Whether this is a child of the process that started the engine.
fn is_forked() -> bool {
    FORKED.load(SeqCst)
}

/// Has forks noticed from now on.
#[cfg(unix)]
pub(super) fn watch_forks() {
    use std::sync::Once;
    static WATCH: Once = Once::new();

    extern "C" fn in_child() {
        FORKED.store(true, SeqCst);
    }

    WATCH.call_once(|| {
        // SAFETY: the handler only stores to an atomic, which is safe in a
        // child between fork and exec. Failure leaves forks unnoticed.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
}

/// There is no fork here.
#[cfg(not(unix))]
pub(super) fn watch_forks() {}
