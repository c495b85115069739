//! Where generators and coroutines suspend, and what they await.

use super::*;
use crate::hir::Helper;

impl Builder<'_> {
    /// `YIELD_VALUE`: leaves with the value; what follows becomes an entry of its own.
    pub(super) fn yield_value(&mut self, pc: u32, next: u32) -> Step {
        self.peek(pc, 0)?;
        self.own_all();
        self.suspend(Resume::Yield, pc, next)
    }

    /// `YIELD_FROM`: asks the receiver; leaves with what it yields, or goes on with its result. Who resumes
    /// the frame asks the receiver again, and enters at the next instruction when that has ended, with its
    /// result in its place.
    pub(super) fn yield_from(&mut self, pc: u32, next: u32) -> Step {
        let status = self.emit_call_stack(Helper::YieldFrom, 2, 0, pc)?;
        self.check_status(status, pc)?;
        let yields = self.emit(Insn::StatusTruth(status), Type::BOOL);
        let base = self.stack.len() as u32;
        let (suspends, finished) = self.branch(yields);
        let saved = (self.locals.clone(), self.stack.clone(), self.unbound.clone());

        self.current = suspends;
        for index in [base, base + 1] {
            let value = self.emit(Insn::LoadStack(index), Type::OBJECT);
            self.push_owned(value);
        }
        self.own_all();
        self.suspend(Resume::YieldFrom, pc, next)?;

        (self.locals, self.stack, self.unbound) = saved;
        self.current = finished;
        let result = self.emit(Insn::LoadStack(base), Type::OBJECT);
        self.push_owned(result);
        self.check_tracing(next);
        // What is known here and not in a frame that was suspended is not worth a copy of all that follows.
        self.unbound.clear();
        let edge = self.edge_to(next)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(Flow::Ended)
    }

    /// Leaves with the topmost value; the frame is entered again at `next`, with another in the place of the
    /// value, or of the receiver below it.
    fn suspend(&mut self, resume: Resume, pc: u32, next: u32) -> Step {
        let exit = self.exit(ExitReason::Yield, resume, pc);
        self.emit_terminator(Insn::Exit(exit));
        if resume == Resume::YieldFrom {
            self.stack.pop();
        }
        let kind = |entry: &StackEntry| match entry.mark {
            Some(Mark::MaybeNull) => Type::ANY,
            Some(Mark::RangeIterator) => Type::RANGE_ITER,
            _ => Type::OBJECT,
        };
        let operands = self.stack.iter().map(kind).collect();
        let spec = EntrySpec { pc: next, blocks: self.blocks.clone(), operands, ..EntrySpec::default() };
        self.enter(&spec)?;
        Ok(Flow::Ended)
    }

    /// `GET_ANEXT`: the iterator stays below the result.
    pub(super) fn get_anext(&mut self, pc: u32, next: u32) -> Step {
        self.peek(pc, 0)?;
        self.duplicate_borrowed();
        self.call_borrowing(Helper::GetAnext, 1, &[], pc, next)
    }

    /// `BEFORE_ASYNC_WITH`
    pub(super) fn before_async_with(&mut self, pc: u32, next: u32) -> Step {
        self.call_stack_leaving(Helper::BeforeAsyncWith, 1, 0, 2, pc)?;
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `SETUP_ASYNC_WITH`: the result of awaiting `__aenter__` is above the block.
    pub(super) fn setup_async_with(&mut self, handler: u32, pc: u32) -> Step {
        self.peek(pc, 0)?;
        let level = self.stack.len() as u32 - 1;
        self.blocks.push(FrameBlock { kind: BlockKind::Finally, handler, level });
        Ok(Flow::Next)
    }
}
