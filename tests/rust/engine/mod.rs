//! The engine through its C ABI, against peers written by others.

mod backpressure;
mod broadcast;
mod closing;
mod compression;
mod figures;
mod handshake;
mod heartbeat;
pub mod host;
mod interop;
mod interop_compression;
mod large;
mod limits;
mod many;
mod messages;
mod moving;
mod order;
mod overflow;
pub mod peers;
mod programs;
mod queue;
mod refusals;
mod relay;
mod stalls;
mod streaming;
