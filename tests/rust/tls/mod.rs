//! TLS: `wss://` in both roles.

mod carried;
pub mod certificates;
mod clients;
pub mod fixture;
mod identity;
mod interop;
mod open;
mod options;
mod redirects;
mod replacing;
mod revocation;
mod server;
mod streams;
