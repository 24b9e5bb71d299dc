//! A body that the host sends piece by piece, from any thread, for as long as it
//! likes.

use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use hyper::body::{Body, Frame};
use thiserror::Error;

use super::body::{BodyError, piece_of};
use crate::queue::{Event, Failure, Source};
use crate::sync::lock;

/// Why a piece is not taken.
#[derive(Debug, Error)]
pub enum WriteError {
    /// Nobody reads the body any more, or the host has ended it.
    #[error("the body is over: the peer is gone, or it was finished before")]
    Over,
    /// The peer reads too slowly.
    #[error("more than max_unsent ({limit}) bytes of the body would wait to be sent")]
    Unsent {
        /// The limit.
        limit: u64,
    },
}

/// The host's end of such a body.
pub struct Outflow {
    source: Arc<Source>,
    high_water: u64,
    max_unsent: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pieces: VecDeque<Bytes>,
    unsent: u64,
    /// More was unsent than `high_water` since the host was told of room.
    was_high: bool,
    end: Option<End>,
    waker: Option<Waker>,
}

/// How a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    /// The peer has to see that something is missing.
    Aborted,
    /// Nobody reads it.
    Gone,
}

impl Outflow {
    /// A body whose events go to `source`: when less than half of `high_water`
    /// bytes wait after there were more, and if the peer leaves.
    pub(super) fn new(source: Arc<Source>, high_water: u64, max_unsent: u64) -> Arc<Self> {
        Arc::new(Self { source, high_water, max_unsent, state: Mutex::default() })
    }

    /// Adds a piece; says how many bytes wait then. A single piece may be larger
    /// than the limit while nothing else waits.
    pub fn write(&self, bytes: Bytes) -> Result<u64, WriteError> {
        let mut state = lock(&self.state);
        if state.end.is_some() {
            return Err(WriteError::Over);
        }
        let unsent = state.unsent.saturating_add(bytes.len() as u64);
        if unsent > self.max_unsent && state.unsent > 0 {
            state.was_high = true;
            return Err(WriteError::Unsent { limit: self.max_unsent });
        }
        if bytes.is_empty() {
            return Ok(unsent);
        }
        state.unsent = unsent;
        state.was_high |= unsent > self.high_water;
        state.pieces.push_back(bytes);
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        Ok(unsent)
    }

    /// The body is complete.
    pub fn finish(&self) -> Result<(), WriteError> {
        self.end(End::Finished)
    }

    /// The body ends here, and the peer sees that it is not complete.
    pub fn abort(&self) {
        // It may have ended before.
        let _ = self.end(End::Aborted);
    }

    fn end(&self, end: End) -> Result<(), WriteError> {
        let mut state = lock(&self.state);
        if state.end.is_some() {
            return Err(WriteError::Over);
        }
        state.end = Some(end);
        let waker = state.waker.take();
        let dropped = match end {
            End::Finished => VecDeque::new(),
            End::Aborted | End::Gone => mem::take(&mut state.pieces),
        };
        drop(state);
        drop(dropped);
        waker.into_iter().for_each(Waker::wake);
        Ok(())
    }
}

/// The engine's end.
pub(super) struct OutflowBody(pub Arc<Outflow>);

impl Body for OutflowBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let outflow = &self.0;
        let mut state = lock(&outflow.state);
        if let Some(mut rest) = state.pieces.pop_front() {
            let piece = piece_of(&mut rest);
            if !rest.is_empty() {
                state.pieces.push_front(rest);
            }
            state.unsent = state.unsent.saturating_sub(piece.len() as u64);
            let has_room = state.was_high && state.unsent <= outflow.high_water / 2;
            state.was_high &= !has_room;
            drop(state);
            if has_room {
                outflow.source.push_event(Event::HttpRoom);
            }
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match state.end {
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            Some(End::Finished) => Poll::Ready(None),
            Some(_) => Poll::Ready(Some(Err("the application ended the body early".into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        let state = lock(&self.0.state);
        state.pieces.is_empty() && state.end == Some(End::Finished)
    }
}

impl Drop for OutflowBody {
    fn drop(&mut self) {
        if self.0.end(End::Gone).is_ok() {
            self.0.source.push_last(Event::HttpOver(Some(Box::new(Failure::Gone))));
        }
    }
}
