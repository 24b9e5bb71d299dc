//! What waits to be written, in order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::message::{Content, Message};
use super::segment::Segment;
use super::settings::Settings;
use crate::net::Writer;
use crate::protocol::{
    Role, append_utf8, apply_mask, encode_close, encode_frame, encode_header, new_mask,
};
use crate::sync::Local;

/// Small messages are encoded behind each other in blocks of about this size.
const BLOCK: usize = 64 * 1024;

/// Empty blocks that a thread keeps for its next messages.
const SPARE_BLOCKS: usize = 64;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// How far the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The opening handshake runs.
    Opening,
    /// Messages may be queued.
    Open,
    /// A Close frame was queued.
    Closing,
    /// It is over.
    Closed,
}

/// What waits to be written, in order.
pub(super) struct Outgoing {
    pub role: Role,
    pub settings: Settings,
    pub phase: Phase,
    /// There once the opening handshake is complete; nothing leaves before.
    pub writer: Option<Arc<Writer>>,
    /// A thread is writing what it took.
    pub writing: bool,
    /// The system takes no more; the engine waits until it does.
    pub blocked: bool,
    /// The connection is in a list of those written at the end of a drain.
    pub collected: bool,
    pub above_high_water: bool,
    /// Encoded bytes accepted and not yet written.
    pub unsent: u64,
    /// Encoded bytes written.
    pub sent: u64,
    /// The payload of the newest Ping not answered yet.
    pong: Option<Vec<u8>>,
    segments: VecDeque<Segment>,
    /// The block that small messages are added to; comes after `segments`.
    tail: Vec<u8>,
    /// How much of `tail` is in `unsent`.
    counted: usize,
}

impl Outgoing {
    pub fn new(role: Role, settings: Settings, phase: Phase) -> Self {
        Self {
            role,
            settings,
            phase,
            writer: None,
            writing: false,
            blocked: false,
            collected: false,
            above_high_water: false,
            unsent: 0,
            sent: 0,
            pong: None,
            segments: VecDeque::new(),
            tail: Vec::new(),
            counted: 0,
        }
    }

    /// Queues a message of `length` bytes.
    pub fn push(&mut self, message: &Message<'_>, length: u64) {
        if length <= self.settings.outgoing_frame_size {
            self.frame(message, OpCode::Data(message.opcode()), 0..usize::MAX, length, true);
            return;
        }
        let most = usize::try_from(self.settings.outgoing_frame_size).unwrap_or(usize::MAX);
        let (mut opcode, mut start) = (message.opcode(), 0);
        loop {
            let (range, length, last) = message.frame(start, most);
            start = range.end;
            self.frame(message, OpCode::Data(opcode), range, length, last);
            if last {
                return;
            }
            opcode = Data::Continue;
        }
    }

    /// Queues a Ping.
    pub fn ping(&mut self, payload: &[u8]) {
        self.control(Control::Ping, payload);
    }

    /// Answers a Ping. One that is not answered yet is left out (RFC 6455
    /// section 5.5.3).
    pub fn pong(&mut self, payload: &[u8]) {
        let pong = self.pong.get_or_insert_default();
        pong.clear();
        pong.extend_from_slice(payload);
    }

    /// Queues the Close frame; nothing may follow it.
    pub fn close(&mut self, code: Option<u16>, reason: &str) {
        self.begin_block();
        encode_close(&mut self.tail, self.role, code, reason);
        self.count();
        self.phase = Phase::Closing;
    }

    /// Whether a block of up to `most` bytes is all that waits.
    pub fn is_small(&self, most: usize) -> bool {
        self.segments.is_empty() && self.tail.len() <= most
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.tail.is_empty() && self.pong.is_none()
    }

    /// Takes out everything that waits.
    pub fn take(&mut self, work: &mut VecDeque<Segment>) {
        if let Some(pong) = self.pong.take()
            && self.phase == Phase::Open
        {
            self.control(Control::Pong, &pong);
        }
        work.append(&mut self.segments);
        if !self.tail.is_empty() {
            work.push_back(Segment::Encoded { bytes: std::mem::take(&mut self.tail), start: 0 });
            self.counted = 0;
        }
    }

    /// Puts back what could not be written.
    pub fn put_back(&mut self, work: &mut VecDeque<Segment>) {
        if !work.is_empty() {
            work.append(&mut self.segments);
            self.segments.append(work);
        }
    }

    /// Takes out everything and forgets it; the caller drops the payloads
    /// without a lock.
    pub fn clear(&mut self) -> VecDeque<Segment> {
        self.pong = None;
        self.tail = Vec::new();
        self.counted = 0;
        self.unsent = 0;
        std::mem::take(&mut self.segments)
    }

    fn control(&mut self, opcode: Control, payload: &[u8]) {
        self.begin_block();
        encode_frame(&mut self.tail, self.role, OpCode::Control(opcode), payload);
        self.count();
    }

    fn frame(
        &mut self,
        message: &Message<'_>,
        opcode: OpCode,
        range: Range<usize>,
        length: u64,
        last: bool,
    ) {
        self.begin_block();
        let mask = match self.role {
            Role::Client => Some(new_mask()),
            Role::Server => None,
        };
        encode_header(&mut self.tail, opcode, last, length, mask);
        let content = message.content();
        let range = range.start..range.end.min(content.len());
        if let Message::Shared(_, payload) = message {
            self.end_block();
            let (payload, Range { start, end }) = (payload.clone(), range);
            self.segments.push_back(match (content, mask) {
                (Content::Units(_), mask) => {
                    Segment::Utf16 { payload, start, end, mask, offset: 0 }
                }
                (_, Some(mask)) => Segment::Masked { payload, start, end, mask, offset: 0 },
                (_, None) => Segment::Plain { payload, start, end },
            });
            self.unsent = self.unsent.saturating_add(length);
            return;
        }
        let start = self.tail.len();
        match content {
            Content::Bytes(bytes) => {
                self.tail.extend_from_slice(bytes.get(range).unwrap_or_default());
            }
            Content::Units(units) => {
                append_utf8(units.get(range).unwrap_or_default(), &mut self.tail);
            }
        }
        if let (Some(mask), Some(payload)) = (mask, self.tail.get_mut(start..)) {
            apply_mask(payload, mask, 0);
        }
        self.count();
        if self.tail.len() >= BLOCK {
            self.end_block();
        }
    }

    fn begin_block(&mut self) {
        if self.tail.capacity() == 0 {
            self.tail = spare_block();
        }
    }

    fn end_block(&mut self) {
        self.count();
        if !self.tail.is_empty() {
            let bytes = std::mem::take(&mut self.tail);
            self.segments.push_back(Segment::Encoded { bytes, start: 0 });
            self.counted = 0;
        }
    }

    fn count(&mut self) {
        let added = self.tail.len().saturating_sub(self.counted);
        self.unsent = self.unsent.saturating_add(added as u64);
        self.counted = self.tail.len();
    }
}

/// Keeps the memory of a written block for this thread's next messages.
pub(super) fn recycle(segment: Segment) {
    if let Segment::Encoded { mut bytes, .. } = segment
        && bytes.capacity() <= 2 * BLOCK
    {
        bytes.clear();
        let mut spare = Local::take(&SPARE);
        if spare.len() < SPARE_BLOCKS {
            spare.push(bytes);
        }
    }
}

/// An empty block of this thread's.
pub(super) fn spare_block() -> Vec<u8> {
    Local::take(&SPARE).pop().unwrap_or_default()
}
