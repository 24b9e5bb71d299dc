//! What one side says and accepts in TLS handshakes, shared by its connections.

use std::sync::{Arc, Mutex, OnceLock};

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::{NoServerSessionStorage, ServerSessionMemoryCache};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion};
use thiserror::Error;
use webpki::CertRevocationList;

use super::flaw::Flaw;
use super::identity::{Credentials, Identity, IdentityError};
use super::machine::Machine;
use super::roots::Roots;
use super::sessions::Sessions;
use super::verifier::{ClientAuth, Pin, Verifier};
use crate::sync::lock;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

/// What one side says and accepts.
pub struct TlsOptions {
    /// The system's root certificates are trusted.
    pub system_roots: bool,
    /// These are trusted, too.
    pub roots: Vec<CertificateDer<'static>>,
    /// One's own certificate; a server needs it.
    pub credentials: Option<Credentials>,
    /// The oldest and the newest version.
    pub versions: [Version; 2],
    /// Application protocols in order of preference (RFC 7301).
    pub alpn: Vec<Vec<u8>>,
    /// The name that a server's certificate has to have, instead of the URL's.
    pub name: Option<ServerName<'static>>,
    /// A client tells the name to the server (RFC 6066 section 3).
    pub sni: bool,
    /// Sessions may be resumed.
    pub resumption: bool,
    /// The peer, or who vouches for it, has to have one of these keys, if there
    /// are any.
    pub pins: Vec<Pin>,
    /// Certificates that are accepted in spite of exactly this flaw.
    pub exceptions: Vec<(CertificateDer<'static>, Flaw)>,
    /// Lists of revoked certificates.
    pub revoked: Vec<CertRevocationList<'static>>,
    /// What a server asks of clients.
    pub client_auth: ClientAuth,
}

/// Why there is no such configuration.
#[derive(Debug, Error)]
pub enum TlsConfigError {
    /// A certificate or key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A root that can't be one.
    #[error("ca: certificate {index} can't be a root: {problem}")]
    Root {
        /// The how manieth it is, from 0.
        index: usize,
        /// Why.
        problem: String,
    },
    /// No version is left.
    #[error("min_version is above max_version: no version of TLS is left")]
    Versions,
    /// Clients are asked for certificates that nobody could have.
    #[error("client_certificates needs ca or ca_files (or system_roots): who issues them?")]
    NoClientRoots,
    /// A server without a certificate.
    #[error("a server needs certificates or certificate_file, and key or key_file")]
    NoCertificate,
    /// rustls refuses.
    #[error("TLS can't be set up like this: {0}")]
    Rustls(#[from] rustls::Error),
}

impl Default for TlsOptions {
    fn default() -> Self {
        Self {
            system_roots: true,
            roots: Vec::new(),
            credentials: None,
            versions: [Version::Tls12, Version::Tls13],
            alpn: vec![b"http/1.1".to_vec()],
            name: None,
            sni: true,
            resumption: true,
            pins: Vec::new(),
            exceptions: Vec::new(),
            revoked: Vec::new(),
            client_auth: ClientAuth::None,
        }
    }
}

/// The cryptography; never the process's default, which is the host's.
pub fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(ring::default_provider()))
}

/// A host name or an address, as certificates have them.
pub fn server_name(name: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(name.to_owned()).ok()
}

/// A client's side of TLS.
pub struct ClientTls {
    config: Mutex<Arc<ClientConfig>>,
    verifier: Arc<Verifier>,
    name: Option<ServerName<'static>>,
    resumes: bool,
}

impl ClientTls {
    /// Sets it up.
    pub fn new(options: TlsOptions) -> Result<Self, TlsConfigError> {
        let TlsOptions { versions, alpn, sni, resumption, .. } = &options;
        let builder = ClientConfig::builder_with_provider(provider().clone())
            .with_protocol_versions(&protocol_versions(*versions)?)?;
        let (alpn, sni, resumption) = (alpn.clone(), *sni, *resumption);
        let identity = Identity::new(options.credentials.clone());
        let name = options.name.clone();
        let verifier = verifier(options)?;
        let mut config = builder
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone())
            .with_client_cert_resolver(identity);
        config.alpn_protocols = alpn;
        config.enable_sni = sni;
        config.resumption = sessions(resumption);
        Ok(Self { config: Mutex::new(Arc::new(config)), verifier, name, resumes: resumption })
    }

    /// What clients have whose host says nothing about TLS: they trust the
    /// system's roots.
    pub fn shared() -> Result<Arc<Self>, TlsConfigError> {
        static SHARED: once_cell::sync::OnceCell<Arc<ClientTls>> = once_cell::sync::OnceCell::new();
        SHARED.get_or_try_init(|| Self::new(TlsOptions::default()).map(Arc::new)).cloned()
    }

    /// The same for another application protocol.
    pub fn speaking(&self, protocol: &[u8]) -> Arc<Self> {
        let mut config = ClientConfig::clone(&lock(&self.config));
        config.alpn_protocols = vec![protocol.to_vec()];
        let (config, verifier) = (Mutex::new(Arc::new(config)), self.verifier.clone());
        Arc::new(Self { config, verifier, name: self.name.clone(), resumes: self.resumes })
    }

    /// Shows another certificate in handshakes from now on. Sessions from before
    /// are not resumed: to the server they are still those of the other one.
    pub fn set_credentials(&self, credentials: Credentials) {
        let mut shared = lock(&self.config);
        let mut config = ClientConfig::clone(&shared);
        config.client_auth_cert_resolver = Identity::new(Some(credentials));
        config.resumption = sessions(self.resumes);
        *shared = Arc::new(config);
    }

    /// For a server that another one named: it is trusted by the same rules, but
    /// neither told the name that was given for the first one nor shown a
    /// certificate.
    pub fn elsewhere(&self) -> Arc<Self> {
        let mut config = ClientConfig::clone(&lock(&self.config));
        config.client_auth_cert_resolver = Identity::new(None);
        config.resumption = Resumption::disabled();
        let (config, verifier) = (Mutex::new(Arc::new(config)), self.verifier.clone());
        Arc::new(Self { config, verifier, name: None, resumes: false })
    }

    /// Whom a handshake with `host` is about.
    pub(super) fn name(&self, host: &str) -> String {
        self.name.as_ref().map_or_else(|| host.to_owned(), |name| name.to_str().into_owned())
    }

    /// Prepares a handshake with `host`, a name or an address.
    pub(super) async fn begin(&self, host: &str) -> Result<Machine, rustls::Error> {
        self.verifier.roots.load().await;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => ServerName::try_from(host.to_owned()).map_err(|error| {
                rustls::Error::General(format!("{host} can't be in a certificate: {error}"))
            })?,
        };
        let config = lock(&self.config).clone();
        Machine::client(config, name)
    }
}

/// A server's side of TLS.
pub struct ServerTls {
    config: Arc<ServerConfig>,
    verifier: Arc<Verifier>,
    identity: Arc<Identity>,
}

impl ServerTls {
    /// Sets it up.
    pub fn new(options: TlsOptions) -> Result<Self, TlsConfigError> {
        let TlsOptions { versions, alpn, resumption, client_auth, .. } = &options;
        let builder = ServerConfig::builder_with_provider(provider().clone())
            .with_protocol_versions(&protocol_versions(*versions)?)?;
        let asks_clients = *client_auth != ClientAuth::None;
        if asks_clients && options.roots.is_empty() && !options.system_roots {
            return Err(TlsConfigError::NoClientRoots);
        }
        // A resumed session would be accepted without another look at the
        // client's certificate.
        let (alpn, resumes) = (alpn.clone(), *resumption && !asks_clients);
        let Some(credentials) = options.credentials.clone() else {
            return Err(TlsConfigError::NoCertificate);
        };
        let identity = Identity::new(Some(credentials));
        let verifier = verifier(options)?;
        let mut config = match asks_clients {
            true => builder.with_client_cert_verifier(verifier.clone()),
            false => builder.with_no_client_auth(),
        }
        .with_cert_resolver(identity.clone());
        config.alpn_protocols = alpn;
        match resumes {
            // Tickets: the server remembers nothing.
            true => match ring::Ticketer::new() {
                Ok(ticketer) => config.ticketer = ticketer,
                Err(_) => config.session_storage = ServerSessionMemoryCache::new(1024),
            },
            false => {
                config.session_storage = Arc::new(NoServerSessionStorage {});
                config.send_tls13_tickets = 0;
            }
        }
        Ok(Self { config: Arc::new(config), verifier, identity })
    }

    /// Shows another certificate in handshakes from now on.
    pub fn set_credentials(&self, credentials: Credentials) {
        self.identity.replace(credentials);
    }

    /// Whether clients have to show a certificate.
    pub(super) fn client_auth(&self) -> ClientAuth {
        self.verifier.client_auth
    }

    /// Prepares a handshake.
    pub(super) async fn begin(&self) -> Result<Machine, rustls::Error> {
        if self.client_auth() != ClientAuth::None {
            self.verifier.roots.load().await;
        }
        Machine::server(self.config.clone())
    }
}

/// The sessions of a client, none yet.
fn sessions(may_resume: bool) -> Resumption {
    match may_resume {
        true => Resumption::store(Arc::new(Sessions::new())),
        false => Resumption::disabled(),
    }
}

fn verifier(options: TlsOptions) -> Result<Arc<Verifier>, TlsConfigError> {
    let roots = Roots::new(&options.roots, options.system_roots)
        .map_err(|(index, problem)| TlsConfigError::Root { index, problem })?;
    let hints = roots.get().subjects();
    Ok(Arc::new(Verifier {
        provider: provider().clone(),
        roots,
        trusted: options.roots,
        pins: options.pins,
        exceptions: options.exceptions,
        revoked: options.revoked,
        client_auth: options.client_auth,
        hints,
    }))
}

fn protocol_versions(
    [oldest, newest]: [Version; 2],
) -> Result<Vec<&'static SupportedProtocolVersion>, TlsConfigError> {
    let all = [(Version::Tls12, &TLS12), (Version::Tls13, &TLS13)];
    let wanted = all.iter().filter(|(version, _)| (oldest..=newest).contains(version));
    let wanted: Vec<_> = wanted.map(|&(_, supported)| supported).collect();
    if wanted.is_empty() { Err(TlsConfigError::Versions) } else { Ok(wanted) }
}
