//! Jumps, the block stack, and the ways out of a frame.

use super::super::helper::Helper;
use super::*;
use crate::bytecode::BlockKind;

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
        let due = self.emit(Insn::PeriodicDue, Repr::Bool, Type::BOOL);
        let (work, go_on) = self.branch(due);
        self.function.blocks[work.index()].cold = true;
        let saved = (self.locals.clone(), self.stack.clone());
        self.current = work;
        let call = Insn::Call { helper: Helper::HandlePending, args: vec![], immediates: vec![], pc };
        let status = self.emit(call, Repr::Status, Type::EMPTY);
        self.check_status(status, pc);
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

    fn unwind_to(&mut self, level: u32, pc: u32) -> Result<(), CompileError> {
        while self.stack.len() > level as usize {
            let entry = self.pop(pc)?;
            self.release(entry, pc);
        }
        Ok(())
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

    /// Whether leaving all blocks up to and including the innermost loop (all blocks when there
    /// is none) runs no handler.
    fn leaves_without_handler(&self) -> bool {
        for block in self.blocks.iter().rev() {
            match block.kind {
                BlockKind::Loop => return true,
                BlockKind::Except => {}
                BlockKind::Finally | BlockKind::With | BlockKind::ExceptHandler => return false,
            }
        }
        false
    }

    pub(super) fn break_loop(&mut self, pc: u32) -> Step {
        if !self.leaves_without_handler() {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        while let Some(block) = self.blocks.pop() {
            self.unwind_to(block.level, pc)?;
            if block.kind == BlockKind::Loop {
                self.unbound.clear();
                return self.jump(block.handler, pc);
            }
        }
        Err(CompileError::Malformed { pc, what: "break outside a loop" })
    }

    pub(super) fn continue_loop(&mut self, target: u32, pc: u32) -> Step {
        if !self.leaves_without_handler() {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        while let Some(block) = self.blocks.last().copied() {
            if block.kind == BlockKind::Loop {
                return self.jump(target, pc);
            }
            self.blocks.pop();
            self.unwind_to(block.level, pc)?;
        }
        Err(CompileError::Malformed { pc, what: "continue outside a loop" })
    }

    pub(super) fn return_value(&mut self, pc: u32) -> Step {
        let runs_handler = self.blocks.iter().any(|b| match b.kind {
            BlockKind::Loop | BlockKind::Except => false,
            BlockKind::Finally | BlockKind::With | BlockKind::ExceptHandler => true,
        });
        if runs_handler {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        let exit = self.exit(ExitReason::Uncompiled, Resume::At, pc);
        self.emit_effect(Insn::CheckUnshared(exit));
        let entry = self.pop(pc)?;
        let value = self.own(entry);
        self.unwind_to(0, pc)?;
        self.emit_terminator(Insn::Return(value, pc));
        Ok(Flow::Ended)
    }

    pub(super) fn setup_with(&mut self, handler: u32, pc: u32) -> Step {
        self.call_stack_leaving(Helper::SetupWith, 1, 0, 2, pc)?;
        let kind = if self.host.version.is_3() { BlockKind::Finally } else { BlockKind::With };
        let level = self.stack.len() as u32 - 1;
        self.blocks.push(FrameBlock { kind, handler, level });
        Ok(Flow::Next)
    }

    /// `WITH_CLEANUP` as it is reached without an exception: `__exit__`, None on the stack.
    pub(super) fn with_exit(&mut self, pc: u32, next: u32) -> Step {
        self.peek(pc, 1)?;
        if !self.may_be_none(0) {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        self.guard_none(pc);
        let status = self.emit_call_stack(Helper::WithExit, 2, 0, pc)?;
        let none = self.emit(Insn::Object(self.host.none), Repr::Obj, Type::NONE);
        self.push_immortal(none);
        self.check_status(status, pc);
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `END_FINALLY` as it is reached without an exception: None on the stack.
    pub(super) fn end_finally(&mut self, pc: u32) -> Step {
        self.peek(pc, 0)?;
        if !self.may_be_none(0) {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        self.guard_none(pc);
        let entry = self.pop(pc)?;
        self.release(entry, pc);
        Ok(Flow::Next)
    }

    fn may_be_none(&self, depth: usize) -> bool {
        self.type_of(self.operand(depth)).may_be(Type::NONE)
    }

    fn guard_none(&mut self, pc: u32) {
        let value = self.operand(0);
        if self.type_of(value) != Type::NONE {
            let exit = self.exit(ExitReason::Uncompiled, Resume::At, pc);
            let none = self.emit(Insn::GuardIs(value, self.host.none, exit), Repr::Obj, Type::NONE);
            self.refine(value, none);
        }
    }
}
