//! Names of opcodes and of operators, as `Lib/opcode.py` of each version has them.

use super::super::op::Version;

/// Names that mean one number in all versions.
#[rustfmt::skip]
const SHARED: &[(&str, u8)] = &[
    ("POP_TOP", 1), ("ROT_TWO", 2), ("ROT_THREE", 3), ("DUP_TOP", 4), ("NOP", 9), ("UNARY_POSITIVE", 10),
    ("UNARY_NEGATIVE", 11), ("UNARY_NOT", 12), ("UNARY_INVERT", 15), ("BINARY_POWER", 19),
    ("BINARY_MULTIPLY", 20), ("BINARY_MODULO", 22), ("BINARY_ADD", 23), ("BINARY_SUBTRACT", 24),
    ("BINARY_SUBSCR", 25), ("BINARY_FLOOR_DIVIDE", 26), ("BINARY_TRUE_DIVIDE", 27),
    ("INPLACE_FLOOR_DIVIDE", 28), ("INPLACE_TRUE_DIVIDE", 29), ("INPLACE_ADD", 55), ("INPLACE_SUBTRACT", 56),
    ("INPLACE_MULTIPLY", 57), ("INPLACE_MODULO", 59), ("STORE_SUBSCR", 60), ("DELETE_SUBSCR", 61),
    ("BINARY_LSHIFT", 62), ("BINARY_RSHIFT", 63), ("BINARY_AND", 64), ("BINARY_XOR", 65), ("BINARY_OR", 66),
    ("INPLACE_POWER", 67), ("GET_ITER", 68), ("PRINT_EXPR", 70), ("INPLACE_LSHIFT", 75),
    ("INPLACE_RSHIFT", 76), ("INPLACE_AND", 77), ("INPLACE_XOR", 78), ("INPLACE_OR", 79), ("BREAK_LOOP", 80),
    ("RETURN_VALUE", 83), ("IMPORT_STAR", 84), ("YIELD_VALUE", 86), ("POP_BLOCK", 87), ("END_FINALLY", 88),
    ("STORE_NAME", 90), ("DELETE_NAME", 91), ("UNPACK_SEQUENCE", 92), ("FOR_ITER", 93), ("STORE_ATTR", 95),
    ("DELETE_ATTR", 96), ("STORE_GLOBAL", 97), ("DELETE_GLOBAL", 98), ("LOAD_CONST", 100), ("LOAD_NAME", 101),
    ("BUILD_TUPLE", 102), ("BUILD_LIST", 103), ("BUILD_SET", 104), ("BUILD_MAP", 105), ("LOAD_ATTR", 106),
    ("COMPARE_OP", 107), ("IMPORT_NAME", 108), ("IMPORT_FROM", 109), ("JUMP_FORWARD", 110),
    ("JUMP_IF_FALSE_OR_POP", 111), ("JUMP_IF_TRUE_OR_POP", 112), ("JUMP_ABSOLUTE", 113),
    ("POP_JUMP_IF_FALSE", 114), ("POP_JUMP_IF_TRUE", 115), ("LOAD_GLOBAL", 116), ("CONTINUE_LOOP", 119),
    ("SETUP_LOOP", 120), ("SETUP_EXCEPT", 121), ("SETUP_FINALLY", 122), ("LOAD_FAST", 124),
    ("STORE_FAST", 125), ("DELETE_FAST", 126), ("RAISE_VARARGS", 130), ("CALL_FUNCTION", 131),
    ("MAKE_FUNCTION", 132), ("BUILD_SLICE", 133), ("MAKE_CLOSURE", 134), ("LOAD_CLOSURE", 135),
    ("LOAD_DEREF", 136), ("STORE_DEREF", 137), ("CALL_FUNCTION_VAR", 140), ("CALL_FUNCTION_KW", 141),
    ("CALL_FUNCTION_VAR_KW", 142), ("SETUP_WITH", 143), ("SET_ADD", 146), ("MAP_ADD", 147),
];

/// Those of 2.7 besides.
#[rustfmt::skip]
const PYTHON_27: &[(&str, u8)] = &[
    ("STOP_CODE", 0), ("ROT_FOUR", 5), ("UNARY_CONVERT", 13), ("BINARY_DIVIDE", 21), ("SLICE+0", 30),
    ("SLICE+1", 31), ("SLICE+2", 32), ("SLICE+3", 33), ("STORE_SLICE+0", 40), ("STORE_SLICE+1", 41),
    ("STORE_SLICE+2", 42), ("STORE_SLICE+3", 43), ("DELETE_SLICE+0", 50), ("DELETE_SLICE+1", 51),
    ("DELETE_SLICE+2", 52), ("DELETE_SLICE+3", 53), ("STORE_MAP", 54), ("INPLACE_DIVIDE", 58),
    ("PRINT_ITEM", 71), ("PRINT_NEWLINE", 72), ("PRINT_ITEM_TO", 73), ("PRINT_NEWLINE_TO", 74),
    ("WITH_CLEANUP", 81), ("LOAD_LOCALS", 82), ("EXEC_STMT", 85), ("BUILD_CLASS", 89), ("LIST_APPEND", 94),
    ("DUP_TOPX", 99), ("EXTENDED_ARG", 145),
];

/// Those that 3.4 and 3.5 have besides.
#[rustfmt::skip]
const PYTHON_3: &[(&str, u8)] = &[
    ("DUP_TOP_TWO", 5), ("LOAD_BUILD_CLASS", 71), ("YIELD_FROM", 72), ("POP_EXCEPT", 89), ("UNPACK_EX", 94),
    ("DELETE_DEREF", 138), ("EXTENDED_ARG", 144), ("LIST_APPEND", 145), ("LOAD_CLASSDEREF", 148),
];

/// Those of 3.4 besides.
#[rustfmt::skip]
const PYTHON_34: &[(&str, u8)] = &[
    ("STORE_MAP", 54), ("WITH_CLEANUP", 81),
];

/// Those of 3.5 besides.
#[rustfmt::skip]
const PYTHON_35: &[(&str, u8)] = &[
    ("BINARY_MATRIX_MULTIPLY", 16), ("INPLACE_MATRIX_MULTIPLY", 17), ("GET_AITER", 50), ("GET_ANEXT", 51),
    ("BEFORE_ASYNC_WITH", 52), ("GET_YIELD_FROM_ITER", 69), ("GET_AWAITABLE", 73), ("WITH_CLEANUP_START", 81),
    ("WITH_CLEANUP_FINISH", 82), ("BUILD_LIST_UNPACK", 149), ("BUILD_MAP_UNPACK", 150),
    ("BUILD_MAP_UNPACK_WITH_CALL", 151), ("BUILD_TUPLE_UNPACK", 152), ("BUILD_SET_UNPACK", 153),
    ("SETUP_ASYNC_WITH", 154),
];

/// `cmp_op`: the argument of `COMPARE_OP` is an index into it.
const COMPARISONS: &[&str] =
    &["<", "<=", "==", "!=", ">", ">=", "in", "not-in", "is", "is-not", "exception-match", "BAD"];

/// What the argument of an opcode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Bytes from the next instruction to another.
    Relative,
    /// The offset of an instruction.
    Absolute,
    /// Index into `co_consts`.
    Const,
    /// Index into `co_names`.
    Name,
    /// Index of a local.
    Local,
    /// Index of a cell or free variable.
    Cell,
    /// One of `cmp_op`.
    Comparison,
    /// A number.
    Number,
}

/// Names and numbers of all opcodes of a version.
pub(super) fn opcodes(version: Version) -> impl Iterator<Item = (&'static str, u8)> {
    let (more, most): (&[_], &[_]) = match version {
        Version::V27 => (PYTHON_27, &[]),
        Version::V34 => (PYTHON_3, PYTHON_34),
        Version::V35 => (PYTHON_3, PYTHON_35),
    };
    SHARED.iter().chain(more).chain(most).copied()
}

/// The number of an opcode.
pub(super) fn opcode(version: Version, name: &str) -> Option<u8> {
    opcodes(version).find(|(known, _)| *known == name).map(|(_, number)| number)
}

/// The argument of `COMPARE_OP` for an operator.
pub(super) fn comparison(operator: &str) -> Option<u32> {
    COMPARISONS.iter().position(|known| *known == operator).map(|index| index as u32)
}

/// What the argument of an opcode is.
pub(super) fn meaning(opcode: u8) -> Meaning {
    match opcode {
        93 | 110 | 120..=122 | 143 | 154 => Meaning::Relative,
        111..=115 | 119 => Meaning::Absolute,
        100 => Meaning::Const,
        90 | 91 | 95..=98 | 101 | 106 | 108 | 109 | 116 => Meaning::Name,
        124..=126 => Meaning::Local,
        135..=138 | 148 => Meaning::Cell,
        107 => Meaning::Comparison,
        _ => Meaning::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::decode::target;
    use super::super::super::op::Op;
    use super::super::super::tables::{extended_arg, operation};
    use super::*;

    #[test]
    fn every_opcode_has_one_name() {
        for version in [Version::V27, Version::V34, Version::V35] {
            for number in 0..=255 {
                let named = opcodes(version).filter(|(_, opcode)| *opcode == number).count();
                // Argument 2 means something to every opcode. Nothing decodes `STOP_CODE`.
                let is_known = number == extended_arg(version) || operation(version, number, 2, 0).is_ok();
                let is_stop = version == Version::V27 && number == 0;
                assert_eq!(named, usize::from(is_known || is_stop), "{version:?} {number}");
            }
            for (name, number) in opcodes(version) {
                assert_eq!(opcode(version, name), Some(number));
            }
        }
    }

    #[test]
    fn arguments_mean_what_is_decoded() {
        for (name, number) in opcodes(Version::V35) {
            let Ok(op) = operation(Version::V35, number, 2, 3) else { continue };
            let is_jump = matches!(meaning(number), Meaning::Relative | Meaning::Absolute);
            assert_eq!(target(op).is_some(), is_jump, "{name}");
        }
        assert_eq!(operation(Version::V27, 113, 2, 3), Ok(Op::Jump(2)));
        assert_eq!(operation(Version::V27, 110, 2, 3), Ok(Op::Jump(5)));
        assert_eq!((comparison("<"), comparison("is-not"), comparison("?")), (Some(0), Some(9), None));
    }
}
