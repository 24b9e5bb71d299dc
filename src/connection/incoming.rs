//! What arrives: frames become messages, and control frames are answered.

use std::mem;
use std::sync::{Arc, Weak};

use super::Connection;
use super::connection::signal;
use super::heartbeat::Sender;
use super::outgoing::Phase;
use super::settings::{Settings, Wants};
use crate::log;
use crate::protocol::{Boundary, Data, Decoder, Item, MessageKind};
use crate::queue::{Assembler, Batch, Closing, Event, Failure, OutOfMemory, Room, Taken};
use crate::sync::lock;

/// The receiving side of one connection.
pub(super) struct Incoming {
    decoder: Decoder,
    inbox: Inbox,
}

/// Where decoded items go.
struct Inbox {
    connection: Arc<Connection>,
    message: Assembler,
    frame: Assembler,
    wants: Wants,
    /// How the current message is delivered.
    delivery: By,
    /// Messages that are complete.
    messages: u64,
    /// The peer's close code and reason.
    peer: Option<(u16, String)>,
    /// What arrived was wrong; nothing more is decoded.
    failed: bool,
    failure: Option<Arc<Failure>>,
}

/// How a message is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// Whole.
    Message,
    /// Frame by frame, and then whole.
    Frames,
    /// As it arrives, and not as a whole.
    Pieces,
}

/// How far decoding came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fed {
    /// All bytes were used.
    All,
    /// So many were used; that is enough for once.
    UpTo(usize),
}

impl Incoming {
    pub fn new(connection: &Arc<Connection>, settings: &Settings) -> Self {
        let delivery = connection.source().delivery();
        let decoder = Decoder::new(connection.role(), settings.limits);
        Self {
            decoder: match connection.handshake().deflate() {
                Some(agreed) => decoder.with_deflate(agreed),
                None => decoder,
            },
            inbox: Inbox {
                connection: connection.clone(),
                message: Assembler::new(delivery.clone()),
                frame: Assembler::new(delivery.clone()),
                wants: settings.wants,
                delivery: By::Message,
                messages: 0,
                peer: None,
                failed: false,
                failure: None,
            },
        }
    }

    pub fn set(&mut self, settings: &Settings) {
        self.decoder.set_limits(settings.limits);
        self.inbox.wants = settings.wants;
    }

    /// Decodes what was read, until the batch costs `most` or so much was
    /// decoded of messages that are not complete.
    pub fn feed(&mut self, bytes: &mut [u8], batch: &mut Batch, most: usize) -> Fed {
        let (mut used, mut pieces) = (0usize, 0usize);
        let fed = loop {
            if self.inbox.failed {
                break Fed::All;
            }
            match self.decoder.next(bytes.get_mut(used..).unwrap_or_default()) {
                Ok((more, Some(item))) => {
                    used = used.saturating_add(more);
                    if let Item::Data(data) = &item {
                        pieces = pieces.saturating_add(data.bytes.len());
                    }
                    self.inbox.take(item, batch);
                }
                Ok((_, None)) => break Fed::All,
                Err(error) => self.inbox.fail(error.close_code(), error.into(), batch),
            }
            if batch.cost() > most || pieces > most {
                break Fed::UpTo(used);
            }
        };
        self.decoder.rest();
        fed
    }

    /// The host's memory for the rest of a large binary frame, if at least
    /// `least` bytes of it are still to come.
    pub fn room(&mut self, least: u64) -> Option<Room<'_>> {
        let most = self.decoder.direct().filter(|&most| most >= least)?;
        if self.inbox.failed || self.inbox.delivery != By::Message {
            return None;
        }
        self.inbox.message.room(most)
    }

    /// `count` bytes were read into the room.
    pub fn filled(&mut self, count: usize, batch: &mut Batch) {
        let Some(mut room) = self.inbox.message.room(count as u64) else { return };
        let ends = match room.bytes().get_mut(..count) {
            Some(bytes) => self.decoder.direct_filled(bytes),
            None => Boundary::None,
        };
        trace_data(MessageKind::Binary, count, ends);
        match self.inbox.message.filled(count, ends, batch) {
            Ok(Some(payload)) => {
                self.inbox.messages = self.inbox.messages.saturating_add(1);
                batch.push(Event::Message { kind: MessageKind::Binary, payload, whole: true });
            }
            Ok(None) => {}
            Err(error) => self.inbox.no_memory(error, batch),
        }
    }

    /// Messages that are complete.
    pub fn messages(&self) -> u64 {
        self.inbox.messages
    }

    /// A frame has begun to arrive, and its rest is waited for.
    pub fn in_frame(&self) -> bool {
        !self.inbox.failed && self.decoder.in_frame()
    }

    /// The rest of a frame does not come.
    pub fn stall(&mut self, failure: Failure, batch: &mut Batch) {
        self.inbox.fail(GOING_AWAY, failure, batch);
    }

    /// The peer's Close was received.
    pub fn close_received(&self) -> bool {
        self.inbox.peer.is_some()
    }

    /// What arrived was wrong; nothing more is decoded.
    pub fn failed(&self) -> bool {
        self.inbox.failed
    }

    /// What was wrong.
    pub fn take_failure(&mut self) -> Option<Arc<Failure>> {
        self.inbox.failure.take()
    }

    /// The peer's close code and reason.
    pub fn take_close(&mut self) -> Option<(u16, String)> {
        self.inbox.peer.take()
    }
}

impl Inbox {
    fn take(&mut self, item: Item<'_>, batch: &mut Batch) {
        match item {
            Item::Data(data) => {
                trace_data(data.kind, data.bytes.len(), data.ends);
                if let Err(error) = self.data(&data, batch) {
                    self.no_memory(error, batch);
                }
            }
            Item::Ping(payload) => {
                tracing::trace!(target: log::FRAME, bytes = payload.len(), "received a Ping");
                self.connection.out().pong(payload);
                if self.wants.pings {
                    let payload = batch.pack(payload);
                    batch.push(Event::Ping(payload));
                }
            }
            Item::Pong(payload) => {
                tracing::trace!(target: log::FRAME, bytes = payload.len(), "received a Pong");
                self.pong(payload, batch);
            }
            Item::Close { code, reason } => {
                tracing::trace!(target: log::FRAME, code, "received a Close");
                self.close(code, reason, batch);
            }
        }
    }

    fn data(&mut self, data: &Data<'_>, batch: &mut Batch) -> Result<(), OutOfMemory> {
        if data.starts_message {
            self.delivery = match self.wants {
                Wants { stream: true, .. } => By::Pieces,
                Wants { frames: true, .. } if !data.single_frame => By::Frames,
                _ => By::Message,
            };
        }
        let (kind, last) = (data.kind, data.ends == Boundary::Message);
        self.messages = self.messages.saturating_add(u64::from(last));
        if self.delivery != By::Message {
            let ends = match data.ends {
                Boundary::None if self.delivery == By::Frames => Boundary::None,
                _ => Boundary::Message,
            };
            // A piece is all there is to come of itself.
            let rest_of_frame = if ends == Boundary::None { data.rest_of_frame } else { 0 };
            if let Some(payload) = self.frame.add(&Data { ends, rest_of_frame, ..*data }, batch)? {
                batch.push(Event::Frame { kind, payload, last });
            }
        }
        if self.delivery == By::Pieces {
            return Ok(());
        }
        if let Some(payload) = self.message.add(data, batch)? {
            let whole = self.delivery == By::Message;
            batch.push(Event::Message { kind, payload, whole });
        }
        Ok(())
    }

    fn pong(&mut self, payload: &[u8], batch: &mut Batch) {
        let answered = lock(&self.connection.pings).answered(payload);
        let microseconds = answered.map(|(time, _)| time.as_micros() as u64);
        if let Some(microseconds) = microseconds {
            self.connection.set_round_trip(microseconds);
            if self.wants.round_trips {
                batch.push(Event::RoundTrip(microseconds));
            }
        }
        if !matches!(answered, Some((_, Sender::Schedule))) {
            let payload = batch.pack(payload);
            batch.push(Event::Pong(payload, microseconds));
        }
    }

    fn close(&mut self, code: Option<u16>, reason: &str, batch: &mut Batch) {
        let peer = (code.unwrap_or(NO_STATUS), reason.to_owned());
        if self.answer(code, "") {
            self.closing(peer.clone(), None, batch);
        }
        self.peer = Some(peer);
    }

    fn no_memory(&mut self, error: OutOfMemory, batch: &mut Batch) {
        self.fail(1009, Failure::Memory(error.0), batch);
    }

    /// RFC 6455 section 7.1.7: says why, and listens no more.
    fn fail(&mut self, code: u16, failure: Failure, batch: &mut Batch) {
        tracing::debug!(code, %failure, "closing");
        self.failed = true;
        let failure = Arc::new(failure);
        if self.answer(Some(code), &failure.to_string()) {
            self.closing((code, String::new()), Some(failure.clone()), batch);
        }
        self.failure = Some(failure);
    }

    /// Prepares a Close frame if none was sent; says whether it did.
    fn answer(&self, code: Option<u16>, reason: &str) -> bool {
        let mut out = self.connection.out();
        let first = out.phase == Phase::Open && out.answer.is_none();
        if first {
            out.answer = Some((code, reason.to_owned()));
        }
        first
    }

    /// Tells the host, after whose replies to earlier messages the Close frame
    /// leaves.
    fn closing(
        &self,
        (code, reason): (u16, String),
        failure: Option<Arc<Failure>>,
        batch: &mut Batch,
    ) {
        let answer: Box<dyn Taken> = Box::new(Answer(Arc::downgrade(&self.connection)));
        let closing = Closing { code, reason, failure, answer: Some(answer) };
        batch.push(Event::Closing(Box::new(closing)));
    }
}

fn trace_data(kind: MessageKind, bytes: usize, ends: Boundary) {
    tracing::trace!(target: log::FRAME, ?kind, bytes, ?ends, "received data");
}

/// Sends the prepared Close frame.
struct Answer(Weak<Connection>);

impl Taken for Answer {
    fn taken(mut self: Box<Self>) {
        if let Some(connection) = mem::take(&mut self.0).upgrade() {
            connection.answer();
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        // Locks may be held here: the engine does it.
        if let Some(connection) = self.0.upgrade() {
            connection.signal(signal::ANSWER);
        }
    }
}

/// RFC 6455 section 7.4.1: an endpoint goes away.
const GOING_AWAY: u16 = 1001;

/// Reported for a Close frame without a code (RFC 6455 section 7.1.5).
const NO_STATUS: u16 = 1005;
