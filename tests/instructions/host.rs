//! A host that keeps payloads in memory of the standard library.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use wirebird::queue::{Delivery, HandedOver, Host, OutOfMemory, PayloadKind, Storage, TextForm};

/// What a queue with UTF-16 text does as a rule: larger payloads than 256 bytes get objects.
pub fn delivery() -> Arc<Delivery> {
    let small = AtomicUsize::new(256);
    Arc::new(Delivery { text: TextForm::Utf16, small, host: Box::new(Memory) })
}

struct Memory;

impl Host for Memory {
    fn wake(&self) {}

    fn create(&self, kind: PayloadKind, length: usize) -> Result<Box<dyn Storage>, OutOfMemory> {
        let mut block = Box::new(Block { kind, bytes: Vec::new(), units: Vec::new() });
        block.resize(length)?;
        Ok(block)
    }

    fn storage_identity(&self) -> usize {
        1
    }
}

struct Block {
    kind: PayloadKind,
    bytes: Vec<u8>,
    units: Vec<u16>,
}

impl Storage for Block {
    fn resize(&mut self, length: usize) -> Result<(), OutOfMemory> {
        if self.kind == PayloadKind::Utf16 {
            self.units.resize(length, 0);
        } else {
            self.bytes.resize(length, 0);
        }
        Ok(())
    }

    fn bytes(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn units(&mut self) -> &mut [u16] {
        &mut self.units
    }

    fn hand_over(self: Box<Self>) -> HandedOver {
        let data: *const c_void = match self.kind {
            PayloadKind::Utf16 => self.units.as_ptr().cast(),
            _ => self.bytes.as_ptr().cast(),
        };
        HandedOver { object: ptr::null_mut(), data, keep: Some(self) }
    }
}
