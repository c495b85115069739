//! Subscripts, unpacking, and building of containers.

use super::super::helper::Helper;
use super::*;

impl Builder<'_> {
    pub(super) fn subscript(&mut self, pc: u32, next: u32) -> Step {
        let kinds = (self.expected_kind(pc, 1), self.expected_kind(pc, 0));
        let kind = match kinds {
            (Some(kind @ (Type::LIST | Type::TUPLE)), Some(Type::INT)) if !self.feedback.is_rare(pc) => kind,
            _ => return self.call_borrowing(Helper::Subscr, 2, &[], pc, next),
        };
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let container = self.guard_type(self.operand(1), kind, exit);
        let index = self.int_at(0, exit);
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        let item = Insn::SequenceItem { kind, container, index, exit };
        let item = self.emit(item, Repr::Obj, Type::OBJECT);
        self.release_operands(2, pc)?;
        self.push_owned(item);
        Ok(Flow::Next)
    }

    pub(super) fn store_subscript(&mut self, pc: u32, next: u32) -> Step {
        self.peek(pc, 2)?;
        let kinds = (self.expected_kind(pc, 1), self.expected_kind(pc, 0));
        if kinds != (Some(Type::LIST), Some(Type::INT)) || self.feedback.is_rare(pc) {
            // On the stack: value, container, key.
            let (args, releases) = ([1, 2, 0], [0, 1, 2]);
            return self.call_ordered(Helper::StoreSubscr, 3, &args, &releases, &[], pc, next);
        }
        self.own_at(2);
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let list = self.guard_type(self.operand(1), Type::LIST, exit);
        let index = self.int_at(0, exit);
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        let (key, container, value) = (self.pop(pc)?, self.pop(pc)?, self.pop(pc)?);
        let former = Insn::ListStore { list, index, value: value.value, exit };
        let former = self.emit(former, Repr::Obj, Type::OBJECT);
        self.emit_effect(Insn::Decref(former, pc));
        self.release(container, pc);
        self.release(key, pc);
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// Pops and releases operands, the deepest first.
    pub(super) fn release_operands(&mut self, count: usize, pc: u32) -> Result<(), CompileError> {
        let mut popped = Vec::with_capacity(count);
        for _ in 0..count {
            popped.push(self.pop(pc)?);
        }
        for entry in popped.into_iter().rev() {
            self.release(entry, pc);
        }
        Ok(())
    }

    pub(super) fn unpack_sequence(&mut self, count: u32, pc: u32) -> Step {
        let kind = match self.expected_kind(pc, 0) {
            Some(kind @ (Type::LIST | Type::TUPLE)) if !self.feedback.is_rare(pc) => kind,
            _ => {
                self.call_stack_leaving(Helper::UnpackSequence, 1, i64::from(count), count as usize, pc)?;
                return Ok(Flow::Next);
            }
        };
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let container = self.guard_type(self.operand(0), kind, exit);
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        let length = self.emit(Insn::SequenceLen(container), Repr::Int, Type::INT);
        let expected = self.emit(Insn::Int(i64::from(count)), Repr::Int, Type::INT);
        let equal = Insn::IntCompare(crate::bytecode::CompareOp::Eq, length, expected);
        let equal = self.emit(equal, Repr::Bool, Type::BOOL);
        self.emit_effect(Insn::GuardBool(equal, true, exit));
        let entry = self.pop(pc)?;
        let mut items = Vec::with_capacity(count as usize);
        for n in (0..count).rev() {
            let index = self.emit(Insn::Int(i64::from(n)), Repr::Int, Type::INT);
            items.push(self.emit(Insn::SequenceAt { kind, container, index }, Repr::Obj, Type::OBJECT));
        }
        self.stack.extend(items.into_iter().map(StackEntry::owned));
        self.release(entry, pc);
        Ok(Flow::Next)
    }

    /// `LIST_APPEND` and its kin: the container is `depth` (1 = top) below what was popped.
    pub(super) fn append(&mut self, helper: Helper, values: usize, depth: u32, pc: u32, next: u32) -> Step {
        let container = self.peek(pc, values + depth as usize - 1)?.value;
        // MAP_ADD has the key on top, the value below; it releases the value first.
        let args: Vec<ValueId> = (0..values).map(|d| self.operand(d)).collect();
        let args = std::iter::once(container).chain(args).collect();
        let call = Insn::Call { helper, args, immediates: vec![], pc };
        let status = self.emit(call, Repr::Status, Type::EMPTY);
        self.release_operands(values, pc)?;
        self.check_status(status, pc)?;
        self.check_tracing(next);
        Ok(Flow::Next)
    }
}
