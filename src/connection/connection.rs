//! The host's side of a connection: usable from any thread, never waiting for
//! the network.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::task::AtomicWaker;
use hyper::ext::ReasonPhrase;
use hyper::{HeaderMap, StatusCode};
use tokio::sync::oneshot;
use tracing::Span;

use super::collect::{self, Plan};
use super::figures::{Received, Sent};
use super::handshake::{Decision, Facts, Handshake};
use super::outgoing::{Outgoing, Phase};
use super::room::Dropped;
use super::sending::SendError;
use super::settings::Settings;
use super::writing::{self, Progress};
use crate::log::connection_span;
use crate::net::Writer;
use crate::protocol::{Deflater, Masks, Role, may_send};
use crate::queue::{Closed, Event, Failure, Queue, Resume, Source};
use crate::sync::lock;

/// The host's thread writes blocks up to this size itself.
const MOST_WRITTEN_HERE: usize = 16 * 1024;

/// A drain collects up to this much for one connection before it is written.
const MOST_COLLECTED: usize = 64 * 1024;

/// Reported when there was no Close frame (RFC 6455 section 7.1.5).
pub const NO_CLOSE: u16 = 1006;

/// The body of the answer to a request that its host closed or let go.
const CLOSED: &str = "the application did not accept this request";

/// What the host wants of the engine's task, besides writing what waits.
pub(super) mod signal {
    pub const SETTINGS: u32 = 1;
    pub const ABORT: u32 = 2;
    pub const RESUME: u32 = 4;
    pub const PAUSE: u32 = 8;
    pub const ANSWER: u32 = 16;
}

/// One WebSocket connection, as its host holds it.
pub struct Connection {
    source: Arc<Source>,
    number: u64,
    span: Span,
    role: Role,
    out: Mutex<Outgoing>,
    signals: AtomicU32,
    /// The engine's task.
    pub(super) waker: AtomicWaker,
    handshake: Handshake,
    round_trip: AtomicU64,
    received: Received,
    pub(super) pings: Mutex<super::heartbeat::SentPings>,
}

impl Connection {
    /// A client's connection that is about to be opened.
    pub fn client(source: Arc<Source>, settings: Settings, masks: Masks) -> Arc<Self> {
        let out = Outgoing::new(masks, settings, Phase::Opening);
        Self::new(source, Role::Client, out)
    }

    /// A server's connection; with `decision` it waits for its host's.
    pub fn requested(
        source: Arc<Source>,
        settings: Settings,
        facts: Facts,
        decision: Option<oneshot::Sender<Decision>>,
    ) -> Arc<Self> {
        let connection = Self::arriving(source, settings);
        connection.request(facts, decision);
        connection
    }

    /// A server's connection whose request has not come yet.
    pub fn arriving(source: Arc<Source>, settings: Settings) -> Arc<Self> {
        let out = Outgoing::new(Masks::None, settings, Phase::Opening);
        Self::new(source, Role::Server, out)
    }

    /// The request of an arriving connection has come; with `decision` it waits
    /// for its host's.
    pub fn request(&self, facts: Facts, decision: Option<oneshot::Sender<Decision>>) {
        self.handshake.set_facts(facts);
        self.handshake.wait_for(decision);
    }

    fn new(source: Arc<Source>, role: Role, out: Outgoing) -> Arc<Self> {
        let (number, span) = connection_span(match role {
            Role::Client => "client",
            Role::Server => "server",
        });
        Arc::new(Self {
            source,
            number,
            span,
            role,
            out: Mutex::new(out),
            signals: AtomicU32::new(0),
            waker: AtomicWaker::new(),
            handshake: Handshake::new(),
            round_trip: AtomicU64::new(0),
            received: Received::default(),
            pings: Mutex::default(),
        })
    }

    /// Where its events come from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Its number in the log.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What is logged inside is about this connection.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// This side's role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What the opening handshake is about.
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// Accepts the request, with other settings if given; false if it was
    /// answered before or is gone. The response leaves with what this thread
    /// collects, so that the host may prepare the connection before that.
    pub fn accept(self: &Arc<Self>, decision: Decision, settings: Option<Settings>) -> bool {
        let Some(undecided) = self.handshake.undecided() else { return false };
        if undecided.is_closed() {
            return false;
        }
        let mut out = self.out();
        if let Some(settings) = settings {
            out.configure(settings);
        }
        if out.phase == Phase::Opening {
            out.phase = Phase::Open;
        }
        if !collect::is_collecting() {
            drop(out);
            return undecided.send(decision).is_ok();
        }
        self.handshake.answer_later(undecided, decision);
        self.collect(&mut out);
        true
    }

    /// Refuses the request; false if it was answered before or is gone.
    pub fn refuse(
        &self,
        status: StatusCode,
        reason: Option<ReasonPhrase>,
        headers: HeaderMap,
        body: String,
    ) -> bool {
        let refusal = Decision::Refuse(status, reason, headers, body);
        self.handshake.undecided().is_some_and(|request| request.send(refusal).is_ok())
    }

    /// The current settings.
    pub fn settings(&self) -> Settings {
        self.out().settings
    }

    /// Changes settings.
    pub fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.out().settings);
        self.signal(signal::SETTINGS);
    }

    /// What was sent so far.
    pub fn sent(&self) -> Sent {
        let out = self.out();
        let Outgoing { sent, messages, dropped, .. } = *out;
        Sent { unsent: out.unsent_told(), bytes: sent, messages, dropped }
    }

    /// What arrived so far.
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// Microseconds between the last answered Ping and its Pong.
    pub fn round_trip(&self) -> u64 {
        self.round_trip.load(SeqCst)
    }

    pub(super) fn set_round_trip(&self, microseconds: u64) {
        self.round_trip.store(microseconds, SeqCst);
    }

    /// Begins the closing handshake, with these words also in place of an answer
    /// that has not left; gives an opening one up, for a request with 503.
    pub fn close(self: &Arc<Self>, code: Option<u16>, reason: &str) -> Result<(), SendError> {
        if let Some(code) = code.filter(|&code| !may_send(code)) {
            return Err(SendError::CloseCode(code));
        }
        let mut out = self.out();
        match out.phase {
            Phase::Opening => {
                drop(out);
                if !self.refuse(
                    StatusCode::SERVICE_UNAVAILABLE,
                    None,
                    HeaderMap::new(),
                    CLOSED.to_owned(),
                ) {
                    self.signal(signal::ABORT);
                }
                Ok(())
            }
            Phase::Open => {
                out.close(code, reason);
                self.written_by(out);
                self.waker.wake();
                Ok(())
            }
            Phase::Closing | Phase::Closed => Err(SendError::NotOpen),
        }
    }

    /// Queues the Close frame that was prepared; says whether there was one.
    pub(super) fn answer(self: &Arc<Self>) -> bool {
        let mut out = self.out();
        let Some((code, reason)) = out.answer.take().filter(|_| out.phase == Phase::Open) else {
            return false;
        };
        out.close(code, &reason);
        self.written_by(out);
        self.waker.wake();
        true
    }

    /// Ends the stream at once: nothing is written any more.
    pub fn abort(&self) {
        self.handshake.forget();
        let mut out = self.out();
        let dropped = if matches!(out.phase, Phase::Open | Phase::Closing) {
            out.phase = Phase::Closing;
            Some(out.clear())
        } else {
            None
        };
        drop(out);
        drop(dropped);
        self.signal(signal::ABORT);
    }

    /// The host lets go: no event follows; what is open closes.
    pub fn release(self: &Arc<Self>) {
        self.source.release();
        self.answer();
        // An error says that it is closing already.
        let _ = self.close(Some(1001), "");
        self.signal(signal::RESUME);
    }

    /// Sends the events to another queue, or keeps them.
    pub fn set_queue(&self, queue: Option<&Arc<Queue>>) {
        match queue {
            Some(queue) => self.source.attach(queue),
            None => self.source.detach(),
        }
        self.waker.wake();
    }

    /// Stops reading.
    pub fn pause(&self) {
        self.signals.fetch_and(!signal::RESUME, SeqCst);
        self.signal(signal::PAUSE);
    }

    /// Reads again.
    pub fn resume_reading(&self) {
        self.signals.fetch_and(!signal::PAUSE, SeqCst);
        self.signal(signal::RESUME);
    }

    /// Writes what a drain has collected: on this thread, or by the engine.
    pub(super) fn write_collected(&self, plan: Plan) {
        self.handshake.answer();
        let mut out = self.out();
        out.collected = false;
        if out.writer.is_none() || out.blocked {
            return;
        }
        if plan == Plan::Here && out.is_small(MOST_COLLECTED) {
            drop(out);
            self.write_here();
        } else {
            drop(out);
            self.waker.wake();
        }
    }

    /// Writes what waits. `Blocked` says that the engine has to wait for the
    /// stream.
    pub(super) fn write(&self) -> Progress {
        loop {
            let mut out = self.out();
            let Some(writer) = out.writer.clone().filter(|_| !out.writing && !out.is_empty())
            else {
                return Progress::Done;
            };
            let mut work = writing::work();
            let mut coder = out.take(&mut work);
            drop(out);
            let (written, progress) = writing::write(&writer, &mut work, &mut coder);
            let mut out = self.out();
            out.writing = false;
            if out.phase == Phase::Closed {
                // The host was told already.
                drop(out);
                work.clear();
                return Progress::Done;
            }
            out.put_back(&mut work);
            out.unsent = out.unsent.saturating_add_signed(std::mem::take(&mut coder.grown));
            out.coder = coder;
            out.blocked = !matches!(progress, Progress::Done);
            let dropped = self.account(&mut out, written);
            let closing = out.phase == Phase::Closing;
            drop(out);
            drop(dropped);
            if closing {
                // The engine ends TCP once everything was written.
                self.waker.wake();
            }
            match progress {
                Progress::Done => {}
                blocked_or_failed => return blocked_or_failed,
            }
        }
    }

    /// The opening handshake is complete: what was queued may leave.
    pub(super) fn opened(&self, writer: Arc<Writer>, tell: impl FnOnce()) {
        let mut out = self.out();
        if out.phase == Phase::Opening {
            out.phase = Phase::Open;
        }
        // Before anything can be written and told of.
        tell();
        if out.phase != Phase::Closed {
            let level = out.settings.compression.level;
            let agreed = self.handshake.deflate();
            let deflater = agreed.map(|agreed| Deflater::new(self.role, agreed, level));
            out.opened(writer, deflater);
        }
        drop(out);
        let (subprotocol, extensions) = (self.handshake.subprotocol(), self.handshake.extensions());
        self.span.in_scope(|| tracing::debug!(subprotocol, extensions, "opened"));
    }

    /// The request of the opening handshake was written.
    pub fn wrote_handshake(&self, bytes: u64) {
        if self.out().settings.wants.written {
            self.source.push_event(Event::Written(bytes));
        }
    }

    /// The stream takes nothing more: what waits is dropped.
    pub(super) fn stop_writing(&self) {
        let mut out = self.out();
        if out.phase != Phase::Closed {
            out.phase = Phase::Closing;
        }
        let dropped = (out.writer.take(), out.clear());
        drop(out);
        drop(dropped);
    }

    /// The connection is over: the host is told once, nothing is sent any more.
    pub fn end(&self, close: Option<(u16, String)>, failure: Option<Arc<Failure>>) {
        let mut out = self.out();
        if std::mem::replace(&mut out.phase, Phase::Closed) == Phase::Closed {
            return;
        }
        let writer = out.writer.take();
        let dropped = out.clear();
        drop(out);
        drop((writer, dropped));
        let (code, reason) = close.unwrap_or((NO_CLOSE, String::new()));
        self.span.in_scope(|| {
            let failure = failure.as_deref().map(tracing::field::display);
            tracing::debug!(code, failure, "closed");
        });
        self.source.push_last(Event::Closed(Box::new(Closed { code, reason, failure })));
    }

    /// A defect was caught while the host used the connection.
    pub fn poison(&self) {
        self.end(None, Some(Arc::new(Failure::Panicked)));
        self.signal(signal::ABORT);
    }

    /// Waits until the host gives the opening handshake up.
    pub fn poll_given_up(&self, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        self.waker.register(cx.waker());
        match self.signals.load(SeqCst) & signal::ABORT {
            0 => std::task::Poll::Pending,
            _ => std::task::Poll::Ready(()),
        }
    }

    /// Whether the host has given the opening handshake up.
    pub fn is_given_up(&self) -> bool {
        self.signals.load(SeqCst) & signal::ABORT != 0
    }

    /// Takes the signals since the last time.
    pub(super) fn take_signals(&self) -> u32 {
        self.signals.swap(0, SeqCst)
    }

    /// Tells the engine's task.
    pub(super) fn signal(&self, signals: u32) {
        self.signals.fetch_or(signals, SeqCst);
        self.waker.wake();
    }

    pub(super) fn out(&self) -> MutexGuard<'_, Outgoing> {
        lock(&self.out)
    }

    /// Has what was just queued written, by whom it is best.
    pub(super) fn written_by(self: &Arc<Self>, mut out: MutexGuard<'_, Outgoing>) {
        if out.writer.is_none() {
            return;
        }
        let is_idle = !out.writing && !out.blocked;
        if collect::is_collecting() {
            self.collect(&mut out);
            let is_much = out.unsent > MOST_COLLECTED as u64;
            drop(out);
            if is_idle && is_much {
                self.waker.wake();
            }
        } else if is_idle {
            match collect::plan() {
                Plan::Here if out.is_small(MOST_WRITTEN_HERE) => {
                    drop(out);
                    self.write_here();
                }
                _ => {
                    drop(out);
                    self.waker.wake();
                }
            }
        }
    }

    /// Has it written when this thread flushes.
    fn collect(self: &Arc<Self>, out: &mut Outgoing) {
        if !std::mem::replace(&mut out.collected, true) {
            out.sent_before = out.sent;
            collect::collect(self);
        }
    }

    fn write_here(&self) {
        if !matches!(self.write(), Progress::Done) {
            self.waker.wake();
        }
    }

    /// `written` bytes have left; gives what was dropped. What the host is told of it is pushed under
    /// the lock: high and low water come in the order in which they happened.
    fn account(&self, out: &mut Outgoing, written: u64) -> Dropped {
        out.unsent = out.unsent.saturating_sub(written);
        let dropped = out.trim();
        out.sent = out.sent.saturating_add(written);
        if out.settings.wants.written && written > 0 {
            self.source.push_event(Event::Written(written));
        }
        if out.above_high_water && out.unsent <= out.settings.high_water / 2 {
            out.above_high_water = false;
            self.source.push_event(Event::LowWater);
        }
        dropped
    }
}

impl Resume for Connection {
    fn resume(&self) {
        self.waker.wake();
    }
}
