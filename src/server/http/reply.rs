//! What the host says to a request.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use hyper::ext::ReasonPhrase;
use hyper::{HeaderMap, StatusCode};

use super::{Directory, Outflow};

/// An answer.
pub struct Reply {
    /// Its first lines.
    pub head: ReplyHead,
    /// Its body.
    pub content: ReplyContent,
}

/// How an answer begins.
#[derive(Default)]
pub struct ReplyHead {
    /// The status; that of a file follows from the request unless it is an error.
    pub status: StatusCode,
    /// A reason phrase of one's own. HTTP/1.1 only.
    pub reason: Option<ReasonPhrase>,
    /// Header fields. Those of a file are added unless they are here.
    pub headers: HeaderMap,
}

/// The body of an answer.
pub enum ReplyContent {
    /// All of it.
    Bytes(Bytes),
    /// A file, or the part of it that the request asks for.
    File(PathBuf),
    /// A file below a folder, named by a part of the request's path.
    Below(Directory, String),
    /// Piece by piece.
    Outflow(Arc<Outflow>),
}
