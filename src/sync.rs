//! Locks without poison, and thread-local values that may be used while their
//! thread ends.

use std::cell::RefCell;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::LocalKey;

/// Locks. What a panicking thread left behind is consistent: each change under
/// a lock is complete before anything that could panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread's own value while it is in use. A thread that ends, or the main
/// thread in its exit handlers, has lost it already: then it is an empty one,
/// and forgotten afterwards.
pub(crate) struct Local<T: Default + 'static> {
    key: &'static LocalKey<RefCell<T>>,
    value: T,
}

impl<T: Default + 'static> Local<T> {
    /// Takes the value until this is dropped.
    pub fn take(key: &'static LocalKey<RefCell<T>>) -> Self {
        Self { key, value: key.try_with(RefCell::take).unwrap_or_default() }
    }
}

impl<T: Default + 'static> Deref for Local<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Default + 'static> DerefMut for Local<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: Default + 'static> Drop for Local<T> {
    fn drop(&mut self) {
        let value = mem::take(&mut self.value);
        // The thread ends: nobody will ask for it again.
        let _ = self.key.try_with(|cell| cell.replace(value));
    }
}
