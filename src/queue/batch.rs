//! Events of one source that were produced together, with their small
//! payloads packed behind each other.

use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::sync::Arc;

use super::{Event, Source, Storage};
use crate::protocol::{fill_utf16, is_ascii_text};

/// Where a payload is.
pub enum Payload {
    /// Bytes of the arena, as binary or as UTF-8.
    Bytes(Range<usize>),
    /// UTF-16 units of the arena.
    Units(Range<usize>),
    /// An object of the host's, with its length in units.
    Stored(Box<dyn Storage>, usize),
}

/// Memory for many small payloads.
#[derive(Clone, Default)]
pub struct Arena {
    /// Binary and UTF-8 payloads.
    pub bytes: Vec<u8>,
    /// UTF-16 payloads.
    pub units: Vec<u16>,
}

/// Arenas that grew beyond this are not kept for the next batch.
const KEPT_CAPACITY: usize = 256 * 1024;

/// The same for the list of events.
const KEPT_EVENTS: usize = 4096;

/// What an event costs besides its payload, so that empty messages are
/// bounded too.
const EVENT_COST: usize = 64;

/// Events of one source, in order.
#[derive(Default)]
pub struct Batch {
    pub(super) events: VecDeque<Event>,
    pub(super) arena: Arena,
    /// What `cost` was when a queue took the batch in.
    pub(super) counted: usize,
    stored: usize,
    /// Set while the batch is in a queue. Last, so that what the host's
    /// functions have made goes before them.
    pub(super) source: Option<Arc<Source>>,
}

impl Batch {
    /// Adds an event.
    pub fn push(&mut self, event: Event) {
        if let Event::Message { payload: Payload::Stored(_, length), .. }
        | Event::Frame { payload: Payload::Stored(_, length), .. } = &event
        {
            self.stored = self.stored.saturating_add(*length);
        }
        if let Event::HttpRequest(_, length) = &event {
            self.stored = self.stored.saturating_add(*length);
        }
        self.events.push_back(event);
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The memory that the batch stands for while it waits, in bytes.
    pub fn cost(&self) -> usize {
        let units = self.arena.units.len().saturating_mul(2);
        let events = self.events.len().saturating_mul(EVENT_COST);
        self.stored
            .saturating_add(self.arena.bytes.len())
            .saturating_add(units)
            .saturating_add(events)
    }

    /// Copies bytes into the arena.
    pub fn pack(&mut self, bytes: &[u8]) -> Payload {
        let start = self.arena.bytes.len();
        self.arena.bytes.extend_from_slice(bytes);
        Payload::Bytes(start..self.arena.bytes.len())
    }

    /// Copies UTF-8 text into the arena as UTF-16.
    pub fn pack_utf16(&mut self, text: &[u8]) -> Payload {
        let units = &mut self.arena.units;
        let start = units.len();
        if is_ascii_text(text) {
            units.extend(text.iter().map(|byte| u16::from(*byte)));
        } else {
            units.resize(start.saturating_add(text.len()), 0);
            let written = fill_utf16(text, units.get_mut(start..).unwrap_or_default());
            units.truncate(start.saturating_add(written));
        }
        Payload::Units(start..units.len())
    }

    /// Empties the batch and keeps its memory for the next one.
    pub(super) fn recycled(mut self) -> Self {
        self.source = None;
        self.events.clear();
        self.arena.bytes.clear();
        self.arena.units.clear();
        self.counted = 0;
        self.stored = 0;
        let arena = &self.arena;
        if arena.bytes.capacity().saturating_add(arena.units.capacity()) > KEPT_CAPACITY {
            self.arena = Arena::default();
        }
        if self.events.capacity() > KEPT_EVENTS {
            self.events = VecDeque::new();
        }
        self
    }

    /// Whether it came from `source`.
    pub(super) fn is_of(&self, source: &Arc<Source>) -> bool {
        self.source.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, source))
    }

    /// Moves what was not handed out yet to a batch of its own. The arena is
    /// copied: the host may be looking at it.
    pub(super) fn split_rest(&mut self) -> Self {
        Self {
            source: None,
            events: mem::take(&mut self.events),
            arena: self.arena.clone(),
            counted: 0,
            stored: self.stored,
        }
    }
}
