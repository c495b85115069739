//! Ints and floats: loops, overflow, division, unboxing.

use super::world::{float_value, int, long, object, type_address};
use super::*;
use crate::bytecode::{BinaryOp, CompareOp};

/// `total = 0; i = 0; while i < n: total += i * step; i += 1`, unboxed, leaving on overflow.
fn sum_loop() -> Build {
    let mut b = Build::new();
    let boxed = b.object(Insn::LoadLocal(0));
    let exit = b.exit(3, ExitReason::TypeGuard, &[], &[]);
    let n = b.push(Insn::GuardType(boxed, Type::INT, exit), Type::INT);
    let n = b.int(Insn::UnboxInt(n));
    let step = b.object(Insn::LoadLocal(1));
    let step = b.int(Insn::UnboxInt(step));
    let zero = b.int(Insn::Int(0));
    let header = b.function.add_block();
    b.jump(header, &[zero, zero]);

    let total = b.function.add_param(header, Repr::Int, Type::INT);
    let i = b.function.add_param(header, Repr::Int, Type::INT);
    let (body, end) = (b.function.add_block(), b.function.add_block());
    b.block = header;
    let more = b.bool(Insn::IntCompare(CompareOp::Lt, i, n));
    b.branch(more, body, end);

    b.block = body;
    let exit = b.exit(20, ExitReason::Overflow, &[total, i], &[borrowed(total), borrowed(i)]);
    let product = b.int(Insn::IntBinary { op: BinaryOp::Mul, lhs: i, rhs: step, seen: Seen::Number, exit });
    let exit = b.exit(21, ExitReason::Overflow, &[total, i], &[borrowed(total), borrowed(product)]);
    let total2 =
        b.int(Insn::IntBinary { op: BinaryOp::Add, lhs: total, rhs: product, seen: Seen::Number, exit });
    let one = b.int(Insn::Int(1));
    let exit = b.exit(30, ExitReason::Overflow, &[total2, i], &[borrowed(i), borrowed(one)]);
    let i2 = b.int(Insn::IntBinary { op: BinaryOp::Add, lhs: i, rhs: one, seen: Seen::Number, exit });
    b.jump(header, &[total2, i2]);

    b.block = end;
    let result = b.boxed(total);
    b.ret(result);
    b
}

#[test]
fn an_int_loop_runs_and_leaves_on_overflow() {
    let b = sum_loop();
    for options in [
        BackendOptions::default(),
        BackendOptions { effort: Effort::Least, keep_texts: true, ..Default::default() },
    ] {
        let code = backend().unwrap().generate(b.function.clone(), &host_27(0), &options).unwrap();
        let has_texts = options.keep_texts && whose() != Whose::Interp;
        assert_eq!(code.texts.contains_key("clif"), has_texts);
        let native = b.compile_with(&host_27(0), &options).unwrap();
        let mut frame = Frame::new(&[int(1000), int(3)]);
        assert_eq!(run(&native, &mut frame, 0).int(), 3 * 499_500);

        // 0 + 2^62 fits, 2^62 + 2 * 2^62 does not: neither the product nor the sum.
        let mut frame = Frame::new(&[int(10), int(1 << 62)]);
        let outcome = run(&native, &mut frame, 0);
        let (exit, words) = outcome.left();
        let recipe = &native.exits[exit];
        assert_eq!(
            (recipe.outermost.pc, recipe.outermost.resume, recipe.reason),
            (20, Resume::At, ExitReason::Overflow)
        );
        assert_eq!(recipe.locals.len(), 2);
        let [total, i] = recipe.locals[..] else { panic!("{:?}", recipe.locals) };
        assert_eq!((total.slot, i.slot), (0, 1));
        let (total, i) = (total.source, i.source);
        assert_eq!(recipe.outermost.operands, [total, i], "one word for what is the same value");
        assert!(matches!(total, Source::Buffer { repr: Repr::Int, owned: false, .. }));
        assert_eq!((word(total, words), word(i, words)), (1 << 62, 2));
    }
}

#[test]
fn exits_describe_constants_without_the_buffer() {
    let b = sum_loop();
    let native = b.compile(&host_27(0));
    let recipe = native.exits.iter().find(|recipe| recipe.outermost.pc == 30).unwrap();
    assert_eq!(recipe.outermost.operands[1], Source::Int(1));
    assert_eq!(native.buffer_words, 3, "total, i and product");
    assert!(native.size > 0);
}

#[test]
fn a_guard_fails_on_another_type() {
    let native = sum_loop().compile(&host_27(0));
    let float = object(&[1, type_address(Type::FLOAT) as u64, 0]);
    let outcome = run(&native, &mut Frame::new(&[float, int(1)]), 0);
    let recipe = &native.exits[outcome.left().0];
    assert_eq!((recipe.outermost.pc, recipe.reason), (3, ExitReason::TypeGuard));
}

/// What Python computes, `None` where the code may leave.
fn expected(op: BinaryOp, x: i64, y: i64) -> Option<i64> {
    match op {
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Sub => x.checked_sub(y),
        BinaryOp::Mul => x.checked_mul(y),
        BinaryOp::FloorDiv => {
            let (x, y) = (i128::from(x), i128::from(y));
            let quotient = x.checked_div(y)?;
            (quotient - i128::from(x % y != 0 && (x < 0) != (y < 0))).try_into().ok()
        }
        BinaryOp::Mod => {
            x.checked_div(y)?;
            let (x, y) = (i128::from(x), i128::from(y));
            (((x % y) + y) % y).try_into().ok()
        }
        BinaryOp::LShift => {
            let shift = u32::try_from(y).ok().filter(|&shift| shift < 63)?;
            (i128::from(x) << shift).try_into().ok()
        }
        BinaryOp::RShift => Some(x >> u32::try_from(y.min(63)).ok()?),
        BinaryOp::And => Some(x & y),
        BinaryOp::Or => Some(x | y),
        BinaryOp::Xor => Some(x ^ y),
        _ => unreachable!(),
    }
}

#[test]
fn int_operators_follow_python() {
    const VALUES: [i64; 17] = [
        i64::MIN,
        i64::MIN + 1,
        -(1 << 40),
        -64,
        -7,
        -2,
        -1,
        0,
        1,
        2,
        7,
        8,
        62,
        63,
        64,
        i64::MAX - 1,
        i64::MAX,
    ];
    use BinaryOp::*;
    for op in [Add, Sub, Mul, FloorDiv, Mod, LShift, RShift, And, Or, Xor] {
        let general = int_binary(op, None, Seen::Number, &host_27(0));
        for y in VALUES {
            let special = int_binary(op, Some(y), Seen::Number, &host_27(0));
            for x in VALUES {
                let expected = expected(op, x, y);
                for native in [&general, &special] {
                    match run(native, &mut Frame::new(&[int(x), int(y)]), 0) {
                        Outcome::Returned(result) => {
                            assert_eq!(
                                Some(super::world::int_value(result as usize)),
                                expected,
                                "{x} {op:?} {y}"
                            );
                        }
                        Outcome::Left(exit, words) => {
                            assert_eq!(expected, None, "{x} {op:?} {y}");
                            let operands = &native.exits[exit].outermost.operands;
                            assert_eq!(word(operands[0], &words) as i64, x);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn negation_and_inversion() {
    let mut b = Build::new();
    let x = b.object(Insn::LoadLocal(0));
    let x = b.int(Insn::UnboxInt(x));
    let exit = b.exit(0, ExitReason::Overflow, &[], &[]);
    let x = b.int(Insn::IntNeg(x, exit));
    let x = b.int(Insn::IntInvert(x));
    let x = b.boxed(x);
    b.ret(x);
    let native = b.compile(&host_27(0));
    assert_eq!(run(&native, &mut Frame::new(&[int(5)]), 0).int(), 4);
    assert_eq!(run(&native, &mut Frame::new(&[int(i64::MIN)]), 0).left().0, 0);
}

#[test]
fn ints_of_digits_are_guarded_and_unboxed() {
    let guarded = |kind| {
        let mut b = Build::new();
        let x = b.object(Insn::LoadLocal(0));
        let exit = b.exit(1, ExitReason::TypeGuard, &[], &[borrowed(x)]);
        let x = b.push(Insn::GuardType(x, kind, exit), kind);
        let x = if kind == Type::INT {
            let x = b.int(Insn::UnboxInt(x));
            b.boxed(x)
        } else {
            x
        };
        b.ret(x);
        b.compile(&host_35(0))
    };
    let (small, large) = (guarded(Type::INT), guarded(Type::LONG));
    const GARBAGE: u32 = 0x3fff_ffff;
    let cases = [
        (0, GARBAGE, GARBAGE, 0),
        (1, 5, GARBAGE, 5),
        (-1, 0x3fff_ffff, GARBAGE, -0x3fff_ffff),
        (2, 1, 1, (1 << 30) + 1),
        (-2, 0x3fff_ffff, 0x3fff_ffff, -((1 << 60) - 1)),
    ];
    for (size, low, high, value) in cases {
        let x = long(size, low, high);
        assert_eq!(run(&small, &mut Frame::new(&[x]), 0).int(), value);
        assert_eq!(run(&large, &mut Frame::new(&[x]), 0), Outcome::Left(0, vec![x as u64]));
    }
    for size in [3, -3, 100] {
        let x = long(size, 1, 1);
        assert_eq!(run(&small, &mut Frame::new(&[x]), 0), Outcome::Left(0, vec![x as u64]));
        assert_eq!(run(&large, &mut Frame::new(&[x]), 0), Outcome::Returned(x as u64));
    }
    let other = object(&[1, type_address(Type::LIST) as u64, 1, 1]);
    for native in [&small, &large] {
        assert_eq!(run(native, &mut Frame::new(&[other]), 0), Outcome::Left(0, vec![other as u64]));
    }
}

#[test]
fn ints_of_three_digits_are_unboxed_where_no_guard_was() {
    let mut b = Build::new();
    let x = b.push(Insn::LoadLocal(0), Type::INT);
    let x = b.int(Insn::UnboxInt(x));
    let x = b.boxed(x);
    b.ret(x);
    let native = b.compile(&host_35(0));
    const MOST: u64 = 0x3fff_ffff;
    let two = |low: u64, high: u64| low | high << 32;
    for (size, digits, third, value) in [
        (3, two(MOST, MOST), 7, i64::MAX),
        (-3, two(0, 0), 8, i64::MIN),
        (-3, two(1, 0), 1, -(1 << 60) - 1),
        (3, two(0, 1), 1, (1 << 60) + (1 << 30)),
        // What the size does not cover is garbage.
        (2, two(MOST, MOST), MOST, (1 << 60) - 1),
        (-2, two(0, 1), MOST, -(1 << 30)),
        (1, two(5, MOST), MOST, 5),
        (0, two(MOST, MOST), MOST, 0),
    ] {
        let x = object(&[1, type_address(Type::INT) as u64, size as u64, digits, third]);
        assert_eq!(run(&native, &mut Frame::new(&[x]), 0).int(), value);
    }
}

#[test]
fn a_float_loop_runs() {
    // x = 1.0; while x < limit: x = x * 1.5 + i
    let mut b = Build::new();
    let limit = b.object(Insn::LoadLocal(0));
    let limit = b.float(Insn::UnboxFloat(limit));
    let one = b.float(Insn::Float(1.0_f64.to_bits()));
    let zero = b.int(Insn::Int(0));
    let (header, body, end) = (b.function.add_block(), b.function.add_block(), b.function.add_block());
    b.jump(header, &[one, zero]);
    let x = b.function.add_param(header, Repr::Float, Type::FLOAT);
    let i = b.function.add_param(header, Repr::Int, Type::INT);
    b.block = header;
    let more = b.bool(Insn::FloatCompare(CompareOp::Lt, x, limit));
    b.branch(more, body, end);
    b.block = body;
    let exit = b.exit(7, ExitReason::Overflow, &[x, i], &[]);
    let factor = b.float(Insn::Float(1.5_f64.to_bits()));
    let x2 = b.float(Insn::FloatBinary { op: BinaryOp::Mul, lhs: x, rhs: factor, exit });
    let as_float = b.float(Insn::IntToFloat(i));
    let x3 = b.float(Insn::FloatBinary { op: BinaryOp::Add, lhs: x2, rhs: as_float, exit });
    let step = b.int(Insn::Int(1));
    let i2 = b.int(Insn::IntBinary { op: BinaryOp::Add, lhs: i, rhs: step, seen: Seen::Number, exit });
    b.jump(header, &[x3, i2]);
    b.block = end;
    let x = b.boxed(x);
    b.ret(x);
    let native = b.compile(&host_35(0));

    let (mut x, mut i) = (1.0, 0.0);
    while x < 1000.0 {
        x = x * 1.5 + i;
        i += 1.0;
    }
    let limit = object(&[1, type_address(Type::FLOAT) as u64, 1000.0_f64.to_bits()]);
    assert_eq!(run(&native, &mut Frame::new(&[limit]), 0).float(), x);
}

#[test]
fn reals_are_guarded_told_apart_and_converted() {
    let float = |value: f64| object(&[1, type_address(Type::FLOAT) as u64, value.to_bits()]);
    let build = || {
        let mut b = Build::new();
        let x = b.object(Insn::LoadLocal(0));
        let exit = b.exit(1, ExitReason::TypeGuard, &[], &[borrowed(x)]);
        let is_float = b.bool(Insn::HasType(x, Type::FLOAT));
        let x = b.push(Insn::GuardType(x, Type::REAL, exit), Type::REAL);
        let rare = b.exit(2, ExitReason::RareOperand, &[], &[borrowed(x)]);
        let real = b.float(Insn::UnboxReal(x, rare));
        let (yes, no) = (b.function.add_block(), b.function.add_block());
        b.branch(is_float, yes, no);
        b.block = yes;
        let negated = b.float(Insn::FloatNeg(real));
        let negated = b.boxed(negated);
        b.ret(negated);
        b.block = no;
        let converted = b.boxed(real);
        b.ret(converted);
        b
    };
    const EXACT: i64 = 1 << 53;
    let on_27 = build().compile(&host_27(0));
    let on_35 = build().compile(&host_35(0));
    for native in [&on_27, &on_35] {
        assert_eq!(run(native, &mut Frame::new(&[float(2.5)]), 0).float(), -2.5);
        let other = object(&[1, type_address(Type::LIST) as u64, 1, 1]);
        assert_eq!(run(native, &mut Frame::new(&[other]), 0), Outcome::Left(0, vec![other as u64]));
    }
    for value in [0, 7, -7, EXACT, -EXACT] {
        assert_eq!(run(&on_27, &mut Frame::new(&[int(value)]), 0).float(), value as f64);
    }
    for value in [EXACT + 1, -EXACT - 1, i64::MAX, i64::MIN] {
        let x = int(value);
        assert_eq!(run(&on_27, &mut Frame::new(&[x]), 0), Outcome::Left(1, vec![x as u64]));
    }
    assert_eq!(run(&on_35, &mut Frame::new(&[long(-1, 7, 0)]), 0).float(), -7.0);
    assert_eq!(run(&on_35, &mut Frame::new(&[long(2, 1, 1)]), 0).float(), (1_i64 << 30) as f64 + 1.0);
    for (size, exit) in [(2, 1), (3, 0)] {
        let x = long(size, 0x3fff_ffff, 0x3fff_ffff);
        assert_eq!(run(&on_35, &mut Frame::new(&[x]), 0), Outcome::Left(exit, vec![x as u64]));
    }
}

#[test]
fn float_division_leaves_for_zero_and_keeps_signs() {
    for (op, expected) in [
        (BinaryOp::TrueDiv, -3.5),
        (BinaryOp::ClassicDiv, -3.5),
        (BinaryOp::FloorDiv, -4.0),
        (BinaryOp::Mod, -1.0),
    ] {
        let mut b = Build::new();
        let (x, y) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
        let (x, y) = (b.float(Insn::UnboxFloat(x)), b.float(Insn::UnboxFloat(y)));
        let exit = b.exit(7, ExitReason::RareOperand, &[], &[borrowed(x), borrowed(y)]);
        let z = b.float(Insn::FloatBinary { op, lhs: x, rhs: y, exit });
        let z = b.float(Insn::FloatNeg(z));
        let z = b.float(Insn::FloatNeg(z));
        let z = b.boxed(z);
        b.ret(z);
        let native = b.compile(&host_27(0));
        let float = |value: f64| object(&[1, type_address(Type::FLOAT) as u64, value.to_bits()]);
        let outcome = run(&native, &mut Frame::new(&[float(7.0), float(-2.0)]), 0);
        let Outcome::Returned(result) = outcome else { panic!("{outcome:?}") };
        assert_eq!(float_value(result as usize), expected, "{op:?}");
        for zero in [0.0, -0.0] {
            let outcome = run(&native, &mut Frame::new(&[float(7.0), float(zero)]), 0);
            let (exit, words) = outcome.left();
            let operands = &native.exits[exit].outermost.operands;
            assert!(matches!(operands[1], Source::Buffer { repr: Repr::Float, .. }));
            assert_eq!(f64::from_bits(word(operands[0], words)), 7.0);
        }
        assert!(run(&native, &mut Frame::new(&[float(7.0), float(f64::NAN)]), 0).float().is_nan());
    }
}

#[test]
fn truth_values_are_boxed_and_unboxed() {
    let mut b = Build::new();
    let x = b.object(Insn::LoadLocal(0));
    let exit = b.exit(1, ExitReason::TypeGuard, &[], &[]);
    let x = b.push(Insn::GuardType(x, Type::BOOL, exit), Type::BOOL);
    let as_int = b.int(Insn::UnboxInt(x));
    let truth = b.bool(Insn::UnboxBool(x));
    let not = b.bool(Insn::Not(truth));
    let is_zero = b.bool(Insn::IntTruth(as_int));
    let exit = b.exit(2, ExitReason::RareOperand, &[], &[borrowed(not), borrowed(is_zero)]);
    b.effect(Insn::GuardBool(is_zero, true, exit));
    let result = b.boxed(not);
    b.ret(result);
    let native = b.compile(&host_35(0));

    let bool_ = |address| {
        // SAFETY: the fake singletons are arrays of atomics; no other test uses their type word.
        unsafe { ((address as *mut u64).add(1)).write(type_address(Type::BOOL) as u64) };
        address
    };
    let (yes, no) = (bool_(super::world::true_()), bool_(super::world::false_()));
    assert_eq!(run(&native, &mut Frame::new(&[yes]), 0), Outcome::Returned(no as u64));
    let outcome = run(&native, &mut Frame::new(&[no]), 0);
    let (exit, words) = outcome.left();
    let operands = &native.exits[exit].outermost.operands;
    assert_eq!((word(operands[0], words), word(operands[1], words)), (1, 0));
}
