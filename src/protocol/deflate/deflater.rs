//! Deflating messages (RFC 7692 section 7.2.1).

use std::cell::RefCell;

use flate2::{Compress, CompressError, Compression, FlushCompress};

use super::super::Role;
use super::negotiation::Deflate;
use crate::sync::Local;

/// The end of a flushed block, left off the end of each message.
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// zlib's compressor needs 9. With 9 it refers 250 bytes back at the most, which
/// is within the 256 of a peer that asks for 8.
const LEAST_WINDOW_BITS: u8 = 9;

/// Room for what zlib writes at once.
const ROOM: usize = 4 * 1024;

/// Streams without a context that a thread keeps for its next messages.
const SPARE_STREAMS: usize = 4;

thread_local! {
    static SPARE: RefCell<Vec<(DeflateKey, Compress)>> = const { RefCell::new(Vec::new()) };
}

/// What streams differ in: the level and the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeflateKey {
    level: u8,
    window_bits: u8,
}

/// What comes behind a piece of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flush {
    /// More of it: output may be held back.
    None,
    /// More of it, later: the receiver gets all that is there.
    Sync,
    /// Nothing: the message is complete.
    Message,
}

/// Deflates what one side sends. Owns memory from its first message on if it
/// takes its context over, otherwise during a message only.
pub struct Deflater {
    key: DeflateKey,
    takes_over: bool,
    stream: Option<Compress>,
}

impl Deflater {
    /// For what a `role` sends; `level` is 1, fastest, to 9, smallest.
    pub fn new(role: Role, agreed: &Deflate, level: u8) -> Self {
        let (window_bits, forgets) = match role {
            Role::Client => (agreed.client_max_window_bits, agreed.client_no_context_takeover),
            Role::Server => (agreed.server_max_window_bits, agreed.server_no_context_takeover),
        };
        let window_bits = window_bits.max(LEAST_WINDOW_BITS);
        Self { key: DeflateKey { level, window_bits }, takes_over: !forgets, stream: None }
    }

    /// Whether messages refer to those before them. If not, equal messages are
    /// equal when deflated by streams of equal keys.
    pub fn takes_over(&self) -> bool {
        self.takes_over
    }

    /// What streams differ in.
    pub fn key(&self) -> DeflateKey {
        self.key
    }

    /// Appends the next piece of a message, deflated, to `out`.
    ///
    /// # Errors
    ///
    /// zlib found its own state to be wrong.
    pub fn deflate(
        &mut self,
        mut input: &[u8],
        flush: Flush,
        out: &mut Vec<u8>,
    ) -> Result<(), CompressError> {
        let stream = self.stream.get_or_insert_with(|| new_stream(self.key));
        let zlib_flush =
            if flush == Flush::None { FlushCompress::None } else { FlushCompress::Sync };
        let start = out.len();
        loop {
            out.reserve(ROOM);
            let before = stream.total_in();
            stream.compress_vec(input, out, zlib_flush)?;
            let took = stream.total_in().saturating_sub(before) as usize;
            input = input.get(took..).unwrap_or_default();
            if input.is_empty() && out.len() < out.capacity() {
                break;
            }
        }
        if flush == Flush::Message {
            let end = out.len().saturating_sub(TAIL.len()).max(start);
            if out.get(end..) == Some(&TAIL) {
                out.truncate(end);
            } else {
                // Nothing came since the last flush: an empty block (section
                // 7.2.3.6).
                out.push(0x00);
            }
            self.forget();
        }
        Ok(())
    }

    fn forget(&mut self) {
        if !self.takes_over
            && let Some(mut stream) = self.stream.take()
        {
            let mut spare = Local::take(&SPARE);
            if spare.len() >= SPARE_STREAMS {
                // The one that was not needed for longest.
                spare.remove(0);
            }
            stream.reset();
            spare.push((self.key, stream));
        }
    }
}

fn new_stream(key: DeflateKey) -> Compress {
    let mut spare = Local::take(&SPARE);
    let place = spare.iter().position(|(of, _)| *of == key);
    match place.map(|place| spare.remove(place)) {
        Some((_, stream)) => stream,
        None => {
            let level = Compression::new(u32::from(key.level));
            Compress::new_with_window_bits(level, false, key.window_bits)
        }
    }
}
