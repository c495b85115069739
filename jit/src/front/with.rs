//! `with`: entering it, and calling `__exit__` however it is left.

use super::unwind::WHY_SILENCED;
use super::*;
use crate::hir::Helper;

impl Builder<'_> {
    /// `SETUP_WITH`
    pub(super) fn setup_with(&mut self, handler: u32, pc: u32, next: u32) -> Step {
        self.call_stack_leaving(Helper::SetupWith, 1, 0, 2, pc)?;
        let kind = if self.host.version.is_3() { BlockKind::Finally } else { BlockKind::With };
        let level = self.stack.len() as u32 - 1;
        self.blocks.push(FrameBlock { kind, handler, level });
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `WITH_CLEANUP` of 2.7 and 3.4.
    pub(super) fn with_cleanup(&mut self, pc: u32, next: u32) -> Step {
        let Some((result, raised)) = self.call_exit(pc)? else { return Ok(Flow::Ended) };
        let result = StackEntry::owned(result);
        match raised {
            false => {
                self.release(result, pc);
                self.check_tracing(next);
                Ok(Flow::Next)
            }
            true => self.swallow_or_not(result, None, pc, next),
        }
    }

    /// `WITH_CLEANUP_START` of 3.5.
    pub(super) fn with_cleanup_start(&mut self, pc: u32, next: u32) -> Step {
        let Some((result, raised)) = self.call_exit(pc)? else { return Ok(Flow::Ended) };
        match raised {
            false => {
                let none = self.emit(Insn::Object(self.host.none), Type::NONE);
                self.stack.push(StackEntry { mark: Some(Mark::Nothing), ..StackEntry::borrowed(none) });
            }
            true => {
                let class = self.operand(0);
                let class = self.emit(Insn::NewRef(class), Type::OBJECT);
                self.stack.push(StackEntry { mark: Some(Mark::Exception), ..StackEntry::owned(class) });
            }
        }
        self.push_owned(result);
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `WITH_CLEANUP_FINISH` of 3.5.
    pub(super) fn with_cleanup_finish(&mut self, pc: u32, next: u32) -> Step {
        let mark = self.peek(pc, 1)?.mark;
        if mark == Some(Mark::Exception) {
            let (result, class) = (self.pop(pc)?, self.pop(pc)?);
            return self.swallow_or_not(result, Some(class), pc, next);
        }
        if mark != Some(Mark::Nothing) {
            if !self.may_be_none(1) {
                return self.leave(ExitReason::Uncompiled, pc);
            }
            self.guard_none(1, pc);
        }
        let (result, class) = (self.pop(pc)?, self.pop(pc)?);
        self.release(result, pc);
        self.release(class, pc);
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// Takes `__exit__` off the stack and calls it: its result, and whether there is an
    /// exception that it may swallow. None when the block has ended.
    fn call_exit(&mut self, pc: u32) -> Result<Option<(ValueId, bool)>, CompileError> {
        let is_3 = self.host.version.is_3();
        let mark = self.peek(pc, 0)?.mark;
        let below = match mark {
            Some(Mark::Exception) if is_3 => 6,
            Some(Mark::Exception) => 3,
            Some(Mark::Return | Mark::Continue(_)) => 2,
            Some(Mark::Break | Mark::Nothing | Mark::Silenced | Mark::MaybeNull | Mark::HandedBack)
            | Some(Mark::RangeIterator)
            | None => 1,
        };
        self.peek(pc, below)?;
        if mark.is_none() {
            if !self.may_be_none(0) {
                self.leave(ExitReason::Uncompiled, pc)?;
                return Ok(None);
            }
            self.guard_none(0, pc);
        }
        let exit = self.stack.remove(self.stack.len() - 1 - below);
        let raised = mark == Some(Mark::Exception);
        let args = if raised {
            if is_3 {
                self.shift_handler(pc)?;
            }
            vec![exit.value, self.operand(0), self.operand(1), self.operand(2)]
        } else {
            let none = self.emit(Insn::Object(self.host.none), Type::NONE);
            vec![exit.value, none, none, none]
        };
        let call = Insn::Call { helper: Helper::CallExit, args, immediates: vec![], pc };
        let result = self.emit(call, Type::ANY);
        self.release(exit, pc);
        let result = self.check_result(result, Type::OBJECT, pc)?;
        Ok(Some((result, raised)))
    }

    /// 3.x: what is above `__exit__` has moved down by one, up to the exception that is handled;
    /// NULL fills the gap.
    fn shift_handler(&mut self, pc: u32) -> Result<(), CompileError> {
        let null = self.emit(Insn::Null, Type::NULL);
        let gap = StackEntry { mark: Some(Mark::MaybeNull), ..StackEntry::borrowed(null) };
        self.stack.insert(self.stack.len() - 3, gap);
        match self.blocks.last_mut() {
            Some(FrameBlock { kind: BlockKind::ExceptHandler, level, .. }) if *level > 0 => {
                *level -= 1;
                Ok(())
            }
            _ => Err(CompileError::Malformed { pc, what: "no handler to leave" }),
        }
    }

    /// Goes on with or without the exception, by the truth of what `__exit__` returned.
    fn swallow_or_not(&mut self, result: StackEntry, class: Option<StackEntry>, pc: u32, next: u32) -> Step {
        let call = Insn::Call { helper: Helper::IsTrue, args: vec![result.value], immediates: vec![], pc };
        let status = self.emit(call, Type::EMPTY);
        self.release(result, pc);
        if let Some(class) = class {
            self.release(class, pc);
        }
        self.check_status(status, pc)?;
        let truth = self.emit(Insn::StatusTruth(status), Type::BOOL);
        let (swallowed, going_on) = self.branch(truth);
        let saved = (self.locals.clone(), self.stack.clone());
        self.current = swallowed;
        if self.host.version.is_3() {
            self.push_number(WHY_SILENCED, Some(Mark::Silenced));
        } else {
            let (class, value, traceback) = (self.pop(pc)?, self.pop(pc)?, self.pop(pc)?);
            let none = self.emit(Insn::Object(self.host.none), Type::NONE);
            self.stack.push(StackEntry { mark: Some(Mark::Nothing), ..StackEntry::borrowed(none) });
            for entry in [class, value, traceback] {
                self.release(entry, pc);
            }
        }
        self.check_tracing(next);
        let edge = self.edge_to(next)?;
        self.emit_terminator(Insn::Jump(edge));
        (self.locals, self.stack) = saved;
        self.current = going_on;
        self.check_tracing(next);
        let edge = self.edge_to(next)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(Flow::Ended)
    }
}
