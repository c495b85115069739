//! A second backend behind `backend::Backend`: its machine code is a stub that has the final HIR interpreted.
//!
//! It takes functions that calculate with ints and refuses all others, as a backend may. What it hands over is what
//! any other does: exits are numbered by `exit::Plan`, whose recipes the host follows.

use pyjion_jit::backend::cranelift::CraneliftBackend;
use pyjion_jit::backend::{Backend, BackendOptions, MachineCode, NativeCode};
use pyjion_jit::bytecode::assembler::assemble;
use pyjion_jit::bytecode::{BinaryOp, CompareOp, Version};
use pyjion_jit::code::CodeMemory;
use pyjion_jit::error::CompileError;
use pyjion_jit::exit::{Plan, Source};
use pyjion_jit::feedback::Feedback;
use pyjion_jit::hir::{BlockId, Edge, ExitReason, Function, Insn, Type, ValueId};
use pyjion_jit::host::{Host, IntLayout};
use pyjion_jit::{EntrySpec, Options, compile};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::sync::Arc;

/// What the stub of a function refers to. It lives as long as the code.
struct Program {
    function: Function,
    /// For each instruction with an exit its number, and the values that it leaves in the buffer.
    exits: HashMap<ValueId, (u64, Vec<ValueId>)>,
    /// Offsets: a frame's locals, an object's count of references and type, an int's value.
    locals: usize,
    refcnt: usize,
    ob_type: usize,
    value: usize,
    type_of: fn(Type) -> usize,
    box_int: extern "C" fn(i64) -> u64,
}

/// The backend.
struct Interpreting;

impl Backend for Interpreting {
    fn generate(
        &mut self,
        function: Function,
        host: &Host,
        _: &BackendOptions,
    ) -> Result<MachineCode, CompileError> {
        let IntLayout::Long { value } = host.layout.int else {
            return Err(CompileError::Backend("ints of several digits".to_owned()));
        };
        let mut plan = Plan::default();
        let mut exits = HashMap::new();
        for block in function.reverse_postorder() {
            for &id in &function.block(block).insns {
                let insn = function.insn(id);
                if !is_known(insn) {
                    return Err(CompileError::Backend(format!("no `{insn}`")));
                }
                if let Some(exit) = insn.side_exit() {
                    let (number, _) = plan.number(&function, exit)?;
                    let contents = &plan.contents()[plan.left_by(number)];
                    exits.insert(id, (number as u64, contents.words.clone()));
                }
            }
        }
        let program = Arc::new(Program {
            function,
            exits,
            locals: host.layout.frame_locals as usize,
            refcnt: host.layout.refcnt as usize,
            ob_type: host.layout.ob_type as usize,
            value: value as usize,
            type_of: host.types,
            // SAFETY: that is the type of what is at this address.
            box_int: unsafe { std::mem::transmute::<usize, extern "C" fn(i64) -> u64>(host.box_int) },
        });
        Ok(MachineCode {
            name: program.function.name.clone(),
            bytes: stub(&program),
            alignment: 16,
            buffer_words: plan.buffer_words(&program.function),
            exits: plan.into_recipes(),
            is_provisional: false,
            keeps: Some(program),
            texts: BTreeMap::new(),
            description: None,
        })
    }
}

/// Whether [`interpret`] has the instruction.
fn is_known(insn: &Insn) -> bool {
    match insn {
        Insn::IntBinary { op, .. } => matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul),
        Insn::Int(_)
        | Insn::Object(_)
        | Insn::Null
        | Insn::LoadLocal(_)
        | Insn::NewRef(_)
        | Insn::GuardNotNull(..)
        | Insn::GuardType(..)
        | Insn::UnboxInt(_)
        | Insn::Box(_)
        | Insn::IntCompare(..)
        | Insn::Jump(_)
        | Insn::Branch { .. }
        | Insn::Return(..)
        | Insn::Exit(_) => true,
        _ => false,
    }
}

/// Code that calls [`interpret`] with the program after the four arguments it gets.
#[cfg(target_arch = "x86_64")]
fn stub(program: &Program) -> Vec<u8> {
    let (program, interpret) = (&raw const *program as u64, interpret as *const () as u64);
    // mov r8, program; mov rax, interpret; jmp rax
    [&[0x49, 0xb8], &program.to_le_bytes()[..], &[0x48, 0xb8], &interpret.to_le_bytes(), &[0xff, 0xe0]]
        .concat()
}

/// Code that calls [`interpret`] with the program after the four arguments it gets.
#[cfg(target_arch = "aarch64")]
fn stub(program: &Program) -> Vec<u8> {
    let (program, interpret) = (&raw const *program as u64, interpret as *const () as u64);
    // ldr x4, program; ldr x16, interpret; br x16; nop
    let code = [0x5800_0084_u32, 0x5800_00b0, 0xd61f_0200, 0xd503_201f].map(u32::to_le_bytes);
    [code.as_flattened(), &program.to_le_bytes(), &interpret.to_le_bytes()].concat()
}

/// Runs a program in a frame.
///
/// # Safety
/// The frame is one of the host that the program was made for, the buffer as large as was asked for.
unsafe extern "C" fn interpret(
    frame: *mut u8,
    _thread: *mut u8,
    entry: u64,
    buffer: *mut u64,
    program: &Program,
) -> u64 {
    let function = &program.function;
    let mut values = vec![0_u64; function.values.len()];
    // SAFETY: the verifier has seen that pointers are of objects that are alive, of the types they are read as.
    let word = |object: u64, offset: usize| unsafe { (object as *mut u64).byte_add(offset) };
    let mut block = function.entries[entry as usize].block;
    loop {
        let mut next = None;
        for &id in &function.block(block).insns {
            let get = |value: &ValueId| values[value.index()];
            // Nothing where the instruction leaves.
            // SAFETY: as above.
            let result = unsafe {
                match function.insn(id) {
                    Insn::Int(number) => Some(*number as u64),
                    Insn::Object(address) => Some(*address as u64),
                    Insn::Null => Some(0),
                    Insn::LoadLocal(slot) => Some(*word(frame as u64, program.locals + 8 * *slot as usize)),
                    Insn::NewRef(object) => {
                        *word(get(object), program.refcnt) += 1;
                        Some(get(object))
                    }
                    Insn::GuardNotNull(object, _) => Some(get(object)).filter(|object| *object != 0),
                    Insn::GuardType(object, kind, _) => Some(get(object))
                        .filter(|object| *word(*object, program.ob_type) == (program.type_of)(*kind) as u64),
                    Insn::UnboxInt(object) => Some(*word(get(object), program.value)),
                    Insn::Box(number) => Some((program.box_int)(get(number) as i64)),
                    Insn::IntBinary { op, lhs, rhs, .. } => {
                        let (lhs, rhs) = (get(lhs) as i64, get(rhs) as i64);
                        let result = match op {
                            BinaryOp::Add => lhs.checked_add(rhs),
                            BinaryOp::Sub => lhs.checked_sub(rhs),
                            _ => lhs.checked_mul(rhs),
                        };
                        result.map(|number| number as u64)
                    }
                    Insn::IntCompare(op, lhs, rhs) => {
                        let (lhs, rhs) = (get(lhs) as i64, get(rhs) as i64);
                        Some(u64::from(match op {
                            CompareOp::Lt => lhs < rhs,
                            CompareOp::Le => lhs <= rhs,
                            CompareOp::Eq => lhs == rhs,
                            CompareOp::Ne => lhs != rhs,
                            CompareOp::Gt => lhs > rhs,
                            _ => lhs >= rhs,
                        }))
                    }
                    Insn::Jump(edge) => Some(go(edge, &mut next)),
                    Insn::Branch { condition, then, otherwise } => {
                        Some(go(if get(condition) != 0 { then } else { otherwise }, &mut next))
                    }
                    Insn::Return(object, _) => {
                        *buffer = get(object);
                        return 0;
                    }
                    _ => None,
                }
            };
            let Some(result) = result else {
                let (number, left) = &program.exits[&id];
                for (index, value) in left.iter().enumerate() {
                    // SAFETY: the buffer has a word for each.
                    unsafe { *buffer.add(index) = get(value) };
                }
                return 1 + number;
            };
            values[id.index()] = result;
        }
        let Some((target, arguments)) = next else { unreachable!("verified blocks end in a terminator") };
        let arguments: Vec<u64> = arguments.iter().map(|argument| values[argument.index()]).collect();
        for (parameter, argument) in function.block(target).params.iter().zip(arguments) {
            values[parameter.index()] = argument;
        }
        block = target;
    }
}

/// Notes where to go on; terminators have no result.
fn go(edge: &Edge, next: &mut Option<(BlockId, Vec<ValueId>)>) -> u64 {
    *next = Some((edge.target, edge.args.clone()));
    0
}

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
        Source::Buffer { index, repr: pyjion_jit::hir::Repr::Obj, .. } => number(buffer[usize::from(index)]),
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
