//! What waits while the host has too much to take of what a server tells.

use tokio::sync::Notify;

use crate::queue::Resume;

/// Opened once the host has taken enough.
#[derive(Default)]
pub(super) struct Gate(Notify);

impl Gate {
    /// Waits until it was opened.
    pub async fn opened(&self) {
        self.0.notified().await;
    }
}

impl Resume for Gate {
    fn resume(&self) {
        self.0.notify_one();
    }
}
