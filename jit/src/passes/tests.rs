//! The pipeline on small bytecode: what becomes unboxed, what stays out of loops.

use super::run;
use crate::bytecode::{CodeDesc, Const, ConstKind, Version, decode};
use crate::feedback::Feedback;
use crate::hir::{Function, Insn, Type, build};
use crate::host::testing;
use crate::{EntrySpec, Options};

/// `def f(n): i = 0; while i < n: i += 1` (then `return i`), as CPython 2.7 compiles it.
fn counting_loop() -> CodeDesc {
    let code = vec![
        100, 1, 0, // 0 LOAD_CONST 1 (0)
        125, 1, 0, // 3 STORE_FAST 1
        120, 26, 0, // 6 SETUP_LOOP -> 35
        124, 1, 0, // 9 LOAD_FAST 1
        124, 0, 0, // 12 LOAD_FAST 0
        107, 0, 0, // 15 COMPARE_OP <
        114, 34, 0, // 18 POP_JUMP_IF_FALSE 34
        124, 1, 0, // 21 LOAD_FAST 1
        100, 2, 0,  // 24 LOAD_CONST 2 (1)
        55, // 27 INPLACE_ADD
        125, 1, 0, // 28 STORE_FAST 1
        113, 9, 0,  // 31 JUMP_ABSOLUTE 9
        87, // 34 POP_BLOCK
        124, 1, 0,  // 35 LOAD_FAST 1
        83, // 38 RETURN_VALUE
    ];
    CodeDesc {
        version: Version::V27,
        name: "f".into(),
        filename: "t.py".into(),
        first_line: 1,
        code,
        consts: vec![
            Const { address: 0x100, kind: ConstKind::None },
            Const { address: 0x200, kind: ConstKind::Int(0) },
            Const { address: 0x300, kind: ConstKind::Int(1) },
        ],
        names: vec![],
        name_texts: vec![],
        arguments: 1,
        locals: 2,
        cells: 0,
        frees: 0,
        stack_size: 2,
        is_generator: false,
        is_optimized: true,
        cell_arguments: vec![],
    }
}

fn compiled(feedback: &Feedback) -> Function {
    let code = counting_loop();
    let bytecode = decode(&code).unwrap();
    let host = testing::host(Version::V27);
    let options = Options::default();
    let mut function = build(&code, &bytecode, feedback, &[EntrySpec::default()], &host, &options).unwrap();
    run(&mut function, &host, &options).unwrap();
    function
}

fn feedback() -> Feedback {
    let mut feedback = Feedback::new();
    feedback.record(15, [Type::INT, Type::INT, Type::EMPTY]);
    feedback.record(27, [Type::INT, Type::INT, Type::EMPTY]);
    feedback
}

#[test]
fn an_int_loop_has_no_object_in_it() {
    let function = compiled(&feedback());
    println!("{function}");
    let in_loop = function.block_ids().filter(|b| {
        function.block(*b).insns.iter().any(|v| matches!(function.insn(*v), Insn::IntBinary { .. }))
    });
    for block in in_loop {
        for value in &function.block(block).insns {
            let insn = function.insn(*value);
            assert!(
                !matches!(
                    insn,
                    Insn::Box(_) | Insn::StoreLocal { .. } | Insn::GuardType(..) | Insn::Call { .. }
                ),
                "{insn:?} in the loop:\n{function}"
            );
        }
    }
}

#[test]
fn without_feedback_everything_is_generic() {
    let function = compiled(&Feedback::new());
    println!("{function}");
    let calls = function.values.iter().filter(|v| matches!(v.insn, Insn::Call { .. })).count();
    assert!(calls >= 2);
}
