//! Stress mode: every Nth guard that would pass leaves all the same.

use super::Result;
use super::lower::Lowering;
use super::regions::Region;
use crate::hir::{Resume, SideExit};
use cranelift_codegen::ir::{InstBuilder, types};
use std::sync::atomic::{AtomicU32, Ordering};

/// Guards to pass until the next one fails; code counts it down, under the interpreter's lock.
static COUNTDOWN: AtomicU32 = AtomicU32::new(0);

/// Stress mode of one compilation.
pub(super) struct Stress {
    interval: u32,
}

impl Stress {
    /// Every `interval`th guard fails.
    pub fn new(interval: u32) -> Stress {
        let interval = interval.max(1);
        // Zero is where it starts, and code never leaves it there.
        let shorter = |now: u32| (now == 0 || now > interval).then_some(interval);
        let _ = COUNTDOWN.fetch_update(Ordering::Relaxed, Ordering::Relaxed, shorter);
        Stress { interval }
    }
}

impl Lowering<'_> {
    /// Before a guard does anything: in stress mode, counts it and takes its exit when it is its turn.
    pub fn stress_exit(&mut self, exit: SideExit) -> Result<()> {
        let Some(Stress { interval }) = self.stress else { return Ok(()) };
        if !self.can_fake(exit.reason) || self.function.state(exit.state).resume != Resume::At {
            return Ok(());
        }
        let stub = self.exit_stub(exit)?;
        let counter = self.address(COUNTDOWN.as_ptr() as usize);
        let count = self.load(Region::Cell, types::I32, counter, 0);
        let left = self.builder.ins().iadd_imm_s(count, -1);
        self.store(Region::Cell, left, counter, 0);
        let fail = self.cold_block();
        let pass = self.builder.create_block();
        self.builder.ins().brif(left, pass, &[], fail, &[]);

        self.builder.switch_to_block(fail);
        let again = self.builder.ins().iconst(types::I32, i64::from(interval));
        self.store(Region::Cell, again, counter, 0);
        self.builder.ins().jump(stub, &[]);

        self.builder.switch_to_block(pass);
        Ok(())
    }
}
