//! Decides when unboxed values become objects again, and keeps the frame's slots honest.
//!
//! Up to here every value of a local or of the operand stack has an object form: an unboxed
//! value appears as `Box`. This pass makes boxes *virtual*: none is made where it is defined,
//! one is made where an object is consumed. A local slot whose current value is virtual may stay
//! *stale*: its memory holds NULL or an object whose release nobody can observe. Whatever can
//! look at the frame finds no stale slot: they are written back before every instruction that
//! can run foreign code, and side exits carry what they must write (`FrameState::stale`).
//!
//! A slot whose current value is a real object is never stale: the slot's reference is what
//! keeps that object alive.

use super::cfg::Cfg;
use crate::bytecode::Version;
use crate::hir::{BlockId, Edge, Function, Helper, Insn, Repr, SideExit, Type, ValueId};
use crate::host::Host;

/// What is known of the slots at one point.
#[derive(Clone, Debug, PartialEq)]
struct Slots {
    /// Current value of each slot.
    current: Vec<ValueId>,
    /// Whether its memory is stale.
    stale: Vec<bool>,
}

/// Runs the pass; `SetLocal` and virtual boxes are gone afterwards.
pub fn run(function: &mut Function, host: &Host) {
    let cfg = Cfg::new(function);
    let entry_slots = analyse(function, &cfg);
    for block in &cfg.order {
        let slots = entry_slots[block.index()].clone().expect("reachable blocks were analysed");
        let insns = function.block(*block).insns.clone();
        let mut walk = Walk { function, version: host.version, slots, out: Some(Vec::new()) };
        for value in insns {
            walk.step(value, &entry_slots);
        }
        let out = walk.out.expect("set above");
        function.blocks[block.index()].insns = out;
    }
}

/// The slots at the start of each reachable block: the least fixpoint of staleness.
fn analyse(function: &mut Function, cfg: &Cfg) -> Vec<Option<Slots>> {
    let mut at_entry: Vec<Option<Slots>> = vec![None; function.blocks.len()];
    for entry in &function.entries {
        let nothing = ValueId(u32::MAX);
        let count = function.slots();
        at_entry[entry.block.index()] =
            Some(Slots { current: vec![nothing; count], stale: vec![false; count] });
    }
    let mut changed = true;
    while changed {
        changed = false;
        for block in &cfg.order {
            let Some(slots) = at_entry[block.index()].clone() else { continue };
            let insns = function.block(*block).insns.clone();
            let mut walk = Walk { function, version: Version::V27, slots, out: None };
            for value in insns {
                walk.step(value, &at_entry);
            }
            let slots = walk.slots;
            for edge in function.terminator(*block).edges().into_iter().cloned().collect::<Vec<_>>() {
                let arriving = arriving(function, &slots, edge.target);
                match &mut at_entry[edge.target.index()] {
                    Some(known) => {
                        for (known, new) in known.stale.iter_mut().zip(arriving.stale) {
                            changed |= new && !*known;
                            *known |= new;
                        }
                    }
                    unknown => {
                        *unknown = Some(arriving);
                        changed = true;
                    }
                }
            }
        }
    }
    at_entry
}

/// The slots as the target sees them: a slot that holds a real object there is written on the edge.
fn arriving(function: &Function, slots: &Slots, target: BlockId) -> Slots {
    let Some(state) = function.block(target).entry_state else {
        return slots.clone();
    };
    let current = function.state(state).locals.clone();
    let stale = slots
        .stale
        .iter()
        .zip(&current)
        .map(|(stale, value)| *stale && virtual_value(function, *value).is_some())
        .collect();
    Slots { current, stale }
}

/// The unboxed value that a virtual object stands for.
fn virtual_value(function: &Function, mut value: ValueId) -> Option<ValueId> {
    loop {
        match function.values.get(value.index()).map(|v| &v.insn) {
            Some(Insn::Box(inner)) => return Some(*inner),
            Some(Insn::NewRef(inner)) => value = *inner,
            _ => return None,
        }
    }
}

/// Walks one block. Without `out` it only tracks the slots; with it, it rewrites.
struct Walk<'a> {
    function: &'a mut Function,
    version: Version,
    slots: Slots,
    out: Option<Vec<ValueId>>,
}

impl Walk<'_> {
    fn emit(&mut self, insn: Insn, repr: Repr, ty: Type) -> ValueId {
        let value = self.function.add_value(insn, repr, ty);
        self.out.as_mut().expect("only when rewriting").push(value);
        value
    }

    fn rewriting(&self) -> bool {
        self.out.is_some()
    }

    fn keep(&mut self, value: ValueId) {
        if let Some(out) = &mut self.out {
            out.push(value);
        }
    }

    fn step(&mut self, value: ValueId, at_entry: &[Option<Slots>]) {
        let insn = self.function.insn(value).clone();
        match &insn {
            // Virtual: made where it is consumed.
            Insn::Box(_) => return,
            Insn::NewRef(inner) | Insn::Decref(inner, _) | Insn::XDecref(inner, _)
                if virtual_value(self.function, *inner).is_some() =>
            {
                return;
            }
            // Entry blocks start by loading all slots.
            Insn::LoadLocal(slot) if *slot < self.function.locals => {
                self.slots.current[*slot as usize] = value;
            }
            Insn::SetLocal { slot, value, old, pc } => return self.set_local(*slot, *value, *old, *pc),
            Insn::Decref(inner, _) | Insn::XDecref(inner, _)
                if !self.function.value(*inner).ty.is_simple() =>
            {
                self.sync_all();
            }
            Insn::Call { helper, .. } | Insn::CallStack { helper, .. } if helper.runs_code() => {
                self.sync_all();
            }
            // What was unknown when this was built may have turned out to be known, and stale.
            Insn::Call { helper: Helper::NameValue, immediates, .. } => {
                let tracked = self.function.locals as usize..self.slots.stale.len();
                let name = |slot: &usize| self.function.tracked_name(*slot as u32);
                if let Some(slot) = tracked.into_iter().find(|s| name(s) == Some(immediates[0] as usize)) {
                    self.sync(slot);
                }
            }
            Insn::CheckUnshared(_) => {
                // Globals outlive the frame.
                for slot in self.function.locals as usize..self.slots.stale.len() {
                    self.sync(slot);
                }
                if !self.slots.stale.contains(&true) {
                    return;
                }
            }
            Insn::Jump(edge) => {
                if let (true, Some(target)) = (self.rewriting(), &at_entry[edge.target.index()]) {
                    self.sync_for(target);
                }
            }
            _ => {}
        }
        if self.rewriting() {
            self.rewrite(value, insn);
        }
    }

    /// Writes every stale slot that the target of an edge expects in memory.
    fn sync_for(&mut self, target: &Slots) {
        for slot in 0..self.slots.stale.len() {
            if self.slots.stale[slot] && !target.stale[slot] {
                self.sync(slot);
            }
        }
    }

    fn sync_all(&mut self) {
        for slot in 0..self.slots.stale.len() {
            self.sync(slot);
        }
    }

    /// Writes a slot's value to memory.
    fn sync(&mut self, slot: usize) {
        if !std::mem::replace(&mut self.slots.stale[slot], false) || !self.rewriting() {
            return;
        }
        let current = self.slots.current[slot];
        let inner = virtual_value(self.function, current).expect("only virtual values are stale");
        let object = match self.written_slot(inner, slot) {
            // The same value in two slots is the same object.
            Some(twin) => {
                let ty = self.boxed_type(inner);
                let twin = self.read_slot(twin, ty);
                self.emit(Insn::NewRef(twin), Repr::Obj, ty)
            }
            None => self.make_object(inner),
        };
        if self.bind_name(slot as u32, object, 0) {
            return;
        }
        let former = self.emit(Insn::LoadLocal(slot as u32), Repr::Obj, Type::SIMPLE);
        self.emit(Insn::StoreLocal { slot: slot as u32, value: object }, Repr::None, Type::EMPTY);
        self.emit(Insn::XDecref(former, 0), Repr::None, Type::EMPTY);
    }

    /// What a slot's memory holds, borrowed.
    fn read_slot(&mut self, slot: u32, ty: Type) -> ValueId {
        match self.function.tracked_name(slot) {
            None => self.emit(Insn::LoadLocal(slot), Repr::Obj, ty),
            Some(name) => {
                let (helper, immediates) = (Helper::NameValue, vec![name as i64]);
                let call = Insn::Call { helper, args: vec![], immediates, pc: 0 };
                self.emit(call, Repr::Obj, ty)
            }
        }
    }

    /// Binds a tracked name to an owned object; false when the slot is a local's.
    fn bind_name(&mut self, slot: u32, object: ValueId, pc: u32) -> bool {
        let Some(name) = self.function.tracked_name(slot) else { return false };
        let (helper, immediates) = (Helper::SetName, vec![name as i64]);
        let call = Insn::Call { helper, args: vec![object], immediates, pc };
        self.emit(call, Repr::Status, Type::EMPTY);
        self.emit(Insn::Decref(object, pc), Repr::None, Type::EMPTY);
        true
    }

    /// A slot whose memory holds the object of this unboxed value.
    fn written_slot(&self, inner: ValueId, except: usize) -> Option<u32> {
        let slots = self.slots.current.iter().zip(&self.slots.stale).enumerate();
        slots
            .filter(|(slot, (_, stale))| *slot != except && !**stale)
            .find(|(_, (current, _))| virtual_value(self.function, **current) == Some(inner))
            .map(|(slot, _)| slot as u32)
    }

    fn boxed_type(&self, inner: ValueId) -> Type {
        self.function.boxed_type(self.function.value(inner).repr, self.version)
    }

    fn make_object(&mut self, inner: ValueId) -> ValueId {
        let ty = self.boxed_type(inner);
        self.emit(Insn::Box(inner), Repr::Obj, ty)
    }

    fn set_local(&mut self, slot: u32, value: ValueId, old: ValueId, pc: u32) {
        let index = slot as usize;
        let inner = virtual_value(self.function, value);
        let old_ty = self.function.value(old).ty;
        let memory_is_simple =
            self.slots.stale[index] || old_ty.is_simple() || virtual_value(self.function, old).is_some();
        if inner.is_some() && memory_is_simple {
            self.slots.current[index] = value;
            self.slots.stale[index] = true;
            return;
        }
        if !memory_is_simple {
            // Releasing the former object may run code that looks at the frame. The slot itself
            // holds a real object, so it is not stale.
            self.sync_all();
        }
        if self.rewriting() {
            let object = match inner {
                Some(inner) => self.make_object(inner),
                None => value,
            };
            if self.bind_name(slot, object, pc) {
                self.slots.current[index] = value;
                self.slots.stale[index] = false;
                return;
            }
            let in_memory = self.slots.stale[index] || virtual_value(self.function, old).is_some();
            let former = match in_memory {
                true => self.emit(Insn::LoadLocal(slot), Repr::Obj, Type::SIMPLE),
                false => old,
            };
            self.emit(Insn::StoreLocal { slot, value: object }, Repr::None, Type::EMPTY);
            let ty = self.function.value(former).ty;
            if ty.may_be(Type::NULL) {
                if ty != Type::NULL {
                    self.emit(Insn::XDecref(former, pc), Repr::None, Type::EMPTY);
                }
            } else {
                self.emit(Insn::Decref(former, pc), Repr::None, Type::EMPTY);
            }
        }
        self.slots.current[index] = value;
        self.slots.stale[index] = false;
    }

    /// Replaces virtual operands by objects, or by what is known without one, and completes the
    /// exit's frame state.
    fn rewrite(&mut self, value: ValueId, insn: Insn) {
        let mut insn = insn;
        let mut temporaries = Vec::new();
        match &mut insn {
            Insn::Call { args, .. } => {
                for arg in args {
                    if let Some(inner) = self.virtual_object(*arg) {
                        *arg = self.borrow(inner, &mut temporaries);
                    }
                }
            }
            Insn::CallStack { operands, .. } => {
                for operand in operands {
                    self.own(operand);
                }
            }
            Insn::Return(result, _) => {
                if let Some(inner) = self.virtual_object(*result) {
                    *result = match self.written_slot(inner, usize::MAX) {
                        Some(_) => self.owned_object(inner),
                        None => self.make_object(inner),
                    };
                }
            }
            Insn::Jump(edge) => self.pass(edge),
            Insn::SameObject(a, b) => {
                let (x, y) = (self.virtual_object(*a), self.virtual_object(*b));
                let known = match (x, y) {
                    (Some(x), Some(y)) if x == y => Some(true),
                    (Some(x), None) => self.never_same(x, *b),
                    (None, Some(y)) => self.never_same(y, *a),
                    _ => None,
                };
                if let Some(same) = known {
                    self.function.values[value.index()].insn = Insn::Bool(same);
                    return self.keep(value);
                }
                for (operand, inner) in [(a, x), (b, y)] {
                    if let Some(inner) = inner {
                        *operand = self.borrow(inner, &mut temporaries);
                    }
                }
            }
            Insn::IsNull(object) if virtual_value(self.function, *object).is_some() => {
                self.function.values[value.index()].insn = Insn::Bool(false);
                return self.keep(value);
            }
            Insn::GuardIs(object, _, exit) if virtual_value(self.function, *object).is_some() => {
                // A number that was just computed is no singleton.
                let exit = self.complete(*exit, None);
                let never = self.emit(Insn::Bool(false), Repr::Bool, Type::BOOL);
                self.emit(Insn::GuardBool(never, true, exit), Repr::None, Type::EMPTY);
                let none = Insn::Null;
                self.function.values[value.index()].insn = none;
                return self.keep(value);
            }
            Insn::ListStore { value: stored, .. } => {
                let before = *stored;
                self.own(stored);
                let stored = *stored;
                let exit = insn.side_exit().expect("ListStore has an exit");
                let exit = self.complete(exit, Some((before, stored)));
                if let Insn::ListStore { exit: slot, .. } = &mut insn {
                    *slot = exit;
                }
                self.function.values[value.index()].insn = insn;
                return self.keep(value);
            }
            _ => {}
        }
        if let Some(exit) = insn.side_exit() {
            let exit = self.complete(exit, None);
            *insn.side_exit_mut().expect("has one") = exit;
        }
        self.function.values[value.index()].insn = insn;
        self.keep(value);
        for temporary in temporaries {
            self.emit(Insn::Decref(temporary, 0), Repr::None, Type::EMPTY);
        }
    }

    fn virtual_object(&self, value: ValueId) -> Option<ValueId> {
        virtual_value(self.function, value)
    }

    /// Whether the object of a virtual number can be told from another object without making it.
    fn never_same(&self, inner: ValueId, other: ValueId) -> Option<bool> {
        let ty = self.boxed_type(inner);
        (!self.function.value(other).ty.may_be(ty)).then_some(false)
    }

    /// An object for a borrowing use: the slot's when one holds it, else a temporary one.
    fn borrow(&mut self, inner: ValueId, temporaries: &mut Vec<ValueId>) -> ValueId {
        if let Some(object) = self.slot_object(inner) {
            return object;
        }
        let object = self.make_object(inner);
        temporaries.push(object);
        object
    }

    /// The object of a local that is this value, writing the slot if need be: the program may
    /// compare identities.
    fn slot_object(&mut self, inner: ValueId) -> Option<ValueId> {
        let current = &self.slots.current;
        let slot = current.iter().position(|v| virtual_value(self.function, *v) == Some(inner))?;
        self.sync(slot);
        let ty = self.boxed_type(inner);
        Some(self.read_slot(slot as u32, ty))
    }

    /// Makes an operand that is consumed a real, owned object.
    fn own(&mut self, operand: &mut ValueId) {
        if let Some(inner) = self.virtual_object(*operand) {
            *operand = self.owned_object(inner);
        }
    }

    fn owned_object(&mut self, inner: ValueId) -> ValueId {
        match self.slot_object(inner) {
            Some(object) => {
                let ty = self.boxed_type(inner);
                self.emit(Insn::NewRef(object), Repr::Obj, ty)
            }
            None => self.make_object(inner),
        }
    }

    /// Arguments of an edge: a virtual local is in its slot by now, a virtual operand is made.
    fn pass(&mut self, edge: &mut Edge) {
        let params = self.function.block(edge.target).params.clone();
        let state = self.function.block(edge.target).entry_state;
        for (arg, param) in edge.args.iter_mut().zip(params) {
            if self.function.value(param).repr != Repr::Obj {
                continue;
            }
            let Some(inner) = self.virtual_object(*arg) else { continue };
            let locals = state.map(|s| self.function.state(s).locals.as_slice()).unwrap_or_default();
            if let Some(slot) = locals.iter().position(|v| *v == param) {
                let ty = self.boxed_type(inner);
                *arg = self.read_slot(slot as u32, ty);
            } else {
                self.own(arg);
            }
        }
    }

    /// The exit with the frame state as it is here: unboxed values for virtual operands, and the
    /// slots that are stale. `made` names an operand that has been made an object already.
    fn complete(&mut self, exit: SideExit, made: Option<(ValueId, ValueId)>) -> SideExit {
        let mut state = self.function.state(exit.state).clone();
        for operand in &mut state.operands {
            if let Some((before, after)) = made
                && operand.value == before
            {
                operand.value = after;
                operand.owned = true;
                continue;
            }
            if let Some(inner) = self.virtual_object(operand.value) {
                operand.value = inner;
                operand.owned = false;
            }
        }
        state.stale.clear();
        for (slot, stale) in self.slots.stale.iter().enumerate() {
            if *stale {
                let inner = virtual_value(self.function, self.slots.current[slot]);
                state.locals[slot] = inner.expect("only virtual values are stale");
                state.stale.push(slot as u32);
            }
        }
        SideExit { state: self.function.add_state(state), reason: exit.reason }
    }
}
