//! The engine's task of one connection: a future that ends when the
//! connection is over.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use tokio::io::ReadBuf;
use tokio::time::Sleep;

use super::Connection;
use super::connection::signal;
use super::heartbeat::{Due, Heartbeat, Sender};
use super::incoming::{Fed, Incoming};
use super::outgoing::Phase;
use super::settings::Settings;
use super::writing::Progress;
use crate::net::{Reader, Stream, Writer};
use crate::places::Place;
use crate::protocol::Role;
use crate::queue::{Batch, Failure, Pressure, Resume};
use crate::sync::lock;

/// What one read takes.
const READ_BUFFER: usize = 128 * 1024;

/// What one batch may cost before it goes to the host.
const MOST_BATCHED: usize = 1024 * 1024;

/// Reads before other connections get their turn.
const READS_PER_TURN: usize = 8;

/// Payloads with at least this much still to come are read straight into the
/// host's memory.
const DIRECT: u64 = 16 * 1024;

/// Emptied batches that an engine thread keeps.
const SPARE_BATCHES: usize = 64;

thread_local! {
    /// What this engine thread reads into, for whichever connection.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BUFFER]);
    static BATCHES: RefCell<Vec<Batch>> = const { RefCell::new(Vec::new()) };
}

/// Why the driver ends; nothing after a complete closing handshake.
type End = Option<Arc<Failure>>;

/// Tells the host that its connection is over if nobody else has: whatever
/// task holds it may be dropped or panic.
pub struct Finally {
    connection: Arc<Connection>,
    /// What the connection occupies of its server's max_connections.
    _place: Option<Place>,
}

impl Finally {
    /// Guards `connection`.
    pub fn new(connection: Arc<Connection>, place: Option<Place>) -> Self {
        Self { connection, _place: place }
    }

    /// The connection occupies a place of its server's max_connections.
    pub fn occupy(&mut self, place: Place) {
        self._place = Some(place);
    }

    /// What it guards.
    pub fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }
}

impl Drop for Finally {
    fn drop(&mut self) {
        let panicked = std::thread::panicking();
        let failure = if panicked { Failure::Panicked } else { Failure::ShutDown };
        self.connection.end(None, Some(Arc::new(failure)));
    }
}

/// The engine's task of one connection.
pub struct Driver {
    connection: Arc<Connection>,
    _finally: Finally,
    resume: Arc<dyn Resume>,
    reader: Reader,
    writer: Arc<Writer>,
    incoming: Incoming,
    settings: Settings,
    /// Read and not decoded yet: behind the opening handshake, or more than a
    /// batch takes.
    undecoded: Option<Vec<u8>>,
    paused: bool,
    /// Nothing is read: for the host's pause, or because its queue is full.
    idle: bool,
    /// The peer ended its direction.
    at_end: bool,
    /// Waiting until the stream takes more.
    blocked: bool,
    heartbeat: Heartbeat,
    /// When the closing handshake has to be over.
    close_by: Option<Instant>,
    /// How much had been sent when `close_by` was set.
    close_sent: u64,
    /// This side's direction was ended.
    shut_down: bool,
    /// Why nothing can be written any more.
    write_failure: End,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Driver {
    /// A task for a connection whose opening handshake is complete: the host is
    /// told by `tell`, and messages may leave. `early` was read behind the
    /// handshake. The caller spawns the task.
    pub fn new(finally: Finally, stream: Stream, early: Bytes, tell: impl FnOnce()) -> Self {
        let connection = finally.connection.clone();
        let (reader, writer) = stream.split();
        let writer = Arc::new(writer);
        let settings = connection.settings();
        let incoming = Incoming::new(&connection, &settings);
        connection.received().add_bytes(early.len());
        connection.opened(writer.clone(), tell);
        Self {
            resume: connection.clone(),
            _finally: finally,
            connection,
            reader,
            writer,
            incoming,
            settings,
            undecoded: Some(early.to_vec()).filter(|early| !early.is_empty()),
            paused: false,
            idle: false,
            at_end: false,
            blocked: false,
            heartbeat: Heartbeat::new(),
            close_by: None,
            close_sent: 0,
            shut_down: false,
            write_failure: None,
            timer: None,
        }
    }

    fn step(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        self.connection.waker.register(cx.waker());
        let signals = self.connection.take_signals();
        if signals & signal::ABORT != 0 {
            return self.reset(Failure::Aborted);
        }
        if signals & signal::SETTINGS != 0 {
            let settings = self.connection.settings();
            if self.settings.frame_timeout.is_none() && settings.frame_timeout.is_some() {
                self.heartbeat.heard(Instant::now());
            }
            self.settings = settings;
            self.incoming.set(&self.settings);
        }
        if signals & signal::ANSWER != 0 {
            self.connection.answer();
        }
        match signals & (signal::PAUSE | signal::RESUME) {
            0 => {}
            signal::PAUSE => self.paused = true,
            _ => self.paused = false,
        }
        if let Poll::Ready(failure) = self.read(cx) {
            return Poll::Ready(failure);
        }
        self.write(cx);
        if let Poll::Ready(failure) = self.close() {
            return Poll::Ready(failure);
        }
        self.keep_time(cx)
    }

    /// Reads and hands on; ready when the connection is over.
    fn read(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        if self.at_end {
            return Poll::Pending;
        }
        let source = self.connection.source();
        let paused = self.paused && self.close_by.is_none();
        let was_idle = self.idle;
        self.idle = paused || source.pressure(&self.resume) == Pressure::Wait;
        if self.idle || was_idle {
            // A peer that nobody listens to is not silent.
            self.heartbeat.heard(Instant::now());
        }
        if self.idle {
            return Poll::Pending;
        }
        let mut batch = BATCHES.with_borrow_mut(Vec::pop).unwrap_or_default();
        let result = self.read_into(cx, &mut batch);
        self.connection.received().set_messages(self.incoming.messages());
        BATCHES.with_borrow_mut(|spare| {
            if batch.is_empty() {
                spare.push(batch);
            } else {
                self.connection.source().push(batch, spare);
            }
            spare.truncate(SPARE_BATCHES);
        });
        match result {
            Ok(()) => Poll::Pending,
            Err(failure) => Poll::Ready(failure),
        }
    }

    /// `Err` when the connection is over.
    fn read_into(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Result<(), End> {
        if let Some(mut bytes) = self.undecoded.take() {
            self.feed(&mut bytes, batch);
        }
        for _ in 0..READS_PER_TURN {
            if self.undecoded.is_some() || batch.cost() > MOST_BATCHED {
                break;
            }
            let read = match self.read_once(cx, batch) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(read)) => read,
                Poll::Ready(Err(error)) => return Err(self.broken(error)),
            };
            self.connection.received().add_bytes(read);
            if read == 0 {
                self.at_end = true;
                return self.end_of_stream();
            }
        }
        // More may be there: other connections first.
        cx.waker().wake_by_ref();
        Ok(())
    }

    fn read_once(&mut self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<io::Result<usize>> {
        if let Some(mut room) = self.incoming.room(DIRECT) {
            let mut buffer = ReadBuf::new(room.bytes());
            ready!(self.reader.poll_read(cx, &mut buffer))?;
            let read = buffer.filled().len();
            if read > 0 {
                self.incoming.filled(read, batch);
                self.heard();
            }
            return Poll::Ready(Ok(read));
        }
        BUFFER.with_borrow_mut(|memory| {
            let mut buffer = ReadBuf::new(memory);
            ready!(self.reader.poll_read(cx, &mut buffer))?;
            let read = buffer.filled().len();
            self.feed(buffer.filled_mut(), batch);
            Poll::Ready(Ok(read))
        })
    }

    fn feed(&mut self, bytes: &mut [u8], batch: &mut Batch) {
        if let Fed::UpTo(used) = self.incoming.feed(bytes, batch, MOST_BATCHED) {
            self.undecoded = Some(bytes.get(used..).unwrap_or_default().to_vec());
        }
        self.heard();
    }

    fn heard(&mut self) {
        if self.settings.ping_interval.or(self.settings.frame_timeout).is_some() {
            self.heartbeat.heard(Instant::now());
        }
    }

    fn write(&mut self, cx: &mut Context<'_>) {
        loop {
            if self.blocked {
                match self.writer.poll_ready(cx) {
                    Poll::Pending => return,
                    Poll::Ready(Ok(())) => self.blocked = false,
                    Poll::Ready(Err(error)) => return self.cannot_write(error),
                }
            }
            match self.connection.write() {
                Progress::Done => return,
                Progress::Blocked => self.blocked = true,
                Progress::Busy => return cx.waker().wake_by_ref(),
                Progress::Failed(error) => return self.cannot_write(error),
            }
        }
    }

    /// What the peer sent before it broke the stream is still read.
    fn cannot_write(&mut self, error: io::Error) {
        self.connection.stop_writing();
        self.blocked = false;
        self.write_failure = Some(Arc::new(Failure::io("the connection", error)));
    }

    /// The closing handshake (RFC 6455 section 7.1.1): once both Close frames
    /// went their way the server ends TCP and both wait for its end.
    fn close(&mut self) -> Poll<End> {
        let (closing, all_written, sent) = {
            let out = self.connection.out();
            if out.phase != Phase::Closing && out.answer.is_none() {
                return Poll::Pending;
            }
            (out.phase == Phase::Closing, out.is_empty() && !out.writing, out.sent)
        };
        if self.close_by.is_none() {
            self.close_within(sent);
        }
        let all_written = closing && all_written;
        let answered = self.incoming.close_received() || self.incoming.failed();
        let ends_tcp = self.connection.role() == Role::Server || self.incoming.failed();
        if answered && all_written && self.at_end {
            return Poll::Ready(self.incoming.take_failure());
        }
        if answered && all_written && ends_tcp && !self.shut_down {
            self.shut_down = true;
            // An error shows in the next read.
            let _ = self.writer.shut_down();
        }
        Poll::Pending
    }

    fn keep_time(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        loop {
            let stall = self.stalls_at();
            let next = self.heartbeat.next(&self.settings).into_iter().chain(stall).min();
            let Some(next) = self.close_by.or(next) else {
                if self.settings.frame_timeout.is_none() {
                    self.timer = None;
                }
                // Or else the next long frame finds it set, early or not.
                return Poll::Pending;
            };
            let now = Instant::now();
            if now >= next {
                let sent = self.connection.out().sent;
                if self.close_by.is_some() {
                    if self.connection.answer() {
                        // The host takes its time. The next step writes.
                        self.close_within(sent);
                        continue;
                    }
                    if sent == self.close_sent {
                        return self.closed_late();
                    }
                    // The peer still takes what was sent before the Close.
                    self.close_within(sent);
                    continue;
                }
                if stall.is_some_and(|stall| now >= stall) {
                    self.stalled();
                    return Poll::Pending;
                }
                match self.heartbeat.due(&self.settings, now, sent) {
                    Due::Nothing => {}
                    Due::Ping => self.ping(now),
                    Due::Lost => return self.silent(),
                }
                continue;
            }
            let deadline = tokio::time::Instant::from_std(next);
            let timer =
                self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
            // A timer that fires early is set anew: cheaper than moving it
            // with every read.
            if timer.deadline() > deadline {
                timer.as_mut().reset(deadline);
            }
            ready!(timer.as_mut().poll(cx));
            timer.as_mut().reset(deadline);
            if Instant::now() < next {
                ready!(timer.as_mut().poll(cx));
            }
        }
    }

    fn ping(&mut self, now: Instant) {
        // Told apart from the host's own by who sent it, not by its payload.
        lock(&self.connection.pings).sent(b"", Sender::Schedule);
        let mut out = self.connection.out();
        out.ping(b"");
        self.heartbeat.pinged(now, out.sent.saturating_add(out.unsent), out.sent);
        drop(out);
        // The next step writes.
        self.connection.waker.wake();
    }

    /// When the rest of a frame has to have come.
    fn stalls_at(&self) -> Option<Instant> {
        let waits = !self.idle && self.undecoded.is_none() && self.incoming.in_frame();
        self.heartbeat.silent_until(self.settings.frame_timeout.filter(|_| waits)?)
    }

    fn stalled(&mut self) {
        let ms = self.settings.frame_timeout.map_or(0, |timeout| timeout.as_millis() as u64);
        let what = "the rest of a frame";
        let failure = Failure::Timeout { what, setting: "frame_timeout", ms };
        let mut batch = Batch::default();
        self.incoming.stall(failure, &mut batch);
        self.connection.source().push(batch, &mut Vec::new());
        // The next step waits for the end.
        self.connection.waker.wake();
    }

    fn silent(&self) -> Poll<End> {
        let ms = self.settings.pong_timeout.map_or(0, |timeout| timeout.as_millis() as u64);
        self.reset(Failure::Timeout { what: "the answer to a Ping", setting: "pong_timeout", ms })
    }

    fn closed_late(&mut self) -> Poll<End> {
        if self.incoming.close_received() {
            return Poll::Ready(None);
        }
        if let Some(failure) = self.incoming.take_failure().or_else(|| self.write_failure.take()) {
            return Poll::Ready(Some(failure));
        }
        let ms = self.settings.close_timeout.as_millis() as u64;
        self.reset(Failure::Timeout { what: "the closing handshake", setting: "close_timeout", ms })
    }

    /// Ends TCP by a reset: what was not sent is dropped.
    fn reset(&self, failure: Failure) -> Poll<End> {
        // Without it TCP ends a little later.
        let _ = self.writer.reset_on_drop();
        Poll::Ready(Some(Arc::new(failure)))
    }

    /// The stream broke.
    fn broken(&mut self, error: io::Error) -> End {
        if self.incoming.close_received() {
            return None;
        }
        self.incoming
            .take_failure()
            .or_else(|| Some(Arc::new(Failure::io("the connection", error))))
    }

    fn close_within(&mut self, sent: u64) {
        self.close_sent = sent;
        self.close_by = Instant::now().checked_add(self.settings.close_timeout);
    }

    /// The peer ended the stream: a complete closing handshake, or a loss.
    fn end_of_stream(&mut self) -> Result<(), End> {
        if self.incoming.close_received() || self.incoming.failed() {
            // `close` ends the driver once our Close has left.
            return Ok(());
        }
        let lost = match self.reader.is_truncated() {
            true => Failure::Truncated,
            false => Failure::Lost,
        };
        Err(Some(self.write_failure.take().unwrap_or_else(|| Arc::new(lost))))
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let driver = self.get_mut();
        let failure = ready!(driver.step(cx));
        let close = driver.incoming.take_close();
        driver.connection.end(close, failure);
        Poll::Ready(())
    }
}
