//! The engine through its C ABI, against peers written by others.

mod backpressure;
mod broadcast;
mod closing;
mod compression;
mod handshake;
mod heartbeat;
pub mod host;
mod large;
mod many;
mod messages;
mod moving;
mod order;
pub mod peers;
mod python;
mod queue;
mod streaming;
