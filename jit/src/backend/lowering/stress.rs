//! Stress modes in machine code.

use super::Result;
use super::lower::Lowering;
use crate::hir::{Heap, SideExit};
use cranelift_codegen::ir::{Block, types};

impl Lowering<'_> {
    /// `Insn::StressExit`.
    pub fn stress_exit(&mut self, counter: usize, interval: u32, exit: SideExit) -> Result<()> {
        let stub = self.exit_stub(exit)?;
        let pass = self.count_down(counter, interval);
        self.builder.ins().jump(stub, &[]);
        self.builder.switch_to_block(pass);
        Ok(())
    }

    /// `Insn::StressInvalidate`.
    pub fn stress_invalidate(&mut self, counter: usize, interval: u32) {
        if self.valid_flag == 0 {
            return;
        }
        let pass = self.count_down(counter, interval);
        let flag = self.address(self.valid_flag);
        let invalid = self.builder.ins().iconst(types::I8, 0);
        self.store(Heap::Cell, invalid, flag, 0);
        self.builder.ins().jump(pass, &[]);
        self.builder.switch_to_block(pass);
    }

    /// Counts down and goes on in a block, begun here, for when the count is at its end, or else
    /// in the block returned.
    fn count_down(&mut self, counter: usize, interval: u32) -> Block {
        let counter = self.address(counter);
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
