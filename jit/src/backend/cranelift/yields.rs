//! Yields that need no exit: compiled code leaves the frame as the interpreter would.

use super::Result;
use super::lower::Lowering;
use crate::backend::YIELDED;
use crate::hir::{ExitReason, Function, Heap, Insn, Lacks, Repr, Resume, SideExit, Type, ValueId};
use cranelift_codegen::ir::{self, InstBuilder, types};

/// What a suspended frame gets.
struct Suspension {
    /// Locals whose memory may lack the object of their number.
    fills: Vec<(u32, ValueId)>,
    /// The operand stack from the bottom, the value yielded on top.
    operands: Vec<Source>,
}

/// Where the object of an operand comes from.
#[derive(Clone, Copy)]
enum Source {
    /// An owned reference.
    Owned(ValueId),
    /// A borrowed one to something that is not NULL.
    Borrowed(ValueId),
    /// No object.
    Null,
    /// A number that nothing else in the frame shares.
    Number(ValueId),
    /// What a local holds.
    Local(u32),
}

/// What to do for a yield; `None` if it takes an exit. That knows which numbers share an object even
/// if they are constants or were copied, and binds names.
fn plan(function: &Function, exit: SideExit) -> Option<Suspension> {
    let state = function.state(exit.state);
    let is_variable = |value: ValueId| {
        let is_number = matches!(function.value(value).repr, Repr::Int | Repr::Float);
        is_number && !matches!(function.insn(value), Insn::Int(_) | Insn::Float(_))
    };
    let mut fills = Vec::new();
    let mut holders: Vec<(ValueId, u32)> = Vec::new();
    for stale in &state.stale {
        let value = function.same_object(*state.locals.get(stale.slot as usize)?);
        let is_shared = holders.iter().any(|(known, _)| *known == value);
        if function.tracked_name(stale.slot).is_some() || !is_variable(value) || is_shared {
            return None;
        }
        holders.push((value, stale.slot));
        match stale.lacks {
            Lacks::No => {}
            Lacks::Yes | Lacks::Told => fills.push((stale.slot, value)),
        }
    }
    let mut numbers = Vec::new();
    let operands = state.operands.iter().map(|operand| {
        if operand.receiver.is_some() {
            return None;
        }
        let value = function.same_object(operand.value);
        let source = match function.value(value).repr {
            Repr::Obj if matches!(function.insn(value), Insn::Null) => Source::Null,
            Repr::Obj if operand.owned => Source::Owned(value),
            Repr::Obj if !function.value(value).ty.may_be(Type::NULL) => Source::Borrowed(value),
            Repr::Int | Repr::Float if is_variable(value) => {
                match holders.iter().find(|(known, _)| *known == value) {
                    Some((_, slot)) => Source::Local(*slot),
                    None if numbers.contains(&value) => return None,
                    None => {
                        numbers.push(value);
                        Source::Number(value)
                    }
                }
            }
            Repr::Bool => Source::Number(value),
            Repr::Obj | Repr::Int | Repr::Float | Repr::Status | Repr::None => return None,
        };
        Some(source)
    });
    let operands = operands.collect::<Option<Vec<_>>>()?;
    Some(Suspension { fills, operands })
}

impl Lowering<'_> {
    /// Suspends the frame, if the exit is a yield and can do without.
    pub fn yield_without_exit(&mut self, exit: SideExit) -> Result<bool> {
        let state = self.function.state(exit.state);
        let lasti = match state.resume {
            Resume::Yield => state.pc as i32,
            Resume::YieldFrom => state.pc as i32 - 1,
            Resume::At | Resume::Throw => return Ok(false),
        };
        let (Some(layout), ExitReason::Yield) = (&self.host.suspension, exit.reason) else {
            return Ok(false);
        };
        let Some(suspension) = plan(self.function, exit) else { return Ok(false) };
        for (slot, value) in suspension.fills {
            self.fill_local(slot, value)?;
        }
        let mut objects = Vec::with_capacity(suspension.operands.len());
        for source in suspension.operands {
            objects.push(self.operand_of_suspended(source)?);
        }
        let Some(yielded) = objects.pop() else { return Ok(false) };
        let stack = self.value_stack();
        for (index, &object) in objects.iter().enumerate() {
            self.store(Heap::Stack, object, stack, index as i32 * 8);
        }
        let top = self.builder.ins().iadd_imm_s(stack, objects.len() as i64 * 8);
        self.store(Heap::Frame, top, self.frame, layout.frame_stack_top);
        for (index, block) in state.blocks.iter().enumerate() {
            for (part, word) in (layout.block)(block).into_iter().enumerate() {
                let at = layout.frame_blocks + (index * 3 + part) as i32 * 4;
                self.store_word(word, at);
            }
        }
        self.store_word(state.blocks.len() as i32, layout.frame_block_count);
        self.store_word(lasti, self.host.layout.frame_lasti);
        self.store(Heap::Buffer, yielded, self.buffer, 0);
        let result = self.int(YIELDED as i64);
        self.builder.ins().return_(&[result]);
        Ok(true)
    }

    /// A new reference for the stack of a suspended frame, or the one that is handed over.
    fn operand_of_suspended(&mut self, source: Source) -> Result<ir::Value> {
        match source {
            Source::Owned(value) => self.value(value),
            Source::Null => Ok(self.int(0)),
            Source::Number(value) => self.box_value(value),
            Source::Borrowed(value) => self.new_ref(value),
            Source::Local(slot) => {
                let object = self.load_local(slot)?;
                self.incref_object(object)?;
                Ok(object)
            }
        }
    }

    /// Stores a C int in the frame.
    fn store_word(&mut self, word: i32, offset: i32) {
        let word = self.builder.ins().iconst(types::I32, i64::from(word));
        self.store(Heap::Frame, word, self.frame, offset);
    }
}
