//! Gives block parameters that carry ints or floats an unboxed representation.
//!
//! A parameter is *wanted* as a kind when guards or unboxings of that kind use it, directly or
//! through other parameters, or when some edge would have to box a number for it. It becomes unboxed when
//! every edge can pass it unboxed: the value was just boxed, is a constant, is such a parameter itself, or,
//! on the way into a loop, can be guarded once before the loop.

use super::cfg::{Cfg, each_edge, substitute};
use super::edges::{self, insert};
use crate::hir::{
    BlockId, ExitReason, Function, Inlined, Insn, PC_IN_FRAME, Repr, Resume, SideExit, Type, ValueId,
};
use rustc_hash::FxHashMap;

/// The kind each parameter is wanted as; parameters wanted as several kinds are left out.
pub fn wanted_kinds(function: &Function, cfg: &Cfg) -> FxHashMap<ValueId, Type> {
    let mut wanted = kinds_of_uses(function, cfg);
    pass_on(function, cfg, &mut wanted);
    wanted.retain(|_, kind| kind.is_single());
    wanted
}

/// The kinds that each parameter is used as, or is given as a number.
fn kinds_of_uses(function: &Function, cfg: &Cfg) -> FxHashMap<ValueId, Type> {
    let mut wanted: FxHashMap<ValueId, Type> = FxHashMap::default();
    let mut want = |value: ValueId, kind: Type| {
        let value = function.same_object(value);
        if !matches!(function.insn(value), Insn::Param) || function.value(value).repr != Repr::Obj {
            return false;
        }
        let seen = wanted.entry(value).or_default();
        let union = seen.union(kind);
        std::mem::replace(seen, union) != union
    };
    for block in &cfg.order {
        for value in &function.block(*block).insns {
            match function.insn(*value) {
                Insn::GuardType(v, kind @ (Type::INT | Type::FLOAT), _) => want(*v, *kind),
                Insn::UnboxInt(v) => want(*v, Type::INT),
                Insn::UnboxFloat(v) => want(*v, Type::FLOAT),
                _ => false,
            };
        }
    }
    each_edge(function, cfg, |_, edge| {
        for (index, arg) in edge.args.iter().enumerate() {
            if let Insn::Box(inner) = function.insn(function.same_object(*arg)) {
                match function.value(*inner).repr {
                    Repr::Int => want(function.block(edge.target).params[index], Type::INT),
                    Repr::Float => want(function.block(edge.target).params[index], Type::FLOAT),
                    Repr::Obj | Repr::Bool | Repr::Status | Repr::None => false,
                };
            }
        }
    });
    wanted
}

/// Who is passed for a parameter is wanted as that is.
fn pass_on(function: &Function, cfg: &Cfg, wanted: &mut FxHashMap<ValueId, Type>) {
    let mut edges = Vec::new();
    each_edge(function, cfg, |_, edge| edges.push(edge.clone()));
    loop {
        let mut changed = false;
        for edge in edges.iter().rev() {
            for (index, arg) in edge.args.iter().enumerate() {
                let param = function.block(edge.target).params[index];
                if let Some(kind) = wanted.get(&param).copied() {
                    let value = function.same_object(*arg);
                    if matches!(function.insn(value), Insn::Param) && function.value(value).repr == Repr::Obj
                    {
                        let seen = wanted.entry(value).or_default();
                        let union = seen.union(kind);
                        changed |= std::mem::replace(seen, union) != union;
                    }
                }
            }
        }
        if !changed {
            break;
        }
    }
}

/// What an edge passes for a parameter that becomes unboxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passed {
    /// A value that was boxed from this one.
    Boxed(ValueId),
    /// Another parameter that becomes unboxed too.
    Param(ValueId),
    /// An object known to be of the kind.
    Known,
    /// An object to guard on the edge.
    Guarded,
}

/// Runs the pass; whether it has changed anything.
pub fn run(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    let mut candidates = wanted_kinds(function, &cfg);
    if candidates.is_empty() {
        return false;
    }
    let mut place = FxHashMap::default();
    for block in &cfg.order {
        for (index, param) in function.block(*block).params.iter().enumerate() {
            place.insert(*param, (*block, index));
        }
    }
    candidates.retain(|param, _| place.contains_key(param));
    let used = kinds_of_uses(function, &cfg);
    loop {
        let rejected: Vec<ValueId> = candidates
            .keys()
            .copied()
            .filter(|param| {
                let (block, index) = place[param];
                !accepts(function, &cfg, &candidates, &used, (block, index))
            })
            .collect();
        if rejected.is_empty() {
            break;
        }
        candidates.retain(|param, _| !rejected.contains(param));
    }
    transform(function, &cfg, &candidates);
    !candidates.is_empty()
}

fn accepts(
    function: &Function,
    cfg: &Cfg,
    candidates: &FxHashMap<ValueId, Type>,
    used: &FxHashMap<ValueId, Type>,
    (block, index): (BlockId, usize),
) -> bool {
    let param = function.block(block).params[index];
    let kind = candidates[&param];
    let header = cfg.is_loop_header(block);
    let is_operand = is_operand(function, block, param);
    let mut pays = header;
    for predecessor in &cfg.predecessors[block.index()] {
        for edge in function.terminator(*predecessor).edges() {
            if edge.target != block {
                continue;
            }
            let outside = header && !cfg.is_back_edge(*predecessor, block);
            if is_operand && !is_fresh(function, edge.args[index]) {
                return false;
            }
            match passed(function, candidates, edge.args[index], kind) {
                Some(Passed::Guarded) => {
                    let state = function.block(block).entry_state.map(|s| function.state(s));
                    let may_guard = state
                        .is_some_and(|s| s.resume == Resume::At && !function.no_speculation.contains(&s.pc));
                    // Where it is only passed on, what comes of it may be something else.
                    if !outside || !may_guard || !used.contains_key(&param) {
                        return false;
                    }
                }
                Some(Passed::Boxed(_) | Passed::Param(_) | Passed::Known) => pays = true,
                None => return false,
            }
        }
    }
    pays
}

/// Whether a reference is passed with a parameter.
fn is_operand(function: &Function, block: BlockId, param: ValueId) -> bool {
    let state = function.block(block).entry_state;
    state.is_some_and(|state| {
        let state = function.state(state);
        let is_owned_local = |inlined: &Inlined| {
            inlined.owned.iter().any(|slot| state.locals.get(*slot as usize) == Some(&param))
        };
        state.operands.iter().any(|o| o.value == param) || state.inlined.as_ref().is_some_and(is_owned_local)
    })
}

/// Whether nothing else can hold the object of this operand, so that no one can tell that it is
/// made anew: a number just computed, or one of which there is only one object.
fn is_fresh(function: &Function, arg: ValueId) -> bool {
    match function.insn(function.unguarded(arg)) {
        Insn::Box(inner) => !matches!(function.insn(*inner), Insn::Param),
        Insn::Object(_) | Insn::NewRef(_) => match function.insn(function.same_object(arg)) {
            Insn::Object(address) => function.unique.contains(address),
            _ => false,
        },
        _ => false,
    }
}

fn passed(
    function: &Function,
    candidates: &FxHashMap<ValueId, Type>,
    arg: ValueId,
    kind: Type,
) -> Option<Passed> {
    let value = function.same_object(arg);
    let repr = if kind == Type::INT { Repr::Int } else { Repr::Float };
    if let Insn::Box(inner) = function.insn(value) {
        return (function.value(*inner).repr == repr).then_some(Passed::Boxed(*inner));
    }
    if candidates.get(&value) == Some(&kind) {
        return Some(Passed::Param(value));
    }
    let ty = function.value(arg).ty;
    if !ty.is_empty() && ty.is_subset(kind) {
        return Some(Passed::Known);
    }
    (ty.may_be(kind) && !ty.may_be(Type::NULL)).then_some(Passed::Guarded)
}

fn transform(function: &mut Function, cfg: &Cfg, candidates: &FxHashMap<ValueId, Type>) {
    // In block order: what is built must not depend on the order of a hash map.
    let ordered: Vec<(BlockId, usize, ValueId, Type)> = cfg
        .order
        .iter()
        .flat_map(|block| {
            let params = function.block(*block).params.iter().enumerate();
            params.filter_map(|(i, p)| candidates.get(p).map(|kind| (*block, i, *p, *kind)))
        })
        .collect();
    let unboxed: FxHashMap<ValueId, ValueId> = ordered
        .iter()
        .map(|(_, _, param, kind)| {
            let repr = if *kind == Type::INT { Repr::Int } else { Repr::Float };
            (*param, function.new_param(repr, *kind))
        })
        .collect();

    for (block, index, param, kind) in &ordered {
        let is_operand = is_operand(function, *block, *param);
        let mut predecessors = cfg.predecessors[block.index()].clone();
        predecessors.sort();
        predecessors.dedup();
        for predecessor in predecessors {
            pass_unboxed(function, candidates, &unboxed, predecessor, (*block, *index), *kind, is_operand);
        }
    }
    // Only now: exit states of edge guards still name the parameters' boxed forms.
    let mut replacement: Vec<Option<ValueId>> = vec![None; function.values.len()];
    for (block, index, param, _) in &ordered {
        let new = unboxed[param];
        function.blocks[block.index()].params[*index] = new;
        let repr = function.value(new).repr;
        let ty = repr.boxed_type();
        let boxed = function.add_value(Insn::Box(new), ty);
        function.blocks[block.index()].insns.insert(0, boxed);
        replacement[param.index()] = Some(boxed);
    }
    substitute(function, &replacement);
}

/// Makes the edge from `predecessor` pass the parameter unboxed.
fn pass_unboxed(
    function: &mut Function,
    candidates: &FxHashMap<ValueId, Type>,
    unboxed: &FxHashMap<ValueId, ValueId>,
    predecessor: BlockId,
    (block, index): (BlockId, usize),
    kind: Type,
    is_operand: bool,
) {
    let terminator = *function.block(predecessor).insns.last().expect("blocks end in a terminator");
    let Insn::Jump(edge) = function.insn(terminator).clone() else {
        unreachable!("only jumps pass arguments");
    };
    let arg = edge.args[index];
    let how = passed(function, candidates, arg, kind).expect("accepted before");
    let value = match how {
        Passed::Boxed(inner) => inner,
        Passed::Param(param) => unboxed[&param],
        Passed::Known | Passed::Guarded => {
            let object = match how {
                Passed::Guarded => {
                    let state = edges::state_on(function, predecessor, block, &edge.args);
                    let state = function.add_state(state);
                    let exit = SideExit { state, reason: ExitReason::TypeGuard };
                    insert(function, predecessor, Insn::GuardType(arg, kind, exit), kind)
                }
                _ => arg,
            };
            let insn = match kind {
                Type::INT => Insn::UnboxInt(object),
                _ => Insn::UnboxFloat(object),
            };
            insert(function, predecessor, insn, kind)
        }
    };
    if is_operand {
        insert(function, predecessor, Insn::Decref(arg, PC_IN_FRAME), Type::EMPTY);
    }
    let mut edge = edge;
    edge.args[index] = value;
    function.redefine(terminator, Insn::Jump(edge));
}
