//! Giving queued bytes to the operating system, from the host's thread or
//! from the engine.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};

use super::outgoing::{recycle, spare_block};
use super::segment::Segment;
use crate::net::Writer;
use crate::sync::Local;

/// Most slices in one write.
const MOST_SLICES: usize = 64;

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
    /// The stream is broken.
    Failed(io::Error),
}

/// An empty list, whose memory this thread keeps.
pub(super) fn work() -> Local<VecDeque<Segment>> {
    Local::take(&WORK)
}

/// Writes from the front of `work` until it is empty or the system takes no
/// more. Says how many bytes were written.
pub(super) fn write(writer: &Writer, work: &mut VecDeque<Segment>) -> (u64, Progress) {
    let mut written = 0u64;
    loop {
        prepare(work);
        if work.is_empty() {
            return (written, Progress::Done);
        }
        match write_once(writer, work) {
            Ok(count) => {
                written = written.saturating_add(count as u64);
                advance(work, count);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return (written, Progress::Blocked);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (written, Progress::Failed(error)),
        }
    }
}

/// Makes the first two segments, a frame's header and its payload, ready to
/// be written as they are.
fn prepare(work: &mut VecDeque<Segment>) {
    let mut place = 0;
    while place < 2 {
        match work.get(place).map(Segment::ready) {
            Some(Some([])) => {
                work.remove(place).into_iter().for_each(recycle);
            }
            Some(Some(_)) => place += 1,
            Some(None) => {
                let Some(mut segment) = work.remove(place) else { return };
                let mut bytes = spare_block();
                if !segment.encode(&mut bytes) {
                    work.insert(place, segment);
                }
                work.insert(place, Segment::Encoded { bytes, start: 0 });
            }
            None => return,
        }
    }
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
