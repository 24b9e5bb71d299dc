//! Why TLS failed.

use std::io;
use std::sync::Arc;

use rustls::{AlertDescription, CertificateError, Error as Rustls, PeerIncompatible};
use thiserror::Error;

use super::facts::Facts;
use super::flaw::{Flaw, Problem, sentence};

/// An alert, and who sent it (RFC 8446 section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// This side did.
    Sent(u8),
    /// The peer did.
    Received(u8),
}

/// Why TLS failed.
#[derive(Clone, Debug, Error)]
pub enum TlsError {
    /// The peer's certificate is not accepted.
    #[error("the peer's certificate is refused: {}", sentence(&facts.problems))]
    Certificate {
        /// What is wrong with it, and what it is.
        facts: Arc<Facts>,
        /// What the peer was told.
        alert: Option<Alert>,
    },
    /// The host did not accept the peer's certificate.
    #[error("the application refused the peer's certificate: {}", sentence(&facts.problems))]
    Refused {
        /// What is wrong with it, and what it is.
        facts: Arc<Facts>,
        /// What the peer was told.
        alert: Option<Alert>,
    },
    /// The peer gave TLS up.
    #[error("the peer ended the TLS handshake with the alert {name} ({number}){hint}")]
    Alert {
        /// Its number.
        number: u8,
        /// Its name.
        name: String,
        /// What that often means.
        hint: &'static str,
    },
    /// There is nothing that both sides support.
    #[error("no agreement on TLS with the peer: {problem}")]
    Incompatible {
        /// What is missing.
        problem: String,
        /// What the peer was told.
        alert: Option<Alert>,
    },
    /// The peer does not speak TLS.
    #[error("{0}")]
    NotTls(&'static str, Option<Alert>),
    /// The peer broke TLS.
    #[error("the peer broke TLS: {problem}")]
    Broken {
        /// How.
        problem: String,
        /// What the peer was told.
        alert: Option<Alert>,
    },
    /// TCP ended before the peer had sent anything.
    #[error("the peer ended TCP before the TLS handshake")]
    Left,
    /// TCP ended in the middle of the handshake.
    #[error("the peer ended TCP in the middle of the TLS handshake")]
    Ended,
    /// TCP failed.
    #[error("the TLS handshake: {0}")]
    Io(Arc<io::Error>),
    /// TLS can't begin.
    #[error("TLS: {0}")]
    Setup(String),
}

impl From<io::Error> for TlsError {
    fn from(error: io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}

impl TlsError {
    /// Why reading or writing failed, if it was TLS.
    pub fn within(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }

    /// The alert that was sent or received.
    pub fn alert(&self) -> Option<Alert> {
        match self {
            Self::Certificate { alert, .. }
            | Self::Refused { alert, .. }
            | Self::Incompatible { alert, .. }
            | Self::Broken { alert, .. }
            | Self::NotTls(_, alert) => *alert,
            Self::Alert { number, .. } => Some(Alert::Received(*number)),
            Self::Left | Self::Ended | Self::Io(_) | Self::Setup(_) => None,
        }
    }

    /// What was seen of the peer, if its certificate is the matter.
    pub fn facts(&self) -> Option<&Arc<Facts>> {
        match self {
            Self::Certificate { facts, .. } | Self::Refused { facts, .. } => Some(facts),
            _ => None,
        }
    }

    /// rustls' error; `sent` is what the peer was told in the clear.
    pub(super) fn of(
        error: Rustls,
        sent: Option<u8>,
        facts: impl FnOnce(Vec<Problem>) -> Facts,
    ) -> Self {
        let alert = sent.or_else(|| alert_of(&error)).map(Alert::Sent);
        match error {
            Rustls::InvalidCertificate(error) => {
                let problem = Problem { flaw: flaw(&error), index: 0, detail: error.to_string() };
                Self::Certificate { facts: Arc::new(facts(vec![problem])), alert }
            }
            Rustls::NoCertificatesPresented => {
                let problem = Problem::new(Flaw::NoCertificate, 0);
                Self::Certificate { facts: Arc::new(facts(vec![problem])), alert }
            }
            Rustls::AlertReceived(description) => Self::received(description),
            error @ (Rustls::PeerIncompatible(_) | Rustls::NoApplicationProtocol) => {
                Self::Incompatible { problem: incompatible(&error), alert }
            }
            error => Self::Broken { problem: error.to_string(), alert },
        }
    }

    fn received(description: AlertDescription) -> Self {
        use AlertDescription as A;
        let hint = match description {
            A::CertificateRequired | A::AccessDenied => {
                ": it wants a certificate of this side (see tls: certificates)"
            }
            A::BadCertificate
            | A::CertificateUnknown
            | A::UnknownCA
            | A::CertificateExpired
            | A::CertificateRevoked
            | A::UnsupportedCertificate => ": it does not accept the certificate of this side",
            A::ProtocolVersion => ": it has no TLS version in common (see tls: min_version)",
            A::NoApplicationProtocol => ": it speaks none of the protocols offered (see tls: alpn)",
            A::UnrecognisedName => ": it does not know this server name (see tls: server_name)",
            _ => "",
        };
        let name = description.as_str().map_or_else(|| format!("{description:?}"), str::to_owned);
        Self::Alert { number: u8::from(description), name, hint }
    }
}

fn flaw(error: &CertificateError) -> Flaw {
    match error {
        CertificateError::BadSignature => Flaw::BadSignature,
        CertificateError::BadEncoding => Flaw::BadEncoding,
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            Flaw::Algorithm
        }
        _ => Flaw::Other,
    }
}

fn incompatible(error: &Rustls) -> String {
    match error {
        Rustls::NoApplicationProtocol => {
            "it speaks none of the application protocols (see tls: alpn)".to_owned()
        }
        Rustls::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            // Clients of older versions have none.
            | PeerIncompatible::SignatureAlgorithmsExtensionRequired,
        ) => "no TLS version in common: it needs 1.2 or 1.3, as min_version and max_version say"
            .to_owned(),
        other => other.to_string(),
    }
}

/// What rustls sends for an error, as far as that can be told from it.
fn alert_of(error: &Rustls) -> Option<u8> {
    use AlertDescription as A;
    let alert = match error {
        Rustls::InvalidCertificate(error) => A::from(error.clone()),
        Rustls::NoCertificatesPresented => A::CertificateRequired,
        Rustls::NoApplicationProtocol => A::NoApplicationProtocol,
        Rustls::DecryptError => A::BadRecordMac,
        Rustls::PeerSentOversizedRecord => A::RecordOverflow,
        _ => return None,
    };
    Some(u8::from(alert))
}
