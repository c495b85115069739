//! Arithmetic of unboxed numbers, with Python's semantics.

use super::machine::{Machine, Outcome, only_if};
use crate::backend::float_ops;
use crate::bytecode::{BinaryOp, CompareOp};
use crate::hir::{ExitReason, Seen, SideExit};
use crate::host::IntLayout;

/// What a float has to be below for its int, without the fraction, to be one that can be unboxed: on 3.x of
/// two digits.
const LARGE: f64 = (1_u64 << 60) as f64;

/// Whether there is only one object of an int.
fn is_small(value: i64) -> bool {
    (-5..=256).contains(&value)
}

/// Whether an int takes more than one digit of 3.x.
fn is_long(value: i64) -> bool {
    value.unsigned_abs() >> 30 != 0
}

/// `x // y` and `x % y`, rounded towards minus infinity; nothing for a zero divisor and where the quotient
/// overflows.
fn divided(x: i64, y: i64) -> Option<(i64, i64)> {
    let (quotient, remainder) = (x.checked_div(y)?, x.checked_rem(y)?);
    let is_one_off = remainder != 0 && (remainder < 0) != (y < 0);
    Some(if is_one_off { (quotient - 1, remainder + y) } else { (quotient, remainder) })
}

/// What an int operator computes; nothing where that is left to the interpreter.
fn computed(op: BinaryOp, x: i64, y: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Sub => x.checked_sub(y),
        BinaryOp::Mul => x.checked_mul(y),
        BinaryOp::FloorDiv | BinaryOp::ClassicDiv => divided(x, y).map(|(quotient, _)| quotient),
        BinaryOp::Mod => divided(x, y).map(|(_, remainder)| remainder),
        BinaryOp::LShift => {
            let shifted = (0..63).contains(&y).then(|| x << y)?;
            (shifted >> y == x).then_some(shifted)
        }
        BinaryOp::RShift => (y >= 0).then(|| x >> y.min(63)),
        BinaryOp::And => Some(x & y),
        BinaryOp::Or => Some(x | y),
        BinaryOp::Xor => Some(x ^ y),
        BinaryOp::TrueDiv | BinaryOp::Pow | BinaryOp::MatMul => unreachable!("{op:?} of ints was refused"),
    }
}

/// `Insn::IntCompare` and `Insn::FloatCompare`.
pub(super) fn compare<T: PartialOrd>(op: CompareOp, x: T, y: T) -> bool {
    match op {
        CompareOp::Lt => x < y,
        CompareOp::Le => x <= y,
        CompareOp::Eq => x == y,
        CompareOp::Ne => x != y,
        CompareOp::Gt => x > y,
        CompareOp::Ge => x >= y,
        CompareOp::In
        | CompareOp::NotIn
        | CompareOp::Is
        | CompareOp::IsNot
        | CompareOp::ExcMatch
        | CompareOp::Bad => unreachable!("{op:?} of numbers was refused"),
    }
}

impl Machine<'_> {
    /// `Insn::IntBinary`.
    pub fn int_binary(&self, op: BinaryOp, x: i64, y: i64, seen: Seen, exit: SideExit) -> Outcome<i64> {
        let result = computed(op, x, y).ok_or(exit)?;
        let is_new = self.is_as_boxed(op, (x, y), result, seen);
        only_if(is_new, SideExit { reason: ExitReason::RareOperand, ..exit })?;
        Ok(result)
    }

    /// Whether CPython's object of a result is what boxing its number makes, as far as that is seen: a new
    /// one, or the only one of a small number.
    fn is_as_boxed(&self, op: BinaryOp, (x, y): (i64, i64), result: i64, seen: Seen) -> bool {
        let is_operand_seen = match seen {
            Seen::Number => return true,
            Seen::Object => false,
            Seen::BesideOperand => true,
        };
        match (self.program.host.layout.int, op) {
            // `int_lshift` and `int_rshift` hand back what they shift by nothing.
            (IntLayout::Long { .. }, BinaryOp::LShift | BinaryOp::RShift) => {
                !is_operand_seen || y != 0 || is_small(x)
            }
            // `x_add` and `x_sub`, for operands of several digits, make small ints anew, all but 0.
            (IntLayout::Digits { .. }, BinaryOp::Add | BinaryOp::Sub) => {
                !(is_long(x) || is_long(y)) || !is_small(result) || result == 0
            }
            // `long_divrem` hands back what is smaller than the divisor.
            (IntLayout::Digits { .. }, BinaryOp::Mod) if result == x => !is_operand_seen || is_small(x),
            // `x_divrem`, for divisors of several digits, makes small ints anew, even 0.
            (IntLayout::Digits { .. }, BinaryOp::Mod) => !is_long(y) || !is_small(result),
            _ => true,
        }
    }

    /// `Insn::FloatBinary`.
    pub fn float_binary(&self, op: BinaryOp, x: f64, y: f64, exit: SideExit) -> Outcome<f64> {
        match op {
            BinaryOp::Add => return Ok(x + y),
            BinaryOp::Sub => return Ok(x - y),
            BinaryOp::Mul => return Ok(x * y),
            BinaryOp::Pow => {
                let power = float_ops::power(x, y);
                only_if(!power.is_nan(), exit)?;
                return Ok(power);
            }
            _ => only_if(y != 0.0, exit)?,
        }
        Ok(match op {
            BinaryOp::TrueDiv | BinaryOp::ClassicDiv => x / y,
            BinaryOp::Mod => float_ops::modulo(x, y),
            BinaryOp::FloorDiv => float_ops::floor_divide(x, y),
            _ => unreachable!("{op:?} of floats was refused"),
        })
    }

    /// `Insn::FloatCall`.
    pub fn float_call(&self, function: usize, number: f64, exit: SideExit) -> Outcome<f64> {
        let result = match function {
            0 => number.sqrt(),
            _ => {
                // SAFETY: the table of instructions says that this is what is there.
                let function = unsafe { std::mem::transmute::<usize, extern "C" fn(f64) -> f64>(function) };
                function(number)
            }
        };
        only_if(result.is_finite(), exit)?;
        Ok(result)
    }

    /// `Insn::FloatToInt`.
    pub fn float_to_int(&self, number: f64, exit: SideExit) -> Outcome<i64> {
        only_if(number.abs() < LARGE, exit)?;
        Ok(number as i64)
    }
}
