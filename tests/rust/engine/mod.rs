//! The engine through its C ABI, against peers written by others.

mod backpressure;
mod closing;
mod handshake;
mod heartbeat;
mod host;
mod interop;
mod interop_compression;
mod large;
mod many;
mod messages;
mod moving;
mod peers;
mod programs;
mod queue;
mod relay;
