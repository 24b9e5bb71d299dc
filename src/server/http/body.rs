//! The body of an answer as hyper sends it.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, SizeHint};

/// Why a body ends before its time.
pub(in super::super) type BodyError = Box<dyn Error + Send + Sync>;

/// A body, and what follows it.
pub(in super::super) struct ReplyBody {
    body: Inner,
    /// Last: called once the body was dropped.
    _then: Option<Then>,
}

enum Inner {
    Whole(Full<Bytes>),
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
        Self { body: Inner::Whole(Full::new(bytes)), _then: None }
    }

    /// What another body gives.
    pub fn other(body: impl Body<Data = Bytes, Error = BodyError> + Send + 'static) -> Self {
        Self { body: Inner::Other(body.boxed_unsync()), _then: None }
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
        match &mut self.body {
            Inner::Whole(body) => Pin::new(body)
                .poll_frame(cx)
                .map_err(|never: std::convert::Infallible| match never {}),
            Inner::Other(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            Inner::Whole(body) => body.is_end_stream(),
            Inner::Other(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Inner::Whole(body) => body.size_hint(),
            Inner::Other(body) => body.size_hint(),
        }
    }
}
