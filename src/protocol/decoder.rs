//! From the bytes of the stream to pieces of messages and control frames.
//!
//! A frame's payload passes three stations: it is unmasked where it lies,
//! inflated if its message is compressed, and text is checked. What a peer
//! declares costs nothing: payloads are handed out as they come, and only
//! headers, control frames and characters that arrive in parts are kept.

use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{
    Control, Data as DataOpCode, OpCode,
};

use super::deflate::{Deflate, Inflater};
use super::frame::{Header, LONGEST_CONTROL, LONGEST_HEADER, RSV1, Rsv1, parse_header};
use super::mask::{Ascii, apply_mask, unmask};
use super::utf8::{self, PartialCharacter};
use super::{Boundary, Data, Item, Limits, MessageKind, ProtocolError, Role, close};

/// Reads one side of a connection.
pub struct Decoder {
    role: Role,
    limits: Limits,
    state: State,
    frame: Frame,
    message: Option<Message>,
    /// There if permessage-deflate was negotiated.
    inflater: Option<Box<Inflater>>,
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
    /// The end of a compressed message, after its last byte.
    Tail,
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
    /// How many of the next bytes are unmasked already.
    unmasked: usize,
}

/// A piece of a compressed message, which lies in the inflater's room.
struct Inflated {
    piece: Data<'static>,
    length: usize,
}

/// The message whose frames are being read.
#[derive(Clone, Copy)]
struct Message {
    kind: MessageKind,
    compressed: bool,
    /// Declared length of its frames so far; if compressed, what was inflated.
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
            inflater: None,
            header: Kept::new(),
            control: Kept::new(),
            character: PartialCharacter::default(),
        }
    }

    /// Takes compressed messages, too.
    pub fn with_deflate(mut self, agreed: &Deflate) -> Self {
        self.inflater = Some(Box::new(Inflater::new(self.role, agreed)));
        self
    }

    /// Changes the limits, from the next frame's header on; for a compressed
    /// message at once.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// A Close came: whatever follows it is ignored.
    pub fn close_received(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Decodes the front of `bytes` up to the next item: how many bytes were
    /// used, and the item. Without an item all bytes were used and more are
    /// needed; a compressed message may give items after its last byte was
    /// used. Payloads are unmasked where they lie.
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
            State::Tail => {
                let inflated = self.read_tail()?;
                (0, self.item(inflated))
            }
            State::Control(opcode) => self.read_control(opcode, payload)?,
            State::Failed(error) => return Err(error),
            State::Header | State::Ended => return Ok((all, None)),
        };
        Ok((used.saturating_add(taken), item))
    }

    /// A frame has begun to arrive and is not complete.
    pub fn in_frame(&self) -> bool {
        match self.state {
            State::Header => self.header.length > 0,
            State::Data => self.frame.rest > 0,
            State::Control(_) => true,
            State::Tail | State::Ended | State::Failed(_) => false,
        }
    }

    /// Gives back memory that is needed between calls of `next` only: to be
    /// called when all bytes were used.
    pub fn rest(&mut self) {
        if let Some(inflater) = &mut self.inflater {
            inflater.rest();
        }
    }

    /// In the middle of a binary frame's payload: how many bytes of it are
    /// still to come. That many, or fewer, may be read into the caller's own
    /// memory and told by `direct_filled` instead of going through `next`.
    pub fn direct(&self) -> Option<u64> {
        match (self.state, &self.message) {
            (State::Data, Some(Message { kind: MessageKind::Binary, compressed: false, .. })) => {
                Some(self.frame.rest)
            }
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
        let compresses = self.inflater.is_some();
        header.check(self.role, if compresses { Rsv1::Compressed } else { Rsv1::Reserved })?;
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
                let message = self.message_of(opcode, &header.fields, length)?;
                self.message = Some(message);
                State::Data
            }
        };
        self.frame = Frame {
            mask: header.fields.mask.unwrap_or_default(),
            fin,
            rest: length,
            ..Frame::default()
        };
        Ok(())
    }

    fn message_of(
        &self,
        opcode: DataOpCode,
        fields: &FrameHeader,
        length: u64,
    ) -> Result<Message, ProtocolError> {
        let Limits { max_message, max_frame, max_fragments } = self.limits;
        let begun = |kind| Message::new(kind, fields);
        let mut message = match (opcode, self.message) {
            // RFC 7692 section 6: the first frame speaks for its message.
            (DataOpCode::Continue, _) if fields.rsv1 => {
                return Err(ProtocolError::ReservedBits(RSV1));
            }
            (DataOpCode::Continue, Some(message)) => message,
            (DataOpCode::Continue, None) => return Err(ProtocolError::NothingToContinue),
            (_, Some(_)) => return Err(ProtocolError::InterruptedMessage),
            (DataOpCode::Text, None) => begun(MessageKind::Text),
            (DataOpCode::Binary, None) => begun(MessageKind::Binary),
            // Refused with the header already.
            (DataOpCode::Reserved(code), None) => return Err(ProtocolError::ReservedOpcode(code)),
        };
        if !message.compressed {
            message.length = message.length.saturating_add(length);
        }
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
        match self.message {
            Some(Message { compressed: true, .. }) => return self.read_compressed(bytes),
            Some(Message { kind: MessageKind::Text, .. }) => return self.read_text(bytes),
            _ => {}
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

    /// What there was no room to inflate is given again, unmasked already.
    fn read_compressed<'a>(
        &'a mut self,
        bytes: &'a mut [u8],
    ) -> Result<(usize, Option<Item<'a>>), ProtocolError> {
        let Frame { mask, done, rest, unmasked, .. } = self.frame;
        let most = usize::try_from(rest).unwrap_or(usize::MAX).min(bytes.len());
        let payload = bytes.get_mut(..most).unwrap_or_default();
        if let (Role::Server, Some(masked)) = (self.role, payload.get_mut(unmasked..)) {
            apply_mask(masked, mask, done.saturating_add(unmasked as u64));
        }
        let (read, length) = self.inflate(payload)?;
        self.frame.unmasked = most.saturating_sub(read);
        self.frame.done = done.saturating_add(read as u64);
        self.frame.rest = rest.saturating_sub(read as u64);
        if self.frame.rest == 0 && self.frame.fin {
            self.state = State::Tail;
        }
        let mut piece = self.inflated(length)?;
        if piece.is_none() && matches!(self.state, State::Tail) {
            piece = self.read_tail()?;
        }
        Ok((read, self.item(piece)))
    }

    /// What is left of a compressed message behind its last byte.
    fn read_tail(&mut self) -> Result<Option<Inflated>, ProtocolError> {
        let (_, length) = self.inflate(&[])?;
        if self.inflater.as_ref().is_none_or(|inflater| inflater.is_complete()) {
            self.state = State::Data;
        }
        self.inflated(length)
    }

    /// Inflates, behind the beginning of a character that is kept. Gives what
    /// was read of the payload, and the length of what there is now.
    fn inflate(&mut self, payload: &[u8]) -> Result<(usize, usize), ProtocolError> {
        let limit = self.limits.max_message;
        let (Some(inflater), Some(message)) = (&mut self.inflater, &mut self.message) else {
            // Refused with the header already.
            return Err(self.fail(ProtocolError::ReservedBits(RSV1)));
        };
        let kept = self.character.len();
        inflater.keep(self.character.taken(kept));
        self.character = PartialCharacter::default();
        let most = limit.saturating_sub(message.length).saturating_add(1);
        let inflated = match self.state {
            State::Tail => inflater.finish(most).map(|written| (0, written)),
            _ => inflater.inflate(payload, most),
        };
        let (read, written) = match inflated {
            Ok(inflated) => inflated,
            Err(error) => return Err(self.fail(error)),
        };
        message.length = message.length.saturating_add(written as u64);
        let length = message.length;
        if length > limit {
            return Err(self.fail(ProtocolError::MessageTooLarge { length, limit }));
        }
        Ok((read, kept.saturating_add(written)))
    }

    /// Checks the `length` bytes that were inflated.
    fn inflated(&mut self, length: usize) -> Result<Option<Inflated>, ProtocolError> {
        let (Some(inflater), Some(message)) = (&self.inflater, &self.message) else {
            return Ok(None);
        };
        let output = inflater.output(length);
        let is_last = self.frame.rest == 0 && self.frame.fin && !matches!(self.state, State::Tail);
        let checked = match message.kind {
            MessageKind::Binary => Ok(length),
            MessageKind::Text if is_last => utf8::check(output).map(|()| length),
            MessageKind::Text => self.character.split(output),
        };
        match checked {
            Ok(whole) => Ok(self.piece(whole).map(|piece| Inflated { piece, length: whole })),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn item(&self, inflated: Option<Inflated>) -> Option<Item<'_>> {
        let Inflated { piece, length } = inflated?;
        let bytes = self.inflater.as_ref().map_or(&[][..], |inflater| inflater.output(length));
        Some(Item::Data(Data { bytes, ..piece }))
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
        let Message { kind, compressed, single_frame, started, .. } = self.message?;
        let rest_of_frame = match self.frame.rest {
            0 => 0,
            _ if compressed => 0,
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
        if self.frame.rest > 0 || matches!(self.state, State::Tail) {
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
    fn new(kind: MessageKind, first: &FrameHeader) -> Self {
        let (compressed, single_frame) = (first.rsv1, first.is_final);
        Self { kind, compressed, length: 0, frames: 0, single_frame, started: false }
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
