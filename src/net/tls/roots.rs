//! Whom a side trusts: the system's roots, loaded once and when they are needed
//! first, and those that the host gives.

use std::sync::{Arc, OnceLock};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use tokio::sync::OnceCell;

/// The system's roots.
static SYSTEM: OnceCell<Arc<RootCertStore>> = OnceCell::const_new();

/// The roots of one configuration.
#[derive(Debug)]
pub(super) struct Roots {
    /// The host's own.
    own: Arc<RootCertStore>,
    system: bool,
    /// Both.
    all: OnceLock<Arc<RootCertStore>>,
}

impl Roots {
    /// These and, if `system`, the system's. The number of the first one that
    /// can't be read.
    pub fn new(own: &[CertificateDer<'static>], system: bool) -> Result<Self, (usize, String)> {
        let mut roots = RootCertStore::empty();
        for (index, certificate) in own.iter().enumerate() {
            roots.add(certificate.clone()).map_err(|error| (index, error.to_string()))?;
        }
        Ok(Self { own: Arc::new(roots), system, all: OnceLock::new() })
    }

    /// Has the system's roots, if they are wanted: reads files, on a thread for
    /// that.
    pub async fn load(&self) {
        if !self.system || self.all.get().is_some() {
            return;
        }
        let system = SYSTEM.get_or_try_init(|| async {
            tokio::task::spawn_blocking(system_roots).await.map(Arc::new)
        });
        // An error says that the engine is ending: another one may load them.
        let Ok(system) = system.await else { return };
        let all = match self.own.is_empty() {
            true => system.clone(),
            false => {
                let mut all = RootCertStore::clone(system);
                all.extend(self.own.roots.iter().cloned());
                Arc::new(all)
            }
        };
        // Somebody else may have been quicker.
        let _ = self.all.set(all);
    }

    /// All of them; without the system's before `load`.
    pub fn get(&self) -> &Arc<RootCertStore> {
        self.all.get().unwrap_or(&self.own)
    }
}

fn system_roots() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of the system's root certificates can't be read");
    }
    let mut roots = RootCertStore::empty();
    let (added, ignored) = roots.add_parsable_certificates(found.certs);
    tracing::debug!(added, ignored, "loaded the system's root certificates");
    if roots.is_empty() {
        tracing::warn!("the system has no root certificates: no server is trusted by them");
    }
    roots
}
