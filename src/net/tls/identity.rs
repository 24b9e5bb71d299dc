//! One's own certificate and key, which may be replaced while connections use
//! them.

use std::sync::{Arc, Mutex};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use thiserror::Error;
use webpki::{CertRevocationList, OwnedCertRevocationList};

use super::context::Context;
use crate::sync::lock;

/// What a PEM section begins with.
const PEM: &[u8] = b"-----BEGIN ";

/// Why a certificate or key can't be used.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// There is no certificate, or none that can be read.
    #[error("{what}: there is no certificate in it ({problem})")]
    Certificate {
        /// Which input.
        what: String,
        /// What was found.
        problem: String,
    },
    /// There is no list of revoked certificates, or none that can be read.
    #[error("{what}: there is no certificate revocation list in it ({problem})")]
    RevocationList {
        /// Which input.
        what: String,
        /// What was found.
        problem: String,
    },
    /// There is no key, or none that can be read.
    #[error(
        "{what}: there is no private key in it that can be used ({problem}): give an unencrypted \
         RSA (from 2048 bits), ECDSA (P-256, P-384) or Ed25519 key as PKCS#8, PKCS#1 or SEC1"
    )]
    Key {
        /// Which input.
        what: String,
        /// What was found.
        problem: String,
    },
    /// They don't belong together.
    #[error("the private key does not belong to the certificate")]
    Mismatch,
    /// One of them is missing.
    #[error("a certificate and its private key are needed, not only one of them")]
    Incomplete,
    /// A file can't be read.
    #[error("{what}: {error}")]
    File {
        /// Which input.
        what: String,
        /// The system's error.
        error: std::io::Error,
    },
}

/// The certificates in PEM text, or the one in DER.
pub fn certificates(
    bytes: &[u8],
    what: &str,
) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    let wrong = |problem: String| IdentityError::Certificate { what: what.to_owned(), problem };
    let found = if is_pem(bytes) {
        CertificateDer::pem_slice_iter(bytes)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| wrong(error.to_string()))?
    } else if bytes.is_empty() {
        Vec::new()
    } else {
        vec![CertificateDer::from(bytes.to_vec())]
    };
    if found.is_empty() {
        return Err(wrong("it is empty, or PEM of something else".to_owned()));
    }
    for certificate in &found {
        webpki::EndEntityCert::try_from(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(found)
}

/// The lists of revoked certificates in PEM text, or the one in DER.
pub fn revocation_lists(
    bytes: &[u8],
    what: &str,
) -> Result<Vec<CertRevocationList<'static>>, IdentityError> {
    let wrong = |problem: String| IdentityError::RevocationList { what: what.to_owned(), problem };
    let found = match is_pem(bytes) {
        true => CertificateRevocationListDer::pem_slice_iter(bytes)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| wrong(error.to_string()))?,
        false => vec![CertificateRevocationListDer::from(bytes.to_vec())],
    };
    if found.is_empty() {
        return Err(wrong("it is PEM of something else".to_owned()));
    }
    let parsed = found.iter().map(|der| OwnedCertRevocationList::from_der(der).map(Into::into));
    parsed.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))
}

/// The first private key in PEM text, or the one in DER.
pub fn private_key(bytes: &[u8], what: &str) -> Result<PrivateKeyDer<'static>, IdentityError> {
    let wrong = |problem: String| IdentityError::Key { what: what.to_owned(), problem };
    if is_pem(bytes) {
        let found = PrivateKeyDer::from_pem_slice(bytes);
        let is_encrypted = bytes.windows(9).any(|window| window == b"ENCRYPTED");
        return found.map_err(|error| match is_encrypted {
            true => wrong("it is encrypted".to_owned()),
            false => wrong(error.to_string()),
        });
    }
    let key = PrivateKeyDer::try_from(bytes.to_vec());
    key.map_err(|error| wrong(error.to_owned()))
}

fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(PEM.len()).any(|window| window == PEM)
}

/// A certificate with the chain to its issuer, and its key.
#[derive(Clone)]
pub struct Credentials(Arc<CertifiedKey>);

impl Credentials {
    /// Checks that they belong together.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        provider: &CryptoProvider,
    ) -> Result<Self, IdentityError> {
        let what = "the private key".to_owned();
        match CertifiedKey::from_der(chain, key, provider) {
            Ok(certified) => Ok(Self(Arc::new(certified))),
            Err(rustls::Error::InconsistentKeys(_)) => Err(IdentityError::Mismatch),
            Err(error) => Err(IdentityError::Key { what, problem: error.to_string() }),
        }
    }
}

/// Whom one side is for the other, if it has a certificate.
#[derive(Debug, Default)]
pub(super) struct Identity(Mutex<Option<Arc<CertifiedKey>>>);

impl Identity {
    pub fn new(credentials: Option<Credentials>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(credentials.map(|credentials| credentials.0))))
    }

    /// For handshakes from now on.
    pub fn replace(&self, credentials: Credentials) {
        *lock(&self.0) = Some(credentials.0);
    }

    fn get(&self) -> Option<Arc<CertifiedKey>> {
        lock(&self.0).clone()
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(str::to_owned);
        Context::current(|context| context.server_name = name);
        self.get()
    }
}

impl ResolvesClientCert for Identity {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.get().filter(|certified| certified.key.choose_scheme(schemes).is_some())
    }

    fn has_certs(&self) -> bool {
        lock(&self.0).is_some()
    }
}
