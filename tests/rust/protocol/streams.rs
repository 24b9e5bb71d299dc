//! Random streams for the property tests: messages in frames, closes, and what
//! a broken or hostile peer makes of them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use wirebird::protocol::{Deflate, Deflater, Flush, Role};

use super::support::*;

/// A message, where it is cut into frames, and what comes between those.
#[derive(Clone, Debug)]
pub struct Planned {
    pub message: Seen,
    cuts: Vec<Index>,
    between: Vec<Seen>,
}

/// One frame: its first byte and its payload.
pub type Part = (u8, Vec<u8>);

impl Planned {
    /// The frames to send.
    pub fn frames(&self) -> Vec<Part> {
        let (opcode, payload) = opcode_and_payload(&self.message);
        if opcode & 0x8 != 0 {
            return vec![(FIN | opcode, payload.to_vec())];
        }
        self.frames_of(opcode, payload)
    }

    /// The same, compressed.
    pub fn deflated_frames(&self, deflater: &mut Deflater) -> Vec<Part> {
        let (opcode, payload) = opcode_and_payload(&self.message);
        if opcode & 0x8 != 0 {
            return self.frames();
        }
        let mut deflated = Vec::new();
        deflater.deflate(payload, Flush::Message, &mut deflated).expect("deflated");
        self.frames_of(RSV1 | opcode, &deflated)
    }

    fn frames_of(&self, first: u8, payload: &[u8]) -> Vec<Part> {
        let mut cuts: Vec<usize> =
            self.cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
        cuts.extend([0, payload.len()]);
        cuts.sort_unstable();
        let last = cuts.len() - 2;
        let mut between = self.between.iter();
        let mut frames = Vec::new();
        for (index, range) in cuts.windows(2).enumerate() {
            let opcode = if index == 0 { first } else { CONTINUATION };
            let fin = if index == last { FIN } else { 0 };
            frames.push((fin | opcode, payload[range[0]..range[1]].to_vec()));
            if let Some(control) = between.next().filter(|_| index < last) {
                let (opcode, payload) = opcode_and_payload(control);
                frames.push((FIN | opcode, payload.to_vec()));
            }
        }
        frames
    }

    /// What a receiver sees.
    pub fn seen(&self) -> Vec<Seen> {
        let mut seen = self.between.clone();
        seen.truncate(self.cuts.len());
        if let Seen::Ping(_) | Seen::Pong(_) = self.message {
            seen.clear();
        }
        seen.push(self.message.clone());
        seen
    }
}

fn opcode_and_payload(message: &Seen) -> (u8, &[u8]) {
    match message {
        Seen::Text(text) => (TEXT, text.as_bytes()),
        Seen::Binary(bytes) => (BINARY, bytes),
        Seen::Ping(bytes) => (PING, bytes),
        Seen::Pong(bytes) => (PONG, bytes),
        Seen::Close(..) => unreachable!("not a message"),
    }
}

/// Empty, small, around the lengths where the header changes, and large.
fn length() -> impl Strategy<Value = usize> {
    prop_oneof![
        30 => 0..40_usize,
        5 => 120..130_usize,
        2 => 0..3_000_usize,
        1 => 65_530..65_540_usize,
    ]
}

/// Characters of each length in UTF-8.
const CHARACTERS: [char; 10] =
    ['a', '\0', 'ü', '\u{80}', '\u{7FF}', '€', '\u{FFFF}', '漢', '😀', '\u{10FFFF}'];

fn random_text() -> impl Strategy<Value = String> {
    let short = vec(any::<char>(), 0..12).prop_map(String::from_iter);
    let long = (length(), vec(select(&CHARACTERS[..]), 1..9)).prop_map(|(length, characters)| {
        characters.iter().cycle().take(length / 2).collect::<String>()
    });
    prop_oneof![short, long]
}

fn random_bytes() -> impl Strategy<Value = Vec<u8>> {
    (length(), vec(any::<u8>(), 1..9))
        .prop_map(|(length, bytes)| bytes.into_iter().cycle().take(length).collect())
}

fn control() -> impl Strategy<Value = Seen> {
    let payload = || {
        let length = prop_oneof![4 => 0..10_usize, 1 => 0..126_usize];
        length.prop_flat_map(|length| vec(any::<u8>(), length))
    };
    prop_oneof![payload().prop_map(Seen::Ping), payload().prop_map(Seen::Pong)]
}

pub fn planned() -> impl Strategy<Value = Planned> {
    let message = prop_oneof![
        3 => random_text().prop_map(Seen::Text),
        3 => random_bytes().prop_map(Seen::Binary),
        1 => control(),
    ];
    let cuts = prop_oneof![2 => Just(Vec::new()), 1 => vec(any::<Index>(), 1..5)];
    (message, cuts, vec(control(), 0..4)).prop_map(|(message, cuts, between)| Planned {
        message,
        cuts,
        between,
    })
}

/// A Close that may be sent: without anything, with a code, with a reason.
pub fn close() -> impl Strategy<Value = Seen> {
    let code = prop_oneof![1000..=1003_u16, 1007..=1013_u16, 3000..=4999_u16];
    let reason = prop_oneof![Just(String::new()), "[ -~]{1,123}", "(ü|€|😀|a){1,30}"];
    prop_oneof![
        1 => Just(Seen::Close(None, String::new())),
        4 => (code, reason).prop_map(|(code, reason)| Seen::Close(Some(code), reason)),
    ]
}

pub fn role() -> impl Strategy<Value = Role> {
    select(&[Role::Client, Role::Server][..])
}

/// Sizes of the blocks in which a stream arrives, to be repeated.
pub fn block_sizes() -> impl Strategy<Value = Vec<usize>> {
    let size = prop_oneof![3 => 1..8_usize, 2 => 1..200_usize, 1 => 1..70_000_usize];
    vec(size, 1..6)
}

/// What a peer may do wrong.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Truncate(Index),
}

impl Change {
    fn apply(&self, stream: &mut Vec<u8>) {
        if stream.is_empty() {
            return;
        }
        match self {
            Self::Flip(at, bits) => *at.get_mut(stream) ^= bits,
            Self::Insert(at, bytes) => {
                let at = at.index(stream.len());
                stream.splice(at..at, bytes.iter().copied());
            }
            Self::Remove(at, count) => {
                let at = at.index(stream.len());
                stream.drain(at..stream.len().min(at + count));
            }
            Self::Truncate(at) => stream.truncate(at.index(stream.len())),
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let bit = (0..8_u32).prop_map(|bit| 1 << bit);
    prop_oneof![
        4 => (any::<Index>(), bit).prop_map(|(at, bits)| Change::Flip(at, bits)),
        1 => (any::<Index>(), vec(any::<u8>(), 1..4)).prop_map(|(at, new)| Change::Insert(at, new)),
        1 => (any::<Index>(), 1..4_usize).prop_map(|(at, count)| Change::Remove(at, count)),
        1 => any::<Index>().prop_map(Change::Truncate),
    ]
}

/// How a length is written, whether or not that is its shortest form or true.
#[derive(Clone, Copy, Debug)]
enum Length {
    Byte(u8),
    Two(u16),
    Eight(u64),
}

/// A frame whose header says anything, and whose payload need not be as long.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![
        4 => (0..126_u8).prop_map(Length::Byte),
        1 => any::<u16>().prop_map(Length::Two),
        1 => (0..300_u16).prop_map(Length::Two),
        1 => any::<u64>().prop_map(Length::Eight),
        1 => (0..70_000_u64).prop_map(Length::Eight),
    ];
    let mask = proptest::option::of(any::<[u8; 4]>());
    (any::<u8>(), length, mask, vec(any::<u8>(), 0..130)).prop_map(|(first, length, mask, rest)| {
        let masked = if mask.is_some() { 0x80 } else { 0 };
        let mut frame = vec![first];
        match length {
            Length::Byte(length) => frame.push(masked | length),
            Length::Two(length) => {
                frame.push(masked | 126);
                frame.extend(length.to_be_bytes());
            }
            Length::Eight(length) => {
                frame.push(masked | 127);
                frame.extend(length.to_be_bytes());
            }
        }
        frame.extend(mask.into_iter().flatten());
        frame.extend(rest);
        frame
    })
}

/// A frame that breaks one rule, or could.
fn odd_frame(sender: Role) -> impl Strategy<Value = Vec<u8>> {
    let payload = prop_oneof![
        vec(any::<u8>(), 0..8),
        Just("€😀".as_bytes()[..6].to_vec()),
        Just(vec![b'x'; 126]),
        (any::<u16>(), vec(any::<u8>(), 0..3)).prop_map(|(code, reason)| {
            let mut payload = code.to_be_bytes().to_vec();
            payload.extend(reason);
            payload
        }),
    ];
    let sender = prop_oneof![9 => Just(sender), 1 => Just(peer_of(sender))];
    (sender, any::<u8>(), payload).prop_map(|(sender, first, payload)| {
        // Reserved bits are rare here, or nothing else would be looked at.
        let first = if first & 0x70 == 0x70 { first } else { first & 0x8F };
        frame(sender, first, &payload)
    })
}

/// What arrives at a `role` from a peer that may be broken or hostile.
pub fn hostile_stream(role: Role) -> impl Strategy<Value = Vec<u8>> {
    let sender = peer_of(role);
    let good = move |(first, payload): &Part| frame(sender, *first, payload);
    let part = prop_oneof![
        6 => planned().prop_map(move |planned| planned.frames().iter().flat_map(good).collect()),
        2 => odd_frame(sender),
        1 => any_frame(),
    ];
    changed(vec(part, 0..5).prop_map(|parts| parts.concat()))
}

/// Parameters of permessage-deflate.
pub fn agreed() -> impl Strategy<Value = Deflate> {
    (any::<bool>(), any::<bool>(), 8..=15_u8, 8..=15_u8).prop_map(
        |(server, client, ours, theirs)| Deflate {
            server_no_context_takeover: server,
            client_no_context_takeover: client,
            server_max_window_bits: ours,
            client_max_window_bits: theirs,
        },
    )
}

/// Messages that the peer of a `role` sends, every third one of them plain.
pub fn deflated_stream(role: Role, agreed: &Deflate, level: u8, messages: &[Planned]) -> Vec<u8> {
    let sender = peer_of(role);
    let mut deflater = Deflater::new(sender, agreed, level);
    let mut stream = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let frames = match index % 3 {
            2 => message.frames(),
            _ => message.deflated_frames(&mut deflater),
        };
        stream.extend(frames.iter().flat_map(|(first, payload)| frame(sender, *first, payload)));
    }
    stream
}

/// A stream that a broken or hostile peer changed.
pub fn changed(stream: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (stream, vec(change(), 0..3)).prop_map(|(mut stream, changes)| {
        for change in changes {
            change.apply(&mut stream);
        }
        stream
    })
}
