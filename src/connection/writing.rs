//! Giving queued bytes to the operating system, from the host's thread or
//! from the engine.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};

use super::deflating::{Coded, Coder};
use super::outgoing::{recycle, spare_block};
use super::segment::{CHUNK, Segment};
use crate::net::Writer;
use crate::sync::Local;

/// Most slices in one write.
const MOST_SLICES: usize = 64;

/// Bytes masked, converted or compressed before others get their turn.
const MOST_ENCODED: usize = 1024 * 1024;

thread_local! {
    static WORK: RefCell<VecDeque<Segment>> = const { RefCell::new(VecDeque::new()) };
}

/// How far writing came.
#[derive(Debug)]
pub(super) enum Progress {
    /// Everything was written.
    Done,
    /// The system takes no more now.
    Blocked,
    /// There is more, but others want to write, too.
    Busy,
    /// The stream is broken.
    Failed(io::Error),
}

/// An empty list, whose memory this thread keeps.
pub(super) fn work() -> Local<VecDeque<Segment>> {
    Local::take(&WORK)
}

/// Writes from the front of `work` until it is empty or the system takes no
/// more. Says how many bytes were written.
pub(super) fn write(
    writer: &Writer,
    work: &mut VecDeque<Segment>,
    coder: &mut Coder,
) -> (u64, Progress) {
    let (mut written, mut encoded) = (0u64, 0usize);
    loop {
        match prepare(work, coder) {
            Ok(length) => encoded = encoded.saturating_add(length),
            Err(error) => return (written, Progress::Failed(error)),
        }
        match work.front().map(Segment::ready) {
            None => return (written, Progress::Done),
            Some(None) => return (written, Progress::Busy),
            Some(Some(_)) => {}
        }
        match write_once(writer, work) {
            Ok(count) => {
                written = written.saturating_add(count as u64);
                advance(work, count);
                if encoded > MOST_ENCODED && !work.is_empty() {
                    return (written, Progress::Busy);
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return (written, Progress::Blocked);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (written, Progress::Failed(error)),
        }
    }
}

/// Makes segments at the front, one chunk of bytes altogether, ready to be
/// written as they are. Gives the bytes that were taken for it.
fn prepare(work: &mut VecDeque<Segment>, coder: &mut Coder) -> io::Result<usize> {
    let (mut place, mut ready, mut taken) = (0, 0usize, 0usize);
    while place < MOST_SLICES && ready < CHUNK && taken < MOST_ENCODED {
        if matches!(work.get(place), Some(Segment::Whole(_))) && ready >= coder.ahead {
            break;
        }
        match work.get(place).map(Segment::ready) {
            Some(Some([])) => {
                work.remove(place).into_iter().for_each(recycle);
            }
            Some(Some(bytes)) => {
                ready = ready.saturating_add(bytes.len());
                place += 1;
            }
            Some(None) => {
                taken = taken.saturating_add(encode(work, place, ready, coder)?);
            }
            None => break,
        }
    }
    Ok(taken)
}

/// Encodes what begins at `place` into one block: a chunk of a large segment,
/// or several small ones. `ready` bytes come before it. Gives the bytes that
/// it took.
fn encode(
    work: &mut VecDeque<Segment>,
    place: usize,
    ready: usize,
    coder: &mut Coder,
) -> io::Result<usize> {
    let mut bytes = spare_block();
    let before = coder.grown;
    let mut became = Vec::new();
    while bytes.len() < CHUNK && became.is_empty() {
        let Some(segment) = work.get_mut(place).filter(|segment| segment.ready().is_none()) else {
            break;
        };
        let waits = matches!(segment, Segment::Whole(_));
        if waits && ready.saturating_add(bytes.len()) >= coder.ahead {
            break;
        }
        match segment.encode(&mut bytes, coder)? {
            Coded::More => break,
            Coded::All => {
                work.remove(place);
            }
            Coded::Became(segments) => {
                work.remove(place);
                became = segments;
            }
        }
    }
    for segment in became.into_iter().rev() {
        work.insert(place, segment);
    }
    let shrunk = usize::try_from(before.saturating_sub(coder.grown)).unwrap_or_default();
    let taken = bytes.len().saturating_add(shrunk);
    let encoded = Segment::Encoded { bytes, start: 0 };
    match encoded.ready() {
        // A compressor may hold everything back.
        Some([]) => recycle(encoded),
        _ => work.insert(place, encoded),
    }
    Ok(taken)
}

fn write_once(writer: &Writer, work: &VecDeque<Segment>) -> io::Result<usize> {
    let mut slices = [IoSlice::new(&[]); MOST_SLICES];
    let ready = work.iter().map_while(Segment::ready);
    let count =
        slices.iter_mut().zip(ready).map(|(slice, bytes)| *slice = IoSlice::new(bytes)).count();
    match writer.try_write(slices.get(..count).unwrap_or_default())? {
        0 => Err(ErrorKind::WriteZero.into()),
        count => Ok(count),
    }
}

fn advance(work: &mut VecDeque<Segment>, mut count: usize) {
    while count > 0 {
        let Some(front) = work.front_mut() else { return };
        let length = front.ready().map_or(0, <[u8]>::len);
        if !front.advance(count.min(length)) {
            return;
        }
        count = count.saturating_sub(length);
        if let Some(written) = work.pop_front() {
            recycle(written);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::message::Message;
    use crate::connection::waiting::{self, Waiting, Whole};
    use crate::protocol::{Masks, Role};

    #[test]
    fn messages_that_may_be_dropped_are_not_encoded_far_ahead() {
        const LENGTH: usize = 1000;
        let whole = |_| {
            let (kind, payload) = Message::Binary(&[7; LENGTH]).owned();
            let slot =
                waiting::slot(Waiting { kind, payload, length: LENGTH as u64, compress: false });
            let whole = Whole { slot, masks: Masks::of(Role::Server), frame_size: u64::MAX };
            Segment::Whole(Box::new(whole))
        };
        let mut work: VecDeque<_> = (0..20).map(whole).collect();
        let mut coder = Coder { ahead: 4096, ..Coder::default() };
        for _ in 0..2 {
            prepare(&mut work, &mut coder).expect("encoded");
            let ready: usize = work.iter().filter_map(Segment::ready).map(<[u8]>::len).sum();
            assert_eq!((ready, coder.grown), (5 * (LENGTH + 4), 5 * 4), "4096 bytes and one more");
            let waits = |segment: &&Segment| match segment {
                Segment::Whole(whole) => whole.slot.length().is_some(),
                _ => false,
            };
            assert_eq!(work.iter().filter(waits).count(), 15);
        }
    }
}
