//! The verdict on a peer's certificates: asked by rustls in the middle of the
//! handshake.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use webpki::{CertRevocationList, KeyUsage};

use super::chain::Rules;
use super::context::Context;
use super::flaw::{Flaw, Problem};
use super::roots::Roots;

/// What a server asks of its clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientAuth {
    /// No certificate.
    #[default]
    None,
    /// A certificate, if they have one.
    Request,
    /// A certificate.
    Require,
}

/// The SHA-256 of a public key (its SubjectPublicKeyInfo).
pub type Pin = [u8; 32];

/// What one side trusts.
#[derive(Debug)]
pub(super) struct Verifier {
    pub provider: Arc<CryptoProvider>,
    pub roots: Roots,
    /// The certificates behind the host's own roots.
    pub trusted: Vec<CertificateDer<'static>>,
    pub pins: Vec<Pin>,
    /// What is accepted in spite of an error: exactly these.
    pub exceptions: Vec<(CertificateDer<'static>, Flaw)>,
    /// What issuers have revoked.
    pub revoked: Vec<CertRevocationList<'static>>,
    /// At a server.
    pub client_auth: ClientAuth,
    /// The names of its roots, told to clients.
    pub hints: Vec<DistinguishedName>,
}

impl Verifier {
    /// Looks at a chain; an error ends the handshake. What is to be said of it
    /// is kept in the context.
    fn judge(
        &self,
        own: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        usage: KeyUsage,
        name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let chain: Vec<_> =
            std::iter::once(own).chain(issuers).map(|der| der.clone().into_owned()).collect();
        let pinned = |key: &[u8]| self.is_pinned(key);
        let revoked: Vec<_> = self.revoked.iter().collect();
        let rules = Rules {
            revoked: &revoked,
            roots: self.roots.get(),
            trusted: &self.trusted,
            algorithms: self.provider.signature_verification_algorithms.all,
            usage,
            name,
            pinned: (!self.pins.is_empty()).then_some(&pinned),
        };
        let mut problems = rules.problems(&chain, now);
        problems.retain(|problem| !self.is_exception(&chain, problem));
        let flaw = problems.first().map(|problem| problem.flaw);
        let asks = Context::current(|context| {
            context.problems = problems;
            context.chain = chain;
            context.asks
        });
        match flaw {
            Some(flaw) if !asks => Err(flaw.to_rustls()),
            _ => Ok(()),
        }
    }

    fn is_exception(&self, chain: &[CertificateDer<'_>], problem: &Problem) -> bool {
        let certificate = chain.get(problem.index);
        self.exceptions
            .iter()
            .any(|(known, flaw)| *flaw == problem.flaw && Some(known) == certificate)
    }

    /// Whether a public key is one of the pinned ones.
    fn is_pinned(&self, key: &[u8]) -> bool {
        let hash = self.provider.cipher_suites.iter().find_map(|suite| {
            let hash = suite.tls13()?.common.hash_provider;
            (hash.algorithm() == rustls::crypto::hash::HashAlgorithm::SHA256).then_some(hash)
        });
        hash.is_some_and(|hash| {
            let key = hash.hash(key);
            self.pins.iter().any(|pin| pin == key.as_ref())
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(own, issuers, KeyUsage::server_auth(), Some(name), now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Verifier {
    fn offer_client_auth(&self) -> bool {
        self.client_auth != ClientAuth::None
    }

    fn client_auth_mandatory(&self) -> bool {
        // Whoever is asked is also asked about a certificate that is missing.
        self.client_auth == ClientAuth::Require && !Context::current(|context| context.asks)
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(own, issuers, KeyUsage::client_auth(), None, now)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls12_signature(self, message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        ServerCertVerifier::verify_tls13_signature(self, message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ServerCertVerifier::supported_verify_schemes(self)
    }
}
