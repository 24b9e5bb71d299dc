//! The body of an answer as hyper sends it.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame, SizeHint};

use super::super::stalls::Offer;

/// Why a body ends before its time.
pub(in super::super) type BodyError = Box<dyn Error + Send + Sync>;

/// What is handed to hyper at once. It takes over all of a piece, however
/// little of it the peer takes.
const PIECE: usize = 16 * 1024;

/// A body, and what follows it.
pub(in super::super) struct ReplyBody {
    body: Inner,
    offer: Option<Offer>,
    /// Last: called once the body was dropped.
    _then: Option<Then>,
}

enum Inner {
    Whole(Bytes),
    Other(UnsyncBoxBody<Bytes, BodyError>),
}

/// Called when hyper needs the body no more.
struct Then(Option<Box<dyn FnOnce() + Send>>);

impl Drop for Then {
    fn drop(&mut self) {
        if let Some(then) = self.0.take() {
            then();
        }
    }
}

impl ReplyBody {
    /// No bytes.
    pub fn empty() -> Self {
        Self::whole(Bytes::new())
    }

    /// These bytes.
    pub fn whole(bytes: Bytes) -> Self {
        Self { body: Inner::Whole(bytes), offer: None, _then: None }
    }

    /// What another body gives.
    pub fn other(body: impl Body<Data = Bytes, Error = BodyError> + Send + 'static) -> Self {
        Self { body: Inner::Other(body.boxed_unsync()), offer: None, _then: None }
    }

    /// Says when the peer is offered something.
    pub fn offered_by(mut self, offer: Offer) -> Self {
        self.offer = Some(offer);
        self
    }

    /// Calls `then` once the last byte was taken over, or nobody wants it.
    pub fn then(mut self, then: impl FnOnce() + Send + 'static) -> Self {
        self._then = Some(Then(Some(Box::new(then))));
        self
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = match &mut self.body {
            Inner::Whole(rest) if rest.is_empty() => Poll::Ready(None),
            Inner::Whole(rest) => Poll::Ready(Some(Ok(Frame::data(piece_of(rest))))),
            Inner::Other(body) => Pin::new(body).poll_frame(cx),
        };
        if let Some(offer) = &self.offer {
            offer.set(polled.is_ready());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            Inner::Whole(rest) => rest.is_empty(),
            Inner::Other(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Inner::Whole(rest) => SizeHint::with_exact(rest.len() as u64),
            Inner::Other(body) => body.size_hint(),
        }
    }
}

/// The next piece of `rest`, which keeps what is behind it.
pub(super) fn piece_of(rest: &mut Bytes) -> Bytes {
    rest.split_to(rest.len().min(PIECE))
}
