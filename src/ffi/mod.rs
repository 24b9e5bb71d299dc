//! The C ABI: handles, options, events, errors. The only part with `unsafe`.
//!
//! What a C programmer reads is include/wirebird/wirebird.h, generated from
//! here.

mod arguments;
mod authentication;
mod client;
mod client_options;
mod connection;
mod cookies;
#[cfg(feature = "cxx")]
pub mod cxx;
mod deliver;
mod dialing;
mod engine;
mod event;
mod failures;
mod guard;
#[cfg(test)]
mod guard_tests;
mod handles;
mod host;
mod http;
mod init;
mod limits;
mod log;
mod masks;
mod options;
#[cfg(test)]
mod panic_tests;
mod properties;
mod queue;
mod send;
mod server;
mod server_options;
mod settings;
mod status;
mod stream;
mod tls;
mod tls_errors;
mod tls_info;
mod types;

pub use authentication::*;
pub use client::*;
pub use connection::*;
pub use cookies::*;
pub use engine::*;
pub use event::*;
pub use http::*;
pub use init::*;
pub use limits::{wirebird_server_get, wirebird_server_set};
pub use log::*;
pub use options::*;
pub use properties::*;
pub use queue::*;
pub use send::*;
pub use server::*;
pub use status::*;
pub use stream::*;
pub use tls::*;
pub use tls_errors::*;
pub use tls_info::*;
pub use types::*;
