//! Lists of revoked certificates.

use wirebird::ffi::*;

use super::certificates::{Authority, Certificate};
use super::fixture::*;
use crate::engine::host::*;

const SERIAL: u64 = 7;
const LATER: i32 = 2190;

const REVOKED: (u32, u32) = (WIREBIRD_TLS_ERROR_REVOKED, 0);
const CERTIFICATE_REVOKED: u64 = 44;

fn numbered(authority: &Authority) -> Certificate {
    authority.issue(&["localhost"], |params| params.serial_number = Some(SERIAL.into()))
}

fn knowing(authority: &Authority, list: &[u8]) -> Tls {
    knowing_with(authority, list, |_| {})
}

fn knowing_with(
    authority: &Authority,
    list: &[u8],
    change: impl FnOnce(&mut wirebird_tls_options_t),
) -> Tls {
    let lists = [bytes(list)];
    client_with(authority, |options| {
        (options.crls, options.crl_count) = (lists.as_ptr(), 1);
        change(options);
    })
}

/// What the client says of the server, and then whether it opens when its host
/// accepts that.
fn found(certificate: &Certificate, tls: &Tls) -> Vec<(u32, u32)> {
    let (host, serving) = (Host::new(), Host::new());
    let listening = listen(&serving, &server(certificate));
    let connection = host.open_with(&url("localhost", listening.port), |options, connection| {
        options.tls = tls.0;
        connection.want = WIREBIRD_WANT_TLS_ERRORS;
    });
    let event = host.next();
    let mut errors = Vec::new();
    if event.kind == WIREBIRD_EVENT_TLS_ERRORS {
        errors = info(connection).errors;
        ok(wirebird_connection_tls_continue(connection, WIREBIRD_TLS_ACCEPT));
        host.expect(WIREBIRD_EVENT_OPENED);
    } else {
        assert_eq!(event.kind, WIREBIRD_EVENT_OPENED, "{event:?}");
    }
    ok(wirebird_connection_release(connection));
    errors
}

#[test]
fn a_server_whose_certificate_was_revoked_is_refused_in_both_versions() {
    let root = Authority::new("Root");
    let (list, _) = root.revoke(&[3, SERIAL], LATER);
    for version in [WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3] {
        let (host, serving) = (Host::new(), Host::new());
        let listening = listen(&serving, &server(&numbered(&root)));
        let tls = knowing_with(&root, list.as_bytes(), |options| options.max_version = version);
        open(&host, "localhost", listening.port, &tls);
        let closed = host.expect(WIREBIRD_EVENT_CLOSED);
        let expected = (WIREBIRD_ERROR_CERTIFICATE, WIREBIRD_TLS_ERROR_REVOKED);
        assert_eq!((closed.status, closed.detail), expected, "{closed:?}");
        assert!(closed.message.contains("revoked"), "{}", closed.message);
        let failed = serving.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
        assert_eq!(failed.value, WIREBIRD_TLS_ALERT_RECEIVED | CERTIFICATE_REVOKED);
    }
}

#[test]
fn lists_are_read_as_pem_der_and_from_files() {
    let root = Authority::new("Root");
    let (pem, der) = root.revoke(&[SERIAL], LATER);
    let certificate = numbered(&root);
    for list in [pem.as_bytes(), &der] {
        assert_eq!(found(&certificate, &knowing(&root, list)), [REVOKED]);
    }
    let file = std::env::temp_dir().join(format!("wirebird-{}.crl", std::process::id()));
    std::fs::write(&file, &pem).expect("written");
    let names = [text(file.to_str().expect("UTF-8"))];
    let tls = client_with(&root, |options| {
        (options.crl_files, options.crl_file_count) = (names.as_ptr(), 1);
    });
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(found(&certificate, &tls), [REVOKED]);
}

#[test]
fn others_are_not_revoked() {
    let (root, other) = (Authority::new("Root"), Authority::new("Other"));
    let certificate = numbered(&root);
    // Another number, and the same number of another issuer.
    for (list, _) in [root.revoke(&[SERIAL + 1], LATER), other.revoke(&[SERIAL], LATER)] {
        assert_eq!(found(&certificate, &knowing(&root, list.as_bytes())), []);
    }
    assert_eq!(found(&certificate, &client(&root)), [], "without a list nothing is looked up");
}

#[test]
fn what_was_issued_by_a_revoked_authority_is_revoked() {
    let root = Authority::new("Root");
    let below = root.below_with("Below", SERIAL);
    let certificate = below.server(&["localhost"]).behind(&below);
    let (list, _) = root.revoke(&[SERIAL], LATER);
    assert_eq!(found(&certificate, &knowing(&root, list.as_bytes())), [REVOKED]);
    let (list, _) = root.revoke(&[SERIAL + 1], LATER);
    assert_eq!(found(&certificate, &knowing(&root, list.as_bytes())), []);
}

#[test]
fn a_list_that_is_out_of_date_or_forged_is_no_proof() {
    let (root, forger) = (Authority::new("Root"), Authority::new("Root"));
    let certificate = numbered(&root);
    for list in [root.revoke(&[], 2021).1, forger.revoke(&[], LATER).1] {
        let errors = found(&certificate, &knowing(&root, &list));
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_ne!(errors[0], REVOKED);
    }
}

#[test]
fn what_is_accepted_of_a_revoked_certificate_hides_nothing_else() {
    let root = Authority::new("Root");
    let certificate = root.issue(&["example.org"], |params| {
        params.serial_number = Some(SERIAL.into());
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        params.not_after = rcgen::date_time_ymd(2020, 6, 1);
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    });
    let (list, _) = root.revoke(&[SERIAL], LATER);
    let errors = found(&certificate, &knowing(&root, list.as_bytes()));
    for error in
        [WIREBIRD_TLS_ERROR_EXPIRED, WIREBIRD_TLS_ERROR_WRONG_USAGE, WIREBIRD_TLS_ERROR_HOST_NAME]
    {
        assert!(errors.contains(&(error, 0)), "{error}: {errors:?}");
    }
}

#[test]
fn a_client_whose_certificate_was_revoked_is_refused() {
    let (root, host, serving) = (Authority::new("Root"), Host::new(), Host::new());
    let (list, _) = root.revoke(&[SERIAL], LATER);
    let (roots, lists) = ([bytes(&root.der)], [bytes(list.as_bytes())]);
    let tls = server_with(&root.server(&["localhost"]), |options| {
        (options.ca, options.ca_count) = (roots.as_ptr(), 1);
        (options.crls, options.crl_count) = (lists.as_ptr(), 1);
        options.client_certificates = WIREBIRD_TLS_CLIENT_REQUIRE;
    });
    let listening = listen(&serving, &tls);
    for serial in [SERIAL, SERIAL + 1] {
        let own = root.client_with("somebody", |params| params.serial_number = Some(serial.into()));
        let (chain, key) = ([bytes(&own.der)], own.key_pem());
        let tls = client_with(&root, |options| {
            (options.certificates, options.certificate_count) = (chain.as_ptr(), 1);
            options.key = bytes(key.as_bytes());
        });
        open(&host, "localhost", listening.port, &tls);
        if serial == SERIAL {
            let failed = serving.expect(WIREBIRD_EVENT_HANDSHAKE_FAILED);
            assert_eq!(failed.detail, WIREBIRD_TLS_ERROR_REVOKED, "{failed:?}");
            host.until(WIREBIRD_EVENT_CLOSED);
        } else {
            serving.expect(WIREBIRD_EVENT_ACCEPTED);
            host.expect(WIREBIRD_EVENT_OPENED);
        }
    }
}

#[test]
fn what_is_no_list_is_an_error() {
    let root = Authority::new("Root");
    for wrong in [b"".as_slice(), b"no list", root.pem.as_bytes()] {
        let lists = [bytes(wrong)];
        let mut options = initialised(wirebird_tls_client_options_init);
        (options.crls, options.crl_count) = (lists.as_ptr(), 1);
        let status = unsafe { wirebird_tls_client_new(&options, &mut wirebird_tls_t::default()) };
        assert_eq!(status, WIREBIRD_ERROR_ARGUMENT);
        assert!(last_error().contains("options->crls"), "{}", last_error());
    }
}
