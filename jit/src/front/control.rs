//! Jumps, the block stack, and `yield`.

use super::*;
use crate::hir::Helper;

impl Builder<'_> {
    /// Ends the block by a jump; backward jumps first do the periodic work that is due.
    pub(super) fn jump(&mut self, target: u32, pc: u32) -> Step {
        if target <= pc {
            self.poll(target, pc)?;
        }
        let edge = self.edge_to(target)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(Flow::Ended)
    }

    /// The periodic work is done on a way of its own to the target: it escapes.
    fn poll(&mut self, target: u32, pc: u32) -> Result<(), CompileError> {
        let due = self.emit(Insn::PeriodicDue, Type::BOOL);
        let (work, go_on) = self.branch(due);
        self.function.blocks[work.index()].cold = true;
        let saved = (self.locals.clone(), self.stack.clone());
        self.current = work;
        let call = Insn::Call { helper: Helper::HandlePending, args: vec![], immediates: vec![], pc };
        let status = self.emit(call, Type::EMPTY);
        self.check_status(status, pc)?;
        self.check_tracing(target);
        let edge = self.edge_to(target)?;
        self.emit_terminator(Insn::Jump(edge));
        (self.locals, self.stack) = saved;
        self.current = go_on;
        let exit = self.exit(ExitReason::Invalidated, Resume::At, target);
        self.emit_effect(Insn::CheckValid(exit));
        Ok(())
    }

    pub(super) fn push_block(&mut self, kind: BlockKind, handler: u32) -> Step {
        let level = self.stack.len() as u32;
        self.blocks.push(FrameBlock { kind, handler, level });
        Ok(Flow::Next)
    }

    pub(super) fn pop_block(&mut self, pc: u32) -> Step {
        let block = self.blocks.pop();
        let block = block.ok_or(CompileError::Malformed { pc, what: "pops an empty block stack" })?;
        self.unwind_to(block.level, pc)?;
        if block.kind == BlockKind::Loop {
            self.unbound.clear();
        }
        Ok(Flow::Next)
    }
}
