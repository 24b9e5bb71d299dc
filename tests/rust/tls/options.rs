//! What a TLS object is made of, and what it refuses.

use wirebird::ffi::*;

use super::certificates::{Authority, Certificate};
use super::fixture::*;
use crate::engine::host::*;

/// The status and the error of options that were changed.
fn refused(change: impl FnOnce(&mut wirebird_tls_options_t)) -> String {
    let mut options = initialised(wirebird_tls_server_options_init);
    change(&mut options);
    let mut tls = wirebird_tls_t::default();
    let status = unsafe { wirebird_tls_server_new(&options, &mut tls) };
    assert_eq!(status, WIREBIRD_ERROR_ARGUMENT, "{}", last_error());
    assert_eq!(tls.id, 0);
    last_error()
}

#[test]
fn a_key_of_each_kind_and_encoding_is_used() {
    let (known, host) = (Authority::new("Root"), Host::new());
    let rsa = openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "");
    let rsa_key = || rcgen::KeyPair::from_pem(&rsa).expect("an RSA key");
    let certificates = [
        ("P-256", known.server(&["localhost"])),
        ("P-384", known.issue_with(&rcgen::PKCS_ECDSA_P384_SHA384, &["localhost"], |_| {})),
        ("Ed25519", known.issue_with(&rcgen::PKCS_ED25519, &["localhost"], |_| {})),
        ("RSA", known.certify(rsa_key(), &["localhost"], |_| {})),
    ];
    for (name, certificate) in certificates {
        let der = certificate.key.serialize_der();
        for in_der in [false, true] {
            let tls = server_with(&certificate, |options| {
                if in_der {
                    options.key = bytes(&der);
                }
            });
            let listening = listen(&host, &tls);
            let connection = open(&host, "localhost", listening.port, &client(&known));
            both_open(&host);
            assert_eq!(
                info(connection).certificates,
                std::slice::from_ref(&certificate.der),
                "{name}"
            );
        }
    }
    let certificate = known.certify(rsa_key(), &["localhost"], |_| {});
    let pkcs1 = openssl(&["rsa", "-traditional"], &rsa);
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY"), "{pkcs1}");
    works(&host, &known, &certificate, &pkcs1);
    let certificate = known.server(&["localhost"]);
    let sec1 = openssl(&["ec"], &certificate.key_pem());
    assert!(sec1.contains("BEGIN EC PRIVATE KEY"), "{sec1}");
    works(&host, &known, &certificate, &sec1);
}

fn works(host: &Host, known: &Authority, certificate: &Certificate, key: &str) {
    let tls = server_with(certificate, |options| options.key = bytes(key.as_bytes()));
    let listening = listen(host, &tls);
    open(host, "localhost", listening.port, &client(known));
    both_open(host);
}

/// What a program of OpenSSL's makes of this input.
fn openssl(arguments: &[&str], input: &str) -> String {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl: `make test` installs it");
    // It may not want any.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("ended");
    String::from_utf8(output.stdout).expect("PEM")
}

#[test]
fn what_can_not_be_used_is_refused_with_what_it_is() {
    let known = Authority::new("Root");
    let (one, other) = (known.server(&["localhost"]), Certificate::self_signed(&["localhost"]));
    let (key, wrong) = (one.key_pem(), other.key_pem());
    let chain = [bytes(one.pem.as_bytes())];
    let with = |options: &mut wirebird_tls_options_t| {
        (options.certificates, options.certificate_count) = (chain.as_ptr(), 1);
        options.key = bytes(key.as_bytes());
    };
    type Change<'a> = &'a dyn Fn(&mut wirebird_tls_options_t);
    let garbage = [bytes(b"garbage")];
    let roots = [bytes(one.pem.as_bytes())];
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----";
    let cases: [(&str, Change); 14] = [
        ("a server needs", &|_| {}),
        ("does not belong", &|options| {
            with(options);
            options.key = bytes(wrong.as_bytes());
        }),
        ("not only one", &|options| {
            with(options);
            options.key = bytes(&[]);
        }),
        ("options->key", &|options| {
            with(options);
            options.key = bytes(b"garbage");
        }),
        ("encrypted", &|options| {
            with(options);
            options.key = bytes(encrypted.as_bytes());
        }),
        ("options->certificates", &|options| {
            with(options);
            options.certificates = garbage.as_ptr();
        }),
        ("no/such/file", &|options| {
            with(options);
            options.key = bytes(&[]);
            options.key_file = text("no/such/file");
        }),
        ("both given", &|options| {
            with(options);
            options.certificate_file = text("no/such/file");
        }),
        ("options->ca", &|options| {
            with(options);
            (options.ca, options.ca_count) = (garbage.as_ptr(), 1);
        }),
        ("no version of TLS", &|options| {
            with(options);
            (options.min_version, options.max_version) = (WIREBIRD_TLS_1_3, WIREBIRD_TLS_1_2);
        }),
        ("options->min_version", &|options| {
            with(options);
            options.min_version = 0x0302;
        }),
        ("client_certificates needs", &|options| {
            with(options);
            options.client_certificates = WIREBIRD_TLS_CLIENT_REQUIRE;
        }),
        ("client_certificates is 3", &|options| {
            with(options);
            (options.ca, options.ca_count) = (roots.as_ptr(), 1);
            options.client_certificates = 3;
        }),
        ("server_name", &|options| {
            with(options);
            options.server_name = text("not a name");
        }),
    ];
    for (expected, change) in cases {
        let error = refused(change);
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn tls_and_the_scheme_have_to_fit_and_so_have_the_roles() {
    let (known, host) = (Authority::new("Root"), Host::new());
    let (server, client) = (server(&known.server(&["localhost"])), client(&known));
    let open = |url: &str, tls: wirebird_tls_t| {
        let mut options = initialised(wirebird_client_options_init);
        (options.url, options.tls) = (text(url), tls);
        let mut connection = wirebird_connection_t::default();
        let status = unsafe { wirebird_client_open(host.queue, &options, &mut connection) };
        (status, last_error())
    };
    let (status, error) = open("ws://localhost/", client.0);
    assert_eq!(status, WIREBIRD_ERROR_ARGUMENT);
    assert!(error.contains("wss://"), "{error}");
    let (status, error) = open("wss://localhost/", server.0);
    assert_eq!(status, WIREBIRD_ERROR_ARGUMENT);
    assert!(error.contains("wirebird_tls_client_new"), "{error}");
    let mut options = initialised(wirebird_server_options_init);
    options.tls = client.0;
    let mut handle = wirebird_server_t::default();
    let status = unsafe { wirebird_server_listen(host.queue, &options, &mut handle) };
    assert_eq!(status, WIREBIRD_ERROR_ARGUMENT);
    assert!(last_error().contains("wirebird_tls_server_new"), "{}", last_error());
}

#[test]
fn versions_alpn_and_names_are_as_they_were_set() {
    let (known, host) = (Authority::new("Root"), Host::new());
    let certificate = known.server(&["example.org"]);
    let protocols = [text("chat"), text("http/1.1")];
    let tls = server_with(&certificate, |options| {
        (options.alpn, options.alpn_count) = (protocols.as_ptr(), 2);
    });
    let listening = listen(&host, &tls);
    let open_as = |change: &dyn Fn(&mut wirebird_tls_options_t)| {
        let tls = client_with(&known, |options| {
            options.server_name = text("example.org");
            change(options);
        });
        let connection = open(&host, "127.0.0.1", listening.port, &tls);
        (info(both_open(&host)), info(connection))
    };
    let (at_server, at_client) = open_as(&|options| options.max_version = WIREBIRD_TLS_1_2);
    assert_eq!((at_server.version, at_client.version), (WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_2));
    assert_eq!(at_server.server_name, "example.org");
    let (at_server, _) = open_as(&|options| options.server_name_indication = 0);
    assert_eq!(at_server.server_name, "");
    let (_, at_client) = open_as(&|options| {
        (options.alpn, options.alpn_count) = (protocols.as_ptr(), 1);
    });
    assert_eq!(at_client.alpn, "chat");
    let (_, at_client) = open_as(&|options| options.alpn_count = 0);
    assert_eq!(at_client.alpn, "http/1.1");
    let (_, at_client) = open_as(&|options| options.alpn = protocols.as_ptr());
    assert_eq!(at_client.alpn, "", "none is asked for");

    let other = [text("other")];
    let tls = client_with(&known, |options| {
        options.server_name = text("example.org");
        (options.alpn, options.alpn_count) = (other.as_ptr(), 1);
    });
    open(&host, "127.0.0.1", listening.port, &tls);
    let closed = host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.value, WIREBIRD_TLS_ALERT_RECEIVED | 120, "{closed:?}");
}

#[test]
fn no_common_version_is_told_at_both_ends() {
    let (known, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    let tls = server_with(&known.server(&["localhost"]), |options| {
        options.min_version = WIREBIRD_TLS_1_3;
    });
    let listening = listen(&serving, &tls);
    let tls = client_with(&known, |options| options.max_version = WIREBIRD_TLS_1_2);
    open(&host, "localhost", listening.port, &tls);
    let failed = serving.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    assert_eq!(failed.detail, WIREBIRD_TLS_ERROR_INCOMPATIBLE, "{failed:?}");
    let closed = host.expect(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.value, WIREBIRD_TLS_ALERT_RECEIVED | 70, "{closed:?}");
    assert!(closed.message.contains("min_version"), "{closed:?}");
}

#[test]
fn sessions_are_resumed_unless_they_must_not_be() {
    let (known, host) = (Authority::new("Root"), Host::new());
    let certificate = known.server(&["localhost"]);
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        let resumed = |server: &Tls, tls: &Tls| {
            let listening = listen(&host, server);
            let round = || {
                let connection = open(&host, "localhost", listening.port, tls);
                let accepted = both_open(&host);
                // The tickets of TLS 1.3 come before this.
                send_text(accepted, "Hello");
                host.expect(WIREBIRD_EVENT_TEXT);
                let both = (info(connection), info(accepted));
                assert_eq!(both.0.resumed, both.1.resumed);
                assert_eq!(both.0.certificates, std::slice::from_ref(&certificate.der));
                both.0.resumed
            };
            assert!(!round(), "the first one");
            round()
        };
        let of_server = |change: fn(&mut wirebird_tls_options_t)| {
            server_with(&certificate, |options| {
                options.max_version = version;
                change(options);
            })
        };
        let none = |options: &mut wirebird_tls_options_t| options.resumption = 0;
        assert!(resumed(&of_server(|_| {}), &client(&known)), "{version:#x}");
        assert!(!resumed(&of_server(none), &client(&known)), "{version:#x}");
        assert!(!resumed(&of_server(|_| {}), &client_with(&known, none)), "{version:#x}");
    }
}

#[test]
fn a_server_that_was_accepted_in_spite_of_an_error_is_asked_about_each_time() {
    let (known, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        let certificate = Certificate::self_signed(&["localhost"]);
        let tls = server_with(&certificate, |options| options.max_version = version);
        let (listening, tls) = (listen(&serving, &tls), client(&known));
        for _ in 0..2 {
            let connection = host.open_with(&url_of(&listening), |options, connection| {
                options.tls = tls.0;
                connection.want = WIREBIRD_WANT_TLS_ERRORS;
            });
            host.expect(WIREBIRD_EVENT_TLS_ERRORS);
            ok(wirebird_connection_tls_continue(connection, WIREBIRD_TLS_ACCEPT));
            host.expect(WIREBIRD_EVENT_OPENED);
            send_text(serving.expect(WIREBIRD_EVENT_ACCEPTED).connection, "Hello");
            host.expect(WIREBIRD_EVENT_TEXT);
        }
        host.open_with(&url_of(&listening), |options, _| options.tls = tls.0);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        assert_eq!(closed.detail, WIREBIRD_TLS_ERROR_SELF_SIGNED, "{closed:?}");
        serving.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
    }
}

fn url_of(listening: &Listening) -> String {
    url("localhost", listening.port)
}

#[test]
fn a_renewed_certificate_holds_from_the_next_handshake_on() {
    let (known, host) = (Authority::new("Root"), Host::new());
    let (old, new) = (known.server(&["localhost"]), known.server(&["localhost"]));
    let serving = server_with(&old, |options| options.resumption = 0);
    let (listening, tls) = (listen(&host, &serving), client(&known));
    let shown = || {
        let connection = open(&host, "localhost", listening.port, &tls);
        both_open(&host);
        (connection, info(connection).certificates.remove(0))
    };
    let (before, certificate) = shown();
    assert_eq!(certificate, old.der);
    let replace = |certificate: &Certificate, key: &str| {
        let mut options = initialised(wirebird_tls_server_options_init);
        let chain = [bytes(certificate.pem.as_bytes())];
        (options.certificates, options.certificate_count) = (chain.as_ptr(), 1);
        options.key = bytes(key.as_bytes());
        unsafe { wirebird_tls_set_certificate(serving.0, &options) }
    };
    assert_eq!(replace(&new, &old.key_pem()), WIREBIRD_ERROR_ARGUMENT);
    assert_eq!(shown().1, old.der);
    ok(replace(&new, &new.key_pem()));
    assert_eq!(shown().1, new.der);
    send_text(before, "still there");
    host.expect(WIREBIRD_EVENT_TEXT);
}

#[test]
fn a_client_that_shows_another_certificate_resumes_no_session_of_the_one_before() {
    let (known, host) = (Authority::new("Root"), Host::new());
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        let serving = server_with(&known.server(&["localhost"]), |options| {
            options.max_version = version;
        });
        let (listening, tls) = (listen(&host, &serving), client(&known));
        let resumed = || {
            let connection = open(&host, "localhost", listening.port, &tls);
            send_text(both_open(&host), "Hello");
            host.expect(WIREBIRD_EVENT_TEXT);
            info(connection).resumed
        };
        assert!(!resumed() && resumed(), "{version:#x}");
        let own = known.client("somebody");
        let mut options = initialised(wirebird_tls_client_options_init);
        let (chain, key) = ([bytes(&own.der)], own.key_pem());
        (options.certificates, options.certificate_count) = (chain.as_ptr(), 1);
        options.key = bytes(key.as_bytes());
        ok(unsafe { wirebird_tls_set_certificate(tls.0, &options) });
        assert!(!resumed(), "{version:#x}");
        assert!(resumed(), "{version:#x}: a session of its own");
    }
}
