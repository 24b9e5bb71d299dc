//! Proxies: which one leads to a server, and SOCKS. An HTTP proxy's CONNECT is
//! an exchange like the opening handshake's, and is made by the client.

mod choice;
mod error;
#[allow(clippy::module_inception)]
mod proxy;
mod socks;

pub use choice::ProxyChoice;
pub use error::{ProxyError, ProxyUrlError};
pub use proxy::{Proxy, ProxyKind};
pub use socks::socks;
