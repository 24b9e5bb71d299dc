//! Which side this is, and how much it takes.

/// This side's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Masks what it sends (RFC 6455 section 5.1).
    Client,
    /// Sends unmasked frames.
    Server,
}

/// The most that a peer may send. All of them are checked as soon as a frame's
/// header is there; a change holds from the next header on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Payload of a message, all its frames together, in bytes.
    pub max_message: u64,
    /// Payload of a data frame, in bytes.
    pub max_frame: u64,
    /// Frames of a fragmented message, empty ones too. A message of one frame
    /// is always taken.
    pub max_fragments: u64,
}
