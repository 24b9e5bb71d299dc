//! A WebSocket's stream over something that is neither a socket nor the host's: a
//! stream of HTTP/2, whose bytes a task of the engine carries.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::carried::{Addresses, Carrier, Found, HostEnd, carried};
use super::stream::Stream;

/// Bytes that wait in each direction, besides those of the transport.
const BUFFER: usize = 64 * 1024;

/// What is carried at once.
const PIECE: usize = 16 * 1024;

/// Wakes the task that carries.
#[derive(Default)]
struct Woken(AtomicWaker);

impl Carrier for Arc<Woken> {
    fn wake(&self) {
        self.0.wake();
    }
}

/// A stream whose bytes go through `transport`, and what has to run for that. The
/// transport is dropped at once when the stream is aborted, which has to tell
/// its peer so.
pub fn bridged<T>(transport: T, addresses: Addresses) -> (Stream, impl Future<Output = ()> + Send)
where
    T: AsyncRead + AsyncWrite + Unpin + Send,
{
    let woken = Arc::new(Woken::default());
    let (host, end) = carried(Box::new(woken.clone()), addresses, BUFFER);
    let mut bridge = Bridge {
        transport,
        host,
        woken,
        incoming: Vec::new(),
        is_read: false,
        outgoing: Vec::new(),
        sent: 0,
        end: None,
    };
    (Stream::carried(end), async move { poll_fn(|cx| bridge.poll(cx)).await })
}

struct Bridge<T> {
    transport: T,
    host: HostEnd,
    woken: Arc<Woken>,
    /// Read, and not given to the engine.
    incoming: Vec<u8>,
    /// Nothing more is read.
    is_read: bool,
    /// Taken from the engine; `sent` bytes of it are written.
    outgoing: Vec<u8>,
    sent: usize,
    /// What follows what was taken.
    end: Option<Found>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Bridge<T> {
    /// Ready once the stream is over, or the transport.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.woken.0.register(cx.waker());
        if let Poll::Ready(()) = self.poll_send(cx) {
            return Poll::Ready(());
        }
        self.poll_receive(cx)
    }

    /// Ready if the transport has failed.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if !self.incoming.is_empty() {
                match self.host.give(&self.incoming) {
                    Ok(0) => return Poll::Pending,
                    Ok(taken) => drop(self.incoming.drain(..taken)),
                    Err(_) => self.incoming = Vec::new(),
                }
                continue;
            }
            if self.is_read {
                return Poll::Pending;
            }
            let mut memory = [0; PIECE];
            let mut buffer = ReadBuf::new(&mut memory);
            match ready!(Pin::new(&mut self.transport).poll_read(cx, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => {
                    self.is_read = true;
                    // Nobody else ends it.
                    let _ = self.host.give_end();
                }
                Ok(()) => self.incoming.extend_from_slice(buffer.filled()),
                Err(error) => {
                    self.host.fail(&error.to_string());
                    return Poll::Ready(());
                }
            }
        }
    }

    /// Ready once everything was sent, or nothing can be.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let rest = self.outgoing.get(self.sent..).unwrap_or_default();
            if !rest.is_empty() {
                match ready!(Pin::new(&mut self.transport).poll_write(cx, rest)) {
                    Ok(written @ 1..) => self.sent = self.sent.saturating_add(written),
                    Ok(0) => return self.failed(io::ErrorKind::WriteZero.into()),
                    Err(error) => return self.failed(error),
                }
                continue;
            }
            match self.end {
                Some(Found::End | Found::Over) => {
                    let is_over = self.end == Some(Found::Over);
                    let ended = ready!(Pin::new(&mut self.transport).poll_shutdown(cx));
                    if is_over || ended.is_err() {
                        return Poll::Ready(());
                    }
                    // The engine may still read.
                    match self.host.take(&mut []) {
                        Found::Over | Found::Reset => return Poll::Ready(()),
                        _ => return Poll::Pending,
                    }
                }
                Some(_) => return Poll::Ready(()),
                None => {}
            }
            self.outgoing.resize(PIECE, 0);
            self.sent = 0;
            let found = self.host.take(&mut self.outgoing);
            self.outgoing.truncate(if let Found::Bytes(count) = found { count } else { 0 });
            match found {
                Found::Bytes(_) => {}
                Found::Nothing => {
                    // An idle connection keeps no memory.
                    self.outgoing = Vec::new();
                    ready!(Pin::new(&mut self.transport).poll_flush(cx)).ok();
                    return Poll::Pending;
                }
                end => self.end = Some(end),
            }
        }
    }

    fn failed(&mut self, error: io::Error) -> Poll<()> {
        self.host.fail(&error.to_string());
        Poll::Ready(())
    }
}
