//! Side exits: the recipe of each, and the cold code that leaves the values it needs.
//!
//! Each exit has a stub that says which one it is; the stores are shared by all exits that
//! leave the same values. Sharing is sound: a value that dominates two places dominates their
//! nearest common dominator as well.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::deopt::{Bound, ExitRecipe, Local, Name, Receiver, Source};
use crate::hir::{ExitReason, Function, Heap, Insn, Lacks, Operand, Repr, SideExit, Stale, StateId, ValueId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use std::collections::HashMap;

/// The exits made so far.
#[derive(Default)]
pub(super) struct Exits {
    recipes: Vec<ExitRecipe>,
    stubs: Vec<Stub>,
    known: HashMap<(StateId, ExitReason), usize>,
    shapes: Vec<Shape>,
    shape_of: HashMap<Shape, usize>,
}

/// What exits leave in the buffer.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Shape {
    /// Values, in order of words.
    words: Vec<ValueId>,
    /// Then the marks of the names.
    marks: bool,
}

/// Where guards branch to.
struct Stub {
    block: ir::Block,
    shape: usize,
}

impl Exits {
    /// The recipes, by number of exit.
    pub fn into_recipes(self) -> Vec<ExitRecipe> {
        self.recipes
    }
}

/// The source of a constant, which takes no word of the buffer.
fn constant(function: &Function, value: ValueId) -> Option<Source> {
    match *function.insn(value) {
        Insn::Object(address) => Some(Source::Object(address)),
        Insn::Int(value) => Some(Source::Int(value)),
        Insn::Float(bits) => Some(Source::Float(bits)),
        Insn::Bool(value) => Some(Source::Bool(value)),
        Insn::Null => Some(Source::Null),
        _ => None,
    }
}

/// What a stale name is bound to, when the marks follow so many words in the buffer.
fn bound(function: &Function, stale: &Stale, words: usize) -> Bound {
    match stale.lacks {
        Lacks::No => Bound::Current,
        Lacks::Yes => Bound::Former,
        Lacks::Told => Bound::Marked(words as u32 * 8 + stale.slot - function.locals),
    }
}

/// Builds the recipe of an exit, and the values it wants in the buffer.
fn recipe(function: &Function, exit: SideExit) -> Result<(ExitRecipe, Vec<ValueId>)> {
    let state = function.state(exit.state);
    let mut pieces = Vec::with_capacity(state.stale.len() + state.operands.len());
    for stale in &state.stale {
        let value = state.locals.get(stale.slot as usize);
        let value = *value.ok_or_else(|| backend_error(format!("{:?}: no slot {stale:?}", exit.state)))?;
        pieces.push(Operand::new(function.same_object(value), false));
    }
    for operand in &state.operands {
        pieces.push(Operand::new(function.same_object(operand.value), operand.owned));
    }
    for value in state.operands.iter().flat_map(|operand| operand.values().skip(1)) {
        pieces.push(Operand::new(function.same_object(value), true));
    }
    let in_buffer = |piece: &Operand| match constant(function, piece.value) {
        // An owned reference to a constant is handed over as any other.
        Some(Source::Object(_)) => piece.owned,
        Some(_) => false,
        None => true,
    };
    let mut words: Vec<ValueId> =
        pieces.iter().filter(|piece| in_buffer(piece)).map(|piece| piece.value).collect();
    words.sort();
    words.dedup();
    if words.len() > usize::from(u16::MAX) {
        return Err(backend_error("an exit leaves too many values"));
    }

    let mut sources = pieces.iter().map(|piece| {
        if let Some(source) = constant(function, piece.value).filter(|_| !in_buffer(piece)) {
            return Ok(source);
        }
        let repr = function.value(piece.value).repr;
        if matches!(repr, Repr::Status | Repr::None) {
            return Err(backend_error(format!("{:?} holds {:?}, a {repr:?}", exit.state, piece.value)));
        }
        let index = words.partition_point(|&word| word < piece.value) as u16;
        Ok(Source::Buffer { index, repr, owned: piece.owned && repr == Repr::Obj })
    });
    let mut locals = Vec::with_capacity(state.stale.len());
    let mut names = Vec::new();
    for (stale, source) in state.stale.iter().zip(&mut sources) {
        let source = source?;
        match function.tracked_name(stale.slot) {
            Some(name) => names.push(Name { name, source, bound: bound(function, stale, words.len()) }),
            None => locals.push(Local { slot: stale.slot, source, may_lack: stale.lacks != Lacks::No }),
        }
    }
    let operands = sources.by_ref().take(state.operands.len()).collect::<Result<_>>()?;
    let mut receivers = Vec::new();
    for (operand, Operand { receiver, class, .. }) in (0..).zip(&state.operands) {
        if receiver.is_some()
            && let Some(object) = sources.next()
        {
            let class = class.and_then(|_| sources.next()).transpose()?;
            receivers.push(Receiver { operand, object: object?, class });
        }
    }
    let recipe = ExitRecipe {
        pc: state.pc,
        resume: state.resume,
        reason: exit.reason,
        locals,
        names,
        operands,
        receivers,
        blocks: state.blocks.clone(),
    };
    Ok((recipe, words))
}

impl Lowering<'_> {
    /// The block to branch to for an exit.
    pub fn exit_stub(&mut self, exit: SideExit) -> Result<ir::Block> {
        if let Some(&number) = self.exits.known.get(&(exit.state, exit.reason)) {
            return Ok(self.exits.stubs[number].block);
        }
        let (recipe, words) = recipe(self.function, exit)?;
        let marks = recipe.names.iter().any(|name| matches!(name.bound, Bound::Marked(_)));
        let block = self.cold_block();
        let exits = &mut self.exits;
        let shape = *exits.shape_of.entry(Shape { words, marks }).or_insert_with_key(|shape| {
            exits.shapes.push(shape.clone());
            exits.shapes.len() - 1
        });
        exits.known.insert((exit.state, exit.reason), exits.stubs.len());
        exits.recipes.push(recipe);
        exits.stubs.push(Stub { block, shape });
        Ok(block)
    }

    /// Leaves when a condition is not zero.
    pub fn exit_if(&mut self, condition: ir::Value, exit: SideExit) -> Result<()> {
        let stub = self.exit_stub(exit)?;
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, stub, &[], next, &[]);
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// Leaves when a condition is zero.
    pub fn exit_if_zero(&mut self, condition: ir::Value, exit: SideExit) -> Result<()> {
        let stub = self.exit_stub(exit)?;
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, next, &[], stub, &[]);
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// Leaves when a C status says that an exception is set.
    pub fn exit_if_negative(&mut self, status: ir::Value, exit: SideExit) -> Result<()> {
        let failed = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, status, 0);
        self.exit_if(failed, exit)
    }

    /// Fills the stubs, once all values are made; the number of words the buffer needs.
    pub fn emit_exits(&mut self) -> Result<usize> {
        let shapes = std::mem::take(&mut self.exits.shapes);
        let stubs = std::mem::take(&mut self.exits.stubs);
        let mut users = vec![0_usize; shapes.len()];
        for stub in &stubs {
            users[stub.shape] += 1;
        }
        let mut shared = vec![None; shapes.len()];
        for (number, stub) in stubs.iter().enumerate() {
            self.builder.switch_to_block(stub.block);
            let result = self.int(number as i64 + 1);
            if users[stub.shape] == 1 {
                self.leave(&shapes[stub.shape], result)?;
                continue;
            }
            if shapes[stub.shape].words.is_empty() && !shapes[stub.shape].marks {
                self.builder.ins().return_(&[result]);
                continue;
            }
            let tail = match shared[stub.shape] {
                Some(tail) => tail,
                None => {
                    let tail = self.cold_block();
                    self.builder.append_block_param(tail, types::I64);
                    *shared[stub.shape].insert(tail)
                }
            };
            self.builder.ins().jump(tail, &[result.into()]);
        }
        for (tail, shape) in shared.into_iter().zip(&shapes) {
            let Some(tail) = tail else { continue };
            self.builder.switch_to_block(tail);
            let result = self.builder.block_params(tail)[0];
            self.leave(shape, result)?;
        }
        let size = |shape: &Shape| shape.words.len() + if shape.marks { self.mark_words() } else { 0 };
        Ok(shapes.iter().map(size).max().unwrap_or(0).max(1))
    }

    /// Stores the words and returns.
    fn leave(&mut self, shape: &Shape, result: ir::Value) -> Result<()> {
        for (index, &word) in shape.words.iter().enumerate() {
            let value = self.value(word)?;
            let value = match self.function.value(word).repr {
                Repr::Bool => self.builder.ins().uextend(types::I64, value),
                Repr::Obj | Repr::Int | Repr::Float | Repr::Status | Repr::None => value,
            };
            self.store(Heap::Buffer, value, self.buffer, index as i32 * 8);
        }
        if shape.marks {
            self.leave_marks(shape.words.len());
        }
        self.builder.ins().return_(&[result]);
        Ok(())
    }
}
