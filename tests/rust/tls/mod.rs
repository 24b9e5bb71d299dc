//! TLS: `wss://` in both roles.

mod certificates;
mod fixture;
mod open;
mod replacing;
