//! Memory read and written as the host says that it is laid out.

use super::machine::Machine;
use std::sync::atomic::{AtomicI32, Ordering};

impl Machine<'_> {
    /// A word.
    pub fn load(&self, object: u64, offset: i32) -> u64 {
        // SAFETY: as promised to `Machine::new`, HIR reads what is there, where the host says.
        unsafe { at::<u64>(object, offset).read() }
    }

    /// A C int.
    pub fn load_int(&self, object: u64, offset: i32) -> i32 {
        // SAFETY: as in `load`.
        unsafe { at::<i32>(object, offset).read() }
    }

    /// A C int that other threads write.
    pub fn load_shared(&self, address: usize) -> i32 {
        // SAFETY: as in `load`; the int is aligned.
        unsafe { AtomicI32::from_ptr(address as *mut i32) }.load(Ordering::Relaxed)
    }

    /// A byte.
    pub fn load_byte(&self, object: u64, offset: i32) -> u8 {
        // SAFETY: as in `load`.
        unsafe { at::<u8>(object, offset).read() }
    }

    /// Writes a word.
    pub fn store(&self, object: u64, offset: i32, word: u64) {
        // SAFETY: as promised to `Machine::new`, HIR writes to what it may, where the host says.
        unsafe { at::<u64>(object, offset).write(word) }
    }

    /// Writes a C int.
    pub fn store_int(&self, object: u64, offset: i32, number: i32) {
        // SAFETY: as in `store`.
        unsafe { at::<i32>(object, offset).write(number) }
    }

    /// Writes a byte.
    pub fn store_byte(&self, object: u64, offset: i32, byte: u8) {
        // SAFETY: as in `store`.
        unsafe { at::<u8>(object, offset).write(byte) }
    }

    /// Adds to a word at an address.
    pub fn add_to_word(&self, address: usize, more: u64) {
        let word = self.load(address as u64, 0);
        self.store(address as u64, 0, word.wrapping_add(more));
    }

    /// Adds to a C int at an address; the sum.
    pub fn add_to_int(&self, address: usize, more: i32) -> i32 {
        let sum = self.load_int(address as u64, 0).wrapping_add(more);
        self.store_int(address as u64, 0, sum);
        sum
    }
}

/// The address of an item of a word's length.
pub(super) fn item(items: u64, index: u64) -> u64 {
    items.wrapping_add(index.wrapping_mul(8))
}

fn at<T>(object: u64, offset: i32) -> *mut T {
    object.wrapping_add_signed(i64::from(offset)) as *mut T
}
