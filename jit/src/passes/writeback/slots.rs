//! What the memory of each slot holds at a point, and what it holds where paths meet.

use crate::hir::{BlockId, Function, Insn, Repr, ValueId};

/// Whether the memory of a slot holds the object of the slot's current value.
///
/// The memory of a local whose number has no object yet is NULL, so that it can be told at run
/// time (`Unknown`). That of a tracked name cannot be NULL: a name that lacks the object is bound
/// to an older one. Names that may or may not lack it somewhere are marked in the native frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Memory {
    /// It does, and the object is one that the interpreter has one of: it could be dropped.
    Droppable,
    /// It does. So it is for every value that is a real object.
    Holds,
    /// No object has been made for the current number.
    Lacks,
    /// Either of the two.
    Unknown,
}

impl Memory {
    /// What is known where two paths meet.
    pub fn meet(self, other: Memory) -> Memory {
        match (self, other) {
            (Memory::Droppable, other) | (other, Memory::Droppable) => other,
            (a, b) if a == b => a,
            _ => Memory::Unknown,
        }
    }

    /// True when the object is there for certain.
    pub fn is_held(self) -> bool {
        matches!(self, Memory::Holds | Memory::Droppable)
    }
}

/// What is known of the slots at one point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slots {
    /// Current value of each slot.
    pub current: Vec<ValueId>,
    /// What its memory holds.
    pub memory: Vec<Memory>,
}

impl Slots {
    /// Those of an entry, which loads them all.
    pub fn at_entry(count: usize) -> Slots {
        Slots { current: vec![ValueId(u32::MAX); count], memory: vec![Memory::Holds; count] }
    }

    /// What is known where another path arrives as well; whether that is less.
    pub fn meet(&mut self, arriving: &Slots) -> bool {
        let mut is_less = false;
        for (known, new) in self.memory.iter_mut().zip(&arriving.memory) {
            let met = known.meet(*new);
            is_less |= std::mem::replace(known, met) != met;
        }
        is_less
    }

    /// The slots as the target of an edge sees them, after [`Slots::must_hold`] was seen to.
    pub fn arriving(&self, function: &Function, target: BlockId) -> Slots {
        let Some(state) = function.block(target).entry_state else { return self.clone() };
        let current = function.outermost(state).locals.clone();
        let held = self.must_hold(function, &current);
        let memory = (0..current.len())
            .map(|slot| {
                let is_virtual = virtual_value(function, current[slot]).is_some();
                match self.memory[slot] {
                    _ if !is_virtual => Memory::Holds,
                    _ if held.contains(&slot) => Memory::Holds,
                    Memory::Holds if is_unique(function, self.current[slot]) => Memory::Droppable,
                    memory => memory,
                }
            })
            .collect();
        Slots { current, memory }
    }

    /// A slot that is this number, one that holds its object first.
    pub fn slot_of(&self, function: &Function, inner: ValueId) -> Option<usize> {
        let slots = || {
            let current = self.current.iter().enumerate();
            current.filter(|(_, v)| virtual_value(function, **v) == Some(inner)).map(|(slot, _)| slot)
        };
        slots().find(|slot| self.memory[*slot].is_held()).or_else(|| slots().next())
    }

    /// The slots that need their object before an edge to a block with these current values:
    /// those that hold a real object there, and those that share a number here but not there.
    pub fn must_hold(&self, function: &Function, target: &[ValueId]) -> Vec<usize> {
        let lacking = |slot: &usize| !self.memory[*slot].is_held();
        let shared = |slot: usize| {
            let Some(inner) = virtual_value(function, self.current[slot]) else { return false };
            (0..self.current.len()).any(|other| {
                target[other] != target[slot] && virtual_value(function, self.current[other]) == Some(inner)
            })
        };
        (0..self.memory.len())
            .filter(lacking)
            .filter(|slot| virtual_value(function, target[*slot]).is_none() || shared(*slot))
            .collect()
    }
}

/// Whether the object of a value is found again by boxing its number.
fn is_unique(function: &Function, value: ValueId) -> bool {
    match function.insn(function.same_object(value)) {
        Insn::Object(address) => function.unique.contains(address),
        _ => false,
    }
}

/// The unboxed int that a virtual object stands for, if it is one: `UnboxReal` converts that.
pub(super) fn converted_int(function: &Function, value: ValueId) -> Option<ValueId> {
    virtual_value(function, value).filter(|inner| function.value(*inner).repr == Repr::Int)
}

/// The unboxed value that a virtual object stands for.
pub(super) fn virtual_value(function: &Function, mut value: ValueId) -> Option<ValueId> {
    loop {
        match function.values.get(value.index()).map(|v| &v.insn) {
            Some(Insn::Box(inner)) => return Some(*inner),
            Some(Insn::NewRef(inner)) => value = *inner,
            _ => return None,
        }
    }
}
