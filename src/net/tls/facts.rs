//! What a TLS handshake told.

use rustls::pki_types::CertificateDer;
use rustls::{HandshakeKind, ProtocolVersion};

use super::config::Version;
use super::context::Context;
use super::flaw::Problem;
use super::machine::Machine;

/// What a TLS handshake told.
#[derive(Debug, Default)]
pub struct Facts {
    /// The version, once it is agreed upon.
    pub version: Option<Version>,
    /// The cipher suite by its name at IANA, or empty.
    pub cipher_suite: String,
    /// The application protocol, or empty.
    pub alpn: Vec<u8>,
    /// A session was resumed: the peer's certificate was checked when it began.
    pub resumed: bool,
    /// The name that the client asked for or connected to; empty without one.
    pub server_name: String,
    /// The peer's certificates, its own first.
    pub chain: Vec<CertificateDer<'static>>,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
}

impl Facts {
    /// What is known at the moment.
    pub(super) fn of(machine: &Machine, context: &Context) -> Self {
        let state = machine.state();
        let suite = state.negotiated_cipher_suite();
        let suite = suite.and_then(|suite| suite.suite().as_str()).unwrap_or_default();
        let chain = match state.peer_certificates() {
            Some(chain) if context.chain.is_empty() => {
                chain.iter().map(|der| der.clone().into_owned()).collect()
            }
            _ => context.chain.clone(),
        };
        Self {
            version: state.protocol_version().and_then(|version| match version {
                ProtocolVersion::TLSv1_2 => Some(Version::Tls12),
                ProtocolVersion::TLSv1_3 => Some(Version::Tls13),
                _ => None,
            }),
            // rustls has names of its own for those of TLS 1.3.
            cipher_suite: suite.replacen("TLS13_", "TLS_", 1),
            alpn: state.alpn_protocol().unwrap_or_default().to_vec(),
            resumed: state.handshake_kind() == Some(HandshakeKind::Resumed),
            server_name: context.server_name.clone().unwrap_or_default(),
            chain,
            problems: context.problems.clone(),
        }
    }

    /// Says what was agreed upon.
    pub fn log(&self) {
        let Self { version, cipher_suite, resumed, server_name, .. } = self;
        let problems = self.problems.len();
        tracing::debug!(?version, cipher_suite, server_name, resumed, problems, "TLS is agreed on");
    }
}
