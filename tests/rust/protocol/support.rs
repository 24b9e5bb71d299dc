//! Frames by hand, and two ways to decode them: as one block and byte by byte.

use wirebird::protocol::{
    Boundary, Decoder, Deflate, Item, Limits, MessageKind, ProtocolError, Role, apply_mask,
};

pub const UNLIMITED: Limits =
    Limits { max_message: u64::MAX, max_frame: u64::MAX, max_fragments: u64::MAX };

pub const CONTINUATION: u8 = 0x0;
pub const TEXT: u8 = 0x1;
pub const BINARY: u8 = 0x2;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
pub const PONG: u8 = 0xA;
pub const FIN: u8 = 0x80;
pub const RSV1: u8 = 0x40;

const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// A whole message or control frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<u16>, String),
}

pub fn text(text: &str) -> Seen {
    Seen::Text(text.to_owned())
}

/// What was decoded before the end or the error.
pub type Decoded = (Vec<Seen>, Option<ProtocolError>);

/// Who sends to a `role`.
pub fn peer_of(role: Role) -> Role {
    match role {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    }
}

/// A frame of the `sender`'s; `first` is its first byte: FIN, RSV and opcode.
pub fn frame(sender: Role, first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(sender, first, payload.len() as u64);
    let start = frame.len();
    frame.extend_from_slice(payload);
    if sender == Role::Client {
        apply_mask(&mut frame[start..], MASK, 0);
    }
    frame
}

/// A header of the `sender`'s with a length in its shortest form.
pub fn header(sender: Role, first: u8, length: u64) -> Vec<u8> {
    let masked = if sender == Role::Client { 0x80 } else { 0 };
    let mut header = vec![first];
    match length {
        0..=125 => header.push(length as u8 | masked),
        126..=0xFFFF => {
            header.push(126 | masked);
            header.extend_from_slice(&(length as u16).to_be_bytes());
        }
        _ => {
            header.push(127 | masked);
            header.extend_from_slice(&length.to_be_bytes());
        }
    }
    if sender == Role::Client {
        header.extend_from_slice(&MASK);
    }
    header
}

/// A decoder, and what it has seen so far.
pub struct Reader {
    decoder: Decoder,
    partial: Option<(MessageKind, Vec<u8>)>,
    pub seen: Vec<Seen>,
}

impl Reader {
    pub fn new(decoder: Decoder) -> Self {
        Self { decoder, partial: None, seen: Vec::new() }
    }

    /// Decodes all of a block.
    pub fn feed(&mut self, block: &[u8]) -> Result<(), ProtocolError> {
        let mut block = block.to_vec();
        let mut rest = &mut block[..];
        loop {
            let all = rest.len();
            let (used, item) = self.decoder.next(rest)?;
            let Some(item) = item else {
                assert_eq!(used, all, "no item although bytes are left");
                break;
            };
            self.seen.extend(collect(&mut self.partial, item));
            rest = &mut rest[used..];
        }
        self.decoder.rest();
        Ok(())
    }
}

/// Decodes in blocks of `size` bytes.
pub fn decode_in_blocks(role: Role, limits: Limits, stream: &[u8], size: usize) -> Decoded {
    run(Decoder::new(role, limits), stream, size)
}

fn run(decoder: Decoder, stream: &[u8], size: usize) -> Decoded {
    let mut reader = Reader::new(decoder);
    let error = stream.chunks(size).find_map(|block| reader.feed(block).err());
    (reader.seen, error)
}

/// Decodes whole and in parts, and sees to it that this makes no difference.
fn run_in_parts(decoder: impl Fn() -> Decoder, stream: &[u8]) -> Decoded {
    let whole = run(decoder(), stream, usize::MAX);
    // Miri is some thousand times slower.
    let sizes: &[usize] = if cfg!(miri) { &[3] } else { &[1, 2, 3, 7, 64] };
    for &size in sizes {
        let parts = run(decoder(), stream, size);
        assert_eq!(parts, whole, "in blocks of {size}: {stream:02x?}");
    }
    whole
}

/// Decodes what a `role` receives.
pub fn decode_with(role: Role, limits: Limits, stream: &[u8]) -> Decoded {
    run_in_parts(|| Decoder::new(role, limits), stream)
}

/// Decodes what a `role` receives after permessage-deflate was negotiated.
pub fn decode_deflated(role: Role, limits: Limits, agreed: &Deflate, stream: &[u8]) -> Decoded {
    run_in_parts(|| Decoder::new(role, limits).with_deflate(agreed), stream)
}

pub fn decode(role: Role, stream: &[u8]) -> Decoded {
    decode_with(role, UNLIMITED, stream)
}

/// Decodes the same frames in both roles; `frames` are first bytes and payloads.
pub fn exchange(frames: &[(u8, &[u8])]) -> Decoded {
    let [client, server] = [Role::Client, Role::Server].map(|role| {
        let parts = frames.iter().map(|(first, payload)| frame(peer_of(role), *first, payload));
        decode(role, &parts.collect::<Vec<_>>().concat())
    });
    assert_eq!(client, server, "the roles differ");
    client
}

/// The error that the frames lead to.
pub fn refused(frames: &[(u8, &[u8])]) -> ProtocolError {
    let (seen, error) = exchange(frames);
    error.unwrap_or_else(|| panic!("accepted: {seen:?}"))
}

/// What is decoded from frames that are in order.
pub fn accepted(frames: &[(u8, &[u8])]) -> Vec<Seen> {
    let (seen, error) = exchange(frames);
    assert_eq!(error, None, "after {seen:?}");
    seen
}

fn collect(partial: &mut Option<(MessageKind, Vec<u8>)>, item: Item<'_>) -> Option<Seen> {
    let data = match item {
        Item::Data(data) => data,
        Item::Ping(payload) => return Some(Seen::Ping(payload.to_vec())),
        Item::Pong(payload) => return Some(Seen::Pong(payload.to_vec())),
        Item::Close { code, reason } => return Some(Seen::Close(code, reason.to_owned())),
    };
    assert_eq!(data.starts_message, partial.is_none(), "{data:?}");
    if data.kind == MessageKind::Text {
        std::str::from_utf8(data.bytes).expect("text is cut between characters");
    }
    let (kind, bytes) = partial.get_or_insert((data.kind, Vec::new()));
    assert_eq!(*kind, data.kind);
    bytes.extend_from_slice(data.bytes);
    if data.ends != Boundary::Message {
        return None;
    }
    let (kind, bytes) = partial.take()?;
    Some(match kind {
        MessageKind::Text => Seen::Text(String::from_utf8(bytes).expect("checked")),
        MessageKind::Binary => Seen::Binary(bytes),
    })
}
