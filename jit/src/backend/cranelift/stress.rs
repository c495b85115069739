//! Stress modes: every Nth guard that would pass leaves all the same; code declares itself invalid.

use super::Result;
use super::lower::Lowering;
use crate::hir::{Heap, Resume, SideExit};
use cranelift_codegen::ir::{Block, InstBuilder, types};
use std::sync::atomic::{AtomicU32, Ordering};

/// Guards to pass until the next one fails; code counts it down, under the interpreter's lock.
static COUNTDOWN: AtomicU32 = AtomicU32::new(0);

/// Entries and checks of validity until the next one finds that the code has become invalid.
static VALIDITY: AtomicU32 = AtomicU32::new(0);

/// A stress mode of one compilation.
#[derive(Clone, Copy)]
pub(super) struct Stress {
    interval: u32,
    countdown: &'static AtomicU32,
}

impl Stress {
    /// Every `interval`th guard fails.
    pub fn guards(interval: u32) -> Stress {
        Stress::new(interval, &COUNTDOWN)
    }

    /// Every `interval`th entry or check of validity makes the code invalid.
    pub fn validity(interval: u32) -> Stress {
        Stress::new(interval, &VALIDITY)
    }

    fn new(interval: u32, countdown: &'static AtomicU32) -> Stress {
        let interval = interval.max(1);
        // Zero is where it starts, and code never leaves it there.
        let shorter = |now: u32| (now == 0 || now > interval).then_some(interval);
        let _ = countdown.fetch_update(Ordering::Relaxed, Ordering::Relaxed, shorter);
        Stress { interval, countdown }
    }
}

impl Lowering<'_> {
    /// Before a guard does anything: in stress mode, counts it and takes its exit when it is its turn.
    pub fn stress_exit(&mut self, exit: SideExit) -> Result<()> {
        let Some(Stress { interval, countdown }) = self.stress_guards else { return Ok(()) };
        if !exit.reason.is_harmless() || self.function.state(exit.state).resume != Resume::At {
            return Ok(());
        }
        let stub = self.exit_stub(exit)?;
        let pass = self.count_down(interval, countdown);
        self.builder.ins().jump(stub, &[]);
        self.builder.switch_to_block(pass);
        Ok(())
    }

    /// At an entry or before a check of validity: in stress mode, counts it and makes the code
    /// invalid when it is its turn.
    pub fn stress_invalidate(&mut self) {
        let Some(Stress { interval, countdown }) = self.stress_validity else { return };
        if self.valid_flag == 0 {
            return;
        }
        let pass = self.count_down(interval, countdown);
        let flag = self.address(self.valid_flag);
        let invalid = self.builder.ins().iconst(types::I8, 0);
        self.store(Heap::Cell, invalid, flag, 0);
        self.builder.ins().jump(pass, &[]);
        self.builder.switch_to_block(pass);
    }

    /// Counts down and goes on in a block, begun here, for when the count is at its end, or else
    /// in the block returned.
    fn count_down(&mut self, interval: u32, countdown: &'static AtomicU32) -> Block {
        let counter = self.address(countdown.as_ptr() as usize);
        let count = self.load(Heap::Cell, types::I32, counter, 0);
        let left = self.builder.ins().iadd_imm_s(count, -1);
        self.store(Heap::Cell, left, counter, 0);
        let end = self.cold_block();
        let pass = self.builder.create_block();
        self.builder.ins().brif(left, pass, &[], end, &[]);
        self.builder.switch_to_block(end);
        let again = self.builder.ins().iconst(types::I32, i64::from(interval));
        self.store(Heap::Cell, again, counter, 0);
        pass
    }
}
