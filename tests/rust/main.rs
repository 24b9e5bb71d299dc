//! Tests of the Rust parts: the protocol, the engine against peers written by
//! others, the way of a client to its server, plain HTTP on the same port, and what
//! attackers and accidents do.

mod dial;
mod engine;
mod header;
mod http;
mod protocol;
mod threats;
mod tls;
