//! Tests of the Rust parts: the protocol, the engine against peers written by
//! others, the way of a client to its server, and what attackers and accidents
//! do.

mod dial;
mod engine;
mod header;
mod protocol;
mod threats;
