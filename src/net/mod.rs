//! Streams over TCP or carried by the host, TLS over them, name look-up, listening, limits on
//! what streams begin with, and the runtime that drives them.

mod carried;
mod connect;
mod head;
mod listen;
mod runtime;
mod stream;
mod tls;

pub use carried::{Addresses, Carrier, Ended, EngineEnd, Found, HostEnd, carried};
pub use connect::{ConnectError, connect};
pub use head::{HeadError, HeadLimits, HeadState, LimitedHead};
pub use listen::{ListenError, Listener};
pub use runtime::{Engine, EngineError, MAX_THREADS};
pub use stream::{Reader, Stream, Writer};
pub use tls::*;
