//! Masks that the host makes.

use std::ffi::c_void;
use std::sync::Mutex;

use super::options::wirebird_client_options_t;
use crate::protocol::MaskSource;
use crate::sync::lock;

/// A connection's mask callbacks. Dropped after their last use.
pub(super) struct HostMasks {
    next: unsafe extern "C" fn(*mut c_void) -> u32,
    drop: Option<unsafe extern "C" fn(*mut c_void)>,
    /// Locked during a call.
    context: Mutex<*mut c_void>,
}

// SAFETY: whoever opens a connection promises that its functions may be called
// from any thread; the pointer is handed back to them and not looked at.
unsafe impl Send for HostMasks {}
// SAFETY: as above; one call at a time, by the lock.
unsafe impl Sync for HostMasks {}

impl HostMasks {
    /// The callbacks, if there are any.
    ///
    /// # Safety
    /// They keep the promises of their documentation.
    pub unsafe fn read(options: &wirebird_client_options_t) -> Option<Self> {
        let (drop, context) = (options.mask_drop, Mutex::new(options.mask_context));
        options.next_mask.map(|next| Self { next, drop, context })
    }

    fn call(&self) -> u32 {
        let context = lock(&self.context);
        // SAFETY: `drop` was not called yet, so the context lives.
        unsafe { (self.next)(*context) }
    }
}

impl MaskSource for HostMasks {
    fn next(&self) -> [u8; 4] {
        self.call().to_be_bytes()
    }

    fn key(&self) -> [u8; 16] {
        let mut key = [0; 16];
        for part in key.as_chunks_mut::<4>().0 {
            *part = self.call().to_ne_bytes();
        }
        key
    }
}

impl Drop for HostMasks {
    fn drop(&mut self) {
        if let Some(drop) = self.drop {
            // SAFETY: called once, with the context it came with.
            unsafe { drop(*lock(&self.context)) };
        }
    }
}
