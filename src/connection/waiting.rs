//! Messages that wait as a whole: until they are about to be written they can
//! be dropped, or replaced by a newer one of their topic.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::deflating::{Coded, Coder, Deflating};
use super::message::{Content, Message, SharedKind};
use super::segment::{MOST_COPIED, Payload, Segment};
use crate::protocol::{Flush, Masks, append_utf8, apply_mask, encode_header};
use crate::sync::lock;

/// Topics that are remembered before those that no longer wait are looked for.
const LEAST_SWEPT: usize = 64;

/// What waits.
pub(super) struct Waiting {
    pub kind: SharedKind,
    pub payload: Arc<dyn Payload>,
    /// In bytes on the wire.
    pub length: u64,
    /// It is long enough to be compressed.
    pub compress: bool,
}

/// The place of a message in the queue, known to its topic, too. Empty once
/// whoever writes has begun with it.
#[derive(Default)]
pub(super) struct Slot(Mutex<Option<Waiting>>);

impl Slot {
    /// The length of what waits; none if nothing does.
    pub fn length(&self) -> Option<u64> {
        lock(&self.0).as_ref().map(|waiting| waiting.length)
    }

    fn take(&self) -> Option<Waiting> {
        lock(&self.0).take()
    }
}

/// A message that waits in the queue.
pub(super) struct Whole {
    pub slot: Arc<Slot>,
    pub masks: Masks,
    pub frame_size: u64,
}

impl Whole {
    /// Encodes a small message behind what is in `out`; a large one, or one to
    /// be compressed, becomes other segments.
    pub fn encode(&self, out: &mut Vec<u8>, coder: &mut Coder) -> io::Result<Coded> {
        let Some(Waiting { kind, payload, length, compress }) = self.slot.take() else {
            return Ok(Coded::All);
        };
        let plain = usize::try_from(length).unwrap_or(usize::MAX);
        let (masks, frame_size) = (&self.masks, self.frame_size);
        let message = Message::Shared(kind, payload.clone());
        if compress && coder.deflater.is_some() {
            let (opcode, flush) = (message.opcode(), Flush::Message);
            let masks = masks.clone();
            let message = Deflating { payload, kind, start: 0, masks, opcode, flush, frame_size };
            return Ok(Coded::Became(vec![Segment::Deflate(Box::new(message))]));
        }
        if plain <= MOST_COPIED && length <= frame_size {
            let before = out.len();
            let mask = header(masks, OpCode::Data(message.opcode()), true, length, out);
            let start = out.len();
            match message.content() {
                Content::Bytes(bytes) => out.extend_from_slice(bytes),
                Content::Units(units) => append_utf8(units, out),
            }
            if let (Some(mask), Some(payload)) = (mask, out.get_mut(start..)) {
                apply_mask(payload, mask, 0);
            }
            coder.grow(out.len().saturating_sub(before), plain);
            return Ok(Coded::All);
        }
        let most = usize::try_from(frame_size).unwrap_or(usize::MAX);
        let (mut segments, mut headers) = (Vec::new(), 0usize);
        let (mut start, mut opcode) = (0, message.opcode());
        loop {
            let (range, length, last) = message.frame(start, most);
            start = range.end;
            let mut bytes = Vec::new();
            let mask = header(masks, OpCode::Data(opcode), last, length, &mut bytes);
            headers = headers.saturating_add(bytes.len());
            segments.push(Segment::Encoded { bytes, start: 0 });
            segments.push(Segment::of_payload(payload.clone(), kind, range, mask));
            if last {
                coder.grow(plain.saturating_add(headers), plain);
                return Ok(Coded::Became(segments));
            }
            opcode = Data::Continue;
        }
    }
}

fn header(
    masks: &Masks,
    opcode: OpCode,
    is_final: bool,
    length: u64,
    out: &mut Vec<u8>,
) -> Option<[u8; 4]> {
    let mask = masks.next();
    let header = FrameHeader { is_final, opcode, mask, ..FrameHeader::default() };
    encode_header(out, &header, length);
    mask
}

/// The newest message of each topic.
#[derive(Default)]
pub(super) struct Topics {
    slots: HashMap<u64, Arc<Slot>>,
    sweep_at: usize,
}

impl Topics {
    /// The message of a topic that waits, and its length.
    pub fn waiting(&self, topic: u64) -> Option<(&Arc<Slot>, u64)> {
        let slot = self.slots.get(&topic)?;
        slot.length().map(|length| (slot, length))
    }

    /// Puts a message in the place of the one of its topic that waits, which is
    /// given; or gives the message if none does.
    pub fn replace(&self, topic: u64, message: Waiting) -> Result<Waiting, Waiting> {
        let Some(slot) = self.slots.get(&topic) else { return Err(message) };
        match &mut *lock(&slot.0) {
            Some(waiting) => Ok(std::mem::replace(waiting, message)),
            None => Err(message),
        }
    }

    /// Remembers the newest message of a topic.
    pub fn insert(&mut self, topic: u64, slot: Arc<Slot>) {
        if self.slots.len() >= self.sweep_at {
            // Those that have left the queue.
            self.slots.retain(|_, slot| Arc::strong_count(slot) > 1);
            self.sweep_at = self.slots.len().saturating_mul(2).max(LEAST_SWEPT);
        }
        self.slots.insert(topic, slot);
    }
}

/// A message that is queued as a whole.
pub(super) fn slot(message: Waiting) -> Arc<Slot> {
    Arc::new(Slot(Mutex::new(Some(message))))
}
