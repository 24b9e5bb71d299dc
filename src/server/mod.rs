//! Listening, the opening handshake over HTTP, and the decision to accept.

mod accept;
mod addresses;
mod handshake;
mod limits;
#[allow(clippy::module_inception)]
mod server;
mod tls;

pub use accept::TimeLimit;
pub use limits::Limits;
pub use server::{Acceptance, Arrival, Figures, Options, Server};
