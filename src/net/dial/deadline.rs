//! Until when something has to be done, and which setting says so.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::poll_fn;
use futures_util::task::AtomicWaker;
use tokio::time::{Instant, sleep_until};

use super::DialError;
use crate::sync::lock;

/// The end of a time that a setting limits.
#[derive(Clone, Debug)]
pub struct Deadline {
    at: Instant,
    pauses: Pauses,
    /// The setting.
    pub setting: &'static str,
    /// Its value.
    pub ms: u64,
}

/// Time that is not counted: the host's own, in which it answers a question.
/// Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Pauses(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Of who waits for a deadline.
    waker: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    over: Duration,
    /// How many pauses there are, and since when.
    now: Option<(u32, Instant)>,
}

/// A pause; over once dropped.
pub struct Pause(Pauses);

impl Pauses {
    /// Counts no time from now on.
    pub fn begin(&self) -> Pause {
        let mut state = lock(&self.0.state);
        let (count, since) = state.now.unwrap_or_else(|| (0, Instant::now()));
        state.now = Some((count.saturating_add(1), since));
        Pause(self.clone())
    }

    /// How long those took that are over.
    pub fn over(&self) -> Duration {
        lock(&self.0.state).over
    }

    fn is_now(&self) -> bool {
        lock(&self.0.state).now.is_some()
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        let Self(Pauses(shared)) = self;
        let mut state = lock(&shared.state);
        let Some((count, since)) = state.now.take() else { return };
        if count > 1 {
            state.now = Some((count.saturating_sub(1), since));
            return;
        }
        state.over = state.over.saturating_add(since.elapsed());
        drop(state);
        shared.waker.wake();
    }
}

impl Deadline {
    /// From now on.
    pub fn after(time: Duration, setting: &'static str) -> Self {
        Self::since(Instant::now(), time, setting)
    }

    /// From `begin` on.
    pub fn since(begin: Instant, time: Duration, setting: &'static str) -> Self {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self { at: begin + time, pauses: Pauses::default(), setting, ms }
    }

    /// The same, later by what `pauses` take.
    pub fn without(self, pauses: Pauses) -> Self {
        Self { pauses, ..self }
    }

    /// When it is, if there is no pause any more.
    pub fn at(&self) -> Instant {
        self.at + self.pauses.over()
    }

    /// The earlier one of two.
    pub fn or_earlier(self, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.at() < self.at() => other,
            _ => self,
        }
    }

    /// What the host answers, in time that is not counted.
    pub async fn pause<T>(&self, question: impl Future<Output = T>) -> T {
        let _pause = self.pauses.begin();
        question.await
    }

    /// What comes of `work` by then; `step` names it.
    ///
    /// # Errors
    ///
    /// Nothing came of it by then.
    pub async fn limit<T>(
        &self,
        step: impl FnOnce() -> String,
        work: impl Future<Output = T>,
    ) -> Result<T, DialError> {
        let mut work = pin!(work);
        let mut timer = pin!(sleep_until(self.at()));
        let done = poll_fn(|cx| {
            self.pauses.0.waker.register(cx.waker());
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(done));
            }
            if self.pauses.is_now() {
                return Poll::Pending;
            }
            let at = self.at();
            if timer.deadline() != at {
                timer.as_mut().reset(at);
            }
            timer.as_mut().poll(cx).map(|()| None)
        });
        done.await.ok_or_else(|| self.passed(step()))
    }

    /// That it has passed during `step`.
    pub fn passed(&self, step: String) -> DialError {
        DialError::Timeout { step, setting: self.setting, ms: self.ms }
    }
}
