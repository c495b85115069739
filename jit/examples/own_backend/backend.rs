//! A second backend behind `backend::Backend`: its machine code is a stub that has the final HIR interpreted.
//!
//! It takes functions that calculate with ints and refuses all others, as a backend may. What it hands over
//! is what any other does: exits are numbered by `exit::Plan`, whose recipes the host follows.

use pyjion_jit::backend::{Backend, BackendOptions, MachineCode};
use pyjion_jit::bytecode::BinaryOp;
use pyjion_jit::error::CompileError;
use pyjion_jit::exit::Plan;
use pyjion_jit::hir::{Edge, Function, Insn, ValueId};
use pyjion_jit::host::{Host, IntLayout};
use std::collections::HashMap;
use std::sync::Arc;

/// The backend.
pub struct Interpreting;

/// The instructions that it has.
const KNOWN: &str = "Int Object Null LoadLocal NewRef GuardNotNull GuardType UnboxInt Box IntBinary IntCompare \
                     Jump Branch Return Exit";

/// What the stub of a function refers to. It lives as long as the code.
struct Program {
    function: Function,
    /// For each instruction with an exit its number, and the values that it leaves in the buffer.
    exits: HashMap<ValueId, (u64, Vec<ValueId>)>,
    host: Host,
    /// The offset of an int's value.
    value: i32,
}

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
        let (mut plan, mut exits) = (Plan::default(), HashMap::new());
        for block in function.reverse_postorder() {
            for &id in &function.block(block).insns {
                let insn = function.insn(id);
                if !KNOWN.split(' ').any(|known| known == insn.name()) {
                    return Err(CompileError::Backend(format!("no `{insn}`")));
                }
                if let Some(exit) = insn.side_exit() {
                    let (number, _) = plan.number(&function, exit)?;
                    let contents = &plan.contents()[plan.left_by(number)];
                    exits.insert(id, (number as u64, contents.words.clone()));
                }
            }
        }
        let buffer_words = plan.buffer_words(&function);
        let program = Arc::new(Program { function, exits, host: host.clone(), value });
        Ok(MachineCode {
            name: program.function.name.clone(),
            bytes: stub(&program),
            alignment: 16,
            buffer_words,
            exits: plan.into_recipes(),
            keeps: Some(program),
            ..MachineCode::default()
        })
    }
}

/// Code that calls [`interpret`] with the program after the four arguments it gets.
fn stub(program: &Program) -> Vec<u8> {
    let program = (&raw const *program as u64).to_le_bytes();
    let interpret = (interpret as *const () as u64).to_le_bytes();
    if cfg!(target_arch = "aarch64") {
        // ldr x4, program; ldr x16, interpret; br x16; nop
        let code = [0x5800_0084_u32, 0x5800_00b0, 0xd61f_0200, 0xd503_201f].map(u32::to_le_bytes);
        [code.as_flattened(), &program, &interpret].concat()
    } else {
        // mov r8, program; mov rax, interpret; jmp rax
        [&[0x49, 0xb8][..], &program, &[0x48, 0xb8], &interpret, &[0xff, 0xe0]].concat()
    }
}

/// A word of an object or of the frame.
fn word(object: u64, offset: i32) -> *mut u64 {
    (object as *mut u64).wrapping_byte_offset(offset as isize)
}

/// A program that runs.
struct Run<'a> {
    program: &'a Program,
    frame: u64,
    values: Vec<u64>,
}

/// Runs a program in a frame.
///
/// # Safety
/// The frame is one of the host that the program was made for, the buffer as large as was asked for.
unsafe extern "C" fn interpret(frame: u64, _: u64, entry: u64, buffer: *mut u64, program: &Program) -> u64 {
    let function = &program.function;
    let values = vec![0; function.values.len()];
    let mut run = Run { program, frame, values };
    let mut block = function.entries[entry as usize].block;
    loop {
        for &id in &function.block(block).insns {
            let Some(result) = run.step(function.insn(id)) else {
                let (number, left) = &program.exits[&id];
                for (index, value) in left.iter().enumerate() {
                    // SAFETY: the buffer has a word for each.
                    unsafe { *buffer.add(index) = run.get(value) };
                }
                return 1 + number;
            };
            run.values[id.index()] = result;
        }
        let Edge { target, args } = match function.terminator(block) {
            Insn::Jump(edge) => edge,
            Insn::Branch { condition, then, .. } if run.get(condition) != 0 => then,
            Insn::Branch { otherwise, .. } => otherwise,
            Insn::Return(object, _) => {
                // SAFETY: the buffer has one word at least.
                unsafe { *buffer = run.get(object) };
                return 0;
            }
            _ => unreachable!("the verifier has seen that there is no other end"),
        };
        let args: Vec<u64> = args.iter().map(|arg| run.get(arg)).collect();
        for (parameter, arg) in function.block(*target).params.iter().zip(args) {
            run.values[parameter.index()] = arg;
        }
        block = *target;
    }
}

impl Run<'_> {
    fn get(&self, value: &ValueId) -> u64 {
        self.values[value.index()]
    }

    /// What an instruction computes; nothing where it leaves.
    fn step(&self, insn: &Insn) -> Option<u64> {
        let Host { layout, types, box_int, .. } = &self.program.host;
        // SAFETY: the verifier has seen that pointers are of objects that are alive, of the types they are
        // read as.
        let read = |object, offset| Some(unsafe { *word(object, offset) });
        let numbers = |lhs, rhs| (self.get(lhs) as i64, self.get(rhs) as i64);
        match insn {
            Insn::Int(number) => Some(*number as u64),
            Insn::Object(address) => Some(*address as u64),
            Insn::LoadLocal(slot) => read(self.frame, layout.frame_locals + 8 * *slot as i32),
            Insn::NewRef(object) => {
                // SAFETY: an object that is alive.
                unsafe { *word(self.get(object), layout.refcnt) += 1 };
                Some(self.get(object))
            }
            Insn::GuardNotNull(object, _) => Some(self.get(object)).filter(|object| *object != 0),
            Insn::GuardType(object, kind, _) => Some(self.get(object))
                .filter(|object| read(*object, layout.ob_type) == Some(types(*kind) as u64)),
            Insn::UnboxInt(object) => read(self.get(object), self.program.value),
            Insn::Box(number) => {
                // SAFETY: that is the type of what is at this address.
                let boxed: extern "C" fn(i64) -> u64 = unsafe { std::mem::transmute(*box_int) };
                Some(boxed(self.get(number) as i64))
            }
            Insn::IntBinary { op, lhs, rhs, .. } => {
                let (lhs, rhs) = numbers(lhs, rhs);
                let result = match op {
                    BinaryOp::Add => lhs.checked_add(rhs),
                    BinaryOp::Sub => lhs.checked_sub(rhs),
                    BinaryOp::Mul => lhs.checked_mul(rhs),
                    _ => None,
                };
                result.map(|number| number as u64)
            }
            Insn::IntCompare(op, lhs, rhs) => {
                let (lhs, rhs) = numbers(lhs, rhs);
                op.holds(lhs.cmp(&rhs)).map(u64::from)
            }
            Insn::Null | Insn::Jump(_) | Insn::Branch { .. } | Insn::Return(..) => Some(0),
            _ => None,
        }
    }
}
