//! Pieces of outgoing bytes: encoded frames, payloads of the host's that are
//! written from where they lie, and messages that are still to be compressed.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::deflating::{Broadcast, Coded, Coder, Deflating};
use super::message::SharedKind;
use super::waiting::Whole;
use crate::protocol::{append_utf8, apply_mask, chunk_end};

/// A payload of the host's, given back by dropping it.
pub trait Payload: Send + Sync {
    /// The bytes of a binary or UTF-8 payload.
    fn bytes(&self) -> &[u8];

    /// The units of a UTF-16 payload.
    fn units(&self) -> &[u16] {
        &[]
    }

    /// Set if it is sent to many.
    fn broadcast(&self) -> Option<&Broadcast> {
        None
    }
}

/// Most bytes encoded or masked at once.
pub(super) const CHUNK: usize = 64 * 1024;

/// A payload for which there is a choice is copied up to this many bytes.
pub(super) const MOST_COPIED: usize = 4 * 1024;

/// A piece of the outgoing stream.
pub(super) enum Segment {
    /// Frames as they go out.
    Encoded { bytes: Vec<u8>, start: usize },
    /// Part of a payload as it goes out.
    Plain { payload: Arc<dyn Payload>, start: usize, end: usize },
    /// Part of a payload that has to be masked.
    Masked { payload: Arc<dyn Payload>, start: usize, end: usize, mask: [u8; 4], offset: u64 },
    /// Part of a UTF-16 payload.
    Utf16 {
        payload: Arc<dyn Payload>,
        start: usize,
        end: usize,
        mask: Option<[u8; 4]>,
        offset: u64,
    },
    /// A message to be compressed, whose frames are made then.
    Deflate(Box<Deflating>),
    /// A message that may still be dropped or replaced.
    Whole(Box<Whole>),
}

impl Segment {
    /// Part of a payload.
    pub fn of_payload(
        payload: Arc<dyn Payload>,
        kind: SharedKind,
        Range { start, end }: Range<usize>,
        mask: Option<[u8; 4]>,
    ) -> Self {
        match (kind, mask) {
            (SharedKind::Utf16, mask) => Self::Utf16 { payload, start, end, mask, offset: 0 },
            (_, Some(mask)) => Self::Masked { payload, start, end, mask, offset: 0 },
            (_, None) => Self::Plain { payload, start, end },
        }
    }

    /// The bytes that can be written as they are; none if `encode` is needed.
    pub fn ready(&self) -> Option<&[u8]> {
        match self {
            Self::Encoded { bytes, start } => bytes.get(*start..),
            Self::Plain { payload, start, end } => payload.bytes().get(*start..*end),
            Self::Masked { .. } | Self::Utf16 { .. } | Self::Deflate(_) | Self::Whole(_) => None,
        }
    }

    /// Bytes that are left of encoded frames, and of payloads that are written
    /// as they are or masked.
    pub fn length(&self) -> usize {
        match self {
            Self::Encoded { bytes, start } => bytes.len().saturating_sub(*start),
            Self::Plain { start, end, .. } | Self::Masked { start, end, .. } => {
                end.saturating_sub(*start)
            }
            Self::Utf16 { .. } | Self::Deflate(_) | Self::Whole(_) => 0,
        }
    }

    /// Encodes the next chunk behind what is in `out`.
    pub fn encode(&mut self, out: &mut Vec<u8>, coder: &mut Coder) -> io::Result<Coded> {
        let begin = out.len();
        let masked = |out: &mut Vec<u8>, mask, offset: &mut u64| {
            let encoded = out.get_mut(begin..).unwrap_or_default();
            if let Some(mask) = mask {
                apply_mask(encoded, mask, *offset);
            }
            *offset = offset.saturating_add(encoded.len() as u64);
        };
        let is_last = match self {
            Self::Deflate(message) => return message.encode(out, coder),
            Self::Whole(message) => return message.encode(out, coder),
            Self::Encoded { .. } | Self::Plain { .. } => false,
            Self::Masked { payload, start, end, mask, offset } => {
                let stop = start.saturating_add(CHUNK).min(*end);
                out.extend_from_slice(payload.bytes().get(*start..stop).unwrap_or_default());
                masked(out, Some(*mask), offset);
                *start = stop;
                stop == *end
            }
            Self::Utf16 { payload, start, end, mask, offset } => {
                let units = payload.units().get(..*end).unwrap_or_default();
                let stop = chunk_end(units, start.saturating_add(CHUNK / 2).min(*end));
                append_utf8(units.get(*start..stop).unwrap_or_default(), out);
                masked(out, *mask, offset);
                *start = stop;
                stop >= *end
            }
        };
        Ok(if is_last { Coded::All } else { Coded::More })
    }

    /// Takes `count` written bytes off the front of a ready segment; says
    /// whether it is used up.
    pub fn advance(&mut self, count: usize) -> bool {
        match self {
            Self::Encoded { bytes, start } => {
                *start = start.saturating_add(count);
                *start >= bytes.len()
            }
            Self::Plain { start, end, .. } => {
                *start = start.saturating_add(count);
                *start >= *end
            }
            Self::Masked { .. } | Self::Utf16 { .. } | Self::Deflate(_) | Self::Whole(_) => false,
        }
    }
}
