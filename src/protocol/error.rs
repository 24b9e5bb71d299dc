//! What a peer did wrong.

use thiserror::Error;

/// A violation of the protocol or of a limit by the peer. The connection can't
/// go on: send a Close frame with `close_code` and end it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ProtocolError {
    /// RFC 6455 section 5.2: no extension that uses them was negotiated.
    #[error("a frame has reserved bits set ({0:#05b}) that no negotiated extension uses there")]
    ReservedBits(u8),
    /// RFC 6455 section 5.2.
    #[error("a frame has the reserved opcode {0:#x}")]
    ReservedOpcode(u8),
    /// RFC 6455 section 5.1: what a client sends is masked.
    #[error("the client sent a frame that is not masked")]
    Unmasked,
    /// RFC 6455 section 5.1: what a server sends is not masked.
    #[error("the server sent a masked frame")]
    Masked,
    /// RFC 6455 section 5.2: the shortest form must be used.
    #[error("a frame's length of {0} bytes is not encoded in its shortest form")]
    LengthNotMinimal(u64),
    /// RFC 6455 section 5.2: the most significant bit must be 0.
    #[error("a frame's 64-bit length has its most significant bit set")]
    LengthTopBit,
    /// RFC 6455 section 5.5.
    #[error("a control frame is fragmented")]
    FragmentedControl,
    /// RFC 6455 section 5.5.
    #[error("a control frame has a payload of {0} bytes; 125 are allowed")]
    ControlTooLong(u64),
    /// RFC 6455 section 5.4.
    #[error("a continuation frame came without a message to continue")]
    NothingToContinue,
    /// RFC 6455 section 5.4.
    #[error("a new message began before the one before it was complete")]
    InterruptedMessage,
    /// RFC 6455 section 8.1.
    #[error("a text message is not valid UTF-8")]
    InvalidText,
    /// RFC 7692 section 7.2.2.
    #[error("a compressed message can't be inflated: it is no valid DEFLATE data")]
    InvalidDeflate,
    /// RFC 6455 section 5.5.1.
    #[error("a Close frame has a payload of one byte; a close code needs two")]
    CloseTooShort,
    /// RFC 6455 section 7.4.
    #[error("a Close frame has the close code {0}, which must not be sent")]
    CloseCode(u16),
    /// RFC 6455 section 5.5.1.
    #[error("a Close frame's reason is not valid UTF-8")]
    InvalidReason,
    /// The frame's declared length is over the limit.
    #[error("a frame of {length} bytes is over max_frame_size ({limit} bytes)")]
    FrameTooLarge {
        /// Declared length of the payload, in bytes.
        length: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The declared lengths of the message's frames are over the limit, or what
    /// was inflated.
    #[error("a message of {length} bytes or more is over max_message_size ({limit} bytes)")]
    MessageTooLarge {
        /// Length so far, in bytes.
        length: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The message has more frames than the limit.
    #[error("a message of more than {limit} frames is over max_fragments ({limit})")]
    TooManyFragments {
        /// The limit.
        limit: u64,
    },
}

impl ProtocolError {
    /// The close code to answer with (RFC 6455 section 7.4.1).
    pub fn close_code(&self) -> u16 {
        match self {
            Self::InvalidText | Self::InvalidReason => 1007,
            Self::TooManyFragments { .. } => 1008,
            Self::FrameTooLarge { .. } | Self::MessageTooLarge { .. } => 1009,
            _ => 1002,
        }
    }
}
