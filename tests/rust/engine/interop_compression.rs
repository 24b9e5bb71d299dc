//! permessage-deflate with Python websockets and ws of npm, in both roles.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use wirebird::ffi::*;

use super::host::*;
use super::peers;
use super::programs::{Library, Open, Pair};

/// One parameter or all of them, by their names in RFC 7692.
type Terms = &'static [(&'static str, u32)];

const NOTHING: Terms = &[];
const SMALL_WINDOWS: Terms = &[("server_max_window_bits", 9), ("client_max_window_bits", 9)];
const NO_CONTEXTS: Terms = &[("server_no_context_takeover", 1), ("client_no_context_takeover", 1)];
const EVERYTHING: Terms = &[
    ("server_max_window_bits", 10),
    ("client_max_window_bits", 11),
    ("server_no_context_takeover", 1),
    ("client_no_context_takeover", 1),
];
const SMALLEST_WINDOW: Terms = &[("server_max_window_bits", 8)];

/// What a peer is told.
fn json(terms: Terms) -> String {
    let parts = terms.iter().map(|(name, value)| match *value {
        1 => format!("\"{name}\": true"),
        bits => format!("\"{name}\": {bits}"),
    });
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}

/// What this side is told.
fn compress(options: &mut wirebird_connection_options_t, terms: Terms) {
    (options.compression, options.compression_threshold) = (1, 0);
    for (name, value) in terms {
        match *name {
            "server_max_window_bits" => options.server_max_window_bits = *value,
            "client_max_window_bits" => options.client_max_window_bits = *value,
            "server_no_context_takeover" => options.server_no_context_takeover = *value,
            _ => options.client_no_context_takeover = *value,
        }
    }
}

fn parameter((name, value): &(&str, u32)) -> String {
    if *value == 1 { (*name).to_owned() } else { format!("{name}={value}") }
}

/// Messages in both directions, compressed: each side sends far fewer bytes
/// than they have, and the terms of the server are those that were asked for.
fn compresses(pair: &Pair, terms: Terms, case: &str) {
    let extensions = read_text(pair.connection, wirebird_connection_extensions);
    assert!(extensions.starts_with("permessage-deflate"), "{case}: {extensions:?}");
    for term in terms {
        // A client need not be told what it has offered to do.
        if term.0.starts_with("server") {
            assert!(extensions.contains(&parameter(term)), "{case}: {extensions:?}");
        }
    }
    let mut sent = 0;
    for size in [0, 1, 10, 125, 126, 127, 65_535, 65_536] {
        for unit in ["x", "a quick brown ü, € and 😀; "] {
            let message = unit.repeat(size / unit.len());
            pair.echoes(&message);
            sent += 2 * message.len();
        }
    }
    // What can't be compressed is not lost.
    let noise: String = (0..20_000_u32)
        .filter_map(|n| char::from_u32(n.wrapping_mul(2_654_435_761) >> 12))
        .collect();
    pair.echoes(&noise);
    sent += 2 * noise.len();
    ok(wirebird_connection_set(pair.connection, WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, 7));
    pair.echoes("in fragments: ü€😀ü€😀ü€😀");
    send_text(pair.connection, "/fragments Frag mén te");
    pair.expect_text("Fragménte");
    let passed = pair.relay.passed();
    let answer = String::from_utf8_lossy(&passed.from_server[..999.min(passed.from_server.len())]);
    assert!(answer.contains(&extensions), "{case}: {extensions:?}: {answer}");
    for (side, bytes) in [("client", passed.from_client), ("server", passed.from_server)] {
        assert!(bytes.len() < sent / 2, "{case}: the {side} sent {} of {sent}", bytes.len());
    }
}

fn ends(mut pair: Pair) {
    close(pair.connection, 1000, "");
    assert_eq!(pair.host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);
    assert_eq!(pair.peer.line(), "closed 1000 ");
}

fn interoperates(library: Library) {
    for terms in [NOTHING, SMALL_WINDOWS, NO_CONTEXTS, EVERYTHING] {
        let roles: [(_, Open); 2] = [("client", Pair::as_client), ("server", Pair::as_server)];
        for (role, open) in roles {
            let case = format!("we are the {role} and ask for {terms:?}");
            let pair = open(library, "{}", &|options| compress(options, terms));
            compresses(&pair, terms, &case);
            ends(pair);
            let case = format!("we are the {role} and are asked for {terms:?}");
            let pair = open(library, &json(terms), &|options| compress(options, NOTHING));
            compresses(&pair, terms, &case);
            ends(pair);
        }
    }
}

#[test]
fn python_websockets_compresses_on_all_terms() {
    interoperates(Library::PythonWebsockets);
}

#[test]
fn ws_compresses_on_all_terms() {
    interoperates(Library::Ws);
}

#[test]
fn compressed_messages_pass_over_streams_of_the_hosts() {
    for library in [Library::PythonWebsockets, Library::Ws] {
        let roles: [Open; 2] = [Pair::as_carried_client, Pair::as_carried_server];
        for open in roles {
            let pair = open(library, "{}", &|options| compress(options, NOTHING));
            compresses(&pair, NOTHING, &format!("{library:?}"));
            ends(pair);
        }
    }
}

#[test]
fn clients_with_the_smallest_window_inflate_what_the_server_sends() {
    for library in [Library::PythonWebsockets, Library::Ws] {
        let terms = json(SMALLEST_WINDOW);
        let pair = Pair::as_server(library, &terms, &|options| compress(options, NOTHING));
        compresses(&pair, SMALLEST_WINDOW, &format!("{library:?}"));
        ends(pair);
    }
}

/// The payload of the next frame, which is not masked, and its first byte.
fn read_frame(stream: &mut impl Read) -> (u8, Vec<u8>) {
    let mut read = |count| {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).expect("a frame in time");
        bytes
    };
    let head = read(2);
    let length = match head[1] {
        126 => read(2).iter().fold(0, |all, byte| all << 8 | usize::from(*byte)),
        127 => read(8).iter().fold(0, |all, byte| all << 8 | usize::from(*byte)),
        length => usize::from(length),
    };
    (head[0], read(length))
}

/// With window bits of 8 nothing refers further back than 256 bytes: zlib says
/// so, which inflates byte by byte with a window of that size.
#[test]
fn the_smallest_window_is_kept_to() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| compress(connection, NOTHING));
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
    peers::be_patient(&stream);
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=8\r\n";
    stream.write_all(peers::request(offer).as_bytes()).expect("taken");
    let mut stream = BufReader::new(stream);
    let head = peers::read_head(&mut stream);
    let answer = "sec-websocket-extensions: permessage-deflate; server_max_window_bits=8";
    assert!(head.iter().any(|line| line.to_lowercase() == answer), "{head:?}");
    let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    let (mut deflated, mut sent) = (Vec::new(), Vec::new());
    // Repetitions at every distance up to 600, within and across messages.
    for distance in (1..600).step_by(7) {
        let noise = (0..distance).map(|n: u32| ((n * n * 31) >> 3) as u8);
        let message: Vec<u8> = noise.cycle().take(2_000).collect();
        send_binary(connection, &message);
        let (first, payload) = read_frame(&mut stream);
        assert_eq!(first, 0xC2, "compressed, and in one frame");
        deflated.extend(payload);
        deflated.extend([0x00, 0x00, 0xFF, 0xFF]);
        sent.extend(message);
    }
    assert!(deflated.len() < sent.len(), "{} of {}", deflated.len(), sent.len());
    let mut python = Command::new(Library::PythonWebsockets.runtime())
        .args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/inflate.py"), "8"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python");
    let mut input = python.stdin.take().expect("piped");
    let feeding = std::thread::spawn(move || input.write_all(&deflated));
    let output = python.wait_with_output().expect("it ends");
    feeding.join().expect("fed").expect("taken");
    assert!(output.status.success(), "zlib refuses it");
    assert!(output.stdout == sent, "{} bytes of {}", output.stdout.len(), sent.len());
}
