//! Parameters of permessage-deflate that break RFC 7692, over TCP.

use std::io::{BufReader, Write};
use std::net::TcpListener;

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use wirebird::ffi::*;

use super::raw::Raw;
use crate::engine::host::*;
use crate::engine::peers::{patience, read_head};
use crate::protocol::support::*;

const BAD: [&str; 16] = [
    "server_max_window_bits=0",
    "server_max_window_bits=7",
    "server_max_window_bits=16",
    "server_max_window_bits=99",
    "server_max_window_bits=-9",
    "server_max_window_bits=99999999999999999999",
    "server_max_window_bits",
    "server_max_window_bits=9; server_max_window_bits=10",
    "client_max_window_bits=0",
    "client_max_window_bits=7",
    "client_max_window_bits=16",
    "client_max_window_bits=9; client_max_window_bits=9",
    "server_no_context_takeover=1",
    "client_no_context_takeover; client_no_context_takeover",
    "unknown",
    "unknown=15",
];

#[test]
fn a_server_declines_offers_that_break_a_rule_and_goes_on_without() {
    let host = Host::new();
    let server = host.listen_with(|_, connection| connection.compression = 1);
    for bad in BAD {
        let offer = format!("Sec-WebSocket-Extensions: permessage-deflate; {bad}\r\n");
        let (mut peer, head) = Raw::client_with(server.port, &offer);
        let answered = head.iter().any(|line| line.to_lowercase().contains("extensions"));
        assert!(!answered, "{bad}: {head:?}");
        host.expect(WIREBIRD_EVENT_ACCEPTED);
        peer.send(&frame(peer.role, FIN | TEXT, b"plain"));
        assert_eq!(host.expect(WIREBIRD_EVENT_TEXT).text(), "plain");
        peer.send(&frame(peer.role, FIN | RSV1 | TEXT, b"\0"));
        host.expect(WIREBIRD_EVENT_CLOSING);
        assert_eq!(peer.close_code(bad), 1002);
        drop(peer);
        host.expect(WIREBIRD_EVENT_CLOSED);
    }
}

#[test]
fn a_client_fails_on_answers_that_break_a_rule() {
    let host = Host::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("ws://{}/", listener.local_addr().expect("an address"));
    let twice = ["permessage-deflate, permessage-deflate", "permessage-deflate;", "x-other"];
    let bad = BAD.iter().map(|bad| format!("permessage-deflate; {bad}"));
    for answer in bad.chain(twice.map(str::to_owned)) {
        let connection = host.open(&url);
        let (stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(patience()).expect("a timeout");
        let mut stream = BufReader::new(stream);
        let head = read_head(&mut stream);
        let key = head.iter().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("sec-websocket-key").then(|| value.to_owned())
        });
        write!(
            stream.get_mut(),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Extensions: {answer}\r\n\r\n",
            derive_accept_key(key.expect("a key").as_bytes())
        )
        .expect("taken");
        let closed = host.next();
        assert_eq!(closed.kind, WIREBIRD_EVENT_CLOSED, "{answer}: {closed:?}");
        assert_eq!(closed.status, WIREBIRD_ERROR_EXTENSION, "{answer}: {closed:?}");
        ok(wirebird_connection_release(connection));
    }
}
