//! The engine through its C ABI, against peers written by others.

mod backpressure;
mod broadcast;
mod closing;
mod compression;
mod handshake;
mod heartbeat;
mod host;
mod interop;
mod interop_compression;
mod large;
mod many;
mod messages;
mod moving;
mod order;
mod peers;
mod programs;
mod queue;
mod relay;
mod streaming;
