//! A backend of one's own beside that of the crate: the same code objects, compiled by both, do the same.

mod backend;

use backend::Interpreting;
use pyjion_jit::backend::cranelift::CraneliftBackend;
use pyjion_jit::backend::{Backend, NativeCode};
use pyjion_jit::bytecode::Version;
use pyjion_jit::bytecode::assembler::assemble;
use pyjion_jit::code::CodeMemory;
use pyjion_jit::error::CompileError;
use pyjion_jit::exit::Source;
use pyjion_jit::feedback::Feedback;
use pyjion_jit::hir::{ExitReason, Repr, Type};
use pyjion_jit::host::Host;
use pyjion_jit::{EntrySpec, Options, compile};
use std::error::Error;

extern "C" fn box_int(number: i64) -> u64 {
    let type_address = (Host::made_up(Version::V27).types)(Type::INT);
    Box::leak(Box::new([1, type_address as u64, number as u64])).as_mut_ptr() as u64
}

/// What came of a call with two ints: a number, or why and where it left, and with which operands.
#[derive(Debug, PartialEq)]
enum Outcome {
    Returned(i64),
    Left(ExitReason, u32, Vec<i64>),
}

fn run(native: &NativeCode, arguments: [i64; 2]) -> Outcome {
    // SAFETY: both are ints: of `box_int`, or left as such by code.
    let number = |object: u64| unsafe { *(object as *const i64).add(2) };
    let mut frame = [0_u64; 64];
    let locals = Host::made_up(Version::V27).layout.frame_locals as usize / 8;
    for (slot, argument) in frame[locals..].iter_mut().zip(arguments) {
        *slot = box_int(argument);
    }
    let (mut thread, mut buffer) = ([0_u64; 16], vec![0; native.buffer_words]);
    let (frame, thread) = (frame.as_mut_ptr().cast(), thread.as_mut_ptr().cast());
    // SAFETY: all are as the host says.
    let result = unsafe { (native.function)(frame, thread, 0, buffer.as_mut_ptr()) };
    let Some(exit) = result.checked_sub(1) else { return Outcome::Returned(number(buffer[0])) };
    let recipe = &native.exits[exit as usize];
    let operands = recipe.outermost.operands.iter().map(|source| match *source {
        Source::Buffer { index, repr: Repr::Obj, .. } => number(buffer[usize::from(index)]),
        Source::Buffer { index, .. } => buffer[usize::from(index)] as i64,
        ref other => panic!("{other:?} is no operand of these functions"),
    });
    Outcome::Left(recipe.reason, recipe.outermost.pc, operands.collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let host = Host { box_int: box_int as *const () as usize, ..Host::made_up(Version::V27) };
    let memory = CodeMemory::new(1 << 20);
    let native = |text: &str, backend: &mut dyn Backend| -> Result<NativeCode, CompileError> {
        let code = assemble(Version::V27, text).expect("a text of this file").code;
        let mut feedback = Feedback::new();
        (0..code.code.len() as u32).for_each(|pc| feedback.record(pc, [Type::INT; 3]));
        let entries = [EntrySpec::default()];
        let compiled = compile(&code, &feedback, &[], &entries, &host, backend, &Options::default())?;
        Ok(compiled.publish(&memory)?.code)
    };

    // return x * y - x
    let calculates = ".args x y
        LOAD_FAST x; LOAD_FAST y; BINARY_MULTIPLY; LOAD_FAST x; BINARY_SUBTRACT; RETURN_VALUE";
    // return x + y if x < y else x
    let chooses = ".args x y
        LOAD_FAST x; LOAD_FAST y; COMPARE_OP <; POP_JUMP_IF_FALSE otherwise
        LOAD_FAST x; LOAD_FAST y; BINARY_ADD; RETURN_VALUE
        otherwise: LOAD_FAST x; RETURN_VALUE";
    let mut cranelift = CraneliftBackend::new()?;
    for text in [calculates, chooses] {
        let (own, other) = (native(text, &mut Interpreting)?, native(text, &mut cranelift)?);
        for arguments in [[6, 7], [7, -6], [0, 0], [1 << 40, 1 << 40], [i64::MAX, 1], [1, i64::MAX]] {
            let outcome = run(&own, arguments);
            println!("{arguments:?}: {outcome:?}");
            assert_eq!(outcome, run(&other, arguments));
        }
    }
    let code = native(calculates, &mut Interpreting)?;
    assert_eq!(run(&code, [6, 7]), Outcome::Returned(36));
    assert_eq!(
        run(&code, [1 << 40, 1 << 40]),
        Outcome::Left(ExitReason::Overflow, 6, vec![1 << 40, 1 << 40])
    );
    let refused = native(".args x\nLOAD_FAST x; UNARY_NEGATIVE; RETURN_VALUE", &mut Interpreting);
    assert!(matches!(refused.err(), Some(CompileError::Backend(_))), "it does not know all");
    Ok(())
}
