//! Where events come from: the queue's side of a connection or a server.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};

use super::queue::Pushed;
use super::{Batch, Delivery, Event, Pressure, Queue, Resume};
use crate::sync::lock;

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
    /// Events without a queue, in order. They don't name their source, which
    /// would keep itself alive by them.
    parked: VecDeque<Batch>,
    /// A drain still has older events than `parked`.
    awaiting_rest: bool,
    /// The last event was pushed.
    over: bool,
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
                over: false,
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
        let route = self.route();
        if !route.over {
            self.push_to(route, batch, None);
        }
    }

    /// Pushes the last event: what is pushed after it is left out.
    pub fn push_last(self: &Arc<Self>, event: Event) {
        let mut batch = Batch::default();
        batch.push(event);
        let mut route = self.route();
        if !std::mem::replace(&mut route.over, true) {
            self.push_to(route, batch, None);
        }
    }

    /// Pushes events. An emptied batch for reuse may be added to `spare`.
    pub fn push(self: &Arc<Self>, batch: Batch, spare: &mut Vec<Batch>) {
        let route = self.route();
        if !route.over && !batch.is_empty() {
            self.push_to(route, batch, Some(spare));
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
            route.park_before(queue.remove(self));
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

    /// Takes back what was taken and not delivered: it is older than
    /// everything parked.
    pub(super) fn take_back(self: &Arc<Self>, rest: VecDeque<Batch>) {
        let mut route = self.route();
        if self.is_released() {
            drop(route);
            return;
        }
        route.park_before(rest);
        if self.taken.load(SeqCst) == 0 {
            self.moved.store(false, SeqCst);
            route.awaiting_rest = false;
            self.hand_on(route);
        }
    }

    fn push_to(
        self: &Arc<Self>,
        mut route: MutexGuard<'_, Route>,
        mut batch: Batch,
        spare: Option<&mut Vec<Batch>>,
    ) {
        if self.is_released() {
            drop(route);
            return;
        }
        let Some(queue) = route.queue.clone().filter(|_| !route.awaiting_rest) else {
            route.parked.push_back(batch);
            return;
        };
        batch.source = Some(self.clone());
        match queue.push(batch, spare) {
            Ok(pushed) => {
                drop(route);
                if pushed == Pushed::Wake {
                    queue.wake();
                }
            }
            Err(mut batch) => {
                batch.source = None;
                route.parked.push_back(batch);
                route.queue = None;
            }
        }
    }

    /// Gives what is parked to the queue.
    fn hand_on(self: &Arc<Self>, mut route: MutexGuard<'_, Route>) {
        if route.awaiting_rest {
            return;
        }
        let Some(queue) = route.queue.clone() else { return };
        let mut wake = false;
        while let Some(mut batch) = route.parked.pop_front() {
            batch.source = Some(self.clone());
            match queue.push(batch, None) {
                Ok(pushed) => wake |= pushed == Pushed::Wake,
                Err(mut batch) => {
                    batch.source = None;
                    route.parked.push_front(batch);
                    route.queue = None;
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
        lock(&self.route)
    }
}

impl Route {
    /// Parks events that are older than those parked already.
    fn park_before(&mut self, mut older: VecDeque<Batch>) {
        for batch in &mut older {
            batch.source = None;
        }
        older.append(&mut self.parked);
        self.parked = older;
    }
}
