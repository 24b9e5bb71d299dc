//! TCP streams, name look-up, listening, limits on what streams begin with, and
//! the runtime that drives them.

mod connect;
mod head;
mod listen;
mod runtime;
mod stream;

pub use connect::{ConnectError, connect};
pub use head::{HeadError, HeadLimits, HeadState, LimitedHead};
pub use listen::{ListenError, Listener};
pub use runtime::{Engine, EngineError, MAX_THREADS};
pub use stream::{Reader, Stream, Writer};
