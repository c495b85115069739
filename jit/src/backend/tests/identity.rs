//! Where an int operation leaves because its result is not a new object of its number.

use super::world::{int, long};
use super::*;
use crate::bytecode::{BinaryOp, Version};

/// Of numbers with the same uppermost digit, the smaller one is a remainder made anew: the code leaves then,
/// too.
const VALUES: [i64; 15] = [
    -(1 << 40),
    -(1 << 40) + 3,
    -1000,
    -7,
    -1,
    0,
    1,
    3,
    256,
    257,
    1000,
    (1 << 30) + 7,
    (1 << 40) - 3,
    1 << 40,
    3 << 41,
];

fn is_small(value: i64) -> bool {
    (-5..=256).contains(&value)
}

/// How many digits of 3.x a number has, and the uppermost.
fn digits(value: i64) -> (u32, u64) {
    let (mut size, mut rest) = (0, value.unsigned_abs());
    let mut top = 0;
    while rest != 0 {
        (size, top, rest) = (size + 1, rest % (1 << 30), rest >> 30);
    }
    (size, top)
}

/// Whether the result is the left operand, or another object than the one of its small number: see
/// `int_lshift` of intobject.c; `x_add`, `x_sub`, `long_divrem`, `x_divrem` and `l_divmod` of longobject.c.
fn is_seen(version: Version, op: BinaryOp, x: i64, y: i64, seen: Seen) -> bool {
    let is_several = |value: i64| digits(value).0 > 1;
    let beside = seen == Seen::BesideOperand;
    match (op, version.is_3()) {
        (BinaryOp::LShift | BinaryOp::RShift, false) => beside && y == 0 && !is_small(x),
        (BinaryOp::Add | BinaryOp::Sub, true) => {
            let result = if op == BinaryOp::Add { x + y } else { x - y };
            (is_several(x) || is_several(y)) && is_small(result) && result != 0
        }
        (BinaryOp::Mod, true) => {
            let result = x.rem_euclid(y) + if y < 0 && x.rem_euclid(y) != 0 { y } else { 0 };
            let is_smaller = digits(x) < digits(y);
            if is_smaller && result == x { beside && !is_small(x) } else { is_several(y) && is_small(result) }
        }
        _ => false,
    }
}

#[test]
fn results_that_are_no_new_objects_are_left_to_the_interpreter_where_they_are_seen() {
    use BinaryOp::*;
    let as_long = |value: i64| {
        let (size, magnitude) = (i64::from(digits(value).0), value.unsigned_abs());
        let digit = |index: u64| (magnitude >> (30 * index)) as u32 & 0x3fff_ffff;
        long(size * value.signum(), digit(0), digit(1))
    };
    let mut left = 0;
    for (version, host) in [(Version::V27, host_27(0)), (Version::V35, host_35(0))] {
        let object = |value| if version.is_3() { as_long(value) } else { int(value) };
        for op in [Add, Sub, Mul, Mod, LShift, RShift, And, Or, Xor] {
            for seen in [Seen::Number, Seen::Object, Seen::BesideOperand] {
                let general = int_binary(op, None, seen, &host);
                for y in VALUES {
                    let is_shift = matches!(op, LShift | RShift);
                    if (op == Mod && y == 0) || (is_shift && !(0..20).contains(&y)) {
                        continue;
                    }
                    // A shift by a constant 0 is none.
                    let special = (!is_shift || y != 0).then(|| int_binary(op, Some(y), seen, &host));
                    for x in VALUES {
                        if op == Mul && x.checked_mul(y).is_none() {
                            continue;
                        }
                        let expected = seen != Seen::Number && is_seen(version, op, x, y, seen);
                        for native in std::iter::once(&general).chain(&special) {
                            let outcome = run(native, &mut Frame::new(&[object(x), object(y)]), 0);
                            let has_left = matches!(outcome, Outcome::Left(..));
                            assert_eq!(has_left, expected, "{version:?}: {x} {op:?} {y}, {seen:?}");
                            left += u32::from(has_left);
                        }
                    }
                }
            }
        }
    }
    assert_ne!(left, 0);
}
