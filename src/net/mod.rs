//! Streams over TCP or carried by the host, name look-up, listening, limits on
//! what streams begin with, and the runtime that drives them.

mod carried;
mod chunks;
mod connect;
mod head;
mod listen;
mod requests;
mod runtime;
mod stream;

pub use carried::{Addresses, Carrier, Ended, EngineEnd, Found, HostEnd, carried};
pub use connect::{ConnectError, connect};
pub use head::{HeadError, HeadLimits, HeadState, LimitedHead};
pub use listen::{ListenError, Listener};
pub use requests::{Awaited, BodyLength, RequestControl, RequestStream};
pub use runtime::{Engine, EngineError, MAX_THREADS};
pub use stream::{Reader, Stream, Writer};
