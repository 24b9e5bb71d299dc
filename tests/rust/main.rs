//! Tests of the Rust parts: the protocol, and the engine against peers written
//! by others.

mod engine;
mod header;
mod protocol;
