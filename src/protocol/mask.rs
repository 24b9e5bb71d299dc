//! Masking (RFC 6455 section 5.3).

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use rand::rngs::{StdRng, SysRng};
use rand::{RngExt, SeedableRng};

use super::Role;
use crate::sync::Local;

thread_local! {
    /// rand's own generator of a thread can't be used while the thread ends.
    static GENERATOR: RefCell<Option<Box<StdRng>>> = const { RefCell::new(None) };
}

/// A fresh mask that nobody can predict, from the thread's cryptographic
/// generator.
pub fn new_mask() -> [u8; 4] {
    Local::take(&GENERATOR).get_or_insert_with(seeded).random()
}

/// Makes masks in the place of the engine's own generator.
pub trait MaskSource: Send + Sync {
    /// The next one.
    fn next(&self) -> [u8; 4];

    /// The bytes of a Sec-WebSocket-Key.
    fn key(&self) -> [u8; 16];
}

/// Where the masks of outgoing frames come from.
#[derive(Clone)]
pub enum Masks {
    /// A server's frames have none.
    None,
    /// Fresh ones that nobody can predict.
    Fresh,
    /// The host's.
    Own(Arc<dyn MaskSource>),
}

impl Masks {
    /// What a `role` masks with as a rule (RFC 6455 section 5.1).
    pub fn of(role: Role) -> Self {
        match role {
            Role::Client => Self::Fresh,
            Role::Server => Self::None,
        }
    }

    /// The bytes of a Sec-WebSocket-Key, if the host makes them.
    pub fn key(&self) -> Option<[u8; 16]> {
        match self {
            Self::None | Self::Fresh => None,
            Self::Own(source) => Some(source.key()),
        }
    }

    /// The mask of the next frame.
    pub fn next(&self) -> Option<[u8; 4]> {
        match self {
            Self::None => None,
            Self::Fresh => Some(new_mask()),
            Self::Own(source) => Some(source.next()),
        }
    }
}

/// A generator seeded by the system; if that has nothing, which it does not
/// say once it is up, by the keys that the standard library has for its maps.
fn seeded() -> Box<StdRng> {
    let fallback = |_| StdRng::seed_from_u64(RandomState::new().hash_one(()));
    Box::new(StdRng::try_from_rng(&mut SysRng).unwrap_or_else(fallback))
}

/// Masks or unmasks `bytes`, which begin at `offset` of the frame's payload.
pub fn apply_mask(bytes: &mut [u8], mask: [u8; 4], offset: u64) {
    xor(bytes, mask, offset);
}

/// The same; says whether the result is ASCII. That costs next to nothing here
/// and spares reading it again.
pub(super) fn unmask(bytes: &mut [u8], mask: [u8; 4], offset: u64) -> Ascii {
    if xor(bytes, mask, offset) < 0x80 { Ascii::Only } else { Ascii::AndMore }
}

/// What a piece of a payload consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ascii {
    Only,
    /// Other bytes, too; or it was not looked for.
    AndMore,
}

/// Bytes at a time, as vectors.
const BLOCK: usize = 32;

/// Gives all resulting bytes, or-ed together.
#[inline(always)]
fn xor(bytes: &mut [u8], mask: [u8; 4], offset: u64) -> u8 {
    let turned = u32::from_le_bytes(mask).rotate_right((offset % 4) as u32 * 8);
    let key = turned.to_le_bytes();
    let mut keys = [[0; 4]; BLOCK / 4];
    keys.fill(key);
    let mut seen = [0; BLOCK];
    let (blocks, rest) = bytes.as_chunks_mut::<BLOCK>();
    for block in blocks {
        for ((byte, key), seen) in block.iter_mut().zip(keys.as_flattened()).zip(&mut seen) {
            *byte ^= key;
            *seen |= *byte;
        }
    }
    let mut all = seen.iter().fold(0, |all, seen| all | seen);
    let (words, rest) = rest.as_chunks_mut::<4>();
    let mut seen = 0;
    for word in words {
        let plain = u32::from_le_bytes(*word) ^ turned;
        *word = plain.to_le_bytes();
        seen |= plain;
    }
    for byte in seen.to_le_bytes() {
        all |= byte;
    }
    for (byte, key) in rest.iter_mut().zip(key) {
        *byte ^= key;
        all |= *byte;
    }
    all
}
