//! The host behind a queue: its wake-up and its storage, as C gave them.

use std::ffi::c_void;
use std::slice;

use super::guard::Fault;
use super::options::wirebird_queue_options_t;
use super::types::*;
use crate::queue::{HandedOver, Host, OutOfMemory, PayloadKind, Storage};

/// A queue's callbacks. Dropped after their last use.
pub(super) struct CHost {
    wake: Option<unsafe extern "C" fn(*mut c_void)>,
    drop: Option<unsafe extern "C" fn(*mut c_void)>,
    context: *mut c_void,
    storage: Option<Functions>,
}

// SAFETY: whoever makes a queue promises that its functions may be called from
// any thread; the pointers are handed back to them and not looked at.
unsafe impl Send for CHost {}
// SAFETY: as above.
unsafe impl Sync for CHost {}

/// The storage functions, none missing.
#[derive(Clone, Copy)]
pub(super) struct Functions {
    create: unsafe extern "C" fn(*mut c_void, u32, usize) -> *mut c_void,
    data: unsafe extern "C" fn(*mut c_void, u32) -> *mut c_void,
    resize: unsafe extern "C" fn(*mut c_void, u32, usize) -> bool,
    destroy: unsafe extern "C" fn(*mut c_void, u32),
    context: *mut c_void,
}

impl CHost {
    /// The host of a queue with these options.
    pub fn new(options: &wirebird_queue_options_t, storage: Option<Functions>) -> Self {
        let (wake, drop) = (options.wake, options.drop);
        Self { wake, drop, context: options.context, storage }
    }
}

impl Functions {
    /// The functions, if there are any; an error if some are missing.
    pub fn read(storage: &wirebird_storage_t) -> Result<Option<Self>, Fault> {
        match (storage.create, storage.data, storage.resize, storage.destroy) {
            (None, None, None, None) => Ok(None),
            (Some(create), Some(data), Some(resize), Some(destroy)) => {
                Ok(Some(Self { create, data, resize, destroy, context: storage.context }))
            }
            _ => Err(Fault::argument(
                "options->storage has some of its functions: give all four or none",
            )),
        }
    }
}

impl Drop for CHost {
    fn drop(&mut self) {
        if let Some(drop) = self.drop {
            // SAFETY: called once, with the context it came with.
            unsafe { drop(self.context) };
        }
    }
}

impl Host for CHost {
    fn wake(&self) {
        if let Some(wake) = self.wake {
            // SAFETY: `drop` was not called yet, so the context lives.
            unsafe { wake(self.context) };
        }
    }

    fn create(&self, kind: PayloadKind, length: usize) -> Result<Box<dyn Storage>, OutOfMemory> {
        let Some(functions) = self.storage else { return OwnStorage::create(kind, length) };
        // SAFETY: as for `wake`.
        let object = unsafe { (functions.create)(functions.context, code(kind), length) };
        if object.is_null() {
            return Err(OutOfMemory(length));
        }
        Ok(Box::new(HostStorage { functions, object, kind, length }))
    }

    fn storage_identity(&self) -> usize {
        self.storage.map_or(0, |functions| functions.create as usize)
    }
}

/// The number that C knows a payload by.
pub(super) fn code(kind: PayloadKind) -> u32 {
    match kind {
        PayloadKind::Binary => WIREBIRD_PAYLOAD_BINARY,
        PayloadKind::Utf8 => WIREBIRD_PAYLOAD_UTF8,
        PayloadKind::Utf16 => WIREBIRD_PAYLOAD_UTF16,
    }
}

/// An object of the host's.
struct HostStorage {
    functions: Functions,
    object: *mut c_void,
    kind: PayloadKind,
    length: usize,
}

// SAFETY: the object is used by one thread at a time, and its functions may be
// called from any.
unsafe impl Send for HostStorage {}

impl HostStorage {
    fn data(&mut self) -> *mut c_void {
        // SAFETY: the object was made by `create` and not destroyed.
        unsafe { (self.functions.data)(self.object, code(self.kind)) }
    }
}

impl Storage for HostStorage {
    fn resize(&mut self, length: usize) -> Result<(), OutOfMemory> {
        // SAFETY: as for `data`.
        if !unsafe { (self.functions.resize)(self.object, code(self.kind), length) } {
            return Err(OutOfMemory(length));
        }
        self.length = length;
        Ok(())
    }

    fn bytes(&mut self) -> &mut [u8] {
        let data = self.data().cast::<u8>();
        if data.is_null() || self.length == 0 || self.kind == PayloadKind::Utf16 {
            return &mut [];
        }
        // SAFETY: the host promises `length` bytes there, which nobody else
        // uses before the object is handed over.
        unsafe { slice::from_raw_parts_mut(data, self.length) }
    }

    fn units(&mut self) -> &mut [u16] {
        let data = self.data().cast::<u16>();
        let usable = !data.is_null() && data.is_aligned() && self.kind == PayloadKind::Utf16;
        if !usable || self.length == 0 {
            return &mut [];
        }
        // SAFETY: as for `bytes`, in units.
        unsafe { slice::from_raw_parts_mut(data, self.length) }
    }

    fn hand_over(mut self: Box<Self>) -> HandedOver {
        let data = self.data();
        let object = std::mem::replace(&mut self.object, std::ptr::null_mut());
        HandedOver { object, data, keep: None }
    }
}

impl Drop for HostStorage {
    fn drop(&mut self) {
        if !self.object.is_null() {
            // SAFETY: made by `create` and not handed over.
            unsafe { (self.functions.destroy)(self.object, code(self.kind)) };
        }
    }
}

/// Memory of the library's own, for hosts without storage.
enum OwnStorage {
    Bytes(Vec<u8>),
    Units(Vec<u16>),
}

impl OwnStorage {
    fn create(kind: PayloadKind, length: usize) -> Result<Box<dyn Storage>, OutOfMemory> {
        let mut storage = match kind {
            PayloadKind::Utf16 => Self::Units(Vec::new()),
            PayloadKind::Binary | PayloadKind::Utf8 => Self::Bytes(Vec::new()),
        };
        storage.resize(length)?;
        Ok(Box::new(storage))
    }
}

impl Storage for OwnStorage {
    fn resize(&mut self, length: usize) -> Result<(), OutOfMemory> {
        match self {
            Self::Bytes(bytes) => resize(bytes, length),
            Self::Units(units) => resize(units, length),
        }
    }

    fn bytes(&mut self) -> &mut [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Units(_) => &mut [],
        }
    }

    fn units(&mut self) -> &mut [u16] {
        match self {
            Self::Bytes(_) => &mut [],
            Self::Units(units) => units,
        }
    }

    fn hand_over(self: Box<Self>) -> HandedOver {
        let data = match &*self {
            Self::Bytes(bytes) => bytes.as_ptr().cast(),
            Self::Units(units) => units.as_ptr().cast(),
        };
        HandedOver { object: std::ptr::null_mut(), data, keep: Some(self) }
    }
}

fn resize<T: Clone + Default>(items: &mut Vec<T>, length: usize) -> Result<(), OutOfMemory> {
    let more = length.saturating_sub(items.len());
    items.try_reserve_exact(more).map_err(|_| OutOfMemory(length))?;
    items.resize(length, T::default());
    Ok(())
}
