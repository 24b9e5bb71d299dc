//! Handing events to the host: one at a time, or all that wait in one go.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use super::taken::Taken;
use super::{Arena, Batch, Event, Queue, Source};
use crate::sync::{Local, lock};

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

/// A dispatch on a thread's stack, with the nested ones in it.
struct Drain {
    queue: Arc<Queue>,
    taken: Taken,
    depth: usize,
}

thread_local! {
    /// One entry for each queue that this thread dispatches.
    static DRAINS: RefCell<Vec<Drain>> = const { RefCell::new(Vec::new()) };
}

/// Takes one event and gives it to `fill` while its arena can be read; the
/// arena stays until the next event is taken. False if none was waiting.
pub fn next(
    queue: &Arc<Queue>,
    fill: impl FnOnce(&Arc<Source>, Event, &Arena),
) -> Result<bool, Busy> {
    let take = |taken: &mut Taken| {
        if !taken.is_ready(queue) {
            taken.add(queue.take());
        }
        taken.pop(queue, fill).is_some()
    };
    let mut drains = Local::take(&DRAINS);
    if let Some(drain) = find(&mut drains, queue) {
        return Ok(take(&mut drain.taken));
    }
    let mut taken = lock(&queue.taken);
    if queue.dispatching.load(SeqCst) { Err(Busy) } else { Ok(take(&mut taken)) }
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
    while !queue.is_closed() {
        let in_time = !count.is_multiple_of(EVENTS_PER_CLOCK)
            || count == 0
            || end.is_none_or(|end| Instant::now() < end);
        if count >= budget.events || !in_time {
            return Ok(dispatch.has_rest());
        }
        let found = find(&mut Local::take(&DRAINS), queue).and_then(|drain| {
            drain.taken.pop(queue, |source, event, arena| fill(delivered, source, event, arena))
        });
        if found.is_none() {
            break;
        }
        deliver(delivered);
        count = count.saturating_add(1);
    }
    Ok(false)
}

/// Wakes the host if a dispatch of this thread has events left, so that a
/// nested event loop gets them. Says whether it has.
pub fn wake_for_rest(queue: &Arc<Queue>) -> bool {
    let rest =
        find(&mut Local::take(&DRAINS), queue).is_some_and(|drain| drain.taken.is_ready(queue));
    if rest {
        queue.wake_again();
    }
    rest
}

/// Whether there are events that were taken and not delivered.
pub(super) fn has_rest(queue: &Arc<Queue>) -> bool {
    match find(&mut Local::take(&DRAINS), queue) {
        Some(drain) => drain.taken.is_ready(queue),
        None => lock(&queue.taken).is_ready(queue),
    }
}

/// Takes back what was taken of `source` and not delivered, unless another
/// thread dispatches: that one sees for itself that the source has moved.
pub(super) fn give_back(source: &Arc<Source>, queue: &Arc<Queue>) -> VecDeque<Batch> {
    match find(&mut Local::take(&DRAINS), queue) {
        Some(drain) => drain.taken.give_back(source, queue),
        None => lock(&queue.taken).give_back(source, queue),
    }
}

/// One call of `dispatch`.
struct Dispatch<'a> {
    queue: &'a Arc<Queue>,
}

impl<'a> Dispatch<'a> {
    fn begin(queue: &'a Arc<Queue>) -> Result<Self, Busy> {
        let mut drains = Local::take(&DRAINS);
        if let Some(drain) = find(&mut drains, queue) {
            drain.depth = drain.depth.saturating_add(1);
            drain.taken.add(queue.take());
            return Ok(Self { queue });
        }
        let mut kept = lock(&queue.taken);
        if queue.dispatching.swap(true, SeqCst) {
            return Err(Busy);
        }
        let mut taken = std::mem::take(&mut *kept);
        drop(kept);
        taken.add(queue.take());
        drains.push(Drain { queue: queue.clone(), taken, depth: 0 });
        Ok(Self { queue })
    }

    fn has_rest(&self) -> bool {
        find(&mut Local::take(&DRAINS), self.queue)
            .is_some_and(|drain| drain.taken.is_ready(self.queue))
    }
}

impl Drop for Dispatch<'_> {
    fn drop(&mut self) {
        let queue = self.queue;
        let mut drains = Local::take(&DRAINS);
        let Some(place) = drains.iter().rposition(|drain| Arc::ptr_eq(&drain.queue, queue)) else {
            return;
        };
        let Some(drain) = drains.get_mut(place) else { return };
        let has_rest = if drain.depth > 0 {
            drain.depth -= 1;
            drain.taken.is_ready(queue)
        } else {
            let mut taken = drains.swap_remove(place).taken;
            let has_rest = taken.is_ready(queue);
            taken.settle(queue);
            drop(drains);
            let mut kept = lock(&queue.taken);
            queue.dispatching.store(false, SeqCst);
            if queue.is_closed() {
                drop(kept);
                taken.give_all_back(queue);
                return;
            }
            *kept = taken;
            has_rest
        };
        if has_rest {
            queue.wake_again();
        }
    }
}

fn find<'a>(drains: &'a mut [Drain], queue: &Arc<Queue>) -> Option<&'a mut Drain> {
    drains.iter_mut().rev().find(|drain| Arc::ptr_eq(&drain.queue, queue))
}
