//! Connections over TLS: opened, used, closed.

use wirebird::ffi::*;

use super::certificates::Authority;
use super::fixture::*;
use crate::engine::host::*;

#[test]
fn both_ends_are_told_what_was_negotiated() {
    let host = Host::new();
    let authority = Authority::new("Root");
    let certificate = authority.server(&["localhost"]);
    let (server, client) = (server(&certificate), client(&authority));
    let listening = listen(&host, &server);
    let client = open(&host, "localhost", listening.port, &client);
    let accepted = both_open(&host);
    for (end, chain) in [(client, vec![certificate.der.clone()]), (accepted, Vec::new())] {
        let info = info(end);
        assert_eq!(info.version, WIREBIRD_TLS_1_3, "{info:?}");
        assert!(info.cipher_suite.starts_with("TLS_"), "{info:?}");
        assert_eq!((info.alpn.as_str(), info.server_name.as_str()), ("http/1.1", "localhost"));
        assert!(!info.resumed && info.errors.is_empty(), "{info:?}");
        assert_eq!(info.certificates, chain);
    }
}

#[test]
fn messages_go_both_ways_and_the_connection_closes_cleanly() {
    let host = Host::new();
    let (client, server) = pair(&host);
    let large = vec![7; 900_000];
    for message in [&b"short"[..], &large] {
        send_binary(client, message);
        let came = host.expect(WIREBIRD_EVENT_BINARY);
        assert!(came.connection == server && came.data == message);
        echo(&came);
        let back = host.expect(WIREBIRD_EVENT_BINARY);
        assert!(back.connection == client && back.data == message);
    }
    close(client, 4000, "enough");
    host.expect(WIREBIRD_EVENT_CLOSING);
    for _ in 0..2 {
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!((closed.status, closed.close_code), (WIREBIRD_OK, 4000), "{closed:?}");
    }
}
