//! The half of a TLS stream that reads. It keeps what has arrived of a record,
//! and plaintext for which there was no room: nothing while idle.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::ReadBuf;

use super::error::TlsError;
use super::facts::Facts;
use super::machine::{OVERHEAD, RECORD};
use super::session::{Incoming, MOST_KEPT, Read, Room, Session};
use crate::net::Reader;
use crate::sync::Local;

/// Ciphertext that is read at once.
const MOST_READ: usize = 128 * 1024;

thread_local! {
    /// What this thread reads ciphertext into, for whichever connection.
    static CIPHER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The half that reads.
pub struct TlsReader {
    raw: Box<Reader>,
    session: Arc<Session>,
    /// There may be a whole record in what was read before.
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
    /// Begins with `plain`.
    pub(super) fn new(raw: Reader, session: Arc<Session>, mut plain: Vec<u8>) -> Self {
        plain.shrink_to_fit();
        let raw = Box::new(raw);
        Self { raw, session, unread: true, plain, taken: 0, end: None }
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
            let read = self.receive(cx, buffer);
            self.session.poll_flush(cx);
            ready!(read)?;
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

    /// Reads ciphertext, unless there may be some still, and decrypts it.
    fn receive(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut memory = Local::take(&CIPHER);
        // As much as there is room for, so that little has to be kept.
        let wanted = buffer.remaining().saturating_add(RECORD + OVERHEAD).min(MOST_READ);
        if memory.is_empty() {
            memory.resize(MOST_KEPT + MOST_READ, 0);
        }
        let mut read = 0usize;
        if !std::mem::take(&mut self.unread) {
            let room = memory.get_mut(MOST_KEPT..).and_then(|room| room.get_mut(..wanted));
            let mut raw = ReadBuf::new(room.unwrap_or_default());
            ready!(self.raw.poll_read(cx, &mut raw))?;
            read = raw.filled().len();
            if read == 0 {
                self.end = Some(End::Truncated);
                return Poll::Ready(Ok(()));
            }
        }
        let memory = memory.get_mut(..MOST_KEPT.saturating_add(read)).unwrap_or_default();
        Poll::Ready(self.decrypt(&mut Incoming::new(memory, MOST_KEPT), buffer))
    }

    fn decrypt(&mut self, incoming: &mut Incoming, buffer: &mut ReadBuf<'_>) -> io::Result<()> {
        let Self { session, plain, .. } = self;
        let read = session.read(incoming, &mut |record| {
            let fits = record.get(..buffer.remaining()).unwrap_or(record);
            buffer.put_slice(fits);
            plain.extend_from_slice(record.get(fits.len()..).unwrap_or_default());
            if buffer.remaining() > 0 { Room::More } else { Room::Full }
        });
        match read {
            Read::All => {}
            Read::Full => self.unread = true,
            Read::End => self.end = Some(End::Clean),
            Read::Failed(error) => {
                let error = TlsError::of(error, None, |_| Facts::default());
                return Err(io::Error::new(ErrorKind::InvalidData, error));
            }
        }
        Ok(())
    }
}
