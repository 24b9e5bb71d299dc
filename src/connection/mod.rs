//! One WebSocket over one stream.
//!
//! [`Connection`] is what the host holds: it queues messages from any thread.
//! [`Driver`] is the engine's task: it reads, decodes, keeps time, and writes
//! what the host's thread could not.

mod collect;
#[allow(clippy::module_inception)]
mod connection;
mod deflating;
mod driver;
mod figures;
mod handshake;
mod heartbeat;
mod incoming;
mod message;
mod outgoing;
mod room;
mod segment;
mod sending;
mod settings;
mod waiting;
mod writing;

pub use collect::Collecting;
pub use connection::{Connection, NO_CLOSE};
pub use deflating::Broadcast;
pub use driver::{Driver, Finally};
pub use figures::{Received, Sent};
pub use handshake::{Decision, Facts, Handshake, OtherResponse};
pub use message::{Message, SharedKind};
pub use segment::Payload;
pub use sending::{MAX_CONTROL, SendError};
pub use settings::{Compression, Overflow, Settings, Wants};
