//! The operand stack during construction: pushing, popping, ownership, refinement.

use super::*;
use crate::bytecode::ConstKind;

/// A value on the operand stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackEntry {
    pub value: ValueId,
    /// The stack holds a reference of its own.
    pub owned: bool,
    /// When not owned: the local slot whose reference keeps it alive (none for constants).
    pub slot: Option<u32>,
    /// What is known of it by the way it came there.
    pub mark: Option<Mark>,
    /// For what [`Builder::load_method`] pushes: what it is to be bound to, owned, or NULL.
    pub receiver: Option<ValueId>,
    /// The class that the method would keep alive, owned, or NULL.
    pub class: Option<ValueId>,
}

impl StackEntry {
    /// An entry with a reference of its own.
    pub(super) fn owned(value: ValueId) -> StackEntry {
        StackEntry { value, owned: true, slot: None, mark: None, receiver: None, class: None }
    }

    /// An entry without one.
    pub(super) fn borrowed(value: ValueId) -> StackEntry {
        StackEntry { value, owned: false, slot: None, mark: None, receiver: None, class: None }
    }
}

/// What is known of a value on the operand stack by the way it came there: how a `finally` body, a handler,
/// or a `with` was reached, for instance. Part of a block's [`Key`], so that what comes after is known at
/// compile time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// NULL, or perhaps so.
    MaybeNull,
    /// `None`: nothing is pending.
    Nothing,
    /// The class of an exception that was caught.
    Exception,
    /// A pending `return` of the value below.
    Return,
    /// A pending `break`.
    Break,
    /// A pending `continue` at this offset; the value below is a number for it.
    Continue(u32),
    /// 3.x: `__exit__` has swallowed the exception.
    Silenced,
    /// The left operand of the operation whose result it is: not a number that is new.
    HandedBack,
    /// The iterator of a range that a `for` goes over, and nobody else.
    RangeIterator,
}

impl Builder<'_> {
    pub(super) fn push_owned(&mut self, value: ValueId) {
        self.stack.push(StackEntry::owned(value));
    }

    /// Pushes a constant or another object that outlives the frame's run.
    pub(super) fn push_immortal(&mut self, value: ValueId) {
        self.stack.push(StackEntry::borrowed(value));
    }

    pub(super) fn pop(&mut self, pc: u32) -> Result<StackEntry, CompileError> {
        self.stack.pop().ok_or(CompileError::Malformed { pc, what: "pops from an empty stack" })
    }

    /// The entry `depth` below the top.
    pub(super) fn peek(&self, pc: u32, depth: usize) -> Result<StackEntry, CompileError> {
        let index = self.stack.len().checked_sub(depth + 1);
        index.map(|i| self.stack[i]).ok_or(CompileError::Malformed { pc, what: "reads below the stack" })
    }

    /// The value `depth` below the top; the stack is known to be that deep.
    pub(super) fn operand(&self, depth: usize) -> ValueId {
        self.stack[self.stack.len() - 1 - depth].value
    }

    /// Turns an entry into a value that the consumer owns.
    pub(super) fn own(&mut self, entry: StackEntry) -> ValueId {
        let ty = self.type_of(entry.value);
        if entry.owned || ty == Type::NULL {
            return entry.value;
        }
        self.emit(Insn::NewRef(entry.value), ty)
    }

    /// Makes the entry `depth` below the top owned, in place.
    pub(super) fn own_at(&mut self, depth: usize) {
        let index = self.stack.len() - 1 - depth;
        let value = self.own(self.stack[index]);
        let StackEntry { mark, receiver, class, .. } = self.stack[index];
        self.stack[index] = StackEntry { mark, receiver, class, ..StackEntry::owned(value) };
    }

    pub(super) fn own_all(&mut self) {
        for depth in 0..self.stack.len() {
            self.own_at(depth);
        }
    }

    /// Makes every entry owned that is kept alive by this slot only.
    pub(super) fn own_borrowed_from(&mut self, slot: u32) {
        for depth in 0..self.stack.len() {
            let entry = self.stack[self.stack.len() - 1 - depth];
            if !entry.owned && entry.slot == Some(slot) {
                self.own_at(depth);
            }
        }
    }

    /// Releases what the stack held of a popped entry, or has that done when the instruction is.
    pub(super) fn release(&mut self, entry: StackEntry, pc: u32) {
        let ty = self.type_of(entry.value);
        if !entry.owned || ty == Type::NULL {
            return;
        }
        if self.is_inlining() && !self.dies_quietly(entry.value) {
            self.release_later(entry);
        } else {
            self.release_now(entry, pc);
        }
    }

    /// Releases an entry that is owned.
    pub(super) fn release_now(&mut self, entry: StackEntry, pc: u32) {
        let ty = self.type_of(entry.value);
        self.emit_effect(match ty.may_be(Type::NULL) {
            true => Insn::XDecref(entry.value, pc),
            false => Insn::Decref(entry.value, pc),
        });
    }

    /// Everywhere in the frame, `old` is known to be `new`.
    pub(super) fn refine(&mut self, old: ValueId, new: ValueId) {
        for local in &mut self.locals {
            if *local == old {
                *local = new;
            }
        }
        for entry in &mut self.stack {
            if entry.value == old {
                entry.value = new;
            }
        }
    }

    /// Leaves by `exit` when the value is NULL.
    pub(super) fn not_null(&mut self, value: ValueId, exit: SideExit) -> ValueId {
        let ty = self.type_of(value);
        if !ty.may_be(Type::NULL) {
            return value;
        }
        let refined = self.emit(Insn::GuardNotNull(value, exit), ty.intersect(Type::OBJECT));
        self.refine(value, refined);
        refined
    }

    /// Leaves by `exit` unless the value is of the kind.
    pub(super) fn guard_type(&mut self, value: ValueId, kind: Type, exit: SideExit) -> ValueId {
        let ty = self.type_of(value);
        if ty.is_subset(kind) {
            return value;
        }
        let refined = self.emit(Insn::GuardType(value, kind, exit), kind);
        self.refine(value, refined);
        refined
    }

    /// The unboxed value an object was boxed from.
    pub(super) fn boxed(&self, value: ValueId) -> Option<(ValueId, Repr)> {
        match self.function.insn(self.function.same_object(value)) {
            Insn::Box(inner) => Some((*inner, self.function.value(*inner).repr)),
            _ => None,
        }
    }

    /// What a constant operand is.
    pub(super) fn constant(&self, value: ValueId) -> Option<ConstKind> {
        let Insn::Object(address) = *self.function.insn(self.function.same_object(value)) else {
            return None;
        };
        self.code.consts.iter().find(|c| c.address == address && address != 0).map(|c| c.kind)
    }

    /// The kind to expect of the operand `depth` below the top: what is known, else what was
    /// always observed at this instruction.
    pub(super) fn expected_kind(&self, pc: u32, depth: usize) -> Option<Type> {
        let value = self.operand(depth);
        match self.boxed(value) {
            Some((_, Repr::Int)) => return Some(Type::INT),
            Some((_, Repr::Float)) => return Some(Type::FLOAT),
            Some((_, Repr::Bool)) => return Some(Type::BOOL),
            _ => {}
        }
        let ty = self.type_of(value);
        if ty.is_single() {
            return Some(ty);
        }
        let kind = self.speculate_at(pc).then(|| self.feedback.stable_kind(pc, depth)).flatten()?;
        ty.may_be(kind).then_some(kind)
    }

    /// The kinds that the topmost operands are most likely to have together: what is expected, else what was
    /// seen more often than not at this instruction.
    pub(super) fn likely_kinds<const N: usize>(&self, pc: u32) -> [Option<Type>; N] {
        let seen = self.feedback.likely_operands(pc).filter(|_| self.speculate_at(pc));
        std::array::from_fn(|depth| {
            let is_possible =
                |kind: &Type| kind.is_single() && self.type_of(self.operand(depth)).may_be(*kind);
            self.expected_kind(pc, depth).or(seen.map(|kinds| kinds[depth]).filter(is_possible))
        })
    }

    /// Numbers that the operand `depth` below the top is expected to be, if it is one: of one kind, or of
    /// both.
    pub(super) fn expected_number(&self, pc: u32, depth: usize) -> Option<Type> {
        if let Some(kind) = self.expected_kind(pc, depth) {
            return kind.is_subset(Type::REAL).then_some(kind);
        }
        let value = self.operand(depth);
        let known = self.type_of(value);
        let seen = match self.speculate_at(pc) {
            true => self.feedback.kinds(pc, depth),
            false => Type::EMPTY,
        };
        let is_real = known.is_subset(Type::REAL) || (seen == Type::REAL && known.intersect(seen) == seen);
        is_real.then_some(Type::REAL)
    }

    /// The sequence that the topmost operand is expected to be, if it is one: of one kind, or of both.
    pub(super) fn expected_sequence(&self, pc: u32) -> Option<Type> {
        if let Some(kind) = self.expected_kind(pc, 0) {
            return kind.is_subset(Type::SEQUENCE).then_some(kind);
        }
        let known = self.type_of(self.operand(0));
        let is_seen = self.speculate_at(pc)
            && !self.feedback.has_failed(pc)
            && self.feedback.kinds(pc, 0) == Type::SEQUENCE;
        (known.is_subset(Type::SEQUENCE) || (is_seen && Type::SEQUENCE.is_subset(known)))
            .then_some(Type::SEQUENCE)
    }

    /// An object of kind INT as i64, guarding where that is not known.
    pub(super) fn as_int(&mut self, value: ValueId, exit: SideExit) -> ValueId {
        if let Some((inner, Repr::Int)) = self.boxed(value) {
            return inner;
        }
        if let Some(ConstKind::Int(n)) = self.constant(value) {
            return self.emit(Insn::Int(n), Type::INT);
        }
        let value = self.guard_type(value, Type::INT, exit);
        self.emit(Insn::UnboxInt(value), Type::INT)
    }

    /// The operand `depth` below the top as i64.
    pub(super) fn int_at(&mut self, depth: usize, exit: SideExit) -> ValueId {
        self.as_int(self.operand(depth), exit)
    }

    /// An object of kind FLOAT as f64, guarding where that is not known.
    pub(super) fn as_float(&mut self, value: ValueId, exit: SideExit) -> ValueId {
        if let Some((inner, Repr::Float)) = self.boxed(value) {
            return inner;
        }
        if let Some(ConstKind::Float(x)) = self.constant(value) {
            return self.emit(Insn::Float(x.to_bits()), Type::FLOAT);
        }
        let value = self.guard_type(value, Type::FLOAT, exit);
        self.emit(Insn::UnboxFloat(value), Type::FLOAT)
    }

    /// A number of the kinds REAL as f64, guarding where that is not known; leaves where that would round.
    pub(super) fn as_real(&mut self, value: ValueId, exit: SideExit) -> ValueId {
        let value = self.guard_type(value, Type::REAL, exit);
        let rare = SideExit { reason: ExitReason::RareOperand, ..exit };
        self.emit(Insn::UnboxReal(value, rare), Type::FLOAT)
    }

    /// Boxes an unboxed value; the result is owned.
    pub(super) fn emit_box(&mut self, value: ValueId) -> ValueId {
        let ty = self.function.value(value).repr.boxed_type();
        self.emit(Insn::Box(value), ty)
    }
}
