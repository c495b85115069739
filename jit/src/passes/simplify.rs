//! Propagates types through block parameters and drops what they prove needless.

use super::cfg::{self, Cfg};
use crate::bytecode::BinaryOp;
use crate::hir::{Function, Insn, Need, Repr, Seen, Type, ValueId};
use crate::host::Host;

/// Runs the pass; whether it has dropped anything.
pub fn run(function: &mut Function, host: &Host) -> bool {
    let cfg = Cfg::new(function);
    propagate(function, &cfg);
    let mut replacement: Vec<Option<ValueId>> = vec![None; function.values.len()];
    let mut is_rewritten = false;
    for block in &cfg.order {
        for index in 0..function.block(*block).insns.len() {
            let value = function.block(*block).insns[index];
            if let Some(insn) = narrower(function, host, value) {
                function.redefine(value, insn);
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
fn narrower(function: &Function, host: &Host, value: ValueId) -> Option<Insn> {
    let ty = |value: ValueId| function.value(value).ty;
    let number = |value: ValueId| ty(value).number();
    match function.insn(value) {
        Insn::UnboxReal(object, _) if ty(*object).is_subset(Type::FLOAT) => Some(Insn::UnboxFloat(*object)),
        Insn::UnboxBool(object) => match ty(*object).object()? {
            address if address == host.true_ => Some(Insn::Bool(true)),
            address if address == host.false_ => Some(Insn::Bool(false)),
            _ => None,
        },
        Insn::HasType(object, kind) => {
            let ty = ty(*object);
            match (ty.may_be(*kind), ty.is_subset(*kind)) {
                (false, _) => Some(Insn::Bool(false)),
                (true, true) => Some(Insn::Bool(true)),
                (true, false) => None,
            }
        }
        Insn::SameObject(a, b) => {
            let is_present = |value: ValueId| !ty(value).may_be(Type::NULL);
            let objects = ty(*a).object().zip(ty(*b).object()).filter(|_| is_present(*a) && is_present(*b));
            objects.map(|(a, b)| Insn::Bool(a == b))
        }
        Insn::TypeOf(object) => type_object(host, made_as(function, *object)).map(Insn::Object),
        Insn::ClassOf(object) => {
            let kind = made_as(function, *object);
            type_object(host, kind.without(Type::INSTANCE)).map(Insn::Object)
        }
        Insn::IntBinary { op, lhs, rhs, seen, .. } => {
            folded(*op, number(*lhs)?, number(*rhs)?, *seen).map(Insn::Int)
        }
        Insn::IntInvert(operand) => number(*operand).map(|number| Insn::Int(!number)),
        Insn::IntNeg(operand, _) => number(*operand)?.checked_neg().map(Insn::Int),
        Insn::IntCompare(op, lhs, rhs) => {
            let order = number(*lhs)?.cmp(&number(*rhs)?);
            op.holds(order).map(Insn::Bool)
        }
        Insn::IntTruth(operand) => number(*operand).map(|number| Insn::Bool(number != 0)),
        Insn::Not(operand) => number(*operand).map(|truth| Insn::Bool(truth == 0)),
        Insn::Branch { condition, then, otherwise } => {
            let edge = if number(*condition)? != 0 { then } else { otherwise };
            Some(Insn::Jump(edge.clone()))
        }
        _ => None,
    }
}

/// What a value may be as it was made, without what guards have seen that go when nobody uses their results.
fn made_as(function: &Function, value: ValueId) -> Type {
    match function.insn(value) {
        Insn::Param => Type::ANY,
        Insn::NewRef(of) => made_as(function, *of),
        insn => match insn.refined() {
            Some(of) if insn.facts().need != Need::Always => made_as(function, of),
            _ => function.value(value).ty,
        },
    }
}

/// The address of the type that everything of a kind has.
fn type_object(host: &Host, kind: Type) -> Option<usize> {
    let address = if kind.is_single() { (host.types)(kind.kinds()) } else { 0 };
    (address != 0).then_some(address)
}

/// Ints of this magnitude take more than one digit of 3.x: what comes of those can be an object of its own.
const DIGIT: u64 = 1 << 30;

/// The result of an operation on constants, if that is nothing to leave for.
fn folded(op: BinaryOp, lhs: i64, rhs: i64, seen: Seen) -> Option<i64> {
    let is_short = |number: i64| number.unsigned_abs() < DIGIT;
    if seen != Seen::Number && !(is_short(lhs) && is_short(rhs)) {
        return None;
    }
    match op {
        BinaryOp::Add => lhs.checked_add(rhs),
        BinaryOp::Sub => lhs.checked_sub(rhs),
        BinaryOp::Mul => lhs.checked_mul(rhs),
        BinaryOp::And => Some(lhs & rhs),
        BinaryOp::Or => Some(lhs | rhs),
        BinaryOp::Xor => Some(lhs ^ rhs),
        // Those that may hand back an operand, or leave.
        BinaryOp::ClassicDiv
        | BinaryOp::FloorDiv
        | BinaryOp::TrueDiv
        | BinaryOp::Mod
        | BinaryOp::Pow
        | BinaryOp::LShift
        | BinaryOp::RShift
        | BinaryOp::MatMul => None,
    }
}

/// What a value can be replaced by.
fn simpler(function: &Function, value: ValueId) -> Option<ValueId> {
    let ty = |value: ValueId| function.value(value).ty;
    let made_of = |v: ValueId| match *function.insn(function.same_object(v)) {
        Insn::Concrete(object) => function.same_object(object),
        _ => function.same_object(v),
    };
    let is_boxed = |v: ValueId, repr: Repr| match function.insn(made_of(v)) {
        Insn::Box(inner) if function.value(*inner).repr == repr => Some(*inner),
        _ => None,
    };
    match function.insn(value) {
        Insn::GuardNotNull(inner, _) => (!ty(*inner).may_be(Type::NULL)).then_some(*inner),
        Insn::GuardType(inner, kind, _) => {
            // A boxed i64 counts as INT: whoever asks for the kind unboxes it again.
            let known = match *kind {
                Type::INT => is_boxed(*inner, Repr::Int).is_some(),
                Type::FLOAT => is_boxed(*inner, Repr::Float).is_some(),
                _ => false,
            };
            (known || ty(*inner).is_subset(*kind)).then_some(*inner)
        }
        Insn::GuardIs(inner, address, _) => ty(*inner).is_subset(Type::OBJECT.at(*address)).then_some(*inner),
        // It has no result that anybody uses.
        Insn::GuardBool(truth, expected, _) => {
            (ty(*truth).number() == Some(i64::from(*expected))).then_some(*truth)
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
                    Insn::NewRef(inner) | Insn::Concrete(inner) => of(*inner),
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
