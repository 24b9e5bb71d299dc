//! The extension permessage-deflate (RFC 7692): compression of messages.

mod deflater;
mod extension;
mod inflater;
mod negotiation;

pub use deflater::{DeflateKey, Deflater, Flush};
pub(super) use inflater::Inflater;
pub(super) use negotiation::is_extension_list;
pub use negotiation::{
    Deflate, DeflatePreferences, ExtensionError, accept_deflate, confirm_deflate, offer_deflate,
};
