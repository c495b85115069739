//! Arithmetic and comparisons: unboxed where the operands are expected to allow it.

use super::*;
use crate::bytecode::{BinaryOp, CompareOp, ConstKind, Op, UnaryOp};
use crate::hir::Helper;

/// Doubles hold every int up to this magnitude.
const EXACT_IN_DOUBLE: i64 = 1 << 53;

impl Builder<'_> {
    pub(super) fn binary(&mut self, op: BinaryOp, inplace: bool, pc: u32, next: u32) -> Step {
        self.peek(pc, 1)?;
        let may_leave = !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor);
        let is_rare = may_leave && self.feedback.is_rare(pc);
        let kinds = match is_rare {
            true => (None, None),
            false => (self.expected_kind(pc, 1), self.expected_kind(pc, 0)),
        };
        let numbers = match is_rare {
            true => None,
            false => self.expected_number(pc, 1).zip(self.expected_number(pc, 0)),
        };
        if kinds == (Some(Type::INT), Some(Type::INT)) {
            if self.hands_back(op) {
                return self.hand_back(pc);
            }
            if let Some(result) = self.int_binary(op, pc, next)? {
                return self.finish_unboxed(pc, result, 2);
            }
        } else if let Some(numbers) = numbers
            && let Some(result) = self.real_binary(op, numbers, pc, next)?
        {
            self.release_numbers(pc, 2)?;
            self.push_owned(result);
            return Ok(Flow::Next);
        }
        if op == BinaryOp::Add && kinds.0.is_none_or(|k| k == Type::STR) {
            let store = self.bytecode.at(next).map(|i| i.op);
            match store {
                Some(Op::StoreFast(slot)) if self.stack[self.stack.len() - 2].slot == Some(slot) => {
                    return self.add_in_place(inplace, Some(slot), (pc, next), next);
                }
                Some(Op::StoreName(_) | Op::StoreDeref(_)) => {
                    return self.add_in_place(inplace, None, (pc, next), next);
                }
                // It grows if nobody else has it. The addition itself is an instruction that binds nothing.
                _ if kinds.0 == Some(Type::STR) && self.stack[self.stack.len() - 2].owned => {
                    return self.add_in_place(inplace, None, (pc, next), pc);
                }
                _ => {}
            }
        }
        let helper = if inplace { Helper::Inplace(op) } else { Helper::Binary(op) };
        if is_quiet_of_longs(op) && (0..2).all(|depth| self.is_integer(depth, pc)) {
            return self.integral(helper, pc, next);
        }
        if let Some(flow) = self.operation_of_instance((Helper::CallSpecial, helper), pc, next)? {
            return Ok(flow);
        }
        self.call_borrowing(helper, 2, &[], pc, next)
    }

    /// Whether an operand is an int or a long, as far as was seen.
    fn is_integer(&self, depth: usize, pc: u32) -> bool {
        let integer = Type::INT.union(Type::LONG);
        let known = self.type_of(self.operand(depth));
        let seen = match self.speculate_at(pc) {
            true => self.feedback.kinds(pc, depth),
            false => Type::EMPTY,
        };
        known.is_subset(integer) || (seen != Type::EMPTY && seen.is_subset(integer))
    }

    /// An operation on ints or longs that is not done on numbers in registers.
    fn integral(&mut self, helper: Helper, pc: u32, next: u32) -> Step {
        let args = vec![self.operand(1), self.operand(0)];
        let immediates = vec![(self.host.helper)(helper) as i64];
        self.find_or(
            Insn::Call { helper: Helper::Integral, args, immediates, pc },
            (pc, false),
            |builder| {
                builder.call_borrowing(helper, 2, &[], pc, next)?;
                builder.pop(pc).map(Some)
            },
            |builder, result| builder.release_below(result, 2, pc, next).map(Some),
        )
    }

    /// An addition that may grow a str in place: of a temporary one, or `variable = variable + …`, which the
    /// instruction at an offset binds, to a slot if it is one.
    fn add_in_place(
        &mut self,
        inplace: bool,
        slot: Option<u32>,
        (pc, next): (u32, u32),
        bound_at: u32,
    ) -> Step {
        let helper = if inplace { Helper::InplaceAddThenStore } else { Helper::AddThenStore };
        self.own_at(0);
        self.own_at(1);
        if let Some(slot) = slot {
            self.own_borrowed_from(slot);
        }
        let result = self.emit_call_stack(helper, 2, i64::from(bound_at), pc)?;
        if let Some(slot) = slot {
            // The helper may have emptied the slot.
            self.locals[slot as usize] = self.emit(Insn::LoadLocal(slot), Type::ANY);
        }
        self.finish_call(helper, result, pc, next)
    }

    fn int_binary(&mut self, op: BinaryOp, pc: u32, next: u32) -> Result<Option<ValueId>, CompileError> {
        use BinaryOp::*;
        let op = match op {
            Add | Sub | Mul | FloorDiv | Mod | LShift | RShift | And | Or | Xor => op,
            ClassicDiv if self.host.classic_division => FloorDiv,
            TrueDiv => return Ok(Some(self.int_true_divide(pc))),
            Pow if self.constant(self.operand(0)) == Some(ConstKind::Int(2)) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let base = self.int_at(1, exit);
                let exit = SideExit { reason: ExitReason::Overflow, ..exit };
                let square = Insn::IntBinary { op: Mul, lhs: base, rhs: base, seen: Seen::Number, exit };
                return Ok(Some(self.emit(square, Type::INT)));
            }
            ClassicDiv | Pow | MatMul => return Ok(None),
        };
        let seen = self.seen(next);
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let lhs = self.int_at(1, exit);
        let rhs = self.int_at(0, exit);
        let reason = match op {
            FloorDiv | Mod | LShift | RShift => ExitReason::RareOperand,
            _ => ExitReason::Overflow,
        };
        let exit = SideExit { reason, ..exit };
        let hands_back = seen == Seen::BesideOperand && self.may_hand_back(op, lhs, rhs);
        let seen = if hands_back { Seen::Object } else { seen };
        let result = self.emit(Insn::IntBinary { op, lhs, rhs, seen, exit }, Type::INT);
        if hands_back {
            self.hand_back_when_same(op, (lhs, rhs), result, exit, (pc, next))?;
        }
        Ok(Some(result))
    }

    /// `/` of two ints: exact in doubles as long as both operands are.
    fn int_true_divide(&mut self, pc: u32) -> ValueId {
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let rare = SideExit { reason: ExitReason::RareOperand, ..exit };
        let lhs = self.int_at(1, exit);
        let rhs = self.int_at(0, exit);
        let (lhs, rhs) = (self.exact_float(lhs, rare), self.exact_float(rhs, rare));
        let divide = Insn::FloatBinary { op: BinaryOp::TrueDiv, lhs, rhs, exit: rare };
        self.emit(divide, Type::FLOAT)
    }

    /// An Int as Float, leaving when that would round.
    fn exact_float(&mut self, value: ValueId, exit: SideExit) -> ValueId {
        if let Insn::Int(n) = *self.function.insn(value)
            && n.abs() <= EXACT_IN_DOUBLE
        {
            return self.emit(Insn::Float((n as f64).to_bits()), Type::FLOAT);
        }
        for (op, bound) in [(CompareOp::Le, EXACT_IN_DOUBLE), (CompareOp::Ge, -EXACT_IN_DOUBLE)] {
            let bound = self.emit(Insn::Int(bound), Type::INT);
            let fits = self.emit(Insn::IntCompare(op, value, bound), Type::BOOL);
            self.emit_effect(Insn::GuardBool(fits, true, exit));
        }
        self.emit(Insn::IntToFloat(value), Type::FLOAT)
    }

    /// Arithmetic of numbers of these kinds, of which at least one may be a float; its boxed result, owned.
    fn real_binary(
        &mut self,
        op: BinaryOp,
        (left, right): (Type, Type),
        pc: u32,
        next: u32,
    ) -> Result<Option<ValueId>, CompileError> {
        use BinaryOp::*;
        let op = match op {
            Add | Sub | Mul | TrueDiv | Mod | FloorDiv | Pow => op,
            ClassicDiv if self.host.classic_division => TrueDiv,
            ClassicDiv | LShift | RShift | And | Or | Xor | MatMul => return Ok(None),
        };
        if left == Type::FLOAT || right == Type::FLOAT {
            let result = self.float_binary(op, (left, right), pc);
            return Ok(Some(self.emit_box(result)));
        }
        if !matches!(op, Add | Sub | Mul) || self.is_releasing() {
            return Ok(None);
        }
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let lhs = self.guard_type(self.operand(1), left, exit);
        let rhs = self.guard_type(self.operand(0), right, exit);
        let join = self.function.add_block();
        let before = (self.locals.clone(), self.stack.clone());
        let floats = self.function.add_block();
        for (operand, kind) in [(lhs, left), (rhs, right)] {
            if kind == Type::REAL {
                let condition = self.emit(Insn::HasType(operand, Type::FLOAT), Type::BOOL);
                let otherwise = self.function.add_block();
                let to = |target| Edge { target, args: Vec::new() };
                self.emit_terminator(Insn::Branch { condition, then: to(floats), otherwise: to(otherwise) });
                self.current = otherwise;
            }
        }
        let result = self.int_binary(op, pc, next)?;
        let boxed = result.map(|result| self.emit_box(result));
        self.emit_terminator(Insn::Jump(Edge { target: join, args: boxed.into_iter().collect() }));

        (self.locals, self.stack) = before;
        self.current = floats;
        let result = self.float_binary(op, (left, right), pc);
        let boxed = self.emit_box(result);
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![boxed] }));
        self.current = join;
        Ok(Some(self.function.add_param(join, Repr::Obj, Type::REAL)))
    }

    fn float_binary(&mut self, op: BinaryOp, (left, right): (Type, Type), pc: u32) -> ValueId {
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let lhs = self.number_as_float(1, left, exit);
        let rhs = self.number_as_float(0, right, exit);
        let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
        self.emit(Insn::FloatBinary { op, lhs, rhs, exit }, Type::FLOAT)
    }

    /// The operand `depth` below the top as Float, converted as mixed arithmetic does.
    pub(super) fn number_as_float(&mut self, depth: usize, kind: Type, exit: SideExit) -> ValueId {
        match kind {
            Type::INT => {
                let int = self.int_at(depth, exit);
                self.emit(Insn::IntToFloat(int), Type::FLOAT)
            }
            Type::REAL => self.as_real(self.operand(depth), exit),
            _ => self.as_float(self.operand(depth), exit),
        }
    }

    /// Pops and releases the operands of an unboxed operation and pushes its boxed result.
    pub(super) fn finish_unboxed(&mut self, pc: u32, result: ValueId, operands: usize) -> Step {
        self.release_numbers(pc, operands)?;
        let boxed = self.emit_box(result);
        self.push_owned(boxed);
        Ok(Flow::Next)
    }

    /// Pops and releases the operands of an operation that runs no code.
    fn release_numbers(&mut self, pc: u32, operands: usize) -> Result<(), CompileError> {
        let mut popped = Vec::with_capacity(operands);
        for _ in 0..operands {
            popped.push(self.pop(pc)?);
        }
        for entry in popped.into_iter().rev() {
            self.release(entry, pc);
        }
        Ok(())
    }

    pub(super) fn unary(&mut self, op: UnaryOp, pc: u32, next: u32) -> Step {
        let value = self.peek(pc, 0)?.value;
        let kind = self.expected_kind(pc, 0);
        match (op, kind) {
            (UnaryOp::Negative, Some(Type::INT)) if !self.feedback.is_rare(pc) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let int = self.as_int(value, exit);
                let exit = SideExit { reason: ExitReason::Overflow, ..exit };
                let result = self.emit(Insn::IntNeg(int, exit), Type::INT);
                self.finish_unboxed(pc, result, 1)
            }
            (UnaryOp::Negative, Some(Type::FLOAT)) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let float = self.as_float(value, exit);
                let result = self.emit(Insn::FloatNeg(float), Type::FLOAT);
                self.finish_unboxed(pc, result, 1)
            }
            (UnaryOp::Invert, Some(Type::INT)) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let int = self.as_int(value, exit);
                let result = self.emit(Insn::IntInvert(int), Type::INT);
                self.finish_unboxed(pc, result, 1)
            }
            (UnaryOp::Not, _) => {
                let truth = self.truth(pc)?;
                let entry = self.pop(pc)?;
                self.release(entry, pc);
                let truth = self.checked_truth(truth, pc)?;
                let result = self.emit(Insn::Not(truth), Type::BOOL);
                let boxed = self.emit_box(result);
                self.push_owned(boxed);
                Ok(Flow::Next)
            }
            (UnaryOp::Positive | UnaryOp::Negative | UnaryOp::Invert | UnaryOp::Repr, _) => {
                self.call_borrowing(Helper::Unary(op), 1, &[], pc, next)
            }
        }
    }

    pub(super) fn compare(&mut self, op: CompareOp, pc: u32, next: u32) -> Step {
        self.peek(pc, 1)?;
        let kinds = (self.expected_kind(pc, 1), self.expected_kind(pc, 0));
        let ordering = (op as u8) <= CompareOp::Ge as u8;
        let numbers = self.expected_number(pc, 1).zip(self.expected_number(pc, 0));
        let result = match (op, kinds) {
            (CompareOp::Is | CompareOp::IsNot, _) => {
                let same = Insn::SameObject(self.operand(1), self.operand(0));
                let same = self.emit(same, Type::BOOL);
                match op {
                    CompareOp::IsNot => self.emit(Insn::Not(same), Type::BOOL),
                    _ => same,
                }
            }
            (_, (Some(Type::INT), Some(Type::INT))) if ordering => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let lhs = self.int_at(1, exit);
                let rhs = self.int_at(0, exit);
                self.emit(Insn::IntCompare(op, lhs, rhs), Type::BOOL)
            }
            _ if ordering
                && !self.feedback.is_rare(pc)
                && let Some((a, b)) = numbers =>
            {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let lhs = self.compared_float(1, a, exit);
                let rhs = self.compared_float(0, b, exit);
                self.emit(Insn::FloatCompare(op, lhs, rhs), Type::BOOL)
            }
            (CompareOp::Eq | CompareOp::Ne, (Some(Type::STR), Some(Type::STR)))
                if self.host.strings.is_some() =>
            {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let lhs = self.guard_type(self.operand(1), Type::STR, exit);
                let rhs = self.guard_type(self.operand(0), Type::STR, exit);
                let equal = self.emit(Insn::StringEqual(lhs, rhs), Type::BOOL);
                match op {
                    CompareOp::Ne => self.emit(Insn::Not(equal), Type::BOOL),
                    _ => equal,
                }
            }
            (CompareOp::In | CompareOp::NotIn, kinds) if self.is_quick_to_search(kinds) => {
                return self.contains(op, pc, next);
            }
            _ => {
                let helpers = (Helper::CallSpecialWithin, Helper::Compare(op));
                if ordering && let Some(flow) = self.operation_of_instance(helpers, pc, next)? {
                    return Ok(flow);
                }
                return self.call_borrowing(Helper::Compare(op), 2, &[], pc, next);
            }
        };
        self.finish_unboxed(pc, result, 2)
    }

    /// An operand of a float comparison. Python compares an int with a float exactly, so an int
    /// must be exact as a double.
    fn compared_float(&mut self, depth: usize, kind: Type, exit: SideExit) -> ValueId {
        match kind {
            Type::INT => {
                let int = self.int_at(depth, exit);
                self.exact_float(int, SideExit { reason: ExitReason::RareOperand, ..exit })
            }
            Type::REAL => self.as_real(self.operand(depth), exit),
            _ => self.as_float(self.operand(depth), exit),
        }
    }
}

/// Whether an operation on longs looks for no signals, and never hands back an operand.
fn is_quiet_of_longs(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor)
}
