//! The engine through its C ABI, against peers written by others.

mod backpressure;
mod broadcast;
mod closing;
mod compression;
mod handshake;
mod heartbeat;
mod host;
mod interop;
mod large;
mod many;
mod messages;
mod moving;
mod order;
mod peers;
mod queue;
mod streaming;
