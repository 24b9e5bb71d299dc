//! Handing events to the host: one at a time, or all that wait in one go.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::{Arena, Batch, Event, Queue, Source};

/// How much a dispatch may do before it lets the host's event loop go on.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Most events.
    pub events: usize,
    /// No new event after this time.
    pub time: Option<Duration>,
}

/// Another thread dispatches this queue.
#[derive(Clone, Copy, Debug)]
pub struct Busy;

/// The clock is read once for this many events.
const EVENTS_PER_CLOCK: usize = 8;

/// Events that were taken from the queue and not delivered yet.
#[derive(Default)]
pub struct Taken {
    batches: VecDeque<Batch>,
    /// The batch that the last event came from: the host may look at its arena.
    current: Option<Batch>,
}

struct Drain {
    queue: Arc<Queue>,
    taken: Taken,
    depth: usize,
}

thread_local! {
    /// The dispatches on this thread's stack, one entry for each queue.
    static DRAINS: RefCell<Vec<Drain>> = const { RefCell::new(Vec::new()) };
}

/// Takes one event and gives it to `fill` while its arena can be read; the
/// arena stays until the next event is taken. False if none was waiting.
pub fn next(
    queue: &Arc<Queue>,
    fill: impl FnOnce(&Arc<Source>, Event, &Arena),
) -> Result<bool, Busy> {
    DRAINS.with_borrow_mut(|drains| {
        if let Some(drain) = find(drains, queue) {
            return Ok(drain.taken.next(queue, fill));
        }
        let mut taken = queue.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.dispatching.load(SeqCst) {
            return Err(Busy);
        }
        Ok(taken.next(queue, fill))
    })
}

/// Hands over the events that wait now: `fill` turns each into the one
/// `delivered`, which `deliver` gives to the host. Says whether the budget
/// ended before the events; the host was woken again then.
pub fn dispatch<T>(
    queue: &Arc<Queue>,
    budget: Budget,
    delivered: &mut T,
    fill: impl Fn(&mut T, &Arc<Source>, Event, &Arena),
    deliver: impl Fn(&mut T),
) -> Result<bool, Busy> {
    let dispatch = Dispatch::begin(queue)?;
    let end = budget.time.and_then(|time| Instant::now().checked_add(time));
    let mut count = 0usize;
    loop {
        let in_time = !count.is_multiple_of(EVENTS_PER_CLOCK)
            || count == 0
            || end.is_none_or(|end| Instant::now() < end);
        if count >= budget.events || !in_time {
            return Ok(dispatch.has_rest());
        }
        let found = DRAINS.with_borrow_mut(|drains| {
            let drain = find(drains, queue)?;
            drain.taken.pop(queue, |source, event, arena| fill(delivered, source, event, arena))
        });
        if found.is_none() {
            return Ok(false);
        }
        deliver(delivered);
        count = count.saturating_add(1);
    }
}

/// Wakes the host if a dispatch of this thread has events left, so that a
/// nested event loop gets them. Says whether it has.
pub fn wake_for_rest(queue: &Arc<Queue>) -> bool {
    let rest = DRAINS
        .with_borrow_mut(|drains| find(drains, queue).is_some_and(|drain| drain.taken.has_rest()));
    if rest {
        queue.wake_again();
    }
    rest
}

/// Takes back what was taken of `source` and not delivered, unless another
/// thread dispatches: that one sees for itself that the source has moved.
pub(super) fn give_back(source: &Arc<Source>, queue: &Arc<Queue>) -> VecDeque<Batch> {
    DRAINS.with_borrow_mut(|drains| match find(drains, queue) {
        Some(drain) => drain.taken.give_back(source, queue),
        None => {
            let mut taken = queue.taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.give_back(source, queue)
        }
    })
}

struct Dispatch<'a> {
    queue: &'a Arc<Queue>,
}

impl<'a> Dispatch<'a> {
    fn begin(queue: &'a Arc<Queue>) -> Result<Self, Busy> {
        DRAINS.with_borrow_mut(|drains| {
            if let Some(drain) = find(drains, queue) {
                drain.depth = drain.depth.saturating_add(1);
                drain.taken.batches.extend(queue.take());
                return Ok(());
            }
            let mut kept = queue.taken.lock().unwrap_or_else(PoisonError::into_inner);
            if queue.dispatching.swap(true, SeqCst) {
                return Err(Busy);
            }
            let mut taken = std::mem::take(&mut *kept);
            drop(kept);
            taken.batches.extend(queue.take());
            drains.push(Drain { queue: queue.clone(), taken, depth: 0 });
            Ok(())
        })?;
        Ok(Self { queue })
    }

    fn has_rest(&self) -> bool {
        DRAINS.with_borrow_mut(|drains| {
            find(drains, self.queue).is_some_and(|drain| drain.taken.has_rest())
        })
    }
}

impl Drop for Dispatch<'_> {
    fn drop(&mut self) {
        let rest = DRAINS.with_borrow_mut(|drains| {
            let place = drains.iter().rposition(|drain| Arc::ptr_eq(&drain.queue, self.queue))?;
            let drain = drains.get_mut(place)?;
            if drain.depth > 0 {
                drain.depth -= 1;
                return None;
            }
            Some(drains.swap_remove(place).taken)
        });
        let Some(mut taken) = rest else { return };
        taken.finish_current(self.queue);
        let has_rest = taken.has_rest();
        let mut kept = self.queue.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = taken;
        self.queue.dispatching.store(false, SeqCst);
        drop(kept);
        if has_rest {
            self.queue.wake_again();
        }
    }
}

impl Taken {
    pub(super) fn is_empty(&self) -> bool {
        !self.has_rest()
    }

    /// Gives everything back to its source, when the queue is closed.
    pub(super) fn give_all_back(mut self, queue: &Queue) {
        self.finish_current(queue);
        let mut sources: Vec<Arc<Source>> = Vec::new();
        for batch in &self.batches {
            if let Some(source) = &batch.source
                && !sources.iter().any(|known| Arc::ptr_eq(known, source))
            {
                sources.push(source.clone());
            }
        }
        for source in sources {
            let rest = self.give_back(&source, queue);
            source.take_back(rest);
        }
    }

    fn has_rest(&self) -> bool {
        !self.batches.is_empty() || self.current.as_ref().is_some_and(|batch| !batch.is_empty())
    }

    fn next(&mut self, queue: &Queue, fill: impl FnOnce(&Arc<Source>, Event, &Arena)) -> bool {
        if !self.has_rest() {
            self.batches = queue.take();
        }
        self.pop(queue, fill).is_some()
    }

    fn pop(&mut self, queue: &Queue, fill: impl FnOnce(&Arc<Source>, Event, &Arena)) -> Option<()> {
        loop {
            let current = self.current.as_ref();
            let ready = match current.and_then(|batch| Some((batch, batch.source.as_ref()?))) {
                None => false,
                Some((_, source)) if source.is_released() => false,
                Some((_, source)) if source.has_moved() => {
                    let source = source.clone();
                    let rest = self.give_back(&source, queue);
                    source.take_back(rest);
                    continue;
                }
                Some((batch, _)) => !batch.is_empty(),
            };
            if ready {
                break;
            }
            self.finish_current(queue);
            self.current = Some(self.batches.pop_front()?);
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

    fn finish_current(&mut self, queue: &Queue) {
        if !self.current.as_ref().is_some_and(|batch| batch.is_empty() || released(batch)) {
            return;
        }
        let Some(batch) = self.current.take() else { return };
        if let Some(source) = batch.source.clone() {
            queue.recycle(batch);
            source.taken.fetch_sub(1, SeqCst);
            if source.has_moved() {
                source.take_back(VecDeque::new());
            }
        }
    }

    /// Takes out what belongs to `source`. The batch that the host may be
    /// looking at stays, emptied.
    fn give_back(&mut self, source: &Arc<Source>, queue: &Queue) -> VecDeque<Batch> {
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
}

fn released(batch: &Batch) -> bool {
    batch.source.as_ref().is_none_or(|source| source.is_released())
}

fn find<'a>(drains: &'a mut [Drain], queue: &Arc<Queue>) -> Option<&'a mut Drain> {
    drains.iter_mut().rev().find(|drain| Arc::ptr_eq(&drain.queue, queue))
}
