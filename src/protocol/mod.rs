//! The WebSocket protocol (RFC 6455, RFC 7692): bytes in, messages out. No sockets, no
//! clock, no threads.

mod authentication;
mod close;
mod decoder;
mod deflate;
mod error;
mod frame;
mod handshake;
mod item;
mod mask;
mod role;
mod utf16;
mod utf8;

pub use authentication::{Challenge, Credentials, CredentialsError, Scheme};
pub use close::{cut_reason, may_send};
pub use decoder::Decoder;
pub use deflate::{
    Deflate, DeflateKey, DeflatePreferences, Deflater, ExtensionError, Flush, accept_deflate,
    confirm_deflate, offer_deflate,
};
pub use error::ProtocolError;
pub use frame::{encode_close, encode_frame, encode_header};
pub use handshake::{
    Agreed, ClientRequest, Destination, HandshakeError, Refusal, RequestError, Transport, Upgrade,
    asks_for_websocket, caller_header, choose_subprotocol, examine, examine_extended,
    examine_plain, respond, same_origin,
};
pub use item::{Boundary, Data, Item, MessageKind};
pub use mask::{MaskSource, Masks, apply_mask, new_mask};
pub use role::{Limits, Role};
pub use utf16::{append_utf8, chunk_end, fill_utf16, is_ascii_text, utf8_length};
