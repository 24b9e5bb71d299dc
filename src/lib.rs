//! A WebSocket engine for Qt, C++ and C applications: server and client behind
//! a C ABI.
//!
//! Bytes become frames and messages in [`protocol`]; one connection lives in
//! [`connection`]; what happens to it travels to the application through a
//! [`queue`]; [`ffi`] is what C sees.
//!
//! C and C++ are the public interface. The Rust modules are public for tests
//! and change without notice.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod client;
pub mod connection;
#[allow(unsafe_code)]
#[deny(unsafe_op_in_unsafe_fn)]
pub mod ffi;
pub mod net;
pub mod protocol;
pub mod queue;
pub mod server;
