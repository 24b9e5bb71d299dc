//! Until when something has to be done, and which setting says so.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::DialError;

/// The end of a time that a setting limits.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    /// When it is.
    pub at: Instant,
    /// The setting.
    pub setting: &'static str,
    /// Its value.
    pub ms: u64,
}

impl Deadline {
    /// From now on.
    pub fn after(time: Duration, setting: &'static str) -> Self {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self { at: Instant::now() + time, setting, ms }
    }

    /// The earlier one of two.
    pub fn or_earlier(self, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.at < self.at => other,
            _ => self,
        }
    }

    /// What comes of `work` by then; `step` names it.
    ///
    /// # Errors
    ///
    /// Nothing came of it by then.
    pub async fn limit<T>(
        self,
        step: impl FnOnce() -> String,
        work: impl Future<Output = T>,
    ) -> Result<T, DialError> {
        timeout_at(self.at, work).await.map_err(|_| self.passed(step()))
    }

    /// That it has passed during `step`.
    pub fn passed(self, step: String) -> DialError {
        DialError::Timeout { step, setting: self.setting, ms: self.ms }
    }
}
