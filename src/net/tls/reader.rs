//! The half of a TLS stream that reads. It keeps what has arrived of a record,
//! and plaintext for which there was no room: nothing while idle.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::ReadBuf;

use super::error::TlsError;
use super::facts::Facts;
use super::machine::{OVERHEAD, RECORD, Step};
use super::session::{Rest, Session};
use crate::net::Reader;
use crate::sync::Local;

/// Ciphertext that is read at once.
const MOST_READ: usize = 128 * 1024;

/// Ciphertext that waits for its end: a record, or a message of the handshake
/// in several.
const MOST_KEPT: usize = 256 * 1024;

thread_local! {
    /// What this thread reads ciphertext into, for whichever connection.
    static CIPHER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The half that reads.
pub struct TlsReader {
    raw: Box<Reader>,
    session: Arc<Session>,
    /// Not decrypted yet.
    cipher: Vec<u8>,
    /// There may be a whole record in `cipher`.
    unread: bool,
    /// Decrypted, and not taken yet.
    plain: Vec<u8>,
    taken: usize,
    end: Option<End>,
}

/// How the stream ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The peer said so.
    Clean,
    /// TCP ended: somebody may have cut the stream off (RFC 8446 section 6.1).
    Truncated,
}

impl TlsReader {
    pub(super) fn new(raw: Reader, session: Arc<Session>, rest: Rest) -> Self {
        let Rest { mut cipher, mut plain } = rest;
        cipher.shrink_to_fit();
        plain.shrink_to_fit();
        let (raw, unread) = (Box::new(raw), !cipher.is_empty());
        Self { raw, session, cipher, unread, plain, taken: 0, end: None }
    }

    /// Whether the stream ended without the peer's close_notify.
    pub fn is_truncated(&self) -> bool {
        self.end == Some(End::Truncated)
    }

    /// Reads what is there.
    pub fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        loop {
            self.take(buffer);
            if buffer.filled().len() > before || self.end.is_some() || buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            let result = match std::mem::take(&mut self.unread) {
                true => {
                    let mut cipher = std::mem::take(&mut self.cipher);
                    let used = self.decrypt(&mut cipher, buffer);
                    used.map(|used| self.keep(&cipher, used))
                }
                false => ready!(self.receive(cx, buffer)),
            };
            self.session.poll_flush(cx);
            if let Err(error) = result {
                return Poll::Ready(Err(error));
            }
        }
    }

    /// Hands on what was decrypted before.
    fn take(&mut self, buffer: &mut ReadBuf<'_>) {
        let rest = self.plain.get(self.taken..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        let part = rest.get(..buffer.remaining()).unwrap_or(rest);
        buffer.put_slice(part);
        self.taken = self.taken.saturating_add(part.len());
        if self.taken >= self.plain.len() {
            (self.plain, self.taken) = (Vec::new(), 0);
        }
    }

    /// Reads ciphertext and decrypts it.
    fn receive(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut memory = Local::take(&CIPHER);
        let kept = self.cipher.len();
        // As much as there is room for, so that little has to be kept.
        let wanted = buffer.remaining().saturating_add(RECORD + OVERHEAD).min(MOST_READ);
        let end = kept.saturating_add(wanted);
        if memory.len() < end {
            memory.resize(end.max(MOST_READ), 0);
        }
        let mut raw = ReadBuf::new(memory.get_mut(kept..end).unwrap_or_default());
        ready!(self.raw.poll_read(cx, &mut raw))?;
        let read = raw.filled().len();
        if read == 0 {
            self.end = Some(End::Truncated);
            return Poll::Ready(Ok(()));
        }
        let bytes = memory.get_mut(..kept.saturating_add(read)).unwrap_or_default();
        if let Some(place) = bytes.get_mut(..kept) {
            place.copy_from_slice(&self.cipher);
        }
        let used = self.decrypt(bytes, buffer)?;
        self.keep(bytes, used);
        let is_too_much = self.cipher.len() > MOST_KEPT;
        if memory.len() > 2 * MOST_READ {
            memory.truncate(MOST_READ);
            memory.shrink_to_fit();
        }
        Poll::Ready(match is_too_much {
            true => Err(ErrorKind::InvalidData.into()),
            false => Ok(()),
        })
    }

    /// Keeps what was not used.
    fn keep(&mut self, bytes: &[u8], used: usize) {
        let rest = bytes.get(used..).unwrap_or_default();
        match rest.is_empty() {
            true => self.cipher = Vec::new(),
            false => self.cipher = rest.to_vec(),
        }
    }

    /// Decrypts records until there is no room for more or none is complete. So
    /// many bytes were used.
    fn decrypt(&mut self, bytes: &mut [u8], buffer: &mut ReadBuf<'_>) -> io::Result<usize> {
        let mut used = 0usize;
        loop {
            let Self { session, plain, .. } = self;
            let rest = bytes.get_mut(used..).unwrap_or_default();
            let (count, step) = session.read(rest, &mut |record| {
                let fits = record.get(..buffer.remaining()).unwrap_or(record);
                buffer.put_slice(fits);
                plain.extend_from_slice(record.get(fits.len()..).unwrap_or_default());
            });
            used = used.saturating_add(count);
            match step {
                Ok(Step::Plain) if buffer.remaining() == 0 => {
                    self.unread = used < bytes.len();
                    return Ok(used);
                }
                Ok(Step::Plain | Step::Encoded | Step::Transmit) => {}
                Ok(Step::Blocked | Step::Open) => return Ok(used),
                Ok(Step::PeerClosed | Step::Closed) => {
                    self.end = Some(End::Clean);
                    return Ok(used);
                }
                Err(error) => {
                    // The alert for the peer.
                    while let (_, Ok(Step::Encoded)) = self.session.read(&mut [], &mut |_| {}) {}
                    let error = TlsError::of(error, None, |_| Facts::default());
                    return Err(io::Error::new(ErrorKind::InvalidData, error));
                }
            }
        }
    }
}
