//! Runs machine code compiled from hand-built HIR against a fake interpreter in memory.
//!
//! The suite is there once for each backend: what it expects, they agree on.

mod arrays;
mod attributes;
mod calls;
mod control;
mod description;
mod direct;
mod frame;
mod free;
mod generators;
mod identity;
mod numbers;
mod objects;
mod strings;
mod world;

use super::cranelift::CraneliftBackend;
use super::interp::InterpBackend;
use crate::backend::{Backend, BackendOptions, Effort, MachineCode, NativeCode};
use crate::bytecode::BinaryOp;
use crate::code::CodeMemory;
use crate::error::CompileError;
use crate::exit::Source;
use crate::hir::{
    BlockId, Edge, Entry, ExitReason, FrameState, Function, Helper, Insn, Lacks, Operand, Repr, Resume, Seen,
    SideExit, Stale, StateId, Type, ValueId,
};
use crate::host::Host;
use crate::passes::stress::{self, Stress};
use world::{Frame, host_27, host_35};

/// Whose code it is that is tested.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    Cranelift,
    Baseline,
    Interp,
}

fn whose() -> Whose {
    match module_path!() {
        path if path.ends_with("tests_of_baseline") => Whose::Baseline,
        path if path.ends_with("tests_of_interp") => Whose::Interp,
        _ => Whose::Cranelift,
    }
}

/// The baseline as a backend of its own.
struct Baseline(CraneliftBackend);

impl Backend for Baseline {
    fn generate(
        &mut self,
        function: Function,
        host: &Host,
        options: &BackendOptions,
    ) -> Result<MachineCode, CompileError> {
        Ok(self.0.baseline(&function, host, options)?.expect("the baseline takes it"))
    }
}

/// The backend that is tested.
fn backend() -> Result<Box<dyn Backend>, CompileError> {
    Ok(match whose() {
        Whose::Cranelift => Box::new(CraneliftBackend::new()?),
        Whose::Baseline => Box::new(Baseline(CraneliftBackend::new()?)),
        Whose::Interp => Box::new(InterpBackend),
    })
}

/// A function under construction, instructions going into one block at a time.
struct Build {
    function: Function,
    block: BlockId,
}

impl Build {
    /// A function with one entry.
    fn new() -> Build {
        let function = Function { name: "test".into(), locals: 4, ..Function::default() };
        let mut build = Build { function, block: BlockId(0) };
        build.block = build.entry();
        build
    }

    fn entry(&mut self) -> BlockId {
        let block = self.function.add_block();
        self.function.entries.push(Entry { pc: 0, depth: 0, blocks: Vec::new(), block });
        block
    }

    fn push(&mut self, insn: Insn, ty: Type) -> ValueId {
        let value = self.function.add_value(insn, ty);
        self.function.blocks[self.block.index()].insns.push(value);
        value
    }

    fn object(&mut self, insn: Insn) -> ValueId {
        self.push(insn, Type::ANY)
    }

    fn int(&mut self, insn: Insn) -> ValueId {
        self.push(insn, Type::INT)
    }

    fn float(&mut self, insn: Insn) -> ValueId {
        self.push(insn, Type::FLOAT)
    }

    fn bool(&mut self, insn: Insn) -> ValueId {
        self.push(insn, Type::BOOL)
    }

    fn effect(&mut self, insn: Insn) {
        self.push(insn, Type::EMPTY);
    }

    fn boxed(&mut self, value: ValueId) -> ValueId {
        self.object(Insn::Box(value))
    }

    /// Makes an exit whose frame has these operands, in slot order these locals, all stale.
    fn exit(&mut self, pc: u32, reason: ExitReason, locals: &[ValueId], operands: &[Operand]) -> SideExit {
        let state = self.state(pc, Resume::At, locals, operands);
        SideExit { state, reason }
    }

    fn state(&mut self, pc: u32, resume: Resume, locals: &[ValueId], operands: &[Operand]) -> StateId {
        self.function.add_state(FrameState {
            pc,
            resume,
            locals: locals.to_vec(),
            stale: (0..locals.len() as u32).map(|slot| Stale { slot, lacks: Lacks::Told }).collect(),
            operands: operands.to_vec(),
            blocks: Vec::new(),
            released: Vec::new(),
            inlined: None,
        })
    }

    fn edge(target: BlockId, args: &[ValueId]) -> Edge {
        Edge { target, args: args.to_vec() }
    }

    fn jump(&mut self, target: BlockId, args: &[ValueId]) {
        self.effect(Insn::Jump(Build::edge(target, args)));
    }

    fn branch(&mut self, condition: ValueId, then: BlockId, otherwise: BlockId) {
        self.effect(Insn::Branch {
            condition,
            then: Build::edge(then, &[]),
            otherwise: Build::edge(otherwise, &[]),
        });
    }

    fn ret(&mut self, value: ValueId) {
        self.effect(Insn::Return(value, 0));
    }

    /// The same function in stress modes.
    fn stressed(&self, exit: Option<u32>, invalidate: Option<u32>) -> Build {
        let mut function = self.function.clone();
        stress::run(&mut function, Stress { exit, invalidate });
        Build { function, block: self.block }
    }

    fn compile(&self, host: &Host) -> NativeCode {
        self.compile_with(host, &BackendOptions::default()).unwrap()
    }

    fn compile_with(&self, host: &Host, options: &BackendOptions) -> Result<NativeCode, CompileError> {
        let code = backend()?.generate(self.function.clone(), host, options)?;
        CodeMemory::new(1 << 20).publish(code)
    }
}

/// A function of two boxed ints, or one and a constant, that applies `op` to them unboxed.
fn int_binary(op: BinaryOp, constant: Option<i64>, seen: Seen, host: &Host) -> NativeCode {
    let mut b = Build::new();
    let x = b.object(Insn::LoadLocal(0));
    let x = b.int(Insn::UnboxInt(x));
    let y = match constant {
        Some(constant) => b.int(Insn::Int(constant)),
        None => {
            let y = b.object(Insn::LoadLocal(1));
            b.int(Insn::UnboxInt(y))
        }
    };
    let exit = b.exit(5, ExitReason::Overflow, &[], &[borrowed(x), borrowed(y)]);
    let z = b.int(Insn::IntBinary { op, lhs: x, rhs: y, seen, exit });
    let z = b.boxed(z);
    b.ret(z);
    b.compile(host)
}

/// What came out of a run.
#[derive(Debug, PartialEq)]
enum Outcome {
    Returned(u64),
    /// Exit number and the words of the buffer.
    Left(usize, Vec<u64>),
}

impl Outcome {
    fn int(&self) -> i64 {
        match self {
            Outcome::Returned(object) => world::int_value(*object as usize),
            other => panic!("{other:?}"),
        }
    }

    fn float(&self) -> f64 {
        match self {
            Outcome::Returned(object) => world::float_value(*object as usize),
            other => panic!("{other:?}"),
        }
    }

    fn object(&self) -> usize {
        match self {
            Outcome::Returned(object) => *object as usize,
            other => panic!("{other:?}"),
        }
    }

    fn left(&self) -> (usize, &[u64]) {
        match self {
            Outcome::Left(exit, words) => (*exit, words),
            other => panic!("{other:?}"),
        }
    }
}

fn run(native: &NativeCode, frame: &mut Frame, entry: u64) -> Outcome {
    let mut buffer = vec![0xdead_u64; native.buffer_words];
    // SAFETY: the frame, the thread state and the buffer are as the code was compiled to expect.
    let result =
        unsafe { (native.function)(frame.as_ptr(), frame.thread_as_ptr(), entry, buffer.as_mut_ptr()) };
    match result {
        0 => Outcome::Returned(buffer[0]),
        exit => Outcome::Left(exit as usize - 1, buffer),
    }
}

fn borrowed(value: ValueId) -> Operand {
    Operand::new(value, false)
}

fn owned(value: ValueId) -> Operand {
    Operand::new(value, true)
}

/// The value of a source, given the buffer.
fn word(source: Source, words: &[u64]) -> u64 {
    match source {
        Source::Buffer { index, .. } => words[usize::from(index)],
        other => panic!("{other:?} is not in the buffer"),
    }
}
