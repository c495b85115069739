//! Exceptions and the other ways out of blocks, as `fast_block_end` of `ceval.c` takes them:
//! to a handler in the same frame, to a `finally` body, out of a loop, out of the frame.

use super::*;
use crate::hir::Helper;

/// Instead of a handler's offset: the exception leaves the frame.
pub(super) const CALLER: u32 = u32::MAX;

/// `enum why_code`: what `finally` bodies find on the stack.
const WHY_RETURN: i64 = 0x08;
const WHY_BREAK: i64 = 0x10;
const WHY_CONTINUE: i64 = 0x20;
pub(super) const WHY_SILENCED: i64 = 0x80;

/// Why blocks are left, other than by an exception.
#[derive(Clone, Copy)]
enum Pending {
    /// `return` of an owned value.
    Return(ValueId),
    Break,
    /// `continue` at this offset.
    Continue(u32),
}

impl Builder<'_> {
    /// Where an exception goes that is raised here: the innermost handler of the frame.
    fn handler(&self) -> Option<u32> {
        let block = self.blocks.iter().rev().find(|block| match block.kind {
            BlockKind::Except | BlockKind::Finally | BlockKind::With => true,
            BlockKind::Loop | BlockKind::ExceptHandler => false,
        });
        block.map(|block| block.handler)
    }

    /// Where an exception of the instruction goes in compiled code: to a handler of this frame,
    /// or out of it. None when it is left to the interpreter.
    pub(super) fn native_handler(&self, pc: u32) -> Option<u32> {
        let handler = self.handler().unwrap_or(CALLER);
        let is_binding = self.stack.iter().any(|entry| entry.receiver.is_some());
        let native =
            (handler == CALLER || self.is_expected(handler, pc)) && !self.is_crowded() && !is_binding;
        native.then_some(handler)
    }

    /// Whether a handler is likely to catch something: it has done so while the code was
    /// recorded, or the instruction has left for the interpreter too often.
    fn is_expected(&self, handler: u32, pc: u32) -> bool {
        if self.feedback.is_empty() || !self.speculate_at(pc) {
            return true;
        }
        // What `finally` bodies are entered with otherwise.
        let harmless = Type::NONE.union(Type::INT);
        !self.feedback.kinds(handler, 0).is_subset(harmless)
    }

    /// Whether there is so much code already that more ways through it would not do.
    pub(super) fn is_crowded(&self) -> bool {
        self.function.values.len() > self.options.max_values / 2
    }

    /// The exit of an instruction that raised, for the interpreter to unwind.
    pub(super) fn throwing_exit(&mut self, pc: u32) -> SideExit {
        let reason = if self.is_unexpected(pc) { ExitReason::Unreached } else { ExitReason::Exception };
        self.exit(reason, Resume::Throw, pc)
    }

    fn is_unexpected(&self, pc: u32) -> bool {
        self.handler().is_some_and(|handler| !self.is_expected(handler, pc))
    }

    /// When the condition holds, the exception that was raised goes to the handler.
    pub(super) fn throw_if(&mut self, failed: ValueId, handler: u32) -> Result<(), CompileError> {
        let (throw, go_on) = self.branch(failed);
        self.function.blocks[throw.index()].cold = true;
        let saved = (self.locals.clone(), self.stack.clone());
        self.current = throw;
        let edge = self.edge(handler, Arrival::Raised)?;
        self.emit_terminator(Insn::Jump(edge));
        (self.locals, self.stack) = saved;
        self.current = go_on;
        Ok(())
    }

    /// The locals in a block for exceptions that leave the frame: they are in memory, and nobody
    /// needs their values.
    pub(super) fn locals_of_leaving(&mut self, block: BlockId) -> Vec<ValueId> {
        let locals = (0..self.code.locals).map(|slot| (Insn::LoadLocal(slot), Type::ANY));
        let names = self.function.tracked.iter().map(|_| (Insn::Null, Type::NULL));
        let insns: Vec<(Insn, Type)> = locals.chain(names).collect();
        let values: Vec<ValueId> =
            insns.into_iter().map(|(insn, ty)| self.function.add_value(insn, ty)).collect();
        self.function.blocks[block.index()].insns.extend(&values);
        values
    }

    /// Takes an exception to its handler, or out of the frame: what all instructions share that
    /// raise with the same blocks and operands. `f_lasti` tells which of them it was.
    pub(super) fn catch(&mut self, handler: u32, arrival: Arrival) -> Result<(), CompileError> {
        if arrival == Arrival::Raised {
            let exit = self.exit(ExitReason::Tracing, Resume::Throw, PC_IN_FRAME);
            let call = Insn::Call {
                helper: Helper::AddTraceback,
                args: vec![],
                immediates: vec![],
                pc: PC_IN_FRAME,
            };
            let status = self.emit(call, Type::EMPTY);
            self.emit_effect(Insn::GuardStatus(status, exit));
        }
        let kind = loop {
            let Some(block) = self.blocks.pop() else {
                self.unwind_to(0, PC_IN_FRAME)?;
                let null = self.emit(Insn::Null, Type::NULL);
                self.emit_terminator(Insn::Return(null, PC_IN_FRAME));
                return Ok(());
            };
            match block.kind {
                BlockKind::ExceptHandler => self.end_handler(block.level, PC_IN_FRAME)?,
                BlockKind::Loop => {
                    self.unbound.clear();
                    self.unwind_to(block.level, PC_IN_FRAME)?;
                }
                kind @ (BlockKind::Except | BlockKind::Finally | BlockKind::With) => {
                    self.unwind_to(block.level, PC_IN_FRAME)?;
                    break kind;
                }
            }
        };
        let level = self.stack.len() as u32;
        let handled = self.host.version.is_3() || kind != BlockKind::Finally;
        self.emit_call_stack(Helper::Catch, 0, i64::from(handled), PC_IN_FRAME)?;
        let marks: &[Option<Mark>] = if self.host.version.is_3() {
            self.blocks.push(FrameBlock { kind: BlockKind::ExceptHandler, handler: NO_HANDLER, level });
            &[Some(Mark::MaybeNull), Some(Mark::MaybeNull), None, None, None, Some(Mark::Exception)]
        } else {
            &[None, None, Some(Mark::Exception)]
        };
        for (index, mark) in (level..).zip(marks) {
            let ty = if *mark == Some(Mark::MaybeNull) { Type::ANY } else { Type::OBJECT };
            let value = self.emit(Insn::LoadStack(index), ty);
            self.stack.push(StackEntry { mark: *mark, ..StackEntry::owned(value) });
        }
        self.check_tracing(handler);
        let edge = self.edge_to(handler)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(())
    }

    /// `RAISE_VARARGS`
    pub(super) fn raise(&mut self, operands: u8, pc: u32) -> Step {
        let most = if self.host.version.is_3() { 2 } else { 3 };
        if operands > most {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        // With a traceback the exception is raised again.
        if operands == 0 || operands == 3 {
            return self.raise_again(Helper::Raise, operands.into(), pc);
        }
        self.emit_call_stack(Helper::Raise, operands.into(), 0, pc)?;
        self.throw(pc)?;
        Ok(Flow::Ended)
    }

    /// The exception that was raised goes to its handler.
    pub(super) fn throw(&mut self, pc: u32) -> Result<(), CompileError> {
        match self.native_handler(pc) {
            Some(handler) => {
                let edge = self.edge(handler, Arrival::Raised)?;
                self.emit_terminator(Insn::Jump(edge));
            }
            None => {
                let exit = self.throwing_exit(pc);
                self.emit_terminator(Insn::Exit(exit));
            }
        }
        Ok(())
    }

    /// Raises an exception whose traceback has the frame already; what goes wrong in the attempt
    /// is raised as usual.
    fn raise_again(&mut self, helper: Helper, operands: usize, pc: u32) -> Step {
        let Some(handler) = self.native_handler(pc) else {
            let unexpected = self.is_unexpected(pc);
            return self.leave(if unexpected { ExitReason::Unreached } else { ExitReason::Uncompiled }, pc);
        };
        let status = self.emit_call_stack(helper, operands, 0, pc)?;
        let exit = self.exit(ExitReason::Exception, Resume::Throw, pc);
        self.emit_effect(Insn::GuardStatus(status, exit));
        let edge = self.edge(handler, Arrival::Reraised)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(Flow::Ended)
    }

    /// `END_FINALLY`
    pub(super) fn end_finally(&mut self, pc: u32, next: u32) -> Step {
        let mark = self.peek(pc, 0)?.mark;
        if self.is_crowded() && self.handler().is_some() && mark != Some(Mark::Nothing) {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        match mark {
            Some(Mark::Nothing) => {
                let entry = self.pop(pc)?;
                self.release(entry, pc);
                Ok(Flow::Next)
            }
            Some(Mark::Exception) => {
                self.peek(pc, 2)?;
                self.raise_again(Helper::Reraise, 3, pc)
            }
            Some(Mark::Return) => {
                self.peek(pc, 1)?;
                self.return_value(1, pc)
            }
            Some(Mark::Break) => {
                self.release_operands(1, pc)?;
                self.unwind(Pending::Break, pc)
            }
            Some(Mark::Continue(target)) => {
                self.peek(pc, 1)?;
                self.release_operands(2, pc)?;
                self.unwind(Pending::Continue(target), pc)
            }
            Some(Mark::Silenced) => {
                self.release_operands(1, pc)?;
                self.pop_except(pc, next)
            }
            None | Some(Mark::MaybeNull | Mark::HandedBack | Mark::RangeIterator) => {
                if !self.may_be_none(0) {
                    return self.leave(ExitReason::Uncompiled, pc);
                }
                self.guard_none(0, pc);
                let entry = self.pop(pc)?;
                self.release(entry, pc);
                Ok(Flow::Next)
            }
        }
    }

    /// `POP_EXCEPT`
    pub(super) fn pop_except(&mut self, pc: u32, next: u32) -> Step {
        match self.blocks.last().copied() {
            Some(FrameBlock { kind: BlockKind::ExceptHandler, level, .. }) => {
                self.blocks.pop();
                self.end_handler(level, pc)?;
                self.check_tracing(next);
                Ok(Flow::Next)
            }
            _ => Err(CompileError::Malformed { pc, what: "no handler to end" }),
        }
    }

    /// `UNWIND_EXCEPT_HANDLER`; the block is popped already.
    fn end_handler(&mut self, level: u32, pc: u32) -> Result<(), CompileError> {
        self.unwind_to(level + 3, pc)?;
        self.emit_call_stack(Helper::EndHandler, 3, 0, pc)?;
        Ok(())
    }

    /// Releases the operands above a level.
    pub(super) fn unwind_to(&mut self, level: u32, pc: u32) -> Result<(), CompileError> {
        while self.stack.len() > level as usize {
            let entry = self.pop(pc)?;
            self.release(entry, pc);
        }
        Ok(())
    }

    /// `BREAK_LOOP`
    pub(super) fn break_loop(&mut self, pc: u32) -> Step {
        self.unwind_loop(Pending::Break, pc)
    }

    /// `CONTINUE_LOOP`
    pub(super) fn continue_loop(&mut self, target: u32, pc: u32) -> Step {
        self.unwind_loop(Pending::Continue(target), pc)
    }

    fn unwind_loop(&mut self, pending: Pending, pc: u32) -> Step {
        let inner = self.blocks.iter().rev().take_while(|block| block.kind != BlockKind::Loop);
        let bodies = inner.filter(|block| matches!(block.kind, BlockKind::Finally | BlockKind::With)).count();
        if bodies > 0 && self.is_crowded() {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        self.unwind(pending, pc)
    }

    /// `RETURN_VALUE`, or the end of a `finally` body that a `return` had to pass: the value has
    /// `above` operands above it.
    pub(super) fn return_value(&mut self, above: usize, pc: u32) -> Step {
        self.peek(pc, above)?;
        // Leaving a handler writes what is stale, as does the code of `finally` bodies.
        let runs_code = self.blocks.iter().any(|b| match b.kind {
            BlockKind::Loop | BlockKind::Except => false,
            BlockKind::Finally | BlockKind::With | BlockKind::ExceptHandler => true,
        });
        if runs_code && self.is_crowded() {
            return self.leave(ExitReason::Uncompiled, pc);
        }
        if !runs_code {
            let exit = self.exit(ExitReason::Uncompiled, Resume::At, pc);
            self.emit_effect(Insn::CheckUnshared(exit));
        }
        self.release_operands(above, pc)?;
        let entry = self.pop(pc)?;
        let value = self.own(entry);
        self.unwind(Pending::Return(value), pc)
    }

    /// Leaves blocks up to the one that has something to do, or the frame.
    fn unwind(&mut self, pending: Pending, pc: u32) -> Step {
        while let Some(block) = self.blocks.last().copied() {
            if let (BlockKind::Loop, Pending::Continue(target)) = (block.kind, pending) {
                return self.jump(target, pc);
            }
            self.blocks.pop();
            if block.kind == BlockKind::ExceptHandler {
                self.end_handler(block.level, pc)?;
                continue;
            }
            self.unwind_to(block.level, pc)?;
            match block.kind {
                BlockKind::Loop => {
                    self.unbound.clear();
                    if let Pending::Break = pending {
                        return self.jump(block.handler, pc);
                    }
                }
                BlockKind::Except | BlockKind::ExceptHandler => {}
                BlockKind::Finally | BlockKind::With => return self.pend(pending, block.handler),
            }
        }
        match pending {
            Pending::Return(value) => {
                self.unwind_to(0, pc)?;
                self.emit_terminator(Insn::Return(value, pc));
                Ok(Flow::Ended)
            }
            Pending::Break | Pending::Continue(_) => {
                Err(CompileError::Malformed { pc, what: "break or continue outside a loop" })
            }
        }
    }

    /// Goes to a `finally` body, which is told on the stack what is pending.
    fn pend(&mut self, pending: Pending, handler: u32) -> Step {
        let (why, mark) = match pending {
            Pending::Return(value) => {
                self.push_owned(value);
                (WHY_RETURN, Mark::Return)
            }
            Pending::Break => (WHY_BREAK, Mark::Break),
            Pending::Continue(target) => {
                self.push_number(target.into(), None);
                (WHY_CONTINUE, Mark::Continue(target))
            }
        };
        self.push_number(why, Some(mark));
        let edge = self.edge_to(handler)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(Flow::Ended)
    }

    /// Pushes a number that the evaluator keeps on the stack for itself.
    pub(super) fn push_number(&mut self, number: i64, mark: Option<Mark>) {
        let number = self.emit(Insn::Int(number), Type::INT);
        let value = self.emit_box(number);
        self.stack.push(StackEntry { mark, ..StackEntry::owned(value) });
    }

    /// The top, if it is the constant `None`, says that nothing is pending.
    pub(super) fn mark_nothing(&mut self) {
        if let Some(top) = self.stack.last_mut()
            && matches!(self.function.insn(top.value), Insn::Object(address) if *address == self.host.none)
        {
            top.mark = Some(Mark::Nothing);
        }
    }

    pub(super) fn may_be_none(&self, depth: usize) -> bool {
        self.type_of(self.operand(depth)).may_be(Type::NONE)
    }

    /// Leaves unless the operand `depth` below the top is `None`.
    pub(super) fn guard_none(&mut self, depth: usize, pc: u32) {
        let value = self.operand(depth);
        if self.type_of(value) != Type::NONE {
            let exit = self.exit(ExitReason::Uncompiled, Resume::At, pc);
            let none = self.emit(Insn::GuardIs(value, self.host.none, exit), Type::NONE);
            self.refine(value, none);
        }
    }
}
