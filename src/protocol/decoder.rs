//! From the bytes of the stream to pieces of messages and control frames.
//!
//! A frame's payload passes three stations: it is unmasked where it lies, an
//! extension would transform it, text is checked. Nothing is allocated: what a
//! peer declares costs nothing, payloads are handed out as they come, and only
//! headers, control frames and characters that arrive in parts are kept.

use tokio_tungstenite::tungstenite::protocol::frame::coding::{
    Control, Data as DataOpCode, OpCode,
};

use super::frame::{Header, LONGEST_CONTROL, LONGEST_HEADER, parse_header};
use super::mask::{Ascii, unmask};
use super::utf8::{self, PartialCharacter};
use super::{Boundary, Data, Item, Limits, MessageKind, ProtocolError, Role, close};

/// Reads one side of a connection.
pub struct Decoder {
    role: Role,
    limits: Limits,
    state: State,
    frame: Frame,
    message: Option<Message>,
    /// A header that arrived in parts.
    header: Kept<LONGEST_HEADER>,
    /// A control frame's payload that arrived in parts.
    control: Kept<LONGEST_CONTROL>,
    /// A character that arrived in parts.
    character: PartialCharacter,
}

/// What the next byte belongs to.
#[derive(Clone, Copy)]
enum State {
    Header,
    Data,
    Control(Control),
    /// A Close came.
    Ended,
    Failed(ProtocolError),
}

/// The frame whose payload is being read.
#[derive(Clone, Copy, Default)]
struct Frame {
    /// Zeros, which change nothing, for a frame that is not masked.
    mask: [u8; 4],
    fin: bool,
    /// Bytes of the payload read so far, and still to come.
    done: u64,
    rest: u64,
}

/// The message whose frames are being read.
#[derive(Clone, Copy)]
struct Message {
    kind: MessageKind,
    /// Declared length of its frames so far.
    length: u64,
    frames: u64,
    single_frame: bool,
    /// A piece was handed out.
    started: bool,
}

/// Bytes of a known kind that arrive in parts.
struct Kept<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl Decoder {
    /// A decoder for what the peer of a `role` sends.
    pub fn new(role: Role, limits: Limits) -> Self {
        Self {
            role,
            limits,
            state: State::Header,
            frame: Frame::default(),
            message: None,
            header: Kept::new(),
            control: Kept::new(),
            character: PartialCharacter::default(),
        }
    }

    /// Changes the limits, from the next frame's header on.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// A Close came: whatever follows it is ignored.
    pub fn close_received(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Decodes the front of `bytes` up to the next item: how many bytes were
    /// used, and the item. Without an item all bytes were used and more are
    /// needed. Payloads are unmasked where they lie.
    ///
    /// # Errors
    ///
    /// The peer broke a rule or a limit. Every later call gives the same error.
    pub fn next<'a>(
        &'a mut self,
        bytes: &'a mut [u8],
    ) -> Result<(usize, Option<Item<'a>>), ProtocolError> {
        let mut used = 0;
        if let State::Header = self.state {
            match self.read_header(bytes) {
                Ok(Some(size)) => used = size,
                Ok(None) => return Ok((bytes.len(), None)),
                Err(error) => return Err(self.fail(error)),
            }
        }
        let all = bytes.len();
        let payload = bytes.get_mut(used..).unwrap_or_default();
        let (taken, item) = match self.state {
            State::Data => self.read_data(payload)?,
            State::Control(opcode) => self.read_control(opcode, payload)?,
            State::Failed(error) => return Err(error),
            State::Header | State::Ended => return Ok((all, None)),
        };
        Ok((used.saturating_add(taken), item))
    }

    /// In the middle of a binary frame's payload: how many bytes of it are
    /// still to come. That many, or fewer, may be read into the caller's own
    /// memory and told by `direct_filled` instead of going through `next`.
    pub fn direct(&self) -> Option<u64> {
        match (self.state, &self.message) {
            (State::Data, Some(Message { kind: MessageKind::Binary, .. })) => Some(self.frame.rest),
            _ => None,
        }
    }

    /// Takes payload bytes that were read into the caller's own memory, at
    /// most `direct` of them, and unmasks them there; says what ends with them.
    pub fn direct_filled(&mut self, bytes: &mut [u8]) -> Boundary {
        if self.direct().is_none() {
            return Boundary::None;
        }
        self.unmask(bytes, u64::MAX);
        self.started();
        self.boundary()
    }

    /// Reads the header at the front of `bytes`, or its rest: the bytes used,
    /// or `None` if it is not complete.
    #[inline]
    fn read_header(&mut self, bytes: &[u8]) -> Result<Option<usize>, ProtocolError> {
        let (header, size) = if self.header.length == 0 {
            let Some(header) = parse_header(bytes)? else {
                self.header.add(bytes);
                return Ok(None);
            };
            let size = header.size;
            (header, size)
        } else {
            let before = self.header.length;
            self.header.add(bytes);
            let Some(header) = parse_header(self.header.get())? else { return Ok(None) };
            self.header.length = 0;
            let size = header.size.saturating_sub(before);
            (header, size)
        };
        header.check(self.role)?;
        self.begin_frame(&header)?;
        Ok(Some(size))
    }

    /// The rules that depend on the frames before (RFC 6455 section 5.4), and
    /// the limits.
    #[inline]
    fn begin_frame(&mut self, header: &Header) -> Result<(), ProtocolError> {
        let (fin, length) = (header.fields.is_final, header.length);
        self.state = match header.fields.opcode {
            OpCode::Control(opcode) => State::Control(opcode),
            OpCode::Data(opcode) => {
                let message = self.message_of(opcode, fin, length)?;
                self.message = Some(message);
                State::Data
            }
        };
        self.frame =
            Frame { mask: header.fields.mask.unwrap_or_default(), fin, done: 0, rest: length };
        Ok(())
    }

    fn message_of(
        &self,
        opcode: DataOpCode,
        fin: bool,
        length: u64,
    ) -> Result<Message, ProtocolError> {
        let Limits { max_message, max_frame, max_fragments } = self.limits;
        let mut message = match (opcode, self.message) {
            (DataOpCode::Continue, Some(message)) => message,
            (DataOpCode::Continue, None) => return Err(ProtocolError::NothingToContinue),
            (_, Some(_)) => return Err(ProtocolError::InterruptedMessage),
            (DataOpCode::Text, None) => Message::new(MessageKind::Text, fin),
            (DataOpCode::Binary, None) => Message::new(MessageKind::Binary, fin),
            // Refused with the header already.
            (DataOpCode::Reserved(code), None) => return Err(ProtocolError::ReservedOpcode(code)),
        };
        message.length = message.length.saturating_add(length);
        message.frames = message.frames.saturating_add(1);
        if length > max_frame {
            return Err(ProtocolError::FrameTooLarge { length, limit: max_frame });
        }
        if message.length > max_message {
            let (length, limit) = (message.length, max_message);
            return Err(ProtocolError::MessageTooLarge { length, limit });
        }
        if message.frames > max_fragments && !message.single_frame {
            return Err(ProtocolError::TooManyFragments { limit: max_fragments });
        }
        Ok(message)
    }

    #[inline]
    fn read_data<'a>(
        &'a mut self,
        bytes: &'a mut [u8],
    ) -> Result<(usize, Option<Item<'a>>), ProtocolError> {
        if let Some(Message { kind: MessageKind::Text, .. }) = self.message {
            return self.read_text(bytes);
        }
        let (bytes, _) = self.unmask(bytes, self.frame.rest);
        let item = self.piece(bytes.len()).map(|piece| Item::Data(Data { bytes, ..piece }));
        Ok((bytes.len(), item))
    }

    #[inline]
    fn read_text<'a>(
        &'a mut self,
        bytes: &'a mut [u8],
    ) -> Result<(usize, Option<Item<'a>>), ProtocolError> {
        if self.character.len() > 0 {
            return self.read_character(bytes);
        }
        let (text, ascii) = self.unmask(bytes, self.frame.rest);
        let checked = if ascii == Ascii::Only {
            Ok(text.len())
        } else if self.frame.rest == 0 && self.frame.fin {
            utf8::check(text).map(|()| text.len())
        } else {
            self.character.split(text)
        };
        let whole = match checked {
            Ok(whole) => whole,
            Err(error) => return Err(self.fail(error)),
        };
        let piece = self.piece(whole);
        let bytes = text.get(..whole).unwrap_or_default();
        Ok((text.len(), piece.map(|piece| Item::Data(Data { bytes, ..piece }))))
    }

    /// The rest of a character whose beginning is kept: a piece of its own.
    fn read_character<'a>(
        &'a mut self,
        bytes: &'a mut [u8],
    ) -> Result<(usize, Option<Item<'a>>), ProtocolError> {
        let missing = self.character.missing();
        let (bytes, _) = self.unmask(bytes, missing as u64);
        let whole = match self.character.add(bytes) {
            Ok(whole) => whole,
            Err(error) => return Err(self.fail(error)),
        };
        if self.character.len() > 0 && self.frame.rest == 0 && self.frame.fin {
            return Err(self.fail(ProtocolError::InvalidText));
        }
        let (taken, piece) = (bytes.len(), self.piece(whole));
        let bytes = self.character.taken(whole);
        Ok((taken, piece.map(|piece| Item::Data(Data { bytes, ..piece }))))
    }

    #[inline]
    fn read_control<'a>(
        &'a mut self,
        opcode: Control,
        bytes: &'a mut [u8],
    ) -> Result<(usize, Option<Item<'a>>), ProtocolError> {
        let (bytes, _) = self.unmask(bytes, self.frame.rest);
        let taken = bytes.len();
        let complete = self.frame.rest == 0;
        let payload = if complete && self.control.length == 0 {
            bytes
        } else {
            self.control.add(bytes);
            if !complete {
                return Ok((taken, None));
            }
            self.control.take()
        };
        self.state = State::Header;
        let item = match opcode {
            Control::Ping => Item::Ping(payload),
            Control::Pong => Item::Pong(payload),
            Control::Close => match close::parse(payload) {
                Ok((code, reason)) => {
                    self.state = State::Ended;
                    Item::Close { code, reason }
                }
                Err(error) => {
                    self.state = State::Failed(error);
                    return Err(error);
                }
            },
            // Refused with the header already.
            Control::Reserved(_) => return Ok((taken, None)),
        };
        Ok((taken, Some(item)))
    }

    /// Unmasks what belongs to the payload at the front of `bytes`, at most
    /// `most` of it, and counts it as read.
    #[inline]
    fn unmask<'a>(&mut self, bytes: &'a mut [u8], most: u64) -> (&'a [u8], Ascii) {
        let most = usize::try_from(most.min(self.frame.rest)).unwrap_or(usize::MAX);
        let most = most.min(bytes.len());
        let payload = bytes.get_mut(..most).unwrap_or_default();
        let ascii = match self.role {
            Role::Server => unmask(payload, self.frame.mask, self.frame.done),
            Role::Client => Ascii::AndMore,
        };
        self.frame.done = self.frame.done.saturating_add(most as u64);
        self.frame.rest = self.frame.rest.saturating_sub(most as u64);
        (payload, ascii)
    }

    /// A piece of `length` bytes that the caller puts in; none if there is
    /// nothing to tell.
    #[inline]
    fn piece(&mut self, length: usize) -> Option<Data<'static>> {
        let Message { kind, single_frame, started, .. } = self.message?;
        let rest_of_frame = match self.frame.rest {
            0 => 0,
            rest => rest.saturating_add(self.character.len() as u64),
        };
        let ends = self.boundary();
        if length == 0 && ends == Boundary::None {
            return None;
        }
        self.started();
        Some(Data { kind, bytes: &[], starts_message: !started, ends, rest_of_frame, single_frame })
    }

    /// What ends with the payload read so far.
    #[inline]
    fn boundary(&mut self) -> Boundary {
        if self.frame.rest > 0 {
            return Boundary::None;
        }
        self.state = State::Header;
        if self.frame.fin {
            self.message = None;
            Boundary::Message
        } else {
            Boundary::Frame
        }
    }

    #[inline]
    fn started(&mut self) {
        if let Some(message) = &mut self.message {
            message.started = true;
        }
    }

    #[cold]
    fn fail(&mut self, error: ProtocolError) -> ProtocolError {
        self.state = State::Failed(error);
        error
    }
}

impl Message {
    fn new(kind: MessageKind, single_frame: bool) -> Self {
        Self { kind, length: 0, frames: 0, single_frame, started: false }
    }
}

impl<const N: usize> Kept<N> {
    const fn new() -> Self {
        Self { bytes: [0; N], length: 0 }
    }

    /// Adds as much of `more` as there is room for.
    fn add(&mut self, more: &[u8]) {
        for (place, byte) in self.bytes.iter_mut().skip(self.length).zip(more) {
            *place = *byte;
            self.length = self.length.saturating_add(1);
        }
    }

    fn get(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// What was kept; nothing is from now on.
    fn take(&mut self) -> &[u8] {
        let length = std::mem::take(&mut self.length);
        self.bytes.get(..length).unwrap_or_default()
    }
}
