//! From pieces of a message to one payload: small ones packed into the arena,
//! large ones written into the host's own object.

use std::sync::Arc;

use super::{Batch, Delivery, OutOfMemory, Payload, PayloadKind, Storage, TextForm};
use crate::protocol::{Boundary, Data, MessageKind, fill_utf16};

/// Storage for a declared length is made at once up to this many bytes; past
/// it storage grows with what has arrived.
const TRUSTED_LENGTH: usize = 16 * 1024;

/// Storage is never larger than this many times what has arrived.
const GROWTH: usize = 4;

/// Builds payloads from the pieces in which they arrive.
pub struct Assembler {
    partial: Partial,
    /// Last: the host's objects go before its functions.
    delivery: Arc<Delivery>,
}

enum Partial {
    Nothing,
    /// Still small enough for the arena: bytes, or UTF-8.
    Small(Vec<u8>),
    Large(Large),
}

struct Large {
    kind: PayloadKind,
    storage: Box<dyn Storage>,
    length: usize,
    capacity: usize,
}

/// Memory for bytes that are read straight from the stream.
pub struct Room<'a>(&'a mut [u8]);

impl Room<'_> {
    /// The memory.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.0
    }
}

impl Assembler {
    /// Builds payloads for the host of `delivery`.
    pub fn new(delivery: Arc<Delivery>) -> Self {
        Self { delivery, partial: Partial::Nothing }
    }

    /// Adds a piece; the payload if the message is complete.
    pub fn add(
        &mut self,
        data: &Data<'_>,
        batch: &mut Batch,
    ) -> Result<Option<Payload>, OutOfMemory> {
        let complete = data.ends == Boundary::Message;
        if complete
            && matches!(self.partial, Partial::Nothing)
            && data.bytes.len() <= self.delivery.small()
        {
            return Ok(Some(self.pack(data.kind, data.bytes, batch)));
        }
        self.append(data)?;
        if complete { self.finish(data.kind, batch).map(Some) } else { Ok(None) }
    }

    /// Memory to read up to `most` bytes of a large binary message into, if
    /// such a message is being built.
    pub fn room(&mut self, most: u64) -> Option<Room<'_>> {
        let Partial::Large(large) = &mut self.partial else { return None };
        if large.kind != PayloadKind::Binary {
            return None;
        }
        if large.capacity == large.length {
            large.reserve(1, most).ok()?;
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let end = large.capacity.min(large.length.saturating_add(most));
        large.storage.bytes().get_mut(large.length..end).map(Room)
    }

    /// `count` bytes were read into the room; the payload if the message is
    /// complete.
    pub fn filled(
        &mut self,
        count: usize,
        ends: Boundary,
        batch: &mut Batch,
    ) -> Result<Option<Payload>, OutOfMemory> {
        if let Partial::Large(large) = &mut self.partial {
            large.length = large.length.saturating_add(count).min(large.capacity);
        }
        if ends == Boundary::Message {
            self.finish(MessageKind::Binary, batch).map(Some)
        } else {
            Ok(None)
        }
    }

    fn append(&mut self, data: &Data<'_>) -> Result<(), OutOfMemory> {
        let have = match &mut self.partial {
            Partial::Nothing => 0,
            Partial::Small(bytes) => bytes.len(),
            Partial::Large(large) => return large.extend(data.bytes, data.rest_of_frame),
        };
        let arrived = have.saturating_add(data.bytes.len());
        let known = data.rest_of_frame.saturating_add(arrived as u64);
        if known <= self.delivery.small() as u64 {
            match &mut self.partial {
                Partial::Small(bytes) => bytes.extend_from_slice(data.bytes),
                partial => *partial = Partial::Small(data.bytes.to_vec()),
            }
            return Ok(());
        }
        let mut large = Large::new(&self.delivery, data.kind, arrived, known)?;
        if let Partial::Small(bytes) = &self.partial {
            large.extend(bytes, data.rest_of_frame)?;
        }
        large.extend(data.bytes, data.rest_of_frame)?;
        self.partial = Partial::Large(large);
        Ok(())
    }

    fn finish(&mut self, kind: MessageKind, batch: &mut Batch) -> Result<Payload, OutOfMemory> {
        match std::mem::replace(&mut self.partial, Partial::Nothing) {
            Partial::Nothing => Ok(self.pack(kind, &[], batch)),
            Partial::Small(bytes) => Ok(self.pack(kind, &bytes, batch)),
            Partial::Large(mut large) => {
                large.storage.resize(large.length)?;
                Ok(Payload::Stored(large.storage, large.length))
            }
        }
    }

    fn pack(&self, kind: MessageKind, bytes: &[u8], batch: &mut Batch) -> Payload {
        match payload_kind(kind, self.delivery.text) {
            PayloadKind::Utf16 => batch.pack_utf16(bytes),
            PayloadKind::Binary | PayloadKind::Utf8 => batch.pack(bytes),
        }
    }
}

impl Large {
    fn new(
        delivery: &Delivery,
        kind: MessageKind,
        arrived: usize,
        known: u64,
    ) -> Result<Self, OutOfMemory> {
        let kind = payload_kind(kind, delivery.text);
        let most = arrived.saturating_mul(GROWTH).max(TRUSTED_LENGTH);
        let capacity = usize::try_from(known).map_or(most, |known| known.min(most));
        let storage = delivery.host.create(kind, capacity)?;
        Ok(Self { kind, storage, length: 0, capacity })
    }

    fn extend(&mut self, bytes: &[u8], rest: u64) -> Result<(), OutOfMemory> {
        // A byte of UTF-8 is one unit of UTF-16 at the most.
        self.reserve(bytes.len(), rest)?;
        let free = self.length..self.capacity;
        self.length += match self.kind {
            PayloadKind::Utf16 => match self.storage.units().get_mut(free) {
                Some(units) => fill_utf16(bytes, units),
                None => 0,
            },
            PayloadKind::Binary | PayloadKind::Utf8 => {
                let end = self.length.saturating_add(bytes.len());
                if let Some(place) = self.storage.bytes().get_mut(self.length..end) {
                    place.copy_from_slice(bytes);
                }
                bytes.len()
            }
        };
        Ok(())
    }

    /// Makes room for `count` units, growing towards the `rest` that is still
    /// to come, as far as what has arrived allows; and by a quarter at least,
    /// so that many small frames don't cost a copy each.
    fn reserve(&mut self, count: usize, rest: u64) -> Result<(), OutOfMemory> {
        let needed = self.length.saturating_add(count);
        if needed <= self.capacity {
            return Ok(());
        }
        let rest = usize::try_from(rest).unwrap_or(usize::MAX);
        let most = needed.saturating_mul(GROWTH).max(TRUSTED_LENGTH);
        let capacity = needed.saturating_add(rest).min(most).max(needed.saturating_add(needed / 4));
        self.storage.resize(capacity)?;
        self.capacity = capacity;
        Ok(())
    }
}

fn payload_kind(kind: MessageKind, text: TextForm) -> PayloadKind {
    match kind {
        MessageKind::Text => text.payload(),
        MessageKind::Binary => PayloadKind::Binary,
    }
}
