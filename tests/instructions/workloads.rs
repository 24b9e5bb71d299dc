//! What is counted. Each gives how much it did, so that none of it can be left out.

use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use wirebird::protocol::{
    Decoder, Item, Limits, Masks, Role, append_utf8, apply_mask, encode_frame,
};
use wirebird::queue::{Assembler, Batch};

use crate::host::delivery;

pub const NAMES: [&str; 4] =
    ["decode-small", "decode-64k-binary", "decode-64k-text", "encode-small"];

const MESSAGES: usize = 2000;
const LARGE: usize = 64 * 1024;
const UNLIMITED: Limits =
    Limits { max_message: u64::MAX, max_frame: u64::MAX, max_fragments: u64::MAX };

type Work = Box<dyn FnMut() -> usize>;

/// The workload of that name, and what it gives.
pub fn find(name: &str) -> Option<(Work, usize)> {
    let large = MESSAGES / 100;
    match name {
        "decode-small" => Some((decoding(Data::Text, &[b'a'; 125], MESSAGES), MESSAGES)),
        "decode-64k-binary" => Some((decoding(Data::Binary, &[7; LARGE], large), large)),
        "decode-64k-text" => Some((decoding(Data::Text, &prose(LARGE), large), large)),
        "encode-small" => Some((encoding(), encoded_length() * MESSAGES)),
        _ => None,
    }
}

/// Characters of one to four bytes.
fn prose(length: usize) -> Vec<u8> {
    const WORDS: &str = "weather naïve Grüße 12.50 € 東京 🐦 and so on, ";
    let mut text = WORDS.repeat(length / WORDS.len());
    text.extend(std::iter::repeat_n('.', length - text.len()));
    text.into_bytes()
}

/// A client's messages, decoded by a server as they come from a socket and put together for a
/// host that wants UTF-16.
fn decoding(kind: Data, payload: &[u8], messages: usize) -> Work {
    let mut frame = Vec::new();
    encode_frame(&mut frame, &Masks::None, OpCode::Data(kind), payload);
    let start = frame.len() - payload.len();
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    frame[1] |= 0x80;
    apply_mask(&mut frame[start..], mask, 0);
    frame.splice(start..start, mask);

    let stream = frame.repeat(messages);
    let mut arrived = stream.clone();
    Box::new(move || {
        arrived.copy_from_slice(&stream);
        let mut decoder = Decoder::new(Role::Server, UNLIMITED);
        let mut assembler = Assembler::new(delivery());
        let mut complete = 0;
        for read in arrived.chunks_mut(LARGE) {
            let mut batch = Batch::default();
            let mut rest = read;
            while !rest.is_empty() {
                let (used, item) = decoder.next(rest).expect("frames are valid");
                if let Some(Item::Data(data)) = item {
                    let payload = assembler.add(&data, &mut batch).expect("there is memory");
                    complete += usize::from(payload.is_some());
                }
                rest = &mut rest[used..];
            }
            decoder.rest();
        }
        complete
    })
}

const QUOTE: &str = "{\"symbol\":\"ACME\",\"bid\":\"101.25 €\",\"ask\":\"101.27 €\"}";

fn encoded_length() -> usize {
    QUOTE.len() + 2
}

/// A server's small texts, from UTF-16 to frames one behind the other.
fn encoding() -> Work {
    let units: Vec<u16> = QUOTE.encode_utf16().collect();
    let mut text = Vec::new();
    let mut out = Vec::with_capacity(encoded_length() * MESSAGES);
    Box::new(move || {
        out.clear();
        for _ in 0..MESSAGES {
            text.clear();
            append_utf8(&units, &mut text);
            encode_frame(&mut out, &Masks::None, OpCode::Data(Data::Text), &text);
        }
        out.len()
    })
}
