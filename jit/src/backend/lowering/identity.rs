//! Leaves where CPython's result of an int operation is not a new object of its number, and somebody sees
//! that.

use super::Result;
use super::lower::Lowering;
use crate::bytecode::BinaryOp;
use crate::hir::{ExitReason, Seen, SideExit, ValueId};
use crate::host::IntLayout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// The ints that there is one object of each.
const SMALLEST: i64 = -5;
const LARGEST: i64 = 256;

/// Magnitude of an int that takes more than one digit of 3.x.
const DIGIT: i64 = 1 << 30;

fn is_small(value: i64) -> bool {
    (SMALLEST..=LARGEST).contains(&value)
}

fn is_long(value: i64) -> bool {
    value.unsigned_abs() >= DIGIT as u64
}

impl Lowering<'_> {
    /// Leaves by `exit`, for `RareOperand`, unless the result of an operation is what boxing its number
    /// makes.
    pub fn leave_unless_new(
        &mut self,
        op: BinaryOp,
        (lhs, rhs): (ValueId, ValueId),
        result: ir::Value,
        seen: Seen,
        exit: SideExit,
    ) -> Result<()> {
        let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
        match (self.host.layout.int, op, seen) {
            (_, _, Seen::Number) => Ok(()),
            (IntLayout::Digits { .. }, BinaryOp::Add | BinaryOp::Sub, Seen::Object | Seen::BesideOperand) => {
                self.leave_for_small_sum(lhs, rhs, result, exit)
            }
            (IntLayout::Digits { .. }, BinaryOp::Mod, _) => {
                self.leave_for_remainder(lhs, rhs, result, seen, exit)
            }
            (IntLayout::Long { .. }, BinaryOp::LShift | BinaryOp::RShift, Seen::BesideOperand) => {
                self.leave_for_shift_by_nothing(lhs, rhs, exit)
            }
            _ => Ok(()),
        }
    }

    /// `int_lshift` and `int_rshift` hand back what they shift by nothing. Of a small int there is only one.
    fn leave_for_shift_by_nothing(&mut self, lhs: ValueId, rhs: ValueId, exit: SideExit) -> Result<()> {
        if self.constant_int(rhs).is_some() || self.constant_int(lhs).is_some_and(is_small) {
            return Ok(());
        }
        let (x, count) = (self.value(lhs)?, self.value(rhs)?);
        let (nothing, next) = (self.cold_block(), self.builder.create_block());
        self.builder.ins().brif(count, next, &[], nothing, &[]);

        self.builder.switch_to_block(nothing);
        let small = self.small(x);
        self.finish_rare(small, next, exit)
    }

    /// `x_add` and `x_sub`, for operands of several digits, make small ints anew, all but 0.
    fn leave_for_small_sum(
        &mut self,
        lhs: ValueId,
        rhs: ValueId,
        result: ir::Value,
        exit: SideExit,
    ) -> Result<()> {
        let (left, right) = (self.constant_int(lhs), self.constant_int(rhs));
        // With a constant of one digit, another such number is needed for a small sum, or nearly so.
        let is_far = |constant: Option<i64>| {
            constant.is_some_and(|c| !is_long(c.saturating_abs().saturating_add(LARGEST)))
        };
        if is_far(left) || is_far(right) {
            return Ok(());
        }
        let (x, y) = (self.value(lhs)?, self.value(rhs)?);
        let (rare, next) = (self.cold_block(), self.builder.create_block());
        let small = self.small(result);
        self.builder.ins().brif(small, rare, &[], next, &[]);

        self.builder.switch_to_block(rare);
        let long = match left.or(right) {
            Some(_) => self.builder.ins().iconst(types::I8, 1),
            None => {
                let (x, y) = (self.long(x), self.long(y));
                self.builder.ins().bor(x, y)
            }
        };
        let not_zero = self.builder.ins().icmp_imm_s(IntCC::NotEqual, result, 0);
        let is_anew = self.builder.ins().band(long, not_zero);
        let is_one = self.builder.ins().icmp_imm_s(IntCC::Equal, is_anew, 0);
        self.finish_rare(is_one, next, exit)
    }

    /// `long_divrem` hands back what is smaller than the divisor; `x_divrem`, for divisors of several digits,
    /// makes small ints anew, even 0.
    fn leave_for_remainder(
        &mut self,
        lhs: ValueId,
        rhs: ValueId,
        result: ir::Value,
        seen: Seen,
        exit: SideExit,
    ) -> Result<()> {
        let divisor = self.constant_int(rhs);
        let may_be_anew = divisor.is_none_or(is_long);
        // What is smaller than a small divisor is small.
        let may_be_operand = seen == Seen::BesideOperand
            && divisor.is_none_or(|d| !(SMALLEST - 1..=LARGEST + 1).contains(&d))
            && !self.constant_int(lhs).is_some_and(is_small);
        if !may_be_anew && !may_be_operand {
            return Ok(());
        }
        let (x, y) = (self.value(lhs)?, self.value(rhs)?);
        let next = self.builder.create_block();
        let same = self.builder.ins().icmp(IntCC::Equal, result, x);
        let small = self.small(result);
        if may_be_operand {
            let (unchanged, changed) = (self.cold_block(), self.builder.create_block());
            self.builder.ins().brif(same, unchanged, &[], changed, &[]);

            self.builder.switch_to_block(unchanged);
            self.finish_rare_into(small, next, exit)?;
            self.builder.switch_to_block(changed);
        }
        if may_be_anew {
            let rare = self.cold_block();
            self.builder.ins().brif(small, rare, &[], next, &[]);

            self.builder.switch_to_block(rare);
            let long = self.long(y);
            let different = self.builder.ins().icmp_imm_s(IntCC::Equal, same, 0);
            let is_anew = self.builder.ins().band(long, different);
            let is_one = self.builder.ins().icmp_imm_s(IntCC::Equal, is_anew, 0);
            self.finish_rare_into(is_one, next, exit)?;
        } else {
            self.builder.ins().jump(next, &[]);
        }
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// Goes on at `next` when `fine` is not 0, else leaves.
    fn finish_rare_into(&mut self, fine: ir::Value, next: ir::Block, exit: SideExit) -> Result<()> {
        let stub = self.exit_stub(exit)?;
        self.builder.ins().brif(fine, next, &[], stub, &[]);
        Ok(())
    }

    fn finish_rare(&mut self, fine: ir::Value, next: ir::Block, exit: SideExit) -> Result<()> {
        self.finish_rare_into(fine, next, exit)?;
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// Whether there is only one object of a number.
    fn small(&mut self, x: ir::Value) -> ir::Value {
        let from_smallest = self.builder.ins().iadd_imm_s(x, -SMALLEST);
        self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, from_smallest, LARGEST - SMALLEST)
    }

    /// Whether a number takes more than one digit.
    fn long(&mut self, x: ir::Value) -> ir::Value {
        let from_smallest = self.builder.ins().iadd_imm_s(x, DIGIT - 1);
        self.builder.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, from_smallest, 2 * (DIGIT - 1))
    }
}
