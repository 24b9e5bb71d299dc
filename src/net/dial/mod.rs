//! Dialling: from the name of a host to a connected stream.

mod deadline;
mod error;
mod lookup;
mod place;
mod race;
mod socket;
mod tcp;
mod unix;

pub use deadline::{Deadline, Pause, Pauses};
pub use error::{Attempt, DialError};
pub use place::{HostPort, split_zone};
pub use socket::{KeepAlive, SocketOptions};
pub use tcp::dial_tcp;
pub use unix::dial_unix;
