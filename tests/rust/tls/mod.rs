//! TLS: `wss://` in both roles.

pub mod certificates;
pub mod fixture;
mod open;
