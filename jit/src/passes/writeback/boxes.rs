//! Box sinking: an object is made of a number where something consumes one, and nowhere else.
//!
//! What borrows an object gets that of a slot with the number, if there is one, else a temporary object. What
//! steals one gets a reference of its own.

use super::slots::{Slots, converted_int, virtual_value};
use super::sync::{Decision, Former, Left, Object, Step, known_identity, slot_of_param};
use crate::bytecode::CompareOp;
use crate::hir::{BlockId, Edge, Function, Insn, PC_IN_FRAME, Repr, SideExit, Type, ValueId};

/// Rewrites one block.
pub(super) struct Rewriter<'a> {
    pub(super) function: &'a mut Function,
    pub(super) slots: Slots,
    /// Names that need marks.
    pub(super) marked: &'a [u32],
    out: Vec<ValueId>,
}

impl<'a> Rewriter<'a> {
    /// With the slots as they are at the start of the block.
    pub(super) fn new(function: &'a mut Function, slots: Slots, marked: &'a [u32]) -> Rewriter<'a> {
        Rewriter { function, slots, marked, out: Vec::new() }
    }

    /// Rewrites the block; the others have these slots at their starts.
    pub(super) fn block(mut self, block: BlockId, at_entry: &[Option<Slots>]) {
        let insns = std::mem::take(&mut self.function.blocks[block.index()].insns);
        let mut decisions = Vec::new();
        for (index, value) in insns.iter().enumerate() {
            let mut step = Step::new(self.function, &mut self.slots, &mut decisions);
            let left = step.take(*value, &insns[index + 1..]);
            if let Insn::Jump(edge) = step.function.insn(*value)
                && let Some(target) = &at_entry[edge.target.index()]
            {
                step.sync_for(edge, target);
            }
            for decision in decisions.drain(..) {
                self.carry_out(decision);
            }
            match left {
                Left::Insn => self.rewrite(*value),
                Left::Nothing => {}
            }
        }
        self.function.blocks[block.index()].insns = self.out;
    }

    pub(super) fn emit(&mut self, insn: Insn, ty: Type) -> ValueId {
        let value = self.function.add_value(insn, ty);
        self.out.push(value);
        value
    }

    fn emit_effect(&mut self, insn: Insn) {
        self.emit(insn, Type::EMPTY);
    }

    /// Keeps a value as another instruction.
    fn keep_as(&mut self, value: ValueId, insn: Insn) {
        self.function.redefine(value, insn);
        self.out.push(value);
    }

    fn carry_out(&mut self, decision: Decision) {
        match decision {
            Decision::Fill { slot, inner } => self.emit_effect(Insn::FillLocal { slot, value: inner }),
            Decision::Copy { from, to } => self.emit_effect(Insn::CopyLocal { from, to }),
            Decision::CopyName { name, to, inner, clears } => {
                let object = self.owned_object(inner, Some(name));
                if clears {
                    self.emit_effect(Insn::ClearLocal(to));
                }
                self.emit_effect(Insn::StoreLocal { slot: to, value: object });
            }
            Decision::Clear { slot } => self.emit_effect(Insn::ClearLocal(slot)),
            Decision::Bind { slot, object, former, pc } => self.bind(slot, object, former, pc),
            Decision::FillName { slot, inner } => self.emit_effect(Insn::FillName { slot, value: inner }),
            Decision::BindName { slot, twin, inner } => {
                let object = self.read_slot(twin, self.boxed_type(inner));
                self.set_name(slot, object, PC_IN_FRAME);
            }
            Decision::BindNewName { slot, inner } => {
                let object = self.make_object(inner);
                self.give_name(slot, object, PC_IN_FRAME);
            }
            Decision::LeaveName { slot } => self.mark_name(slot, true),
            Decision::Keep { copy, slot, inner } => {
                let object = self.read_slot(slot, self.boxed_type(inner));
                self.keep_as(copy, Insn::NewRef(object));
            }
        }
    }

    fn bind(&mut self, slot: u32, object: Object, former: Former, pc: u32) {
        let object = match object {
            Object::Real(object) => object,
            Object::OfNumber { inner, held_by } => self.owned_object(inner, held_by),
        };
        if self.function.tracked_name(slot).is_some() {
            return self.give_name(slot, object, pc);
        }
        let former = match former {
            Former::Nothing => None,
            Former::Is(object) => Some(object),
            Former::InMemory => Some(self.emit(Insn::LoadLocal(slot), Type::SIMPLE.union(Type::NULL))),
        };
        self.emit_effect(Insn::StoreLocal { slot, value: object });
        if let Some(former) = former {
            let ty = self.function.value(former).ty;
            let former = self.emit(Insn::Adopt(former), ty);
            if !ty.may_be(Type::NULL) {
                self.emit_effect(Insn::Decref(former, pc));
            } else if ty != Type::NULL {
                self.emit_effect(Insn::XDecref(former, pc));
            }
        }
    }

    /// Replaces virtual operands by objects, or by what is known without one, and completes the
    /// exit's frame state.
    fn rewrite(&mut self, value: ValueId) {
        let mut insn = self.function.insn(value).clone();
        let mut temporaries = Vec::new();
        match &mut insn {
            Insn::Call { args, .. } | Insn::CallFunction { args, .. } => {
                for arg in args {
                    if let Some(inner) = self.virtual_object(*arg) {
                        *arg = self.borrow(inner, &mut temporaries);
                    }
                }
            }
            Insn::CallStack { operands, .. } | Insn::CallMethod { operands, .. } => {
                for operand in operands {
                    self.own(operand);
                }
            }
            Insn::Concrete(object) => self.own(object),
            Insn::Return(result, _) => {
                if let Some(inner) = self.virtual_object(*result) {
                    let slot = self.slots.slot_of(self.function, inner);
                    let slot = slot.filter(|slot| self.slots.memory[*slot].is_held());
                    *result = self.owned_object(inner, slot.map(|slot| slot as u32));
                }
            }
            Insn::Jump(edge) => self.pass(edge),
            Insn::SameObject(a, b) => {
                if let Some(same) = known_identity(self.function, *a, *b) {
                    return self.keep_as(value, Insn::Bool(same));
                }
                let (x, y) = (self.virtual_object(*a), self.virtual_object(*b));
                for (operand, inner) in [(a, x), (b, y)] {
                    if let Some(inner) = inner {
                        *operand = self.borrow(inner, &mut temporaries);
                    }
                }
            }
            Insn::SwapAttribute { object, value: stored, .. } => {
                if virtual_value(self.function, *object).is_some() {
                    return self.keep_as(value, Insn::Null);
                }
                if let Some(inner) = self.virtual_object(*stored) {
                    *stored = self.borrow(inner, &mut temporaries);
                }
            }
            // No class of numbers has attributes that are looked for in line.
            Insn::FindAttribute { object, .. } | Insn::TypeOf(object) | Insn::ClassOf(object)
                if virtual_value(self.function, *object).is_some() =>
            {
                return self.keep_as(value, Insn::Null);
            }
            Insn::UnboxReal(object, exit) => {
                if let Some(int) = converted_int(self.function, *object) {
                    let exit = self.complete(*exit, None);
                    self.keep_as(value, Insn::IntToFloat(int));
                    return self.check_exact(value, int, exit);
                }
                if let Some(inner) = self.virtual_object(*object) {
                    *object = self.borrow(inner, &mut temporaries);
                }
            }
            Insn::HasType(object, kind) if virtual_value(self.function, *object).is_some() => {
                let is_of_it = self.function.value(*object).ty.is_subset(*kind);
                return self.keep_as(value, Insn::Bool(is_of_it));
            }
            Insn::IsNull(object) if virtual_value(self.function, *object).is_some() => {
                return self.keep_as(value, Insn::Bool(false));
            }
            Insn::GuardIs(object, _, exit) if virtual_value(self.function, *object).is_some() => {
                // A number that was just computed is no singleton.
                let exit = self.complete(*exit, None);
                let never = self.emit(Insn::Bool(false), Type::BOOL);
                self.emit_effect(Insn::GuardBool(never, true, exit));
                return self.keep_as(value, Insn::Null);
            }
            Insn::ListStore { value: stored, .. } | Insn::ListPush { value: stored, .. } => {
                let before = *stored;
                self.own(stored);
                let stored = *stored;
                let exit = insn.side_exit().expect("it has an exit");
                let exit = self.complete(exit, Some((before, stored)));
                *insn.side_exit_mut().expect("it has an exit") = exit;
                return self.keep_as(value, insn);
            }
            _ => {}
        }
        if let Some(exit) = insn.side_exit() {
            let exit = self.complete(exit, None);
            *insn.side_exit_mut().expect("has one") = exit;
        }
        self.keep_as(value, insn);
        for temporary in temporaries {
            self.emit_effect(Insn::Decref(temporary, PC_IN_FRAME));
        }
    }

    /// Leaves where the double of an int is not exact.
    fn check_exact(&mut self, double: ValueId, int: ValueId, exit: SideExit) {
        let back = self.emit(Insn::FloatToInt(double, exit), Type::INT);
        let is_same = self.emit(Insn::IntCompare(CompareOp::Eq, back, int), Type::BOOL);
        self.emit_effect(Insn::GuardBool(is_same, true, exit));
    }

    pub(super) fn virtual_object(&self, value: ValueId) -> Option<ValueId> {
        virtual_value(self.function, value)
    }

    fn boxed_type(&self, inner: ValueId) -> Type {
        self.function.value(inner).repr.boxed_type()
    }

    /// What a slot holds, borrowed.
    fn read_slot(&mut self, slot: u32, ty: Type) -> ValueId {
        match self.function.tracked_name(slot) {
            None => self.emit(Insn::LoadLocal(slot), ty),
            Some(name) => self.read_name(name, ty),
        }
    }

    fn make_object(&mut self, inner: ValueId) -> ValueId {
        let ty = self.boxed_type(inner);
        self.emit(Insn::Box(inner), ty)
    }

    /// The slot that holds the object of a number: the program may compare identities.
    fn holder(&self, inner: ValueId) -> Option<u32> {
        let slot = self.slots.slot_of(self.function, inner)?;
        let is_held = self.slots.memory[slot].is_held();
        debug_assert!(is_held, "the step before has seen to that");
        is_held.then_some(slot as u32)
    }

    /// An object for a borrowing use: the slot's when one has the number, else a temporary one.
    fn borrow(&mut self, inner: ValueId, temporaries: &mut Vec<ValueId>) -> ValueId {
        if let Some(slot) = self.holder(inner) {
            return self.read_slot(slot, self.boxed_type(inner));
        }
        let object = self.make_object(inner);
        temporaries.push(object);
        object
    }

    /// Makes an operand that is consumed a real, owned object.
    fn own(&mut self, operand: &mut ValueId) {
        if let Some(inner) = self.virtual_object(*operand) {
            *operand = self.owned_object(inner, self.holder(inner));
        }
    }

    /// An object of one's own: what a slot holds, or else a new one.
    fn owned_object(&mut self, inner: ValueId, held_by: Option<u32>) -> ValueId {
        let Some(slot) = held_by else { return self.make_object(inner) };
        let ty = self.boxed_type(inner);
        let object = self.read_slot(slot, ty);
        self.emit(Insn::NewRef(object), ty)
    }

    /// Arguments of an edge: a virtual local is in its slot by now, a virtual operand is made.
    fn pass(&mut self, edge: &mut Edge) {
        for (index, arg) in edge.args.iter_mut().enumerate() {
            let param = self.function.block(edge.target).params[index];
            if self.function.value(param).repr != Repr::Obj {
                continue;
            }
            let Some(inner) = self.virtual_object(*arg) else { continue };
            if let Some(slot) = slot_of_param(self.function, edge.target, index) {
                *arg = self.read_slot(slot as u32, self.boxed_type(inner));
            } else {
                self.own(arg);
            }
        }
    }
}
