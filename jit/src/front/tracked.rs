//! Module-level names as locals: between two calls that can run foreign code, nobody can rebind
//! a global, so its value is kept like that of a local.
//!
//! A tracked name has a slot after the locals. Its memory is the entry in the globals' dict;
//! its value is *known* after it was read or bound, until something escapes. What is known is
//! part of a block's [`Key`]: a loop that calls nothing foreign has a copy in which all its
//! names are known, and stay unboxed.

use super::*;
use crate::hir::Helper;

/// Names whose values pay when they stay in registers.
const TRACKED: Type = Type::any_of(&[
    Type::INT,
    Type::LONG,
    Type::FLOAT,
    Type::BOOL,
    Type::NONE,
    Type::STR,
    Type::LIST,
    Type::TUPLE,
    Type::DICT,
]);

/// More names than this are not tracked: every frame state lists them.
const MAX_TRACKED: usize = 16;

impl Builder<'_> {
    /// Chooses the names to track from what the globals hold now.
    pub(super) fn choose_tracked(&mut self, entries: &[EntrySpec]) {
        if !self.options.speculates || !self.options.tracks_names {
            return;
        }
        for (index, address) in self.code.names.iter().enumerate() {
            let kind =
                entries.iter().filter_map(|e| e.names.get(index)).fold(Type::EMPTY, |a, b| a.union(*b));
            if kind.is_single() && kind.is_subset(TRACKED) && self.function.tracked.len() < MAX_TRACKED {
                self.tracked
                    .insert(index as u32, (self.code.locals + self.function.tracked.len() as u32, kind));
                self.function.tracked.push(*address);
            }
        }
    }

    /// Slots of tracked names. Functions that are inlined have none.
    fn slots(&self) -> std::ops::Range<u32> {
        let tracked = if self.is_inlining() { 0 } else { self.function.tracked.len() as u32 };
        self.code.locals..self.code.locals + tracked
    }

    fn is_known(&self, slot: u32) -> bool {
        self.type_of(self.locals[slot as usize]) != Type::NULL
    }

    /// Slots of names whose value is known.
    pub(super) fn known_names(&self) -> Vec<u32> {
        self.slots().filter(|slot| self.is_known(*slot)).collect()
    }

    /// Something escaped: any name may have been rebound.
    pub(super) fn forget_names(&mut self) {
        if self.slots().any(|slot| self.is_known(slot)) {
            let unknown = self.function.add_value(Insn::Null, Type::NULL);
            self.function.blocks[self.current.index()].insns.push(unknown);
            for slot in self.slots() {
                self.locals[slot as usize] = unknown;
            }
        }
    }

    /// Whether an instruction that was just emitted can have rebound names.
    pub(super) fn escapes(&self, insn: &Insn) -> bool {
        self.function.runs_code(insn)
    }

    /// Whether tracking may be tried for the name at this instruction.
    fn tracked_at(&self, name: u32, pc: u32) -> Option<(u32, Type)> {
        self.tracked.get(&name).copied().filter(|_| self.speculate_at(pc))
    }

    /// Makes the value of a tracked name known, leaving when the globals do not have it.
    fn know(&mut self, slot: u32, pc: u32) -> ValueId {
        if !self.is_known(slot) {
            let exit = self.exit(ExitReason::CacheMiss, Resume::At, pc);
            let address = self.function.tracked[(slot - self.code.locals) as usize] as i64;
            let call = Insn::Call { helper: Helper::NameValue, args: vec![], immediates: vec![address], pc };
            let value = self.emit(call, Type::ANY);
            let value = self.emit(Insn::GuardNotNull(value, exit), Type::OBJECT);
            self.locals[slot as usize] = value;
        }
        self.locals[slot as usize]
    }

    /// `LOAD_NAME` and `LOAD_GLOBAL` of a tracked name; false when it is not tracked.
    pub(super) fn load_tracked(&mut self, name: u32, pc: u32) -> bool {
        let Some((slot, kind)) = self.tracked_at(name, pc) else { return false };
        let mut value = self.know(slot, pc);
        if kind == Type::INT || kind == Type::FLOAT {
            let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
            value = self.guard_known(value, kind, exit);
        }
        // Owned: unlike a local slot, the dict may let go of it while it is on the stack.
        let ty = self.type_of(value);
        let value = self.emit(Insn::NewRef(value), ty);
        self.push_owned(value);
        true
    }

    /// `STORE_NAME` and `STORE_GLOBAL` of a tracked name; false when it is not tracked.
    pub(super) fn store_tracked(&mut self, name: u32, pc: u32) -> Result<bool, CompileError> {
        let Some((slot, kind)) = self.tracked_at(name, pc) else { return Ok(false) };
        self.peek(pc, 0)?;
        self.know(slot, pc);
        if kind.is_simple() {
            // Releasing it then runs no foreign code.
            let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
            let old = self.locals[slot as usize];
            self.guard_known(old, kind, exit);
        }
        let old = self.locals[slot as usize];
        let entry = self.pop(pc)?;
        let value = self.own(entry);
        self.emit_effect(Insn::SetLocal { slot, value, old, pc });
        // The release of the former value may have escaped.
        if self.type_of(old).is_simple() {
            self.locals[slot as usize] = value;
        }
        Ok(true)
    }

    /// A guard that a just boxed number passes without being made an object.
    fn guard_known(&mut self, value: ValueId, kind: Type, exit: SideExit) -> ValueId {
        match self.boxed(value) {
            Some((_, Repr::Int)) if kind == Type::INT => value,
            Some((_, Repr::Float)) if kind == Type::FLOAT => value,
            _ => self.guard_type(value, kind, exit),
        }
    }

    /// At an entry: names are those of the module's dict only in a module's own frame.
    pub(super) fn check_module_frame(&mut self, pc: u32) {
        if self.function.tracked.is_empty() || self.code.is_optimized {
            return;
        }
        let exit = self.exit(ExitReason::CacheMiss, Resume::At, pc);
        let call = Insn::Call { helper: Helper::IsModuleFrame, args: vec![], immediates: vec![], pc };
        let status = self.emit(call, Type::EMPTY);
        self.emit_effect(Insn::GuardStatus(status, exit));
    }
}
