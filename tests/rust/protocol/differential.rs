//! The decoder and tungstenite say the same about random streams.

use std::io::{self, Cursor, Read, Write};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{self, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket};
use wirebird::protocol::{Role, encode_close, encode_frame};

use super::support::*;

const STREAMS: u64 = 250;

/// Reads from memory and keeps what is written.
struct Memory {
    input: Cursor<Vec<u8>>,
    output: Vec<u8>,
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn oracle(role: Role, input: &[u8]) -> WebSocket<Memory> {
    let role = match role {
        Role::Client => protocol::Role::Client,
        Role::Server => protocol::Role::Server,
    };
    let memory = Memory { input: Cursor::new(input.to_vec()), output: Vec::new() };
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    WebSocket::from_raw_socket(memory, role, Some(config))
}

/// What tungstenite reads, and whether it found something wrong.
fn read_by_oracle(role: Role, stream: &[u8]) -> (Vec<Seen>, bool) {
    let mut socket = oracle(role, stream);
    let mut seen = Vec::new();
    loop {
        match socket.read() {
            Ok(message) => seen.push(seen_by_oracle(message)),
            Err(Error::Protocol(
                tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            ))
            | Err(Error::ConnectionClosed | Error::Io(_)) => return (seen, false),
            Err(_) => return (seen, true),
        }
    }
}

fn seen_by_oracle(message: Message) -> Seen {
    match message {
        Message::Text(text) => Seen::Text(text.as_str().to_owned()),
        Message::Binary(bytes) => Seen::Binary(bytes.to_vec()),
        Message::Ping(bytes) => Seen::Ping(bytes.to_vec()),
        Message::Pong(bytes) => Seen::Pong(bytes.to_vec()),
        Message::Close(None) => Seen::Close(None, String::new()),
        Message::Close(Some(close)) => {
            Seen::Close(Some(close.code.into()), close.reason.as_str().to_owned())
        }
        Message::Frame(_) => unreachable!("not read"),
    }
}

fn random_text(random: &mut StdRng) -> String {
    let most = [0, 3, 20, 130, 2_000][random.random_range(0..5)];
    let length = random.random_range(0..=most);
    let characters = ['a', 'z', ' ', 'ü', 'κ', '€', '漢', '😀', '\u{10FFFF}'];
    (0..length).map(|_| characters[random.random_range(0..characters.len())]).collect()
}

fn random_bytes(random: &mut StdRng) -> Vec<u8> {
    let most = [0, 10, 126, 70_000][random.random_range(0..4)];
    let length = random.random_range(0..=most);
    (0..length).map(|_| random.random()).collect()
}

/// A message in up to five frames, with control frames between them.
fn push_message(stream: &mut Vec<u8>, sender: Role, random: &mut StdRng) {
    let (opcode, payload) = match random.random() {
        true => (TEXT, random_text(random).into_bytes()),
        false => (BINARY, random_bytes(random)),
    };
    let count = if random.random() { 1 } else { random.random_range(2..=5) };
    let mut cuts: Vec<usize> = (1..count).map(|_| random.random_range(0..=payload.len())).collect();
    cuts.extend([0, payload.len()]);
    cuts.sort_unstable();
    for (index, range) in cuts.windows(2).enumerate() {
        let opcode = if index == 0 { opcode } else { CONTINUATION };
        let fin = if index + 1 == count { FIN } else { 0 };
        stream.extend(frame(sender, fin | opcode, &payload[range[0]..range[1]]));
        if random.random_bool(0.2) {
            let length = random.random_range(0..=125);
            let opcode = if random.random() { PING } else { PONG };
            stream.extend(frame(sender, FIN | opcode, &vec![b'p'; length]));
        }
    }
}

/// Something that neither may accept.
fn push_fault(stream: &mut Vec<u8>, sender: Role, random: &mut StdRng) {
    stream.extend(match random.random_range(0..9) {
        0 => frame(sender, FIN | 0x10 | TEXT, b"reserved bit"),
        1 => frame(sender, FIN | 0x3, b"reserved opcode"),
        2 => frame(sender, FIN | CONTINUATION, b"continues nothing"),
        3 => frame(sender, PING, b"fragmented"),
        4 => frame(sender, FIN | PING, &[0; 126]),
        5 => frame(sender, FIN | TEXT, b"not UTF-8: \xFF"),
        6 => frame(sender, FIN | CLOSE, b"\x03"),
        7 => frame(peer_of(sender), FIN | TEXT, b"wrong side"),
        _ => [frame(sender, TEXT, b"half"), frame(sender, FIN | BINARY, b"new")].concat(),
    });
}

#[test]
fn random_streams_are_read_alike() {
    for seed in 0..STREAMS {
        let random = &mut StdRng::seed_from_u64(seed);
        let role = if random.random() { Role::Client } else { Role::Server };
        let (sender, mut stream) = (peer_of(role), Vec::new());
        for _ in 0..random.random_range(0..8) {
            push_message(&mut stream, sender, random);
        }
        match random.random_range(0..4) {
            0 => push_fault(&mut stream, sender, random),
            1 => encode_close(&mut stream, sender, Some(1000), &random_text(random)),
            2 => stream.truncate(random.random_range(0..=stream.len())),
            _ => {}
        }
        let block = random.random_range(1..5_000);
        let (seen, error) = decode_in_blocks(role, UNLIMITED, &stream, block);
        let (expected, wrong) = read_by_oracle(role, &stream);
        assert_eq!(seen, expected, "seed {seed}, blocks of {block}");
        assert_eq!(error.is_some(), wrong, "seed {seed}: {error:?}");
    }
}

#[test]
fn what_we_encode_is_read_by_tungstenite() {
    for seed in 0..STREAMS {
        let random = &mut StdRng::seed_from_u64(seed);
        let role = if random.random() { Role::Client } else { Role::Server };
        let (mut stream, mut sent) = (Vec::new(), Vec::new());
        for _ in 0..random.random_range(0..8) {
            let (opcode, payload, message) = match random.random_range(0..3) {
                0 => {
                    let text = random_text(random);
                    (OpCode::Data(Data::Text), text.clone().into_bytes(), Seen::Text(text))
                }
                1 => {
                    let bytes = random_bytes(random);
                    (OpCode::Data(Data::Binary), bytes.clone(), Seen::Binary(bytes))
                }
                _ => {
                    let bytes = vec![b'p'; random.random_range(0..=125)];
                    (OpCode::Control(Control::Ping), bytes.clone(), Seen::Ping(bytes))
                }
            };
            encode_frame(&mut stream, role, opcode, &payload);
            sent.push(message);
        }
        encode_close(&mut stream, role, Some(1001), "bye");
        sent.push(Seen::Close(Some(1001), "bye".to_owned()));
        assert_eq!(read_by_oracle(peer_of(role), &stream), (sent, false), "seed {seed}");
    }
}

#[test]
fn what_tungstenite_encodes_is_read_by_us() {
    for seed in 0..STREAMS {
        let random = &mut StdRng::seed_from_u64(seed);
        let role = if random.random() { Role::Client } else { Role::Server };
        let mut socket = oracle(role, &[]);
        let mut sent = Vec::new();
        for _ in 0..random.random_range(0..8) {
            let message = match random.random_range(0..3) {
                0 => Message::text(random_text(random)),
                1 => Message::binary(random_bytes(random)),
                _ => Message::Ping(vec![b'p'; random.random_range(0..=125)].into()),
            };
            socket.send(message.clone()).unwrap();
            sent.push(seen_by_oracle(message));
        }
        socket.close(None).unwrap();
        sent.push(Seen::Close(None, String::new()));
        let stream = &socket.get_ref().output;
        let block = random.random_range(1..5_000);
        let decoded = decode_in_blocks(peer_of(role), UNLIMITED, stream, block);
        assert_eq!(decoded, (sent, None), "seed {seed}");
    }
}
