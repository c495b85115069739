//! Memory for the values of the frames that run a program: blocks of words, used again.

use std::mem;
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// The blocks of one program. A block that is never given back, as its thread was unwound by force, goes with
/// the rest.
pub(super) struct Pool {
    /// What a block begins with.
    template: Box<[u64]>,
    blocks: Mutex<Blocks>,
}

#[derive(Default)]
struct Blocks {
    all: Vec<Block>,
    unused: Vec<Block>,
}

/// The first word of a block.
#[derive(Clone, Copy)]
struct Block(*mut u64);

// SAFETY: a block is memory that belongs to whoever has it.
unsafe impl Send for Block {}

impl Pool {
    /// A pool of blocks that begin with these words: one at least.
    pub fn new(template: Vec<u64>) -> Pool {
        Pool { template: template.into_boxed_slice(), blocks: Mutex::default() }
    }

    /// A block that nobody else has until it is [given back](Pool::give_back). It is gone when the pool is.
    ///
    /// Not in line: its caller runs Python code, and must have nothing to drop.
    #[inline(never)]
    pub fn take(&self) -> *mut u64 {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let block = blocks.unused.pop().unwrap_or_else(|| {
            let block = Block(Box::into_raw(self.template.clone()).cast());
            blocks.all.push(block);
            // So that no memory is wanted when it is given back.
            let most = blocks.all.len();
            blocks.unused.reserve(most);
            block
        });
        drop(blocks);
        // SAFETY: a block is as long as the template, and this one is nobody else's.
        unsafe { ptr::copy_nonoverlapping(self.template.as_ptr(), block.0, self.template.len()) };
        block.0
    }

    /// Takes back what [`Pool::take`] gave.
    #[inline(never)]
    pub fn give_back(&self, block: *mut u64) {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.unused.push(Block(block));
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let blocks = self.blocks.get_mut().unwrap_or_else(PoisonError::into_inner);
        for Block(first) in mem::take(&mut blocks.all) {
            let block = ptr::slice_from_raw_parts_mut(first, self.template.len());
            // SAFETY: it was a box of that many words, and nobody runs the program any more.
            drop(unsafe { Box::from_raw(block) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_begin_anew_and_are_used_again() {
        let pool = Pool::new(vec![7, 8]);
        let (one, two) = (pool.take(), pool.take());
        assert_ne!(one, two);
        // SAFETY: blocks of two words that nobody else has.
        unsafe {
            one.add(1).write(9);
            assert_eq!((two.read(), two.add(1).read()), (7, 8));
            pool.give_back(one);
            assert_eq!(pool.take(), one);
            assert_eq!((one.read(), one.add(1).read()), (7, 8));
        }
    }
}
