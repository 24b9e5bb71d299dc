//! What a host's thread sends while it takes events, or before it goes back to
//! its event loop, is written together, at the end.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Connection;
use crate::sync::Local;

/// With more connections than this the engine's threads write: a broadcast
/// costs the host's thread less that way.
const MOST_WRITTEN_HERE: usize = 64;

/// A second message within this time is left to the engine, which writes
/// what has come together until then.
const BURST: Duration = Duration::from_micros(20);

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// The host has promised to flush.
    static PROMISED: Cell<bool> = const { Cell::new(false) };
    static COLLECTED: RefCell<Vec<Arc<Connection>>> = const { RefCell::new(Vec::new()) };
    static LAST_SEND: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// While it lives, what this thread sends is collected.
pub struct Collecting(());

impl Collecting {
    /// Begins to collect on this thread.
    pub fn begin() -> Self {
        DEPTH.set(DEPTH.get().saturating_add(1));
        Self(())
    }

    /// Begins to collect on this thread until the next flush.
    pub fn until_flush() {
        PROMISED.set(true);
    }

    /// Writes what this thread has collected so far.
    pub fn flush() {
        PROMISED.set(false);
        let mut collected = std::mem::take(&mut *Local::take(&COLLECTED));
        let few = collected.len() <= MOST_WRITTEN_HERE;
        let plan = if few { Plan::Here } else { Plan::Engine };
        for connection in collected.drain(..) {
            connection.write_collected(plan);
        }
        let mut kept = Local::take(&COLLECTED);
        if kept.capacity() == 0 {
            *kept = collected;
        }
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        Self::flush();
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

/// Who is to write a message that was just queued.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// This thread, now.
    Here,
    /// The engine.
    Engine,
}

/// Decides for a message queued by this thread, which does not collect.
pub(super) fn plan() -> Plan {
    let now = Instant::now();
    let last = LAST_SEND.replace(Some(now));
    match last {
        Some(last) if now.saturating_duration_since(last) < BURST => Plan::Engine,
        _ => Plan::Here,
    }
}

/// Whether this thread collects.
pub(super) fn is_collecting() -> bool {
    DEPTH.get() > 0 || PROMISED.get()
}

/// Adds a connection to those written at the end.
pub(super) fn collect(connection: &Arc<Connection>) {
    Local::take(&COLLECTED).push(connection.clone());
}
