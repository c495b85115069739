//! What each instruction demands of its operands and its result.

use super::super::function::Function;
use super::super::helper::Convention;
use super::super::insn::{Insn, ValueId, Want};
use super::super::types::{Repr, Type};
use super::ensure;
use crate::bytecode::{BinaryOp, CompareOp};

/// Checks the representations of an instruction's operands and result, the kinds of operands
/// whose memory it reads unchecked, and its immediates. The operands exist.
pub(super) fn check(function: &Function, value: ValueId) -> Result<(), String> {
    let insn = function.insn(value);
    let rules = Rules { function };
    rules.immediates(insn)?;
    let mut verdict = Ok(());
    insn.each_use(|operand, how| {
        if verdict.is_ok() {
            verdict = rules.operand(operand, how.want);
        }
    });
    verdict?;
    rules.kinds(insn)?;
    let (expected, actual) = (insn.facts().repr, function.value(value).repr);
    ensure(actual == expected, || format!("its result is {expected}, not {actual}"))?;
    let ty = function.value(value).ty;
    ensure(insn.says_of(ty) == ty, || format!("it is {:?}, not {ty:?}", insn.says_of(ty)))
}

struct Rules<'a> {
    function: &'a Function,
}

impl Rules<'_> {
    /// The operand is what the table wants.
    fn operand(&self, value: ValueId, want: Want) -> Result<(), String> {
        match want {
            Want::Obj => self.has(value, Repr::Obj),
            Want::Object => self.of_kind(value, Type::OBJECT),
            Want::Int => self.has(value, Repr::Int),
            Want::Float => self.has(value, Repr::Float),
            Want::Bool => self.has(value, Repr::Bool),
            Want::Status => self.has(value, Repr::Status),
            Want::Number => self.unboxed(value),
            Want::AsParameter => Ok(()),
        }
    }

    /// The operands whose memory is read unchecked are of the kinds that have it.
    fn kinds(&self, insn: &Insn) -> Result<(), String> {
        match insn {
            Insn::UnboxInt(v) => self.of_kind(*v, Type::INT.union(Type::BOOL)),
            Insn::UnboxFloat(v) => self.of_kind(*v, Type::FLOAT),
            Insn::UnboxReal(v, _) => self.of_kind(*v, Type::REAL),
            Insn::UnboxBool(v) => self.of_kind(*v, Type::BOOL),
            Insn::IterHasNext(v, kind) | Insn::IterTake(v, kind) => self.of_kind(*v, *kind),
            Insn::RangeTake(v) => self.of_kind(*v, Type::RANGE_ITER),
            Insn::SequenceItem { kind, container, .. } | Insn::SequenceAt { kind, container, .. } => {
                self.of_kind(*container, *kind)
            }
            Insn::ListStore { list, .. } => self.of_kind(*list, Type::LIST),
            Insn::ArrayLoad { array, .. } | Insn::ArrayStore { array, .. } => {
                self.of_kind(*array, Type::ARRAY)
            }
            Insn::StringItem { kind, string, .. } => self.of_kind(*string, *kind),
            Insn::ListPush { list, .. } => self.of_kind(*list, Type::LIST),
            Insn::ListTake(list) => self.of_kind(*list, Type::LIST),
            Insn::Length { kind, container, .. } => self.of_kind(*container, *kind),
            Insn::CodeOf(string, _) => self.of_kind(*string, Type::STR),
            Insn::ByteItem { bytes, .. } => self.of_kind(*bytes, Type::UNICODE),
            Insn::StringEqual(a, b) => [a, b].into_iter().try_for_each(|v| self.of_kind(*v, Type::STR)),
            Insn::SequenceLen(v) => self.of_kind(*v, Type::SEQUENCE),
            // Nothing is read of their operands but what all have, or what a guard has seen to be there.
            Insn::Param
            | Insn::Object(_)
            | Insn::Int(_)
            | Insn::Float(_)
            | Insn::Bool(_)
            | Insn::Null
            | Insn::LoadLocal(_)
            | Insn::StoreLocal { .. }
            | Insn::FillLocal { .. }
            | Insn::ClearLocal(_)
            | Insn::CopyLocal { .. }
            | Insn::FillName { .. }
            | Insn::MarkName { .. }
            | Insn::SetLocal { .. }
            | Insn::LoadStack(_)
            | Insn::NewRef(_)
            | Insn::Adopt(_)
            | Insn::Concrete(_)
            | Insn::Decref(..)
            | Insn::Forget(_)
            | Insn::XDecref(..)
            | Insn::DecrefShared(..)
            | Insn::GuardNotNull(..)
            | Insn::GuardType(..)
            | Insn::GuardIs(..)
            | Insn::GuardNative { .. }
            | Insn::ReceiverOf(_)
            | Insn::GuardShared(..)
            | Insn::GuardCode { .. }
            | Insn::GuardGlobals(..)
            | Insn::GuardDefaults { .. }
            | Insn::Default { .. }
            | Insn::GuardBool(..)
            | Insn::GuardStatus(..)
            | Insn::NotNull(_)
            | Insn::Box(_)
            | Insn::IntBinary { .. }
            | Insn::IntNeg(..)
            | Insn::IntInvert(_)
            | Insn::FloatBinary { .. }
            | Insn::FloatAbs(_)
            | Insn::FloatCall { .. }
            | Insn::FloatToInt(..)
            | Insn::FloatNeg(_)
            | Insn::IntToFloat(_)
            | Insn::IntCompare(..)
            | Insn::FloatCompare(..)
            | Insn::IntTruth(_)
            | Insn::FloatTruth(_)
            | Insn::SameObject(..)
            | Insn::HasType(..)
            | Insn::IsNull(_)
            | Insn::Not(_)
            | Insn::StatusTruth(_)
            | Insn::StatusFailed(_)
            | Insn::NewRange { .. }
            | Insn::CellContent(_)
            | Insn::EnumerateIndex
            | Insn::GuardArray(..)
            | Insn::CharacterOf(..)
            | Insn::FindAttribute { .. }
            | Insn::SwapAttribute { .. }
            | Insn::FindGlobal(_)
            | Insn::TypeOf(_)
            | Insn::ClassOf(_)
            | Insn::Call { .. }
            | Insn::CallStack { .. }
            | Insn::CallMethod { .. }
            | Insn::CallFunction { .. }
            | Insn::PeriodicDue
            | Insn::CountBytecode
            | Insn::CountRun(_)
            | Insn::CheckUnshared(_)
            | Insn::CheckTracing(_)
            | Insn::CheckCalls { .. }
            | Insn::CheckValid(_)
            | Insn::StressExit { .. }
            | Insn::StressInvalidate { .. }
            | Insn::Jump(_)
            | Insn::Branch { .. }
            | Insn::Return(..)
            | Insn::Exit(_) => Ok(()),
        }
    }

    /// The immediates are ones that the instruction is defined for.
    fn immediates(&self, insn: &Insn) -> Result<(), String> {
        match insn {
            Insn::Param => Err("a parameter is not an instruction".to_string()),
            Insn::FillName { slot, .. } | Insn::MarkName { slot, .. } => self.tracked(*slot),
            Insn::SetLocal { slot, .. } => {
                ensure((*slot as usize) < self.function.slots(), || format!("there is no local {slot}"))
            }
            Insn::GuardType(_, kind, _) => {
                ensure(kind.has_guard(), || format!("{kind:?} is nothing that a guard can tell"))
            }
            Insn::IntBinary { op, .. } => ensure(is_int_op(*op), || format!("{op:?} is not defined on ints")),
            Insn::FloatBinary { op, .. } => {
                ensure(is_float_op(*op), || format!("{op:?} is not defined on floats"))
            }
            Insn::ArrayStore { element, value, .. } => self.has(*value, element.repr()),
            Insn::IntCompare(op, ..) | Insn::FloatCompare(op, ..) => {
                ensure(is_ordering(*op), || format!("{op:?} does not compare numbers"))
            }
            Insn::IterHasNext(_, kind) => {
                one_of(*kind, &[Type::LIST_ITER, Type::TUPLE_ITER, Type::RANGE_ITER])
            }
            Insn::IterTake(_, kind) => one_of(*kind, &[Type::LIST_ITER, Type::TUPLE_ITER]),
            Insn::SequenceItem { kind, .. } | Insn::SequenceAt { kind, .. } => {
                one_of(*kind, &[Type::LIST, Type::TUPLE, Type::SEQUENCE])
            }
            Insn::Length { kind, .. } => {
                let kinds = [Type::LIST, Type::TUPLE, Type::STR, Type::UNICODE, Type::DICT, Type::SET];
                one_of(*kind, &kinds)
            }
            Insn::StringItem { kind, .. } => one_of(*kind, &[Type::STR, Type::UNICODE]),
            Insn::FindAttribute { site, .. } | Insn::SwapAttribute { site, .. } => {
                let exists = (*site as usize) < self.function.attributes.len();
                ensure(exists, || format!("there is no site {site}"))
            }
            Insn::FindGlobal(site) => {
                let exists = (*site as usize) < self.function.globals.len();
                ensure(exists, || format!("there is no global {site}"))
            }
            Insn::Call { helper, args, immediates, .. } => {
                let expected = Convention::Borrowing { args: args.len(), immediates: immediates.len() };
                let actual = helper.convention();
                ensure(actual == expected, || format!("the helper is called as {actual:?}"))
            }
            Insn::CallStack { helper, base, operands, .. } => {
                self.fits(*base, operands.len())?;
                let actual = helper.convention();
                ensure(actual == Convention::Stack, || format!("the helper is called as {actual:?}"))
            }
            Insn::CallFunction { callee, base, args, .. } => {
                self.fits(*base, args.len())?;
                let callee = self.function.direct.get(*callee as usize);
                let is_fit = callee.is_some_and(|callee| args.len() <= callee.parameters as usize);
                ensure(is_fit, || "that is not what is called".to_string())
            }
            Insn::CallMethod { base, operands, .. } => {
                self.fits(*base, operands.len())?;
                ensure(!operands.is_empty(), || "there is no receiver".to_string())
            }
            _ => Ok(()),
        }
    }

    /// So many operands from this one on are within the frame.
    fn fits(&self, base: u32, operands: usize) -> Result<(), String> {
        let is_fit = self.function.stack_size.is_none_or(|size| base as usize + operands <= size as usize);
        ensure(is_fit, || "the operands are more than the frame has room for".to_string())
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

    /// The operand is an object of one of the kinds.
    fn of_kind(&self, operand: ValueId, kinds: Type) -> Result<(), String> {
        self.has(operand, Repr::Obj)?;
        let ty = self.function.value(operand).ty;
        ensure(ty.is_subset(kinds), || format!("{operand:?} may be {ty:?}, not only {kinds:?}"))
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
        Add | Sub | Mul | TrueDiv | ClassicDiv | Mod | FloorDiv | Pow => true,
        LShift | RShift | And | Or | Xor | MatMul => false,
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
        let ids: Vec<ValueId> = operands.iter().map(|(repr, ty)| function.new_param(*repr, *ty)).collect();
        let value = function.add_value(insn(&ids), Type::ANY);
        function.values[value.index()].repr = result;
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
            (|v| Insn::GuardType(v, Type::REAL, EXIT), OBJ, Repr::Obj),
            (|v| Insn::GuardType(v, Type::SEQUENCE, EXIT), OBJ, Repr::Obj),
            (|v| Insn::GuardIs(v, 16, EXIT), obj(Type::ANY), Repr::Obj),
            (|v| Insn::GuardBool(v, true, EXIT), BOOL, Repr::None),
            (|v| Insn::GuardStatus(v, EXIT), STATUS, Repr::None),
            (Insn::UnboxInt, obj(Type::INT.union(Type::BOOL)), Repr::Int),
            (Insn::UnboxFloat, obj(Type::FLOAT), Repr::Float),
            (|v| Insn::UnboxReal(v, EXIT), obj(Type::REAL), Repr::Float),
            (Insn::UnboxBool, obj(Type::BOOL), Repr::Bool),
            (|v| Insn::HasType(v, Type::FLOAT), OBJ, Repr::Bool),
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
        assert_eq!(of(Type::OBJECT, guard), "object is nothing that a guard can tell");
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
        assert_eq!(item(obj(Type::TUPLE), INT, Type::SEQUENCE), "");
        assert_eq!(item(obj(Type::SEQUENCE), INT, Type::LIST), "v0 may be list|tuple, not only list");
        assert_eq!(item(obj(Type::TUPLE), INT, Type::DICT), "dict is none of [list, tuple, list|tuple]");
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
