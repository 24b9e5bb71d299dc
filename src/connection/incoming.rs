//! What arrives: frames become messages, and control frames are answered.

use std::sync::Arc;

use super::Connection;
use super::heartbeat::Sender;
use super::outgoing::Phase;
use super::settings::Settings;
use crate::protocol::{Boundary, Data, Decoder, Item, MessageKind};
use crate::queue::{Assembler, Batch, Closing, Event, Failure, OutOfMemory, Room};
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
    want_frames: bool,
    want_pings: bool,
    /// The current message is delivered by its frames too.
    by_frames: bool,
    /// The peer's close code and reason.
    peer: Option<(u16, String)>,
    /// What arrived was wrong; nothing more is decoded.
    failed: bool,
    failure: Option<Arc<Failure>>,
}

impl Incoming {
    pub fn new(connection: &Arc<Connection>, settings: &Settings) -> Self {
        let delivery = connection.source().delivery();
        Self {
            decoder: Decoder::new(connection.role(), settings.limits),
            inbox: Inbox {
                connection: connection.clone(),
                message: Assembler::new(delivery.clone()),
                frame: Assembler::new(delivery.clone()),
                want_frames: settings.wants.frames,
                want_pings: settings.wants.pings,
                by_frames: false,
                peer: None,
                failed: false,
                failure: None,
            },
        }
    }

    pub fn set(&mut self, settings: &Settings) {
        self.decoder.set_limits(settings.limits);
        self.inbox.want_frames = settings.wants.frames;
        self.inbox.want_pings = settings.wants.pings;
    }

    /// Decodes what was read.
    pub fn feed(&mut self, bytes: &mut [u8], batch: &mut Batch) {
        let mut left = bytes;
        while !left.is_empty() && !self.inbox.failed {
            let used = match self.decoder.next(left) {
                Ok((used, item)) => {
                    if let Some(item) = item {
                        self.inbox.take(item, batch);
                    }
                    used
                }
                Err(error) => {
                    self.inbox.fail(error.close_code(), error.into(), batch);
                    break;
                }
            };
            left = std::mem::take(&mut left).get_mut(used..).unwrap_or_default();
        }
    }

    /// The host's memory for the rest of a large binary frame, if at least
    /// `least` bytes of it are still to come.
    pub fn room(&mut self, least: u64) -> Option<Room<'_>> {
        let most = self.decoder.direct().filter(|&most| most >= least)?;
        if self.inbox.failed || self.inbox.by_frames {
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
        match self.inbox.message.filled(count, ends, batch) {
            Ok(Some(payload)) => {
                batch.push(Event::Message { kind: MessageKind::Binary, payload, whole: true });
            }
            Ok(None) => {}
            Err(error) => self.inbox.no_memory(error, batch),
        }
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
                if let Err(error) = self.data(&data, batch) {
                    self.no_memory(error, batch);
                }
            }
            Item::Ping(payload) => {
                self.connection.out().pong(payload);
                if self.want_pings {
                    let payload = batch.pack(payload);
                    batch.push(Event::Ping(payload));
                }
            }
            Item::Pong(payload) => self.pong(payload, batch),
            Item::Close { code, reason } => self.close(code, reason, batch),
        }
    }

    fn data(&mut self, data: &Data<'_>, batch: &mut Batch) -> Result<(), OutOfMemory> {
        if data.starts_message {
            self.by_frames = self.want_frames && !data.single_frame;
        }
        let kind = data.kind;
        if self.by_frames {
            let ends = if data.ends == Boundary::None { Boundary::None } else { Boundary::Message };
            if let Some(payload) = self.frame.add(&Data { ends, ..*data }, batch)? {
                let last = data.ends == Boundary::Message;
                batch.push(Event::Frame { kind, payload, last });
            }
        }
        if let Some(payload) = self.message.add(data, batch)? {
            batch.push(Event::Message { kind, payload, whole: !self.by_frames });
        }
        Ok(())
    }

    fn pong(&mut self, payload: &[u8], batch: &mut Batch) {
        let answered = lock(&self.connection.pings).answered(payload);
        let microseconds = answered.map(|(time, _)| time.as_micros() as u64);
        if let Some(microseconds) = microseconds {
            self.connection.set_round_trip(microseconds);
        }
        if !matches!(answered, Some((_, Sender::Schedule))) {
            let payload = batch.pack(payload);
            batch.push(Event::Pong(payload, microseconds));
        }
    }

    fn close(&mut self, code: Option<u16>, reason: &str, batch: &mut Batch) {
        let peer = (code.unwrap_or(NO_STATUS), reason.to_owned());
        if self.answer(code, "") {
            let closing = Closing { code: peer.0, reason: peer.1.clone(), failure: None };
            batch.push(Event::Closing(Box::new(closing)));
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
            let closing = Closing { code, reason: String::new(), failure: Some(failure.clone()) };
            batch.push(Event::Closing(Box::new(closing)));
        }
        self.failure = Some(failure);
    }

    /// Queues a Close frame if none was; says whether it did.
    fn answer(&self, code: Option<u16>, reason: &str) -> bool {
        let mut out = self.connection.out();
        let first = out.phase == Phase::Open;
        if first {
            out.close(code, reason);
        }
        first
    }
}

/// Reported for a Close frame without a code (RFC 6455 section 7.1.5).
const NO_STATUS: u16 = 1005;
