//! The queue between the engine's threads and the thread of one host.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::drain::Dispatcher;
use super::taken::Taken;
use super::{Batch, Delivery, Source};
use crate::sync::lock;

/// Someone who paused because a queue was full.
pub trait Resume: Send + Sync {
    /// There is room again.
    fn resume(&self);
}

/// How full a queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressure {
    /// There is room.
    None,
    /// Wait for `Resume::resume`.
    Wait,
}

/// What has to follow a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// Nothing: the host knows already.
    Quietly,
    /// `Queue::wake`, once the caller holds no lock.
    Wake,
}

/// Batches of emptied events that are kept for reuse.
const SPARE_BATCHES: usize = 64;

/// The queue between the engine's threads and the thread of one host.
pub struct Queue {
    max_waiting: AtomicUsize,
    /// Bytes pushed and not yet finished by the host.
    waiting: AtomicUsize,
    /// How many of them the newest batch has.
    newest: AtomicUsize,
    has_paused: AtomicBool,
    closed: AtomicBool,
    inner: Mutex<Inner>,
    arrived: Condvar,
    pub(super) dispatcher: Dispatcher,
    /// Taken and not delivered. Not locked while the host looks at an event.
    pub(super) taken: Mutex<Taken>,
    /// Last, so that what the host's functions have made goes before them.
    delivery: Arc<Delivery>,
}

#[derive(Default)]
struct Inner {
    batches: VecDeque<Batch>,
    spare: Vec<Batch>,
    paused: Vec<Arc<dyn Resume>>,
    /// The host was woken and has not taken since.
    awake: bool,
    /// Threads inside `Queue::wait`.
    sleepers: usize,
}

impl Queue {
    /// A queue whose sources pause while `max_waiting` bytes wait.
    pub fn new(delivery: Delivery, max_waiting: usize) -> Arc<Self> {
        Arc::new(Self {
            delivery: Arc::new(delivery),
            max_waiting: AtomicUsize::new(max_waiting),
            waiting: AtomicUsize::new(0),
            newest: AtomicUsize::new(0),
            has_paused: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            inner: Mutex::default(),
            arrived: Condvar::new(),
            dispatcher: Dispatcher::default(),
            taken: Mutex::default(),
        })
    }

    /// How payloads are prepared for this queue's host.
    pub fn delivery(&self) -> &Arc<Delivery> {
        &self.delivery
    }

    /// How many bytes may wait before sources pause.
    pub fn max_waiting(&self) -> usize {
        self.max_waiting.load(SeqCst)
    }

    /// Changes that.
    pub fn set_max_waiting(&self, max_waiting: usize) {
        self.max_waiting.store(max_waiting, SeqCst);
        if !self.is_full() {
            self.resume_paused();
        }
    }

    /// Waits until an event is there: false if `timeout` passed before.
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        if lock(&self.taken).is_ready(self) {
            return true;
        }
        let mut inner = self.lock();
        while inner.batches.is_empty() && !self.is_closed() {
            inner.awake = false;
            let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return false;
            }
            inner.sleepers = inner.sleepers.saturating_add(1);
            inner = match left {
                None => self.arrived.wait(inner).unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    self.arrived.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
            inner.sleepers = inner.sleepers.saturating_sub(1);
        }
        !inner.batches.is_empty()
    }

    /// Closes the queue. Its sources keep their events until they are attached
    /// to another one.
    pub fn close(&self) {
        let paused = {
            let mut inner = self.lock();
            self.closed.store(true, SeqCst);
            std::mem::take(&mut inner.paused)
        };
        self.arrived.notify_all();
        while let Some(source) = self.any_source() {
            source.detach();
            // It has left nothing here unless it was released.
            drop(self.remove(&source));
        }
        for paused in paused {
            paused.resume();
        }
    }

    /// Whether the host has released the queue.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    /// Adds a batch; gives it back if the queue is closed.
    pub(super) fn push(
        &self,
        mut batch: Batch,
        spare: Option<&mut Vec<Batch>>,
    ) -> Result<Pushed, Batch> {
        let mut inner = self.lock();
        if self.is_closed() {
            return Err(batch);
        }
        batch.counted = batch.cost();
        self.waiting.fetch_add(batch.counted, SeqCst);
        self.newest.store(batch.counted, SeqCst);
        inner.batches.push_back(batch);
        if let Some(spare) = spare {
            spare.extend(inner.spare.pop());
        }
        let first = !std::mem::replace(&mut inner.awake, true);
        if inner.sleepers > 0 {
            self.arrived.notify_all();
        }
        Ok(if first { Pushed::Wake } else { Pushed::Quietly })
    }

    /// Wakes the host, who may run at once and want the queue's locks.
    pub(super) fn wake(&self) {
        self.delivery.host.wake();
    }

    /// More waits than the host wants. The newest batch does not count: a
    /// single large message must not stop the reading.
    fn is_full(&self) -> bool {
        let waiting = self.waiting.load(SeqCst);
        waiting.saturating_sub(self.newest.load(SeqCst)) > self.max_waiting()
    }

    /// Whether sources have to wait.
    pub(super) fn pressure(&self, resume: &Arc<dyn Resume>) -> Pressure {
        if !self.is_full() {
            return Pressure::None;
        }
        let mut inner = self.lock();
        self.has_paused.store(true, SeqCst);
        if self.is_closed() || !self.is_full() {
            return Pressure::None;
        }
        if !inner.paused.iter().any(|paused| Arc::ptr_eq(paused, resume)) {
            inner.paused.push(resume.clone());
        }
        Pressure::Wait
    }

    /// Takes out the events of one source that were not delivered.
    pub(super) fn remove(&self, source: &Arc<Source>) -> VecDeque<Batch> {
        let mut taken = lock(&self.taken);
        let mut removed = taken.remove(source, self);
        let mut inner = self.lock();
        let all = std::mem::take(&mut inner.batches);
        let (its, others): (VecDeque<_>, _) =
            all.into_iter().partition(|batch| batch.is_of(source));
        inner.batches = others;
        drop(inner);
        drop(taken);
        self.finished(its.iter().map(|batch| batch.counted).sum());
        removed.extend(its);
        removed
    }

    /// Someone whose events are here.
    fn any_source(&self) -> Option<Arc<Source>> {
        let taken = lock(&self.taken).any_source();
        taken.or_else(|| self.lock().batches.front()?.source.clone())
    }

    /// Takes everything that waits now.
    pub(super) fn take(&self) -> VecDeque<Batch> {
        let mut inner = self.lock();
        inner.awake = false;
        std::mem::take(&mut inner.batches)
    }

    /// Wakes the host for events that a drain took and did not deliver.
    pub(super) fn wake_again(&self) {
        self.lock().awake = true;
        self.wake();
    }

    /// The host is done with a batch.
    pub(super) fn recycle(&self, batch: Batch) {
        self.finished(batch.counted);
        let batch = batch.recycled();
        let mut inner = self.lock();
        if inner.spare.len() < SPARE_BATCHES {
            inner.spare.push(batch);
        }
    }

    /// `cost` bytes wait no longer.
    pub(super) fn finished(&self, cost: usize) {
        if cost == 0 {
            return;
        }
        let before = self.waiting.fetch_sub(cost, SeqCst);
        let low = before.saturating_sub(cost) <= self.max_waiting() / 2;
        if low {
            self.resume_paused();
        }
    }

    fn resume_paused(&self) {
        if !self.has_paused.load(SeqCst) {
            return;
        }
        let paused = {
            let mut inner = self.lock();
            self.has_paused.store(false, SeqCst);
            std::mem::take(&mut inner.paused)
        };
        for paused in paused {
            paused.resume();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}
