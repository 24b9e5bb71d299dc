//! Listening, the opening handshake over HTTP, and the decision to accept.

mod accept;
mod handshake;
#[allow(clippy::module_inception)]
mod server;

pub use server::{Acceptance, Arrival, Options, Server};
