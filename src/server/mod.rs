//! Listening, HTTP, the opening handshake over it, and the decision to accept.

mod accept;
mod addresses;
mod crowds;
mod gate;
mod handshake;
mod hosts;
mod http;
mod http2;
mod limits;
mod proxies;
#[allow(clippy::module_inception)]
mod server;
mod stalls;
mod tls;
mod upgrade;

pub use accept::TimeLimit;
pub use hosts::Hosts;
pub use http::{
    AnswerError, Directory, DotFiles, HttpArrival, HttpRequest, Outflow, Reply, ReplyContent,
    ReplyHead, RequestFacts, WriteError,
};
pub use limits::{HttpLimits, Limits};
pub use proxies::{Forwarded, HttpClient, Introduction, NetworkError, Networks, Proxies};
pub use server::{Acceptance, Arrival, Figures, MissingOrigin, Options, PlainHttp, Server};
