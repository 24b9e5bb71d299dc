//! A stream without a socket of the engine's: the host carries its bytes, over
//! whatever transport it has. What is on its way is bounded in both directions.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice, Read};
use std::mem;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker, ready};

use thiserror::Error;
use tokio::io::ReadBuf;

use crate::sync::lock;

/// Who carries the bytes.
pub trait Carrier: Send + Sync {
    /// There is something to take or room to give, and the host found none when
    /// it looked last. Called without a lock, from any thread.
    fn wake(&self);
}

/// This side's address and the peer's, as far as they are known.
pub type Addresses = (Option<SocketAddr>, Option<SocketAddr>);

/// The host's end. Dropped, the stream is lost.
pub struct HostEnd(Arc<Shared>);

/// The engine's end. Once the last clone is dropped the stream is over: what
/// was written can still be taken.
#[derive(Clone)]
pub struct EngineEnd(Arc<Guard>);

/// What the host finds when it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// So many bytes.
    Bytes(usize),
    /// Nothing at the moment.
    Nothing,
    /// The engine has written everything, and still reads.
    End,
    /// The engine has let go of the stream.
    Over,
    /// The engine has aborted the stream and dropped what was not taken.
    Reset,
}

/// The host has said already that nothing more comes.
#[derive(Debug, Error)]
#[error("the peer's direction of this stream was ended before")]
pub struct Ended;

/// Makes both ends of a stream that holds up to `limit` bytes each way.
pub fn carried(
    carrier: Box<dyn Carrier>,
    addresses: Addresses,
    limit: usize,
) -> (HostEnd, EngineEnd) {
    let state = State {
        incoming: VecDeque::new(),
        outgoing: VecDeque::new(),
        behind_incoming: Input::More,
        behind_outgoing: Output::More,
        wants_bytes: true,
        wants_room: false,
        reader: None,
        writer: None,
    };
    let shared = Arc::new(Shared { carrier, addresses, limit, state: Mutex::new(state) });
    (HostEnd(shared.clone()), EngineEnd(Arc::new(Guard(shared))))
}

struct Shared {
    carrier: Box<dyn Carrier>,
    addresses: Addresses,
    limit: usize,
    state: Mutex<State>,
}

struct State {
    /// From the peer.
    incoming: VecDeque<u8>,
    /// For the peer.
    outgoing: VecDeque<u8>,
    behind_incoming: Input,
    behind_outgoing: Output,
    /// The host has found nothing to take and waits.
    wants_bytes: bool,
    /// The host has found too little room and waits.
    wants_room: bool,
    /// The engine's task that waits for bytes.
    reader: Option<Waker>,
    /// The engine's task that waits for room.
    writer: Option<Waker>,
}

/// What follows the bytes from the peer.
enum Input {
    More,
    End,
    Failure(String),
}

/// What follows the bytes for the peer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    More,
    End,
    Over,
    Reset,
}

impl HostEnd {
    /// Takes bytes of the peer's over, as many as there is room for. Those that
    /// nobody will read are dropped.
    pub fn give(&self, bytes: &[u8]) -> Result<usize, Ended> {
        let Shared { limit, state, .. } = &*self.0;
        let mut state = lock(state);
        if !matches!(state.behind_incoming, Input::More) {
            return Err(Ended);
        }
        if state.is_over() {
            return Ok(bytes.len());
        }
        let room = limit.saturating_sub(state.incoming.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        state.incoming.extend(taken);
        state.wants_room = taken.len() < bytes.len();
        let reader = if taken.is_empty() { None } else { state.reader.take() };
        drop(state);
        reader.into_iter().for_each(Waker::wake);
        Ok(taken.len())
    }

    /// The peer has ended its direction.
    pub fn give_end(&self) -> Result<(), Ended> {
        let mut state = lock(&self.0.state);
        if !matches!(state.behind_incoming, Input::More) {
            return Err(Ended);
        }
        state.behind_incoming = Input::End;
        wake_engine(state);
        Ok(())
    }

    /// The transport has failed: what was given can be read still, nothing more
    /// is written.
    pub fn fail(&self, message: &str) {
        let mut state = lock(&self.0.state);
        if !state.has_failed() {
            state.behind_incoming = Input::Failure(message.to_owned());
            wake_engine(state);
        }
    }

    /// The host carries nothing any more.
    pub fn let_go(&self) {
        self.fail("the application let go of the stream that carries the connection");
    }

    /// Moves bytes for the peer into `buffer`, as many as there are and fit.
    pub fn take(&self, buffer: &mut [u8]) -> Found {
        let Shared { limit, state, .. } = &*self.0;
        let mut state = lock(state);
        if !state.outgoing.is_empty() {
            let taken = move_bytes(&mut state.outgoing, buffer);
            let writer = if state.has_room(*limit) { state.writer.take() } else { None };
            drop(state);
            writer.into_iter().for_each(Waker::wake);
            return Found::Bytes(taken);
        }
        state.wants_bytes = true;
        match state.behind_outgoing {
            Output::More => Found::Nothing,
            Output::End => Found::End,
            Output::Over => Found::Over,
            Output::Reset => Found::Reset,
        }
    }
}

/// Whatever the engine waits for has come, or never will.
fn wake_engine(mut state: MutexGuard<'_, State>) {
    let waiting = [state.reader.take(), state.writer.take()];
    drop(state);
    waiting.into_iter().flatten().for_each(Waker::wake);
}

impl Drop for HostEnd {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl EngineEnd {
    /// This side's address and the peer's.
    pub fn addresses(&self) -> Addresses {
        self.0.0.addresses
    }

    /// Reads what is there.
    pub fn poll_read(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if state.incoming.is_empty() {
            return match &state.behind_incoming {
                Input::More => {
                    state.reader = Some(cx.waker().clone());
                    Poll::Pending
                }
                Input::End => Poll::Ready(Ok(())),
                Input::Failure(message) => Poll::Ready(Err(lost(message))),
            };
        }
        let read = move_bytes(&mut state.incoming, buffer.initialize_unfilled());
        buffer.advance(read);
        let wake = mem::take(&mut state.wants_room);
        drop(state);
        self.wake_host(wake);
        Poll::Ready(Ok(()))
    }

    /// Writes what there is room for.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let (mut state, limit) = (self.state(), self.0.0.limit);
        if let Input::Failure(message) = &state.behind_incoming {
            return Err(lost(message));
        }
        if state.behind_outgoing != Output::More {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let before = state.outgoing.len();
        for slice in slices {
            let room = limit.saturating_sub(state.outgoing.len());
            state.outgoing.extend(slice.get(..room).unwrap_or(slice));
        }
        let written = state.outgoing.len().saturating_sub(before);
        if written == 0 && slices.iter().any(|slice| !slice.is_empty()) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let wake = written > 0 && mem::take(&mut state.wants_bytes);
        drop(state);
        self.wake_host(wake);
        Ok(written)
    }

    /// Writes what there is room for, or waits for some.
    pub fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_ready(cx))?;
        Poll::Ready(self.try_write(&[IoSlice::new(bytes)]))
    }

    /// Waits until there is room, or writing fails.
    pub fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.state();
        if state.has_room(self.0.0.limit) {
            return Poll::Ready(Ok(()));
        }
        state.writer = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Nothing more is written.
    pub fn shut_down(&self) {
        let state = self.state();
        if state.behind_outgoing == Output::More {
            self.0.end(state, Output::End);
        }
    }

    /// Ends the stream; what was not taken is dropped.
    pub fn reset(&self) {
        self.0.end(self.state(), Output::Reset);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0.0.state)
    }

    fn wake_host(&self, wake: bool) {
        if wake {
            self.0.0.carrier.wake();
        }
    }
}

/// Ends the stream with the engine's last hold on it.
struct Guard(Arc<Shared>);

impl Guard {
    fn end(&self, mut state: MutexGuard<'_, State>, how: Output) {
        state.behind_outgoing = how;
        let mut dropped = [VecDeque::new(), VecDeque::new()];
        // Bytes that the host has not brought away yet don't hold a reset up.
        let mut wake = mem::take(&mut state.wants_bytes) || how == Output::Reset;
        if state.is_over() {
            wake |= mem::take(&mut state.wants_room);
            dropped[0] = mem::take(&mut state.incoming);
        }
        if how == Output::Reset {
            dropped[1] = mem::take(&mut state.outgoing);
        }
        drop(state);
        drop(dropped);
        if wake {
            self.0.carrier.wake();
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let state = lock(&self.0.state);
        if state.behind_outgoing != Output::Reset {
            self.end(state, Output::Over);
        }
    }
}

impl State {
    fn has_failed(&self) -> bool {
        matches!(self.behind_incoming, Input::Failure(_))
    }

    /// The engine neither reads nor writes any more.
    fn is_over(&self) -> bool {
        matches!(self.behind_outgoing, Output::Over | Output::Reset)
    }

    /// Whoever waits to write can go on: half of the room is free, so that not
    /// every byte that the host takes wakes the engine, or it fails.
    fn has_room(&self, limit: usize) -> bool {
        self.outgoing.len() <= limit / 2
            || self.has_failed()
            || self.behind_outgoing != Output::More
    }
}

/// Moves what fits. An empty queue keeps no memory.
fn move_bytes(from: &mut VecDeque<u8>, to: &mut [u8]) -> usize {
    let mut moved = 0usize;
    // A ring lies in memory in up to two parts.
    while let Some(rest) = to.get_mut(moved..)
        && let Ok(count @ 1..) = from.read(rest)
    {
        moved = moved.saturating_add(count);
    }
    if from.is_empty() {
        *from = VecDeque::new();
    }
    moved
}

fn lost(message: &str) -> io::Error {
    io::Error::new(ErrorKind::ConnectionReset, message.to_owned())
}
