//! Room for what is sent: what `max_unsent` leaves, or what older messages make.

use std::sync::Arc;

use super::outgoing::{Outgoing, Piece};
use super::segment::Segment;
use super::settings::Overflow;
use super::waiting::Slot;

/// What was dropped, to be given back to the host without a lock.
pub(super) type Dropped = Vec<Segment>;

/// There is no room for a message.
pub(super) struct Full;

impl Outgoing {
    /// Makes room for `length` bytes more, if need be by dropping what waits
    /// longest, and only if that helps.
    pub fn make_room(&mut self, length: u64, piece: Piece) -> Result<Dropped, Full> {
        let replaced = match piece {
            Piece::Latest(topic) => self.topics.waiting(topic),
            _ => None,
        };
        let (keep, before) = replaced.map_or((None, 0), |(slot, length)| (Some(slot), length));
        let mut most = self.settings.max_unsent;
        if self.writing && self.settings.overflow == Overflow::DropOldest {
            // What another thread is writing can't be dropped: `trim` does it.
            most = most.saturating_add(self.taken);
        }
        let all = self.unsent.saturating_sub(before);
        let over = all.saturating_add(length).saturating_sub(most);
        if over == 0 || all == 0 {
            return Ok(Dropped::new());
        }
        if self.settings.overflow != Overflow::DropOldest {
            return Err(Full);
        }
        let keep = keep.cloned();
        let mut waits = 0u64;
        for length in self.segments.iter().filter_map(|segment| droppable(segment, keep.as_ref())) {
            waits = waits.saturating_add(length);
            if waits >= over {
                break;
            }
        }
        if waits < over && waits < all {
            return Err(Full);
        }
        Ok(self.drop_oldest(over, keep.as_ref()))
    }

    /// Drops what came while a thread was writing and is too much.
    pub fn trim(&mut self) -> Dropped {
        let over = self.unsent.saturating_sub(self.settings.max_unsent);
        if over == 0 || self.settings.overflow != Overflow::DropOldest {
            return Dropped::new();
        }
        self.drop_oldest(over, None)
    }

    fn drop_oldest(&mut self, over: u64, keep: Option<&Arc<Slot>>) -> Dropped {
        let (mut dropped, mut kept, mut freed) = (Dropped::new(), Vec::new(), 0u64);
        while freed < over {
            let Some(segment) = self.segments.pop_front() else { break };
            match droppable(&segment, keep) {
                Some(length) => {
                    freed = freed.saturating_add(length);
                    dropped.push(segment);
                }
                None => kept.push(segment),
            }
        }
        for segment in kept.into_iter().rev() {
            self.segments.push_front(segment);
        }
        let count = dropped.len() as u64;
        self.unsent = self.unsent.saturating_sub(freed);
        self.dropped = self.dropped.saturating_add(count);
        self.messages = self.messages.saturating_sub(count);
        dropped
    }
}

/// The length of a message that may be dropped.
fn droppable(segment: &Segment, keep: Option<&Arc<Slot>>) -> Option<u64> {
    let Segment::Whole(whole) = segment else { return None };
    let is_kept = keep.is_some_and(|keep| Arc::ptr_eq(keep, &whole.slot));
    if is_kept { None } else { whole.slot.length() }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::connection::outgoing::Phase;
    use crate::connection::{Message, Settings};
    use crate::protocol::{Masks, Role};

    fn outgoing(max_unsent: u64) -> Outgoing {
        let mut settings = Settings::new(Role::Server);
        settings.max_unsent = max_unsent;
        settings.overflow = Overflow::DropOldest;
        Outgoing::new(Masks::of(Role::Server), settings, Phase::Open)
    }

    fn push(out: &mut Outgoing, piece: Piece, length: u64) -> bool {
        let content = vec![b'x'; usize::try_from(length).unwrap_or_default()];
        let is_room = out.make_room(length, piece).is_ok();
        if is_room {
            out.push(&Message::Binary(&content), length, piece);
        }
        is_room
    }

    fn lengths(segments: &VecDeque<Segment>) -> Vec<Option<u64>> {
        segments.iter().map(|segment| droppable(segment, None)).collect()
    }

    #[test]
    fn what_comes_while_a_thread_writes_is_trimmed_afterwards_oldest_first() {
        let mut out = outgoing(100);
        for length in [40, 41] {
            assert!(push(&mut out, Piece::Message, length));
        }
        let mut work = VecDeque::new();
        out.coder = out.take(&mut work);
        for length in [42, 43] {
            assert!(push(&mut out, Piece::Message, length));
        }
        assert_eq!((out.unsent, out.dropped), (166, 0), "they may yet be written");
        // At most the limit comes to what is being written.
        assert!(push(&mut out, Piece::Message, 44));
        assert_eq!((lengths(&out.segments), out.dropped), (vec![Some(43), Some(44)], 1));
        assert!(!push(&mut out, Piece::Message, 200));
        out.writing = false;
        out.put_back(&mut work);
        out.trim();
        assert_eq!(lengths(&out.segments), [Some(43), Some(44)]);
        assert_eq!((out.unsent, out.dropped, out.messages), (87, 3, 2));
    }

    #[test]
    fn a_topic_is_replaced_while_a_thread_has_it() {
        let mut out = outgoing(100);
        let (topic, mut work) = (Piece::Latest(9), VecDeque::new());
        assert!(push(&mut out, topic, 40));
        out.coder = out.take(&mut work);
        assert!(push(&mut out, topic, 50));
        assert_eq!((lengths(&work), out.segments.len()), (vec![Some(50)], 0));
        assert_eq!((out.unsent, out.dropped, out.messages), (50, 1, 1));
    }
}
