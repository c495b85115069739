//! The pipeline on small bytecode: what becomes unboxed, what stays out of loops.

use super::{Omitted, PASSES, run};
use crate::bytecode::assembler::assemble;
use crate::bytecode::{BinaryOp, BlockKind, CodeDesc, Version, decode};
use crate::feedback::Feedback;
use crate::front::build;
use crate::hir::{
    BlockId, ExitReason, FrameBlock, FrameState, Function, Helper, Insn, MAX_BOUND, Repr, Resume, Seen, Type,
    Value, ValueId, parse,
};
use crate::host::Host;
use crate::{EntrySpec, Options};
use std::collections::BTreeMap;

/// A code object with these constants.
fn assembled(version: Version, text: &str) -> CodeDesc {
    assemble(version, &format!(".consts None 0 1\n{text}")).unwrap().code
}

/// `def f(n): i = 0; while i < n: i += 1` (then `return i`), as CPython 2.7 compiles it.
fn counting_loop() -> CodeDesc {
    let text = "
        .args n
                LOAD_CONST (0); STORE_FAST i
                SETUP_LOOP done
        head:   LOAD_FAST i; LOAD_FAST n; COMPARE_OP <; POP_JUMP_IF_FALSE end
                LOAD_FAST i; LOAD_CONST (1); INPLACE_ADD; STORE_FAST i
                JUMP_ABSOLUTE head
        end:    POP_BLOCK
        done:   LOAD_FAST i; RETURN_VALUE";
    assembled(Version::V27, text)
}

/// `while i < n: i += 1` in a module, entered at the loop.
fn module_loop() -> (CodeDesc, EntrySpec) {
    let text = "
        .module
                SETUP_LOOP done
        head:   LOAD_NAME i; LOAD_NAME n; COMPARE_OP <; POP_JUMP_IF_FALSE end
                LOAD_NAME i; LOAD_CONST (1); INPLACE_ADD; STORE_NAME i
                JUMP_ABSOLUTE head
        end:    POP_BLOCK
        done:   LOAD_CONST (None); RETURN_VALUE";
    let spec = EntrySpec {
        pc: 3,
        blocks: vec![FrameBlock { kind: BlockKind::Loop, handler: 29, level: 0 }],
        names: vec![Type::INT, Type::INT],
        ..EntrySpec::default()
    };
    (assembled(Version::V27, text), spec)
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
    let mut function = build(code, &bytecode, feedback, &[], entries, &host, &options.front()).unwrap();
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
    let calls = function.values.iter().filter(|v| matches!(v.insn, Insn::Call { .. })).count();
    assert!(calls >= 2);
}

#[test]
fn an_operation_that_overflowed_is_left_to_a_helper() {
    let mut feedback = feedback();
    let adds = |function: &Function| function.values.iter().any(|v| matches!(v.insn, Insn::IntBinary { .. }));
    assert!(adds(&compiled(&feedback)));
    feedback.leave_to_helper(27);
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

/// A function of `o` and `x`.
fn with_method(version: Version, text: &str) -> CodeDesc {
    assembled(version, &format!(".args o x\n.stack 5\n{text}"))
}

fn calls_method(text: &str) -> bool {
    let code = with_method(Version::V27, text);
    let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
    function.values.iter().any(|v| matches!(v.insn, Insn::CallMethod { .. }))
}

/// `return o.m(x + 1)`
const ADDING: &str =
    "LOAD_FAST o; LOAD_ATTR m; LOAD_FAST x; LOAD_CONST (1); BINARY_ADD; CALL_FUNCTION 1; RETURN_VALUE";

/// `return o.m(x)`
const SIMPLE: &str = "LOAD_FAST o; LOAD_ATTR m; LOAD_FAST x; CALL_FUNCTION 1; RETURN_VALUE";

#[test]
fn a_method_is_bound_by_exits_only() {
    assert!(calls_method(ADDING));
    let code = with_method(Version::V27, ADDING);
    let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
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
    let keeps = |text: &str, version: Version| {
        let code = with_method(version, text);
        let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
        assert!(function.values.iter().any(|v| matches!(v.insn, Insn::CallMethod { .. })), "{function}");
        function.states.iter().any(|state| state.operands.iter().any(|o| o.class.is_some()))
    };
    assert!(keeps(ADDING, Version::V27));
    assert!(!keeps(SIMPLE, Version::V27));
    assert!(!keeps(ADDING, Version::V34));
}

#[test]
fn what_may_reach_a_handler_with_a_method_on_the_stack_is_bound() {
    // except: pass
    let handler = "POP_BLOCK; handler: POP_TOP; POP_TOP; POP_TOP; LOAD_CONST (None); RETURN_VALUE";
    let tries = |text: &str| format!("SETUP_EXCEPT handler; {text}; {handler}");
    assert!(calls_method(&tries(SIMPLE)));
    assert!(!calls_method(&tries(ADDING)));
    // o.m(x or 1): an argument with a jump in it
    let jumping = "LOAD_FAST o; LOAD_ATTR m; LOAD_FAST x; JUMP_IF_TRUE_OR_POP call; LOAD_CONST (1)
        call: CALL_FUNCTION 1; RETURN_VALUE";
    assert!(!calls_method(jumping));
    // o.m(1, m=x)
    let keyword = "LOAD_FAST o; LOAD_ATTR m; LOAD_CONST (1); LOAD_CONST (0); LOAD_FAST x
        CALL_FUNCTION 257; RETURN_VALUE";
    assert!(calls_method(keyword));
    // o.m(*x)
    let spread = "LOAD_FAST o; LOAD_ATTR m; LOAD_FAST x; CALL_FUNCTION_VAR 0; RETURN_VALUE";
    assert!(!calls_method(spread));
}

#[test]
fn no_more_methods_wait_for_arguments_than_an_exit_can_bind() {
    let depth = MAX_BOUND + 3;
    let (loads, calls) = ("LOAD_FAST o; LOAD_ATTR m;".repeat(depth), "CALL_FUNCTION 1;".repeat(depth));
    let text = format!(".stack 20\n{loads} LOAD_FAST x; {calls} RETURN_VALUE");
    let code = with_method(Version::V27, &text);
    let function = compile_with(&code, &EntrySpec::default(), &Feedback::new(), Options::default());
    let bound =
        |state: &FrameState| state.operands.iter().filter(|operand| operand.receiver.is_some()).count();
    assert_eq!(function.states.iter().map(bound).max(), Some(MAX_BOUND));
}

#[test]
fn a_generator_that_delegates_is_entered_after_that_with_the_result() {
    let text = ".generator
        .args it
        LOAD_FAST it; GET_YIELD_FROM_ITER; LOAD_CONST (None); YIELD_FROM
        STORE_FAST result; LOAD_FAST result; RETURN_VALUE";
    let code = assembled(Version::V35, text);
    let host = Host::made_up(Version::V35);
    let options = Options::default();
    let bytecode = decode(&code).unwrap();
    let entries = [EntrySpec::default()];
    let function = build(&code, &bytecode, &Feedback::new(), &[], &entries, &host, &options.front()).unwrap();
    let found: Vec<_> = function.entries.iter().map(|entry| (entry.pc, entry.depth)).collect();
    assert_eq!(found, [(0, 0), (8, 1)]);
    let asks = |v: &&Value| matches!(v.insn, Insn::CallStack { helper: Helper::YieldFrom, .. });
    assert_eq!(function.values.iter().filter(asks).count(), 1, "who resumes it asks the receiver");
    let stores = |v: &&Value| matches!(v.insn, Insn::StoreLocal { .. } | Insn::SetLocal { .. });
    assert_eq!(function.values.iter().filter(stores).count(), 1, "one copy of what follows");
}

/// Code with the arguments `x` and `y`, both ints, as 2.7 runs it.
fn with_ints(text: &str) -> Function {
    let code = assembled(Version::V27, &format!(".args x y\n{text}; RETURN_VALUE"));
    let mut feedback = Feedback::new();
    for pc in 0..code.code.len() as u32 {
        feedback.record(pc, [Type::INT, Type::INT, Type::EMPTY]);
    }
    compile_with(&code, &EntrySpec::default(), &feedback, Options::default())
}

#[test]
fn what_a_shift_hands_back_has_a_way_of_its_own_where_somebody_can_tell() {
    let has_way = |text: &str| {
        let function = with_ints(text);
        function.block_ids().any(|block| matches!(function.terminator(block), Insn::Branch { .. }))
    };
    // return x >> y
    assert!(has_way("LOAD_FAST x; LOAD_FAST y; BINARY_RSHIFT"));
    // return x >> y & 1
    assert!(!has_way("LOAD_FAST x; LOAD_FAST y; BINARY_RSHIFT; LOAD_CONST (1); BINARY_AND"));
    // return x >> y >> 1: what is shifted again may come back
    assert!(has_way("LOAD_FAST x; LOAD_FAST y; BINARY_RSHIFT; LOAD_CONST (1); BINARY_RSHIFT"));
    // return x >> 1, return 1 >> y
    assert!(!has_way("LOAD_FAST x; LOAD_CONST (1); BINARY_RSHIFT"));
    assert!(!has_way("LOAD_CONST (1); LOAD_FAST y; BINARY_RSHIFT"));
    // return (x + 1) >> y: nobody else has that operand
    assert!(!has_way("LOAD_FAST x; LOAD_CONST (1); BINARY_ADD; LOAD_FAST y; BINARY_RSHIFT"));
    // x = x + 1; return x >> y
    let bound =
        "LOAD_FAST x; LOAD_CONST (1); BINARY_ADD; STORE_FAST x; LOAD_FAST x; LOAD_FAST y; BINARY_RSHIFT";
    assert!(has_way(bound));
    // return x >> y & m, of which nothing is known yet
    assert!(has_way("LOAD_FAST x; LOAD_FAST y; BINARY_RSHIFT; LOAD_GLOBAL m; BINARY_AND"));
}

#[test]
fn a_shift_by_nothing_is_its_operand() {
    let shifts = |function: Function| {
        let is_shift = |value: &&Value| {
            matches!(value.insn, Insn::IntBinary { op: BinaryOp::LShift | BinaryOp::RShift, .. })
        };
        function.values.iter().filter(is_shift).count()
    };
    assert_eq!(shifts(with_ints("LOAD_FAST x; LOAD_CONST (0); BINARY_LSHIFT")), 0);
    assert_eq!(shifts(with_ints("LOAD_FAST x; LOAD_CONST (1); BINARY_LSHIFT")), 1);
}

#[test]
fn where_many_operations_may_hand_back_they_leave() {
    // x = x >> y, over and over
    let shifts = "LOAD_FAST x; LOAD_FAST y; BINARY_RSHIFT; STORE_FAST x;".repeat(40);
    let function = with_ints(&format!("{shifts} LOAD_FAST x"));
    let seen = |value: &Value| match value.insn {
        Insn::IntBinary { seen, .. } => Some(seen),
        _ => None,
    };
    let seen: Vec<Seen> = function.values.iter().filter_map(seen).collect();
    assert!(seen.contains(&Seen::BesideOperand));
    assert!(seen.len() < 40 * 10, "{}", seen.len());
}
