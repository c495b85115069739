//! Which computed ints the program can tell from other objects of their number.
//!
//! CPython makes a new object for most results. But it hands the left operand back from a shift by nothing
//! (2.7) or from a division whose remainder it is (3.x), and where large numbers have a small result it makes
//! one of which there is one already (3.x). Where anybody can see the difference, what is handed back takes a
//! way of its own, up to the next place where ways meet, and the backend leaves in the other cases.

use super::*;
use crate::bytecode::{BinaryOp, CompareOp, Op};

/// Operations of one function whose left operand gets a way of its own: each takes another copy of the code
/// that follows.
const MAX_WAYS: usize = 8;

/// The ints that there is one object of each.
const SMALL: std::ops::RangeInclusive<i64> = -5..=256;

/// Ints of 3.x below this magnitude have one digit: a remainder that equals one is that.
const DIGIT: i64 = 1 << 30;

impl Builder<'_> {
    /// Whether an operation of ints always has its left operand as its result: a shift by a constant 0.
    pub(super) fn hands_back(&self, op: BinaryOp) -> bool {
        matches!(op, BinaryOp::LShift | BinaryOp::RShift)
            && !self.host.version.is_3()
            && self.constant(self.operand(0)) == Some(ConstKind::Int(0))
    }

    /// An operation for which [`Builder::hands_back`] holds.
    pub(super) fn hand_back(&mut self, pc: u32) -> Step {
        let left = self.operand(1);
        if self.boxed(left).is_none() {
            let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
            self.guard_type(left, Type::INT, exit);
        }
        let count = self.pop(pc)?;
        self.release(count, pc);
        Ok(Flow::Next)
    }

    /// Whether an operation of ints may hand its left operand back, and a way of its own for that pays.
    pub(super) fn may_hand_back(&mut self, op: BinaryOp, lhs: ValueId, rhs: ValueId) -> bool {
        let constant = |value| match *self.function.insn(value) {
            Insn::Int(value) => Some(value),
            _ => None,
        };
        let may = match op {
            BinaryOp::LShift | BinaryOp::RShift => !self.host.version.is_3() && constant(rhs).is_none(),
            // What is smaller than a small divisor is small.
            BinaryOp::Mod => {
                let is_small = |d: i64| SMALL.contains(&(d - d.signum()));
                self.host.version.is_3() && !constant(rhs).is_some_and(is_small)
            }
            _ => false,
        };
        let is_binding = self.stack.iter().any(|entry| entry.receiver.is_some());
        let pays = self.ways < MAX_WAYS && !self.is_crowded() && !is_binding;
        may && pays && !constant(lhs).is_some_and(|value| SMALL.contains(&value))
    }

    /// Goes on at `next` with the left operand itself where it is the result of an operation; elsewhere, goes
    /// on here. For the operation itself `exit` is taken.
    pub(super) fn hand_back_when_same(
        &mut self,
        op: BinaryOp,
        (lhs, rhs): (ValueId, ValueId),
        result: ValueId,
        exit: SideExit,
        (pc, next): (u32, u32),
    ) -> Result<(), CompileError> {
        self.ways += 1;
        let same = match op {
            BinaryOp::Mod => Insn::IntCompare(CompareOp::Eq, result, lhs),
            _ => {
                let nothing = self.emit(Insn::Int(0), Type::INT);
                Insn::IntCompare(CompareOp::Eq, rhs, nothing)
            }
        };
        let same = self.emit(same, Type::BOOL);
        let (back, go_on) = self.branch(same);
        self.function.blocks[back.index()].cold = true;
        let saved = (self.locals.clone(), self.stack.clone());
        self.current = back;
        if op == BinaryOp::Mod {
            let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
            for (op, bound) in [(CompareOp::Lt, DIGIT), (CompareOp::Gt, -DIGIT)] {
                let bound = self.emit(Insn::Int(bound), Type::INT);
                let fits = self.emit(Insn::IntCompare(op, lhs, bound), Type::BOOL);
                self.emit_effect(Insn::GuardBool(fits, true, exit));
            }
        }
        let right = self.pop(pc)?;
        self.release(right, pc);
        if let Some(left) = self.stack.last_mut() {
            left.mark = Some(Mark::HandedBack);
        }
        let edge = self.edge_to(next)?;
        self.emit_terminator(Insn::Jump(edge));
        (self.locals, self.stack) = saved;
        self.current = go_on;
        Ok(())
    }

    /// What can be told of the result of the operation on the two topmost ints, before the instruction at
    /// `next`.
    pub(super) fn seen(&self, next: u32) -> Seen {
        if self.is_computed_with(next) {
            Seen::Number
        } else if self.is_new(self.stack[self.stack.len() - 2]) {
            Seen::Object
        } else {
            Seen::BesideOperand
        }
    }

    /// Whether nobody else has the object of an operand: a number that was just computed.
    fn is_new(&self, entry: StackEntry) -> bool {
        let is_held = |local: &ValueId| self.function.same_object(*local) == entry.value;
        entry.owned
            && matches!(self.function.insn(entry.value), Insn::Box(_))
            && !self.locals.iter().any(is_held)
    }

    /// Whether a result of the two topmost operands is at once an operand of arithmetic with another number,
    /// and gone. Nothing in between can look at it, and nothing comes of it that is the same object.
    fn is_computed_with(&self, next: u32) -> bool {
        let straight = |pc: u32| {
            let is_target = self.bytecode.is_jump_target(pc) || self.bytecode.is_handler(pc);
            self.bytecode.at(pc).filter(|_| !is_target)
        };
        let Some(instruction) = straight(next) else { return false };
        let is_number = match instruction.op {
            Op::Binary { .. } | Op::Compare(_) => {
                let below = self.stack.len().checked_sub(3).map(|index| self.stack[index].value);
                return makes_number(&instruction.op) && below.is_some_and(|value| self.is_number(value));
            }
            Op::LoadConst(index) => {
                let constant = self.code.consts.get(index as usize).map(|constant| constant.kind);
                matches!(constant, Some(ConstKind::Int(_) | ConstKind::Float(_)))
            }
            Op::LoadFast(slot) => self.locals.get(slot as usize).is_some_and(|value| self.is_number(*value)),
            _ => false,
        };
        // Now it is the left operand, which may be handed back in turn.
        is_number
            && straight(instruction.next).is_some_and(|consumer| {
                makes_number(&consumer.op)
                    && !matches!(
                        consumer.op,
                        Op::Binary { op: BinaryOp::LShift | BinaryOp::RShift | BinaryOp::Mod, .. }
                    )
            })
    }

    /// Whether a value is known to be an int or a float.
    fn is_number(&self, value: ValueId) -> bool {
        let ty = self.type_of(value);
        matches!(self.boxed(value), Some((_, Repr::Int | Repr::Float)))
            || (!ty.is_empty() && ty.is_subset(Type::INT.union(Type::FLOAT)))
    }
}

/// Whether an operation makes a number, or a truth value, of two numbers without running other code.
fn makes_number(op: &Op) -> bool {
    match op {
        Op::Binary { .. } => true,
        Op::Compare(op) => (*op as u8) <= CompareOp::Ge as u8,
        _ => false,
    }
}
