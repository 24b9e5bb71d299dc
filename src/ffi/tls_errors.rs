//! What is wrong with a peer's TLS, in numbers that stay.

use std::io::ErrorKind;

use super::status::*;
use crate::net::{Alert, Flaw, TlsError};

/// The certificate is its own issuer and not trusted.
pub const WIREBIRD_TLS_ERROR_SELF_SIGNED: u32 = 1;
/// The chain ends in a self-signed certificate that is not trusted; the error
/// is that one's.
pub const WIREBIRD_TLS_ERROR_SELF_SIGNED_IN_CHAIN: u32 = 2;
/// The certificate's issuer is not in the chain and not trusted.
pub const WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER: u32 = 3;
/// The certificate has expired.
pub const WIREBIRD_TLS_ERROR_EXPIRED: u32 = 4;
/// The certificate is not valid yet.
pub const WIREBIRD_TLS_ERROR_NOT_YET_VALID: u32 = 5;
/// The certificate is not for the host name or address (RFC 6125).
pub const WIREBIRD_TLS_ERROR_HOST_NAME: u32 = 6;
/// The certificate was revoked.
pub const WIREBIRD_TLS_ERROR_REVOKED: u32 = 7;
/// A signature is wrong.
pub const WIREBIRD_TLS_ERROR_BAD_SIGNATURE: u32 = 8;
/// The certificate is not meant for servers, or for clients.
pub const WIREBIRD_TLS_ERROR_WRONG_USAGE: u32 = 9;
/// The certificate can't be read, or is none of version 3.
pub const WIREBIRD_TLS_ERROR_BAD_ENCODING: u32 = 10;
/// Neither the certificate nor one that vouches for it has a pinned key.
pub const WIREBIRD_TLS_ERROR_PIN: u32 = 11;
/// The peer showed no certificate.
pub const WIREBIRD_TLS_ERROR_NO_CERTIFICATE: u32 = 12;
/// A certificate of the chain may not issue others, or not so many, or an
/// issuer is used as a server.
pub const WIREBIRD_TLS_ERROR_INVALID_ISSUER: u32 = 13;
/// A signature algorithm or key is not supported, or too weak.
pub const WIREBIRD_TLS_ERROR_ALGORITHM: u32 = 14;
/// A critical extension is not known here.
pub const WIREBIRD_TLS_ERROR_CRITICAL_EXTENSION: u32 = 15;
/// An issuer may not issue for this name.
pub const WIREBIRD_TLS_ERROR_NAME_CONSTRAINT: u32 = 16;
/// Something else is wrong with the certificate.
pub const WIREBIRD_TLS_ERROR_OTHER: u32 = 17;

/// The peer ended the handshake or the connection with an alert.
pub const WIREBIRD_TLS_ERROR_ALERT: u32 = 64;
/// No version, cipher suite or application protocol in common.
pub const WIREBIRD_TLS_ERROR_INCOMPATIBLE: u32 = 65;
/// The peer does not speak TLS, but plain HTTP or other text.
pub const WIREBIRD_TLS_ERROR_NOT_TLS: u32 = 66;
/// The peer broke the protocol, or its bytes were changed on their way.
pub const WIREBIRD_TLS_ERROR_BROKEN: u32 = 67;
/// The peer ended TCP in the middle of the handshake.
pub const WIREBIRD_TLS_ERROR_ENDED: u32 = 68;

/// In `value`, besides the alert's number (RFC 8446 section 6): this side sent
/// the alert.
pub const WIREBIRD_TLS_ALERT_SENT: u64 = 0x100;
/// In `value`, besides the alert's number: the peer sent the alert.
pub const WIREBIRD_TLS_ALERT_RECEIVED: u64 = 0x200;

const FLAWS: [(Flaw, u32); 17] = [
    (Flaw::SelfSigned, WIREBIRD_TLS_ERROR_SELF_SIGNED),
    (Flaw::SelfSignedInChain, WIREBIRD_TLS_ERROR_SELF_SIGNED_IN_CHAIN),
    (Flaw::UnknownIssuer, WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER),
    (Flaw::Expired, WIREBIRD_TLS_ERROR_EXPIRED),
    (Flaw::NotYetValid, WIREBIRD_TLS_ERROR_NOT_YET_VALID),
    (Flaw::HostName, WIREBIRD_TLS_ERROR_HOST_NAME),
    (Flaw::Revoked, WIREBIRD_TLS_ERROR_REVOKED),
    (Flaw::BadSignature, WIREBIRD_TLS_ERROR_BAD_SIGNATURE),
    (Flaw::WrongUsage, WIREBIRD_TLS_ERROR_WRONG_USAGE),
    (Flaw::BadEncoding, WIREBIRD_TLS_ERROR_BAD_ENCODING),
    (Flaw::Pin, WIREBIRD_TLS_ERROR_PIN),
    (Flaw::NoCertificate, WIREBIRD_TLS_ERROR_NO_CERTIFICATE),
    (Flaw::InvalidIssuer, WIREBIRD_TLS_ERROR_INVALID_ISSUER),
    (Flaw::Algorithm, WIREBIRD_TLS_ERROR_ALGORITHM),
    (Flaw::CriticalExtension, WIREBIRD_TLS_ERROR_CRITICAL_EXTENSION),
    (Flaw::NameConstraint, WIREBIRD_TLS_ERROR_NAME_CONSTRAINT),
    (Flaw::Other, WIREBIRD_TLS_ERROR_OTHER),
];

/// A certificate in spite of whose flaw a peer is accepted.
pub(super) type Exception = (rustls::pki_types::CertificateDer<'static>, Flaw);

/// The number of a flaw.
pub(super) fn number(flaw: Flaw) -> u32 {
    let found = FLAWS.iter().find(|(known, _)| *known == flaw);
    found.map_or(WIREBIRD_TLS_ERROR_OTHER, |&(_, number)| number)
}

/// The flaw of a number.
pub(super) fn flaw(number: u32) -> Option<Flaw> {
    FLAWS.iter().find(|(_, known)| *known == number).map(|&(flaw, _)| flaw)
}

/// The status of a failure of TLS.
pub(super) fn status(error: &TlsError) -> wirebird_status_t {
    match error {
        TlsError::Certificate { .. } | TlsError::Refused { .. } => WIREBIRD_ERROR_CERTIFICATE,
        TlsError::Io(error) if error.kind() == ErrorKind::TimedOut => WIREBIRD_ERROR_TIMEOUT,
        TlsError::Io(_) => WIREBIRD_ERROR_CONNECTION_LOST,
        _ => WIREBIRD_ERROR_TLS,
    }
}

/// The WIREBIRD_TLS_ERROR_… of a failure.
pub(super) fn detail(error: &TlsError) -> u32 {
    match error {
        TlsError::Certificate { facts, .. } | TlsError::Refused { facts, .. } => {
            facts.problems.first().map_or(WIREBIRD_TLS_ERROR_OTHER, |problem| number(problem.flaw))
        }
        TlsError::Alert { .. } => WIREBIRD_TLS_ERROR_ALERT,
        TlsError::Incompatible { .. } => WIREBIRD_TLS_ERROR_INCOMPATIBLE,
        TlsError::NotTls(..) => WIREBIRD_TLS_ERROR_NOT_TLS,
        TlsError::Broken { .. } => WIREBIRD_TLS_ERROR_BROKEN,
        TlsError::Left | TlsError::Ended => WIREBIRD_TLS_ERROR_ENDED,
        TlsError::Io(_) | TlsError::Setup(_) => 0,
    }
}

/// The alert of a failure as events carry it, or 0.
pub(super) fn alert(error: &TlsError) -> u64 {
    match error.alert() {
        Some(Alert::Sent(number)) => WIREBIRD_TLS_ALERT_SENT | u64::from(number),
        Some(Alert::Received(number)) => WIREBIRD_TLS_ALERT_RECEIVED | u64::from(number),
        None => 0,
    }
}
