//! Reverse proxies in front of a server: who is trusted, and what they say about
//! the client behind them.

mod client;
mod fields;
mod networks;
mod proxy_header;

pub use client::{Forwarded, HttpClient};
pub use networks::{NetworkError, Networks};
pub(super) use proxy_header::introduced;

/// What a server believes of the proxies in front of it.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Where they are.
    pub trusted: Networks,
    /// Whether each connection begins with a PROXY header.
    pub introduction: Introduction,
    /// In which header fields they name the client.
    pub forwarded: Forwarded,
}

/// Whether connections begin with a PROXY header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Introduction {
    /// None does.
    #[default]
    None,
    /// Each does, or is refused; and so is whoever is not trusted.
    ProxyHeader,
}
