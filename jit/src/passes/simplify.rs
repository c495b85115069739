//! Propagates types through block parameters and drops what they prove needless.

use super::cfg::{self, Cfg};
use crate::hir::{Function, Insn, Repr, Type, ValueId};

/// Runs the pass; whether it has dropped anything.
pub fn run(function: &mut Function) -> bool {
    let cfg = Cfg::new(function);
    propagate(function, &cfg);
    let mut replacement: Vec<Option<ValueId>> = vec![None; function.values.len()];
    let mut is_rewritten = false;
    for block in &cfg.order {
        for index in 0..function.block(*block).insns.len() {
            let value = function.block(*block).insns[index];
            if let Some(insn) = narrower(function, value) {
                function.values[value.index()].insn = insn;
                is_rewritten = true;
            }
            replacement[value.index()] = simpler(function, value);
        }
    }
    if replacement.iter().all(Option::is_none) {
        return is_rewritten;
    }
    cfg::substitute(function, &replacement);
    for block in cfg.order {
        let insns = &mut function.blocks[block.index()].insns;
        insns.retain(|v| replacement[v.index()].is_none());
    }
    true
}

/// What computes the same as an instruction on operands of which so much is known.
fn narrower(function: &Function, value: ValueId) -> Option<Insn> {
    match *function.insn(value) {
        Insn::UnboxReal(object, _) if function.value(object).ty.is_subset(Type::FLOAT) => {
            Some(Insn::UnboxFloat(object))
        }
        Insn::HasType(object, kind) => {
            let ty = function.value(object).ty;
            match (ty.may_be(kind), ty.is_subset(kind)) {
                (false, _) => Some(Insn::Bool(false)),
                (true, true) => Some(Insn::Bool(true)),
                (true, false) => None,
            }
        }
        _ => None,
    }
}

/// What a value can be replaced by.
fn simpler(function: &Function, value: ValueId) -> Option<ValueId> {
    let is_boxed = |v: ValueId, repr: Repr| match function.insn(function.same_object(v)) {
        Insn::Box(inner) if function.value(*inner).repr == repr => Some(*inner),
        _ => None,
    };
    match function.insn(value) {
        Insn::GuardNotNull(inner, _) => (!function.value(*inner).ty.may_be(Type::NULL)).then_some(*inner),
        Insn::GuardType(inner, kind, _) => {
            // A boxed i64 counts as INT: whoever asks for the kind unboxes it again.
            let known = match *kind {
                Type::INT => is_boxed(*inner, Repr::Int).is_some(),
                Type::FLOAT => is_boxed(*inner, Repr::Float).is_some(),
                _ => false,
            };
            (known || function.value(*inner).ty.is_subset(*kind)).then_some(*inner)
        }
        Insn::UnboxInt(inner) => is_boxed(*inner, Repr::Int),
        Insn::UnboxFloat(inner) => is_boxed(*inner, Repr::Float),
        Insn::UnboxBool(inner) => is_boxed(*inner, Repr::Bool),
        _ => None,
    }
}

fn is_call(function: &Function, value: ValueId) -> bool {
    matches!(
        function.insn(value),
        Insn::Call { .. } | Insn::CallStack { .. } | Insn::CallMethod { .. } | Insn::CallFunction { .. }
    )
}

/// Types of parameters and of what only refines or copies another value: the least fixpoint.
fn propagate(function: &mut Function, cfg: &Cfg) {
    for block in &cfg.order {
        for index in 0..function.block(*block).params.len() {
            let param = function.block(*block).params[index];
            if function.value(param).repr == Repr::Obj {
                function.values[param.index()].ty = Type::EMPTY;
            }
        }
    }
    let mut changed = true;
    while changed {
        changed = false;
        for block in &cfg.order {
            for index in 0..function.block(*block).insns.len() {
                let value = function.block(*block).insns[index];
                let of = |v: ValueId| function.value(v).ty;
                let ty = match function.insn(value) {
                    // What a helper returns was known when the guard was built.
                    Insn::GuardNotNull(inner, _) if !is_call(function, *inner) => {
                        of(*inner).intersect(Type::OBJECT)
                    }
                    Insn::NewRef(inner) => of(*inner),
                    _ => continue,
                };
                changed |= std::mem::replace(&mut function.values[value.index()].ty, ty) != ty;
            }
            for edge in function.terminator(*block).edges().into_iter().cloned().collect::<Vec<_>>() {
                for (index, arg) in edge.args.iter().enumerate() {
                    let param = function.block(edge.target).params[index];
                    if function.value(param).repr != Repr::Obj {
                        continue;
                    }
                    let ty = function.value(param).ty.union(function.value(*arg).ty);
                    changed |= std::mem::replace(&mut function.values[param.index()].ty, ty) != ty;
                }
            }
        }
    }
}
