//! TLS: `wss://` in both roles.

mod certificates;
mod clients;
mod fixture;
mod identity;
mod interop;
mod open;
mod options;
mod server;
mod streams;
