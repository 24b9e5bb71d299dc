//! Where events come from: the queue's side of a connection or a server.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};

use super::queue::Pushed;
use super::{Batch, Delivery, Event, Pressure, Queue, Resume};
use crate::sync::lock;

/// The queue's side of a connection or a server: where its events go.
///
/// As long as a queue has events of a source that was not released, the
/// source's route leads to it. Lock order: a source's route, what was taken of
/// a queue, what waits in it.
pub struct Source {
    delivery: Arc<Delivery>,
    user_data: AtomicUsize,
    handle: AtomicU64,
    released: AtomicBool,
    route: Mutex<Route>,
}

struct Route {
    queue: Option<Arc<Queue>>,
    /// Events without a queue, in order. They don't name their source, which
    /// would keep itself alive by them.
    parked: VecDeque<Batch>,
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
            route: Mutex::new(Route { queue, parked: VecDeque::new(), over: false, paused: None }),
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
            Some(queue) => queue.pressure(resume),
            None if route.parked.is_empty() => Pressure::None,
            None => {
                route.paused = Some(resume.clone());
                Pressure::Wait
            }
        }
    }

    /// Leaves the queue; events that were not delivered are kept until
    /// `attach`.
    pub fn detach(self: &Arc<Self>) {
        Self::leave(&mut self.route(), self);
    }

    /// Sends the events that are kept and those to come to `queue`.
    pub fn attach(self: &Arc<Self>, queue: &Arc<Queue>) {
        let mut route = self.route();
        Self::leave(&mut route, self);
        if !self.is_released() {
            route.queue = Some(queue.clone());
            self.hand_on(route);
        }
    }

    fn leave(route: &mut Route, source: &Arc<Self>) {
        if let Some(queue) = route.queue.take() {
            // Older than everything parked.
            let mut events = queue.remove(source);
            for batch in &mut events {
                batch.source = None;
            }
            events.append(&mut route.parked);
            route.parked = events;
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
        let Some(queue) = route.queue.clone() else {
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
