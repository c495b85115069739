//! Cells: what functions share with those they enclose.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Heap, Helper};
use cranelift_codegen::ir::{self, types};

impl Lowering<'_> {
    /// `Insn::CellContent`.
    pub fn cell_content(&mut self, slot: u32) -> Result<ir::Value> {
        let cell = self.load_local(slot)?;
        Ok(self.load(Heap::Content, types::I64, cell, self.host.layout.cell_content))
    }

    /// `Helper::LoadDeref` of the cell or free variable with this index, in line unless it is unbound.
    pub fn load_deref(&mut self, immediates: &[i64], pc: u32) -> Result<ir::Value> {
        let slot = match *immediates {
            [index] => u32::try_from(index).ok().and_then(|index| self.function.locals.checked_add(index)),
            _ => None,
        };
        let slot = slot.ok_or_else(|| backend_error(format!("no cell {immediates:?}")))?;
        let content = self.cell_content(slot)?;
        let bound = self.builder.create_block();
        let unbound = self.cold_block();
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        self.builder.ins().brif(content, bound, &[], unbound, &[]);

        self.builder.switch_to_block(bound);
        self.incref_object(content)?;
        self.builder.ins().jump(done, &[content.into()]);

        self.builder.switch_to_block(unbound);
        let lasti = self.stored_lasti;
        let raised = self.call_helper(Helper::LoadDeref, &[], immediates, pc)?;
        // What raised leaves; the way through `bound` does not store it.
        self.stored_lasti = lasti;
        self.builder.ins().jump(done, &[raised.into()]);

        self.builder.switch_to_block(done);
        Ok(result)
    }
}
