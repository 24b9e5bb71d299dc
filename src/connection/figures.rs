//! What a connection has sent and received, in figures.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What was sent so far.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// Bytes accepted and not yet given to the system.
    pub unsent: u64,
    /// Bytes given to the system.
    pub bytes: u64,
    /// Messages accepted, without those that were dropped since.
    pub messages: u64,
    /// Messages refused, dropped or replaced.
    pub dropped: u64,
}

/// What arrived so far; counted by the engine's task alone.
#[derive(Debug, Default)]
pub struct Received {
    bytes: AtomicU64,
    messages: AtomicU64,
}

impl Received {
    /// Bytes read.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Messages that are complete.
    pub fn messages(&self) -> u64 {
        self.messages.load(Relaxed)
    }

    /// `bytes` were read.
    pub(super) fn add_bytes(&self, bytes: usize) {
        // Nobody else writes: no read-modify-write is needed.
        self.bytes.store(self.bytes().saturating_add(bytes as u64), Relaxed);
    }

    /// So many messages are complete by now.
    pub(super) fn set_messages(&self, messages: u64) {
        self.messages.store(messages, Relaxed);
    }
}
