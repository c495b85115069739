//! Tracked names: slots that are bound in the globals of a module, which everybody can look at.
//!
//! A name that lacks the object of its number is bound to an older one: its memory cannot be NULL. Where
//! paths meet of which one has bound it and another has not, the native frame has a *mark* that says so.

use super::boxes::Rewriter;
use super::slots::{Memory, Slots, virtual_value};
use super::sync::{Decision, Step};
use crate::hir::{Function, Heap, Heaps, Helper, Insn, PC_IN_FRAME, Type, ValueId};

/// The tracked names of which some block cannot know whether they lack their object: those that need marks.
pub(super) fn in_doubt(function: &Function, at_entry: &[Option<Slots>]) -> Vec<u32> {
    let unknown =
        |slot: &u32| at_entry.iter().flatten().any(|slots| slots.memory[*slot as usize] == Memory::Unknown);
    (function.locals..function.slots() as u32).filter(unknown).collect()
}

/// Whether an instruction can look at what the globals are bound to, or change that.
pub(super) fn touches_globals(insn: &Insn) -> bool {
    let facts = insn.facts();
    facts.reads.union(facts.writes).meets(Heaps::of(&[Heap::Globals]))
}

impl Step<'_> {
    /// Has a name bound to the object of its number, which another slot may hold.
    pub(super) fn sync_name(&mut self, slot: usize, inner: ValueId) {
        let held = |s: &usize| self.slots.memory[*s].is_held();
        let is_twin = |s: &usize| virtual_value(self.function, self.slots.current[*s]) == Some(inner);
        let twin = (0..self.slots.memory.len()).find(|s| held(s) && is_twin(s));
        let is_unknown = self.slots.memory[slot] == Memory::Unknown;
        self.slots.memory[slot] = Memory::Holds;
        let slot = slot as u32;
        self.decisions.push(match twin {
            Some(twin) => Decision::BindName { slot, twin: twin as u32, inner },
            None if is_unknown => Decision::FillName { slot, inner },
            None => Decision::BindNewName { slot, inner },
        });
    }

    /// Syncs the slot of a tracked name, if it is one.
    pub(super) fn sync_name_of(&mut self, name: usize) {
        let tracked = self.function.locals as usize..self.slots.memory.len();
        let slot = tracked.into_iter().find(|slot| self.function.tracked_name(*slot as u32) == Some(name));
        if let Some(slot) = slot {
            self.sync(slot);
        }
    }

    /// Syncs all of them.
    pub(super) fn sync_names(&mut self) {
        for slot in self.function.locals as usize..self.slots.memory.len() {
            self.sync(slot);
        }
    }

    /// The slot of a tracked name that is bound to this number's object.
    pub(super) fn name_holding(&self, inner: ValueId) -> Option<u32> {
        (self.function.locals as usize..self.slots.memory.len())
            .find(|slot| {
                self.slots.memory[*slot].is_held()
                    && virtual_value(self.function, self.slots.current[*slot]) == Some(inner)
            })
            .map(|slot| slot as u32)
    }
}

impl Rewriter<'_> {
    /// What a name is bound to, borrowed.
    pub(super) fn read_name(&mut self, name: usize, ty: Type) -> ValueId {
        let (helper, immediates) = (Helper::NameValue, vec![name as i64]);
        let call = Insn::Call { helper, args: vec![], immediates, pc: PC_IN_FRAME };
        self.emit(call, ty)
    }

    /// Binds the name of a slot to a borrowed object.
    pub(super) fn set_name(&mut self, slot: u32, object: ValueId, pc: u32) {
        let name = self.function.tracked_name(slot).expect("the slot is a name's");
        let immediates = vec![name as i64];
        let call = Insn::Call { helper: Helper::SetName, args: vec![object], immediates, pc };
        self.emit(call, Type::EMPTY);
        self.mark_name(slot, false);
    }

    /// Binds the name of a slot to an object, and releases that.
    pub(super) fn give_name(&mut self, slot: u32, object: ValueId, pc: u32) {
        self.set_name(slot, object, pc);
        self.emit(Insn::Decref(object, pc), Type::EMPTY);
    }

    /// Notes whether a name lacks the object of its number, where nobody knows without.
    pub(super) fn mark_name(&mut self, slot: u32, lacks: bool) {
        if self.marked.contains(&slot) {
            self.emit(Insn::MarkName { slot, lacks }, Type::EMPTY);
        }
    }
}
