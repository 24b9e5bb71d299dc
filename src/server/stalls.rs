//! Streams of HTTP/2 whose peer takes nothing of an answer: each ends by itself,
//! its connection goes on. hyper asks for no more of a body then, so whoever
//! waits for the peer is found out from outside.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::poll_fn;
use hyper::rt::Executor;
use tokio::time::{Instant, sleep};

use crate::sync::lock;

tokio::task_local! {
    static OFFER: Offer;
}

/// Since when the peer has been offered a piece of an answer.
#[derive(Clone, Default)]
pub(super) struct Offer(Arc<Mutex<Option<Instant>>>);

impl Offer {
    /// That of the stream whose task this is.
    pub fn of_task() -> Option<Self> {
        OFFER.try_with(Self::clone).ok()
    }

    /// A piece is there, or has to come from the host first.
    pub fn set(&self, is_there: bool) {
        *lock(&self.0) = is_there.then(Instant::now);
    }

    fn since(&self) -> Option<Instant> {
        *lock(&self.0)
    }
}

/// Runs the tasks of streams, and drops those whose peer takes nothing for so
/// long.
#[derive(Clone, Copy)]
pub(super) struct Streams(pub Option<Duration>);

impl<F> Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        match self.0 {
            None => tokio::spawn(stream),
            Some(limit) => tokio::spawn(until_stalled(stream, limit)),
        };
    }
}

async fn until_stalled(stream: impl Future<Output = ()>, limit: Duration) {
    let offer = Offer::default();
    let mut stream = pin!(OFFER.scope(offer.clone(), stream));
    let mut timer = pin!(sleep(limit));
    poll_fn(|cx| {
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let Some(since) = offer.since() else { return Poll::Pending };
        let deadline = since + limit;
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    })
    .await;
}
