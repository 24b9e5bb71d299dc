//! A server that is not whom it should be is refused, with the reason, and
//! accepted only by a setting for exactly that error or by its host.

use rcgen::{CertificateParams, date_time_ymd};
use wirebird::ffi::*;

use super::certificates::{Authority, Certificate};
use super::fixture::*;
use crate::dial::questions::{TIMEOUT_MS, let_a_handshake_time_out};
use crate::engine::host::*;

/// A server that has something wrong, and the errors that it has.
struct Case {
    name: &'static str,
    host: &'static str,
    certificate: Certificate,
    errors: Vec<(u32, u32)>,
    /// The alert that the server gets.
    alert: u8,
}

const BAD_CERTIFICATE: u8 = 42;
const CERTIFICATE_EXPIRED: u8 = 45;
const UNKNOWN_CA: u8 = 48;

fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2001, 1, 1);
}

fn to_come(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2190, 1, 1);
    params.not_after = date_time_ymd(2200, 1, 1);
}

fn cases(known: &Authority) -> Vec<Case> {
    let unknown = Authority::new("Unknown");
    let below = unknown.below("Below");
    let case = |name, host, certificate, errors: &[(u32, u32)], alert| {
        let errors = errors.to_vec();
        Case { name, host, certificate, errors, alert }
    };
    vec![
        case(
            "wrong name",
            "localhost",
            known.server(&["example.org"]),
            &[(WIREBIRD_TLS_ERROR_HOST_NAME, 0)],
            BAD_CERTIFICATE,
        ),
        case(
            "an address that only a name of the certificate spells",
            "127.0.0.1",
            known.issue(&["localhost"], |params| {
                let name = "127.0.0.1".try_into().expect("ASCII");
                params.subject_alt_names.push(rcgen::SanType::DnsName(name));
            }),
            &[(WIREBIRD_TLS_ERROR_HOST_NAME, 0)],
            BAD_CERTIFICATE,
        ),
        case(
            "another address",
            "127.0.0.1",
            known.server(&["127.0.0.2"]),
            &[(WIREBIRD_TLS_ERROR_HOST_NAME, 0)],
            BAD_CERTIFICATE,
        ),
        case(
            "expired",
            "localhost",
            known.issue(&["localhost"], expired),
            &[(WIREBIRD_TLS_ERROR_EXPIRED, 0)],
            CERTIFICATE_EXPIRED,
        ),
        case(
            "not yet valid",
            "localhost",
            known.issue(&["localhost"], to_come),
            &[(WIREBIRD_TLS_ERROR_NOT_YET_VALID, 0)],
            CERTIFICATE_EXPIRED,
        ),
        case(
            "self-signed",
            "localhost",
            Certificate::self_signed(&["localhost"]),
            &[(WIREBIRD_TLS_ERROR_SELF_SIGNED, 0)],
            UNKNOWN_CA,
        ),
        case(
            "an issuer that is not there",
            "localhost",
            unknown.server(&["localhost"]),
            &[(WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, 0)],
            UNKNOWN_CA,
        ),
        case(
            "an issuer of an unknown root",
            "localhost",
            below.server(&["localhost"]).behind(&below),
            &[(WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, 1)],
            UNKNOWN_CA,
        ),
        case(
            "an unknown root in the chain",
            "localhost",
            below.server(&["localhost"]).behind(&below).behind(&unknown),
            &[(WIREBIRD_TLS_ERROR_SELF_SIGNED_IN_CHAIN, 2)],
            UNKNOWN_CA,
        ),
        case(
            "a client's certificate",
            "localhost",
            known.client("localhost"),
            &[(WIREBIRD_TLS_ERROR_WRONG_USAGE, 0)],
            43,
        ),
        case(
            "everything at once",
            "localhost",
            unknown.issue(&["example.org"], expired),
            &[
                (WIREBIRD_TLS_ERROR_EXPIRED, 0),
                (WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, 0),
                (WIREBIRD_TLS_ERROR_HOST_NAME, 0),
            ],
            CERTIFICATE_EXPIRED,
        ),
    ]
}

#[test]
fn a_wrong_server_is_refused_with_the_reason_in_both_versions() {
    let known = Authority::new("Root");
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        for Case { name, host, certificate, errors, alert } in cases(&known) {
            let own = Host::new();
            let server = server_with(&certificate, |options| options.max_version = version);
            let listening = listen(&own, &server);
            let connection = open(&own, host, listening.port, &client(&known));
            let (mut closed, mut failed) = (None, None);
            while closed.is_none() || failed.is_none() {
                let happened = own.next();
                match happened.kind {
                    WIREBIRD_EVENT_CLOSED => closed = Some(happened),
                    WIREBIRD_EVENT_HANDSHAKE_FAILED => failed = Some(happened),
                    _ => panic!("{name}: {happened:?}"),
                }
            }
            let closed = closed.expect("closed");
            assert_eq!(closed.status, WIREBIRD_ERROR_CERTIFICATE, "{name}: {closed:?}");
            assert_eq!(closed.close_code, 1006, "{name}");
            assert_eq!(closed.detail, errors[0].0, "{name}: {closed:?}");
            assert_eq!(closed.value, WIREBIRD_TLS_ALERT_SENT | u64::from(alert), "{name}");
            assert!(closed.message.contains("certificate is refused"), "{name}: {closed:?}");
            let info = info(connection);
            assert_eq!(info.errors, errors, "{name}: {info:?}");
            assert_eq!(info.certificates[0], certificate.der, "{name}");
            let failed = failed.expect("failed");
            assert_eq!(failed.status, WIREBIRD_ERROR_TLS, "{name}: {failed:?}");
            assert_eq!(failed.detail, WIREBIRD_TLS_ERROR_ALERT, "{name}: {failed:?}");
            assert_eq!(failed.value, WIREBIRD_TLS_ALERT_RECEIVED | u64::from(alert), "{name}");
        }
    }
}

#[test]
fn a_wrong_server_is_accepted_by_exceptions_for_exactly_its_errors() {
    let known = Authority::new("Root");
    for Case { name, host, certificate, errors, .. } in cases(&known) {
        // The chain as the server shows it.
        let own = Host::new();
        let listening = listen(&own, &server(&certificate));
        let seen = {
            let connection = open(&own, host, listening.port, &client(&known));
            own.until(WIREBIRD_EVENT_CLOSED);
            info(connection).certificates
        };
        let exceptions: Vec<_> = errors
            .iter()
            .map(|&(error, place)| wirebird_tls_exception_t {
                certificate: bytes(&seen[place as usize]),
                error,
            })
            .collect();
        let with = |exceptions: &[wirebird_tls_exception_t]| {
            client_with(&known, |options| {
                options.exceptions = exceptions.as_ptr();
                options.exception_count = exceptions.len();
            })
        };
        let other = Certificate::self_signed(&["localhost"]);
        let mut wrong = exceptions.clone();
        wrong[0].certificate = bytes(&other.der);
        let mut another = exceptions.clone();
        another[0].error = WIREBIRD_TLS_ERROR_PIN;
        for (what, list, accepted) in [
            ("all", &exceptions[..], true),
            ("all but one", &exceptions[1..], false),
            ("another certificate", &wrong, false),
            ("another error", &another, false),
        ] {
            let own = Host::new();
            open_at(&own, host, listening.port, &with(list));
            let happened = own.next();
            let expected = if accepted { WIREBIRD_EVENT_OPENED } else { WIREBIRD_EVENT_CLOSED };
            assert_eq!(happened.kind, expected, "{name}: {what}: {happened:?}");
        }
    }
}

fn open_at(host: &Host, name: &str, port: u16, tls: &Tls) -> wirebird_connection_t {
    open(host, name, port, tls)
}

#[test]
fn the_host_is_asked_about_all_errors_and_its_answer_holds() {
    let known = Authority::new("Root");
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        for Case { name, host, certificate, errors, .. } in cases(&known) {
            for accept in [true, false] {
                let (own, serving) = (Host::new(), Host::new());
                let server = server_with(&certificate, |options| options.max_version = version);
                let listening = listen(&serving, &server);
                let tls = client(&known);
                let connection =
                    own.open_with(&url(host, listening.port), |options, connection| {
                        options.tls = tls.0;
                        connection.want = WIREBIRD_WANT_TLS_ERRORS;
                    });
                let asked = own.expect(WIREBIRD_EVENT_TLS_ERRORS);
                assert_eq!(asked.connection, connection, "{name}");
                let info = info(connection);
                assert_eq!(info.errors, errors, "{name}: {info:?}");
                assert_eq!((info.version, info.alpn.as_str()), (version, "http/1.1"), "{name}");
                assert!(serving.take().is_none(), "{name}: nothing has come of it yet");
                let verdict = if accept { WIREBIRD_TLS_ACCEPT } else { WIREBIRD_TLS_REFUSE };
                ok(wirebird_connection_tls_continue(connection, verdict));
                let again = wirebird_connection_tls_continue(connection, verdict);
                assert_eq!(again, WIREBIRD_ERROR_STATE, "{name}");
                if accept {
                    own.expect(WIREBIRD_EVENT_OPENED);
                    let accepted = serving.expect(WIREBIRD_EVENT_ACCEPTED).connection;
                    send_text(connection, "Hello");
                    assert_eq!(serving.expect(WIREBIRD_EVENT_TEXT).connection, accepted);
                } else {
                    let closed = own.expect(WIREBIRD_EVENT_CLOSED);
                    assert_eq!(closed.status, WIREBIRD_ERROR_CERTIFICATE, "{name}: {closed:?}");
                    assert_eq!(closed.value, WIREBIRD_TLS_ALERT_SENT | 46, "{name}: {closed:?}");
                    let failed = serving.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
                    assert_eq!(failed.value, WIREBIRD_TLS_ALERT_RECEIVED | 46, "{failed:?}");
                }
            }
        }
    }
}

#[test]
fn the_time_in_which_the_host_decides_does_not_count() {
    let (known, own, serving) = (Authority::new("Root"), Host::new(), Host::new());
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        let server = server_with(&Certificate::self_signed(&["localhost"]), |options| {
            options.max_version = version;
        });
        let listening = listen(&serving, &server);
        let tls = client(&known);
        let connection = own.open_with(&url("localhost", listening.port), |options, connection| {
            options.tls = tls.0;
            options.handshake_timeout_ms = TIMEOUT_MS;
            connection.want = WIREBIRD_WANT_TLS_ERRORS;
        });
        own.expect(WIREBIRD_EVENT_TLS_ERRORS);
        let_a_handshake_time_out();
        ok(wirebird_connection_tls_continue(connection, WIREBIRD_TLS_ACCEPT));
        own.expect(WIREBIRD_EVENT_OPENED);
        serving.expect(WIREBIRD_EVENT_ACCEPTED);
    }
}

#[test]
fn a_host_may_close_or_release_instead_of_answering() {
    let (known, own) = (Authority::new("Root"), Host::new());
    let server = server(&Certificate::self_signed(&["localhost"]));
    let listening = listen(&own, &server);
    let tls = client(&known);
    let ask = || {
        own.open_with(&url("localhost", listening.port), |options, connection| {
            options.tls = tls.0;
            connection.want = WIREBIRD_WANT_TLS_ERRORS;
        });
        own.until(WIREBIRD_EVENT_TLS_ERRORS).connection
    };
    close(ask(), 1000, "");
    let closed = own.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_STATE, "{closed:?}");
    ok(wirebird_connection_release(ask()));
    ok(wirebird_connection_abort(ask()));
    own.until(WIREBIRD_EVENT_CLOSED);
}

#[test]
fn a_good_server_is_not_asked_about() {
    let (known, own) = (Authority::new("Root"), Host::new());
    for (host, name) in [("localhost", "localhost"), ("127.0.0.1", "127.0.0.1")] {
        let listening = listen(&own, &server(&known.server(&[name])));
        let tls = client(&known);
        own.open_with(&url(host, listening.port), |options, connection| {
            options.tls = tls.0;
            connection.want = WIREBIRD_WANT_TLS_ERRORS;
        });
        both_open(&own);
    }
}

#[test]
fn an_issuer_between_and_a_certificate_that_is_its_own_root_are_trusted() {
    let (known, own) = (Authority::new("Root"), Host::new());
    let below = known.below("Below");
    let listening = listen(&own, &server(&below.server(&["localhost"]).behind(&below)));
    open(&own, "localhost", listening.port, &client(&known));
    both_open(&own);

    let certificate = Certificate::self_signed(&["localhost"]);
    let listening = listen(&own, &server(&certificate));
    let roots = [bytes(&certificate.der)];
    let trusting =
        client_with(&known, |options| (options.ca, options.ca_count) = (roots.as_ptr(), 1));
    open(&own, "localhost", listening.port, &trusting);
    both_open(&own);
}

#[test]
fn the_defaults_trust_the_systems_roots_only() {
    let own = Host::new();
    let listening = listen(&own, &server(&Authority::new("Root").server(&["localhost"])));
    own.open(&url("localhost", listening.port));
    let closed = own.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.detail, WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, "{closed:?}");
}

/// What a client says to a server's certificate, with these exceptions.
fn errors_of(
    certificate: &Certificate,
    known: &Authority,
    exceptions: &[(&[u8], u32)],
) -> Vec<(u32, u32)> {
    let own = Host::new();
    let listening = listen(&own, &server(certificate));
    let exceptions: Vec<_> = exceptions
        .iter()
        .map(|&(der, error)| wirebird_tls_exception_t { certificate: bytes(der), error })
        .collect();
    let tls = client_with(known, |options| {
        options.exceptions = exceptions.as_ptr();
        options.exception_count = exceptions.len();
    });
    let connection = open(&own, "localhost", listening.port, &tls);
    let closed = own.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.status, WIREBIRD_ERROR_CERTIFICATE, "{closed:?}");
    info(connection).errors
}

#[test]
fn a_root_that_is_an_exception_has_to_have_signed_the_chain() {
    let (known, root, forger) =
        (Authority::new("Root"), Authority::new("Accepted"), Authority::new("Accepted"));
    let forged = forger.server(&["localhost"]).behind(&root);
    let exception = (&root.der[..], WIREBIRD_TLS_ERROR_SELF_SIGNED_IN_CHAIN);
    let errors = errors_of(&forged, &known, &[exception]);
    assert_eq!(errors, [(WIREBIRD_TLS_ERROR_BAD_SIGNATURE, 0)]);
}

#[test]
fn a_server_that_is_an_exception_may_not_issue_certificates_for_others() {
    let (known, unknown) = (Authority::new("Root"), Authority::new("Unknown"));
    let accepted = unknown.server_that_issues(&["example.org"]);
    let forged = accepted.server(&["localhost"]).behind(&accepted);
    let exception = (&accepted.der[..], WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER);
    let errors = errors_of(&forged, &known, &[exception]);
    assert_eq!(errors, [(WIREBIRD_TLS_ERROR_INVALID_ISSUER, 0)]);
}

#[test]
fn an_expired_certificate_that_is_an_exception_hides_nothing_about_others() {
    let (known, unknown) = (Authority::new("Root"), Authority::new("Unknown"));
    let accepted = known.issue(&["example.org"], expired);
    // Never valid at the same time.
    let mut forged = unknown.issue(&["localhost"], |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
    });
    forged.pem.push_str(&accepted.pem);
    let exception = (&accepted.der[..], WIREBIRD_TLS_ERROR_EXPIRED);
    let errors = errors_of(&forged, &known, &[exception]);
    assert_eq!(errors, [(WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, 0)]);
}

#[test]
fn a_certificate_that_is_never_valid_is_not_just_expired() {
    let (known, unknown) = (Authority::new("Root"), Authority::new("Unknown"));
    let never = unknown.issue(&["localhost"], |params| {
        params.not_before = date_time_ymd(2021, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    assert_eq!(errors_of(&never, &known, &[]), [(WIREBIRD_TLS_ERROR_BAD_ENCODING, 0)]);
}

#[test]
fn a_strangers_certificate_for_another_purpose_has_both_errors() {
    let (known, unknown) = (Authority::new("Root"), Authority::new("Unknown"));
    let expected = [(WIREBIRD_TLS_ERROR_WRONG_USAGE, 0), (WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER, 0)];
    assert_eq!(errors_of(&unknown.client("localhost"), &known, &[]), expected);
}

#[test]
fn a_pinned_key_has_to_be_in_the_chain() {
    let (known, own) = (Authority::new("Root"), Host::new());
    let below = known.below("Below");
    let certificate = below.server(&["localhost"]).behind(&below);
    let listening = listen(&own, &server(&certificate));
    let of = |key: &rcgen::KeyPair| sha256(&rcgen::PublicKeyData::subject_public_key_info(key));
    let pin = of(&certificate.key);
    let other = of(&rcgen::KeyPair::generate().expect("a key"));
    let of_certificate = |der: &[u8]| {
        let der = der.to_vec().into();
        let parsed = webpki::EndEntityCert::try_from(&der).expect("a certificate");
        sha256(&parsed.subject_public_key_info())
    };
    for (pins, accepted) in [
        (vec![pin], true),
        (vec![other, pin], true),
        (vec![of_certificate(&below.der)], true),
        (vec![of_certificate(&known.der)], true),
        (vec![other], false),
    ] {
        let flat = pins.concat();
        let tls = client_with(&known, |options| {
            (options.pins, options.pin_count) = (flat.as_ptr(), pins.len());
        });
        open(&own, "localhost", listening.port, &tls);
        if accepted {
            both_open(&own);
        } else {
            let closed = own.until(WIREBIRD_EVENT_CLOSED);
            assert_eq!(closed.detail, WIREBIRD_TLS_ERROR_PIN, "{closed:?}");
        }
    }
}

#[test]
fn a_pinned_key_of_a_certificate_that_vouches_for_nobody_is_not_enough() {
    let (known, own) = (Authority::new("Root"), Host::new());
    let pinned = Certificate::self_signed(&["localhost"]);
    let mut certificate = known.server(&["localhost"]);
    certificate.pem.push_str(&pinned.pem);
    let listening = listen(&own, &server(&certificate));
    let pin = sha256(&rcgen::PublicKeyData::subject_public_key_info(&pinned.key));
    let tls = client_with(&known, |options| (options.pins, options.pin_count) = (pin.as_ptr(), 1));
    open(&own, "localhost", listening.port, &tls);
    let closed = own.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.detail, WIREBIRD_TLS_ERROR_PIN, "{closed:?}");
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let suite = tokio_rustls::rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;
    let hash = suite.tls13().expect("of 1.3").common.hash_provider.hash(bytes);
    hash.as_ref().try_into().expect("32 bytes")
}
