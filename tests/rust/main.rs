//! Tests of the Rust parts: the protocol, and the engine against peers written
//! by others.

mod header;
