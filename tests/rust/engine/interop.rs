//! Python websockets and ws of npm as peers, in both roles.

use wirebird::ffi::*;

use super::host::*;
use super::programs::{Library, Open, Pair};

impl Pair {
    /// Messages and Pings of every kind, whole and in fragments.
    fn converse(&self) {
        assert_eq!(read_text(self.connection, wirebird_connection_subprotocol), "b");
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

/// Everything, with the peer as server and as client, over sockets of the
/// engine's and of the host's.
fn interoperates(library: Library) {
    let all: [Open; 4] =
        [Pair::as_client, Pair::as_server, Pair::as_carried_client, Pair::as_carried_server];
    for open in all {
        let open = || open(library, "null", &|_| {});
        let pair = open();
        pair.converse();
        pair.close(4000, "done é");
        open().closed_by_peer(4001, "fertig €");
        open().closed_by_peer(1000, "");
        open().close(1001, "");
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
        let pair = open(Library::Ws, "null", &|_| {});
        send_text(pair.connection, "/close ");
        assert_eq!(pair.host.expect(WIREBIRD_EVENT_CLOSING).close_code, 1005);
        let closed = pair.host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 1005), "{closed:?}");
    }
}
