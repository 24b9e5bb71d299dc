//! Reads a stream that arrives in blocks, and sees to it that what the decoder
//! hands out hangs together. The fuzz target of the decoder has it, too.

use wirebird::protocol::{Boundary, Data, Decoder, Item, MessageKind, ProtocolError};

/// A frame, put together from its pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    Data { kind: MessageKind, starts: bool, ends: Boundary, single: bool, bytes: Vec<u8> },
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>, String),
}

/// The whole frames, what came of another one, and the error that ended it:
/// how much of a frame was handed out before an error depends on how it came.
pub type Outcome = (Vec<Read>, Result<Option<Read>, ProtocolError>);

/// Where the rest of a binary frame goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Next,
    Direct,
}

/// What a decoder reads from a stream in blocks of these sizes, repeated.
pub fn read(mut decoder: Decoder, stream: &[u8], sizes: &[usize], way: Way) -> Outcome {
    let mut frames = Frames::default();
    for block in blocks(stream, sizes) {
        let mut block = block.to_vec();
        let mut rest = &mut block[..];
        loop {
            // Only once the frame's first piece has told what it belongs to.
            let may = way == Way::Direct && frames.open.is_some() && !rest.is_empty();
            let used = if let Some(most) = decoder.direct().filter(|_| may) {
                let count = usize::try_from(most).unwrap_or(usize::MAX).min(rest.len());
                let ends = decoder.direct_filled(&mut rest[..count]);
                frames.piece(MessageKind::Binary, false, &rest[..count], ends);
                count
            } else {
                let all = rest.len();
                match decoder.next(rest) {
                    Ok((used, Some(item))) => {
                        frames.item(item);
                        used
                    }
                    Ok((used, None)) => {
                        assert_eq!(used, all, "no item although bytes are left");
                        break;
                    }
                    Err(error) => {
                        assert_eq!(decoder.next(&mut [0; 9]), Err(error), "errors stay");
                        return (frames.read, Err(error));
                    }
                }
            };
            rest = &mut rest[used..];
        }
        decoder.rest();
    }
    (frames.read, Ok(frames.open))
}

/// The same by messages, for compressed ones: where in them the end of a frame
/// is seen depends on how it came, and so does which of two faults is.
pub fn merged((frames, end): Outcome) -> (Vec<Read>, Option<ProtocolError>) {
    let (mut messages, mut parts) = (Vec::new(), Vec::new());
    for mut frame in frames {
        if let Read::Data { starts, ends, bytes, .. } = &mut frame {
            parts.append(bytes);
            if *ends == Boundary::Frame {
                continue;
            }
            *starts = true;
            *bytes = std::mem::take(&mut parts);
        }
        messages.push(frame);
    }
    use ProtocolError::{InvalidDeflate, InvalidText, MessageTooLarge};
    let error = end.err().map(|error| match error {
        InvalidText | MessageTooLarge { .. } => InvalidDeflate,
        other => other,
    });
    (messages, error)
}

/// Cuts a stream into blocks.
pub fn blocks<'a>(stream: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = stream;
    sizes.iter().cycle().map_while(move |&size| {
        let (block, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
        rest = after;
        (!block.is_empty()).then_some(block)
    })
}

/// Puts the pieces of frames together.
#[derive(Default)]
struct Frames {
    read: Vec<Read>,
    /// The frame that is not complete.
    open: Option<Read>,
    in_message: bool,
    single: bool,
}

impl Frames {
    fn item(&mut self, item: Item<'_>) {
        let control = match item {
            Item::Data(data) => return self.data(&data),
            Item::Ping(payload) => Read::Ping(payload.to_vec()),
            Item::Pong(payload) => Read::Pong(payload.to_vec()),
            Item::Close { code, reason } => Read::Close(code, reason.to_owned()),
        };
        assert_eq!(self.open, None, "a frame in the middle of another");
        self.read.push(control);
    }

    fn data(&mut self, data: &Data<'_>) {
        assert_eq!(data.starts_message, !self.in_message, "{data:?}");
        if data.starts_message {
            self.single = data.single_frame;
        }
        assert_eq!(data.single_frame, self.single, "{data:?}");
        if data.kind == MessageKind::Text {
            std::str::from_utf8(data.bytes).expect("text is cut between characters");
        }
        self.piece(data.kind, data.starts_message, data.bytes, data.ends);
    }

    fn piece(&mut self, kind: MessageKind, starts: bool, piece: &[u8], ended: Boundary) {
        let (ends, single, bytes) = (Boundary::None, self.single, Vec::new());
        let new = Read::Data { kind, starts, ends, single, bytes };
        let mut frame = self.open.take().unwrap_or(new);
        if let Read::Data { ends, bytes, .. } = &mut frame {
            bytes.extend_from_slice(piece);
            *ends = ended;
        }
        self.in_message = ended != Boundary::Message;
        match ended {
            Boundary::None => self.open = Some(frame),
            Boundary::Frame | Boundary::Message => self.read.push(frame),
        }
    }
}
