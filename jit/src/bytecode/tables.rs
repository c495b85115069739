//! Opcode numbers of each version, as `Include/opcode.h` and `Lib/opcode.py` assign them, and the operations
//! they mean.

use super::op::{BinaryOp, CallShape, CompareOp, Op, UnaryOp, Version};

/// Opcodes from here on are followed by a two-byte little-endian argument.
pub(super) const HAVE_ARGUMENT: u8 = 90;

/// The opcode whose argument supplies the upper 16 bits of the next instruction's.
pub(super) fn extended_arg(version: Version) -> u8 {
    if version.is_3() { 144 } else { 145 }
}

/// Why an opcode with its argument is no operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The version has no such opcode.
    Opcode,
    /// `ceval.c` has no meaning for that argument.
    Argument,
}

/// The operation of an opcode; `next` is the offset that relative jumps count from.
pub(super) fn operation(version: Version, opcode: u8, arg: u32, next: u32) -> Result<Op, Fault> {
    if let Some(op) = shared(opcode, arg, next) {
        return Ok(op);
    }
    match opcode {
        107 => compare(arg).map(Op::Compare),
        130 => raise(version, arg),
        _ => match version {
            Version::V27 => python_27(opcode, arg),
            Version::V34 => python_34(opcode, arg).ok_or(Fault::Opcode),
            Version::V35 => python_35(opcode, arg, next).ok_or(Fault::Opcode),
        },
    }
}

/// Opcodes with one number and one meaning in all versions.
fn shared(opcode: u8, arg: u32, next: u32) -> Option<Op> {
    let relative = next.saturating_add(arg);
    Some(match opcode {
        1 => Op::PopTop,
        2 => Op::RotTwo,
        3 => Op::RotThree,
        4 => Op::Dup(1),
        9 => Op::Nop,
        10 => Op::Unary(UnaryOp::Positive),
        11 => Op::Unary(UnaryOp::Negative),
        12 => Op::Unary(UnaryOp::Not),
        15 => Op::Unary(UnaryOp::Invert),
        19 => binary(BinaryOp::Pow),
        20 => binary(BinaryOp::Mul),
        22 => binary(BinaryOp::Mod),
        23 => binary(BinaryOp::Add),
        24 => binary(BinaryOp::Sub),
        25 => Op::Subscr,
        26 => binary(BinaryOp::FloorDiv),
        27 => binary(BinaryOp::TrueDiv),
        28 => inplace(BinaryOp::FloorDiv),
        29 => inplace(BinaryOp::TrueDiv),
        55 => inplace(BinaryOp::Add),
        56 => inplace(BinaryOp::Sub),
        57 => inplace(BinaryOp::Mul),
        59 => inplace(BinaryOp::Mod),
        60 => Op::StoreSubscr,
        61 => Op::DeleteSubscr,
        62 => binary(BinaryOp::LShift),
        63 => binary(BinaryOp::RShift),
        64 => binary(BinaryOp::And),
        65 => binary(BinaryOp::Xor),
        66 => binary(BinaryOp::Or),
        67 => inplace(BinaryOp::Pow),
        68 => Op::GetIter,
        70 => Op::PrintExpr,
        75 => inplace(BinaryOp::LShift),
        76 => inplace(BinaryOp::RShift),
        77 => inplace(BinaryOp::And),
        78 => inplace(BinaryOp::Xor),
        79 => inplace(BinaryOp::Or),
        80 => Op::BreakLoop,
        83 => Op::ReturnValue,
        84 => Op::ImportStar,
        86 => Op::YieldValue,
        87 => Op::PopBlock,
        88 => Op::EndFinally,
        90 => Op::StoreName(arg),
        91 => Op::DeleteName(arg),
        92 => Op::UnpackSequence(arg),
        93 => Op::ForIter(relative),
        95 => Op::StoreAttr(arg),
        96 => Op::DeleteAttr(arg),
        97 => Op::StoreGlobal(arg),
        98 => Op::DeleteGlobal(arg),
        100 => Op::LoadConst(arg),
        101 => Op::LoadName(arg),
        102 => Op::BuildTuple(arg),
        103 => Op::BuildList(arg),
        104 => Op::BuildSet(arg),
        105 => Op::BuildMap(arg),
        106 => Op::LoadAttr(arg),
        108 => Op::ImportName(arg),
        109 => Op::ImportFrom(arg),
        110 => Op::Jump(relative),
        111 => Op::JumpIfFalseOrPop(arg),
        112 => Op::JumpIfTrueOrPop(arg),
        113 => Op::Jump(arg),
        114 => Op::PopJumpIfFalse(arg),
        115 => Op::PopJumpIfTrue(arg),
        116 => Op::LoadGlobal(arg),
        119 => Op::ContinueLoop(arg),
        120 => Op::SetupLoop(relative),
        121 => Op::SetupExcept(relative),
        122 => Op::SetupFinally(relative),
        124 => Op::LoadFast(arg),
        125 => Op::StoreFast(arg),
        126 => Op::DeleteFast(arg),
        131 | 140..=142 => call(opcode, arg),
        132 => Op::MakeFunction(arg),
        // `ceval.c` takes any argument but 3 for 2.
        133 => Op::BuildSlice(if arg == 3 { 3 } else { 2 }),
        134 => Op::MakeClosure(arg),
        135 => Op::LoadClosure(arg),
        136 => Op::LoadDeref(arg),
        137 => Op::StoreDeref(arg),
        143 => Op::SetupWith(relative),
        146 => Op::SetAdd(arg),
        147 => Op::MapAdd(arg),
        _ => return None,
    })
}

fn python_27(opcode: u8, arg: u32) -> Result<Op, Fault> {
    Ok(match opcode {
        5 => Op::RotFour,
        13 => Op::Unary(UnaryOp::Repr),
        21 => binary(BinaryOp::ClassicDiv),
        30..=33 => Op::Slice(opcode - 30),
        40..=43 => Op::StoreSlice(opcode - 40),
        50..=53 => Op::DeleteSlice(opcode - 50),
        54 => Op::StoreMap,
        58 => inplace(BinaryOp::ClassicDiv),
        71 => Op::PrintItem,
        72 => Op::PrintNewline,
        73 => Op::PrintItemTo,
        74 => Op::PrintNewlineTo,
        81 => Op::WithCleanup,
        82 => Op::LoadLocals,
        85 => Op::ExecStmt,
        89 => Op::BuildClass,
        94 => Op::ListAppend(arg),
        99 => match arg {
            2 => Op::Dup(2),
            3 => Op::Dup(3),
            _ => return Err(Fault::Argument),
        },
        _ => return Err(Fault::Opcode),
    })
}

/// What 3.4 and 3.5 have in common beyond `shared`.
fn python_3(opcode: u8, arg: u32) -> Option<Op> {
    Some(match opcode {
        5 => Op::Dup(2),
        71 => Op::LoadBuildClass,
        72 => Op::YieldFrom,
        89 => Op::PopExcept,
        94 => Op::UnpackEx { before: arg as u8, after: arg >> 8 },
        138 => Op::DeleteDeref(arg),
        145 => Op::ListAppend(arg),
        148 => Op::LoadClassDeref(arg),
        _ => return None,
    })
}

fn python_34(opcode: u8, arg: u32) -> Option<Op> {
    Some(match opcode {
        54 => Op::StoreMap,
        81 => Op::WithCleanup,
        _ => return python_3(opcode, arg),
    })
}

fn python_35(opcode: u8, arg: u32, next: u32) -> Option<Op> {
    Some(match opcode {
        16 => binary(BinaryOp::MatMul),
        17 => inplace(BinaryOp::MatMul),
        50 => Op::GetAiter,
        51 => Op::GetAnext,
        52 => Op::BeforeAsyncWith,
        69 => Op::GetYieldFromIter,
        73 => Op::GetAwaitable,
        81 => Op::WithCleanupStart,
        82 => Op::WithCleanupFinish,
        149 => Op::BuildListUnpack(arg),
        150 => Op::BuildMapUnpack(arg),
        151 => Op::BuildMapUnpackWithCall(arg),
        152 => Op::BuildTupleUnpack(arg),
        153 => Op::BuildSetUnpack(arg),
        154 => Op::SetupAsyncWith(next.saturating_add(arg)),
        _ => return python_3(opcode, arg),
    })
}

fn binary(op: BinaryOp) -> Op {
    Op::Binary { op, inplace: false }
}

fn inplace(op: BinaryOp) -> Op {
    Op::Binary { op, inplace: true }
}

/// `CALL_FUNCTION` (131) and its variants, told apart by the low bits of the distance.
fn call(opcode: u8, arg: u32) -> Op {
    let flags = (opcode - 131) & 3;
    Op::Call(CallShape {
        positional: arg as u8,
        keyword: (arg >> 8) as u8,
        star: flags & 1 != 0,
        star_star: flags & 2 != 0,
    })
}

fn compare(arg: u32) -> Result<CompareOp, Fault> {
    Ok(match arg {
        0 => CompareOp::Lt,
        1 => CompareOp::Le,
        2 => CompareOp::Eq,
        3 => CompareOp::Ne,
        4 => CompareOp::Gt,
        5 => CompareOp::Ge,
        6 => CompareOp::In,
        7 => CompareOp::NotIn,
        8 => CompareOp::Is,
        9 => CompareOp::IsNot,
        10 => CompareOp::ExcMatch,
        11 => CompareOp::Bad,
        _ => return Err(Fault::Argument),
    })
}

fn raise(version: Version, arg: u32) -> Result<Op, Fault> {
    let most = if version.is_3() { 2 } else { 3 };
    match u8::try_from(arg) {
        Ok(count) if count <= most => Ok(Op::RaiseVarargs(count)),
        _ => Err(Fault::Argument),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opcodes of a version in ascending order, as runs.
    fn known(version: Version) -> Vec<(u8, u8)> {
        let mut runs: Vec<(u8, u8)> = Vec::new();
        for opcode in 0..=255u8 {
            if opcode != extended_arg(version) && operation(version, opcode, 2, 0) == Err(Fault::Opcode) {
                continue;
            }
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == opcode => *last = opcode,
                _ => runs.push((opcode, opcode)),
            }
        }
        runs
    }

    #[test]
    fn every_opcode_of_the_header_is_known_and_no_other() {
        #[rustfmt::skip]
        assert_eq!(known(Version::V27), [
            (1, 5), (9, 13), (15, 15), (19, 33), (40, 43), (50, 68), (70, 116), (119, 122),
            (124, 126), (130, 137), (140, 143), (145, 147),
        ]);
        #[rustfmt::skip]
        assert_eq!(known(Version::V34), [
            (1, 5), (9, 12), (15, 15), (19, 20), (22, 29), (54, 57), (59, 68), (70, 72), (75, 81),
            (83, 84), (86, 98), (100, 116), (119, 122), (124, 126), (130, 138), (140, 148),
        ]);
        #[rustfmt::skip]
        assert_eq!(known(Version::V35), [
            (1, 5), (9, 12), (15, 17), (19, 20), (22, 29), (50, 52), (55, 57), (59, 73), (75, 84),
            (86, 98), (100, 116), (119, 122), (124, 126), (130, 138), (140, 154),
        ]);
    }

    #[test]
    fn one_number_can_mean_different_operations() {
        let of = |version, opcode| operation(version, opcode, 2, 0).unwrap();
        assert_eq!(of(Version::V27, 5), Op::RotFour);
        assert_eq!(of(Version::V34, 5), Op::Dup(2));
        assert_eq!(of(Version::V27, 72), Op::PrintNewline);
        assert_eq!(of(Version::V35, 72), Op::YieldFrom);
        assert_eq!(of(Version::V27, 89), Op::BuildClass);
        assert_eq!(of(Version::V34, 89), Op::PopExcept);
        assert_eq!(of(Version::V34, 81), Op::WithCleanup);
        assert_eq!(of(Version::V35, 81), Op::WithCleanupStart);
        assert_eq!(of(Version::V27, 50), Op::DeleteSlice(0));
        assert_eq!(of(Version::V35, 50), Op::GetAiter);
        assert_eq!(of(Version::V27, 94), Op::ListAppend(2));
        assert_eq!(of(Version::V34, 145), Op::ListAppend(2));
    }

    #[test]
    fn arguments_are_taken_apart_as_ceval_does() {
        let of = |version, opcode, arg| operation(version, opcode, arg, 0);
        let shape = |star, star_star| Op::Call(CallShape { positional: 3, keyword: 2, star, star_star });
        for version in [Version::V27, Version::V34, Version::V35] {
            assert_eq!(of(version, 131, 0x203), Ok(shape(false, false)));
            assert_eq!(of(version, 140, 0x203), Ok(shape(true, false)));
            assert_eq!(of(version, 141, 0x203), Ok(shape(false, true)));
            assert_eq!(of(version, 142, 0x203), Ok(shape(true, true)));
            assert_eq!(of(version, 133, 2), Ok(Op::BuildSlice(2)));
            assert_eq!(of(version, 133, 3), Ok(Op::BuildSlice(3)));
            assert_eq!(of(version, 107, 12), Err(Fault::Argument));
        }
        for arg in 0..12 {
            let Ok(Op::Compare(op)) = of(Version::V27, 107, arg) else {
                panic!("COMPARE_OP {arg}");
            };
            assert_eq!(op as u32, arg);
        }
        assert_eq!(of(Version::V35, 94, 0x1_2c01), Ok(Op::UnpackEx { before: 1, after: 300 }));
        assert_eq!(of(Version::V27, 99, 3), Ok(Op::Dup(3)));
        assert_eq!(of(Version::V27, 99, 4), Err(Fault::Argument));
        assert_eq!(of(Version::V27, 130, 3), Ok(Op::RaiseVarargs(3)));
        assert_eq!(of(Version::V35, 130, 3), Err(Fault::Argument));
        assert_eq!(of(Version::V27, 33, 0), Ok(Op::Slice(3)));
        assert_eq!(of(Version::V27, 41, 0), Ok(Op::StoreSlice(1)));
    }
}
