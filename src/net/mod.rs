//! TCP streams, name look-up, listening, and the runtime that drives them.

mod connect;
mod listen;
mod runtime;
mod stream;

pub use connect::{ConnectError, connect};
pub use listen::{ListenError, Listener};
pub use runtime::{Engine, EngineError, MAX_THREADS};
pub use stream::{Reader, Stream, Writer};
