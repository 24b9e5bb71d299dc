//! TLS 1.2 and 1.3 by rustls, over whatever stream there is.
//!
//! [`ClientTls`] and [`ServerTls`] are what many connections share;
//! [`connect_tls`] and [`accept_tls`] make an encrypted stream of a plain one.

mod chain;
mod config;
mod context;
mod error;
mod facts;
mod flaw;
mod handshake;
mod identity;
mod machine;
mod reader;
mod roots;
mod session;
mod sessions;
mod verifier;

pub use config::{
    ClientTls, ServerTls, TlsConfigError, TlsOptions, Version, provider, server_name,
};
pub use error::{Alert, TlsError};
pub use facts::Facts as TlsFacts;
pub use flaw::{Flaw, Problem};
pub use handshake::{Verdict, accept_tls, connect_tls};
pub use identity::{Credentials, IdentityError, certificates, private_key, revocation_lists};
pub use reader::TlsReader;
pub use session::{TlsStream, TlsWriter};
pub use verifier::{ClientAuth, Pin};
