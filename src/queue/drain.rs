//! Handing events to the host: one at a time, or all that wait in one go.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use super::{Arena, Event, Queue, Source};
use crate::sync::lock;

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

/// Which thread dispatches a queue, and how often its dispatches are nested.
#[derive(Default)]
pub(super) struct Dispatcher {
    /// 0 for none.
    thread: AtomicUsize,
    depth: AtomicUsize,
}

impl Dispatcher {
    fn is_elsewhere(&self) -> bool {
        let thread = self.thread.load(SeqCst);
        thread != 0 && thread != this_thread()
    }
}

/// A number for the calling thread while it lives.
fn this_thread() -> usize {
    thread_local! {
        static PLACE: Cell<u8> = const { Cell::new(0) };
    }
    PLACE.with(|place| std::ptr::from_ref(place) as usize)
}

/// Takes one event and gives it to `fill` while its arena can be read; the
/// arena stays until the next event is taken. False if none was waiting.
pub fn next(
    queue: &Arc<Queue>,
    fill: impl FnOnce(&Arc<Source>, Event, &Arena),
) -> Result<bool, Busy> {
    if queue.dispatcher.is_elsewhere() {
        return Err(Busy);
    }
    let mut taken = lock(&queue.taken);
    if !taken.is_ready(queue) {
        taken.add(queue.take());
    }
    Ok(taken.pop(queue, fill))
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
        let found = lock(&queue.taken)
            .pop(queue, |source, event, arena| fill(delivered, source, event, arena));
        if !found {
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
    let dispatches = queue.dispatcher.thread.load(SeqCst) == this_thread();
    let rest = dispatches && lock(&queue.taken).is_ready(queue);
    if rest {
        queue.wake_again();
    }
    rest
}

/// One call of `dispatch`.
struct Dispatch<'a> {
    queue: &'a Arc<Queue>,
}

impl<'a> Dispatch<'a> {
    fn begin(queue: &'a Arc<Queue>) -> Result<Self, Busy> {
        let Dispatcher { thread, depth } = &queue.dispatcher;
        if let Err(other) = thread.compare_exchange(0, this_thread(), SeqCst, SeqCst)
            && other != this_thread()
        {
            return Err(Busy);
        }
        depth.fetch_add(1, SeqCst);
        lock(&queue.taken).add(queue.take());
        Ok(Self { queue })
    }

    fn has_rest(&self) -> bool {
        lock(&self.queue.taken).is_ready(self.queue)
    }
}

impl Drop for Dispatch<'_> {
    fn drop(&mut self) {
        let queue = self.queue;
        let Dispatcher { thread, depth } = &queue.dispatcher;
        let mut taken = lock(&queue.taken);
        if depth.fetch_sub(1, SeqCst) == 1 {
            taken.settle(queue);
            thread.store(0, SeqCst);
        }
        let has_rest = taken.is_ready(queue);
        drop(taken);
        if has_rest && !queue.is_closed() {
            queue.wake_again();
        }
    }
}
