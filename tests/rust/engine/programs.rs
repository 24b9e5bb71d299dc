//! Programs with WebSocket libraries of others as peers, and connections to
//! them whose bytes are kept on the way.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use wirebird::ffi::*;

use super::carrying;
use super::host::*;
use super::relay::Relay;

/// Who wrote the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    PythonWebsockets,
    Ws,
}

impl Library {
    /// What runs the peer: what `make test` sets up, or the system's.
    pub fn runtime(self) -> String {
        match self {
            Self::PythonWebsockets => variable("WIREBIRD_PYTHON", "python3"),
            Self::Ws => variable("WIREBIRD_NODE", "node"),
        }
    }

    /// One of the peer's programs.
    fn command(self, program: &str) -> Command {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop");
        let mut command = Command::new(self.runtime());
        match self {
            Self::PythonWebsockets => command.arg(format!("{folder}/{program}")),
            Self::Ws => command
                .arg(format!("{folder}/{program}"))
                .env("NODE_PATH", variable("WIREBIRD_NODE_MODULES", "")),
        };
        command
    }
}

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// A running peer; ended with the test.
pub struct Peer {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Peer {
    pub fn start(library: Library, arguments: &[&str]) -> Self {
        Self::start_in(library, arguments, &[])
    }

    /// With these environment variables.
    pub fn start_in(library: Library, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let program = match library {
            Library::PythonWebsockets => "peer.py",
            Library::Ws => "peer.js",
        };
        let mut command = library.command(program);
        command.envs(variables.iter().copied());
        Self::run(command, library, arguments)
    }

    pub fn start_program(library: Library, program: &str, arguments: &[&str]) -> Self {
        Self::run(library.command(program), library, arguments)
    }

    fn run(mut command: Command, library: Library, arguments: &[&str]) -> Self {
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}: `make test` sets it up"));
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut peer = Self { child, output };
        assert_eq!(peer.line(), "ready", "{library:?}");
        peer
    }

    pub fn line(&mut self) -> String {
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

/// What lies below a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The engine's own socket.
    Tcp,
    /// A socket of the host's, who carries the bytes.
    Host,
}

/// Changes a connection's options.
pub type Change<'a> = &'a dyn Fn(&mut wirebird_connection_options_t);

/// One of `Pair`'s constructors.
pub type Open = fn(Library, &str, Change<'_>) -> Pair;

/// An open connection to a peer that runs tests/interop/.
pub struct Pair {
    pub host: Host,
    pub connection: wirebird_connection_t,
    pub peer: Peer,
    pub relay: Relay,
}

impl Pair {
    /// The peer is the server. `deflate` is what it is told of compression.
    pub fn as_client(library: Library, deflate: &str, change: Change) -> Self {
        Self::client(library, deflate, change, Over::Tcp)
    }

    /// The same over a stream that the host carries.
    pub fn as_carried_client(library: Library, deflate: &str, change: Change) -> Self {
        Self::client(library, deflate, change, Over::Host)
    }

    fn client(library: Library, deflate: &str, change: Change, over: Over) -> Self {
        let mut peer = Peer::start(library, &["server", deflate]);
        let url = peer.line();
        let port = url.trim_start_matches("ws://127.0.0.1:").trim_end_matches('/');
        let relay = Relay::to(port.parse().expect("a port"));
        let host = Host::new();
        let protocols = [text("a"), text("b")];
        let change = |options: &mut wirebird_client_options_t, connection: &mut _| {
            (options.subprotocols, options.subprotocol_count) = (protocols.as_ptr(), 2);
            change(connection);
        };
        let connection = match over {
            Over::Tcp => host.open_with(&relay.url(), change),
            Over::Host => carrying::open_with(&host, &relay.url(), change),
        };
        host.expect(WIREBIRD_EVENT_OPENED);
        Self { host, connection, peer, relay }
    }

    /// The peer is the client.
    pub fn as_server(library: Library, deflate: &str, change: Change) -> Self {
        Self::server(library, deflate, change, Over::Tcp)
    }

    /// The same over a stream that the host carries.
    pub fn as_carried_server(library: Library, deflate: &str, change: Change) -> Self {
        Self::server(library, deflate, change, Over::Host)
    }

    fn server(library: Library, deflate: &str, change: Change, over: Over) -> Self {
        let host = Host::new();
        let protocols = [text("b"), text("c")];
        let server = host.listen_with(|options, connection| {
            (options.subprotocols, options.subprotocol_count) = (protocols.as_ptr(), 2);
            connection.max_message_size = 2 << 20;
            change(connection);
            if over == Over::Host {
                options.descriptor = WIREBIRD_NO_SOCKET;
            }
        });
        let port = match over {
            Over::Tcp => server.port,
            Over::Host => carrying::listen(server.handle),
        };
        let relay = Relay::to(port);
        let peer = Peer::start(library, &["client", deflate, &relay.url()]);
        let connection = host.expect(WIREBIRD_EVENT_ACCEPTED).connection;
        Self { host, connection, peer, relay }
    }

    pub fn expect_text(&self, expected: &str) {
        let came = self.host.expect(WIREBIRD_EVENT_TEXT);
        let (sent, came) = (expected.len(), came.text());
        assert!(came == expected, "sent {sent} bytes, {} came: {came:.99}", came.len());
    }

    /// The peer sends back a text and the same as binary.
    pub fn echoes(&self, message: &str) {
        send_text(self.connection, message);
        self.expect_text(message);
        send_binary(self.connection, message.as_bytes());
        let came = self.host.expect(WIREBIRD_EVENT_BINARY);
        let (sent, came) = (message.len(), came.data);
        assert!(came == message.as_bytes(), "sent {sent} bytes, {} came", came.len());
    }
}
