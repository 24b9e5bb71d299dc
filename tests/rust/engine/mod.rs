//! The engine through its C ABI, against peers written by others.

mod backpressure;
mod broadcast;
mod closing;
mod compression;
mod handshake;
mod heartbeat;
mod host;
mod large;
mod limits;
mod many;
mod messages;
mod moving;
mod order;
mod peers;
mod python;
mod queue;
mod refusals;
mod streaming;
