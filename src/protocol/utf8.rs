//! The check of text that arrives in pieces (RFC 6455 section 8.1): it fails
//! at the first byte that no continuation can make valid.

use super::ProtocolError;

/// The beginning of a character whose rest has not arrived.
#[derive(Default)]
pub(super) struct PartialCharacter {
    bytes: [u8; 4],
    length: usize,
}

impl PartialCharacter {
    /// Bytes kept: three at the most.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Bytes that the character still needs.
    pub fn missing(&self) -> usize {
        let [first, ..] = self.bytes;
        let all: usize = match first {
            0xF0.. => 4,
            0xE0.. => 3,
            _ => 2,
        };
        all.saturating_sub(self.length)
    }

    /// Adds at most the missing bytes. When the character is complete, its
    /// length: `taken` has it, and it is not kept any longer. Otherwise 0.
    pub fn add(&mut self, bytes: &[u8]) -> Result<usize, ProtocolError> {
        for (place, byte) in self.bytes.iter_mut().skip(self.length).zip(bytes) {
            *place = *byte;
            self.length = self.length.saturating_add(1);
        }
        match std::str::from_utf8(self.taken(self.length)) {
            Ok(_) => Ok(std::mem::take(&mut self.length)),
            Err(error) if error.error_len().is_none() => Ok(0),
            Err(_) => Err(ProtocolError::InvalidText),
        }
    }

    /// The first `length` bytes.
    pub fn taken(&self, length: usize) -> &[u8] {
        self.bytes.get(..length).unwrap_or_default()
    }

    /// Keeps the incomplete character at the end of `text`; gives the length
    /// of what comes before it.
    pub fn split(&mut self, text: &[u8]) -> Result<usize, ProtocolError> {
        let error = match simdutf8::compat::from_utf8(text) {
            Ok(_) => return Ok(text.len()),
            Err(error) => error,
        };
        if error.error_len().is_some() {
            return Err(ProtocolError::InvalidText);
        }
        let whole = error.valid_up_to();
        self.add(text.get(whole..).unwrap_or_default())?;
        Ok(whole)
    }
}

/// Checks text that ends where its message ends.
#[inline]
pub(super) fn check(text: &[u8]) -> Result<(), ProtocolError> {
    match simdutf8::basic::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(ProtocolError::InvalidText),
    }
}
