//! Python websockets and ws of npm as peers, in both roles.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use wirebird::ffi::*;

use super::host::*;

/// Who wrote the peer.
#[derive(Clone, Copy, Debug)]
enum Library {
    PythonWebsockets,
    Ws,
}

impl Library {
    /// The peer's program: with what `make test` sets up, or the system's.
    fn command(self) -> Command {
        let variable = |name, default: &str| std::env::var(name).unwrap_or(default.to_owned());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop");
        match self {
            Self::PythonWebsockets => {
                let mut command = Command::new(variable("WIREBIRD_PYTHON", "python3"));
                command.arg(format!("{folder}/peer.py"));
                command
            }
            Self::Ws => {
                let mut command = Command::new(variable("WIREBIRD_NODE", "node"));
                command.env("NODE_PATH", variable("WIREBIRD_NODE_MODULES", ""));
                command.arg(format!("{folder}/peer.js"));
                command
            }
        }
    }
}

/// A running peer; ended with the test.
struct Peer {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Peer {
    fn start(library: Library, arguments: &[&str]) -> Self {
        let mut command = library.command();
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}: `make test` sets it up"));
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut peer = Self { child, output };
        assert_eq!(peer.line(), "ready", "{library:?}");
        peer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "the peer ended: `make test` installs what it needs");
        line.trim_end_matches('\n').to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An open connection to a peer.
struct Pair {
    host: Host,
    connection: wirebird_connection_t,
    peer: Peer,
}

impl Pair {
    /// The peer is the server.
    fn as_client(library: Library) -> Self {
        let mut peer = Peer::start(library, &["server", "null"]);
        let url = peer.line();
        let host = Host::new();
        let protocols = [text("a"), text("b")];
        let connection = host.open_with(&url, |options, _| {
            (options.subprotocols, options.subprotocol_count) = (protocols.as_ptr(), 2);
        });
        host.expect(WIREBIRD_EVENT_OPENED);
        Self { host, connection, peer }
    }

    /// The peer is the client.
    fn as_server(library: Library) -> Self {
        let host = Host::new();
        let protocols = [text("b"), text("c")];
        let server = host.listen_with(|options, connection| {
            (options.subprotocols, options.subprotocol_count) = (protocols.as_ptr(), 2);
            connection.max_message_size = 2 << 20;
        });
        let peer = Peer::start(library, &["client", "null", &server.url()]);
        let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
        Self { host, connection, peer }
    }

    fn expect_text(&self, expected: &str) {
        let came = self.host.expect(WIREBIRD_EVENT_TEXT);
        assert!(came.text() == expected, "sent {} bytes, {came:?}", expected.len());
    }

    fn echoes(&self, message: &str) {
        send_text(self.connection, message);
        self.expect_text(message);
        send_binary(self.connection, message.as_bytes());
        let came = self.host.expect(WIREBIRD_EVENT_BINARY);
        assert!(came.data == message.as_bytes(), "sent {} bytes, {came:?}", message.len());
    }

    /// Messages and Pings of every kind, whole and in fragments.
    fn converse(&self) {
        let mut subprotocol = text("");
        ok(unsafe { wirebird_connection_subprotocol(self.connection, &mut subprotocol) });
        let chosen = unsafe {
            std::slice::from_raw_parts(subprotocol.data.cast::<u8>(), subprotocol.length)
        };
        assert_eq!(chosen, b"b");
        for size in [0, 10, 125, 126, 65_535, 65_536, 1 << 20] {
            self.echoes(&"x".repeat(size));
            self.echoes(&"aü€😀".repeat(size / 10));
        }
        ok(wirebird_connection_set(self.connection, WIREBIRD_OPTION_OUTGOING_FRAME_SIZE, 7));
        self.echoes("in fragments: ü€😀ü€😀ü€😀");
        send_text(self.connection, "/fragments Frag mén te");
        self.expect_text("Fragménte");
        send_text(self.connection, "/ping päyload");
        self.expect_text("pong päyload");
        let payload = "päyload".as_bytes();
        ok(unsafe {
            wirebird_connection_ping(self.connection, payload.as_ptr().cast(), payload.len())
        });
        assert_eq!(self.host.expect(WIREBIRD_EVENT_PONG).data, payload);
    }

    fn close(mut self, code: u16, reason: &str) {
        close(self.connection, code, reason);
        let closed = self.host.expect(WIREBIRD_EVENT_CLOSED);
        let expected = (WIREBIRD_OK, code, reason);
        assert_eq!((closed.status, closed.close_code, closed.text()), expected, "{closed:?}");
        assert_eq!(self.peer.line(), format!("closed {code} {reason}"));
    }

    fn closed_by_peer(mut self, code: u16, reason: &str) {
        send_text(self.connection, &format!("/close {code} {reason}"));
        let closing = self.host.expect(WIREBIRD_EVENT_CLOSING);
        assert_eq!((closing.close_code, closing.text()), (code, reason), "{closing:?}");
        let closed = self.host.expect(WIREBIRD_EVENT_CLOSED);
        let expected = (WIREBIRD_OK, code, reason);
        assert_eq!((closed.status, closed.close_code, closed.text()), expected, "{closed:?}");
        assert!(self.peer.line().starts_with(&format!("closed {code}")));
    }
}

/// Everything, with the peer as server and as client.
fn interoperates(library: Library) {
    for open in [Pair::as_client, Pair::as_server] {
        let pair = open(library);
        pair.converse();
        pair.close(4000, "done é");
        open(library).closed_by_peer(4001, "fertig €");
        open(library).closed_by_peer(1000, "");
        open(library).close(1001, "");
    }
}

#[test]
fn python_websockets_is_client_and_server() {
    interoperates(Library::PythonWebsockets);
}

#[test]
fn ws_is_client_and_server() {
    interoperates(Library::Ws);
}

/// Python websockets always sends a code.
#[test]
fn ws_closes_without_a_code() {
    for open in [Pair::as_client, Pair::as_server] {
        let pair = open(Library::Ws);
        send_text(pair.connection, "/close ");
        assert_eq!(pair.host.expect(WIREBIRD_EVENT_CLOSING).close_code, 1005);
        let closed = pair.host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1005), "{closed:?}");
    }
}
