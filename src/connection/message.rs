//! A message on its way out, and where it may be cut into frames.

use std::ops::Range;
use std::sync::Arc;

use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;

use super::deflating::Broadcast;
use super::segment::Payload;
use crate::protocol::{append_utf8, chunk_end, utf8_length};

/// A message to be sent.
pub enum Message<'a> {
    /// Valid UTF-8, copied.
    Text(&'a str),
    /// UTF-16 units, copied; lone surrogates become U+FFFD.
    Utf16(&'a [u16]),
    /// Bytes, copied.
    Binary(&'a [u8]),
    /// A payload of the host's, not copied.
    Shared(SharedKind, Arc<dyn Payload>),
}

/// What a shared payload holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedKind {
    /// Bytes.
    Binary,
    /// Valid UTF-8.
    Utf8,
    /// UTF-16 units.
    Utf16,
}

/// The payload in the form in which it lies in memory.
pub(super) enum Content<'a> {
    Bytes(&'a [u8]),
    Units(&'a [u16]),
}

impl Content<'_> {
    /// Length in bytes or units.
    pub fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Units(units) => units.len(),
        }
    }
}

/// A copied payload.
struct Owned(Vec<u8>);

impl Payload for Owned {
    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Message<'_> {
    /// Length of the payload on the wire, in bytes.
    pub fn length(&self) -> u64 {
        match self.content() {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Units(units) => utf8_length(units),
        }
    }

    pub(super) fn content(&self) -> Content<'_> {
        match self {
            Self::Text(text) => Content::Bytes(text.as_bytes()),
            Self::Binary(bytes) => Content::Bytes(bytes),
            Self::Utf16(units) => Content::Units(units),
            Self::Shared(SharedKind::Utf16, payload) => Content::Units(payload.units()),
            Self::Shared(_, payload) => Content::Bytes(payload.bytes()),
        }
    }

    /// The same message for many connections: copied, and text as UTF-8.
    pub fn to_broadcast(&self) -> Message<'static> {
        let (kind, mut bytes) = (self.opcode(), Vec::new());
        match self.content() {
            Content::Bytes(content) => bytes.extend_from_slice(content),
            Content::Units(units) => append_utf8(units, &mut bytes),
        }
        let kind = if kind == Data::Text { SharedKind::Utf8 } else { SharedKind::Binary };
        Message::Shared(kind, Arc::new(Broadcast::new(bytes)))
    }

    /// The payload, copied unless it is shared.
    pub(super) fn owned(&self) -> (SharedKind, Arc<dyn Payload>) {
        match self {
            Self::Shared(kind, payload) => (*kind, payload.clone()),
            Self::Binary(bytes) => (SharedKind::Binary, Arc::new(Owned(bytes.to_vec()))),
            Self::Text(text) => (SharedKind::Utf8, Arc::new(Owned(text.as_bytes().to_vec()))),
            Self::Utf16(units) => {
                let mut text = Vec::new();
                append_utf8(units, &mut text);
                (SharedKind::Utf8, Arc::new(Owned(text)))
            }
        }
    }

    pub(super) fn opcode(&self) -> Data {
        match self {
            Self::Binary(_) | Self::Shared(SharedKind::Binary, _) => Data::Binary,
            _ => Data::Text,
        }
    }

    /// The frame that begins at `start` and has at most `most` bytes, cut
    /// between characters; its length in bytes, and whether it is the last.
    pub(super) fn frame(&self, start: usize, most: usize) -> (Range<usize>, u64, bool) {
        let is_text = self.opcode() == Data::Text;
        match self.content() {
            Content::Bytes(bytes) => {
                let mut end = start.saturating_add(most).min(bytes.len());
                let continues = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
                while is_text && end > start && continues(end) {
                    end -= 1;
                }
                (start..end, end.saturating_sub(start) as u64, end == bytes.len())
            }
            Content::Units(units) => {
                let rest = units.get(start..).unwrap_or_default();
                let mut count = most.min(rest.len());
                loop {
                    // A pair is taken whole, so that there is always progress.
                    count = chunk_end(rest, count);
                    let length = utf8_length(rest.get(..count).unwrap_or_default());
                    if length <= most as u64 {
                        let end = start.saturating_add(count);
                        return (start..end, length, end == units.len());
                    }
                    // Shrinks in proportion, and by one unit at least.
                    let fewer = (count as u64).saturating_mul(most as u64) / length;
                    count = (fewer as usize).clamp(1, count.saturating_sub(1));
                }
            }
        }
    }
}
