//! Subscripts, unpacking, and building of containers.

use super::*;
use crate::bytecode::{CompareOp, ConstKind};
use crate::hir::{Element, Helper};

/// Bytes of bytecode beyond which sequences are unpacked by a helper: in line it takes twenty instructions an
/// item, and code that does not fit the processor's caches is slower than the interpreter.
const LARGE: usize = 4096;

impl Builder<'_> {
    pub(super) fn subscript(&mut self, pc: u32, next: u32) -> Step {
        let kinds = (self.expected_kind(pc, 1), self.expected_kind(pc, 0));
        let kind = match kinds {
            (Some(kind @ (Type::LIST | Type::TUPLE | Type::STR | Type::UNICODE)), Some(Type::INT))
                if !self.feedback.is_rare(pc) && self.has_items(kind) =>
            {
                kind
            }
            (Some(Type::DICT), Some(kind)) if is_quiet_key(kind) => return self.dict_item(pc, next),
            (Some(Type::ARRAY), Some(Type::INT)) if let Some(element) = self.element(pc) => {
                return self.array_item(element, pc, next);
            }
            (Some(Type::OTHER), _) if let Some(flow) = self.item_of_instance(pc, next)? => return Ok(flow),
            _ => return self.likely_item(pc, next),
        };
        self.sequence_item(kind, pc)
    }

    /// `BINARY_SUBSCR` of containers of several kinds: first of the likeliest.
    fn likely_item(&mut self, pc: u32, next: u32) -> Step {
        let is_number = |builder: &Self, depth: usize| builder.boxed(builder.operand(depth)).is_some();
        let [index, container] = self.likely_kinds::<2>(pc);
        let is_wanted = !self.is_inlining() && !is_number(self, 1);
        match (container, index) {
            (Some(Type::DICT), Some(kind)) if is_wanted && is_quiet_key(kind) => self.dict_item(pc, next),
            (Some(kind @ (Type::LIST | Type::TUPLE | Type::STR | Type::UNICODE)), Some(Type::INT))
                if is_wanted
                    && !self.feedback.is_rare(pc)
                    && self.has_items(kind)
                    && self.expected_kind(pc, 0) == Some(Type::INT) =>
            {
                self.if_of_kinds(
                    &[(1, kind)],
                    |builder| {
                        builder.call_borrowing(Helper::Subscr, 2, &[], pc, next)?;
                        builder.pop(pc)
                    },
                    |builder| {
                        builder.sequence_item(kind, pc)?;
                        builder.pop(pc)
                    },
                )
            }
            _ => self.call_borrowing(Helper::Subscr, 2, &[], pc, next),
        }
    }

    /// `BINARY_SUBSCR` of a sequence of this kind.
    fn sequence_item(&mut self, kind: Type, pc: u32) -> Step {
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let container = self.guard_type(self.operand(1), kind, exit);
        let index = self.int_at(0, exit);
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        if kind == Type::UNICODE && self.host.version.is_3() {
            let byte = self.emit(Insn::ByteItem { bytes: container, index, exit }, Type::INT);
            return self.finish_unboxed(pc, byte, 2);
        }
        let item = match kind {
            Type::STR | Type::UNICODE => {
                let item = Insn::StringItem { kind, string: container, index, exit };
                self.emit(item, kind)
            }
            _ => {
                let item = Insn::SequenceItem { kind, container, index, exit };
                let item = self.emit(item, Type::OBJECT);
                self.own(StackEntry::borrowed(item))
            }
        };
        self.release_operands(2, pc)?;
        self.push_owned(item);
        Ok(Flow::Next)
    }

    /// What is in the arrays that an instruction is expected to subscript.
    fn element(&self, pc: u32) -> Option<Element> {
        let is_wanted = self.speculate_at(pc) && !self.feedback.is_rare(pc);
        self.feedback.element(pc).filter(|_| is_wanted)
    }

    /// An array on the stack, as far below the top.
    fn guard_array(&mut self, depth: usize, element: Element, exit: SideExit) -> ValueId {
        let array = self.operand(depth);
        let refined = self.emit(Insn::GuardArray(array, element, exit), Type::ARRAY);
        self.refine(array, refined);
        refined
    }

    /// `BINARY_SUBSCR` of an array.
    fn array_item(&mut self, element: Element, pc: u32, next: u32) -> Step {
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let array = self.guard_array(1, element, exit);
        let index = self.int_at(0, exit);
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        let item = Insn::ArrayLoad { element, array, index, exit };
        let item = self.emit(item, element.kind());
        self.finish_unboxed(pc, item, 2)?;
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `STORE_SUBSCR` of an array, whose numbers are of this kind.
    fn array_swap(&mut self, element: Element, kind: Type, pc: u32, next: u32) -> Step {
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let array = self.guard_array(1, element, exit);
        let index = self.int_at(0, exit);
        let value = match element.repr() {
            Repr::Float => self.number_as_float(2, kind, exit),
            _ => self.int_at(2, exit),
        };
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        self.emit_effect(Insn::ArrayStore { element, array, index, value, exit });
        // The order of the helper's: value, container, key.
        self.release_operands(3, pc)?;
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// Whether items of this kind of container can be taken in line.
    fn has_items(&self, kind: Type) -> bool {
        self.host.strings.is_some() || kind == Type::LIST || kind == Type::TUPLE
    }

    /// `BINARY_SUBSCR` of a dict.
    fn dict_item(&mut self, pc: u32, next: u32) -> Step {
        let args = vec![self.operand(1), self.operand(0)];
        self.find_or(
            Insn::Call { helper: Helper::DictItem, args, immediates: vec![], pc },
            (pc, false),
            |builder| {
                builder.call_borrowing(Helper::Subscr, 2, &[], pc, next)?;
                builder.pop(pc).map(Some)
            },
            |builder, found| builder.release_below(found, 2, pc, next).map(Some),
        )
    }

    /// `STORE_SUBSCR` of a dict.
    fn dict_swap(&mut self, pc: u32, next: u32) -> Step {
        let args = vec![self.operand(1), self.operand(0), self.operand(2)];
        self.find_or(
            Insn::Call { helper: Helper::DictSwap, args, immediates: vec![], pc },
            (pc, false),
            |builder| builder.store_subscript_by_helper(pc, next).map(|_| None),
            |builder, former| {
                builder.emit_effect(Insn::Decref(former, pc));
                // The order of the helper's: value, container, key.
                builder.release_operands(3, pc)?;
                builder.check_tracing(next);
                Ok(None)
            },
        )
    }

    fn store_subscript_by_helper(&mut self, pc: u32, next: u32) -> Step {
        // On the stack: value, container, key.
        let (args, releases) = ([1, 2, 0], [0, 1, 2]);
        self.call_ordered(Helper::StoreSubscr, 3, &args, &releases, &[], pc, next)
    }

    /// `in` and `not in`, where a quick helper can tell.
    pub(super) fn contains(&mut self, op: CompareOp, pc: u32, next: u32) -> Step {
        let args = vec![self.operand(0), self.operand(1)];
        self.tell_or(
            Insn::Call { helper: Helper::Contains, args, immediates: vec![], pc },
            pc,
            |builder| {
                builder.call_borrowing(Helper::Compare(op), 2, &[], pc, next)?;
                let result = builder.pop(pc)?;
                let told = builder.emit(Insn::UnboxBool(result.value), Type::BOOL);
                builder.release(result, pc);
                Ok(told)
            },
            |builder, told| {
                let told = match op {
                    CompareOp::NotIn => builder.emit(Insn::Not(told), Type::BOOL),
                    _ => told,
                };
                let boxed = builder.emit_box(told);
                let result = builder.release_below(boxed, 2, pc, next)?;
                builder.release(result, pc);
                Ok(told)
            },
        )
    }

    /// Whether [`Builder::contains`] pays for operands of these kinds, the item and the container.
    pub(super) fn is_quick_to_search(&self, kinds: (Option<Type>, Option<Type>)) -> bool {
        let (Some(item), container) = kinds else { return false };
        match container {
            Some(Type::DICT | Type::SET) => is_quiet_key(item),
            Some(Type::LIST | Type::TUPLE) => is_quiet_item(item),
            Some(Type::STR) => item == Type::STR,
            // Other constants than that are no containers.
            _ => is_quiet_item(item) && self.constant(self.operand(0)) == Some(ConstKind::Other),
        }
    }

    pub(super) fn store_subscript(&mut self, pc: u32, next: u32) -> Step {
        self.peek(pc, 2)?;
        let kinds = (self.expected_kind(pc, 1), self.expected_kind(pc, 0));
        if kinds.0 == Some(Type::DICT) && kinds.1.is_some_and(is_quiet_key) {
            return self.dict_swap(pc, next);
        }
        if kinds == (Some(Type::ARRAY), Some(Type::INT))
            && let Some(element) = self.element(pc)
            && let Some(kind) = self.expected_number(pc, 2)
            && (element.repr() == Repr::Float || kind == Type::INT)
        {
            return self.array_swap(element, kind, pc, next);
        }
        if kinds.0 == Some(Type::OTHER)
            && let Some(flow) = self.store_in_instance(pc, next)?
        {
            return Ok(flow);
        }
        if kinds != (Some(Type::LIST), Some(Type::INT)) || self.feedback.is_rare(pc) {
            return self.store_subscript_by_helper(pc, next);
        }
        self.own_at(2);
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let list = self.guard_type(self.operand(1), Type::LIST, exit);
        let index = self.int_at(0, exit);
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        let (key, container, value) = (self.pop(pc)?, self.pop(pc)?, self.pop(pc)?);
        let former = Insn::ListStore { list, index, value: value.value, exit };
        let former = self.emit(former, Type::OBJECT);
        self.release(StackEntry::owned(former), pc);
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
        let kind = match self.expected_sequence(pc) {
            Some(kind) if !self.feedback.is_rare(pc) && self.code.code.len() <= LARGE => kind,
            _ => {
                self.call_stack_leaving(Helper::UnpackSequence, 1, i64::from(count), count as usize, pc)?;
                return Ok(Flow::Next);
            }
        };
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let container = self.guard_type(self.operand(0), kind, exit);
        let exit = SideExit { reason: ExitReason::IndexRange, ..exit };
        let length = self.emit(Insn::SequenceLen(container), Type::INT);
        let expected = self.emit(Insn::Int(i64::from(count)), Type::INT);
        let equal = Insn::IntCompare(CompareOp::Eq, length, expected);
        let equal = self.emit(equal, Type::BOOL);
        self.emit_effect(Insn::GuardBool(equal, true, exit));
        let entry = self.pop(pc)?;
        let mut items = Vec::with_capacity(count as usize);
        for n in (0..count).rev() {
            let index = self.emit(Insn::Int(i64::from(n)), Type::INT);
            let item = self.emit(Insn::SequenceAt { kind, container, index }, Type::OBJECT);
            items.push(self.own(StackEntry::borrowed(item)));
        }
        self.stack.extend(items.into_iter().map(StackEntry::owned));
        self.release(entry, pc);
        Ok(Flow::Next)
    }

    /// Appends the topmost operand to a list.
    pub(super) fn push_to_list(&mut self, list: ValueId, pc: u32) -> Result<(), CompileError> {
        self.own_at(0);
        let exit = self.exit(ExitReason::RareOperand, Resume::At, pc);
        let value = self.pop(pc)?.value;
        self.emit_effect(Insn::ListPush { list, value, exit });
        Ok(())
    }

    /// `LIST_APPEND` and its kin: the container is `depth` (1 = top) below what was popped.
    pub(super) fn append(&mut self, helper: Helper, values: usize, depth: u32, pc: u32, next: u32) -> Step {
        let container = self.peek(pc, values + depth as usize - 1)?.value;
        if helper == Helper::ListAppend && !self.feedback.is_rare(pc) {
            let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
            let list = self.guard_type(container, Type::LIST, exit);
            self.push_to_list(list, pc)?;
            self.check_tracing(next);
            return Ok(Flow::Next);
        }
        // MAP_ADD has the key on top, the value below; it releases the value first.
        let args: Vec<ValueId> = (0..values).map(|d| self.operand(d)).collect();
        let args = std::iter::once(container).chain(args).collect();
        let call = Insn::Call { helper, args, immediates: vec![], pc };
        let status = self.emit(call, Type::EMPTY);
        self.release_operands(values, pc)?;
        self.check_status(status, pc)?;
        self.check_tracing(next);
        Ok(Flow::Next)
    }
}

/// Whether keys of a kind may be hashed without foreign code.
fn is_quiet_key(kind: Type) -> bool {
    !kind.may_be(Type::LIST.union(Type::DICT).union(Type::SET).union(Type::INSTANCE).union(Type::GENERATOR))
}

/// Whether items of a kind are compared without foreign code, among themselves.
fn is_quiet_item(kind: Type) -> bool {
    kind == Type::STR || kind == Type::INT || kind == Type::NONE
}
