//! Limits on the header block that begins a stream, counted as it arrives.
//!
//! hyper has the same limits, but its error does not say which one was reached,
//! and its answer has no body. It also takes a bare LF as the end of a line,
//! which a proxy in front of a server may have read differently (RFC 9112
//! section 2.2): a request has none.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::protocol::Role;

/// What a header block may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadLimits {
    /// Bytes, the request or status line and the empty line included.
    pub max_size: usize,
    /// Fields.
    pub max_fields: usize,
}

impl HeadLimits {
    /// The buffer that hyper needs for such a block; it insists on 8 KiB.
    pub fn buffer_size(self) -> usize {
        self.max_size.max(8192)
    }
}

/// A header block is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HeadError {
    /// Too many bytes.
    #[error("the header block is over max_header_size ({0} bytes)")]
    Size(usize),
    /// Too many fields.
    #[error("there are more header fields than max_headers ({0})")]
    Fields(usize),
    /// A line of a request does not end in CR LF.
    #[error("a line of the header block ends in LF instead of CR LF")]
    BareLf,
    /// A request says more than once how long its body is (RFC 9112 section
    /// 6.3): others may have believed the other one.
    #[error("the header block says more than once how long the body is")]
    Lengths,
}

impl HeadError {
    /// The error that ended reading, if it was one of these.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// How much of a header block has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadState {
    /// Nothing.
    Nothing,
    /// Some of it.
    Partial,
    /// All of it.
    Complete,
    /// Something that it must not have; reading fails.
    Refused(HeadError),
}

/// A stream whose first header block is limited, at a client each block that
/// answers a request.
pub struct LimitedHead<T> {
    stream: T,
    head: Head,
    written: u64,
}

impl<T> LimitedHead<T> {
    /// Limits what a `role` reads from `stream` first.
    pub fn new(stream: T, role: Role, limits: HeadLimits) -> Self {
        Self { stream, head: Head::new(role, limits), written: 0 }
    }

    /// How much has arrived.
    pub fn state(&self) -> HeadState {
        self.head.state
    }

    /// How many bytes were written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The stream.
    pub fn into_inner(self) -> T {
        self.stream
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for LimitedHead<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let read = buffer.filled().get(before..).unwrap_or_default();
        match self.head.read(read) {
            HeadState::Refused(error) => Poll::Ready(Err(io::Error::other(error))),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for LimitedHead<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes))?;
        // A further request of a client: another answer follows.
        if self.head.role == Role::Client && self.head.state == HeadState::Complete {
            self.head = Head::new(Role::Client, self.head.limits);
        }
        self.written = self.written.saturating_add(written as u64);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.head.state {
            // There is an answer to give still.
            HeadState::Refused(_) => Poll::Ready(Ok(())),
            _ => Pin::new(&mut self.stream).poll_shutdown(cx),
        }
    }
}

/// Counts the lines of a header block, as httparse ends them: with LF or CR LF,
/// empty ones in front of the first left out.
pub(super) struct Head {
    role: Role,
    limits: HeadLimits,
    pub(super) state: HeadState,
    size: usize,
    lines: usize,
    /// Nothing but CR since the last LF.
    line_is_empty: bool,
    after_cr: bool,
    /// The beginning of the first line, where a response has its status.
    start: [u8; 12],
    start_length: usize,
    /// The name of the field that is being read, as far as it is of interest.
    name: [u8; LONGEST_NAME],
    name_length: usize,
    in_name: bool,
    /// Fields so far that say how long the body is.
    lengths: usize,
}

/// The names of the fields that say how long a body is.
const CONTENT_LENGTH: &[u8] = b"content-length";
const TRANSFER_ENCODING: &[u8] = b"transfer-encoding";
const LONGEST_NAME: usize = TRANSFER_ENCODING.len();

impl Head {
    pub(super) fn new(role: Role, limits: HeadLimits) -> Self {
        Self {
            role,
            limits,
            state: HeadState::Nothing,
            size: 0,
            lines: 0,
            line_is_empty: true,
            after_cr: false,
            start: [0; 12],
            start_length: 0,
            name: [0; LONGEST_NAME],
            name_length: 0,
            in_name: false,
            lengths: 0,
        }
    }

    fn read(&mut self, bytes: &[u8]) -> HeadState {
        self.scan(bytes);
        self.state
    }

    /// Counts bytes up to the end of the block; says how many of them are of it.
    pub(super) fn scan(&mut self, bytes: &[u8]) -> usize {
        let mut count = 0usize;
        for &byte in bytes {
            if !matches!(self.state, HeadState::Nothing | HeadState::Partial) {
                break;
            }
            count = count.saturating_add(1);
            self.state = self.next(byte);
            if self.state == HeadState::Complete && self.is_informational() {
                *self = Self::new(self.role, self.limits);
            }
        }
        count
    }

    fn next(&mut self, byte: u8) -> HeadState {
        let HeadLimits { max_size, max_fields } = self.limits;
        self.size = self.size.saturating_add(1);
        let after_cr = std::mem::replace(&mut self.after_cr, byte == b'\r');
        match byte {
            b'\n' if !after_cr && self.role == Role::Server => {
                return HeadState::Refused(HeadError::BareLf);
            }
            b'\n' if !self.line_is_empty => {
                self.lines = self.lines.saturating_add(1);
                self.line_is_empty = true;
            }
            b'\n' if self.lines > 0 && self.size <= max_size => return HeadState::Complete,
            b'\n' | b'\r' => {}
            _ => {
                // The first line is no field.
                if self.line_is_empty && self.lines > max_fields {
                    return HeadState::Refused(HeadError::Fields(max_fields));
                }
                if self.lines > 0 && self.repeats_length(byte) {
                    return HeadState::Refused(HeadError::Lengths);
                }
                self.line_is_empty = false;
                if self.lines == 0
                    && let Some(place) = self.start.get_mut(self.start_length)
                {
                    *place = byte;
                    self.start_length = self.start_length.saturating_add(1);
                }
            }
        }
        // Without its end yet, so at least another byte follows.
        if self.size >= max_size {
            return HeadState::Refused(HeadError::Size(max_size));
        }
        HeadState::Partial
    }

    /// Reads a field's name; whether the block has said before how long the body
    /// is, and does so again (in a request).
    fn repeats_length(&mut self, byte: u8) -> bool {
        if self.line_is_empty {
            (self.in_name, self.name_length) = (true, 0);
        }
        if self.in_name && byte == b':' {
            self.in_name = false;
            let name = self.name.get(..self.name_length).unwrap_or_default();
            let is_length = name == CONTENT_LENGTH || name == TRANSFER_ENCODING;
            self.lengths = self.lengths.saturating_add(usize::from(is_length));
            return is_length && self.lengths > 1 && self.role == Role::Server;
        }
        if self.in_name {
            match self.name.get_mut(self.name_length) {
                Some(place) => *place = byte.to_ascii_lowercase(),
                // Longer than those of interest.
                None => self.in_name = false,
            }
            self.name_length = self.name_length.saturating_add(1);
        }
        false
    }

    /// A response that another one follows (RFC 9110 section 15.2).
    fn is_informational(&self) -> bool {
        let status = self.start.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(1..));
        matches!(status, Some([b' ', b'1', tens, ones]) if [*tens, *ones] != *b"01")
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, HeadError, HeadLimits, HeadState};
    use crate::protocol::Role;

    const WIDE: HeadLimits = HeadLimits { max_size: 1000, max_fields: 100 };

    fn read(limits: HeadLimits, bytes: &str) -> HeadState {
        read_by(Role::Client, limits, bytes)
    }

    /// What is made of `bytes`, in one piece and byte by byte.
    fn read_by(role: Role, limits: HeadLimits, bytes: &str) -> HeadState {
        let whole = Head::new(role, limits).read(bytes.as_bytes());
        let mut head = Head::new(role, limits);
        bytes.bytes().for_each(|byte| {
            head.read(&[byte]);
        });
        assert_eq!(head.state, whole, "{bytes:?}");
        whole
    }

    #[test]
    fn a_block_ends_with_an_empty_line() {
        assert_eq!(read(WIDE, ""), HeadState::Nothing);
        for partial in ["\r\n", "GET", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA: b\r\n\r"] {
            assert_eq!(read(WIDE, partial), HeadState::Partial, "{partial:?}");
        }
        for complete in ["GET /\r\n\r\n", "GET /\n\n", "\r\n\nGET /\r\nA: b\r\n\r\n", "G\r\n\r\n\0"]
        {
            assert_eq!(read(WIDE, complete), HeadState::Complete, "{complete:?}");
        }
    }

    #[test]
    fn a_request_has_no_bare_lf() {
        let block = "GET /\r\nA: b\r\n\r\n\n";
        assert_eq!(read_by(Role::Server, WIDE, block), HeadState::Complete);
        let lines = block.match_indices("\r\n").map(|(place, _)| place);
        for place in lines {
            let bare = format!("{}{}", &block[..place], &block[place + 1..]);
            let refused = HeadState::Refused(HeadError::BareLf);
            assert_eq!(read_by(Role::Server, WIDE, &bare), refused, "{bare:?}");
            assert_eq!(read_by(Role::Client, WIDE, &bare), HeadState::Complete, "{bare:?}");
        }
    }

    #[test]
    fn exactly_the_limits_pass_and_one_more_does_not() {
        let block = "GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n";
        let limits = |max_size, max_fields| HeadLimits { max_size, max_fields };
        assert_eq!(read(limits(block.len(), 2), block), HeadState::Complete);
        let size = block.len() - 1;
        let over = HeadState::Refused(HeadError::Size(size));
        assert_eq!(read(limits(size, 2), block), over);
        assert_eq!(read(limits(size, 2), &block[..size]), over, "at least a byte is missing");
        assert_eq!(read(limits(1000, 1), block), HeadState::Refused(HeadError::Fields(1)));
        let behind = format!("{block}{}", "x\n".repeat(1000));
        assert_eq!(read(limits(block.len(), 2), &behind), HeadState::Complete);
    }

    #[test]
    fn a_request_says_once_how_long_its_body_is() {
        let (length, chunked) = ("Content-Length: 5\r\n", "transfer-Encoding: chunked\r\n");
        let block = |fields: &str| format!("POST / HTTP/1.1\r\nX: y:\r\n{fields}Z: 0\r\n\r\n");
        for one in [length, chunked, "Content-Lengths: 1\r\nX-Content-Length: 2\r\n"] {
            assert_eq!(read_by(Role::Server, WIDE, &block(one)), HeadState::Complete, "{one:?}");
        }
        for first in [length, chunked] {
            for second in [length, chunked, "CONTENT-LENGTH: 5\r\n"] {
                let two = block(&format!("{first}A: b\r\n{second}"));
                let refused = HeadState::Refused(HeadError::Lengths);
                assert_eq!(read_by(Role::Server, WIDE, &two), refused, "{two:?}");
                assert_eq!(read_by(Role::Client, WIDE, &two), HeadState::Complete, "{two:?}");
            }
        }
    }

    #[test]
    fn each_informational_response_is_counted_by_itself() {
        let hint = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
        let limits = HeadLimits { max_size: hint.len(), max_fields: 1 };
        let block = format!("{hint}{hint}HTTP/1.1 200 Ok\r\nA: b\r\n\r\nbody\n\n");
        assert_eq!(read(limits, &block), HeadState::Complete);
        assert_eq!(read(limits, &hint.repeat(3)), HeadState::Nothing);
        let switched = "HTTP/1.1 101 Ok\r\n\r\n";
        assert_eq!(read(limits, &switched.repeat(3)), HeadState::Complete);
    }
}
