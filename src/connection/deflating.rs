//! Messages that are compressed on their way out: by whoever writes them, in
//! their order, since each may refer to those before it.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex};

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::message::SharedKind;
use super::segment::{CHUNK, Payload, Segment};
use crate::protocol::{
    DeflateKey, Deflater, Flush, Masks, append_utf8, apply_mask, chunk_end, encode_header,
};
use crate::sync::{Local, lock};

/// What a compressor without input flushes.
const EMPTY_BLOCK: [u8; 5] = [0x00, 0x00, 0x00, 0xFF, 0xFF];

/// With smaller frames than this a broadcast is compressed for each connection:
/// it would be too many segments.
const LEAST_SHARED: u64 = 4 * 1024;

thread_local! {
    /// A chunk as UTF-8, and what became of it.
    static CHUNKS: RefCell<(Vec<u8>, Vec<u8>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// What the writing thread needs besides the segments.
#[derive(Default)]
pub(super) struct Coder {
    /// There if permessage-deflate was negotiated.
    pub deflater: Option<Deflater>,
    /// By how much more or less there is to write now.
    pub grown: i64,
    /// Messages that may be dropped are encoded only while fewer bytes than
    /// this wait to be written before them.
    pub ahead: usize,
}

/// A message, or a fragment of one, that is to be compressed.
pub(super) struct Deflating {
    pub payload: Arc<dyn Payload>,
    pub kind: SharedKind,
    /// Bytes or units taken already.
    pub start: usize,
    pub masks: Masks,
    /// Of the next frame.
    pub opcode: Data,
    /// Behind the payload.
    pub flush: Flush,
    /// Most bytes of a frame.
    pub frame_size: u64,
}

/// What became of a segment.
pub(super) enum Coded {
    /// There is more of it.
    More,
    /// It is used up.
    All,
    /// These are written instead.
    Became(Vec<Segment>),
}

impl Deflating {
    /// Encodes the next chunk.
    pub fn encode(&mut self, out: &mut Vec<u8>, coder: &mut Coder) -> io::Result<Coded> {
        let Some(deflater) = &mut coder.deflater else {
            return Err(io::Error::other("a message to be compressed, without a compressor"));
        };
        let payload = self.payload.clone();
        let is_alike = !deflater.takes_over() && self.frame_size >= LEAST_SHARED;
        if let Some(broadcast) = payload.broadcast().filter(|_| is_alike) {
            let deflated = broadcast.deflated(self, deflater)?;
            let plain = deflated.plain;
            let segments = self.shared_frames(deflated);
            coder.grow(segments.iter().map(Segment::length).sum(), plain);
            return Ok(Coded::Became(segments));
        }
        let mut chunks = Local::take(&CHUNKS);
        let (chunk, deflated) = &mut *chunks;
        deflated.clear();
        let is_last = self.chunk(chunk);
        let flush = if is_last { self.flush } else { Flush::None };
        deflater.deflate(chunk, flush, deflated).map_err(io::Error::other)?;
        let before = out.len();
        self.frames(deflated, flush, out);
        coder.grow(out.len().saturating_sub(before), chunk.len());
        Ok(if is_last { Coded::All } else { Coded::More })
    }

    /// The next chunk, as it is compressed; says whether it is the last.
    fn chunk(&mut self, chunk: &mut Vec<u8>) -> bool {
        chunk.clear();
        let (stop, length) = match self.kind {
            SharedKind::Utf16 => {
                let units = self.payload.units();
                let stop = chunk_end(units, self.start.saturating_add(CHUNK / 2));
                append_utf8(units.get(self.start..stop).unwrap_or_default(), chunk);
                (stop, units.len())
            }
            SharedKind::Binary | SharedKind::Utf8 => {
                let bytes = self.payload.bytes();
                let stop = self.start.saturating_add(CHUNK).min(bytes.len());
                chunk.extend_from_slice(bytes.get(self.start..stop).unwrap_or_default());
                (stop, bytes.len())
            }
        };
        self.start = stop;
        stop >= length
    }

    /// Frames with compressed bytes.
    fn frames(&mut self, deflated: &[u8], flush: Flush, out: &mut Vec<u8>) {
        let mut rest = deflated;
        if rest.is_empty() && flush == Flush::Sync && self.opcode != Data::Continue {
            // Nothing yet, but the message has begun.
            rest = &EMPTY_BLOCK;
        }
        while !rest.is_empty() {
            let (payload, behind) = rest.split_at(self.most().min(rest.len()));
            rest = behind;
            let mask = self.header(payload.len(), rest.is_empty() && flush == Flush::Message, out);
            let start = out.len();
            out.extend_from_slice(payload);
            if let (Some(mask), Some(payload)) = (mask, out.get_mut(start..)) {
                apply_mask(payload, mask, 0);
            }
        }
    }

    /// Frames with a broadcast's compressed bytes, which are not copied.
    fn shared_frames(&mut self, deflated: Arc<Deflated>) -> Vec<Segment> {
        let (mut segments, all) = (Vec::new(), deflated.bytes.len());
        let mut start = 0usize;
        while start < all {
            let end = start.saturating_add(self.most()).min(all);
            let mut bytes = Vec::new();
            let mask = self.header(end.saturating_sub(start), end == all, &mut bytes);
            segments.push(Segment::Encoded { bytes, start: 0 });
            let payload = deflated.clone();
            segments.push(match mask {
                Some(mask) => Segment::Masked { payload, start, end, mask, offset: 0 },
                None => Segment::Plain { payload, start, end },
            });
            start = end;
        }
        segments
    }

    fn header(&mut self, length: usize, is_final: bool, out: &mut Vec<u8>) -> Option<[u8; 4]> {
        let (mask, opcode) = (self.masks.next(), OpCode::Data(self.opcode));
        let rsv1 = self.opcode != Data::Continue;
        let header = FrameHeader { is_final, rsv1, opcode, mask, ..FrameHeader::default() };
        encode_header(out, &header, length as u64);
        self.opcode = Data::Continue;
        mask
    }

    fn most(&self) -> usize {
        usize::try_from(self.frame_size).unwrap_or(usize::MAX).max(1)
    }
}

impl Coder {
    /// `before` bytes became `now` bytes.
    pub fn grow(&mut self, now: usize, before: usize) {
        let signed = |length| i64::try_from(length).unwrap_or(i64::MAX);
        self.grown = self.grown.saturating_add(signed(now).saturating_sub(signed(before)));
    }
}

/// A payload for many connections, compressed once for all those whose
/// compressors are alike and don't take their context over.
pub struct Broadcast {
    payload: Vec<u8>,
    deflated: Mutex<Vec<(DeflateKey, Arc<Deflated>)>>,
}

/// What a broadcast was compressed to.
struct Deflated {
    bytes: Vec<u8>,
    /// Its length before.
    plain: usize,
}

impl Broadcast {
    /// Bytes, or valid UTF-8.
    pub fn new(payload: Vec<u8>) -> Self {
        Self { payload, deflated: Mutex::default() }
    }

    fn deflated(&self, message: &Deflating, deflater: &mut Deflater) -> io::Result<Arc<Deflated>> {
        // Others wait for what they need, too.
        let mut known = lock(&self.deflated);
        let key = deflater.key();
        if let Some((_, deflated)) = known.iter().find(|(of, _)| *of == key) {
            return Ok(deflated.clone());
        }
        let mut bytes = Vec::new();
        let deflated = deflater.deflate(&self.payload, message.flush, &mut bytes);
        deflated.map_err(io::Error::other)?;
        let deflated = Arc::new(Deflated { bytes, plain: self.payload.len() });
        known.push((key, deflated.clone()));
        Ok(deflated)
    }
}

impl Payload for Broadcast {
    fn bytes(&self) -> &[u8] {
        &self.payload
    }

    fn broadcast(&self) -> Option<&Broadcast> {
        Some(self)
    }
}

impl Payload for Deflated {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
