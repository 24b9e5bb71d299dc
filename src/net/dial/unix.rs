//! A stream to a Unix domain socket.

use std::io;
use std::path::Path;

use super::{Deadline, DialError};
use crate::net::Stream;

/// Connects to the socket at `path`.
///
/// # Errors
///
/// Nobody listens there, or the deadline passed.
#[cfg(unix)]
pub async fn dial_unix(path: &Path, deadline: Deadline) -> Result<Stream, DialError> {
    let step = || format!("connecting to the Unix domain socket {}", path.display());
    let connected = deadline.limit(step, connect(path)).await?;
    let failed = |error: io::Error| DialError::Unix { path: path.to_owned(), error };
    connected.and_then(Stream::unix).map_err(failed)
}

/// Waits while the listener's queue is full, of which the system only says so.
#[cfg(unix)]
async fn connect(path: &Path) -> io::Result<tokio::net::UnixStream> {
    loop {
        match tokio::net::UnixStream::connect(path).await {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            connected => return connected,
        }
    }
}

/// There are none here.
///
/// # Errors
///
/// Always.
#[cfg(not(unix))]
pub async fn dial_unix(path: &Path, _: Deadline) -> Result<Stream, DialError> {
    let error = io::Error::from(io::ErrorKind::Unsupported);
    Err(DialError::Unix { path: path.to_owned(), error })
}
