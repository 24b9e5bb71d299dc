//! Plain HTTP on the port of the WebSockets: requests that the host answers,
//! with bytes, files or a stream of its own.
//!
//! An [`HttpRequest`] is what the host holds, a [`Reply`] what it says, and an
//! [`Outflow`] a body that it sends piece by piece.

mod body;
mod directory;
mod files;
mod outflow;
mod plain;
mod reply;
mod request;

pub(super) use body::ReplyBody;
pub use directory::{Directory, DotFiles};
pub use outflow::{Outflow, WriteError};
pub use reply::{Reply, ReplyContent, ReplyHead};
pub use request::{AnswerError, HttpArrival, HttpRequest, RequestFacts};
