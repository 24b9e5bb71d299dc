//! Opening a TCP connection by name.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;
use tokio::net::{TcpStream, lookup_host};

use super::Stream;

/// Why no TCP connection was made.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The host name has no address.
    #[error("the host name {host} can't be resolved: {error}")]
    HostNotFound {
        /// The name.
        host: String,
        /// The resolver's words.
        error: io::Error,
    },
    /// No address answered; the last one's error.
    #[error("connecting to {address}: {error}")]
    Refused {
        /// The address tried last.
        address: SocketAddr,
        /// The system's error.
        error: io::Error,
    },
}

/// Connects to the first address of `host` that answers.
pub async fn connect(host: &str, port: u16) -> Result<Stream, ConnectError> {
    let addresses = lookup_host((host, port))
        .await
        .map_err(|error| ConnectError::HostNotFound { host: host.to_owned(), error })?;
    let mut failure = ConnectError::HostNotFound {
        host: host.to_owned(),
        error: io::Error::new(io::ErrorKind::NotFound, "it has no address"),
    };
    for address in addresses {
        match TcpStream::connect(address).await.and_then(Stream::tcp) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = ConnectError::Refused { address, error },
        }
    }
    Err(failure)
}
