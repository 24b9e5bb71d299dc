//! Listening, HTTP, the opening handshake over it, and the decision to accept.

mod accept;
mod addresses;
mod gate;
mod handshake;
mod http;
mod limits;
#[allow(clippy::module_inception)]
mod server;
mod tls;
mod upgrade;

pub use accept::TimeLimit;
pub use http::{
    AnswerError, Directory, DotFiles, HttpArrival, HttpRequest, Outflow, Reply, ReplyContent,
    ReplyHead, RequestFacts, WriteError,
};
pub use limits::{HttpLimits, Limits};
pub use server::{Acceptance, Arrival, Figures, Options, PlainHttp, Server};
