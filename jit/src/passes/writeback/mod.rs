//! Decides when unboxed values become objects again, and keeps the frame's slots honest.
//!
//! Up to here every value of a local or of the operand stack has an object form: an unboxed
//! value appears as `Box`. This pass makes boxes *virtual*: none is made where it is defined,
//! one is made where an object is consumed. A local whose current value is virtual may *lack*
//! its object: its memory is NULL then. Whatever can look at the frame finds every object there:
//! they are made before every instruction that can run foreign code, and side exits carry what
//! they must fill (`FrameState::stale`).
//!
//! The memory of a local is also what keeps the *identity* of its number: an object is made once
//! for a value, and found there whenever it is needed again, as often as the loop goes round.
//!
//! A slot whose current value is a real object always holds it: the slot's reference is what
//! keeps that object alive.

mod slots;

use super::cfg::Cfg;
use crate::hir::{
    BlockId, Edge, FrameState, Function, Heap, Heaps, Helper, Insn, Lacks, PC_IN_FRAME, Repr, SideExit,
    Stale, Type, ValueId,
};
use slots::{Memory, Slots, virtual_value};

/// Runs the pass; `SetLocal` and virtual boxes are gone afterwards.
pub fn run(function: &mut Function) {
    let cfg = Cfg::new(function);
    let entry_slots = analyse(function, &cfg);
    let marked = slots::in_doubt(function, &entry_slots);
    for block in &cfg.order {
        let slots = entry_slots[block.index()].clone().expect("reachable blocks were analysed");
        let insns = function.block(*block).insns.clone();
        let mut walk = Walk { function, slots, marked: &marked, out: Some(Vec::new()) };
        walk.block(&insns, &entry_slots);
        let out = walk.out.expect("set above");
        function.blocks[block.index()].insns = out;
    }
}

/// The slots at the start of each reachable block: a fixpoint over what paths agree on.
fn analyse(function: &mut Function, cfg: &Cfg) -> Vec<Option<Slots>> {
    let mut at_entry: Vec<Option<Slots>> = vec![None; function.blocks.len()];
    for entry in &function.entries {
        at_entry[entry.block.index()] = Some(Slots::at_entry(function.slots()));
    }
    let mut changed = true;
    while changed {
        changed = false;
        for block in &cfg.order {
            let Some(slots) = at_entry[block.index()].clone() else { continue };
            let insns = function.block(*block).insns.clone();
            let mut walk = Walk { function, slots, marked: &[], out: None };
            walk.block(&insns, &at_entry);
            let slots = walk.slots;
            for edge in function.terminator(*block).edges().into_iter().cloned().collect::<Vec<_>>() {
                let arriving = slots.arriving(function, edge.target);
                match &mut at_entry[edge.target.index()] {
                    Some(known) => {
                        for (known, new) in known.memory.iter_mut().zip(arriving.memory) {
                            let met = known.meet(new);
                            changed |= std::mem::replace(known, met) != met;
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

/// Walks one block. Without `out` it only tracks the slots; with it, it rewrites.
struct Walk<'a> {
    function: &'a mut Function,
    slots: Slots,
    /// Names that need marks.
    marked: &'a [u32],
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

    fn block(&mut self, insns: &[ValueId], at_entry: &[Option<Slots>]) {
        for (index, value) in insns.iter().enumerate() {
            self.step(*value, &insns[index + 1..], at_entry);
        }
    }

    /// One instruction; `rest` is what follows it in the block.
    fn step(&mut self, value: ValueId, rest: &[ValueId], at_entry: &[Option<Slots>]) {
        let insn = self.function.insn(value).clone();
        // Here and not while rewriting, lest the slots are others then than the ones analysed.
        for inner in self.consumed(&insn) {
            if let Some(slot) = self.slot_of(inner) {
                self.sync(slot);
            }
        }
        match &insn {
            // Virtual: made where it is consumed.
            Insn::Box(_) => return,
            Insn::NewRef(inner) => {
                if let Some(inner) = virtual_value(self.function, *inner) {
                    if let Some(slot) = self.about_to_be_lost(inner, value, rest) {
                        self.keep_object(value, inner, slot);
                    }
                    return;
                }
            }
            Insn::Decref(inner, _) | Insn::XDecref(inner, _) | Insn::DecrefShared(inner, _)
                if virtual_value(self.function, *inner).is_some() =>
            {
                return;
            }
            // Entry blocks start by loading all slots.
            Insn::LoadLocal(slot) if *slot < self.function.locals => {
                self.slots.current[*slot as usize] = value;
                self.slots.memory[*slot as usize] = Memory::Holds;
            }
            Insn::SetLocal { slot, value, old, pc } => return self.set_local(*slot, *value, *old, *pc),
            _ if self.function.runs_code(&insn) => self.sync_all(),
            // What was unknown when this was built may have turned out to be known, and stale.
            Insn::Call { helper: Helper::NameValue, immediates, .. } => {
                self.sync_name_of(immediates[0] as usize)
            }
            Insn::FindGlobal(site) => self.sync_name_of(self.function.globals[*site as usize].name),
            // Another way to the dict that has the names than by their slots.
            _ if touches_globals(&insn) => self.sync_names(),
            Insn::CheckUnshared(_) => {
                // Globals outlive the frame.
                self.sync_names();
                if self.slots.memory.iter().all(|memory| memory.is_held()) {
                    return;
                }
            }
            Insn::Jump(edge) => {
                if let (true, Some(target)) = (self.rewriting(), &at_entry[edge.target.index()]) {
                    self.sync_for(edge.target, target);
                }
            }
            _ => {}
        }
        if self.rewriting() {
            self.rewrite(value, insn);
        }
    }

    /// The numbers that an instruction needs an object of, one that stays with their locals.
    fn consumed(&self, insn: &Insn) -> Vec<ValueId> {
        let objects: Vec<ValueId> = match insn {
            Insn::Call { args, .. } => args.clone(),
            Insn::CallStack { operands, .. } | Insn::CallMethod { operands, .. } => operands.clone(),
            Insn::ListStore { value, .. }
            | Insn::ListPush { value, .. }
            | Insn::SwapAttribute { value, .. } => {
                vec![*value]
            }
            Insn::SameObject(a, b) if self.known_identity(*a, *b).is_none() => vec![*a, *b],
            Insn::Jump(edge) => {
                let params = &self.function.block(edge.target).params;
                let passed = edge.args.iter().zip(params).enumerate();
                let is_operand = |(index, (_, param)): &(usize, (&ValueId, &ValueId))| {
                    self.function.value(**param).repr == Repr::Obj
                        && self.slot_of_param(edge.target, *index).is_none()
                };
                passed.filter(is_operand).map(|(_, (arg, _))| *arg).collect()
            }
            _ => return Vec::new(),
        };
        objects.into_iter().filter_map(|object| self.virtual_object(object)).collect()
    }

    /// The local or name that a block's parameter is the value of.
    fn slot_of_param(&self, block: BlockId, index: usize) -> Option<usize> {
        let block = self.function.block(block);
        let state = self.function.outermost(block.entry_state?);
        state.locals.iter().position(|v| *v == block.params[index])
    }

    /// The local whose memory is the only place that knows the object of a number, when the
    /// instructions that follow overwrite it while the operand stack still has the number.
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

    /// Makes a copy of a virtual object a real one: a reference to what the slot holds.
    fn keep_object(&mut self, copy: ValueId, inner: ValueId, slot: usize) {
        self.sync(slot);
        if self.rewriting() {
            let object = self.read_slot(slot as u32, self.boxed_type(inner));
            self.function.values[copy.index()].insn = Insn::NewRef(object);
            self.keep(copy);
        }
    }

    /// Brings the slots to what the target of an edge expects of their memory.
    fn sync_for(&mut self, target: BlockId, at_entry: &Slots) {
        if let Some(state) = self.function.block(target).entry_state {
            let current = self.function.outermost(state).locals.clone();
            for slot in self.slots.must_hold(self.function, &current) {
                self.sync(slot);
            }
        }
        let arriving = self.slots.arriving(self.function, target);
        for slot in 0..arriving.memory.len() {
            let (here, there) = (arriving.memory[slot], at_entry.memory[slot]);
            match (here, there) {
                (Memory::Droppable | Memory::Holds, Memory::Lacks)
                    if slot < self.function.locals as usize =>
                {
                    debug_assert_ne!(here, Memory::Holds, "the analysis has seen less than the rewriting");
                    self.emit(Insn::ClearLocal(slot as u32), Repr::None, Type::EMPTY);
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

    /// Sees to it that a slot's memory holds its value's object, and that of every other local
    /// with this value.
    fn sync(&mut self, slot: usize) {
        let memory = self.slots.memory[slot];
        if memory.is_held() {
            return;
        }
        let current = self.slots.current[slot];
        let inner = virtual_value(self.function, current).expect("only virtual values lack an object");
        if slot >= self.function.locals as usize {
            if self.rewriting() {
                self.sync_name(slot as u32, inner);
            }
            self.slots.memory[slot] = Memory::Holds;
            return;
        }
        let ty = self.boxed_type(inner);
        if self.rewriting() {
            if let Some(name) = self.name_holding(inner).filter(|_| memory == Memory::Lacks) {
                let object = self.read_slot(name, ty);
                let object = self.emit(Insn::NewRef(object), Repr::Obj, ty);
                self.emit(Insn::StoreLocal { slot: slot as u32, value: object }, Repr::None, Type::EMPTY);
            } else {
                self.emit(Insn::FillLocal { slot: slot as u32, value: inner }, Repr::None, Type::EMPTY);
            }
        }
        self.slots.memory[slot] = Memory::Holds;
        for twin in 0..self.function.locals as usize {
            let is_twin = virtual_value(self.function, self.slots.current[twin]) == Some(inner);
            if is_twin && !self.slots.memory[twin].is_held() {
                self.slots.memory[twin] = Memory::Holds;
                if self.rewriting() {
                    let (from, to) = (slot as u32, twin as u32);
                    self.emit(Insn::CopyLocal { from, to }, Repr::None, Type::EMPTY);
                }
            }
        }
    }

    /// Syncs the slot of a tracked name, if it is one.
    fn sync_name_of(&mut self, name: usize) {
        let tracked = self.function.locals as usize..self.slots.memory.len();
        let slot = tracked.into_iter().find(|slot| self.function.tracked_name(*slot as u32) == Some(name));
        if let Some(slot) = slot {
            self.sync(slot);
        }
    }

    fn sync_names(&mut self) {
        for slot in self.function.locals as usize..self.slots.memory.len() {
            self.sync(slot);
        }
    }

    /// Binds a tracked name to the object of its number, which another slot may hold.
    fn sync_name(&mut self, slot: u32, inner: ValueId) {
        let held = |s: &usize| self.slots.memory[*s].is_held();
        let is_twin = |s: &usize| virtual_value(self.function, self.slots.current[*s]) == Some(inner);
        match (0..self.slots.memory.len()).find(|s| held(s) && is_twin(s)) {
            Some(twin) => {
                let object = self.read_slot(twin as u32, self.boxed_type(inner));
                self.set_name(slot, object, PC_IN_FRAME);
            }
            None if self.slots.memory[slot as usize] == Memory::Unknown => {
                self.emit(Insn::FillName { slot, value: inner }, Repr::None, Type::EMPTY);
            }
            None => {
                let object = self.make_object(inner);
                self.set_name(slot, object, PC_IN_FRAME);
                self.emit(Insn::Decref(object, PC_IN_FRAME), Repr::None, Type::EMPTY);
            }
        }
    }

    fn set_name(&mut self, slot: u32, object: ValueId, pc: u32) {
        let name = self.function.tracked_name(slot).expect("the slot is a name's");
        let immediates = vec![name as i64];
        let call = Insn::Call { helper: Helper::SetName, args: vec![object], immediates, pc };
        self.emit(call, Repr::Status, Type::EMPTY);
        self.mark_name(slot, false);
    }

    /// Notes whether a name lacks the object of its number, where nobody knows without.
    fn mark_name(&mut self, slot: u32, lacks: bool) {
        if self.marked.contains(&slot) {
            self.emit(Insn::MarkName { slot, lacks }, Repr::None, Type::EMPTY);
        }
    }

    /// The slot of a tracked name that is bound to this number's object.
    fn name_holding(&self, inner: ValueId) -> Option<u32> {
        (self.function.locals as usize..self.slots.memory.len())
            .find(|slot| {
                self.slots.memory[*slot].is_held()
                    && virtual_value(self.function, self.slots.current[*slot]) == Some(inner)
            })
            .map(|slot| slot as u32)
    }

    /// What a slot's memory holds, borrowed.
    fn read_slot(&mut self, slot: u32, ty: Type) -> ValueId {
        match self.function.tracked_name(slot) {
            None => self.emit(Insn::LoadLocal(slot), Repr::Obj, ty),
            Some(name) => {
                let (helper, immediates) = (Helper::NameValue, vec![name as i64]);
                let call = Insn::Call { helper, args: vec![], immediates, pc: PC_IN_FRAME };
                self.emit(call, Repr::Obj, ty)
            }
        }
    }

    /// Binds a tracked name to an owned object; false when the slot is a local's.
    fn bind_name(&mut self, slot: u32, object: ValueId, pc: u32) -> bool {
        if self.function.tracked_name(slot).is_none() {
            return false;
        }
        self.set_name(slot, object, pc);
        self.emit(Insn::Decref(object, pc), Repr::None, Type::EMPTY);
        true
    }

    fn boxed_type(&self, inner: ValueId) -> Type {
        self.function.value(inner).repr.boxed_type()
    }

    fn make_object(&mut self, inner: ValueId) -> ValueId {
        let ty = self.boxed_type(inner);
        self.emit(Insn::Box(inner), Repr::Obj, ty)
    }

    fn set_local(&mut self, slot: u32, value: ValueId, old: ValueId, pc: u32) {
        let index = slot as usize;
        let inner = virtual_value(self.function, value);
        let old_ty = self.function.value(old).ty;
        let memory_is_simple = !self.slots.memory[index].is_held()
            || old_ty.is_simple()
            || virtual_value(self.function, old).is_some();
        let was_virtual = [old, self.slots.current[index]]
            .iter()
            .any(|former| virtual_value(self.function, *former).is_some());
        if let (Some(inner), true) = (inner, memory_is_simple) {
            let is_null = self.slots.memory[index] == Memory::Lacks || old_ty == Type::NULL;
            return self.set_virtual(slot, value, inner, is_null);
        }
        if !memory_is_simple {
            // Releasing the former object may run code that looks at the frame. The slot itself
            // holds a real object.
            self.sync_all();
        }
        if self.rewriting() {
            let object = match inner {
                Some(inner) => self.owned_object(inner),
                None => value,
            };
            if !self.bind_name(slot, object, pc) {
                let former = match self.slots.memory[index] {
                    Memory::Lacks => None,
                    _ if !was_virtual => Some(old),
                    _ => Some(self.emit(Insn::LoadLocal(slot), Repr::Obj, Type::SIMPLE.union(Type::NULL))),
                };
                self.emit(Insn::StoreLocal { slot, value: object }, Repr::None, Type::EMPTY);
                if let Some(former) = former {
                    let ty = self.function.value(former).ty;
                    let former = self.emit(Insn::Adopt(former), Repr::Obj, ty);
                    self.release(former, pc);
                }
            }
        }
        self.slots.current[index] = value;
        self.slots.memory[index] = Memory::Holds;
    }

    fn release(&mut self, object: ValueId, pc: u32) {
        let ty = self.function.value(object).ty;
        if !ty.may_be(Type::NULL) {
            self.emit(Insn::Decref(object, pc), Repr::None, Type::EMPTY);
        } else if ty != Type::NULL {
            self.emit(Insn::XDecref(object, pc), Repr::None, Type::EMPTY);
        }
    }

    /// Gives a slot a number whose object, if there is one, another slot's memory holds.
    fn set_virtual(&mut self, slot: u32, value: ValueId, inner: ValueId, former_is_null: bool) {
        let index = slot as usize;
        let is_this = |v: ValueId| virtual_value(self.function, v) == Some(inner);
        if is_this(self.slots.current[index]) {
            return;
        }
        let twins = || (0..self.slots.current.len()).filter(|s| is_this(self.slots.current[*s]));
        let twin = twins()
            .find(|s| self.slots.memory[*s].is_held())
            .or_else(|| twins().find(|s| self.slots.memory[*s] == Memory::Unknown));
        let is_name = self.function.tracked_name(slot).is_some();
        let memory = match twin {
            Some(twin) if is_name => {
                self.sync(twin);
                if self.rewriting() {
                    let object = self.read_slot(twin as u32, self.boxed_type(inner));
                    self.set_name(slot, object, PC_IN_FRAME);
                }
                Memory::Holds
            }
            None => {
                match (self.rewriting(), is_name) {
                    (true, true) => self.mark_name(slot, true),
                    (true, false) if !former_is_null => {
                        self.emit(Insn::ClearLocal(slot), Repr::None, Type::EMPTY);
                    }
                    _ => {}
                }
                Memory::Lacks
            }
            Some(twin) if twin < self.function.locals as usize => {
                if self.rewriting() {
                    let from = twin as u32;
                    self.emit(Insn::CopyLocal { from, to: slot }, Repr::None, Type::EMPTY);
                }
                self.slots.memory[twin]
            }
            Some(twin) => {
                self.sync(twin);
                if self.rewriting() {
                    let ty = self.boxed_type(inner);
                    let object = self.read_slot(twin as u32, ty);
                    let object = self.emit(Insn::NewRef(object), Repr::Obj, ty);
                    if !former_is_null {
                        self.emit(Insn::ClearLocal(slot), Repr::None, Type::EMPTY);
                    }
                    self.emit(Insn::StoreLocal { slot, value: object }, Repr::None, Type::EMPTY);
                }
                Memory::Holds
            }
        };
        self.slots.current[index] = value;
        self.slots.memory[index] = memory;
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
            Insn::CallStack { operands, .. } | Insn::CallMethod { operands, .. } => {
                for operand in operands {
                    self.own(operand);
                }
            }
            Insn::Return(result, _) => {
                if let Some(inner) = self.virtual_object(*result) {
                    // The frame ends: what no slot has an object for needs none in a slot.
                    let is_made = |s: &usize| self.slots.memory[*s] != Memory::Lacks;
                    *result = match self.slot_of(inner).filter(is_made) {
                        Some(_) => self.owned_object(inner),
                        None => self.make_object(inner),
                    };
                }
            }
            Insn::Jump(edge) => self.pass(edge),
            Insn::SameObject(a, b) => {
                if let Some(same) = self.known_identity(*a, *b) {
                    self.function.values[value.index()].insn = Insn::Bool(same);
                    return self.keep(value);
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
                    self.function.values[value.index()].insn = Insn::Null;
                    return self.keep(value);
                }
                if let Some(inner) = self.virtual_object(*stored) {
                    *stored = self.borrow(inner, &mut temporaries);
                }
            }
            // No class of numbers has attributes that are looked for in line.
            Insn::FindAttribute { object, .. } | Insn::TypeOf(object) | Insn::ClassOf(object)
                if virtual_value(self.function, *object).is_some() =>
            {
                self.function.values[value.index()].insn = Insn::Null;
                return self.keep(value);
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
            Insn::ListStore { value: stored, .. } | Insn::ListPush { value: stored, .. } => {
                let before = *stored;
                self.own(stored);
                let stored = *stored;
                let exit = insn.side_exit().expect("it has an exit");
                let exit = self.complete(exit, Some((before, stored)));
                *insn.side_exit_mut().expect("it has an exit") = exit;
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
            self.emit(Insn::Decref(temporary, PC_IN_FRAME), Repr::None, Type::EMPTY);
        }
    }

    fn virtual_object(&self, value: ValueId) -> Option<ValueId> {
        virtual_value(self.function, value)
    }

    /// Whether two values are one object, when that is known without making any.
    fn known_identity(&self, a: ValueId, b: ValueId) -> Option<bool> {
        match (self.virtual_object(a), self.virtual_object(b)) {
            (Some(x), Some(y)) if x == y => Some(true),
            (Some(x), None) => self.never_same(x, b),
            (None, Some(y)) => self.never_same(y, a),
            _ => None,
        }
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

    /// A slot that is this value, one that holds its object first.
    fn slot_of(&self, inner: ValueId) -> Option<usize> {
        let slots = || {
            let current = self.slots.current.iter().enumerate();
            current.filter(|(_, v)| virtual_value(self.function, **v) == Some(inner)).map(|(slot, _)| slot)
        };
        slots().find(|slot| self.slots.memory[*slot].is_held()).or_else(|| slots().next())
    }

    /// The object of a local that is this value, filling the slot if need be: the program may
    /// compare identities.
    fn slot_object(&mut self, inner: ValueId) -> Option<ValueId> {
        let slot = self.slot_of(inner)?;
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
        for (index, arg) in edge.args.iter_mut().enumerate() {
            let param = self.function.block(edge.target).params[index];
            if self.function.value(param).repr != Repr::Obj {
                continue;
            }
            let Some(inner) = self.virtual_object(*arg) else { continue };
            if let Some(slot) = self.slot_of_param(edge.target, index) {
                let ty = self.boxed_type(inner);
                *arg = self.read_slot(slot as u32, ty);
            } else {
                self.own(arg);
            }
        }
    }

    /// The exit with the frame state as it is here: unboxed values for virtual operands, and the
    /// slots to fill. `made` names an operand that has been made an object already.
    fn complete(&mut self, exit: SideExit, made: Option<(ValueId, ValueId)>) -> SideExit {
        let states = self.function.frames(exit.state).map(|state| self.function.state(state).clone());
        let mut states: Vec<FrameState> = states.collect();
        for state in &mut states {
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
            state.released.retain(|value| self.virtual_object(*value).is_none());
            if let Some(inlined) = &mut state.inlined {
                for (slot, local) in (0..).zip(&mut state.locals) {
                    if let Some(inner) = self.virtual_object(*local) {
                        *local = inner;
                        inlined.owned.retain(|owned| *owned != slot);
                    }
                }
            }
        }
        let Some(mut state) = states.pop() else { return exit };
        state.stale.clear();
        let in_operands = |inner: ValueId| {
            let is_operand = |state: &FrameState| state.operands.iter().any(|operand| operand.value == inner);
            is_operand(&state)
                || states.iter().any(|state| is_operand(state) || state.locals.contains(&inner))
        };
        let mut stale = Vec::new();
        for (slot, memory) in self.slots.memory.iter().enumerate() {
            let Some(inner) = virtual_value(self.function, self.slots.current[slot]) else { continue };
            // What a slot holds is also where operands with its number find their object.
            if !memory.is_held() || in_operands(inner) {
                stale.push((slot, inner));
            }
        }
        for (slot, inner) in stale {
            state.locals[slot] = inner;
            let lacks = match self.slots.memory[slot] {
                Memory::Holds | Memory::Droppable => Lacks::No,
                Memory::Lacks => Lacks::Yes,
                Memory::Unknown => Lacks::Told,
            };
            state.stale.push(Stale { slot: slot as u32, lacks });
        }
        let mut completed = self.function.add_state(state);
        for mut state in states.into_iter().rev() {
            state.inlined.iter_mut().for_each(|inlined| inlined.caller = completed);
            completed = self.function.add_state(state);
        }
        SideExit { state: completed, reason: exit.reason }
    }
}

/// Whether an instruction can look at what the globals are bound to, or change that.
fn touches_globals(insn: &Insn) -> bool {
    let facts = insn.facts();
    facts.reads.union(facts.writes).meets(Heaps::of(&[Heap::Globals]))
}
