//! Where events come from: the queue's side of a connection or a server.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::queue::Pushed;
use super::{Batch, Delivery, Event, Pressure, Queue, Resume};

/// The queue's side of a connection or a server: where its events go.
///
/// Lock order: a source's `route` before a queue's own lock.
pub struct Source {
    delivery: Arc<Delivery>,
    user_data: AtomicUsize,
    handle: AtomicU64,
    released: AtomicBool,
    /// Set by `attach` and `detach`; the thread that drains gives back what it
    /// has taken and not delivered.
    moved: AtomicBool,
    /// Batches taken by a drain and not yet finished.
    pub(super) taken: AtomicUsize,
    route: Mutex<Route>,
}

struct Route {
    queue: Option<Arc<Queue>>,
    /// Events without a queue, in order.
    parked: VecDeque<Batch>,
    /// A drain still has older events than `parked`.
    awaiting_rest: bool,
    /// Waits until there is a queue again.
    paused: Option<Arc<dyn Resume>>,
}

impl Source {
    /// A source whose events go to `queue`.
    pub fn new(queue: &Arc<Queue>, user_data: usize) -> Arc<Self> {
        Self::build(queue.delivery().clone(), Some(queue.clone()), user_data)
    }

    /// A source that keeps its events until it is attached to a queue.
    pub fn parked(delivery: Arc<Delivery>, user_data: usize) -> Arc<Self> {
        Self::build(delivery, None, user_data)
    }

    fn build(delivery: Arc<Delivery>, queue: Option<Arc<Queue>>, user_data: usize) -> Arc<Self> {
        Arc::new(Self {
            delivery,
            user_data: AtomicUsize::new(user_data),
            handle: AtomicU64::new(0),
            released: AtomicBool::new(false),
            moved: AtomicBool::new(false),
            taken: AtomicUsize::new(0),
            route: Mutex::new(Route {
                queue,
                parked: VecDeque::new(),
                awaiting_rest: false,
                paused: None,
            }),
        })
    }

    /// How payloads are prepared for this source's host.
    pub fn delivery(&self) -> &Arc<Delivery> {
        &self.delivery
    }

    /// What the host gave to find its object again.
    pub fn user_data(&self) -> usize {
        self.user_data.load(SeqCst)
    }

    /// Changes what events carry from now on.
    pub fn set_user_data(&self, user_data: usize) {
        self.user_data.store(user_data, SeqCst);
    }

    /// The handle by which the host knows the source, 0 while it has none.
    pub fn handle(&self) -> u64 {
        self.handle.load(SeqCst)
    }

    /// Sets the handle.
    pub fn set_handle(&self, handle: u64) {
        self.handle.store(handle, SeqCst);
    }

    /// No event is handed out from now on.
    pub fn release(&self) {
        self.released.store(true, SeqCst);
        let mut route = self.route();
        let queue = route.queue.take();
        let dropped = (std::mem::take(&mut route.parked), route.paused.take());
        drop(route);
        drop((queue, dropped));
    }

    /// Whether the host has released the source.
    pub fn is_released(&self) -> bool {
        self.released.load(SeqCst)
    }

    /// Pushes one event.
    pub fn push_event(self: &Arc<Self>, event: Event) {
        let mut batch = Batch::default();
        batch.push(event);
        self.push(batch, &mut Vec::new());
    }

    /// Pushes events. Emptied batches for reuse may be added to `spare`.
    pub fn push(self: &Arc<Self>, mut batch: Batch, spare: &mut Vec<Batch>) {
        if batch.is_empty() {
            return;
        }
        let mut route = self.route();
        if self.is_released() {
            drop(route);
            return;
        }
        batch.source = Some(self.clone());
        let Some(queue) = route.queue.clone().filter(|_| !route.awaiting_rest) else {
            route.parked.push_back(batch);
            return;
        };
        match queue.push(batch, spare) {
            Ok(pushed) => {
                drop(route);
                if pushed == Pushed::Wake {
                    queue.wake();
                }
            }
            Err(batch) => route.parked.push_back(batch),
        }
    }

    /// Whether the host has so much to take that the source has to wait; then
    /// `resume` is called once it has taken enough.
    pub fn pressure(&self, resume: &Arc<dyn Resume>) -> Pressure {
        let mut route = self.route();
        match &route.queue {
            _ if self.is_released() => Pressure::None,
            Some(queue) if !route.awaiting_rest => queue.pressure(resume),
            _ if route.parked.is_empty() => Pressure::None,
            _ => {
                route.paused = Some(resume.clone());
                Pressure::Wait
            }
        }
    }

    /// Leaves the queue; events are kept until `attach`.
    pub fn detach(self: &Arc<Self>) {
        let queue = {
            let mut route = self.route();
            let Some(queue) = route.queue.take() else { return };
            // From here on whoever drains gives back what it took.
            self.moved.store(true, SeqCst);
            let mut waiting = queue.remove(self);
            waiting.append(&mut route.parked);
            route.parked = waiting;
            route.awaiting_rest = self.taken.load(SeqCst) > 0;
            self.moved.store(route.awaiting_rest, SeqCst);
            if !route.awaiting_rest {
                return;
            }
            queue
        };
        let rest = super::drain::give_back(self, &queue);
        self.take_back(rest);
    }

    /// Sends the events that are kept and those to come to `queue`.
    pub fn attach(self: &Arc<Self>, queue: &Arc<Queue>) {
        self.detach();
        let mut route = self.route();
        if !self.is_released() {
            route.queue = Some(queue.clone());
            self.hand_on(route);
        }
    }

    /// Whether a drain has to give back what it has of this source.
    pub(super) fn has_moved(&self) -> bool {
        self.moved.load(SeqCst)
    }

    /// Takes back what a drain had taken and not delivered: it is older than
    /// everything parked.
    pub(super) fn take_back(&self, mut rest: VecDeque<Batch>) {
        let mut route = self.route();
        if self.is_released() {
            drop(route);
            return;
        }
        rest.append(&mut route.parked);
        route.parked = rest;
        if self.taken.load(SeqCst) == 0 {
            self.moved.store(false, SeqCst);
            route.awaiting_rest = false;
            self.hand_on(route);
        }
    }

    /// The queue is gone: `batches` were waiting in it.
    pub(super) fn orphan(&self, queue: &Queue, batches: VecDeque<Batch>) {
        let mut route = self.route();
        if self.is_released() {
            drop(route);
            return;
        }
        if route.queue.as_deref().is_some_and(|mine| std::ptr::eq(mine, queue)) {
            route.queue = None;
        }
        let mut batches = batches;
        batches.append(&mut route.parked);
        route.parked = batches;
    }

    /// Gives what is parked to the queue.
    fn hand_on(&self, mut route: MutexGuard<'_, Route>) {
        if route.awaiting_rest {
            return;
        }
        let Some(queue) = route.queue.clone() else { return };
        let (mut spare, mut wake) = (Vec::new(), false);
        while let Some(batch) = route.parked.pop_front() {
            match queue.push(batch, &mut spare) {
                Ok(pushed) => wake |= pushed == Pushed::Wake,
                Err(batch) => {
                    route.parked.push_front(batch);
                    break;
                }
            }
        }
        let paused = if route.parked.is_empty() { route.paused.take() } else { None };
        drop(route);
        if wake {
            queue.wake();
        }
        if let Some(paused) = paused {
            paused.resume();
        }
    }

    fn route(&self) -> MutexGuard<'_, Route> {
        self.route.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
