//! The engine through its C ABI, against peers written by others.

mod backpressure;
mod broadcast;
mod carried;
mod carried_ends;
pub mod carrying;
mod closing;
mod compression;
mod handshake;
mod heartbeat;
pub mod host;
mod interop;
mod interop_compression;
mod large;
mod limits;
mod many;
mod masks;
mod messages;
mod moving;
mod order;
mod overflow;
pub mod peers;
mod programs;
mod queue;
mod refusals;
mod relay;
mod streaming;
