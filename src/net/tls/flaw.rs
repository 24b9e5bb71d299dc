//! What is wrong with a certificate, in words that stay the same whatever
//! library finds it.

use std::fmt::{self, Display, Formatter};

use rustls::CertificateError;

/// A kind of error in a peer's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// It is its own issuer, and not trusted.
    SelfSigned,
    /// The chain ends in a root that is not trusted.
    SelfSignedInChain,
    /// Its issuer is not there, or not trusted.
    UnknownIssuer,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is not for the name or address that was connected to.
    HostName,
    /// Its issuer took it back.
    Revoked,
    /// Its signature is wrong.
    BadSignature,
    /// It is not for this purpose.
    WrongUsage,
    /// It can't be read.
    BadEncoding,
    /// Neither the certificate nor one that vouches for it has a pinned key.
    Pin,
    /// The peer showed none.
    NoCertificate,
    /// A certificate of the chain may not issue others, or not so many.
    InvalidIssuer,
    /// Signed in a way that is not supported, or too weak.
    Algorithm,
    /// It has a critical extension that nobody here knows.
    CriticalExtension,
    /// An issuer may not issue for this name.
    NameConstraint,
    /// Something else.
    Other,
}

/// A flaw of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub flaw: Flaw,
    /// With which certificate of the chain; 0 is the peer's own.
    pub index: usize,
    /// More about it, or empty.
    pub detail: String,
}

impl Problem {
    /// A flaw about which there is nothing more to say.
    pub(super) fn new(flaw: Flaw, index: usize) -> Self {
        Self { flaw, index, detail: String::new() }
    }
}

impl Flaw {
    fn text(self) -> &'static str {
        match self {
            Self::SelfSigned => "it is self-signed and not trusted (see tls: ca)",
            Self::SelfSignedInChain => {
                "the chain ends in a self-signed certificate that is not trusted (see tls: ca)"
            }
            Self::UnknownIssuer => "its issuer is not known here or not trusted (see tls: ca)",
            Self::Expired => "it has expired",
            Self::NotYetValid => "it is not valid yet",
            Self::HostName => "it is not for this host name or address",
            Self::Revoked => "it was revoked",
            Self::BadSignature => "its signature is wrong",
            Self::WrongUsage => "it is not meant for this purpose",
            Self::BadEncoding => "it can't be read",
            Self::Pin => "neither its key nor one that vouches for it is pinned (see tls: pins)",
            Self::NoCertificate => "the peer showed none",
            Self::InvalidIssuer => "an issuer in the chain may not issue it",
            Self::Algorithm => "its signature algorithm is not supported",
            Self::CriticalExtension => "it has a critical extension that is not known here",
            Self::NameConstraint => "an issuer in the chain may not issue for this name",
            Self::Other => "it is not valid",
        }
    }

    /// What rustls is told, so that it sends the alert that fits.
    pub(super) fn to_rustls(self) -> rustls::Error {
        rustls::Error::InvalidCertificate(match self {
            Self::SelfSigned | Self::SelfSignedInChain | Self::UnknownIssuer => {
                CertificateError::UnknownIssuer
            }
            Self::Expired => CertificateError::Expired,
            Self::NotYetValid => CertificateError::NotValidYet,
            Self::HostName => CertificateError::NotValidForName,
            Self::Revoked => CertificateError::Revoked,
            Self::BadSignature => CertificateError::BadSignature,
            Self::WrongUsage => CertificateError::InvalidPurpose,
            Self::BadEncoding
            | Self::InvalidIssuer
            | Self::Algorithm
            | Self::NameConstraint
            | Self::Other => CertificateError::BadEncoding,
            Self::CriticalExtension => CertificateError::UnhandledCriticalExtension,
            Self::Pin => CertificateError::ApplicationVerificationFailure,
            Self::NoCertificate => return rustls::Error::NoCertificatesPresented,
        })
    }

    /// What webpki found.
    pub(super) fn of(error: &webpki::Error) -> Self {
        use webpki::Error as E;
        match error {
            E::CertExpired { .. } => Self::Expired,
            E::CertNotValidYet { .. } => Self::NotYetValid,
            E::CertNotValidForName(_) => Self::HostName,
            E::CertRevoked | E::CertDistrusted => Self::Revoked,
            E::InvalidSignatureForPublicKey => Self::BadSignature,
            E::RequiredEkuNotFoundContext(_) => Self::WrongUsage,
            E::UnknownIssuer => Self::UnknownIssuer,
            E::CaUsedAsEndEntity
            | E::EndEntityUsedAsCa
            | E::PathLenConstraintViolated
            | E::MaximumPathDepthExceeded => Self::InvalidIssuer,
            E::NameConstraintViolation => Self::NameConstraint,
            E::UnsupportedCriticalExtension => Self::CriticalExtension,
            E::SignatureAlgorithmMismatch
            | E::UnsupportedSignatureAlgorithmContext(_)
            | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Self::Algorithm,
            E::BadDer
            | E::BadDerTime
            | E::EmptyEkuExtension
            | E::InvalidCertValidity
            | E::ExtensionValueInvalid
            | E::InvalidSerialNumber
            | E::MalformedDnsIdentifier
            | E::MalformedExtensions
            | E::MalformedNameConstraint
            | E::InvalidNetworkMaskConstraint
            | E::TrailingData(_)
            | E::UnsupportedCertVersion => Self::BadEncoding,
            _ => Self::Other,
        }
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.flaw.text())?;
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        match self.index {
            0 => Ok(()),
            index => write!(f, " [certificate {index} of the chain]"),
        }
    }
}

/// All of them in one sentence.
pub(super) fn sentence(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; ")
}
