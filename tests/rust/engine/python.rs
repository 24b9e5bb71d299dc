//! Python websockets as a peer in both roles.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use wirebird::ffi::*;

use super::host::*;

/// A Python peer; ended with the test.
struct Peer {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Peer {
    /// Runs peer.py with the Python that `make test` sets up, or the system's.
    fn start(arguments: &[&str]) -> Self {
        let python = std::env::var("WIREBIRD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rust/engine/peer.py");
        let mut child = Command::new(&python)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}: run `make test`, which sets it up"));
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut peer = Self { child, output };
        assert_eq!(peer.line(), "ready");
        peer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "the peer ended: is the package websockets installed?");
        line.trim_end().to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn python_is_the_server() {
    let mut peer = Peer::start(&["server"]);
    let url = peer.line();
    let host = Host::new();
    let protocols = [text("a"), text("b")];
    let connection = host.open_with(&url, |options, _| {
        (options.subprotocols, options.subprotocol_count) = (protocols.as_ptr(), 2);
    });
    host.expect(WIREBIRD_EVENT_OPENED);
    let mut subprotocol = text("");
    ok(unsafe { wirebird_connection_subprotocol(connection, &mut subprotocol) });
    assert_eq!(subprotocol.length, 1);
    for size in [0, 10, 125, 126, 70_000, 1 << 20] {
        let message = "é".repeat(size / 2);
        send_text(connection, &message);
        send_binary(connection, message.as_bytes());
        assert!(host.expect(WIREBIRD_EVENT_TEXT).text() == message, "text of {size}");
        assert!(host.expect(WIREBIRD_EVENT_BINARY).data == message.as_bytes(), "binary of {size}");
    }
    close(connection, 4000, "done");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.status, closed.close_code, closed.text()), (WIREBIRD_OK, 4000, "done"));
    assert_eq!(peer.line(), "closed 4000 done");
}

#[test]
fn python_is_the_client() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.max_message_size = 2 << 20);
    let mut peer = Peer::start(&["client", &server.url()]);
    host.expect(WIREBIRD_EVENT_ACCEPTED);
    loop {
        let event = host.next();
        match event.kind {
            WIREBIRD_EVENT_CLOSING => assert_eq!((event.close_code, event.text()), (1000, "bye")),
            WIREBIRD_EVENT_CLOSED => break assert_eq!(event.status, WIREBIRD_OK),
            _ => echo(&event),
        }
    }
    assert_eq!(peer.line(), "content");
}
