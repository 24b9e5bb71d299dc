//! What a host brings to its queue: a wake-up, and memory for large payloads.

use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use thiserror::Error;

/// What a payload is, and the unit of its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadKind {
    /// Bytes.
    Binary,
    /// Text as UTF-8; lengths are bytes.
    Utf8,
    /// Text as UTF-16 of the machine's byte order; lengths are 16-bit units.
    Utf16,
}

/// How a queue delivers text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// As it came.
    Utf8,
    /// Converted by the engine.
    Utf16,
}

impl TextForm {
    /// The payload kind of text in this form.
    pub fn payload(self) -> PayloadKind {
        match self {
            Self::Utf8 => PayloadKind::Utf8,
            Self::Utf16 => PayloadKind::Utf16,
        }
    }
}

/// The host could not provide memory for a payload.
#[derive(Clone, Copy, Debug, Error)]
#[error("the host has no memory for a payload of {0} units")]
pub struct OutOfMemory(pub usize);

/// The host's side of a queue. Called from engine threads.
pub trait Host: Send + Sync {
    /// The queue went from empty to not empty.
    fn wake(&self);

    /// Makes an object for a payload of `length` units.
    fn create(&self, kind: PayloadKind, length: usize) -> Result<Box<dyn Storage>, OutOfMemory>;

    /// Tells hosts apart whose objects are of different types.
    fn storage_identity(&self) -> usize;
}

/// An object of the host's that holds one payload.
pub trait Storage: Send {
    /// Sets the length in units, keeping the common part.
    fn resize(&mut self, length: usize) -> Result<(), OutOfMemory>;

    /// The payload of kind `Binary` or `Utf8`.
    fn bytes(&mut self) -> &mut [u8];

    /// The payload of kind `Utf16`.
    fn units(&mut self) -> &mut [u16];

    /// Gives the object away.
    fn hand_over(self: Box<Self>) -> HandedOver;
}

/// A payload's object on its way to the host.
pub struct HandedOver {
    /// The host's object, which the host owns now; null if the memory is the
    /// library's.
    pub object: *mut c_void,
    /// The first byte or unit.
    pub data: *const c_void,
    /// The library's own memory, to be kept while the host looks at `data`.
    pub keep: Option<Box<dyn Send>>,
}

/// How the events of a source are prepared for its host.
pub struct Delivery {
    /// The form of text.
    pub text: TextForm,
    /// Payloads up to this many bytes travel in the arena.
    pub small: AtomicUsize,
    /// The host.
    pub host: Box<dyn Host>,
}

impl Delivery {
    /// Payloads up to this many bytes travel in the arena.
    pub fn small(&self) -> usize {
        self.small.load(Relaxed)
    }

    /// Changes that, for what arrives from now on.
    pub fn set_small(&self, small: usize) {
        self.small.store(small, Relaxed);
    }

    /// Whether a source can move from a queue with this delivery to `other`.
    pub fn fits(&self, other: &Self) -> bool {
        self.text == other.text && self.host.storage_identity() == other.host.storage_identity()
    }
}
