//! Calls into the runtime: consuming operands, checking errors and tracing afterwards.

use super::arguments::Arguments;
use super::*;
use crate::bytecode::{CallShape, Op};
use crate::hir::{CALL_UNINTERRUPTED, Convention, Helper};

impl Builder<'_> {
    /// Throws when a C status is negative.
    pub(super) fn check_status(&mut self, status: ValueId, pc: u32) -> Result<(), CompileError> {
        if let Some(handler) = self.native_handler(pc) {
            let failed = self.emit(Insn::StatusFailed(status), Type::BOOL);
            return self.throw_if(failed, handler);
        }
        let exit = self.throwing_exit(pc);
        self.emit_effect(Insn::GuardStatus(status, exit));
        Ok(())
    }

    /// Throws when an object result is NULL.
    pub(super) fn check_result(
        &mut self,
        result: ValueId,
        ty: Type,
        pc: u32,
    ) -> Result<ValueId, CompileError> {
        if let Some(handler) = self.native_handler(pc) {
            let failed = self.emit(Insn::IsNull(result), Type::BOOL);
            self.throw_if(failed, handler)?;
            return Ok(self.emit(Insn::NotNull(result), ty));
        }
        let exit = self.throwing_exit(pc);
        Ok(self.emit(Insn::GuardNotNull(result, exit), ty))
    }

    /// Leaves when tracing was switched on meanwhile; the interpreter goes on at `next`.
    pub(super) fn check_tracing(&mut self, next: u32) {
        if self.is_inlining() {
            // Nothing has run.
            return;
        }
        let exit = self.exit(ExitReason::Tracing, Resume::At, next);
        self.emit_effect(Insn::CheckTracing(exit));
    }

    /// Calls a borrowing helper with the topmost operands (deepest first), releases them in
    /// that order, checks the result and pushes it when it is an object.
    pub(super) fn call_borrowing(
        &mut self,
        helper: Helper,
        operands: usize,
        immediates: &[i64],
        pc: u32,
        next: u32,
    ) -> Step {
        let order: Vec<usize> = (0..operands).collect();
        self.call_ordered(helper, operands, &order, &order, immediates, pc, next)
    }

    /// The same; `args` and `releases` give the order of arguments and of releases, as indices
    /// into the operands, deepest first.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn call_ordered(
        &mut self,
        helper: Helper,
        operands: usize,
        args: &[usize],
        releases: &[usize],
        immediates: &[i64],
        pc: u32,
        next: u32,
    ) -> Step {
        debug_assert_eq!(
            helper.convention(),
            Convention::Borrowing { args: args.len(), immediates: immediates.len() }
        );
        let mut popped = Vec::with_capacity(operands);
        for _ in 0..operands {
            popped.push(self.pop(pc)?);
        }
        popped.reverse();
        let args = args.iter().map(|i| popped[*i].value).collect();
        let repr = helper.result();
        let ty = if repr == Repr::Obj { Type::ANY } else { Type::EMPTY };
        let result = self.emit(Insn::Call { helper, args, immediates: immediates.to_vec(), pc }, ty);
        for index in releases {
            self.release(popped[*index], pc);
        }
        self.finish_call(helper, result, pc, next)
    }

    pub(super) fn finish_call(&mut self, helper: Helper, result: ValueId, pc: u32, next: u32) -> Step {
        match helper.result() {
            Repr::Status => self.check_status(result, pc)?,
            _ => {
                let checked = self.check_result(result, helper.result_type(), pc)?;
                self.push_owned(checked);
            }
        }
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// Pops operands and passes them, owned, to a stack helper. The result is unchecked.
    pub(super) fn emit_call_stack(
        &mut self,
        helper: Helper,
        operands: usize,
        immediate: i64,
        pc: u32,
    ) -> Result<ValueId, CompileError> {
        if operands > self.stack.len() {
            return Err(CompileError::Malformed { pc, what: "pops from an empty stack" });
        }
        for depth in (0..operands).rev() {
            self.own_at(depth);
        }
        let base = self.stack.len() - operands;
        let operands = self.stack.split_off(base).into_iter().map(|e| e.value).collect();
        let repr = helper.result();
        let ty = if repr == Repr::Obj { Type::ANY } else { Type::EMPTY };
        let call = Insn::CallStack { helper, base: base as u32, operands, immediate, pc };
        Ok(self.emit(call, ty))
    }

    /// Calls a stack helper, checks its result and pushes it when it is an object.
    pub(super) fn call_stack(
        &mut self,
        helper: Helper,
        operands: usize,
        immediate: i64,
        pc: u32,
        next: u32,
    ) -> Step {
        let result = self.emit_call_stack(helper, operands, immediate, pc)?;
        self.finish_call(helper, result, pc, next)
    }

    /// Calls a stack helper that leaves `results` values on the frame's stack.
    pub(super) fn call_stack_leaving(
        &mut self,
        helper: Helper,
        operands: usize,
        immediate: i64,
        results: usize,
        pc: u32,
    ) -> Result<(), CompileError> {
        let status = self.emit_call_stack(helper, operands, immediate, pc)?;
        self.check_status(status, pc)?;
        let base = self.stack.len();
        for index in 0..results {
            let value = self.emit(Insn::LoadStack((base + index) as u32), Type::OBJECT);
            self.push_owned(value);
        }
        Ok(())
    }

    /// Calls a stack helper with a status that may rebind locals, be they fast or not.
    pub(super) fn call_rebinding(&mut self, helper: Helper, operands: usize, pc: u32, next: u32) -> Step {
        // What a slot keeps alive may be released.
        self.own_all();
        let status = self.emit_call_stack(helper, operands, 0, pc)?;
        for slot in 0..self.code.locals {
            self.locals[slot as usize] = self.emit(Insn::LoadLocal(slot), Type::ANY);
        }
        self.check_status(status, pc)?;
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `CALL_FUNCTION*`.
    pub(super) fn call_function(&mut self, shape: CallShape, pc: u32, next: u32) -> Step {
        let CallShape { positional, keyword, star, star_star } = shape;
        let operands = shape.operands();
        let operand = i64::from(positional) | i64::from(keyword) << 8 | self.uninterrupted(next);
        let is_plain = keyword == 0 && !star && !star_star;
        let arguments = self.arguments(shape);
        self.forget_no_receiver(pc, operands - 1)?;
        if let Some(arguments) = &arguments
            && (self.inline_call(arguments, pc, next)? || self.inline_class(arguments, pc, next)?)
        {
            return Ok(Flow::Next);
        }
        if let Some(arguments) = arguments.filter(|_| self.uninterrupted(next) == 0)
            && let Some(flow) = self.call_direct(&arguments, pc, next)?
        {
            return Ok(flow);
        }
        if is_plain
            && self.uninterrupted(next) == 0
            && let Some(flow) = self.call_class(positional.into(), pc, next)?
        {
            return Ok(flow);
        }
        if star || star_star {
            let flags = i64::from(star) << 16 | i64::from(star_star) << 17;
            self.call_stack(Helper::CallEx, operands, operand | flags, pc, next)
        } else if let Some(flow) = self.call_native(shape, operand, pc, next)? {
            Ok(flow)
        } else if self.peek(pc, operands - 1)?.receiver.is_some() {
            self.call_method(operands, operand, pc, next)
        } else {
            self.call_stack(Helper::Call, operands, operand, pc, next)
        }
    }

    /// The call that is on the operand stack, if its names are constants and it spreads nothing.
    fn arguments(&self, shape: CallShape) -> Option<Arguments> {
        let CallShape { positional, keyword, star, star_star } = shape;
        let (positional, keyword) = (usize::from(positional), usize::from(keyword));
        let first = self.stack.len().checked_sub(2 * keyword)?;
        let name = |index: usize| {
            let value = self.stack[first + 2 * index].value;
            match *self.function.insn(self.function.same_object(value)) {
                Insn::Object(address) => Some(address),
                _ => None,
            }
        };
        let names: Option<Vec<usize>> = (0..keyword).map(name).collect();
        names.filter(|_| !star && !star_star).map(|names| Arguments { positional, names })
    }

    /// What is called is known not to be a method.
    fn forget_no_receiver(&mut self, pc: u32, depth: usize) -> Result<(), CompileError> {
        let entry = self.peek(pc, depth)?;
        let is_null = |value: ValueId| self.type_of(value) == Type::NULL;
        if entry.receiver.is_some_and(is_null) && entry.class.is_none_or(is_null) {
            let index = self.stack.len() - 1 - depth;
            self.stack[index] = StackEntry { receiver: None, class: None, ..entry };
        }
        Ok(())
    }

    /// The evaluator does not let a signal come between a call and the `try` whose `finally`
    /// releases what it acquired.
    fn uninterrupted(&self, next: u32) -> i64 {
        let next = self.bytecode.at(next).map(|instruction| instruction.op);
        if let Some(Op::SetupFinally(_)) = next { CALL_UNINTERRUPTED } else { 0 }
    }

    /// `MAKE_FUNCTION` and `MAKE_CLOSURE`: the operand counts what lies below the code object.
    pub(super) fn make_function(&mut self, closure: bool, operand: u32, pc: u32, next: u32) -> Step {
        let helper = if closure { Helper::MakeClosure } else { Helper::MakeFunction };
        let operands = self.function_operands(closure, operand);
        self.call_stack(helper, operands, i64::from(operand), pc, next)
    }

    /// How many operands `MAKE_FUNCTION` or `MAKE_CLOSURE` takes.
    pub(super) fn function_operands(&self, closure: bool, operand: u32) -> usize {
        let fixed = 1 + usize::from(closure);
        if self.host.version.is_3() {
            let positional = operand & 0xff;
            let keyword = operand >> 8 & 0xff;
            let annotations = operand >> 16 & 0x7fff;
            fixed + 1 + (positional + 2 * keyword + annotations) as usize
        } else {
            fixed + operand as usize
        }
    }
}
