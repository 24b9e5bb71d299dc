//! A WebSocket engine for Qt, C++ and C applications: server and client behind
//! a C ABI.
//!
//! Bytes become frames and messages in [`protocol`]; one connection lives in
//! [`connection`]; what happens to it travels to the application through a
//! [`queue`]; [`ffi`] is what C sees.
//!
//! C and C++ are the public interface. The Rust modules are public for tests
//! and change without notice.

#![warn(missing_docs)]

#[forbid(unsafe_code)]
pub mod client;
#[forbid(unsafe_code)]
pub mod connection;
#[deny(unsafe_op_in_unsafe_fn)]
pub mod ffi;
#[forbid(unsafe_code)]
pub mod log;
#[forbid(unsafe_code)]
pub mod net;
#[forbid(unsafe_code)]
pub mod places;
#[forbid(unsafe_code)]
pub mod protocol;
#[forbid(unsafe_code)]
pub mod queue;
#[forbid(unsafe_code)]
pub mod server;
#[forbid(unsafe_code)]
mod sync;
