//! A server's stream of HTTP/1.1 requests, of which hyper gets one at a time:
//! the header block of the next one is read once the answer to the one before
//! has left, and limited as the first one was.
//!
//! hyper reads ahead. What it has read is beyond these limits, and a request
//! that is refused must not take the answer to the one before with it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes, BytesMut};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::chunks::Chunks;
use super::head::{Head, HeadLimits, HeadState};
use crate::protocol::Role;
use crate::sync::lock;

/// What one read takes.
const READ_BUFFER: usize = 8 * 1024;

/// Others may see another end of such a body, and a request behind it.
#[derive(Debug, Error)]
#[error("its chunks break the grammar of RFC 9112 section 7.1")]
struct BrokenChunks;

/// How a request's body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    /// After so many bytes.
    Bytes(u64),
    /// With its last chunk.
    Chunked,
}

/// What a stream waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A request of which nothing has arrived; since when.
    Request(Instant),
    /// The rest of a header block; since when.
    Head(Instant),
    /// The rest of a body, or the server's answer.
    Answer,
    /// The peer, which has taken nothing of the answer since.
    Room(Instant),
}

/// A stream whose requests are limited.
pub struct RequestStream<T> {
    stream: T,
    control: RequestControl,
}

/// What the requests' server tells the stream, and asks.
#[derive(Clone)]
pub struct RequestControl(Arc<Mutex<State>>);

struct State {
    limits: HeadLimits,
    head: Head,
    phase: Phase,
    /// Read, and not handed out.
    held: BytesMut,
    at_end: bool,
    /// The time for the first request began with the stream, that for the rest
    /// of each later one begins with its first byte.
    is_first: bool,
    since: Instant,
    /// The answer is complete but for what was not flushed.
    answered: bool,
    /// Bytes written since the last answer.
    written: u64,
    blocked: Option<Instant>,
    /// Whoever waits for another phase.
    reader: Option<Waker>,
}

/// What is read.
enum Phase {
    Head,
    Body(u64),
    Chunks(Chunks),
    /// Nothing, but for the end of the stream.
    Answer,
    /// Nothing, as at the end of the stream.
    Over,
}

impl<T> RequestStream<T> {
    /// Limits the header block of each request on `stream`, of which `read` was
    /// read before.
    pub fn new(stream: T, read: Bytes, limits: HeadLimits, since: Instant) -> Self {
        let state = State {
            limits,
            head: Head::new(Role::Server, limits),
            phase: Phase::Head,
            held: BytesMut::from(read),
            at_end: false,
            is_first: true,
            since,
            answered: false,
            written: 0,
            blocked: None,
            reader: None,
        };
        Self { stream, control: RequestControl(Arc::new(Mutex::new(state))) }
    }

    /// To tell it what follows.
    pub fn control(&self) -> RequestControl {
        self.control.clone()
    }

    /// The stream, and what was read and not handed out.
    pub fn into_parts(self) -> (T, Bytes) {
        let held = std::mem::take(&mut lock(&self.control.0).held);
        (self.stream, held.freeze())
    }
}

impl RequestControl {
    /// A body follows, or none. To be called before more is read than the
    /// header block.
    pub fn expect_body(&self, length: BodyLength) {
        self.go(match length {
            BodyLength::Bytes(0) => Phase::Answer,
            BodyLength::Bytes(length) => Phase::Body(length),
            BodyLength::Chunked => Phase::Chunks(Chunks::default()),
        });
    }

    /// The answer is complete: the next request may come once it has left.
    pub fn expect_request(&self) {
        lock(&self.0).answered = true;
    }

    /// How much of the last header block has arrived.
    pub fn head(&self) -> HeadState {
        lock(&self.0).head.state
    }

    /// How many bytes were written since the answer to the one before.
    pub fn written(&self) -> u64 {
        lock(&self.0).written
    }

    /// Since when the last request, or the rest of its header block, was awaited.
    pub fn since(&self) -> Instant {
        lock(&self.0).since
    }

    /// Whether the peer has sent, or will send, what nobody has read.
    pub fn has_unread(&self) -> bool {
        let state = lock(&self.0);
        !state.held.is_empty() || !matches!(state.phase, Phase::Head | Phase::Answer)
    }

    /// What the stream waits for.
    pub fn awaited(&self) -> Awaited {
        let state = lock(&self.0);
        match (state.blocked, &state.phase, state.head.state) {
            (Some(since), _, _) => Awaited::Room(since),
            (None, Phase::Head, HeadState::Nothing) => Awaited::Request(state.since),
            (None, Phase::Head, _) => Awaited::Head(state.since),
            _ => Awaited::Answer,
        }
    }

    /// Everything was flushed.
    fn flushed(&self) {
        let mut state = lock(&self.0);
        if !std::mem::take(&mut state.answered) {
            return;
        }
        // Where a body was not read to its end no other request begins.
        let phase = match state.phase {
            Phase::Answer => Phase::Head,
            _ => Phase::Over,
        };
        if matches!(phase, Phase::Head) {
            state.head = Head::new(Role::Server, state.limits);
            (state.since, state.written, state.is_first) = (Instant::now(), 0, false);
        }
        drop(state);
        self.go(phase);
    }

    fn go(&self, phase: Phase) {
        let mut state = lock(&self.0);
        state.phase = phase;
        let reader = state.reader.take();
        drop(state);
        reader.into_iter().for_each(Waker::wake);
    }
}

impl State {
    /// How many of the first `most` bytes that are held may be handed out now.
    fn allowed(&mut self, most: usize) -> io::Result<usize> {
        let bytes = self.held.get(..most).unwrap_or(&self.held);
        let (count, is_over) = match &mut self.phase {
            Phase::Head => {
                if self.head.state == HeadState::Nothing && !self.is_first && !bytes.is_empty() {
                    self.since = Instant::now();
                }
                let count = self.head.scan(bytes);
                if let HeadState::Refused(error) = self.head.state {
                    return Err(io::Error::other(error));
                }
                (count, self.head.state == HeadState::Complete)
            }
            Phase::Body(left) => {
                let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left = left.saturating_sub(count as u64);
                (count, *left == 0)
            }
            Phase::Chunks(chunks) => {
                let count = chunks.scan(bytes);
                if chunks.is_broken() {
                    return Err(io::Error::other(BrokenChunks));
                }
                (count, chunks.is_complete())
            }
            Phase::Answer | Phase::Over => return Ok(0),
        };
        if is_over {
            self.phase = Phase::Answer;
        }
        Ok(count)
    }

    /// Hands out what is held and allowed; `None` if that is nothing.
    fn hand_out(&mut self, buffer: &mut ReadBuf<'_>) -> Option<io::Result<()>> {
        match self.allowed(buffer.remaining()) {
            Err(error) => Some(Err(error)),
            Ok(0) => None,
            Ok(count) => {
                buffer.put_slice(self.held.get(..count).unwrap_or_default());
                self.held.advance(count);
                if self.held.is_empty() {
                    // An idle connection keeps no memory.
                    self.held = BytesMut::new();
                }
                Some(Ok(()))
            }
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for RequestStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let control = self.control.clone();
        let mut state = lock(&control.0);
        loop {
            if let Some(handed_out) = state.hand_out(buffer) {
                return Poll::Ready(handed_out);
            }
            let is_over = matches!(state.phase, Phase::Over);
            if is_over || state.at_end && state.held.is_empty() {
                return Poll::Ready(Ok(()));
            }
            state.reader = Some(cx.waker().clone());
            if !state.held.is_empty() {
                return Poll::Pending;
            }
            let mut memory = [0; READ_BUFFER];
            let mut read = ReadBuf::new(&mut memory);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read))?;
            state.at_end = read.filled().is_empty();
            state.held.extend_from_slice(read.filled());
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for RequestStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, bytes);
        let mut state = lock(&self.control.0);
        match &poll {
            Poll::Pending => {
                state.blocked.get_or_insert_with(Instant::now);
            }
            Poll::Ready(result) => {
                let written = result.as_ref().map_or(0, |written| *written as u64);
                state.written = state.written.saturating_add(written);
                state.blocked = None;
            }
        }
        poll
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.control.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.control.head() {
            // There is an answer to give still.
            HeadState::Refused(_) => Poll::Ready(Ok(())),
            _ => Pin::new(&mut self.stream).poll_shutdown(cx),
        }
    }
}
