//! A plain request as its host holds it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hyper::{HeaderMap, Method, Version};
use thiserror::Error;
use tokio::sync::oneshot;

use super::{Outflow, Reply, ReplyContent, ReplyHead};
use crate::protocol::Transport;
use crate::queue::{Event, Failure, Queue, Source};
use crate::sync::lock;

/// What a request says.
#[derive(Debug)]
pub struct RequestFacts {
    /// GET and its like.
    pub method: Method,
    /// Path and query, as they were sent.
    pub target: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Of HTTP.
    pub version: Version,
    /// The host that the client asked for, perhaps with a port, or empty.
    pub host: String,
    /// Whether the client's own connection is encrypted, as far as is known.
    pub transport: Transport,
    /// This side's address, if it is known.
    pub local: Option<SocketAddr>,
    /// The client's address, if it is known.
    pub peer: Option<SocketAddr>,
}

impl RequestFacts {
    /// The target up to the question mark.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// The target behind the question mark, or empty.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// The request can't be answered.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AnswerError {
    /// It is too late.
    #[error(
        "the request is over: the peer is gone, or it was answered with 503 for the time it took"
    )]
    Over,
    /// A body is being streamed, or none is.
    #[error("the request was answered before, or its body was not begun")]
    State,
}

/// A request that waits for its answer, or for the rest of it. Dropped without
/// one, it is answered with 500.
pub struct HttpRequest {
    facts: RequestFacts,
    source: Arc<Source>,
    high_water: u64,
    max_unsent: u64,
    progress: Mutex<Progress>,
}

enum Progress {
    Unanswered(oneshot::Sender<Reply>),
    Streaming(Arc<Outflow>),
    Over,
}

impl HttpRequest {
    /// A request whose body, if it is streamed, tells of room below half of
    /// `high_water` and never holds more than `max_unsent`.
    pub(super) fn new(
        source: Arc<Source>,
        facts: RequestFacts,
        (high_water, max_unsent): (u64, u64),
    ) -> (Arc<Self>, oneshot::Receiver<Reply>) {
        let (sender, reply) = oneshot::channel();
        let progress = Mutex::new(Progress::Unanswered(sender));
        (Arc::new(Self { facts, source, high_water, max_unsent, progress }), reply)
    }

    /// What it says.
    pub fn facts(&self) -> &RequestFacts {
        &self.facts
    }

    /// Where its events come from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Sends the events to another queue, or keeps them.
    pub fn set_queue(&self, queue: Option<&Arc<Queue>>) {
        match queue {
            Some(queue) => self.source.attach(queue),
            None => self.source.detach(),
        }
    }

    /// Answers it. Whatever comes of it, no event follows.
    pub fn answer(&self, reply: Reply) -> Result<(), AnswerError> {
        let mut progress = lock(&self.progress);
        match std::mem::replace(&mut *progress, Progress::Over) {
            Progress::Unanswered(sender) => sender.send(reply).map_err(|_| AnswerError::Over),
            Progress::Over => Err(AnswerError::Over),
            streaming @ Progress::Streaming(_) => {
                *progress = streaming;
                Err(AnswerError::State)
            }
        }
    }

    /// Begins an answer whose body follows in pieces.
    pub fn begin(&self, head: ReplyHead) -> Result<(), AnswerError> {
        let mut progress = lock(&self.progress);
        match std::mem::replace(&mut *progress, Progress::Over) {
            Progress::Unanswered(sender) => {
                let outflow = Outflow::new(self.source.clone(), self.high_water, self.max_unsent);
                let content = ReplyContent::Outflow(outflow.clone());
                sender.send(Reply { head, content }).map_err(|_| AnswerError::Over)?;
                *progress = Progress::Streaming(outflow);
                Ok(())
            }
            Progress::Over => Err(AnswerError::Over),
            streaming @ Progress::Streaming(_) => {
                *progress = streaming;
                Err(AnswerError::State)
            }
        }
    }

    /// The body that is being streamed.
    pub fn outflow(&self) -> Result<Arc<Outflow>, AnswerError> {
        match &*lock(&self.progress) {
            Progress::Streaming(outflow) => Ok(outflow.clone()),
            Progress::Unanswered(_) => Err(AnswerError::State),
            Progress::Over => Err(AnswerError::Over),
        }
    }

    /// The host lets go: a request without an answer gets 500, a body that is not
    /// complete is cut off. No event follows.
    pub fn release(&self) {
        self.source.release();
        let progress = std::mem::replace(&mut *lock(&self.progress), Progress::Over);
        if let Progress::Streaming(outflow) = progress {
            outflow.abort();
        }
    }

    /// There will be no answer of the host's; it is told why.
    pub(super) fn give_up(&self, failure: Failure) {
        let mut progress = lock(&self.progress);
        if let Progress::Unanswered(_) = &*progress {
            *progress = Progress::Over;
            drop(progress);
            self.source.push_last(Event::HttpOver(Some(Box::new(failure))));
        }
    }
}

impl Drop for HttpRequest {
    fn drop(&mut self) {
        self.release();
    }
}

/// A request on its way to the host. If the host never takes it, it is released.
pub struct HttpArrival(Option<Arc<HttpRequest>>);

impl HttpArrival {
    pub(in super::super) fn new(request: Arc<HttpRequest>) -> Box<Self> {
        Box::new(Self(Some(request)))
    }

    /// The request, for the host.
    pub fn take(mut self) -> Option<Arc<HttpRequest>> {
        self.0.take()
    }
}

impl Drop for HttpArrival {
    fn drop(&mut self) {
        if let Some(request) = self.0.take() {
            request.release();
        }
    }
}
