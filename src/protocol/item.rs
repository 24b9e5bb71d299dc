//! What the decoder hands out.

/// Text or binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// UTF-8.
    Text,
    /// Bytes.
    Binary,
}

/// What ends with a piece of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// Nothing: the frame goes on.
    None,
    /// A frame; the message goes on.
    Frame,
    /// The message, and its last frame.
    Message,
}

/// A piece of a message: all of it if it arrived together in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<'a> {
    /// Text or binary.
    pub kind: MessageKind,
    /// Unmasked. Text is valid UTF-8 and cut between characters.
    pub bytes: &'a [u8],
    /// This is the message's first piece.
    pub starts_message: bool,
    /// What ends here. The piece that ends a frame may be empty.
    pub ends: Boundary,
    /// Bytes of this frame's payload that are not handed out yet, as its
    /// header declares them. The peer may never send them.
    pub rest_of_frame: u64,
    /// The message is a single frame.
    pub single_frame: bool,
}

/// What the decoder found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A piece of a message.
    Data(Data<'a>),
    /// A Ping: to be answered with the same payload.
    Ping(&'a [u8]),
    /// A Pong, asked for or not.
    Pong(&'a [u8]),
    /// A Close: nothing follows.
    Close {
        /// The peer's close code; `None` if it gave none.
        code: Option<u16>,
        /// The peer's reason, or empty.
        reason: &'a str,
    },
}
