//! Calls of classes: an instance is made, and the function that initialises it called straight away.

use super::arguments::Arguments;
use super::attributes::number_of;
use super::inline::InlinedCall;
use super::*;
use crate::hir::{Attribute, Binding, DirectCallee, Helper, Place};

impl<'a> Builder<'a> {
    /// `CALL_FUNCTION` with positional arguments of a class whose instances a function of known code
    /// initialises; nothing if it is not known to be one.
    pub(super) fn call_class(
        &mut self,
        positional: usize,
        pc: u32,
        next: u32,
    ) -> Result<Option<Flow>, CompileError> {
        let Some((site, callee)) = self.initialiser(positional, pc)? else { return Ok(None) };
        let base = self.stack.len() - positional - 1;
        let class = StackEntry { receiver: None, class: None, ..self.stack[base] };
        self.stack[base] = class;
        let function = self.found_function(site, class.value, &callee, pc);
        let args = vec![class.value];
        let make = Insn::Call { helper: Helper::NewInstance, args, immediates: vec![], pc };
        self.find_or(
            make,
            (pc, false),
            |builder| {
                builder.release(StackEntry::owned(function), pc);
                let result = builder.emit_call_stack(Helper::Call, positional + 1, positional as i64, pc)?;
                builder.check_result(result, Type::OBJECT, pc).map(|made| Some(StackEntry::owned(made)))
            },
            |builder, instance| {
                let operands = builder.initialise(instance, function, callee, positional, pc)?;
                builder.release_called(&operands, pc);
                Ok(Some(StackEntry::owned(instance)))
            },
        )?;
        self.check_tracing(next);
        Ok(Some(Flow::Next))
    }

    /// `CALL_FUNCTION` of a class whose `__init__` is built in its place; false when nothing was done.
    pub(super) fn inline_class(
        &mut self,
        call: &Arguments,
        pc: u32,
        next: u32,
    ) -> Result<bool, CompileError> {
        let operands = call.operands();
        let Some(handle) = self.called_class(operands - 1, pc)? else { return Ok(false) };
        let Some((index, places)) = self.inlinable_call(handle, call, 1, pc) else { return Ok(false) };
        let Some(found) = self.expected_site(pc, is_own_function) else { return Ok(false) };
        self.attempt(pc, |builder| {
            let site = builder.attribute_at(found.clone());
            let base = builder.stack.len() - operands;
            let class = StackEntry { receiver: None, class: None, ..builder.stack[base] };
            builder.stack[base] = class;
            let levels = Helper::CallSpecialWithin.levels_between() as u32;
            let function = builder.inlined_function((index, levels), site, class.value, pc);
            let function = builder.guard_defaults(function, &places, pc);
            // Where a collection is due, the interpreter has it.
            let exit = builder.exit(ExitReason::Uncompiled, Resume::At, pc);
            let args = vec![class.value];
            let make = Insn::Call { helper: Helper::NewInstance, args, immediates: vec![], pc };
            let made = builder.emit(make, Type::OTHER.union(Type::NULL));
            let instance = builder.emit(Insn::GuardNotNull(made, exit), Type::OTHER);
            let function = builder.own(StackEntry::borrowed(function));
            let mut arguments = builder.arranged(function, &places, base);
            arguments[0] = instance;
            let call = InlinedCall {
                index,
                function,
                is_kept: true,
                arguments,
                operands,
                resume: Resume::Call { operands: operands as u32, next },
                levels,
                instance: Some(instance),
            };
            builder.build_call(call, pc, next)
        })
    }

    /// Takes class and arguments off the stack and has the function initialise the instance with these: they
    /// are handed back.
    fn initialise(
        &mut self,
        instance: ValueId,
        function: ValueId,
        callee: DirectCallee,
        positional: usize,
        pc: u32,
    ) -> Result<Vec<StackEntry>, CompileError> {
        let base = self.stack.len() - positional - 1;
        let operands = self.stack.split_off(base);
        let arguments = operands[1..].iter().map(|operand| operand.value);
        let args = std::iter::once(instance).chain(arguments).collect();
        let callee = number_of(&mut self.function.direct, callee);
        let helper = Helper::CallSpecialWithin;
        let base = base as u32;
        let call = Insn::CallFunction { function, base, args, callee, is_certain: true, helper, pc };
        let result = self.emit(call, Type::ANY);
        self.release(StackEntry::owned(function), pc);
        let nothing = self.emit(Insn::Object(self.host.none), Type::NONE);
        let is_done = self.emit(Insn::SameObject(result, nothing), Type::BOOL);
        let (done, refused) = self.branch(is_done);
        let before = (self.locals.clone(), self.stack.clone());

        self.current = refused;
        self.function.blocks[refused.index()].cold = true;
        let refuse =
            Insn::Call { helper: Helper::RefuseInitialised, args: vec![result], immediates: vec![], pc };
        self.emit(refuse, Type::EMPTY);
        self.emit_effect(Insn::XDecref(result, pc));
        self.release(StackEntry::owned(instance), pc);
        self.release_called(&operands, pc);
        self.throw(pc)?;

        (self.locals, self.stack) = before;
        self.current = done;
        let result = self.emit(Insn::NotNull(result), Type::NONE);
        self.release(StackEntry::owned(result), pc);
        Ok(operands)
    }

    /// Releases what was called, which is first, and its arguments, as the evaluator does.
    fn release_called(&mut self, operands: &[StackEntry], pc: u32) {
        for operand in operands[1..].iter().rev().chain(&operands[..1]) {
            self.release(*operand, pc);
        }
    }

    /// The site at which the function is found that initialises the instances of what is called, and its
    /// code.
    fn initialiser(
        &mut self,
        positional: usize,
        pc: u32,
    ) -> Result<Option<(u32, DirectCallee)>, CompileError> {
        let Some(handle) = self.called_class(positional, pc)? else { return Ok(None) };
        Ok(self.found_callee(handle, positional + 1, pc, is_own_function))
    }

    /// The code that initialises the instances of what is called, where that is a class every time.
    fn called_class(&self, positional: usize, pc: u32) -> Result<Option<&'a CodeHandle>, CompileError> {
        let entry = self.peek(pc, positional)?;
        let is_bound = entry.receiver.is_some_and(|receiver| self.type_of(receiver) != Type::NULL);
        let is_object = self.boxed(entry.value).is_none() && !is_bound;
        match self.feedback.callee(pc) {
            Some(Callee::Class(handle)) if is_object => Ok(Some(handle)),
            _ => Ok(None),
        }
    }
}

/// Whether what is called is a function that the class, or one of its bases, has.
fn is_own_function(found: &Attribute) -> bool {
    matches!(found.place, Place::Own { binding: Binding::Function, .. })
}
