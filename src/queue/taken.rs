//! Events between the queue and the host: taken, and not delivered yet.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use super::{Arena, Batch, Event, Queue, Source};

/// Events that were taken from a queue and not delivered yet.
#[derive(Default)]
pub struct Taken {
    batches: VecDeque<Batch>,
    /// The batch that the last event came from: the host may look at its arena.
    current: Option<Batch>,
}

impl Taken {
    /// Adds what was taken later.
    pub(super) fn add(&mut self, mut batches: VecDeque<Batch>) {
        self.batches.append(&mut batches);
    }

    /// Whether there is an event to deliver. Leaves out what belongs to
    /// sources that were released, and gives back what belongs to those that
    /// have moved.
    pub(super) fn is_ready(&mut self, queue: &Queue) -> bool {
        let has_event = |batch: &Batch| !batch.is_empty() && batch.source.is_some();
        loop {
            let next = match self.current.as_ref().filter(|batch| has_event(batch)) {
                Some(current) => Some(current),
                None => self.batches.front(),
            };
            let Some(source) = next.map(|batch| batch.source.clone()) else { return false };
            match source {
                Some(source) if source.has_moved() => {
                    let rest = self.give_back(&source, queue);
                    source.take_back(rest);
                }
                Some(source) if source.is_released() => self.forget(&source, queue),
                Some(_) => return true,
                None => drop(self.batches.pop_front()),
            }
        }
    }

    /// Gives the next event to `fill`.
    pub(super) fn pop(
        &mut self,
        queue: &Queue,
        fill: impl FnOnce(&Arc<Source>, Event, &Arena),
    ) -> Option<()> {
        let is_current = |batch: &Batch| {
            !batch.is_empty()
                && batch
                    .source
                    .as_ref()
                    .is_some_and(|source| !source.is_released() && !source.has_moved())
        };
        if !self.current.as_ref().is_some_and(is_current) {
            if !self.is_ready(queue) {
                return None;
            }
            if !self.current.as_ref().is_some_and(is_current) {
                let next = self.batches.pop_front();
                self.finish_current(queue);
                self.current = next;
            }
        }
        let batch = self.current.as_mut()?;
        let event = batch.events.pop_front()?;
        if batch.events.is_empty() {
            // Nothing of it waits any more, even if the host never asks again.
            queue.finished(std::mem::take(&mut batch.counted));
        }
        fill(batch.source.as_ref()?, event, &batch.arena);
        Some(())
    }

    /// Takes out what belongs to `source`. The batch that the host may be
    /// looking at stays, emptied.
    pub(super) fn give_back(&mut self, source: &Arc<Source>, queue: &Queue) -> VecDeque<Batch> {
        let its = |batch: &Batch| batch.source.as_ref().is_some_and(|s| Arc::ptr_eq(s, source));
        let mut given = VecDeque::new();
        if let Some(current) = self.current.as_mut().filter(|batch| its(batch)) {
            if !current.is_empty() {
                given.push_back(current.split_rest());
            }
            current.source = None;
            queue.finished(std::mem::take(&mut current.counted));
            source.taken.fetch_sub(1, SeqCst);
        }
        let (theirs, others): (VecDeque<_>, _) =
            std::mem::take(&mut self.batches).into_iter().partition(|batch| its(batch));
        self.batches = others;
        for batch in theirs {
            queue.finished(batch.counted);
            source.taken.fetch_sub(1, SeqCst);
            given.push_back(batch);
        }
        given
    }

    /// Gives everything back to its source, when the queue is closed.
    pub(super) fn give_all_back(mut self, queue: &Queue) {
        loop {
            let current = self.current.as_ref().and_then(|batch| batch.source.clone());
            let source = current.or_else(|| self.batches.front()?.source.clone());
            let Some(source) = source else { return };
            let rest = self.give_back(&source, queue);
            source.take_back(rest);
        }
    }

    /// The host looks at nothing any more.
    pub(super) fn settle(&mut self, queue: &Queue) {
        if self.current.as_ref().is_some_and(Batch::is_empty) {
            self.finish_current(queue);
        }
    }

    /// Leaves out what belongs to a source that was released.
    fn forget(&mut self, source: &Arc<Source>, queue: &Queue) {
        drop(self.give_back(source, queue));
    }

    /// The host is done with the batch that it may have looked at.
    fn finish_current(&mut self, queue: &Queue) {
        let Some(batch) = self.current.take() else { return };
        let Some(source) = batch.source.clone() else { return };
        queue.recycle(batch);
        source.taken.fetch_sub(1, SeqCst);
        if source.has_moved() {
            source.take_back(VecDeque::new());
        }
    }
}
