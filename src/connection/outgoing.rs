//! What waits to be written, in order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::deflating::{Coder, Deflating};
use super::message::{Content, Message};
use super::segment::{MOST_COPIED, Segment};
use super::settings::{Overflow, Settings};
use super::waiting::{self, Slot, Topics, Waiting, Whole};
use crate::net::Writer;
use crate::protocol::{
    Deflater, Flush, Masks, append_utf8, apply_mask, encode_close, encode_frame, encode_header,
};
use crate::sync::Local;

/// Small messages are encoded behind each other in blocks of about this size.
const BLOCK: usize = 64 * 1024;

/// Bytes of Pongs that may wait. Pings that come together are all answered.
const MOST_PONGS: usize = 16 * 1024;

/// The header of a short frame.
const LEAST_FRAME: usize = 2;

/// Messages that may be dropped are encoded so many bytes ahead.
const AHEAD: u64 = 16 * 1024;

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
    pub masks: Masks,
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
    /// `sent` when it came into that list.
    pub sent_before: u64,
    pub above_high_water: bool,
    /// Bytes accepted and not yet written: encoded ones, and those of messages
    /// that are still to be compressed.
    pub unsent: u64,
    /// `unsent` when a thread took what it is writing.
    pub taken: u64,
    /// Encoded bytes written.
    pub sent: u64,
    /// Messages accepted, without those that were dropped since.
    pub messages: u64,
    /// Messages refused, dropped or replaced.
    pub dropped: u64,
    /// The Close that follows once the host has handled what arrived before
    /// its cause.
    pub answer: Option<(Option<u16>, String)>,
    /// Bytes of Pongs that were queued since nothing was unsent.
    pongs: usize,
    /// The payload of the newest Ping whose Pong would be one too many.
    pong: Option<Vec<u8>>,
    pub segments: VecDeque<Segment>,
    /// The block that small messages are added to; comes after `segments`.
    tail: Vec<u8>,
    /// How much of `tail` is in `unsent`.
    counted: usize,
    /// Messages are compressed; before the opening handshake is complete, they
    /// may be.
    compresses: bool,
    /// With whoever writes while `writing`.
    pub coder: Coder,
    /// A message that is sent in fragments.
    begun: Option<Begun>,
    /// Messages that may be replaced.
    pub topics: Topics,
}

/// What is to be queued.
#[derive(Clone, Copy)]
pub(super) enum Piece {
    /// A message.
    Message,
    /// A message that replaces the one of its topic.
    Latest(u64),
    /// A fragment of a message.
    Fragment(Flush),
}

/// A message of which fragments were queued, but not the last.
#[derive(Clone, Copy)]
struct Begun {
    kind: Data,
    compressed: bool,
}

impl Outgoing {
    pub fn new(masks: Masks, settings: Settings, phase: Phase) -> Self {
        Self {
            masks,
            settings,
            phase,
            writer: None,
            writing: false,
            blocked: false,
            collected: false,
            sent_before: 0,
            above_high_water: false,
            unsent: 0,
            taken: 0,
            sent: 0,
            messages: 0,
            dropped: 0,
            answer: None,
            pongs: 0,
            pong: None,
            segments: VecDeque::new(),
            tail: Vec::new(),
            counted: 0,
            compresses: settings.compression.enabled,
            coder: Coder::default(),
            begun: None,
            topics: Topics::default(),
        }
    }

    /// Changes all settings, before the opening handshake is complete.
    pub fn configure(&mut self, settings: Settings) {
        self.compresses = settings.compression.enabled;
        self.settings = settings;
    }

    /// Whether a message is being sent in fragments.
    pub fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// The opening handshake is complete. Without a compressor messages that
    /// wait for one go out as they are.
    pub fn opened(&mut self, writer: Arc<Writer>, deflater: Option<Deflater>) {
        self.writer = Some(writer);
        self.compresses = deflater.is_some();
        self.coder.deflater = deflater;
        if self.compresses {
            return;
        }
        if let Some(begun) = &mut self.begun {
            begun.compressed = false;
        }
        self.end_block();
        for segment in mem::take(&mut self.segments) {
            match segment {
                Segment::Deflate(message) => {
                    let Deflating { payload, kind, opcode, flush, .. } = *message;
                    let message = Message::Shared(kind, payload);
                    let length = message.length();
                    self.unsent = self.unsent.saturating_sub(length);
                    self.plain(&message, opcode, length, flush);
                }
                segment => {
                    self.end_block();
                    self.segments.push_back(segment);
                }
            }
        }
        self.end_block();
    }

    /// Queues what there is room for, of `length` bytes; gives what it replaced.
    pub fn push(&mut self, message: &Message<'_>, length: u64, piece: Piece) -> Option<Waiting> {
        if !matches!(piece, Piece::Fragment(Flush::None | Flush::Sync)) {
            self.messages = self.messages.saturating_add(1);
        }
        let drops = self.settings.overflow == Overflow::DropOldest;
        match piece {
            Piece::Fragment(flush) => self.push_fragment(message, length, flush),
            Piece::Latest(topic) => return self.push_latest(topic, message, length),
            Piece::Message if drops => drop(self.wait(self.waiting(message, length))),
            Piece::Message if self.is_long(length) => {
                self.deflate(message, message.opcode(), length, Flush::Message);
            }
            Piece::Message => self.plain(message, message.opcode(), length, Flush::Message),
        }
        None
    }

    /// Whether a fragment is of the kind of the message that was begun.
    pub fn goes_on(&self, fragment: &Message<'_>) -> bool {
        self.begun.is_none_or(|begun| begun.kind == fragment.opcode())
    }

    fn push_fragment(&mut self, fragment: &Message<'_>, length: u64, flush: Flush) {
        let kind = fragment.opcode();
        let begun = self.begun.unwrap_or(Begun { kind, compressed: self.compresses });
        let opcode = if self.begun.is_some() { Data::Continue } else { kind };
        if begun.compressed {
            self.deflate(fragment, opcode, length, flush);
        } else {
            self.plain(fragment, opcode, length, flush);
        }
        self.begun = (flush != Flush::Message).then_some(begun);
    }

    fn push_latest(&mut self, topic: u64, message: &Message<'_>, length: u64) -> Option<Waiting> {
        match self.topics.replace(topic, self.waiting(message, length)) {
            Ok(older) => {
                self.unsent = self.unsent.saturating_sub(older.length).saturating_add(length);
                self.dropped = self.dropped.saturating_add(1);
                self.messages = self.messages.saturating_sub(1);
                Some(older)
            }
            Err(message) => {
                let slot = self.wait(message);
                self.topics.insert(topic, slot);
                None
            }
        }
    }

    fn is_long(&self, length: u64) -> bool {
        self.compresses && length >= self.settings.compression.threshold
    }

    fn waiting(&self, message: &Message<'_>, length: u64) -> Waiting {
        let (kind, payload) = message.owned();
        Waiting { kind, payload, length, compress: self.is_long(length) }
    }

    /// Queues a message that may be dropped or replaced.
    fn wait(&mut self, message: Waiting) -> Arc<Slot> {
        self.end_block();
        self.unsent = self.unsent.saturating_add(message.length);
        let (masks, frame_size) = (self.masks.clone(), self.settings.outgoing_frame_size);
        let slot = waiting::slot(message);
        let whole = Whole { slot: slot.clone(), masks, frame_size };
        self.segments.push_back(Segment::Whole(Box::new(whole)));
        slot
    }

    /// Queues a Ping.
    pub fn ping(&mut self, payload: &[u8]) {
        self.control(Control::Ping, payload);
    }

    /// Answers a Ping. If the peer does not take the answers, only the newest
    /// of its Pings is answered (RFC 6455 section 5.5.3).
    pub fn pong(&mut self, payload: &[u8]) {
        if self.phase != Phase::Open {
            return;
        }
        if self.unsent == 0 {
            self.pongs = 0;
        }
        if self.pongs < MOST_PONGS {
            self.pongs = self.pongs.saturating_add(payload.len()).saturating_add(LEAST_FRAME);
            self.control(Control::Pong, payload);
            return;
        }
        let pong = self.pong.get_or_insert_default();
        pong.clear();
        pong.extend_from_slice(payload);
    }

    /// Queues the Close frame; nothing may follow it.
    pub fn close(&mut self, code: Option<u16>, reason: &str) {
        self.begin_block();
        encode_close(&mut self.tail, &self.masks, code, reason);
        self.count();
        self.phase = Phase::Closing;
    }

    /// Whether up to `most` bytes are all that waits, and nothing is to be
    /// compressed.
    pub fn is_small(&self, most: usize) -> bool {
        let is_plain = |segment: &Segment| matches!(segment, Segment::Whole(_));
        let is_short = self.segments.is_empty()
            || !self.compresses && self.unsent <= most as u64 && self.segments.iter().all(is_plain);
        is_short && self.tail.len() <= most
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.tail.is_empty() && self.pong.is_none()
    }

    /// What the host is told is unsent: what a thread collects does not become
    /// less before that thread flushes, whoever writes it meanwhile.
    pub fn unsent_told(&self) -> u64 {
        let written = if self.collected { self.sent.saturating_sub(self.sent_before) } else { 0 };
        self.unsent.saturating_add(written)
    }

    /// Takes out everything that waits.
    pub fn take(&mut self, work: &mut VecDeque<Segment>) -> Coder {
        if let Some(pong) = self.pong.take()
            && self.phase == Phase::Open
        {
            self.control(Control::Pong, &pong);
        }
        work.append(&mut self.segments);
        if !self.tail.is_empty() {
            work.push_back(Segment::Encoded { bytes: mem::take(&mut self.tail), start: 0 });
            self.counted = 0;
        }
        self.writing = true;
        self.taken = self.unsent;
        let mut coder = mem::take(&mut self.coder);
        // Less of a small limit: what is encoded is not dropped any more.
        let ahead = AHEAD.min(self.settings.max_unsent / 4).max(1);
        coder.ahead = usize::try_from(ahead).unwrap_or(usize::MAX);
        coder
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
        self.sent_before = self.sent;
        self.topics = Topics::default();
        mem::take(&mut self.segments)
    }

    fn deflate(&mut self, message: &Message<'_>, opcode: Data, length: u64, flush: Flush) {
        self.end_block();
        let (kind, payload) = message.owned();
        let (masks, frame_size) = (self.masks.clone(), self.settings.outgoing_frame_size);
        let message = Deflating { payload, kind, start: 0, masks, opcode, flush, frame_size };
        self.segments.push_back(Segment::Deflate(Box::new(message)));
        self.unsent = self.unsent.saturating_add(length);
    }

    fn plain(&mut self, message: &Message<'_>, mut opcode: Data, length: u64, flush: Flush) {
        let fin = flush == Flush::Message;
        if length <= self.settings.outgoing_frame_size {
            self.frame(message, OpCode::Data(opcode), 0..usize::MAX, length, fin);
            return;
        }
        let most = usize::try_from(self.settings.outgoing_frame_size).unwrap_or(usize::MAX);
        let mut start = 0;
        loop {
            let (range, length, last) = message.frame(start, most);
            start = range.end;
            self.frame(message, OpCode::Data(opcode), range, length, last && fin);
            if last {
                return;
            }
            opcode = Data::Continue;
        }
    }

    fn control(&mut self, opcode: Control, payload: &[u8]) {
        self.begin_block();
        encode_frame(&mut self.tail, &self.masks, OpCode::Control(opcode), payload);
        self.count();
    }

    fn frame(
        &mut self,
        message: &Message<'_>,
        opcode: OpCode,
        range: Range<usize>,
        length: u64,
        fin: bool,
    ) {
        self.begin_block();
        let mask = self.masks.next();
        let header = FrameHeader { is_final: fin, opcode, mask, ..FrameHeader::default() };
        encode_header(&mut self.tail, &header, length);
        let content = message.content();
        let range = range.start..range.end.min(content.len());
        if let Message::Shared(kind, payload) = message
            && (payload.broadcast().is_none() || range.len() > MOST_COPIED)
        {
            self.end_block();
            self.segments.push_back(Segment::of_payload(payload.clone(), *kind, range, mask));
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
            let bytes = mem::take(&mut self.tail);
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
