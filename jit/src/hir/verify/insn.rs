//! What each instruction demands of its operands and its result.

use super::super::function::Function;
use super::super::helper::{Convention, Helper};
use super::super::insn::{Insn, ValueId};
use super::super::types::{Repr, Type};
use super::ensure;
use crate::bytecode::{BinaryOp, CompareOp};

/// Checks the representations of an instruction's operands and result, the kinds of operands
/// whose memory it reads unchecked, and its immediates. The operands exist.
pub(super) fn check(function: &Function, value: ValueId) -> Result<(), String> {
    let rules = Rules { function };
    let result = rules.result(function.insn(value))?;
    let actual = function.value(value).repr;
    ensure(actual == result, || format!("its result is {result}, not {actual}"))
}

struct Rules<'a> {
    function: &'a Function,
}

impl Rules<'_> {
    /// Checks all but the result; returns the representation that it must have.
    fn result(&self, insn: &Insn) -> Result<Repr, String> {
        use Repr::{Bool, Float, Int, Obj, Status};
        Ok(match insn {
            Insn::Param => return Err("a parameter is not an instruction".to_string()),
            Insn::Object(_) | Insn::Null | Insn::LoadLocal(_) | Insn::LoadStack(_) => Obj,
            Insn::Int(_) => Int,
            Insn::Float(_) => Float,
            Insn::Bool(_) | Insn::PeriodicDue => Bool,
            Insn::StoreLocal { slot: _, value } => self.all(&[*value], Obj, Repr::None)?,
            Insn::FillLocal { slot: _, value } => {
                self.unboxed(*value)?;
                Repr::None
            }
            Insn::ClearLocal(_) | Insn::CopyLocal { .. } | Insn::CountBytecode => Repr::None,
            Insn::FillName { slot, value } => {
                self.tracked(*slot)?;
                self.unboxed(*value)?;
                Repr::None
            }
            Insn::MarkName { slot, .. } => {
                self.tracked(*slot)?;
                Repr::None
            }
            Insn::SetLocal { slot, value, old, .. } => {
                ensure((*slot as usize) < self.function.slots(), || format!("there is no local {slot}"))?;
                self.all(&[*value, *old], Obj, Repr::None)?
            }
            Insn::NewRef(v) => self.not_null(*v, Obj)?,
            Insn::Decref(v, _) => self.not_null(*v, Repr::None)?,
            Insn::XDecref(v, _) => self.all(&[*v], Obj, Repr::None)?,
            Insn::GuardNotNull(v, _) | Insn::GuardIs(v, _, _) | Insn::NotNull(v) => {
                self.all(&[*v], Obj, Obj)?
            }
            Insn::GuardType(v, kind, _) => {
                ensure(kind.is_single(), || format!("{kind:?} is not a single kind"))?;
                self.not_null(*v, Obj)?
            }
            Insn::GuardBool(v, _, _) => self.all(&[*v], Bool, Repr::None)?,
            Insn::GuardStatus(v, _) => self.all(&[*v], Status, Repr::None)?,
            Insn::UnboxInt(v) => self.of_kind(*v, Type::INT.union(Type::BOOL), Int)?,
            Insn::UnboxFloat(v) => self.of_kind(*v, Type::FLOAT, Float)?,
            Insn::UnboxBool(v) => self.of_kind(*v, Type::BOOL, Bool)?,
            Insn::Box(v) => {
                self.unboxed(*v)?;
                Obj
            }
            Insn::IntBinary { op, lhs, rhs, seen: _, exit: _ } => {
                ensure(is_int_op(*op), || format!("{op:?} is not defined on ints"))?;
                self.all(&[*lhs, *rhs], Int, Int)?
            }
            Insn::IntNeg(v, _) | Insn::IntInvert(v) => self.all(&[*v], Int, Int)?,
            Insn::FloatBinary { op, lhs, rhs, exit: _ } => {
                ensure(is_float_op(*op), || format!("{op:?} is not defined on floats"))?;
                self.all(&[*lhs, *rhs], Float, Float)?
            }
            Insn::FloatNeg(v) => self.all(&[*v], Float, Float)?,
            Insn::IntToFloat(v) => self.all(&[*v], Int, Float)?,
            Insn::IntCompare(op, a, b) => {
                ensure(is_ordering(*op), || format!("{op:?} does not compare numbers"))?;
                self.all(&[*a, *b], Int, Bool)?
            }
            Insn::FloatCompare(op, a, b) => {
                ensure(is_ordering(*op), || format!("{op:?} does not compare numbers"))?;
                self.all(&[*a, *b], Float, Bool)?
            }
            Insn::IntTruth(v) => self.all(&[*v], Int, Bool)?,
            Insn::FloatTruth(v) => self.all(&[*v], Float, Bool)?,
            Insn::SameObject(a, b) => self.all(&[*a, *b], Obj, Bool)?,
            Insn::IsNull(v) => self.all(&[*v], Obj, Bool)?,
            Insn::Not(v) => self.all(&[*v], Bool, Bool)?,
            Insn::StatusTruth(v) | Insn::StatusFailed(v) => self.all(&[*v], Status, Bool)?,
            Insn::IterHasNext(v, kind) => {
                one_of(*kind, &[Type::LIST_ITER, Type::TUPLE_ITER, Type::RANGE_ITER])?;
                self.of_kind(*v, *kind, Bool)?
            }
            Insn::IterTake(v, kind) => {
                one_of(*kind, &[Type::LIST_ITER, Type::TUPLE_ITER])?;
                self.of_kind(*v, *kind, Obj)?
            }
            Insn::RangeTake(v) => self.of_kind(*v, Type::RANGE_ITER, Int)?,
            Insn::SequenceItem { kind, container, index, exit: _ }
            | Insn::SequenceAt { kind, container, index } => {
                one_of(*kind, &[Type::LIST, Type::TUPLE])?;
                self.has(*index, Int)?;
                self.of_kind(*container, *kind, Obj)?
            }
            Insn::ListStore { list, index, value, exit: _ } => {
                self.has(*index, Int)?;
                self.has(*value, Obj)?;
                self.of_kind(*list, Type::LIST, Obj)?
            }
            Insn::SequenceLen(v) => self.of_kind(*v, Type::LIST.union(Type::TUPLE), Int)?,
            Insn::Call { helper, args, immediates, pc: _ } => {
                let expected = Convention::Borrowing { args: args.len(), immediates: immediates.len() };
                let actual = helper.convention();
                ensure(actual == expected, || format!("the helper is called as {actual:?}"))?;
                self.all(args, Obj, helper.result())?
            }
            Insn::CallStack { helper, base: _, operands, immediate: _, pc: _ } => {
                let actual = helper.convention();
                ensure(actual == Convention::Stack, || format!("the helper is called as {actual:?}"))?;
                self.all(operands, Obj, helper.result())?
            }
            Insn::CallMethod { callable, base: _, operands, immediate: _, pc: _ } => {
                ensure(!operands.is_empty(), || "there is no receiver".to_string())?;
                self.has(*callable, Obj)?;
                self.all(operands, Obj, Helper::CallMethod.result())?
            }
            Insn::CheckUnshared(_)
            | Insn::CheckTracing(_)
            | Insn::CheckValid(_)
            | Insn::Jump(_)
            | Insn::Exit(_) => Repr::None,
            Insn::Branch { condition, then: _, otherwise: _ } => self.all(&[*condition], Bool, Repr::None)?,
            Insn::Return(v, _) => self.all(&[*v], Obj, Repr::None)?,
        })
    }

    fn tracked(&self, slot: u32) -> Result<(), String> {
        ensure(self.function.tracked_name(slot).is_some(), || format!("slot {slot} is no tracked name's"))
    }

    fn unboxed(&self, value: ValueId) -> Result<(), String> {
        let repr = self.repr(value);
        let unboxed = matches!(repr, Repr::Int | Repr::Float | Repr::Bool);
        ensure(unboxed, || format!("{value:?} is {repr}, not an unboxed value"))
    }

    fn repr(&self, value: ValueId) -> Repr {
        self.function.value(value).repr
    }

    fn has(&self, value: ValueId, repr: Repr) -> Result<(), String> {
        let actual = self.repr(value);
        ensure(actual == repr, || format!("{value:?} is {actual}, not {repr}"))
    }

    fn all(&self, operands: &[ValueId], repr: Repr, result: Repr) -> Result<Repr, String> {
        operands.iter().try_for_each(|operand| self.has(*operand, repr))?;
        Ok(result)
    }

    /// The operand is an object of one of the kinds.
    fn of_kind(&self, operand: ValueId, kinds: Type, result: Repr) -> Result<Repr, String> {
        self.has(operand, Repr::Obj)?;
        let ty = self.function.value(operand).ty;
        ensure(ty.is_subset(kinds), || format!("{operand:?} may be {ty:?}, not only {kinds:?}"))?;
        Ok(result)
    }

    fn not_null(&self, operand: ValueId, result: Repr) -> Result<Repr, String> {
        self.of_kind(operand, Type::OBJECT, result)
    }
}

fn one_of(kind: Type, kinds: &[Type]) -> Result<(), String> {
    ensure(kinds.contains(&kind), || format!("{kind:?} is none of {kinds:?}"))
}

fn is_int_op(op: BinaryOp) -> bool {
    use BinaryOp::*;
    match op {
        Add | Sub | Mul | FloorDiv | Mod | ClassicDiv | LShift | RShift | And | Or | Xor => true,
        TrueDiv | Pow | MatMul => false,
    }
}

fn is_float_op(op: BinaryOp) -> bool {
    use BinaryOp::*;
    match op {
        Add | Sub | Mul | TrueDiv | ClassicDiv | Mod | FloorDiv => true,
        Pow | LShift | RShift | And | Or | Xor | MatMul => false,
    }
}

fn is_ordering(op: CompareOp) -> bool {
    use CompareOp::*;
    match op {
        Lt | Le | Eq | Ne | Gt | Ge => true,
        In | NotIn | Is | IsNot | ExcMatch | Bad => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::helper::Helper;
    use super::super::super::insn::{ExitReason, Seen, SideExit, StateId};
    use super::*;

    const EXIT: SideExit = SideExit { state: StateId(0), reason: ExitReason::TypeGuard };
    const NONE: Type = Type::EMPTY;

    /// What the rules say of an instruction whose operands are v0, v1, … of these
    /// representations and kinds, and whose result is as given.
    fn verdict(operands: &[(Repr, Type)], result: Repr, insn: impl FnOnce(&[ValueId]) -> Insn) -> String {
        let mut function = Function { locals: 2, ..Function::default() };
        let ids: Vec<ValueId> =
            operands.iter().map(|(repr, ty)| function.add_value(Insn::Param, *repr, *ty)).collect();
        let value = function.add_value(insn(&ids), result, Type::ANY);
        check(&function, value).err().unwrap_or_default()
    }

    const OBJ: (Repr, Type) = (Repr::Obj, Type::OBJECT);
    const INT: (Repr, Type) = (Repr::Int, Type::INT);
    const FLOAT: (Repr, Type) = (Repr::Float, Type::FLOAT);
    const BOOL: (Repr, Type) = (Repr::Bool, Type::BOOL);
    const STATUS: (Repr, Type) = (Repr::Status, NONE);

    const fn obj(ty: Type) -> (Repr, Type) {
        (Repr::Obj, ty)
    }

    /// An instruction with one operand, the operand it wants, its result.
    type Unary = (fn(ValueId) -> Insn, (Repr, Type), Repr);

    fn unary() -> Vec<Unary> {
        vec![
            (|value| Insn::StoreLocal { slot: 9, value }, OBJ, Repr::None),
            (Insn::NewRef, OBJ, Repr::Obj),
            (|v| Insn::Decref(v, 0), OBJ, Repr::None),
            (|v| Insn::XDecref(v, 0), obj(Type::ANY), Repr::None),
            (|v| Insn::GuardNotNull(v, EXIT), obj(Type::ANY), Repr::Obj),
            (|v| Insn::GuardType(v, Type::INT, EXIT), OBJ, Repr::Obj),
            (|v| Insn::GuardIs(v, 16, EXIT), obj(Type::ANY), Repr::Obj),
            (|v| Insn::GuardBool(v, true, EXIT), BOOL, Repr::None),
            (|v| Insn::GuardStatus(v, EXIT), STATUS, Repr::None),
            (Insn::UnboxInt, obj(Type::INT.union(Type::BOOL)), Repr::Int),
            (Insn::UnboxFloat, obj(Type::FLOAT), Repr::Float),
            (Insn::UnboxBool, obj(Type::BOOL), Repr::Bool),
            (Insn::Box, INT, Repr::Obj),
            (Insn::Box, FLOAT, Repr::Obj),
            (Insn::Box, BOOL, Repr::Obj),
            (|v| Insn::IntNeg(v, EXIT), INT, Repr::Int),
            (Insn::IntInvert, INT, Repr::Int),
            (Insn::FloatNeg, FLOAT, Repr::Float),
            (Insn::IntToFloat, INT, Repr::Float),
            (Insn::IntTruth, INT, Repr::Bool),
            (Insn::FloatTruth, FLOAT, Repr::Bool),
            (Insn::IsNull, obj(Type::ANY), Repr::Bool),
            (Insn::Not, BOOL, Repr::Bool),
            (Insn::StatusTruth, STATUS, Repr::Bool),
            (|v| Insn::IterHasNext(v, Type::RANGE_ITER), obj(Type::RANGE_ITER), Repr::Bool),
            (|v| Insn::IterTake(v, Type::LIST_ITER), obj(Type::LIST_ITER), Repr::Obj),
            (Insn::RangeTake, obj(Type::RANGE_ITER), Repr::Int),
            (Insn::SequenceLen, obj(Type::LIST), Repr::Int),
            (|v| Insn::Return(v, 0), OBJ, Repr::None),
        ]
    }

    #[test]
    fn operands_and_results_have_their_representations() {
        for (insn, operand, result) in unary() {
            let name = insn(ValueId(0)).to_string();
            assert_eq!(verdict(&[operand], result, |v| insn(v[0])), "", "{name}");
            for wrong in [OBJ, INT, FLOAT, BOOL, STATUS] {
                if wrong.0 == operand.0 || (name == "Box v0" && wrong != OBJ && wrong != STATUS) {
                    continue;
                }
                let verdict = verdict(&[wrong], result, |v| insn(v[0]));
                assert!(verdict.starts_with(&format!("v0 is {}, not ", wrong.0)), "{name}: {verdict}");
            }
            for wrong in [Repr::Obj, Repr::Int, Repr::Float, Repr::Bool, Repr::Status, Repr::None] {
                if wrong != result {
                    let expected = format!("its result is {result}, not {wrong}");
                    assert_eq!(verdict(&[operand], wrong, |v| insn(v[0])), expected, "{name}");
                }
            }
        }
    }

    #[test]
    fn memory_is_read_of_known_kinds_only() {
        let of = |ty, insn: fn(ValueId) -> Insn| verdict(&[obj(ty)], Repr::Obj, |v| insn(v[0]));
        assert_eq!(of(Type::ANY, Insn::NewRef), "v0 may be any, not only object");
        assert_eq!(of(Type::NULL, |v| Insn::Decref(v, 0)), "v0 may be null, not only object");
        assert_eq!(of(Type::OBJECT, Insn::UnboxInt), "v0 may be object, not only bool|int");
        assert_eq!(of(Type::LONG, Insn::UnboxFloat), "v0 may be long, not only float");
        assert_eq!(of(Type::INT, Insn::UnboxBool), "v0 may be int, not only bool");
        assert_eq!(of(Type::LIST_ITER, Insn::RangeTake), "v0 may be listiterator, not only rangeiterator");
        assert_eq!(of(Type::DICT, Insn::SequenceLen), "v0 may be dict, not only list|tuple");
        let guard = |v| Insn::GuardType(v, Type::OBJECT, EXIT);
        assert_eq!(of(Type::OBJECT, guard), "object is not a single kind");
        let take = |v| Insn::IterTake(v, Type::RANGE_ITER);
        assert_eq!(of(Type::RANGE_ITER, take), "rangeiterator is none of [listiterator, tupleiterator]");
        let has_next = |v| Insn::IterHasNext(v, Type::LIST_ITER);
        assert_eq!(of(Type::TUPLE_ITER, has_next), "v0 may be tupleiterator, not only listiterator");
    }

    #[test]
    fn containers_and_their_indices() {
        let item = |container, index, kind| {
            let at = verdict(&[container, index], Repr::Obj, |v| Insn::SequenceAt {
                kind,
                container: v[0],
                index: v[1],
            });
            let item = verdict(&[container, index], Repr::Obj, |v| Insn::SequenceItem {
                kind,
                container: v[0],
                index: v[1],
                exit: EXIT,
            });
            assert_eq!(at, item);
            item
        };
        assert_eq!(item(obj(Type::TUPLE), INT, Type::TUPLE), "");
        assert_eq!(item(obj(Type::TUPLE), INT, Type::LIST), "v0 may be tuple, not only list");
        assert_eq!(item(obj(Type::TUPLE), INT, Type::DICT), "dict is none of [list, tuple]");
        assert_eq!(item(obj(Type::LIST), OBJ, Type::LIST), "v1 is obj, not i64");
        assert_eq!(item(INT, INT, Type::LIST), "v0 is i64, not obj");
        let store = |list, index, value| {
            verdict(&[list, index, value], Repr::Obj, |v| Insn::ListStore {
                list: v[0],
                index: v[1],
                value: v[2],
                exit: EXIT,
            })
        };
        assert_eq!(store(obj(Type::LIST), INT, OBJ), "");
        assert_eq!(store(obj(Type::TUPLE), INT, OBJ), "v0 may be tuple, not only list");
        assert_eq!(store(obj(Type::LIST), FLOAT, OBJ), "v1 is f64, not i64");
        assert_eq!(store(obj(Type::LIST), INT, INT), "v2 is i64, not obj");
    }

    #[test]
    fn operators_are_those_that_are_defined() {
        let int = |op, pair: [(Repr, Type); 2]| {
            let seen = Seen::Number;
            verdict(&pair, Repr::Int, |v| Insn::IntBinary { op, lhs: v[0], rhs: v[1], seen, exit: EXIT })
        };
        assert_eq!(int(BinaryOp::LShift, [INT, INT]), "");
        assert_eq!(int(BinaryOp::TrueDiv, [INT, INT]), "TrueDiv is not defined on ints");
        assert_eq!(int(BinaryOp::Add, [INT, FLOAT]), "v1 is f64, not i64");
        let float = |op, pair: [(Repr, Type); 2]| {
            verdict(&pair, Repr::Float, |v| Insn::FloatBinary { op, lhs: v[0], rhs: v[1], exit: EXIT })
        };
        assert_eq!(float(BinaryOp::TrueDiv, [FLOAT, FLOAT]), "");
        assert_eq!(float(BinaryOp::LShift, [FLOAT, FLOAT]), "LShift is not defined on floats");
        assert_eq!(float(BinaryOp::Add, [INT, FLOAT]), "v0 is i64, not f64");
        let ints = |op| verdict(&[INT, INT], Repr::Bool, |v| Insn::IntCompare(op, v[0], v[1]));
        assert_eq!(ints(CompareOp::Ge), "");
        assert_eq!(ints(CompareOp::Is), "Is does not compare numbers");
        let floats = |op| verdict(&[FLOAT, FLOAT], Repr::Bool, |v| Insn::FloatCompare(op, v[0], v[1]));
        assert_eq!(floats(CompareOp::Ne), "");
        assert_eq!(floats(CompareOp::In), "In does not compare numbers");
        let same = |a, b| verdict(&[a, b], Repr::Bool, |v| Insn::SameObject(v[0], v[1]));
        assert_eq!(same(OBJ, OBJ), "");
        assert_eq!(same(OBJ, INT), "v1 is i64, not obj");
    }

    #[test]
    fn helpers_are_called_as_they_are_declared() {
        let call = |helper, operands: &[(Repr, Type)], immediates: &[i64], result| {
            verdict(operands, result, |v| Insn::Call {
                helper,
                args: v.to_vec(),
                immediates: immediates.to_vec(),
                pc: 0,
            })
        };
        assert_eq!(call(Helper::LoadAttr, &[OBJ], &[0, 0], Repr::Obj), "");
        assert_eq!(
            call(Helper::LoadAttr, &[OBJ], &[0], Repr::Obj),
            "the helper is called as Borrowing { args: 1, immediates: 2 }"
        );
        assert_eq!(
            call(Helper::Subscr, &[OBJ], &[], Repr::Obj),
            "the helper is called as Borrowing { args: 2, immediates: 0 }"
        );
        assert_eq!(call(Helper::BuildList, &[], &[], Repr::Obj), "the helper is called as Stack");
        assert_eq!(call(Helper::IsTrue, &[INT], &[], Repr::Status), "v0 is i64, not obj");
        assert_eq!(call(Helper::IsTrue, &[OBJ], &[], Repr::Bool), "its result is status, not i1");
        let stack = |helper, operands: &[(Repr, Type)], result| {
            verdict(operands, result, |v| Insn::CallStack {
                helper,
                base: 0,
                operands: v.to_vec(),
                immediate: 0,
                pc: 0,
            })
        };
        assert_eq!(stack(Helper::BuildList, &[OBJ, OBJ], Repr::Obj), "");
        assert_eq!(stack(Helper::BuildList, &[OBJ, INT], Repr::Obj), "v1 is i64, not obj");
        assert_eq!(stack(Helper::SetupWith, &[OBJ], Repr::Obj), "its result is status, not obj");
        assert!(stack(Helper::Subscr, &[OBJ, OBJ], Repr::Obj).starts_with("the helper is called as Borr"));
    }

    #[test]
    fn instructions_without_operands() {
        for (insn, result) in [
            (Insn::Object(0), Repr::Obj),
            (Insn::Null, Repr::Obj),
            (Insn::LoadLocal(9), Repr::Obj),
            (Insn::LoadStack(0), Repr::Obj),
            (Insn::Int(0), Repr::Int),
            (Insn::Float(0), Repr::Float),
            (Insn::Bool(true), Repr::Bool),
            (Insn::PeriodicDue, Repr::Bool),
            (Insn::CheckUnshared(EXIT), Repr::None),
            (Insn::CheckTracing(EXIT), Repr::None),
            (Insn::CheckValid(EXIT), Repr::None),
            (Insn::Exit(EXIT), Repr::None),
        ] {
            assert_eq!(verdict(&[], result, |_| insn.clone()), "");
            let expected = format!("its result is {result}, not status");
            assert_eq!(verdict(&[], Repr::Status, |_| insn), expected);
        }
        assert_eq!(verdict(&[], Repr::Obj, |_| Insn::Param), "a parameter is not an instruction");
    }

    #[test]
    fn a_local_exists() {
        let set = |slot| {
            verdict(&[OBJ, obj(Type::ANY)], Repr::None, |v| Insn::SetLocal {
                slot,
                value: v[0],
                old: v[1],
                pc: 0,
            })
        };
        assert_eq!(set(1), "");
        assert_eq!(set(2), "there is no local 2");
    }
}
