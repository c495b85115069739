//! `FOR_ITER`: iterators of known type inline, all others through `tp_iternext`.

use super::*;
use crate::bytecode::{CompareOp, Op};
use crate::hir::Helper;

impl Builder<'_> {
    pub(super) fn for_iter(&mut self, end: u32, pc: u32, next: u32) -> Step {
        let known = match self.expected_kind(pc, 0) {
            _ if self.peek(pc, 0)?.mark == Some(Mark::RangeIterator) => Some(Type::RANGE_ITER),
            Some(k @ (Type::LIST_ITER | Type::TUPLE_ITER | Type::RANGE_ITER)) => Some(k),
            _ => None,
        };
        if let Some(kind) = known {
            let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
            let value = self.peek(pc, 0)?.value;
            let iterator = self.guard_type(value, kind, exit);
            let more = self.emit(Insn::IterHasNext(iterator, kind), Type::BOOL);
            let (take, slow) = self.branch(more);
            let saved = (self.locals.clone(), self.stack.clone());
            self.current = take;
            let item = if kind == Type::RANGE_ITER {
                let int = self.emit(Insn::RangeTake(iterator), Type::INT);
                self.emit_box(int)
            } else {
                self.emit(Insn::IterTake(iterator, kind), Type::OBJECT)
            };
            self.push_owned(item);
            let edge = self.edge_to(next)?;
            self.emit_terminator(Insn::Jump(edge));
            (self.locals, self.stack) = saved;
            self.current = slow;
        }
        let after_pair = self.after_pair_of_enumerate(pc, next);
        let mut iterator = self.peek(pc, 0)?.value;
        let helper = match self.expected_kind(pc, 0) {
            Some(Type::GENERATOR) => Helper::NextOfGenerator,
            Some(Type::ENUMERATE) if after_pair.is_some() => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                iterator = self.guard_type(iterator, Type::ENUMERATE, exit);
                Helper::NextOfEnumerate
            }
            _ => Helper::IterNext,
        };
        let call = Insn::Call { helper, args: vec![iterator], immediates: vec![], pc };
        let item = self.emit(call, Type::ANY);
        let ended = self.emit(Insn::IsNull(item), Type::BOOL);
        let (end_block, item_block) = self.branch(ended);
        let saved = (self.locals.clone(), self.stack.clone());

        self.current = item_block;
        let exit = self.exit(ExitReason::Exception, Resume::At, pc);
        let item = self.emit(Insn::GuardNotNull(item, exit), Type::OBJECT);
        self.push_owned(item);
        if known.is_some() {
            // The inline test said there is none: let the interpreter have it, so that the loop
            // body sees one kind of item only.
            self.leave(ExitReason::Unreached, next)?;
        } else {
            if after_pair.is_some() {
                self.push_index_of_enumerate(next)?;
            }
            let next = after_pair.unwrap_or(next);
            self.check_tracing(next);
            let edge = self.edge_to(next)?;
            self.emit_terminator(Insn::Jump(edge));
        }

        (self.locals, self.stack) = saved;
        self.current = end_block;
        let check = Insn::Call { helper: Helper::IterCheck, args: vec![], immediates: vec![], pc };
        let status = self.emit(check, Type::EMPTY);
        self.check_status(status, pc)?;
        let entry = self.pop(pc)?;
        self.release(entry, pc);
        self.check_tracing(end);
        let edge = self.edge_to(end)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(Flow::Ended)
    }

    /// Whether what is pushed is only iterated over: by a `GET_ITER` at `next`, where nobody jumps to.
    pub(super) fn is_iterated(&self, next: u32) -> bool {
        let is_get = self.bytecode.at(next).is_some_and(|get| get.op == Op::GetIter);
        is_get && !self.bytecode.is_jump_target(next)
    }

    /// Whether that is at the beginning of a loop.
    pub(super) fn is_looped_over(&self, next: u32) -> bool {
        let get = self.bytecode.at(next).filter(|_| self.is_iterated(next));
        let first = get.and_then(|get| self.bytecode.at(get.next));
        first.is_some_and(|first| matches!(first.op, Op::ForIter(_)))
    }

    /// The instruction after the one at `next`, if that takes the pair of an `enumerate` apart at once: then
    /// there is none.
    fn after_pair_of_enumerate(&self, pc: u32, next: u32) -> Option<u32> {
        let is_wanted = self.expected_kind(pc, 0) == Some(Type::ENUMERATE)
            && !self.feedback.is_rare(next)
            && !self.bytecode.is_jump_target(next);
        let unpack = self.bytecode.at(next).filter(|unpack| unpack.op == Op::UnpackSequence(2));
        unpack.filter(|_| is_wanted).map(|unpack| unpack.next)
    }

    /// Pushes the number of the item that `Helper::NextOfEnumerate` gave; leaves at `next` where that is the
    /// pair.
    fn push_index_of_enumerate(&mut self, next: u32) -> Result<(), CompileError> {
        let index = self.emit(Insn::EnumerateIndex, Type::INT);
        let least = self.emit(Insn::Int(0), Type::INT);
        let is_apart = self.emit(Insn::IntCompare(CompareOp::Ge, index, least), Type::BOOL);
        let (apart, pair) = self.branch(is_apart);
        let saved = (self.locals.clone(), self.stack.clone());
        self.current = pair;
        self.leave(ExitReason::RareOperand, next)?;
        (self.locals, self.stack) = saved;
        self.current = apart;
        let index = self.emit_box(index);
        self.push_owned(index);
        Ok(())
    }
}
