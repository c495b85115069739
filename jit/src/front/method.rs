//! Method calls: from `LOAD_ATTR` to the `CALL_FUNCTION` that takes what it pushed, nothing is bound.
//!
//! The entry on the operand stack is then a function and its receiver. Only exits want the method, and
//! make it. What comes in between is straight code, so neither a block nor a handler is reached with
//! such an entry: an exception leaves for the interpreter.

use super::unwind::CALLER;
use super::*;
use crate::bytecode::{CallShape, Op};
use crate::hir::{Helper, MAX_BOUND};

/// Instructions of arguments that are looked at.
const MAX_DISTANCE: usize = 64;

/// What may happen between a `LOAD_ATTR` and the call of what it pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meanwhile {
    /// Constants and variables of the function are loaded.
    Nothing,
    /// Foreign code may run.
    Anything,
}

/// The call of what a `LOAD_ATTR` pushes.
#[derive(Clone, Copy, Debug)]
pub(super) struct CalledNext {
    /// What may happen before.
    pub meanwhile: Meanwhile,
    /// Where it is.
    pub pc: u32,
    /// What it is called with.
    pub shape: CallShape,
}

impl Builder<'_> {
    /// Whether a `CALL_FUNCTION` that spreads nothing calls what the `LOAD_ATTR` before `next` pushes,
    /// after straight code, and what that may do meanwhile. Where a handler of this frame catches what the
    /// arguments raise, they have to be simple enough not to.
    pub(super) fn called_next(&self, pc: u32, next: u32) -> Option<CalledNext> {
        if self.stack.iter().filter(|entry| entry.receiver.is_some()).count() >= MAX_BOUND {
            return None;
        }
        let mut meanwhile = Meanwhile::Nothing;
        let is_caught = self.native_handler(pc).is_some_and(|handler| handler != CALLER);
        let mut above = 0;
        let mut pc = next;
        for _ in 0..MAX_DISTANCE {
            let instruction = self.bytecode.at(pc)?;
            if self.bytecode.is_jump_target(pc) || self.bytecode.is_handler(pc) {
                return None;
            }
            if let Op::Call(shape) = instruction.op
                && shape.operands() == above + 1
            {
                let is_plain = !shape.star && !shape.star_star;
                return is_plain.then_some(CalledNext { meanwhile, pc, shape });
            }
            let (pops, is_simple) = self.argument(&instruction.op)?;
            if pops > above || (is_caught && !is_simple) {
                return None;
            }
            if !matches!(
                instruction.op,
                Op::LoadConst(_) | Op::LoadFast(_) | Op::LoadDeref(_) | Op::LoadClosure(_)
            ) {
                meanwhile = Meanwhile::Anything;
            }
            above = above - pops + 1;
            pc = instruction.next;
        }
        None
    }

    /// How many operands an instruction takes that pushes one and is common in arguments, and whether it
    /// hardly ever raises.
    fn argument(&self, op: &Op) -> Option<(usize, bool)> {
        match *op {
            Op::LoadConst(_)
            | Op::LoadFast(_)
            | Op::LoadGlobal(_)
            | Op::LoadDeref(_)
            | Op::LoadClosure(_) => Some((0, true)),
            Op::LoadName(_) => Some((0, false)),
            Op::LoadAttr(_) | Op::Unary(_) | Op::GetIter => Some((1, false)),
            Op::Binary { .. } | Op::Compare(_) | Op::Subscr => Some((2, false)),
            Op::Slice(bounds) => Some((1 + bounds.count_ones() as usize, false)),
            Op::BuildSlice(n) => Some((n.into(), false)),
            Op::BuildTuple(n) | Op::BuildList(n) => Some((n as usize, false)),
            Op::MakeFunction(operand) => Some((self.function_operands(false, operand), false)),
            Op::MakeClosure(operand) => Some((self.function_operands(true, operand), false)),
            Op::Call(shape) => Some((shape.operands(), false)),
            _ => None,
        }
    }

    /// `LOAD_ATTR` of what is called next.
    pub(super) fn load_method(&mut self, index: u32, called: CalledNext, pc: u32, next: u32) -> Step {
        let meanwhile = called.meanwhile;
        if let Some(site) = self.attribute_site(index, pc)?
            && self.function.attributes[site as usize].is_method().is_some()
        {
            let is_inlined = self.is_inlined_method(called);
            return self.find_method(site, index, (meanwhile, is_inlined), pc, next);
        }
        self.load_method_by_helper(index, meanwhile, pc, next)
    }

    /// Whether the class that the method would have is kept beside the receiver.
    pub(super) fn keeps_class(&self, meanwhile: Meanwhile) -> bool {
        // The methods of 3.x have no class. While nothing runs, the receiver's cannot change.
        meanwhile == Meanwhile::Anything && !self.host.version.is_3()
    }

    pub(super) fn load_method_by_helper(
        &mut self,
        index: u32,
        meanwhile: Meanwhile,
        pc: u32,
        next: u32,
    ) -> Step {
        let name = self.name(index, pc)?;
        let cache = self.function.add_cache();
        let object = self.pop(pc)?;
        let index = self.stack.len() as u32;
        let keeps = self.keeps_class(meanwhile);
        if keeps && index + 1 >= self.code.stack_size {
            return Err(CompileError::Malformed { pc, what: "pushes beyond the stack" });
        }
        let call = Insn::Call {
            helper: Helper::LoadMethod,
            args: vec![object.value],
            immediates: vec![name, cache, index.into(), keeps.into()],
            pc,
        };
        let callable = self.emit(call, Type::ANY);
        self.release(object, pc);
        let callable = self.check_result(callable, Type::OBJECT, pc)?;
        let receiver = self.emit(Insn::LoadStack(index), Type::ANY);
        let class = keeps.then(|| self.emit(Insn::LoadStack(index + 1), Type::ANY));
        self.stack.push(StackEntry { receiver: Some(receiver), class, ..StackEntry::owned(callable) });
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `CALL_FUNCTION` of what [`Builder::load_method`] pushed below the arguments.
    pub(super) fn call_method(&mut self, operands: usize, immediate: i64, pc: u32, next: u32) -> Step {
        for depth in (0..operands - 1).rev() {
            self.own_at(depth);
        }
        let base = self.stack.len() - operands;
        let mut entries = self.stack.split_off(base).into_iter();
        let called = entries.next().and_then(|entry| Some((entry.value, entry.receiver?, entry.class)));
        let Some((callable, receiver, class)) = called else {
            return Err(CompileError::Malformed { pc, what: "calls no method" });
        };
        if let Some(class) = class {
            // The evaluator takes the method apart, and drops it, before it calls the function.
            self.emit_effect(Insn::XDecref(class, pc));
        }
        let operands = std::iter::once(receiver).chain(entries.map(|entry| entry.value)).collect();
        let call = Insn::CallMethod { callable, base: base as u32, operands, immediate, pc };
        let result = self.emit(call, Type::ANY);
        self.finish_call(Helper::CallMethod, result, pc, next)
    }
}
