//! Listening sockets.

mod listener;
#[cfg(unix)]
mod unix;

pub use listener::{Accepted, ListenError, Listener};
