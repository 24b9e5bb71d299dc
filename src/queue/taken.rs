//! Events between the queue and the host: taken, and not delivered yet.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Arena, Batch, Event, Queue, Source};

/// Events that were taken from a queue and not delivered yet.
#[derive(Default)]
pub(super) struct Taken {
    batches: VecDeque<Batch>,
    /// The batch that the last event came from: the host may look at its arena.
    current: Option<Batch>,
}

impl Taken {
    /// Adds what was taken later.
    pub fn add(&mut self, mut batches: VecDeque<Batch>) {
        self.batches.append(&mut batches);
    }

    /// Whether there is an event to deliver. Leaves out what belongs to
    /// sources that were released.
    pub fn is_ready(&mut self, queue: &Queue) -> bool {
        loop {
            let current = self.current.as_ref().filter(|batch| !batch.is_empty());
            let Some(next) = current.or(self.batches.front()) else { return false };
            match &next.source {
                Some(source) if !source.is_released() => return true,
                Some(source) => drop(self.remove(&source.clone(), queue)),
                // Only batches in a queue are here, and they have a source.
                None => drop(self.batches.pop_front()),
            }
        }
    }

    /// Gives the next event to `fill`; says whether there was one.
    pub fn pop(&mut self, queue: &Queue, fill: impl FnOnce(&Arc<Source>, Event, &Arena)) -> bool {
        let is_live = |batch: &Batch| {
            !batch.is_empty() && batch.source.as_ref().is_some_and(|source| !source.is_released())
        };
        if !self.current.as_ref().is_some_and(is_live) {
            if !self.is_ready(queue) {
                return false;
            }
            if !self.current.as_ref().is_some_and(is_live) {
                let next = self.batches.pop_front();
                self.recycle_current(queue);
                self.current = next;
            }
        }
        let Some(batch) = self.current.as_mut() else { return false };
        let Some(event) = batch.events.pop_front() else { return false };
        if batch.events.is_empty() {
            // Nothing of it waits any more, even if the host never asks again.
            queue.finished(std::mem::take(&mut batch.counted));
        }
        let Some(source) = &batch.source else { return false };
        fill(source, event, &batch.arena);
        true
    }

    /// Takes out what belongs to `source`. The batch that the host may be
    /// looking at stays, emptied.
    pub fn remove(&mut self, source: &Arc<Source>, queue: &Queue) -> VecDeque<Batch> {
        let mut removed = VecDeque::new();
        if let Some(current) = self.current.as_mut().filter(|batch| batch.is_of(source)) {
            if !current.is_empty() {
                removed.push_back(current.split_rest());
            }
            queue.finished(std::mem::take(&mut current.counted));
        }
        let (its, others): (VecDeque<_>, _) =
            std::mem::take(&mut self.batches).into_iter().partition(|batch| batch.is_of(source));
        self.batches = others;
        queue.finished(its.iter().map(|batch| batch.counted).sum());
        removed.extend(its);
        removed
    }

    /// Someone whose events are here.
    pub fn any_source(&self) -> Option<Arc<Source>> {
        let current = self.current.as_ref().filter(|batch| !batch.is_empty());
        current.or(self.batches.front())?.source.clone()
    }

    /// The host looks at nothing any more.
    pub fn settle(&mut self, queue: &Queue) {
        if self.current.as_ref().is_some_and(Batch::is_empty) {
            self.recycle_current(queue);
        }
    }

    fn recycle_current(&mut self, queue: &Queue) {
        if let Some(batch) = self.current.take() {
            queue.recycle(batch);
        }
    }
}
