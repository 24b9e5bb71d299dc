//! Streams over TCP and Unix domain sockets or carried by the host, TLS over
//! them, dialling, proxies, listening, limits on what streams begin with, and
//! the runtime that drives them.

mod bridge;
mod carried;
mod chunks;
mod dial;
mod exchange;
mod head;
mod listen;
mod prefixed;
mod proxy;
mod requests;
mod runtime;
mod stream;
mod tls;

pub use bridge::bridged;
pub use carried::{Addresses, Carrier, Ended, EngineEnd, Found, HostEnd, carried};
pub use dial::{
    Attempt, Deadline, DialError, HostPort, KeepAlive, Pause, Pauses, SocketOptions, dial_tcp,
    dial_unix, split_zone,
};
pub use exchange::{Exchange, ExchangeError, Upgraded};
pub use head::{HeadError, HeadLimits, HeadState, LimitedHead};
pub use listen::{Accepted, ListenError, Listener};
pub use prefixed::Prefixed;
pub use proxy::{Proxy, ProxyChoice, ProxyError, ProxyKind, ProxyUrlError, socks};
pub use requests::{Awaited, BodyLength, RequestControl, RequestStream};
pub use runtime::{Engine, EngineError, MAX_THREADS};
pub use stream::{Reader, Stream, Writer};
pub use tls::*;
