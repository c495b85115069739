//! Arithmetic and comparisons of unboxed ints and floats, with Python's semantics.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::backend::float_ops;
use crate::bytecode::{BinaryOp, CompareOp};
use crate::hir::{SideExit, ValueId};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, types};

/// Which half of a floor division is wanted.
#[derive(Clone, Copy, PartialEq)]
enum Division {
    Quotient,
    Remainder,
}

impl Lowering<'_> {
    /// `Insn::IntBinary`.
    pub fn int_binary(
        &mut self,
        op: BinaryOp,
        lhs: ValueId,
        rhs: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let (constant_lhs, constant_rhs) = (self.constant_int(lhs), self.constant_int(rhs));
        let (x, y) = (self.value(lhs)?, self.value(rhs)?);
        match op {
            BinaryOp::Add => match (constant_lhs, constant_rhs) {
                (_, Some(constant)) => self.add_constant(x, constant, exit),
                (Some(constant), None) => self.add_constant(y, constant, exit),
                (None, None) => {
                    let (sum, overflow) = self.builder.ins().sadd_overflow(x, y);
                    self.exit_if(overflow, exit)?;
                    Ok(sum)
                }
            },
            BinaryOp::Sub => match constant_rhs.and_then(i64::checked_neg) {
                Some(constant) => self.add_constant(x, constant, exit),
                None => {
                    let (difference, overflow) = self.builder.ins().ssub_overflow(x, y);
                    self.exit_if(overflow, exit)?;
                    Ok(difference)
                }
            },
            BinaryOp::Mul => {
                let (product, overflow) = self.builder.ins().smul_overflow(x, y);
                self.exit_if(overflow, exit)?;
                Ok(product)
            }
            BinaryOp::FloorDiv | BinaryOp::ClassicDiv => {
                self.int_divide(Division::Quotient, x, y, constant_rhs, exit)
            }
            BinaryOp::Mod => self.int_divide(Division::Remainder, x, y, constant_rhs, exit),
            BinaryOp::LShift => {
                if !matches!(constant_rhs, Some(0..=62)) {
                    let moderate = self.builder.ins().icmp_imm_s(IntCC::UnsignedLessThan, y, 63);
                    self.exit_if_zero(moderate, exit)?;
                }
                let shifted = self.builder.ins().ishl(x, y);
                let back = self.builder.ins().sshr(shifted, y);
                let same = self.builder.ins().icmp(IntCC::Equal, back, x);
                self.exit_if_zero(same, exit)?;
                Ok(shifted)
            }
            BinaryOp::RShift => {
                if !matches!(constant_rhs, Some(0..)) {
                    let negative = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, y, 0);
                    self.exit_if(negative, exit)?;
                }
                let limit = self.int(63);
                let distance = self.builder.ins().umin(y, limit);
                Ok(self.builder.ins().sshr(x, distance))
            }
            BinaryOp::And => Ok(self.builder.ins().band(x, y)),
            BinaryOp::Or => Ok(self.builder.ins().bor(x, y)),
            BinaryOp::Xor => Ok(self.builder.ins().bxor(x, y)),
            BinaryOp::TrueDiv | BinaryOp::Pow | BinaryOp::MatMul => {
                Err(backend_error(format!("{op:?} of unboxed ints")))
            }
        }
    }

    /// Addition of a constant overflows when the result is on the wrong side of the operand:
    /// one comparison, where reading the overflow flag takes two instructions.
    fn add_constant(&mut self, x: ir::Value, constant: i64, exit: SideExit) -> Result<ir::Value> {
        let sum = self.builder.ins().iadd_imm_s(x, constant);
        if constant != 0 {
            let wrong = if constant > 0 { IntCC::SignedLessThan } else { IntCC::SignedGreaterThan };
            let overflow = self.builder.ins().icmp(wrong, sum, x);
            self.exit_if(overflow, exit)?;
        }
        Ok(sum)
    }

    fn int_divide(
        &mut self,
        wanted: Division,
        x: ir::Value,
        y: ir::Value,
        constant: Option<i64>,
        exit: SideExit,
    ) -> Result<ir::Value> {
        match constant {
            // Shifting and masking round towards minus infinity, as Python does.
            Some(divisor) if divisor > 0 && divisor & (divisor - 1) == 0 => {
                return Ok(match wanted {
                    Division::Quotient => {
                        self.builder.ins().sshr_imm_u(x, i64::from(divisor.trailing_zeros()))
                    }
                    Division::Remainder => self.builder.ins().band_imm_s(x, divisor - 1),
                });
            }
            Some(divisor) if divisor != 0 && divisor != -1 => {}
            _ => self.check_divisor(x, y, exit)?,
        }
        let quotient = self.builder.ins().sdiv(x, y);
        let product = self.builder.ins().imul(quotient, y);
        let remainder = self.builder.ins().isub(x, product);
        // C truncates: one too much when the remainder is not zero and has the other sign.
        let inexact = self.builder.ins().icmp_imm_s(IntCC::NotEqual, remainder, 0);
        let signs = self.builder.ins().bxor(remainder, y);
        let differ = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, signs, 0);
        let adjust = self.builder.ins().band(inexact, differ);
        Ok(match wanted {
            Division::Quotient => {
                let adjust = self.builder.ins().uextend(types::I64, adjust);
                self.builder.ins().isub(quotient, adjust)
            }
            Division::Remainder => {
                let adjusted = self.builder.ins().iadd(remainder, y);
                self.builder.ins().select(adjust, adjusted, remainder)
            }
        })
    }

    /// Leaves for a zero divisor and for the one quotient that overflows.
    fn check_divisor(&mut self, x: ir::Value, y: ir::Value, exit: SideExit) -> Result<()> {
        let stub = self.exit_stub(exit)?;
        let special = self.cold_block();
        let minus_one = self.cold_block();
        let next = self.builder.create_block();
        let shifted = self.builder.ins().iadd_imm_s(y, 1);
        let ordinary = self.builder.ins().icmp_imm_s(IntCC::UnsignedGreaterThan, shifted, 1);
        self.builder.ins().brif(ordinary, next, &[], special, &[]);

        self.builder.switch_to_block(special);
        self.builder.ins().brif(y, minus_one, &[], stub, &[]);

        self.builder.switch_to_block(minus_one);
        let smallest = self.builder.ins().icmp_imm_s(IntCC::Equal, x, i64::MIN);
        self.builder.ins().brif(smallest, stub, &[], next, &[]);

        self.builder.switch_to_block(next);
        Ok(())
    }

    /// `Insn::IntNeg`.
    pub fn int_neg(&mut self, value: ValueId, exit: SideExit) -> Result<ir::Value> {
        let operand = self.value(value)?;
        let smallest = self.builder.ins().icmp_imm_s(IntCC::Equal, operand, i64::MIN);
        self.exit_if(smallest, exit)?;
        Ok(self.builder.ins().ineg(operand))
    }

    /// `Insn::IntCompare`.
    pub fn int_compare(&mut self, op: CompareOp, lhs: ValueId, rhs: ValueId) -> Result<ir::Value> {
        let condition = match op {
            CompareOp::Lt => IntCC::SignedLessThan,
            CompareOp::Le => IntCC::SignedLessThanOrEqual,
            CompareOp::Eq => IntCC::Equal,
            CompareOp::Ne => IntCC::NotEqual,
            CompareOp::Gt => IntCC::SignedGreaterThan,
            CompareOp::Ge => IntCC::SignedGreaterThanOrEqual,
            CompareOp::In
            | CompareOp::NotIn
            | CompareOp::Is
            | CompareOp::IsNot
            | CompareOp::ExcMatch
            | CompareOp::Bad => return Err(backend_error(format!("{op:?} of unboxed ints"))),
        };
        let (x, y) = (self.value(lhs)?, self.value(rhs)?);
        Ok(self.builder.ins().icmp(condition, x, y))
    }

    /// `Insn::FloatCompare`.
    pub fn float_compare(&mut self, op: CompareOp, lhs: ValueId, rhs: ValueId) -> Result<ir::Value> {
        let condition = match op {
            CompareOp::Lt => FloatCC::LessThan,
            CompareOp::Le => FloatCC::LessThanOrEqual,
            CompareOp::Eq => FloatCC::Equal,
            CompareOp::Ne => FloatCC::NotEqual,
            CompareOp::Gt => FloatCC::GreaterThan,
            CompareOp::Ge => FloatCC::GreaterThanOrEqual,
            CompareOp::In
            | CompareOp::NotIn
            | CompareOp::Is
            | CompareOp::IsNot
            | CompareOp::ExcMatch
            | CompareOp::Bad => return Err(backend_error(format!("{op:?} of unboxed floats"))),
        };
        let (x, y) = (self.value(lhs)?, self.value(rhs)?);
        Ok(self.builder.ins().fcmp(condition, x, y))
    }

    /// `Insn::FloatBinary`.
    pub fn float_binary(
        &mut self,
        op: BinaryOp,
        lhs: ValueId,
        rhs: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let (x, y) = (self.value(lhs)?, self.value(rhs)?);
        match op {
            BinaryOp::Add => Ok(self.builder.ins().fadd(x, y)),
            BinaryOp::Sub => Ok(self.builder.ins().fsub(x, y)),
            BinaryOp::Mul => Ok(self.builder.ins().fmul(x, y)),
            BinaryOp::TrueDiv | BinaryOp::ClassicDiv => {
                self.exit_if_zero_divisor(y, exit)?;
                Ok(self.builder.ins().fdiv(x, y))
            }
            BinaryOp::Mod => {
                self.exit_if_zero_divisor(y, exit)?;
                self.call_for(float_ops::modulo as *const () as usize, &[x, y], types::F64)
            }
            BinaryOp::FloorDiv => {
                self.exit_if_zero_divisor(y, exit)?;
                self.call_for(float_ops::floor_divide as *const () as usize, &[x, y], types::F64)
            }
            BinaryOp::Pow => {
                let power = self.call_for(float_ops::power as *const () as usize, &[x, y], types::F64)?;
                let is_number = self.builder.ins().fcmp(FloatCC::Equal, power, power);
                self.exit_if_zero(is_number, exit)?;
                Ok(power)
            }
            BinaryOp::LShift
            | BinaryOp::RShift
            | BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Xor
            | BinaryOp::MatMul => Err(backend_error(format!("{op:?} of unboxed floats"))),
        }
    }

    fn exit_if_zero_divisor(&mut self, divisor: ir::Value, exit: SideExit) -> Result<()> {
        let zero = self.builder.ins().f64const(0.0);
        let is_zero = self.builder.ins().fcmp(FloatCC::Equal, divisor, zero);
        self.exit_if(is_zero, exit)
    }
}
