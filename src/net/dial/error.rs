//! Why no stream was connected.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

/// Why no stream was connected, and at which step.
#[derive(Debug, Error)]
pub enum DialError {
    /// The host name has no address.
    #[error("the host name {host} can't be resolved: {error}")]
    HostNotFound {
        /// The name.
        host: String,
        /// The resolver's words.
        error: io::Error,
    },
    /// The host has addresses, but none of the family of the local address.
    #[error("{host} has no address of the family of local_address ({local})")]
    OtherFamily {
        /// The name.
        host: String,
        /// What was asked for.
        local: SocketAddr,
    },
    /// No address answered.
    #[error("{}", failed(.attempts))]
    Failed {
        /// Each address that was tried, in order; at least one.
        attempts: Vec<Attempt>,
    },
    /// A time passed.
    #[error("{step} took longer than {setting} ({ms} ms)")]
    Timeout {
        /// What was going on.
        step: String,
        /// The setting that limits it.
        setting: &'static str,
        /// Its value.
        ms: u64,
    },
    /// A Unix domain socket can't be connected to.
    #[error("connecting to the Unix domain socket {}: {error}", path.display())]
    Unix {
        /// The socket's file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The new socket did not take an option.
    #[error("setting {option} of a new socket: {error}")]
    Option {
        /// The setting.
        option: &'static str,
        /// The system's error.
        error: io::Error,
    },
}

/// One address that did not answer.
#[derive(Debug)]
pub struct Attempt {
    /// The address.
    pub address: SocketAddr,
    /// The system's error.
    pub error: io::Error,
}

impl DialError {
    /// The system's error that says best what is wrong, if there is one: of
    /// several addresses the last one's.
    pub fn system(&self) -> Option<&io::Error> {
        match self {
            Self::Failed { attempts } => attempts.last().map(|attempt| &attempt.error),
            Self::Unix { error, .. } | Self::Option { error, .. } => Some(error),
            Self::HostNotFound { .. } | Self::OtherFamily { .. } | Self::Timeout { .. } => None,
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connecting to {}: {}", self.address, self.error)
    }
}

fn failed(attempts: &[Attempt]) -> String {
    let texts: Vec<_> = attempts.iter().map(ToString::to_string).collect();
    texts.join("; ")
}
