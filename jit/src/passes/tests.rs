//! The pipeline on small bytecode: what becomes unboxed, what stays out of loops.

use super::{Omitted, PASSES, run};
use crate::bytecode::{BinaryOp, BlockKind, CodeDesc, Const, ConstKind, Version, decode};
use crate::feedback::Feedback;
use crate::hir::{
    BlockId, ExitReason, FrameBlock, FrameState, Function, Helper, Insn, MAX_BOUND, Repr, Resume, Seen, Type,
    Value, ValueId, build, parse,
};
use crate::host::Host;
use crate::{EntrySpec, Options};
use std::collections::BTreeMap;

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

/// `while i < n: i += 1` in a module, entered at the loop.
fn module_loop() -> (CodeDesc, EntrySpec) {
    let code = vec![
        120, 26, 0, // 0 SETUP_LOOP -> 29
        101, 0, 0, // 3 LOAD_NAME i
        101, 1, 0, // 6 LOAD_NAME n
        107, 0, 0, // 9 COMPARE_OP <
        114, 28, 0, // 12 POP_JUMP_IF_FALSE 28
        101, 0, 0, // 15 LOAD_NAME i
        100, 2, 0,  // 18 LOAD_CONST 2 (1)
        55, // 21 INPLACE_ADD
        90, 0, 0, // 22 STORE_NAME i
        113, 3, 0,  // 25 JUMP_ABSOLUTE 3
        87, // 28 POP_BLOCK
        100, 0, 0,  // 29 LOAD_CONST None
        83, // 32 RETURN_VALUE
    ];
    let code = CodeDesc {
        code,
        names: vec![0x1000, 0x2000],
        name_texts: vec!["i".into(), "n".into()],
        arguments: 0,
        locals: 0,
        is_optimized: false,
        ..counting_loop()
    };
    let spec = EntrySpec {
        pc: 3,
        blocks: vec![FrameBlock { kind: BlockKind::Loop, handler: 29, level: 0 }],
        names: vec![Type::INT, Type::INT],
        ..EntrySpec::default()
    };
    (code, spec)
}

fn compiled(feedback: &Feedback) -> Function {
    compile(&counting_loop(), &EntrySpec::default(), feedback)
}

fn compile(code: &CodeDesc, entry: &EntrySpec, feedback: &Feedback) -> Function {
    compile_with(code, entry, feedback, Options::default())
}

fn compile_with(code: &CodeDesc, entry: &EntrySpec, feedback: &Feedback, options: Options) -> Function {
    let bytecode = decode(code).unwrap();
    let host = Host::made_up(code.version);
    let entries = std::slice::from_ref(entry);
    let mut function = build(code, &bytecode, feedback, &[], entries, &host, &options).unwrap();
    let mut texts = BTreeMap::new();
    let spent = run(&mut function, &host, options.omitted, options.verify, Some(&mut texts)).unwrap();
    assert_eq!(spent.len(), PASSES.len());
    assert_eq!(texts.get("hir@dce-final"), Some(&function.to_string()));
    function
}

/// A function, read from its text, has the same text.
pub(super) fn text_says_all(function: &Function) {
    let text = function.to_string();
    let read = parse(&text).map(|function| function.to_string());
    assert_eq!(read.as_deref(), Ok(text.as_str()));
}

#[test]
fn passes_that_are_not_required_can_be_left_out() {
    let optional = Omitted::optional();
    assert!(
        optional.contains("unbox") && !optional.contains("writeback") && !optional.contains("no such pass")
    );
    assert_eq!(Omitted::default().and(|pass| pass.name == "writeback"), Omitted::default());
    let simplify = Omitted::default().and(|pass| pass.name.starts_with("simplify"));
    assert!(simplify.contains("simplify-pruned") && !simplify.contains("dce"));
    for pass in PASSES {
        let omitted = Omitted::default().and(|other| other.name == pass.name);
        let options = Options { omitted, ..Options::default() };
        compile_with(&counting_loop(), &EntrySpec::default(), &feedback(), options);
        assert_eq!(pass.text.strip_prefix("hir@"), Some(pass.name));
    }
}

#[test]
fn a_module_level_loop_keeps_its_names_in_registers() {
    let (code, entry) = module_loop();
    let mut feedback = Feedback::new();
    feedback.record(9, [Type::INT, Type::INT, Type::EMPTY]);
    feedback.record(21, [Type::INT, Type::INT, Type::EMPTY]);
    let function = compile(&code, &entry, &feedback);
    println!("{function}");
    let is_unboxed_phi = |v: &ValueId| function.value(*v).repr == Repr::Int;
    let header = function
        .block_ids()
        .find(|b| function.block(*b).params.iter().any(is_unboxed_phi))
        .expect("a loop header with an unboxed parameter");
    let insns = &function.block(header).insns;
    assert!(insns.iter().all(|v| !matches!(function.insn(*v), Insn::Call { .. } | Insn::Box(_))));
}

/// Of some turns of [`counting_loop`].
fn feedback() -> Feedback {
    let mut feedback = Feedback::new();
    feedback.record(9, [Type::EMPTY; 3]);
    feedback.record(15, [Type::INT, Type::INT, Type::EMPTY]);
    feedback.record(27, [Type::INT, Type::INT, Type::EMPTY]);
    feedback
}

#[test]
fn an_int_loop_has_no_object_in_it() {
    let function = compiled(&feedback());
    println!("{function}");
    let adds = |b: &BlockId| {
        function.block(*b).insns.iter().any(|v| matches!(function.insn(*v), Insn::IntBinary { .. }))
    };
    let in_loop: Vec<BlockId> = function.block_ids().filter(adds).collect();
    assert_ne!(in_loop, [], "{function}");
    for block in in_loop {
        for value in &function.block(block).insns {
            let insn = function.insn(*value);
            // Only `ClearLocal`: the first turn finds the object that `i` was before the loop.
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
fn without_optimisation_the_final_form_is_still_valid() {
    let options = || Options { omitted: Omitted::optional(), ..Options::default() };
    for (code, entry) in [(counting_loop(), EntrySpec::default()), module_loop()] {
        // What `run` returns has been verified.
        let plain = compile_with(&code, &entry, &feedback(), options());
        let unboxed = plain.values.iter().any(|v| v.repr == Repr::Int && matches!(v.insn, Insn::Param));
        assert!(!unboxed, "numbers stay in objects between instructions:\n{plain}");
    }
}

#[test]
fn without_feedback_everything_is_generic() {
    let function = compiled(&Feedback::new());
    println!("{function}");
    let calls = function.values.iter().filter(|v| matches!(v.insn, Insn::Call { .. })).count();
    assert!(calls >= 2);
}

#[test]
fn an_operation_that_overflowed_is_left_to_a_helper() {
    let mut feedback = feedback();
    let adds = |function: &Function| function.values.iter().any(|v| matches!(v.insn, Insn::IntBinary { .. }));
    assert!(adds(&compiled(&feedback)));
    feedback.site_mut(27).rare = true;
    let function = compiled(&feedback);
    assert!(!adds(&function), "{function}");
    let compares = function.values.iter().any(|v| matches!(v.insn, Insn::IntCompare(..)));
    assert!(compares, "what did not overflow stays as it was:\n{function}");
}

#[test]
fn code_beyond_the_limit_is_left_to_the_interpreter() {
    let options = Options { max_values: 1, ..Options::default() };
    let function = compile_with(&counting_loop(), &EntrySpec::default(), &Feedback::new(), options);
    let leaves = |v: &ValueId| match function.insn(*v) {
        Insn::Exit(exit) => Some((exit.reason, function.state(exit.state).pc)),
        _ => None,
    };
    let exits: Vec<_> =
        function.block_ids().filter_map(|b| function.block(b).insns.last().and_then(leaves)).collect();
    assert_eq!(exits, [(ExitReason::Uncompiled, 0)], "{function}");
    assert_eq!(function.entries.len(), 1);
}

#[test]
fn exceptions_unwind_in_code_beyond_the_limit() {
    let code = counting_loop();
    for max_values in 1..200 {
        let options = Options { max_values, ..Options::default() };
        let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), options);
        for value in &function.values {
            if let Insn::Exit(exit) = value.insn {
                let state = function.state(exit.state);
                assert!(state.resume != Resume::At || (state.pc as usize) < code.code.len(), "{function}");
            }
        }
    }
}

#[test]
fn code_with_too_many_operands_is_left_to_the_interpreter() {
    let options = Options { max_depth: 1, ..Options::default() };
    let function = compile_with(&counting_loop(), &EntrySpec::default(), &Feedback::new(), options);
    let exits = function.values.iter().filter(|v| match v.insn {
        Insn::Exit(exit) => {
            let state = function.state(exit.state);
            assert_eq!(state.operands.len(), 2, "{function}");
            exit.reason == ExitReason::Uncompiled
        }
        _ => false,
    });
    assert_ne!(exits.count(), 0, "{function}");
}

/// A function of two arguments with this bytecode and the name `m`.
fn with_method(code: &[u8]) -> CodeDesc {
    CodeDesc {
        code: code.to_vec(),
        arguments: 2,
        names: vec![0x500],
        name_texts: vec!["m".into()],
        stack_size: 5,
        ..counting_loop()
    }
}

fn calls_method(code: &[u8]) -> bool {
    let code = with_method(code);
    let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
    function.values.iter().any(|v| matches!(v.insn, Insn::CallMethod { .. }))
}

#[test]
fn a_method_is_bound_by_exits_only() {
    // o.m(x + 1)
    let code = [124, 0, 0, 106, 0, 0, 124, 1, 0, 100, 2, 0, 23, 131, 1, 0, 83];
    assert!(calls_method(&code));
    let code = with_method(&code);
    let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
    println!("{function}");
    let binding: Vec<(u32, Resume)> = function
        .values
        .iter()
        .filter_map(|v| v.insn.side_exit())
        .map(|exit| function.state(exit.state))
        .filter(|state| state.operands.iter().any(|operand| operand.receiver.is_some()))
        .map(|state| (state.pc, state.resume))
        .collect();
    assert!(binding.contains(&(6, Resume::At)), "tracing begins in LOAD_ATTR: {binding:?}");
    assert!(binding.contains(&(12, Resume::Throw)), "the argument raises: {binding:?}");
    assert!(binding.iter().all(|(pc, _)| (6..=13).contains(pc)), "{binding:?}");
}

#[test]
fn the_class_of_a_method_is_kept_where_arguments_run_code() {
    let keeps = |bytecode: &[u8], version: Version| {
        let code = CodeDesc { version, ..with_method(bytecode) };
        let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
        assert!(function.values.iter().any(|v| matches!(v.insn, Insn::CallMethod { .. })), "{function}");
        function.states.iter().any(|state| state.operands.iter().any(|o| o.class.is_some()))
    };
    // o.m(x + 1), o.m(x)
    let adding = [124, 0, 0, 106, 0, 0, 124, 1, 0, 100, 2, 0, 23, 131, 1, 0, 83];
    assert!(keeps(&adding, Version::V27));
    assert!(!keeps(&[124, 0, 0, 106, 0, 0, 124, 1, 0, 131, 1, 0, 83], Version::V27));
    assert!(!keeps(&adding, Version::V34));
}

#[test]
fn what_may_reach_a_handler_with_a_method_on_the_stack_is_bound() {
    // try: return o.m(x) [or: o.m(x + 1)] except: pass
    let simple = [121, 13, 0, 124, 0, 0, 106, 0, 0, 124, 1, 0, 131, 1, 0, 83, 1, 1, 1, 100, 0, 0, 83];
    assert!(calls_method(&simple));
    let raising =
        [121, 17, 0, 124, 0, 0, 106, 0, 0, 124, 1, 0, 100, 2, 0, 23, 131, 1, 0, 83, 1, 1, 1, 100, 0, 0, 83];
    assert!(!calls_method(&raising));
    // o.m(x or 1): an argument with a jump in it
    let jumping = [124, 0, 0, 106, 0, 0, 124, 1, 0, 112, 15, 0, 100, 2, 0, 131, 1, 0, 83];
    assert!(!calls_method(&jumping));
    // o.m(1, m=x): keywords
    let keyword = [124, 0, 0, 106, 0, 0, 100, 2, 0, 100, 1, 0, 124, 1, 0, 131, 1, 1, 83];
    assert!(!calls_method(&keyword));
}

#[test]
fn no_more_methods_wait_for_arguments_than_an_exit_can_bind() {
    let depth = MAX_BOUND + 3;
    let mut code = [124, 0, 0, 106, 0, 0].repeat(depth);
    code.extend([124, 1, 0]);
    code.extend([131, 1, 0].repeat(depth));
    code.push(83);
    let code = CodeDesc { stack_size: 20, ..with_method(&code) };
    let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
    let bound =
        |state: &FrameState| state.operands.iter().filter(|operand| operand.receiver.is_some()).count();
    assert_eq!(function.states.iter().map(bound).max(), Some(MAX_BOUND));
}

#[test]
fn a_generator_that_delegates_is_entered_after_that_with_the_result() {
    let code = vec![
        124, 0, 0,  // 0 LOAD_FAST 0
        69, // 3 GET_YIELD_FROM_ITER
        100, 0, 0,  // 4 LOAD_CONST 0 (None)
        72, // 7 YIELD_FROM
        125, 1, 0, // 8 STORE_FAST 1
        124, 1, 0,  // 11 LOAD_FAST 1
        83, // 14 RETURN_VALUE
    ];
    let code = CodeDesc { version: Version::V35, code, is_generator: true, ..counting_loop() };
    let host = Host::made_up(Version::V35);
    let options = Options::default();
    let bytecode = decode(&code).unwrap();
    let entries = [EntrySpec::default()];
    let function = build(&code, &bytecode, &Feedback::new(), &[], &entries, &host, &options).unwrap();
    println!("{function}");
    let found: Vec<_> = function.entries.iter().map(|entry| (entry.pc, entry.depth)).collect();
    assert_eq!(found, [(0, 0), (8, 1)]);
    let asks = |v: &&Value| matches!(v.insn, Insn::CallStack { helper: Helper::YieldFrom, .. });
    assert_eq!(function.values.iter().filter(asks).count(), 1, "who resumes it asks the receiver");
    let stores = |v: &&Value| matches!(v.insn, Insn::StoreLocal { .. } | Insn::SetLocal { .. });
    assert_eq!(function.values.iter().filter(stores).count(), 1, "one copy of what follows");
}

/// `return` code with the arguments `x` and `y`, both ints, as 2.7 runs it.
fn with_ints(bytecode: &[u8]) -> Function {
    let code = CodeDesc {
        consts: vec![
            Const { address: 0x100, kind: ConstKind::None },
            Const { address: 0x200, kind: ConstKind::Int(0) },
            Const { address: 0x300, kind: ConstKind::Int(1) },
        ],
        ..with_method(bytecode)
    };
    let mut feedback = Feedback::new();
    for pc in 0..bytecode.len() as u32 {
        feedback.record(pc, [Type::INT, Type::INT, Type::EMPTY]);
    }
    compile_with(&code, &EntrySpec::default(), &feedback, Options::default())
}

#[test]
fn what_a_shift_hands_back_has_a_way_of_its_own_where_somebody_can_tell() {
    let has_way = |bytecode: &[u8]| {
        let function = with_ints(bytecode);
        function.block_ids().any(|block| matches!(function.terminator(block), Insn::Branch { .. }))
    };
    // return x >> y
    assert!(has_way(&[124, 0, 0, 124, 1, 0, 63, 83]));
    // return x >> y & 1
    assert!(!has_way(&[124, 0, 0, 124, 1, 0, 63, 100, 2, 0, 64, 83]));
    // return x >> y >> 1: what is shifted again may come back
    assert!(has_way(&[124, 0, 0, 124, 1, 0, 63, 100, 2, 0, 63, 83]));
    // return x >> 1, return 1 >> y
    assert!(!has_way(&[124, 0, 0, 100, 2, 0, 63, 83]));
    assert!(!has_way(&[100, 2, 0, 124, 1, 0, 63, 83]));
    // return (x + 1) >> y: nobody else has that operand
    assert!(!has_way(&[124, 0, 0, 100, 2, 0, 23, 124, 1, 0, 63, 83]));
    // x = x + 1; return x >> y
    assert!(has_way(&[124, 0, 0, 100, 2, 0, 23, 125, 0, 0, 124, 0, 0, 124, 1, 0, 63, 83]));
    // return x >> y & m, of which nothing is known yet
    assert!(has_way(&[124, 0, 0, 124, 1, 0, 63, 116, 0, 0, 64, 83]));
}

#[test]
fn a_shift_by_nothing_is_its_operand() {
    let shifts = |function: Function| {
        let is_shift = |value: &&Value| {
            matches!(value.insn, Insn::IntBinary { op: BinaryOp::LShift | BinaryOp::RShift, .. })
        };
        function.values.iter().filter(is_shift).count()
    };
    assert_eq!(shifts(with_ints(&[124, 0, 0, 100, 1, 0, 62, 83])), 0);
    assert_eq!(shifts(with_ints(&[124, 0, 0, 100, 2, 0, 62, 83])), 1);
}

#[test]
fn where_many_operations_may_hand_back_they_leave() {
    // x = x >> y, over and over
    let mut code = [124, 0, 0, 124, 1, 0, 63, 125, 0, 0].repeat(40);
    code.extend([124, 0, 0, 83]);
    let function = with_ints(&code);
    let seen = |value: &Value| match value.insn {
        Insn::IntBinary { seen, .. } => Some(seen),
        _ => None,
    };
    let seen: Vec<Seen> = function.values.iter().filter_map(seen).collect();
    assert!(seen.contains(&Seen::BesideOperand));
    assert!(seen.len() < 40 * 10, "{}", seen.len());
}
