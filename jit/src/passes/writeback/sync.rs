//! Slot synchronisation: which slots get the objects of their numbers, and when.
//!
//! A local whose current value is virtual may *lack* its object: its memory is NULL then. Whatever can look
//! at the frame finds every object there: they are made before every instruction that can run foreign code. A
//! slot whose current value is a real object always holds it: the slot's reference is what keeps that object
//! alive.
//!
//! The memory of a local is also what keeps the *identity* of its number: an object is made once for a value,
//! and found there whenever it is needed again, as often as the loop goes round. So slots of the same number,
//! *twins*, have the same object.
//!
//! This only decides. What it decides depends on the slots and the instruction alone, so that the fixpoint
//! and the rewriting agree.

use super::slots::{Memory, Slots, converted_int, virtual_value};
use crate::hir::{BlockId, Edge, Function, Helper, Insn, Type, ValueId};

/// Something to be done at an instruction, before what is left of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// A local gets the object of its number, unless its memory has it.
    Fill { slot: u32, inner: ValueId },
    /// A local gets the object that another one holds.
    Copy { from: u32, to: u32 },
    /// A local gets the object that a name is bound to, in place of NULL or, if `clears`, of something
    /// simple.
    CopyName { name: u32, to: u32, inner: ValueId, clears: bool },
    /// The memory of a local becomes NULL.
    Clear { slot: u32 },
    /// A local or a name is bound to an object, and its former object is released.
    Bind { slot: u32, object: Object, former: Former, pc: u32 },
    /// A name is bound to the object of its number, unless it is already.
    FillName { slot: u32, inner: ValueId },
    /// A name is bound to the object that another slot holds.
    BindName { slot: u32, twin: u32, inner: ValueId },
    /// A name is bound to a new object.
    BindNewName { slot: u32, inner: ValueId },
    /// A name lacks the object of its number from here on.
    LeaveName { slot: u32 },
    /// A copy of a number is a reference to the object that a slot holds.
    Keep { copy: ValueId, slot: u32, inner: ValueId },
}

/// An object to be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// A real one, owned.
    Real(ValueId),
    /// That of a number: what a slot holds, or else a new one.
    OfNumber { inner: ValueId, held_by: Option<u32> },
}

/// What a local's memory has when it is bound to something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Former {
    /// Nothing.
    Nothing,
    /// This object.
    Is(ValueId),
    /// The object of a number, or nothing.
    InMemory,
}

/// Whether there is something left of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// The instruction, with other operands perhaps.
    Insn,
    /// Nothing.
    Nothing,
}

/// Takes slots from before an instruction to after it.
pub(super) struct Step<'a> {
    pub(super) function: &'a Function,
    pub(super) slots: &'a mut Slots,
    pub(super) decisions: &'a mut Vec<Decision>,
}

impl<'a> Step<'a> {
    /// What is decided is added to a list.
    pub(super) fn new(
        function: &'a Function,
        slots: &'a mut Slots,
        decisions: &'a mut Vec<Decision>,
    ) -> Step<'a> {
        Step { function, slots, decisions }
    }

    /// Takes the step; `rest` is what follows the instruction in the block.
    pub(super) fn take(&mut self, value: ValueId, rest: &[ValueId]) -> Left {
        let function = self.function;
        let insn = function.insn(value);
        self.sync_consumed(insn);
        match insn {
            // Virtual: made where it is consumed.
            Insn::Box(_) => return Left::Nothing,
            Insn::NewRef(inner) => {
                if let Some(inner) = virtual_value(function, *inner) {
                    if let Some(slot) = self.about_to_be_lost(inner, value, rest) {
                        self.sync(slot);
                        self.decisions.push(Decision::Keep { copy: value, slot: slot as u32, inner });
                    }
                    return Left::Nothing;
                }
            }
            Insn::Decref(inner, _) | Insn::XDecref(inner, _) | Insn::DecrefShared(inner, _)
                if virtual_value(function, *inner).is_some() =>
            {
                return Left::Nothing;
            }
            // Entry blocks start by loading all slots.
            Insn::LoadLocal(slot) if *slot < function.locals => {
                self.slots.current[*slot as usize] = value;
                self.slots.memory[*slot as usize] = Memory::Holds;
            }
            Insn::SetLocal { slot, value, old, pc } => {
                self.set_local(*slot, *value, *old, *pc);
                return Left::Nothing;
            }
            _ if function.runs_code(insn) => self.sync_all(),
            // What was unknown when this was built may have turned out to be known, and stale.
            Insn::Call { helper: Helper::NameValue, immediates, .. } => {
                self.sync_name_of(immediates[0] as usize)
            }
            Insn::FindGlobal(site) => self.sync_name_of(function.globals[*site as usize].name),
            // Another way to the dict that has the names than by their slots.
            _ if super::names::touches_globals(insn) => self.sync_names(),
            Insn::CheckUnshared(_) => {
                // Globals outlive the frame.
                self.sync_names();
                if self.slots.memory.iter().all(|memory| memory.is_held()) {
                    return Left::Nothing;
                }
            }
            Insn::Return(result, _) => {
                // The frame ends: what no slot has an object for needs none in a slot.
                let inner = virtual_value(function, *result);
                let slot = inner.and_then(|inner| self.slots.slot_of(function, inner));
                if let Some(slot) = slot.filter(|slot| self.slots.memory[*slot] != Memory::Lacks) {
                    self.sync(slot);
                }
            }
            _ => {}
        }
        Left::Insn
    }

    /// Has the locals of numbers that an instruction needs an object of, one that stays with them, hold it.
    /// That is done here, lest the slots are others when it is rewritten than those analysed.
    fn sync_consumed(&mut self, insn: &Insn) {
        match insn {
            Insn::Call { args, .. } | Insn::CallFunction { args, .. } => {
                args.iter().for_each(|arg| self.sync_number(*arg))
            }
            Insn::CallStack { operands, .. } | Insn::CallMethod { operands, .. } => {
                operands.iter().for_each(|operand| self.sync_number(*operand));
            }
            Insn::Concrete(value)
            | Insn::ListStore { value, .. }
            | Insn::ListPush { value, .. }
            | Insn::SwapAttribute { value, .. } => self.sync_number(*value),
            // Of an int it is made without an object.
            Insn::UnboxReal(value, _) if converted_int(self.function, *value).is_none() => {
                self.sync_number(*value);
            }
            Insn::SameObject(a, b) if known_identity(self.function, *a, *b).is_none() => {
                self.sync_number(*a);
                self.sync_number(*b);
            }
            Insn::Jump(edge) => {
                let function = self.function;
                let params = &function.block(edge.target).params;
                for (index, (arg, param)) in edge.args.iter().zip(params).enumerate() {
                    let is_object = function.value(*param).repr == crate::hir::Repr::Obj;
                    if is_object && slot_of_param(function, edge.target, index).is_none() {
                        self.sync_number(*arg);
                    }
                }
            }
            _ => {}
        }
    }

    /// Syncs the slot of a number, if the value is one and has a slot.
    fn sync_number(&mut self, object: ValueId) {
        let inner = virtual_value(self.function, object);
        if let Some(slot) = inner.and_then(|inner| self.slots.slot_of(self.function, inner)) {
            self.sync(slot);
        }
    }

    /// The local whose memory is the only place that knows the object of a number, when the instructions that
    /// follow overwrite it while the operand stack still has the number.
    fn about_to_be_lost(&self, inner: ValueId, copy: ValueId, rest: &[ValueId]) -> Option<usize> {
        let is_preparation = |v: &&ValueId| {
            matches!(
                self.function.insn(**v),
                Insn::NewRef(_) | Insn::Null | Insn::Box(_) | Insn::CountBytecode
            )
        };
        let next = rest.iter().find(|v| !is_preparation(v))?;
        let Insn::SetLocal { slot, value, .. } = *self.function.insn(*next) else { return None };
        let slot = slot as usize;
        let is_lost = value != copy
            && self.slots.memory[slot] != Memory::Lacks
            && virtual_value(self.function, self.slots.current[slot]) == Some(inner);
        is_lost.then_some(slot)
    }

    /// Brings the slots to what the target of an edge expects of their memory. The fixpoint does not need
    /// this: what it knows of an edge are the slots [arriving](Slots::arriving).
    pub(super) fn sync_for(&mut self, edge: &Edge, at_entry: &Slots) {
        let function = self.function;
        if let Some(state) = function.block(edge.target).entry_state {
            let current = &function.outermost(state).locals;
            for slot in self.slots.must_hold(function, current) {
                self.sync(slot);
            }
        }
        let arriving = self.slots.arriving(function, edge.target);
        for slot in 0..arriving.memory.len() {
            let (here, there) = (arriving.memory[slot], at_entry.memory[slot]);
            match (here, there) {
                (Memory::Droppable | Memory::Holds, Memory::Lacks) if slot < function.locals as usize => {
                    debug_assert_ne!(here, Memory::Holds, "the analysis has seen less than the rewriting");
                    self.decisions.push(Decision::Clear { slot: slot as u32 });
                }
                (Memory::Lacks | Memory::Unknown, Memory::Holds | Memory::Droppable) => self.sync(slot),
                _ => {}
            }
        }
    }

    fn sync_all(&mut self) {
        for slot in 0..self.slots.memory.len() {
            self.sync(slot);
        }
    }

    /// Sees to it that a slot's memory holds its value's object, and that of every other local with this
    /// value.
    pub(super) fn sync(&mut self, slot: usize) {
        let memory = self.slots.memory[slot];
        if memory.is_held() {
            return;
        }
        let current = self.slots.current[slot];
        let inner = virtual_value(self.function, current).expect("only virtual values lack an object");
        if slot >= self.function.locals as usize {
            self.sync_name(slot, inner);
            return;
        }
        let to = slot as u32;
        let name = self.name_holding(inner).filter(|_| memory == Memory::Lacks);
        self.decisions.push(match name {
            Some(name) => Decision::CopyName { name, to, inner, clears: false },
            None => Decision::Fill { slot: to, inner },
        });
        self.slots.memory[slot] = Memory::Holds;
        for twin in 0..self.function.locals as usize {
            let is_twin = virtual_value(self.function, self.slots.current[twin]) == Some(inner);
            if is_twin && !self.slots.memory[twin].is_held() {
                self.slots.memory[twin] = Memory::Holds;
                self.decisions.push(Decision::Copy { from: to, to: twin as u32 });
            }
        }
    }

    /// `SetLocal`.
    fn set_local(&mut self, slot: u32, value: ValueId, old: ValueId, pc: u32) {
        let function = self.function;
        let index = slot as usize;
        let inner = virtual_value(function, value);
        let old_ty = function.value(old).ty;
        let memory_is_simple = !self.slots.memory[index].is_held()
            || old_ty.is_simple()
            || virtual_value(function, old).is_some();
        if let (Some(inner), true) = (inner, memory_is_simple) {
            let is_null = self.slots.memory[index] == Memory::Lacks || old_ty == Type::NULL;
            return self.set_virtual(slot, value, inner, is_null);
        }
        let was_virtual =
            [old, self.slots.current[index]].iter().any(|former| virtual_value(function, *former).is_some());
        if !memory_is_simple {
            // Releasing the former object may run code that looks at the frame. The slot itself holds a real
            // object.
            self.sync_all();
        }
        let object = match inner {
            Some(inner) => {
                let held_by = self.slots.slot_of(function, inner).map(|slot| slot as u32);
                Object::OfNumber { inner, held_by }
            }
            None => Object::Real(value),
        };
        let former = match self.slots.memory[index] {
            Memory::Lacks => Former::Nothing,
            _ if !was_virtual => Former::Is(old),
            Memory::Holds | Memory::Droppable | Memory::Unknown => Former::InMemory,
        };
        self.decisions.push(Decision::Bind { slot, object, former, pc });
        self.slots.current[index] = value;
        self.slots.memory[index] = Memory::Holds;
    }

    /// Gives a slot a number whose object, if there is one, another slot's memory holds.
    fn set_virtual(&mut self, slot: u32, value: ValueId, inner: ValueId, former_is_null: bool) {
        let function = self.function;
        let index = slot as usize;
        let is_this = |v: ValueId| virtual_value(function, v) == Some(inner);
        if is_this(self.slots.current[index]) {
            return;
        }
        let twins = || (0..self.slots.current.len()).filter(|s| is_this(self.slots.current[*s]));
        let twin = twins()
            .find(|s| self.slots.memory[*s].is_held())
            .or_else(|| twins().find(|s| self.slots.memory[*s] == Memory::Unknown));
        let is_name = function.tracked_name(slot).is_some();
        let memory = match twin {
            Some(twin) if is_name => {
                self.sync(twin);
                self.decisions.push(Decision::BindName { slot, twin: twin as u32, inner });
                Memory::Holds
            }
            None => {
                if is_name {
                    self.decisions.push(Decision::LeaveName { slot });
                } else if !former_is_null {
                    self.decisions.push(Decision::Clear { slot });
                }
                Memory::Lacks
            }
            Some(twin) if twin < function.locals as usize => {
                self.decisions.push(Decision::Copy { from: twin as u32, to: slot });
                self.slots.memory[twin]
            }
            Some(twin) => {
                self.sync(twin);
                let clears = !former_is_null;
                self.decisions.push(Decision::CopyName { name: twin as u32, to: slot, inner, clears });
                Memory::Holds
            }
        };
        self.slots.current[index] = value;
        self.slots.memory[index] = memory;
    }
}

/// The local or name that a block's parameter is the value of.
pub(super) fn slot_of_param(function: &Function, block: BlockId, index: usize) -> Option<usize> {
    let block = function.block(block);
    let state = function.outermost(block.entry_state?);
    state.locals.iter().position(|v| *v == block.params[index])
}

/// Whether two values are one object, when that is known without making any.
pub(super) fn known_identity(function: &Function, a: ValueId, b: ValueId) -> Option<bool> {
    // Whether the object of a number can be told from another object without making it.
    let never_same = |inner: ValueId, other: ValueId| {
        let ty = function.value(inner).repr.boxed_type();
        (!function.value(other).ty.may_be(ty)).then_some(false)
    };
    match (virtual_value(function, a), virtual_value(function, b)) {
        (Some(x), Some(y)) if x == y => Some(true),
        (Some(x), None) => never_same(x, b),
        (None, Some(y)) => never_same(y, a),
        (Some(_), Some(_)) | (None, None) => None,
    }
}
