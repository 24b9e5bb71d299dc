//! tungstenite and the protocol say the same about random conversations, in
//! order and not. A failing case is shrunk, printed, and kept in
//! tests/proptest-regressions/: it is tried first from then on.

use std::io::{self, Cursor, Read, Write};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError as TheirError;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};
use tokio_tungstenite::tungstenite::protocol::{self, CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket};
use wirebird::protocol::{
    Decoder, Limits, Masks, ProtocolError, Role, apply_mask, encode_close, encode_frame,
    encode_header, new_mask,
};

use super::reading::blocks;
use super::streams::*;
use super::support::*;

/// No conversation in memory takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

fn their_role(role: Role) -> protocol::Role {
    match role {
        Role::Client => protocol::Role::Client,
        Role::Server => protocol::Role::Server,
    }
}

fn in_time<T>(conversation: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let limited = async { tokio::time::timeout(PATIENCE, conversation).await };
    runtime.expect("a runtime").block_on(limited).expect("the conversation ends")
}

fn seen_by_them(message: Message) -> Seen {
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

fn their_close(close: &Seen) -> Option<CloseFrame> {
    let Seen::Close(code, reason) = close else { unreachable!("not a Close") };
    code.map(|code| CloseFrame { code: code.into(), reason: reason.into() })
}

/// A frame of tungstenite's own making.
fn their_frame((first, payload): Part) -> Message {
    let (is_final, opcode) = (first & FIN != 0, OpCode::from(first & 0x0F));
    let header = FrameHeader { is_final, opcode, ..FrameHeader::default() };
    Message::Frame(Frame::from_payload(header, payload.into()))
}

/// tungstenite as `role` sends frames and a Close; what its peer decodes from
/// blocks of these sizes, and the Close that tungstenite reads as its answer.
async fn they_send(
    role: Role,
    frames: Vec<Part>,
    close: Option<&Seen>,
    sizes: &[usize],
) -> (Decoded, Option<Seen>) {
    let (theirs, ours) = duplex(sizes[0]);
    let sending = async {
        let mut socket = WebSocketStream::from_raw_socket(theirs, their_role(role), None).await;
        for frame in frames {
            socket.send(their_frame(frame)).await.expect("sent");
        }
        let close = close?;
        socket.close(their_close(close)).await.expect("sent");
        let mut answer = None;
        while let Some(Ok(message)) = socket.next().await {
            answer = Some(seen_by_them(message));
        }
        answer
    };
    tokio::join!(receive(ours, peer_of(role), sizes), sending)
}

/// Decodes until the stream's end; answers a Close like a connection does.
async fn receive(mut stream: DuplexStream, role: Role, sizes: &[usize]) -> Decoded {
    let mut reader = Reader::new(Decoder::new(role, UNLIMITED));
    for size in sizes.iter().cycle() {
        let mut block = vec![0; *size];
        let count = stream.read(&mut block).await.expect("read");
        if let Err(error) = reader.feed(&block[..count]) {
            return (reader.seen, Some(error));
        }
        if let Some(Seen::Close(code, _)) = reader.seen.last() {
            let mut answer = Vec::new();
            encode_close(&mut answer, &Masks::of(role), *code, "");
            stream.write_all(&answer).await.expect("written");
            break;
        }
        if count == 0 {
            break;
        }
    }
    (reader.seen, None)
}

/// `stream`, written in blocks of these sizes, is read by tungstenite as
/// `role`: what it sees, and what it sends back.
async fn they_receive(role: Role, stream: &[u8], sizes: &[usize]) -> (Vec<Seen>, Decoded) {
    // It does not wait for room for its answer to a Close.
    let (theirs, ours) = duplex(1 << 16);
    let (mut answers, mut writer) = split(ours);
    let receiving = async {
        let mut config = WebSocketConfig::default();
        (config.max_message_size, config.max_frame_size) = (None, None);
        let role = their_role(role);
        let mut socket = WebSocketStream::from_raw_socket(theirs, role, Some(config)).await;
        let mut seen = Vec::new();
        while let Some(message) = socket.next().await {
            match message {
                Ok(message) => seen.push(seen_by_them(message)),
                Err(Error::Protocol(TheirError::ResetWithoutClosingHandshake)) => break,
                Err(error) => panic!("{error} after {seen:?}"),
            }
        }
        seen
    };
    let writing = async {
        for block in blocks(stream, sizes) {
            writer.write_all(block).await.expect("written");
            tokio::task::yield_now().await;
        }
        writer.shutdown().await.expect("ended");
    };
    let reading = async {
        let mut bytes = Vec::new();
        answers.read_to_end(&mut bytes).await.expect("read");
        decode_in_blocks(peer_of(role), UNLIMITED, &bytes, usize::MAX)
    };
    let (seen, answered, ()) = tokio::join!(receiving, reading, writing);
    (seen, answered)
}

/// What a `role` of ours sends for a frame: whole frames and parts of messages
/// are made by different functions.
fn our_frame(stream: &mut Vec<u8>, role: Role, (first, payload): Part) {
    let (is_final, opcode) = (first & FIN != 0, OpCode::from(first & 0x0F));
    if is_final {
        return encode_frame(stream, &Masks::of(role), opcode, &payload);
    }
    let mask = (role == Role::Client).then(new_mask);
    let header = FrameHeader { is_final, opcode, mask, ..FrameHeader::default() };
    encode_header(stream, &header, payload.len() as u64);
    let start = stream.len();
    stream.extend(payload);
    apply_mask(&mut stream[start..], mask.unwrap_or_default(), 0);
}

/// Reads from memory and forgets what is written.
struct Memory(Cursor<Vec<u8>>);

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Read::read(&mut self.0, buffer)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Frames and messages of hostile peers: tungstenite takes memory for what is
/// declared, so that it has to have a limit.
const LIMITS: Limits = Limits { max_message: 100_000, max_frame: 70_000, max_fragments: u64::MAX };

/// What tungstenite makes of a stream, and the close code of its error.
fn their_verdict(role: Role, stream: Vec<u8>) -> (Vec<Seen>, Option<u16>) {
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(LIMITS.max_message as usize);
    config.max_frame_size = Some(LIMITS.max_frame as usize);
    let stream = Memory(Cursor::new(stream));
    let mut socket = WebSocket::from_raw_socket(stream, their_role(role), Some(config));
    let mut seen = Vec::new();
    loop {
        match socket.read() {
            // So it tells that a code must not be sent; a peer of ours fails.
            Ok(Message::Close(Some(CloseFrame { code: CloseCode::Protocol, reason })))
                if reason.as_str() == "Protocol violation" =>
            {
                return (seen, Some(1002));
            }
            Ok(message) => seen.push(seen_by_them(message)),
            Err(Error::Utf8(_)) => return (seen, Some(1007)),
            Err(Error::Capacity(_)) => return (seen, Some(1009)),
            Err(Error::Protocol(TheirError::ResetWithoutClosingHandshake)) => return (seen, None),
            Err(Error::Protocol(_)) => return (seen, Some(1002)),
            Err(error) => panic!("{error} after {seen:?}"),
        }
        if let Some(Seen::Close(..)) = seen.last() {
            return (seen, None);
        }
    }
}

/// Differences that are right: of two faults in one frame each side tells the
/// one that it looks for first.
fn may_differ(ours: ProtocolError, theirs: u16) -> bool {
    match ours {
        // It reads a Close's reason before its code.
        ProtocolError::CloseCode(_) => theirs == 1007,
        // It looks at the length of a frame before everything else.
        ProtocolError::ReservedBits(_)
        | ProtocolError::Masked
        | ProtocolError::Unmasked
        | ProtocolError::LengthTopBit
        | ProtocolError::FragmentedControl
        | ProtocolError::ControlTooLong(_)
        | ProtocolError::NothingToContinue
        | ProtocolError::InterruptedMessage => theirs == 1009,
        _ => false,
    }
}

/// Our verdict and tungstenite's on a stream.
fn check_verdicts(role: Role, stream: &[u8]) -> Result<(), TestCaseError> {
    let (mut seen, error) = decode_in_blocks(role, LIMITS, stream, usize::MAX);
    let mut stream = stream.to_vec();
    if error.is_some() {
        // It looks at a frame only when all of it is there, we at once: a bad
        // header or character before the end of the frame is an error already.
        stream.resize(stream.len() + LIMITS.max_frame as usize, 0);
    }
    let (expected, theirs) = their_verdict(role, stream);
    if let Some(ProtocolError::LengthNotMinimal(_)) = error {
        // It takes a length in any form (RFC 6455 section 5.2 does not).
        prop_assert!(expected.starts_with(&seen), "{seen:?} and {expected:?}");
        return Ok(());
    }
    if let (Some(Seen::Close(Some(1014), _)), Some(1002)) = (seen.last(), theirs) {
        // It does not know this code, registered after RFC 6455.
        seen.pop();
        prop_assert_eq!(seen, expected);
        return Ok(());
    }
    prop_assert_eq!(seen, expected, "{:?} and {:?}", error, theirs);
    match (error, theirs) {
        (Some(error), Some(theirs)) if may_differ(error, theirs) => {}
        _ => prop_assert_eq!(error.map(|error| error.close_code()), theirs, "{:?}", error),
    }
    Ok(())
}

fn frames_of(messages: &[Planned]) -> Vec<Part> {
    messages.iter().flat_map(Planned::frames).collect()
}

fn seen_of(messages: &[Planned], close: Option<&Seen>) -> Vec<Seen> {
    messages.iter().flat_map(Planned::seen).chain(close.cloned()).collect()
}

fn code_of(close: &Seen) -> Option<u16> {
    match close {
        Seen::Close(code, _) => *code,
        other => panic!("not a Close: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_tungstenite_writes_is_read_and_its_close_answered(
        role in role(),
        messages in vec(planned(), 0..5),
        close in proptest::option::of(close()),
        sizes in block_sizes(),
    ) {
        let conversation = they_send(role, frames_of(&messages), close.as_ref(), &sizes);
        let ((seen, error), answer) = in_time(conversation);
        prop_assert_eq!(error, None);
        prop_assert_eq!(seen, seen_of(&messages, close.as_ref()));
        prop_assert_eq!(answer.as_ref().map(code_of), close.as_ref().map(code_of));
    }

    #[test]
    fn tungstenite_reads_what_is_written_and_answers_its_close(
        role in role(),
        messages in vec(planned(), 0..5),
        close in proptest::option::of(close()),
        sizes in block_sizes(),
    ) {
        let mut stream = Vec::new();
        for frame in frames_of(&messages) {
            our_frame(&mut stream, role, frame);
        }
        if let Some(Seen::Close(code, reason)) = &close {
            encode_close(&mut stream, &Masks::of(role), *code, reason);
        }
        let (seen, answered) = in_time(they_receive(peer_of(role), &stream, &sizes));
        prop_assert_eq!(seen, seen_of(&messages, close.as_ref()));
        prop_assert_eq!(answered.1, None);
        let answer = answered.0.iter().find(|seen| matches!(seen, Seen::Close(..)));
        prop_assert_eq!(answer.map(code_of), close.as_ref().map(code_of));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn hostile_streams_are_refused_where_tungstenite_refuses_them(
        (role, stream) in role().prop_flat_map(|role| (Just(role), hostile_stream(role))),
    ) {
        check_verdicts(role, &stream)?;
    }
}
