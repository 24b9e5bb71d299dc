//! Inflating messages (RFC 7692 section 7.2.2).

use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};

use super::super::{ProtocolError, Role};
use super::negotiation::Deflate;
use crate::sync::Local;

/// What a sender leaves off the end of each message.
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// Inflating needs the sender's window or a larger one; zlib takes 9 or more.
const LEAST_WINDOW_BITS: u8 = 9;

/// Streams without a context that a thread keeps for its next messages.
const SPARE_STREAMS: usize = 4;

/// What is inflated at once, at most.
const ROOM_SIZE: usize = 64 * 1024;

/// Streams that end one after the other without giving anything: each costs
/// much more than the two bytes that it takes.
const MOST_ENDS: u32 = 16;

thread_local! {
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static SPARE: RefCell<Vec<Decompress>> = const { RefCell::new(Vec::new()) };
}

/// Inflates what one peer sends. Owns memory from its first compressed message
/// on if the peer takes its context over, otherwise during a message only.
pub struct Inflater {
    window_bits: u8,
    takes_over: bool,
    stream: Option<Decompress>,
    /// How much of TAIL was read.
    tail: usize,
    /// How often the deflate stream ended since it gave anything.
    ended: u32,
    /// The message has a payload.
    begun: bool,
    /// The whole message was inflated.
    complete: bool,
    /// Where it is inflated; there while it is needed.
    room: Vec<u8>,
    /// How much at the front of it is kept.
    kept: usize,
}

impl Inflater {
    /// For what the peer of a `role` sends.
    pub fn new(role: Role, agreed: &Deflate) -> Self {
        let (window_bits, forgets) = match role {
            Role::Client => (agreed.server_max_window_bits, agreed.server_no_context_takeover),
            Role::Server => (agreed.client_max_window_bits, agreed.client_no_context_takeover),
        };
        // Streams that forget are shared: as wide as any peer needs.
        let window_bits = if forgets { 15 } else { window_bits.max(LEAST_WINDOW_BITS) };
        Self {
            window_bits,
            takes_over: !forgets,
            stream: None,
            tail: 0,
            ended: 0,
            begun: false,
            complete: false,
            room: Vec::new(),
            kept: 0,
        }
    }

    /// Puts `bytes` in front of what is inflated next; no more than a character.
    pub fn keep(&mut self, bytes: &[u8]) {
        if self.room.is_empty() {
            self.room = std::mem::take(&mut *Local::take(&ROOM));
            self.room.resize(ROOM_SIZE, 0);
        }
        for (place, byte) in self.room.iter_mut().zip(bytes) {
            *place = *byte;
        }
        self.kept = bytes.len();
    }

    /// The first `length` bytes of what was kept and inflated.
    pub fn output(&self, length: usize) -> &[u8] {
        self.room.get(..length).unwrap_or_default()
    }

    /// Whether `finish` came to the message's end.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Gives the room to the next connection that needs one.
    pub fn rest(&mut self) {
        if !self.room.is_empty() {
            *Local::take(&ROOM) = std::mem::take(&mut self.room);
        }
    }

    /// Inflates at most `most` bytes of `input`: how many were read and written.
    /// Fewer are read than there are only if there is no room for more.
    pub fn inflate(&mut self, input: &[u8], most: u64) -> Result<(usize, usize), ProtocolError> {
        let stream = self.stream.get_or_insert_with(|| match self.takes_over {
            true => Decompress::new_with_window_bits(false, self.window_bits),
            false => spare_stream(self.window_bits),
        });
        let room = self.room.get_mut(self.kept..).unwrap_or_default();
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(room.len());
        let room = room.get_mut(..most).unwrap_or_default();
        let (mut read, mut written) = (0usize, 0usize);
        self.complete = false;
        self.begun |= !input.is_empty();
        loop {
            let input = input.get(read..).unwrap_or_default();
            let room = room.get_mut(written..).unwrap_or_default();
            let before = (stream.total_in(), stream.total_out());
            let status = stream
                .decompress(input, room, FlushDecompress::None)
                .map_err(|_| ProtocolError::InvalidDeflate)?;
            let took = stream.total_in().saturating_sub(before.0) as usize;
            let gave = stream.total_out().saturating_sub(before.1) as usize;
            let (input_left, room_left) = (input.len() > took, room.len() > gave);
            read = read.saturating_add(took);
            written = written.saturating_add(gave);
            if gave > 0 {
                self.ended = 0;
            }
            if let Status::StreamEnd = status {
                // A block with BFINAL ends a deflate stream, not the message
                // (RFC 7692 section 7.2.3.4).
                stream.reset(false);
                self.ended = self.ended.saturating_add(1);
                if self.ended > MOST_ENDS {
                    return Err(ProtocolError::InvalidDeflate);
                }
            } else if took == 0 && gave == 0 && input_left && room_left {
                return Err(ProtocolError::InvalidDeflate);
            }
            if !(input_left && room_left) {
                self.complete = room_left;
                return Ok((read, written));
            }
        }
    }

    /// Behind the last byte of a message: inflates at most `most` bytes of what
    /// is left of it, and says how many.
    pub fn finish(&mut self, most: u64) -> Result<usize, ProtocolError> {
        if !self.begun {
            // Against section 7.2.3.6, but clear: no tail without a block.
            self.complete = true;
            self.end_message();
            return Ok(0);
        }
        let (read, written) = self.inflate(TAIL.get(self.tail..).unwrap_or_default(), most)?;
        self.tail = self.tail.saturating_add(read);
        if self.complete {
            self.tail = 0;
            self.begun = false;
            self.end_message();
        }
        Ok(written)
    }

    fn end_message(&mut self) {
        if std::mem::take(&mut self.ended) > 0
            && let Some(stream) = &mut self.stream
        {
            // The tail does not belong to a stream that has ended.
            stream.reset(false);
        }
        if !self.takes_over
            && let Some(mut stream) = self.stream.take()
        {
            let mut spare = Local::take(&SPARE);
            if spare.len() < SPARE_STREAMS {
                stream.reset(false);
                spare.push(stream);
            }
        }
    }
}

fn spare_stream(window_bits: u8) -> Decompress {
    let spare = Local::take(&SPARE).pop();
    spare.unwrap_or_else(|| Decompress::new_with_window_bits(false, window_bits))
}
