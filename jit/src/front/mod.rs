//! From bytecode to HIR: abstract interpretation of the operand and block stacks, speculating
//! on feedback as it goes.
//!
//! A bytecode offset becomes one HIR block per *shape* of the frame it is reached with (see
//! `Key`): the stack depth and the block stack are static in each, so `finally` bodies reached
//! in different ways are simply different blocks.

mod arguments;
mod arith;
mod attempt;
mod attributes;
mod call;
mod container;
mod control;
mod direct;
mod identity;
mod inline;
mod input;
mod instances;
mod iterate;
mod method;
mod names;
mod natives;
mod ops;
mod slices;
mod stack;
mod suspend;
mod tracked;
mod truth;
mod unbound;
mod unwind;
mod with;

pub use input::{EntrySpec, Inlinable, Options};

use crate::bytecode::{BlockKind, Bytecode, CodeDesc, Const, ConstKind};
use crate::error::CompileError;
use crate::feedback::{Callee, CodeHandle, Feedback};
use crate::hir::{
    AttributeSite, BlockId, Edge, Entry, ExitReason, FrameBlock, FrameState, Function, GlobalSite, Insn,
    NO_HANDLER, Operand, PC_IN_FRAME, Repr, Resume, Seen, SideExit, StateId, Type, ValueId,
};
use crate::host::Host;
use inline::{Decoded, Inlining};
use method::Meanwhile;
use rustc_hash::{FxHashMap, FxHashSet};
use stack::{Mark, StackEntry};
use unbound::Unbound;

/// How many shapes of one offset are kept apart by their unbound locals before they are merged.
const MAX_CONTEXTS: usize = 4;

/// The shape of the frame at a block: what makes two paths to one offset different blocks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    pc: u32,
    depth: u32,
    blocks: Vec<FrameBlock>,
    /// Whether execution is at `pc`, or on its way there.
    arrival: Arrival,
    /// What is known of operands, by their index.
    marks: Vec<(u32, Mark)>,
    /// Slots known to be unbound when the innermost loop was entered, or that may be so if that is in
    /// another: peels the first iteration of loops that bind locals, so that those need no NULL checks, and
    /// can be numbers, from the second one on.
    unbound: Vec<u32>,
    /// Slots of tracked names whose value is known (see [`tracked`]).
    known: Vec<u32>,
}

/// How a block is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Arrival {
    /// The frame is about to execute the instruction.
    Executing,
    /// An exception was raised, `f_lasti` says where, and `pc` is its handler, or
    /// [`unwind::CALLER`]. Depth and blocks are those of the instruction that raised it.
    Raised,
    /// The same for one that was raised again: the frame is in its traceback already.
    Reraised,
}

/// The unbound slots and the known names of a [`Key`].
type Context = (Vec<u32>, Vec<u32>);

struct Builder<'a> {
    code: &'a CodeDesc,
    /// The file of what is compiled, whatever is being inlined in it.
    file: &'a str,
    bytecode: &'a Bytecode,
    feedback: &'a Feedback,
    host: &'a Host,
    options: &'a Options,
    /// Code that was seen to be called.
    callable: &'a [Inlinable],
    /// That of it which may be inlined.
    callees: &'a [Decoded<'a>],
    /// Of the code that is compiled.
    may_be_unbound: &'a Unbound,
    function: Function,
    keyed: FxHashMap<Key, BlockId>,
    /// Contexts seen per offset, to bound them.
    contexts: FxHashMap<u32, Vec<Context>>,
    /// Slot and expected kind of each tracked name, by its index in `co_names`.
    tracked: FxHashMap<u32, (u32, Type)>,
    work: Vec<(Key, BlockId)>,
    /// The functions that are being inlined, each called by the one before.
    inlining: Vec<Inlining>,
    /// Calls that were not inlined after all: code and offset.
    declined: FxHashSet<(usize, u32)>,
    /// Calls whose arguments are to be made objects, where they are numbers, for the function to be inlined.
    numbered: FxHashSet<(usize, u32)>,
    /// One of them was expected to be inlined, and what leads to it was built for that.
    was_expected: bool,
    /// How many operations have a way of its own for handing back their operand.
    ways: usize,
    // The state at the point of construction:
    current: BlockId,
    locals: Vec<ValueId>,
    stack: Vec<StackEntry>,
    blocks: Vec<FrameBlock>,
    unbound: Vec<u32>,
}

/// Whether construction goes on in the current block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    /// The next instruction is done as well.
    Beyond,
    Ended,
}

type Step = Result<Flow, CompileError>;

/// Builds the HIR of a code object for the given entries; `callable` may be called straight away, or inlined.
pub fn build(
    code: &CodeDesc,
    bytecode: &Bytecode,
    feedback: &Feedback,
    callable: &[Inlinable],
    entries: &[EntrySpec],
    host: &Host,
    options: &Options,
) -> Result<Function, CompileError> {
    let callees = Decoded::all(callable);
    let may_be_unbound = Unbound::of(code, bytecode, |header| {
        // A frame that enters at a loop has been through it.
        options.peels
            && entries.iter().all(|entry| entry.pc != header)
            && unbound::is_worth_a_turn(bytecode, feedback, header)
    });
    let new = |declined| Builder {
        code,
        file: &code.filename,
        bytecode,
        feedback,
        host,
        options,
        callable,
        callees: &callees,
        may_be_unbound: &may_be_unbound,
        function: Function {
            name: format!("{} ({}:{})", code.name, code.filename, code.first_line),
            locals: code.locals,
            stack_size: Some(code.stack_size),
            no_speculation: feedback.failed_sites(),
            no_hoisting: feedback.loops_to_leave(),
            unique: small_ints(code),
            new_cache: options.new_cache,
            ..Function::default()
        },
        keyed: FxHashMap::default(),
        contexts: FxHashMap::default(),
        tracked: FxHashMap::default(),
        work: Vec::new(),
        inlining: Vec::new(),
        declined,
        numbered: FxHashSet::default(),
        was_expected: false,
        ways: 0,
        current: BlockId(0),
        locals: Vec::new(),
        stack: Vec::new(),
        blocks: Vec::new(),
        unbound: Vec::new(),
    };
    let mut builder = new(FxHashSet::default());
    builder.build(entries)?;
    if builder.was_expected {
        builder = new(builder.declined);
        builder.build(entries)?;
    }
    Ok(builder.function)
}

/// The constants that are small ints, of which CPython has one object each (`NSMALLNEGINTS`,
/// `NSMALLPOSINTS` of intobject.c and longobject.c).
fn small_ints(code: &CodeDesc) -> Vec<usize> {
    let is_small = |c: &&Const| matches!(c.kind, ConstKind::Int(n) if (-5..257).contains(&n));
    code.consts.iter().filter(is_small).map(|c| c.address).collect()
}

impl Builder<'_> {
    /// Builds all that can be reached from the entries.
    fn build(&mut self, entries: &[EntrySpec]) -> Result<(), CompileError> {
        self.choose_tracked(entries);
        for entry in entries {
            self.enter(entry)?;
        }
        while let Some((key, block)) = self.work.pop() {
            let is_raised = key.arrival != Arrival::Executing;
            if is_raised || self.function.values.len() < self.options.max_values {
                self.build_block(key, block)?;
            } else {
                // A hot loop in there gets an entry, and a limit, of its own.
                self.restore(block, &key);
                self.leave(ExitReason::Uncompiled, key.pc)?;
            }
        }
        self.function.position = None;
        Ok(())
    }

    /// Adds an entry block that loads the frame and goes to the instruction.
    fn enter(&mut self, spec: &EntrySpec) -> Result<(), CompileError> {
        if self.bytecode.at(spec.pc).is_none() {
            return Err(CompileError::BadEntry { pc: spec.pc });
        }
        let depth = spec.operands.len() as u32;
        if self
            .function
            .entries
            .iter()
            .any(|e| e.pc == spec.pc && e.depth == depth && e.blocks == spec.blocks)
        {
            return Ok(());
        }
        let block = self.function.add_block();
        self.function.entries.push(Entry { pc: spec.pc, depth, blocks: spec.blocks.clone(), block });
        self.current = block;
        self.function.position = Some(spec.pc);
        self.blocks = spec.blocks.clone();
        self.unbound.clear();
        self.stack.clear();
        self.locals.clear();
        for slot in 0..self.code.locals {
            let value = if spec.pc != 0 || self.code.cell_arguments.contains(&slot) {
                self.emit(Insn::LoadLocal(slot), Type::ANY)
            } else if slot < self.code.arguments {
                self.emit(Insn::LoadLocal(slot), Type::OBJECT)
            } else {
                self.emit(Insn::Null, Type::NULL)
            };
            self.locals.push(value);
        }
        for _ in &self.function.tracked.clone() {
            let unknown = self.emit(Insn::Null, Type::NULL);
            self.locals.push(unknown);
        }
        for index in 0..depth {
            let maybe_null = spec.operands[index as usize].may_be(Type::NULL)
                || self.blocks.iter().any(|block| holds_saved_exception(block, index));
            let (ty, mark) = match maybe_null {
                true => (Type::ANY, Some(Mark::MaybeNull)),
                false => {
                    let is_range = spec.operands[index as usize] == Type::RANGE_ITER;
                    (Type::OBJECT, is_range.then_some(Mark::RangeIterator))
                }
            };
            let value = self.emit(Insn::LoadStack(index), ty);
            self.stack.push(StackEntry { mark, ..StackEntry::owned(value) });
        }
        self.check_module_frame(spec.pc);
        if self.speculate_at(spec.pc) && !self.bytecode.loop_headers().is_empty() {
            self.guard_entry(spec);
        }
        let edge = self.edge_to(spec.pc)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(())
    }

    /// Guards the locals whose kind pays when it is known all through a loop. Those that may be unbound are
    /// looked at from the second turn on.
    fn guard_entry(&mut self, spec: &EntrySpec) {
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, spec.pc);
        for (slot, kind) in spec.locals.iter().enumerate().take(self.code.locals as usize) {
            let is_number = *kind == Type::INT || *kind == Type::FLOAT;
            if !is_number || self.may_be_unbound.may_be(self.bytecode, spec.pc, slot as u32) {
                continue;
            }
            let value = self.locals[slot];
            if self.type_of(value) == Type::NULL {
                continue;
            }
            let value = self.not_null(value, exit);
            self.guard_type(value, *kind, exit);
        }
    }

    /// Whether speculation on feedback is allowed at this offset.
    fn speculate_at(&self, pc: u32) -> bool {
        let has_failed = match self.is_inlining() {
            true => self.feedback.has_failed(pc),
            false => self.function.no_speculation.contains(&pc),
        };
        self.options.speculates && !has_failed
    }

    fn build_block(&mut self, key: Key, block: BlockId) -> Result<(), CompileError> {
        self.restore(block, &key);
        self.function.position = None;
        if key.arrival != Arrival::Executing {
            return self.catch(key.pc, key.arrival);
        }
        if self.is_unobserved_loop(key.pc) {
            self.leave(ExitReason::Unreached, key.pc)?;
            return Ok(());
        }
        self.instructions(key.pc)
    }

    /// Builds instructions up to where the block ends.
    fn instructions(&mut self, mut pc: u32) -> Result<(), CompileError> {
        loop {
            let Some(instruction) = self.bytecode.at(pc).copied() else {
                return Err(CompileError::Malformed { pc, what: "runs off the end of the code" });
            };
            if self.skips(&instruction) {
                self.leave(ExitReason::Unreached, pc)?;
                return Ok(());
            }
            if !self.is_inlining() {
                self.function.position = Some(pc);
            }
            if self.stack.len() > self.options.max_depth {
                self.leave(ExitReason::Uncompiled, pc)?;
                return Ok(());
            }
            if self.options.counts_bytecodes {
                self.emit_effect(Insn::CountBytecode);
            }
            pc = match self.step(&instruction)? {
                Flow::Next => instruction.next,
                Flow::Beyond => self.bytecode.at(instruction.next).map_or(instruction.next, |done| done.next),
                Flow::Ended => return Ok(()),
            };
            self.release_waiting(pc);
            if self.bytecode.is_jump_target(pc) || self.bytecode.is_handler(pc) {
                let edge = self.edge_to(pc)?;
                self.emit_terminator(Insn::Jump(edge));
                return Ok(());
            }
        }
    }

    /// A loop that never ran while the code was recorded: compiled now it would stay generic,
    /// left to the interpreter it is recorded and compiled as soon as it is hot itself.
    fn is_unobserved_loop(&self, pc: u32) -> bool {
        self.bytecode.loop_headers().binary_search(&pc).is_ok()
            && self.speculate_at(pc)
            && !self.feedback.is_empty()
            && !self.feedback.is_reached(pc)
            && self.function.entries.iter().all(|entry| entry.pc != pc)
    }

    /// Takes up the frame as it is at the start of a keyed block.
    fn restore(&mut self, block: BlockId, key: &Key) {
        self.current = block;
        let id = self.function.block(block).entry_state.expect("keyed blocks have an entry state");
        let state = self.function.state(id);
        self.locals.clone_from(&state.locals);
        self.stack = state.operands.iter().map(|o| StackEntry::owned(o.value)).collect();
        for (index, mark) in &key.marks {
            self.stack[*index as usize].mark = Some(*mark);
        }
        self.blocks.clone_from(&key.blocks);
        self.unbound.clone_from(&key.unbound);
    }

    /// The edge from here to an offset, creating its block when this shape is new. Everything on
    /// the operand stack becomes owned.
    fn edge_to(&mut self, pc: u32) -> Result<Edge, CompileError> {
        if self.bytecode.is_handler(pc) {
            self.mark_nothing();
        }
        self.edge(pc, Arrival::Executing)
    }

    fn edge(&mut self, pc: u32, arrival: Arrival) -> Result<Edge, CompileError> {
        debug_assert!(self.stack.iter().all(|entry| entry.receiver.is_none()), "methods wait in one block");
        self.own_all();
        self.release_waiting(pc);
        let (unbound, known) = self.context_for(pc);
        let marks = (0..).zip(&self.stack).filter_map(|(index, entry)| Some((index, entry.mark?))).collect();
        let (depth, blocks) = (self.stack.len() as u32, self.blocks.clone());
        let key = Key { pc, depth, blocks, arrival, marks, unbound, known };
        let target = match self.keyed.get(&key) {
            Some(block) => *block,
            None => self.add_keyed(key.clone()),
        };
        let state = self.function.block(target).entry_state.expect("keyed blocks have an entry state");
        let mut args = Vec::new();
        let params = &self.function.block(target).params;
        for (slot, value) in self.function.states[state.index()].locals.iter().enumerate() {
            // The parameters are in the order of the slots; others may be those of blocks before.
            if params.get(args.len()) == Some(value) {
                args.push(self.locals[slot]);
            }
        }
        args.extend(self.stack.iter().map(|e| e.value));
        Ok(Edge { target, args })
    }

    /// What to key a block on besides its shape: the unbound slots, fixed at loop headers and
    /// inherited elsewhere, and the names that are known. Beyond a limit nothing of both.
    fn context_for(&mut self, pc: u32) -> Context {
        if pc == unwind::CALLER {
            return (Vec::new(), Vec::new());
        }
        let unbound = if self.bytecode.loop_headers().binary_search(&pc).is_err() {
            self.unbound.clone()
        } else {
            (0..self.code.locals).filter(|slot| self.is_unbound_at(pc, *slot)).collect()
        };
        let context = (unbound, self.known_names());
        let seen = self.contexts.entry(pc).or_default();
        if seen.contains(&context) {
            return context;
        }
        if seen.len() >= MAX_CONTEXTS {
            return (Vec::new(), Vec::new());
        }
        seen.push(context.clone());
        context
    }

    /// Whether a slot is unbound here, from where a loop is entered or goes round; of a loop in another,
    /// whether it may be.
    fn is_unbound_at(&self, header: u32, slot: u32) -> bool {
        let ty = self.type_of(self.locals[slot as usize]);
        if !self.may_be_unbound.is_peeled(header) {
            return ty == Type::NULL;
        }
        let may_be = |pc| self.may_be_unbound.may_be(self.bytecode, pc, slot);
        ty.may_be(Type::NULL) && self.function.position.is_some_and(may_be)
    }

    fn add_keyed(&mut self, key: Key) -> BlockId {
        let block = self.function.add_block();
        let is_header = self.bytecode.loop_headers().binary_search(&key.pc).is_ok();
        let leaving = key.pc == unwind::CALLER;
        let mut locals = if leaving { self.locals_of_leaving(block) } else { Vec::new() };
        for slot in (0..self.code.locals).filter(|_| !leaving) {
            locals.push(if !self.is_variable(slot) {
                self.locals[slot as usize]
            } else if is_header && key.unbound.contains(&slot) && !self.may_be_unbound.is_peeled(key.pc) {
                let null = self.function.add_value(Insn::Null, Type::NULL);
                self.function.blocks[block.index()].insns.push(null);
                null
            } else {
                self.function.add_param(block, Repr::Obj, Type::ANY)
            });
        }
        let slots = if self.is_inlining() { self.code.locals } else { self.function.slots() as u32 };
        for slot in (self.code.locals..slots).filter(|_| !leaving) {
            locals.push(if key.known.contains(&slot) {
                self.function.add_param(block, Repr::Obj, Type::OBJECT)
            } else {
                let unknown = self.function.add_value(Insn::Null, Type::NULL);
                self.function.blocks[block.index()].insns.push(unknown);
                unknown
            });
        }
        let operands = (0..key.depth)
            .map(|index| {
                let maybe_null = key.marks.contains(&(index, Mark::MaybeNull));
                let ty = if maybe_null { Type::ANY } else { Type::OBJECT };
                Operand::new(self.function.add_param(block, Repr::Obj, ty), true)
            })
            .collect();
        let executing = key.arrival == Arrival::Executing;
        let inlined = self.inlined_frame();
        self.function.blocks[block.index()].cold = !executing;
        let state = self.function.add_state(FrameState {
            pc: if executing { key.pc } else { PC_IN_FRAME },
            resume: if executing { Resume::At } else { Resume::Throw },
            locals,
            stale: Vec::new(),
            operands,
            blocks: key.blocks.clone(),
            released: Vec::new(),
            inlined,
        });
        self.function.blocks[block.index()].entry_state = Some(state);
        self.keyed.insert(key.clone(), block);
        self.work.push((key, block));
        block
    }

    /// Ends the current block by a branch to two new blocks without parameters.
    fn branch(&mut self, condition: ValueId) -> (BlockId, BlockId) {
        if self.is_releasing() {
            self.refuse();
        }
        let then = self.function.add_block();
        let otherwise = self.function.add_block();
        self.emit_terminator(Insn::Branch {
            condition,
            then: Edge { target: then, args: Vec::new() },
            otherwise: Edge { target: otherwise, args: Vec::new() },
        });
        (then, otherwise)
    }

    fn emit(&mut self, insn: Insn, ty: Type) -> ValueId {
        let escapes = !self.tracked.is_empty() && self.escapes(&insn);
        if self.is_inlining() {
            self.check_quiet(&insn);
        }
        let value = self.function.add_value(insn, ty);
        self.function.blocks[self.current.index()].insns.push(value);
        if escapes {
            self.forget_names();
        }
        value
    }

    fn emit_effect(&mut self, insn: Insn) {
        self.emit(insn, Type::EMPTY);
    }

    fn emit_terminator(&mut self, insn: Insn) {
        debug_assert!(insn.is_terminator());
        self.emit_effect(insn);
    }

    /// The kinds that a value may have.
    fn type_of(&self, value: ValueId) -> Type {
        self.function.value(value).ty.kinds()
    }

    /// The frame as it is now.
    fn state(&mut self, resume: Resume, pc: u32) -> StateId {
        let operands = self.stack.iter().map(|entry| {
            let StackEntry { value, owned, receiver, class, .. } = *entry;
            Operand { receiver, class, ..Operand::new(value, owned) }
        });
        let operands = operands.collect();
        let inlined = self.inlined_frame();
        self.function.add_state(FrameState {
            pc,
            resume,
            locals: self.locals.clone(),
            stale: Vec::new(),
            operands,
            blocks: self.blocks.clone(),
            released: Vec::new(),
            inlined,
        })
    }

    fn exit(&mut self, reason: ExitReason, resume: Resume, pc: u32) -> SideExit {
        SideExit { state: self.state(resume, pc), reason }
    }

    /// Ends the block: the interpreter executes the instruction at `pc`.
    fn leave(&mut self, reason: ExitReason, pc: u32) -> Step {
        let exit = self.exit(reason, Resume::At, pc);
        self.emit_terminator(Insn::Exit(exit));
        Ok(Flow::Ended)
    }
}

/// Whether the operand at this index belongs to the exception that was being handled when the
/// handler was entered, and may be NULL.
fn holds_saved_exception(block: &FrameBlock, index: u32) -> bool {
    block.kind == BlockKind::ExceptHandler && (block.level..block.level + 2).contains(&index)
}
