//! Takes guards and loads out of loops that are the same on every turn.
//!
//! What an instruction computes of values that no turn changes, and of memory that none writes, is computed
//! on each way into the loop instead. A guard leaves there with the frame that the loop begins with, which is
//! right whatever the turns do, as none has begun. It is taken for granted that the loop has a turn: where it
//! has not, such a guard may leave for nothing, and the next version does without.
//!
//! A jump back behind which code has run, as that for pending work, is a way into the loop too: what that
//! code may have written is read again there.

use super::cfg::{self, Cfg};
use super::edges::{self, insert};
use super::loops::Loop;
use super::reuse;
use crate::hir::{
    Block, BlockId, Dominators, Edge, ExitReason, Function, Heap, Heaps, Insn, Repr, Resume, SideExit,
    StateId, Type, Value, ValueId,
};
use rustc_hash::FxHashSet;

/// Runs the pass; whether it has changed anything.
pub fn run(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let headers: Vec<BlockId> = cfg.order.iter().copied().filter(|b| cfg.is_loop_header(*b)).collect();
    if headers.is_empty() {
        return false;
    }
    let dominators = Dominators::new(function, &cfg.order);
    let mut homes = vec![None; function.values.len()];
    for block in &cfg.order {
        let Block { params, insns, .. } = function.block(*block);
        params.iter().chain(insns).for_each(|value| homes[value.index()] = Some(*block));
    }
    let insns = cfg.order.iter().flat_map(|block| &function.block(*block).insns);
    let numbers = insns.filter_map(|value| match *function.insn(*value) {
        Insn::GuardType(object, Type::INT | Type::FLOAT, _) => Some(function.same_object(object)),
        _ => None,
    });
    let numbers = numbers.collect();
    let replacement = vec![None; function.values.len()];
    let mut hoisting = Hoisting { cfg, dominators, homes, numbers, replacement, is_changed: false };
    // From the inside out: what an inner loop begins with is part of a turn of the outer one.
    for header in headers.into_iter().rev() {
        hoisting.header(function, header);
    }
    if hoisting.is_changed {
        cfg::substitute(function, &hoisting.replacement);
    }
    hoisting.is_changed
}

struct Hoisting {
    cfg: Cfg,
    dominators: Dominators,
    /// By value: the block that defines it.
    homes: Vec<Option<BlockId>>,
    /// What is guarded to be an int or a float somewhere.
    numbers: FxHashSet<ValueId>,
    replacement: Vec<Option<ValueId>>,
    is_changed: bool,
}

/// A loop that instructions are taken out of.
struct Place {
    turns: Loop,
    /// Who jumps to the header besides: where they go.
    ways_in: Vec<BlockId>,
    /// The frames on these ways, as far as they are needed.
    states: Vec<Option<StateId>>,
    /// Parameters of the header that stay what they are.
    steady: Vec<ValueId>,
    /// Objects that a guard before the loop has seen to be functions in C.
    natives: Vec<ValueId>,
    /// Whether guards go there.
    may_guard: bool,
}

/// What becomes of an instruction.
enum Moved {
    /// It stays.
    No,
    /// It goes; there is no result, or this.
    To(Option<ValueId>),
}

impl Hoisting {
    fn header(&mut self, function: &mut Function, header: BlockId) {
        let Some(state) = function.block(header).entry_state.map(|state| function.state(state)) else {
            return;
        };
        if state.resume != Resume::At || state.inlined.is_some() {
            return;
        }
        let may_guard = !function.no_hoisting.contains(&state.pc);
        let is_jump = |block: &BlockId| matches!(function.terminator(*block), Insn::Jump(_));
        if !self.cfg.predecessors[header.index()].iter().all(is_jump) {
            return;
        }
        let turns = Loop::turns(function, &self.cfg, &self.dominators, header);
        let Some(all) = Loop::of(&turns) else { return };
        let every_turn: Vec<BlockId> = self.cfg.order[self.cfg.position[header.index()]..]
            .iter()
            .copied()
            .filter(|block| {
                all.body.contains(block)
                    && all.latches.iter().all(|latch| self.dominators.dominates(*block, *latch))
            })
            .collect();
        let quiet = Loop::of(turns.iter().filter(|turn| !turn.runs_code));
        let quiet = quiet.filter(|quiet| quiet.latches.len() < all.latches.len());
        for turns in [Some(all), quiet].into_iter().flatten() {
            let mut place = self.place(function, turns, may_guard);
            for block in &every_turn {
                self.block(function, &mut place, *block);
            }
        }
    }

    fn place(&self, function: &Function, turns: Loop, may_guard: bool) -> Place {
        let header = turns.header;
        let mut ways_in = self.cfg.predecessors[header.index()].to_vec();
        ways_in.retain(|block| !turns.latches.contains(block));
        let params = function.block(header).params.iter().enumerate();
        let steady = params.filter(|(index, param)| {
            turns.latches.iter().all(|latch| {
                let arg = edge_args(function, *latch)[*index];
                cfg::unguarded(function, &self.replacement, arg) == **param
            })
        });
        let steady = steady.map(|(_, param)| *param).collect();
        let states = vec![None; ways_in.len()];
        Place { turns, ways_in, states, steady, natives: Vec::new(), may_guard }
    }

    fn block(&mut self, function: &mut Function, place: &mut Place, block: BlockId) {
        let mut is_changed = false;
        for value in function.block(block).insns.clone() {
            if let Moved::To(result) = self.consider(function, place, value) {
                self.replacement[value.index()] = result;
                self.homes[value.index()] = None;
                is_changed = true;
            }
        }
        if is_changed {
            self.is_changed = true;
            let homes = &self.homes;
            function.blocks[block.index()].insns.retain(|value| homes[value.index()].is_some());
        }
    }

    /// Whether a value, for which nothing stands, is the same on every turn.
    fn is_steady(&self, place: &Place, value: ValueId) -> bool {
        place.steady.contains(&value)
            || self.homes[value.index()].is_some_and(|home| !place.turns.body.contains(&home))
    }

    /// What a value is on each way into the loop.
    fn on_all_ways<'a>(
        &'a self,
        function: &'a Function,
        place: &'a Place,
        value: ValueId,
    ) -> impl Iterator<Item = ValueId> + 'a {
        let index = function.block(place.turns.header).params.iter().position(|param| *param == value);
        place.ways_in.iter().map(move |way_in| {
            let value = index.map_or(value, |index| edge_args(function, *way_in)[index]);
            cfg::resolve(&self.replacement, value)
        })
    }

    /// Takes an instruction out of the loop, if that can be done.
    fn consider(&mut self, function: &mut Function, place: &mut Place, value: ValueId) -> Moved {
        let mut insn = function.insn(value).clone();
        match depends_on(function, &insn) {
            Some(reads) if !reads.meets(place.turns.writes) => {}
            _ => return Moved::No,
        }
        if insn.side_exit().is_some() && !place.may_guard {
            return Moved::No;
        }
        insn.each_operand(|operand| *operand = cfg::resolve(&self.replacement, *operand));
        let mut is_steady = true;
        insn.each_use(|operand, _| is_steady &= self.is_steady(place, operand));
        if !is_steady {
            return Moved::No;
        }
        if let Some(object) = insn.refined() {
            return self.refine(function, place, value, insn, object);
        }
        let mut are_objects = true;
        insn.each_use(|operand, _| {
            are_objects &= self.on_all_ways(function, place, operand).all(|arg| is_made(function, arg));
        });
        match insn {
            _ if !are_objects => return Moved::No,
            Insn::ReceiverOf(native) if !place.natives.contains(&native) => return Moved::No,
            Insn::GuardNative { object, .. } => place.natives.push(object),
            _ => {}
        }
        Moved::To(self.spread(function, place, value, &insn))
    }

    /// A guard whose result is the object itself.
    fn refine(
        &mut self,
        function: &mut Function,
        place: &mut Place,
        value: ValueId,
        insn: Insn,
        object: ValueId,
    ) -> Moved {
        let ty = function.value(value).ty;
        if holds(function, &insn, object, ty) {
            return Moved::To(Some(object));
        }
        let may_hold = |arg: ValueId| function.value(arg).ty.may_be(ty) && is_made(function, arg);
        if !self
            .on_all_ways(function, place, object)
            .all(|arg| holds(function, &insn, arg, ty) || may_hold(arg))
        {
            return Moved::No;
        }
        // Variables that are numbers are for unboxing to guard, or to leave boxed.
        let base = function.same_object(object);
        let is_variable = matches!(function.insn(base), Insn::Param | Insn::LoadLocal(_));
        if is_variable && self.numbers.contains(&base) {
            return Moved::No;
        }
        if place.steady.contains(&object) {
            return Moved::To(Some(self.guard_all_ways(function, place, object, &insn, ty)));
        }
        if place.ways_in.len() == 1 {
            return Moved::To(Some(self.copy(function, place, 0, insn, ty)));
        }
        // A parameter for it would be one that unboxing takes for a variable.
        Moved::No
    }

    /// Guards what is passed on the ways in for a parameter that no turn changes; the parameter, of which so
    /// much is known then.
    fn guard_all_ways(
        &mut self,
        function: &mut Function,
        place: &mut Place,
        param: ValueId,
        insn: &Insn,
        ty: Type,
    ) -> ValueId {
        let params = &function.block(place.turns.header).params;
        let index =
            params.iter().position(|p| *p == param).expect("what is steady is a parameter of the header");
        let lasts = depends_on(function, insn) == Some(Heaps::NONE);
        let base = insn.refined().map(|object| cfg::unguarded(function, &self.replacement, object));
        for number in 0..place.ways_in.len() {
            let way_in = place.ways_in[number];
            let arg = cfg::resolve(&self.replacement, edge_args(function, way_in)[index]);
            // From an outer loop, or from behind code that ran, the same object may come that was guarded
            // once.
            let is_back = lasts && self.dominators.dominates(place.turns.header, way_in);
            let passed = if is_back && Some(cfg::unguarded(function, &self.replacement, arg)) == base {
                param
            } else if holds(function, insn, arg, ty) {
                arg
            } else {
                let mut insn = insn.clone();
                insn.each_operand(|operand| *operand = arg);
                let ty = function.value(arg).ty.intersect(ty);
                self.copy(function, place, number, insn, ty)
            };
            edge_mut(function, way_in).args[index] = passed;
        }
        for latch in &place.turns.latches {
            edge_mut(function, *latch).args[index] = param;
        }
        let known = &mut function.values[param.index()].ty;
        *known = known.intersect(ty);
        param
    }

    /// An instruction that is no such guard; what stands for its result.
    fn spread(
        &mut self,
        function: &mut Function,
        place: &mut Place,
        value: ValueId,
        insn: &Insn,
    ) -> Option<ValueId> {
        let Value { repr, ty, .. } = *function.value(value);
        let header = place.turns.header;
        let params = function.block(header).params.clone();
        let mut results = Vec::new();
        for number in 0..place.ways_in.len() {
            let way_in = place.ways_in[number];
            let mut insn = insn.clone();
            let args = edge_args(function, way_in);
            insn.each_operand(|operand| {
                if let Some(index) = params.iter().position(|param| param == operand) {
                    *operand = args[index];
                }
            });
            results.push(self.copy(function, place, number, insn, ty));
        }
        match results[..] {
            _ if repr == Repr::None => None,
            [result] => Some(result),
            _ => Some(self.add_param(function, place, &results, repr, ty)),
        }
    }

    /// Puts an instruction on a way into a loop.
    fn copy(
        &mut self,
        function: &mut Function,
        place: &mut Place,
        number: usize,
        mut insn: Insn,
        ty: Type,
    ) -> ValueId {
        let way_in = place.ways_in[number];
        if let Some(exit) = insn.side_exit_mut() {
            let state = *place.states[number].get_or_insert_with(|| {
                let args = edge_args(function, way_in).to_vec();
                let state = edges::state_on(function, way_in, place.turns.header, &args);
                function.add_state(state)
            });
            *exit = SideExit { state, reason: ExitReason::Hoisted };
        }
        let copy = insert(function, way_in, insn, ty);
        self.homes.resize(function.values.len(), Some(way_in));
        self.replacement.resize(function.values.len(), None);
        copy
    }

    /// Adds a parameter to the header that stays what is passed on the ways in.
    fn add_param(
        &mut self,
        function: &mut Function,
        place: &mut Place,
        args: &[ValueId],
        repr: Repr,
        ty: Type,
    ) -> ValueId {
        let param = function.add_param(place.turns.header, repr, ty);
        self.homes.resize(function.values.len(), Some(place.turns.header));
        self.replacement.resize(function.values.len(), None);
        let of_latches = place.turns.latches.iter().map(|latch| (*latch, param));
        for (block, arg) in place.ways_in.iter().copied().zip(args.iter().copied()).chain(of_latches) {
            edge_mut(function, block).args.push(arg);
        }
        place.steady.push(param);
        param
    }
}

/// The memory that what an instruction does depends on, if it is one that is worth while to take out of a
/// loop.
fn depends_on(function: &Function, insn: &Insn) -> Option<Heaps> {
    match insn {
        Insn::GuardNotNull(..)
        | Insn::GuardType(..)
        | Insn::GuardIs(..)
        | Insn::GuardArray(..)
        | Insn::GuardCode { .. }
        | Insn::GuardGlobals(..)
        | Insn::UnboxInt(_)
        | Insn::UnboxFloat(_)
        | Insn::UnboxReal(..)
        | Insn::FindAttribute { .. }
        | Insn::FindGlobal(_)
        | Insn::CellContent(_)
        | Insn::SequenceLen(_)
        | Insn::TypeOf(_)
        | Insn::ClassOf(_) => reuse::depends_on(function, insn),
        Insn::GuardNative { .. } | Insn::ReceiverOf(_) => Some(Heaps::of(&[Heap::Type, Heap::World])),
        _ => None,
    }
}

/// Whether the type of a value says that a guard with such a result finds it to be as it should.
fn holds(function: &Function, guard: &Insn, value: ValueId, ty: Type) -> bool {
    let is_told = matches!(guard, Insn::GuardNotNull(..) | Insn::GuardType(..) | Insn::GuardIs(..));
    is_told && function.value(value).ty.is_subset(ty)
}

/// Whether a value is no number of which no object has been made.
fn is_made(function: &Function, value: ValueId) -> bool {
    !matches!(function.insn(function.same_object(value)), Insn::Box(_))
}

/// The jump at the end of a block.
fn edge_mut(function: &mut Function, block: BlockId) -> &mut Edge {
    let last = *function.block(block).insns.last().expect("blocks end in a terminator");
    match &mut function.values[last.index()].insn {
        Insn::Jump(edge) => edge,
        other => unreachable!("{other} does not lead to a header"),
    }
}

/// What the jump at the end of a block passes.
fn edge_args(function: &Function, block: BlockId) -> &[ValueId] {
    match function.terminator(block) {
        Insn::Jump(edge) => &edge.args,
        other => unreachable!("{other} does not lead to a header"),
    }
}
