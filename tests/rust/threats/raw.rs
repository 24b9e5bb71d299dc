//! A peer that sends whatever bytes the test wants, in either role.

use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use wirebird::ffi::*;
use wirebird::protocol::{Role, apply_mask};

use crate::engine::host::*;
use crate::engine::peers::{self, read_head, request};

/// One end of an open connection.
pub struct Raw {
    pub stream: TcpStream,
    /// The role that this end plays.
    pub role: Role,
}

impl Raw {
    /// A client of the server on `port`.
    pub fn client(port: u16) -> Self {
        Self::client_with(port, "").0
    }

    /// A client whose request has further lines, and the answer's lines.
    pub fn client_with(port: u16, lines: &str) -> (Self, Vec<String>) {
        let mut stream = connected(port);
        stream.write_all(request(lines).as_bytes()).expect("the request is taken");
        let mut stream = BufReader::new(stream);
        let head = read_head(&mut stream);
        assert!(head[0].starts_with("HTTP/1.1 101 "), "{lines}: {head:?}");
        assert!(stream.buffer().is_empty(), "the server spoke first");
        (Self { stream: stream.into_inner(), role: Role::Client }, head)
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the bytes are taken");
    }

    /// The next frame, its first byte and payload; `None` at the end of TCP.
    pub fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut header = [0; 2];
        self.stream.read_exact(&mut header).ok()?;
        let masked = header[1] & 0x80 != 0;
        assert_eq!(masked, self.role == Role::Server, "clients mask, servers don't");
        let length = match header[1] & 0x7F {
            126 => u64::from(u16::from_be_bytes(self.read())),
            127 => u64::from_be_bytes(self.read()),
            short => u64::from(short),
        };
        let mask = masked.then(|| self.read());
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload).expect("the payload");
        if let Some(mask) = mask {
            apply_mask(&mut payload, mask, 0);
        }
        Some((header[0], payload))
    }

    /// The code of the Close frame, which has to be the next and the last one.
    pub fn close_code(&mut self, why: &str) -> u16 {
        let close = self.next();
        let Some((0x88, payload)) = &close else { panic!("{why}: {close:02x?}") };
        let code = payload.get(..2).unwrap_or_else(|| panic!("{why}: no code"));
        let mut rest = Vec::new();
        // A reset ends the stream as well.
        let _ = self.stream.read_to_end(&mut rest);
        assert!(rest.is_empty(), "{why}: {rest:02x?} after the Close");
        u16::from_be_bytes([code[0], code[1]])
    }

    fn read<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).expect("a whole header");
        bytes
    }
}

/// A TCP connection to a server of this machine's.
pub fn connected(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    stream.set_read_timeout(peers::patience()).expect("a timeout");
    stream.set_nodelay(true).expect("set");
    stream
}

/// An open connection of ours in `role`, and its peer.
pub fn open(
    host: &Host,
    role: Role,
    change: impl FnOnce(&mut wirebird_connection_options_t),
) -> (wirebird_connection_t, Raw) {
    match role {
        Role::Server => {
            let server = host.listen_with(|_, connection| change(connection));
            let peer = Raw::client(server.port);
            let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
            ok(wirebird_server_release(server.handle));
            (connection, peer)
        }
        Role::Client => {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let port = listener.local_addr().expect("an address").port();
            let url = format!("ws://127.0.0.1:{port}/");
            let connection = host.open_with(&url, |_, connection| change(connection));
            let (stream, _) = listener.accept().expect("a client");
            stream.set_read_timeout(peers::patience()).expect("a timeout");
            stream.set_nodelay(true).expect("set");
            let stream = peers::upgraded(stream);
            host.expect(WIREBIRD_EVENT_OPENED);
            (connection, Raw { stream, role: Role::Server })
        }
    }
}
