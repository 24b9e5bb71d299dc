//! Clients that show a certificate, and those that should.

use std::io::{Read, Write};
use std::sync::Arc;

use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig, ServerConnection, crypto};
use wirebird::ffi::*;

use super::certificates::{Authority, Certificate};
use super::fixture::*;
use crate::dial::questions::{TIMEOUT_MS, let_a_handshake_time_out};
use crate::engine::host::*;
use crate::engine::peers;

const CERTIFICATE_REQUIRED: u64 = 116;
const UNKNOWN_CA: u64 = 48;

fn asking(server: &Certificate, clients: &Authority, how: u32) -> Tls {
    let roots = [bytes(&clients.der)];
    server_with(server, |options| {
        (options.ca, options.ca_count) = (roots.as_ptr(), 1);
        options.client_certificates = how;
    })
}

fn showing(known: &Authority, certificate: &Certificate) -> Tls {
    let (chain, key) = ([bytes(&certificate.der)], certificate.key_pem());
    client_with(known, |options| {
        (options.certificates, options.certificate_count) = (chain.as_ptr(), 1);
        options.key = bytes(key.as_bytes());
    })
}

#[test]
fn a_client_with_a_certificate_is_known_to_the_server() {
    let (known, host) = (Authority::new("Root"), Host::new());
    let own = known.client("somebody");
    for how in [WIREBIRD_TLS_CLIENT_REQUEST, WIREBIRD_TLS_CLIENT_REQUIRE] {
        let listening = listen(&host, &asking(&known.server(&["localhost"]), &known, how));
        open(&host, "localhost", listening.port, &showing(&known, &own));
        let accepted = both_open(&host);
        assert_eq!(info(accepted).certificates, std::slice::from_ref(&own.der));
    }
}

#[test]
fn a_client_without_a_certificate_is_refused_where_it_is_required() {
    let (known, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    let certificate = known.server(&["localhost"]);
    let listening = listen(&serving, &asking(&certificate, &known, WIREBIRD_TLS_CLIENT_REQUEST));
    open(&host, "localhost", listening.port, &client(&known));
    host.expect(WIREBIRD_EVENT_OPENED);
    let accepted = serving.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    assert!(info(accepted).certificates.is_empty());

    let listening = listen(&serving, &asking(&certificate, &known, WIREBIRD_TLS_CLIENT_REQUIRE));
    open(&host, "localhost", listening.port, &client(&known));
    let failed = serving.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!(failed.status, WIREBIRD_ERROR_CERTIFICATE, "{failed:?}");
    assert_eq!(failed.detail, WIREBIRD_TLS_ERROR_NO_CERTIFICATE, "{failed:?}");
    assert_eq!(failed.value, WIREBIRD_TLS_ALERT_SENT | CERTIFICATE_REQUIRED, "{failed:?}");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.value, WIREBIRD_TLS_ALERT_RECEIVED | CERTIFICATE_REQUIRED, "{closed:?}");
    assert!(closed.message.contains("wants a certificate"), "{closed:?}");
}

#[test]
fn a_client_that_somebody_else_knows_is_refused() {
    let (known, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    let tls = asking(&known.server(&["localhost"]), &known, WIREBIRD_TLS_CLIENT_REQUEST);
    let listening = listen(&serving, &tls);
    let stranger = Authority::new("Another").client("stranger");
    // The server names the roots that it knows: a client has none of those.
    open(&host, "localhost", listening.port, &showing(&known, &stranger));
    let failed = serving.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!(failed.detail, WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, "{failed:?}");
    assert_eq!(failed.value, WIREBIRD_TLS_ALERT_SENT | UNKNOWN_CA, "{failed:?}");
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.value, WIREBIRD_TLS_ALERT_RECEIVED | UNKNOWN_CA, "{closed:?}");
}

#[test]
fn a_server_is_asked_about_a_client_and_its_answer_holds() {
    let known = Authority::new("Root");
    let stranger = Authority::new("Another").client("stranger");
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        for (certificate, errors) in [
            (Some(&stranger), (WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, 0)),
            (None, (WIREBIRD_TLS_ERROR_NO_CERTIFICATE, 0)),
        ] {
            for accept in [WIREBIRD_ACCEPT_ALL, WIREBIRD_ACCEPT_ASK] {
                for verdict in [WIREBIRD_TLS_ACCEPT, WIREBIRD_TLS_REFUSE] {
                    ask(&known, version, certificate, errors, accept, verdict);
                }
            }
        }
    }
}

fn ask(
    known: &Authority,
    version: u32,
    certificate: Option<&Certificate>,
    errors: (u32, u32),
    accept: u16,
    verdict: u32,
) {
    let (host, serving) = (Host::new(), Host::new());
    let tls = asking(&known.server(&["localhost"]), known, WIREBIRD_TLS_CLIENT_REQUIRE);
    let listening = serving.listen_with(|options, connection| {
        (options.tls, options.accept) = (tls.0, accept);
        connection.want = WIREBIRD_WANT_TLS_ERRORS;
    });
    let with = match certificate {
        Some(certificate) => showing(known, certificate),
        None => client_with(known, |options| options.max_version = version),
    };
    let client = open(&host, "localhost", listening.port, &with);
    let asked = serving.expect(WIREBIRD_EVENT_TLS_ERRORS);
    assert_eq!(asked.server, listening.handle);
    assert_eq!(info(asked.connection).errors, [errors]);
    assert_eq!(info(asked.connection).server_name, "localhost");
    ok(wirebird_connection_tls_continue(asked.connection, verdict));
    if verdict == WIREBIRD_TLS_REFUSE {
        let closed = serving.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!(closed.connection, asked.connection);
        assert_eq!(closed.status, WIREBIRD_ERROR_CERTIFICATE, "{closed:?}");
        host.expect(WIREBIRD_EVENT_CLOSED);
        return;
    }
    if accept == WIREBIRD_ACCEPT_ASK {
        let request = serving.expect(WIREBIRD_EVENT_REQUEST);
        assert_eq!(request.connection, asked.connection, "the same one");
        ok(unsafe { wirebird_connection_accept(asked.connection, std::ptr::null()) });
        assert_eq!(serving.expect(WIREBIRD_EVENT_OPENED).connection, asked.connection);
    } else {
        let accepted = serving.expect(WIREBIRD_EVENT_ACCEPTED);
        assert_eq!(accepted.connection, asked.connection, "the same one");
    }
    host.expect(WIREBIRD_EVENT_OPENED);
    send_text(client, "Hello");
    assert_eq!(serving.expect(WIREBIRD_EVENT_TEXT).connection, asked.connection);
}

#[test]
fn an_accepted_client_whose_request_is_none_is_closed() {
    let (known, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    let tls = asking(&known.server(&["localhost"]), &known, WIREBIRD_TLS_CLIENT_REQUIRE);
    let listening = serving.listen_with(|options, connection| {
        (options.tls, options.accept) = (tls.0, WIREBIRD_ACCEPT_SAME_ORIGIN);
        connection.want = WIREBIRD_WANT_TLS_ERRORS;
    });
    let tls = client(&known);
    host.open_with(&url("localhost", listening.port), |options, _| {
        (options.tls, options.origin) = (tls.0, text("https://elsewhere.example"));
    });
    let asked = serving.expect(WIREBIRD_EVENT_TLS_ERRORS).connection;
    ok(wirebird_connection_tls_continue(asked, WIREBIRD_TLS_ACCEPT));
    let closed = serving.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!((closed.connection, closed.status), (asked, WIREBIRD_ERROR_REFUSED), "{closed:?}");
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).value, 403);
}

#[test]
fn the_time_in_which_a_server_decides_about_a_client_does_not_count() {
    let known = Authority::new("Root");
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        let (host, serving) = (Host::new(), Host::new());
        let tls = asking(&known.server(&["localhost"]), &known, WIREBIRD_TLS_CLIENT_REQUIRE);
        let listening = serving.listen_with(|options, connection| {
            (options.tls, options.handshake_timeout_ms) = (tls.0, TIMEOUT_MS);
            connection.want = WIREBIRD_WANT_TLS_ERRORS;
        });
        let tls = client_with(&known, |options| options.max_version = version);
        open(&host, "localhost", listening.port, &tls);
        let asked = serving.expect(WIREBIRD_EVENT_TLS_ERRORS).connection;
        let_a_handshake_time_out();
        ok(wirebird_connection_tls_continue(asked, WIREBIRD_TLS_ACCEPT));
        assert_eq!(serving.expect(WIREBIRD_EVENT_ACCEPTED).connection, asked);
        host.expect(WIREBIRD_EVENT_OPENED);
    }
}

#[test]
fn a_client_that_sends_no_request_after_the_decision_is_too_late() {
    let (known, serving) = (Authority::new("Root"), Host::new());
    let tls = asking(&known.server(&["localhost"]), &known, WIREBIRD_TLS_CLIENT_REQUIRE);
    let listening = serving.listen_with(|options, connection| {
        (options.tls, options.handshake_timeout_ms) = (tls.0, TIMEOUT_MS);
        connection.want = WIREBIRD_WANT_TLS_ERRORS;
    });
    let provider = Arc::new(crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(known.der.clone().into()).expect("a root");
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().expect("a name");
    let client = rustls::ClientConnection::new(config.into(), name).expect("a client");
    let mut stream = rustls::StreamOwned::new(client, peers::connect_raw(listening.port));
    let silent = std::thread::spawn(move || {
        stream.flush().expect("sent");
        // Until the server has enough.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let asked = serving.expect(WIREBIRD_EVENT_TLS_ERRORS).connection;
    ok(wirebird_connection_tls_continue(asked, WIREBIRD_TLS_ACCEPT));
    let closed = serving.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TIMEOUT, "{closed:?}");
    silent.join().expect("the client is content");
}

#[test]
fn a_server_may_release_a_client_instead_of_answering() {
    let (known, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    let tls = asking(&known.server(&["localhost"]), &known, WIREBIRD_TLS_CLIENT_REQUIRE);
    let listening = serving.listen_with(|options, connection| {
        options.tls = tls.0;
        connection.want = WIREBIRD_WANT_TLS_ERRORS;
    });
    let tls = client(&known);
    open(&host, "localhost", listening.port, &tls);
    ok(wirebird_connection_release(serving.expect(WIREBIRD_EVENT_TLS_ERRORS).connection));
    host.expect(WIREBIRD_EVENT_CLOSED);
}

#[test]
fn a_server_that_was_not_accepted_yet_gets_no_certificate_by_breaking_tls() {
    let (known, host) = (Authority::new("Root"), Host::new());
    let stranger = Authority::new("Unknown").server(&["localhost"]);
    let mut roots = RootCertStore::empty();
    roots.add(known.der.clone().into()).expect("a root");
    let provider = Arc::new(crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(clients.build().expect("a verifier"))
        .with_single_cert(
            vec![stranger.der.clone().into()],
            stranger.key.serialize_der().try_into().expect("a key"),
        )
        .expect("a configuration");
    let (url, server) = peers::accept_raw(move |mut stream| {
        let mut tls = ServerConnection::new(Arc::new(config)).expect("a connection");
        while !tls.wants_write() {
            tls.read_tls(&mut stream).expect("a hello");
            tls.process_new_packets().expect("a hello");
        }
        let mut flight = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut flight).expect("written");
        }
        // No such record can be decrypted.
        flight.extend([23, 3, 3, 0, 1, 0]);
        stream.write_all(&flight).expect("taken");
        while tls.read_tls(&mut stream).is_ok_and(|read| read > 0)
            && tls.process_new_packets().is_ok()
        {}
        tls.peer_certificates().is_some()
    });
    let tls = showing(&known, &known.client("somebody"));
    let url = url.replacen("ws://127.0.0.1", "wss://localhost", 1);
    host.open_with(&url, |options, connection| {
        options.tls = tls.0;
        connection.want = WIREBIRD_WANT_TLS_ERRORS;
    });
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_TLS, "{closed:?}");
    assert!(!server.join().expect("the server is content"), "it knows who the client is");
}
