//! TLS over a stream that the host carries.

use wirebird::ffi::*;

use super::certificates::Authority;
use super::fixture::*;
use crate::engine::carrying::{self, ByHand};
use crate::engine::host::*;

#[test]
fn both_ends_may_be_carried_and_encrypted() {
    let (authority, host) = (Authority::new("Root"), Host::new());
    let (server, client) = (server(&authority.server(&["127.0.0.1"])), client(&authority));
    let listening = host.listen_with(|options, _| {
        (options.tls, options.descriptor) = (server.0, WIREBIRD_NO_SOCKET);
    });
    let port = carrying::listen(listening.handle);
    let connection = carrying::open_with(&host, &url("127.0.0.1", port), |options, _| {
        options.tls = client.0;
    });
    let accepted = both_open(&host);
    assert_eq!(info(connection).version, WIREBIRD_TLS_1_3);
    assert_eq!(info(accepted).version, WIREBIRD_TLS_1_3);
    let message = vec![7; 1_000_000];
    for _ in 0..3 {
        send_binary(connection, &message);
        echo(&host.expect(WIREBIRD_EVENT_BINARY));
        assert!(host.expect(WIREBIRD_EVENT_BINARY).data == message);
    }
    close(connection, 4000, "enough");
    for _ in 0..2 {
        assert_eq!(host.until(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_OK);
    }
}

#[test]
fn without_a_tls_object_the_host_has_encrypted_the_stream_itself() {
    let host = Host::new();
    let (by_hand, connection) = ByHand::open(&host, "wss://example.org/", |_, _| {});
    let request = by_hand.take_until(b"\r\n\r\n");
    assert!(request.starts_with(b"GET / HTTP/1.1\r\n"), "{request:?}");
    assert_eq!(info(connection).version, 0);
    by_hand.release();
}
