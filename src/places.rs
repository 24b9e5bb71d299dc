//! Places: how many of something there are at once, under a limit that can be
//! changed.

use std::sync::Arc;

use tokio::sync::watch;

#[derive(Clone, Copy)]
struct Count {
    taken: usize,
    limit: usize,
}

impl Count {
    fn has_room(self) -> bool {
        self.taken < self.limit
    }
}

/// A number of places.
pub struct Places(watch::Sender<Count>);

/// One place; free again once dropped.
pub struct Place(Arc<Places>);

impl Places {
    /// None taken of `limit`.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(Count { taken: 0, limit })))
    }

    /// Changes the limit. Places that are taken above a lower one stay so.
    pub fn set_limit(&self, limit: usize) {
        self.0.send_modify(|count| count.limit = limit);
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.0.borrow().taken
    }

    /// A place, if one is free.
    pub fn take(self: &Arc<Self>) -> Option<Place> {
        let taken = self.0.send_if_modified(|count| {
            let has_room = count.has_room();
            count.taken = count.taken.saturating_add(usize::from(has_room));
            has_room
        });
        taken.then(|| Place(self.clone()))
    }

    /// Waits until one is free.
    pub async fn room(&self) {
        self.until(|count| count.has_room()).await;
    }

    /// Waits for a free one and takes it.
    pub async fn wait(self: &Arc<Self>) -> Place {
        loop {
            self.room().await;
            if let Some(place) = self.take() {
                return place;
            }
        }
    }

    /// Waits until none is taken.
    pub async fn all_free(&self) {
        self.until(|count| count.taken == 0).await;
    }

    async fn until(&self, holds: impl Fn(&Count) -> bool) {
        // The sender is here: there is no error.
        drop(self.0.subscribe().wait_for(holds).await);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| count.taken = count.taken.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::Places;

    #[test]
    fn there_are_as_many_as_the_limit_says() {
        let places = Places::new(2);
        let (first, second) = (places.take(), places.take());
        assert!(first.is_some() && second.is_some() && places.take().is_none());
        drop(first);
        assert_eq!(places.taken(), 1);
        assert!(places.take().is_some());
    }

    #[test]
    fn a_changed_limit_holds_for_the_next_one() {
        let places = Places::new(2);
        let taken = [places.take(), places.take()];
        places.set_limit(1);
        assert_eq!(places.taken(), 2);
        let [first, second] = taken;
        drop(first);
        assert!(places.take().is_none(), "one of one is taken");
        places.set_limit(2);
        assert!(places.take().is_some());
        drop(second);
    }

    #[test]
    fn who_waits_goes_on_when_a_place_or_the_limit_allows_it() {
        let mut cx = Context::from_waker(Waker::noop());
        let places = Places::new(1);
        let first = places.take();
        let mut wait = pin!(places.wait());
        assert!(wait.as_mut().poll(&mut cx).is_pending());
        drop(first);
        let Poll::Ready(second) = wait.poll(&mut cx) else { panic!("a place is free") };
        let mut wait = pin!(places.wait());
        assert!(wait.as_mut().poll(&mut cx).is_pending());
        places.set_limit(2);
        let Poll::Ready(third) = wait.poll(&mut cx) else { panic!("the limit was raised") };
        let mut all_free = pin!(places.all_free());
        assert!(all_free.as_mut().poll(&mut cx).is_pending());
        drop((second, third));
        assert!(all_free.poll(&mut cx).is_ready());
    }
}
