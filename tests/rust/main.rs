//! Tests of the Rust parts: the protocol, the engine against peers written by
//! others, and what attackers and accidents do.

mod engine;
mod header;
mod protocol;
mod threats;
mod tls;
