//! A server whose TLS is replaced while it listens.

use wirebird::ffi::*;

use super::certificates::Authority;
use super::fixture::*;
use crate::engine::host::*;

#[test]
fn all_of_a_servers_tls_is_replaced_for_handshakes_from_now_on() {
    let (known, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    let (old, new) = (known.server(&["localhost"]), known.server(&["localhost"]));
    let (before, after) = (server(&old), server(&new));
    let listening = listen(&serving, &before);
    let tls = client(&known);
    let first = open(&host, "localhost", listening.port, &tls);
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(info(first).certificates.first(), Some(&old.der));
    ok(wirebird_server_set_tls(listening.handle, after.0));
    let tls = client(&known);
    let second = open(&host, "localhost", listening.port, &tls);
    host.expect(WIREBIRD_EVENT_OPENED);
    assert_eq!(info(second).certificates.first(), Some(&new.der));
}

#[test]
fn a_server_keeps_its_tls_if_there_is_no_other_and_has_none_if_it_began_without() {
    let (known, serving) = (Authority::new("Root"), Host::new());
    let tls = server(&known.server(&["localhost"]));
    let listening = listen(&serving, &tls);
    let none = wirebird_tls_t::default();
    assert_eq!(wirebird_server_set_tls(listening.handle, none), WIREBIRD_ERROR_ARGUMENT);
    let of_client = client(&known);
    assert_eq!(wirebird_server_set_tls(listening.handle, of_client.0), WIREBIRD_ERROR_ARGUMENT);
    let plain = serving.listen_with(|_, _| {});
    assert_eq!(wirebird_server_set_tls(plain.handle, tls.0), WIREBIRD_ERROR_STATE);
    ok(wirebird_server_close(listening.handle));
    assert_eq!(wirebird_server_set_tls(listening.handle, tls.0), WIREBIRD_ERROR_STATE);
}
