//! Slices, which are not made where the next instruction uses them up.

use super::*;
use crate::bytecode::Op;
use crate::hir::Helper;

impl Builder<'_> {
    /// `BUILD_SLICE`, together with the subscript after it, if there is one.
    pub(super) fn build_slice(&mut self, parts: usize, pc: u32, next: u32) -> Step {
        let is_entered = self.bytecode.is_jump_target(next) || self.bytecode.is_handler(next);
        let user = self.bytecode.at(next).copied().filter(|_| !is_entered);
        let (helper, others, user) = match user.map(|user| (user.op, user)) {
            Some((Op::Subscr, user)) => (Helper::GetSlice, 1, user),
            Some((Op::StoreSubscr, user)) => (Helper::SetSlice, 2, user),
            _ => return self.call_stack(Helper::BuildSlice, parts, 0, pc, next),
        };
        if !self.is_inlining() {
            self.function.position = Some(user.pc);
        }
        if self.options.counts_bytecodes {
            self.emit_effect(Insn::CountBytecode);
        }
        self.call_stack(helper, others + parts, 0, user.pc, user.next)?;
        Ok(Flow::Beyond)
    }
}
