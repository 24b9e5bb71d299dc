//! TLS after its handshake: a reader for the engine's task and a writer for any
//! thread, which share rustls' state for as long as one record takes.
//!
//! The writer counts a byte as written once the system has its ciphertext. What
//! was encrypted and not taken waits here; the caller shows those bytes again,
//! as it does with a socket that is full.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use super::context::Context as Callbacks;
use super::facts::Facts;
use super::machine::{Machine, Outbox, RECORD, Step, Wish};
use super::reader::TlsReader;
use tokio::io::ReadBuf;

use crate::net::{Addresses, Reader, Stream, Writer};
use crate::sync::{Local, lock};

/// Plaintext encrypted at once.
const BATCH: usize = 8 * RECORD;

/// Ciphertext that waits for its end: a record, or a message of the handshake
/// in several.
pub(super) const MOST_KEPT: usize = 96 * 1024;

thread_local! {
    static OUTBOX: RefCell<Outbox> = RefCell::default();
    static GATHERED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What had arrived when the handshake was complete.
pub(super) struct Rest {
    pub cipher: Vec<u8>,
    pub plain: Vec<u8>,
}

/// Both halves, before they are separated.
pub struct TlsStream {
    pub(super) reader: TlsReader,
    pub(super) writer: TlsWriter,
    facts: Arc<Facts>,
    addresses: Addresses,
}

/// The half that writes.
pub struct TlsWriter(Arc<Session>);

/// What the halves share.
pub(super) struct Session {
    core: Mutex<Core>,
    /// Taken before `core`.
    sending: Mutex<Sending>,
    raw: Writer,
    /// Something waits in `sending`, or is urgent.
    pending: AtomicBool,
    /// The stream was reset: nothing more is said.
    reset: AtomicBool,
    is_tainted: bool,
}

/// rustls' state. Whatever it encrypts leaves in that order.
struct Core {
    machine: Machine,
    /// What reading has made necessary: answers to key updates, alerts.
    urgent: Outbox,
    /// What has arrived and was not used yet. rustls has to be shown it with
    /// every step, unless it is unseen: it may have looked at its beginning
    /// already.
    cipher: Vec<u8>,
    /// rustls knows nothing of `cipher`, where whole records may be: whoever
    /// writes must not show it, or would get what is to be read.
    unseen: bool,
    /// The peer's end was met while writing.
    peer_closed: bool,
    /// TLS is broken: nothing is encrypted any more.
    failed: bool,
}

/// What has arrived, on its way through rustls.
pub(super) struct Incoming<'a> {
    /// Room, and behind it what was read.
    memory: &'a mut [u8],
    start: usize,
}

/// Whether there is room for more plaintext.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    More,
    Full,
}

/// How far reading came.
pub(super) enum Read {
    /// No record is complete.
    All,
    /// There is no room; there may be more.
    Full,
    /// The peer ended its direction.
    End,
    Failed(rustls::Error),
}

/// Records by their bytes that are left, and their plaintext.
type Marks = VecDeque<(usize, usize)>;

/// Ciphertext in order.
#[derive(Default)]
struct Sending {
    waiting: Vec<u8>,
    start: usize,
    /// The records that wait.
    records: Marks,
    /// Plaintext of records that were sent, not told yet.
    told: usize,
    /// Nothing follows what waits.
    ends: bool,
}

/// Begins with what the handshake left.
pub(super) fn begin(
    machine: Machine,
    stream: Stream,
    rest: Rest,
    facts: Arc<Facts>,
    is_tainted: bool,
) -> TlsStream {
    let addresses = stream.addresses().unwrap_or_default();
    let (reader, raw): (Reader, Writer) = stream.split();
    let session = Arc::new(Session {
        core: Mutex::new(Core {
            machine,
            urgent: Outbox::default(),
            cipher: rest.cipher,
            unseen: false,
            peer_closed: false,
            failed: false,
        }),
        sending: Mutex::default(),
        raw,
        pending: AtomicBool::new(false),
        reset: AtomicBool::new(false),
        is_tainted,
    });
    let reader = TlsReader::new(reader, session.clone(), rest.plain);
    TlsStream { reader, writer: TlsWriter(session), facts, addresses }
}

impl TlsStream {
    /// What the handshake told.
    pub fn facts(&self) -> &Arc<Facts> {
        &self.facts
    }

    /// This side's address and the peer's.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Reads what is there. A stream that was cut off is an error.
    pub fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.reader.poll_read(cx, buffer))?;
        match self.reader.is_truncated() {
            true => Poll::Ready(Err(ErrorKind::UnexpectedEof.into())),
            false => Poll::Ready(Ok(())),
        }
    }

    /// Writes what is taken now, or waits. Called with the same bytes until it
    /// says so.
    pub fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.writer.try_write(&[IoSlice::new(bytes)]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ready!(self.writer.poll_ready(cx))?;
                }
                result => return Poll::Ready(result),
            }
        }
    }

    /// Ends this direction.
    pub fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writer.shut_down()?;
        self.writer.poll_flushed(cx)
    }

    /// The two halves.
    pub fn split(self) -> (TlsReader, TlsWriter) {
        (self.reader, self.writer)
    }
}

impl TlsWriter {
    /// Writes what is taken now; counts what the system has.
    pub fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let session = &*self.0;
        let mut sending = lock(&session.sending);
        session.flush(&mut sending)?;
        let mut written = std::mem::take(&mut sending.told);
        if sending.records.is_empty() {
            let mut rest = Slices::new(slices, written);
            while let Some(taken) = session.send(&mut sending, &mut rest)? {
                written = written.saturating_add(taken);
                if !sending.records.is_empty() {
                    break;
                }
            }
        }
        match written {
            0 if slices.iter().any(|slice| !slice.is_empty()) => Err(ErrorKind::WouldBlock.into()),
            written => Ok(written),
        }
    }

    /// Waits until more is taken.
    pub fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.raw.poll_ready(cx)
    }

    /// Says that nothing follows, and ends this direction of the stream once
    /// everything has left.
    pub fn shut_down(&self) -> io::Result<()> {
        let session = &*self.0;
        let mut sending = lock(&session.sending);
        if std::mem::replace(&mut sending.ends, true) {
            return Ok(());
        }
        session.add(&mut sending, &Wish::Close)?;
        session.flush(&mut sending).map(drop)
    }

    /// Waits until everything was sent that had to be.
    pub fn poll_flushed(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let session = &*self.0;
        while session.pending.load(SeqCst) {
            ready!(session.raw.poll_ready(cx))?;
            session.flush(&mut lock(&session.sending))?;
        }
        Poll::Ready(Ok(()))
    }

    /// Makes the end of the stream a reset.
    pub fn reset_on_drop(&self) -> io::Result<()> {
        self.0.reset.store(true, SeqCst);
        self.0.raw.reset_on_drop()
    }
}

impl Session {
    /// Decrypts `incoming`, behind what was kept before, as long as `plain` has
    /// room; the rest is kept.
    pub fn read(&self, incoming: &mut Incoming, plain: &mut dyn FnMut(&[u8]) -> Room) -> Read {
        let mut core = lock(&self.core);
        incoming.put_in_front(&mut core.cipher);
        let mut room = Room::More;
        loop {
            let bytes = incoming.rest();
            let Core { machine, urgent, .. } = &mut *core;
            let mut take = |record: &[u8]| room = plain(record);
            let mut step = || machine.step(bytes, &Wish::None, urgent, &mut take);
            let (used, result) = match self.is_tainted {
                false => step(),
                true => Callbacks::tainted().within(step),
            };
            incoming.used(used);
            let read = match result {
                // Whoever writes has a turn: rustls has nothing in hand now.
                Ok(Step::Plain) if room == Room::More => {
                    drop(core);
                    core = lock(&self.core);
                    continue;
                }
                Ok(Step::Encoded | Step::Transmit) => continue,
                Ok(Step::Plain) => Read::Full,
                Ok(Step::Open) if core.peer_closed => Read::End,
                Ok(Step::Blocked | Step::Open) => Read::All,
                Ok(Step::PeerClosed | Step::Closed) => Read::End,
                Err(error) => {
                    core.failed = true;
                    // The alert for the peer.
                    let Core { machine, urgent, .. } = &mut *core;
                    machine.encode(incoming.rest(), urgent);
                    Read::Failed(error)
                }
            };
            if incoming.rest().len() > MOST_KEPT {
                core.failed = true;
                let text = "a message of the handshake is too long, or in too many records";
                return Read::Failed(rustls::Error::General(text.to_owned()));
            }
            core.cipher.extend_from_slice(incoming.rest());
            // The step before ended with a whole record.
            core.unseen = matches!(read, Read::Full);
            if !core.urgent.is_empty() {
                self.pending.store(true, SeqCst);
            }
            return read;
        }
    }

    /// Sends what waits, as far as the stream takes it.
    pub fn poll_flush(&self, cx: &mut Context<'_>) {
        while self.pending.load(SeqCst) && self.raw.poll_ready(cx).is_ready() {
            // An error shows in the next read.
            if self.flush(&mut lock(&self.sending)).is_err() {
                return;
            }
        }
    }

    /// Encrypts from the front of `rest` and sends it. The plaintext of which
    /// the system has everything; `None` without any left.
    fn send(&self, sending: &mut Sending, rest: &mut Slices<'_, '_>) -> io::Result<Option<usize>> {
        let (mut out, mut gathered) = (Local::take(&OUTBOX), Local::take(&GATHERED));
        out.clear();
        let (mut records, mut length) = (Marks::new(), 0usize);
        while length < BATCH
            && let Some(plain) = rest.next_record(&mut gathered)
        {
            // A lock for each record: who reads has its turn.
            let mut core = lock(&self.core);
            core.take_urgent(&mut out, &mut records);
            let before = out.bytes().len();
            core.drive(&Wish::Send(plain), &mut out)?;
            drop(core);
            records.push_back((out.bytes().len().saturating_sub(before), plain.len()));
            length = length.saturating_add(plain.len());
        }
        if length == 0 {
            return Ok(None);
        }
        let sent = self.write(out.bytes())?;
        let left = out.bytes().get(sent..).unwrap_or_default();
        if left.is_empty() {
            return Ok(Some(length));
        }
        sending.records = records;
        sending.sent(sent);
        sending.waiting.extend_from_slice(left);
        self.pending.store(true, SeqCst);
        Ok(Some(std::mem::take(&mut sending.told)))
    }

    /// Has `wish` encrypted behind what waits.
    fn add(&self, sending: &mut Sending, wish: &Wish<'_>) -> io::Result<()> {
        let mut out = Local::take(&OUTBOX);
        out.clear();
        let mut core = lock(&self.core);
        core.take_urgent(&mut out, &mut sending.records);
        let before = out.bytes().len();
        core.drive(wish, &mut out)?;
        drop(core);
        sending.records.push_back((out.bytes().len().saturating_sub(before), 0));
        sending.waiting.extend_from_slice(out.bytes());
        self.pending.store(true, SeqCst);
        Ok(())
    }

    /// Sends what waits until the system takes no more.
    fn flush(&self, sending: &mut Sending) -> io::Result<()> {
        if !self.pending.load(SeqCst) {
            return Ok(());
        }
        let mut out = Local::take(&OUTBOX);
        out.clear();
        let mut core = lock(&self.core);
        core.take_urgent(&mut out, &mut sending.records);
        drop(core);
        sending.waiting.extend_from_slice(out.bytes());
        while let Some(bytes) = sending.waiting.get(sending.start..)
            && !bytes.is_empty()
        {
            match self.write(bytes)? {
                0 => return Ok(()),
                count => {
                    sending.start = sending.start.saturating_add(count);
                    sending.sent(count);
                }
            }
        }
        // An idle connection keeps no memory.
        (sending.waiting, sending.records, sending.start) = Default::default();
        self.pending.store(!lock(&self.core).urgent.is_empty(), SeqCst);
        if sending.ends { self.raw.shut_down() } else { Ok(()) }
    }

    /// Writes what the system takes now; 0 if that is nothing.
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.raw.try_write(&[IoSlice::new(bytes)]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(0),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

/// Says goodbye, if there is room for it: a peer knows that nothing is missing.
impl Drop for Session {
    fn drop(&mut self) {
        if self.reset.load(SeqCst) {
            return;
        }
        let mut sending = std::mem::take(&mut *lock(&self.sending));
        if !sending.ends && self.add(&mut sending, &Wish::Close).is_ok() {
            // The peer may be gone.
            let _ = self.flush(&mut sending);
        }
    }
}

impl Incoming<'_> {
    /// What was read begins at `start` of `memory`.
    pub fn new(memory: &mut [u8], start: usize) -> Incoming<'_> {
        Incoming { memory, start }
    }

    /// There is room for it in front, or nothing was read.
    fn put_in_front(&mut self, kept: &mut Vec<u8>) {
        let start = self.start.saturating_sub(kept.len());
        if let Some(room) = self.memory.get_mut(start..self.start)
            && room.len() == kept.len()
        {
            room.copy_from_slice(kept);
            self.start = start;
            *kept = Vec::new();
        }
    }

    fn rest(&mut self) -> &mut [u8] {
        self.memory.get_mut(self.start..).unwrap_or_default()
    }

    fn used(&mut self, count: usize) {
        self.start = self.start.saturating_add(count);
    }
}

impl Core {
    /// Takes what reading has made necessary: it was encrypted before anything
    /// that comes now.
    fn take_urgent(&mut self, out: &mut Outbox, records: &mut Marks) {
        if !self.urgent.is_empty() {
            let urgent = std::mem::take(&mut self.urgent);
            out.push(urgent.bytes());
            records.push_back((urgent.bytes().len(), 0));
        }
    }

    /// Steps until `wish` is fulfilled.
    fn drive(&mut self, wish: &Wish<'_>, out: &mut Outbox) -> io::Result<()> {
        loop {
            if self.failed {
                return Err(ErrorKind::BrokenPipe.into());
            }
            let seen = if self.unseen { &mut [][..] } else { &mut self.cipher };
            let (used, step) = self.machine.step(seen, wish, out, &mut |_| {});
            self.cipher.drain(..used.min(self.cipher.len()));
            match step.map_err(|error| io::Error::other(error.to_string()))? {
                Step::Open => return Ok(()),
                Step::Encoded | Step::Transmit => {}
                Step::PeerClosed => self.peer_closed = true,
                // Plaintext is taken as soon as it is there.
                Step::Plain | Step::Blocked | Step::Closed => {
                    return Err(ErrorKind::BrokenPipe.into());
                }
            }
        }
    }
}

impl Sending {
    /// So many bytes of ciphertext have left.
    fn sent(&mut self, mut count: usize) {
        while let Some((left, plain)) = self.records.front_mut() {
            let taken = count.min(*left);
            *left = left.saturating_sub(taken);
            count = count.saturating_sub(taken);
            if *left > 0 {
                return;
            }
            self.told = self.told.saturating_add(*plain);
            self.records.pop_front();
        }
    }
}

/// What is to be written, cut into records.
struct Slices<'a, 'b> {
    slices: &'a [IoSlice<'b>],
    /// How much of the first is used up.
    start: usize,
}

impl<'a> Slices<'a, '_> {
    /// Without the first `used` bytes.
    fn new(slices: &'a [IoSlice<'_>], used: usize) -> Slices<'a, 'a> {
        let mut rest = Slices { slices, start: 0 };
        rest.advance(used);
        rest
    }

    fn front(&mut self) -> &'a [u8] {
        loop {
            let Some((first, rest)) = self.slices.split_first() else { return &[] };
            match first.get(self.start..) {
                Some(bytes) if !bytes.is_empty() => return bytes,
                _ => (self.slices, self.start) = (rest, 0),
            }
        }
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0 {
            let length = self.front().len().min(count);
            if length == 0 {
                return;
            }
            self.start = self.start.saturating_add(length);
            count = count.saturating_sub(length);
        }
    }

    /// The next record's plaintext: from where it lies if it lies in one piece,
    /// else gathered.
    fn next_record<'c>(&mut self, gathered: &'c mut Vec<u8>) -> Option<&'c [u8]>
    where
        'a: 'c,
    {
        let first = self.front();
        let plain = first.get(..RECORD).unwrap_or(first);
        let is_alone = plain.len() == RECORD || self.slices.len() == 1;
        if is_alone {
            self.advance(plain.len());
            return Some(plain).filter(|plain| !plain.is_empty());
        }
        gathered.clear();
        while gathered.len() < RECORD {
            let room = RECORD.saturating_sub(gathered.len());
            let front = self.front();
            let part = front.get(..room).unwrap_or(front);
            if part.is_empty() {
                break;
            }
            gathered.extend_from_slice(part);
            self.advance(part.len());
        }
        Some(gathered.as_slice()).filter(|plain| !plain.is_empty())
    }
}
