//! What rustls' callbacks have to know of the connection for which they are
//! called, and what they tell: they run within the calls that drive it, on the
//! same thread.

use std::cell::RefCell;
use std::mem;

use rustls::pki_types::CertificateDer;

use super::flaw::{Flaw, Problem};

/// Of one connection.
#[derive(Default)]
pub(super) struct Context {
    /// The host is asked about problems; the handshake goes on meanwhile,
    /// unsent.
    pub asks: bool,
    /// What is wrong with the peer's chain.
    pub problems: Vec<Problem>,
    /// What the peer showed, its own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The name that a client asked for (server side).
    pub server_name: Option<String>,
}

thread_local! {
    static CURRENT: RefCell<Context> = RefCell::default();
}

impl Context {
    /// Whether a session with this peer may not be resumed: it would not be
    /// checked again.
    pub fn is_tainted(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Of a peer that was accepted in spite of an error.
    pub fn tainted() -> Self {
        Self { problems: vec![Problem::new(Flaw::Other, 0)], ..Self::default() }
    }

    /// Calls `body`, whose callbacks find this context.
    pub fn within<T>(&mut self, body: impl FnOnce() -> T) -> T {
        let swap = |context: &mut Self| {
            // Without it, in a thread that ends, callbacks find an empty one.
            let _ = CURRENT.try_with(|current| mem::swap(&mut *current.borrow_mut(), context));
        };
        swap(self);
        let result = body();
        swap(self);
        result
    }

    /// Looks at the context of the connection that is being driven.
    pub fn current<T: Default>(look: impl FnOnce(&mut Self) -> T) -> T {
        let found = CURRENT.try_with(|current| {
            current.try_borrow_mut().map(|mut current| look(&mut current)).unwrap_or_default()
        });
        found.unwrap_or_default()
    }
}
