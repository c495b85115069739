//! Calls of functions whose code is known, which borrow what they are called with.

use super::super::function::DirectCallee;
use super::super::helper::Helper;
use super::*;

impl Builder<'_> {
    /// `CALL_FUNCTION` with positional arguments of a function, or the method of one, of code that was called there every
    /// time; nothing if that is not known.
    pub(super) fn call_direct(
        &mut self,
        positional: usize,
        pc: u32,
        next: u32,
    ) -> Result<Option<Flow>, CompileError> {
        let Some((callee, life)) = self.directly_called(positional, pc)? else { return Ok(None) };
        let exit = self.exit(ExitReason::Callee, Resume::At, pc);
        let entry = self.peek(pc, positional)?;
        let guard = Insn::GuardCode { object: entry.value, code: callee.code, life, exit };
        let function = self.emit(guard, Repr::Obj, Type::FUNCTION);
        let receiver = match entry.receiver.filter(|receiver| self.type_of(*receiver) != Type::NULL) {
            Some(receiver) if self.type_of(receiver).may_be(Type::NULL) => {
                Some(self.emit(Insn::GuardNotNull(receiver, exit), Repr::Obj, Type::OBJECT))
            }
            receiver => receiver,
        };
        let base = self.stack.len() - positional - 1;
        let operands = self.stack.split_off(base);
        if let Some(class) = entry.class.filter(|_| receiver.is_some()) {
            // The evaluator takes the method apart, and drops it, before it calls the function.
            self.emit_effect(Insn::XDecref(class, pc));
        }
        let arguments = operands[1..].iter().map(|operand| operand.value);
        let args = receiver.into_iter().chain(arguments).collect();
        let callee = self.direct_index(callee);
        let call = Insn::CallFunction { function, base: base as u32, args, callee, pc };
        let result = self.emit(call, Repr::Obj, Type::ANY);
        let function = StackEntry { value: function, receiver: None, class: None, ..operands[0] };
        let arguments = operands[1..].iter().rev().copied();
        let releases: Vec<StackEntry> = match receiver {
            Some(receiver) => {
                std::iter::once(function).chain(arguments).chain([StackEntry::owned(receiver)]).collect()
            }
            None => arguments.chain([function]).collect(),
        };
        for operand in releases {
            self.release(operand, pc);
        }
        self.finish_call(Helper::CallFunction, result, pc, next).map(Some)
    }

    /// What is called straight away by an instruction, and the address of the byte that says until when that is there.
    fn directly_called(
        &self,
        positional: usize,
        pc: u32,
    ) -> Result<Option<(DirectCallee, usize)>, CompileError> {
        let entry = self.peek(pc, positional)?;
        let is_method = entry.receiver.is_some_and(|receiver| self.type_of(receiver) != Type::NULL);
        let is_possible = self.speculate_at(pc) && !self.is_inlining() && self.boxed(entry.value).is_none();
        let (handle, arguments) = match (self.feedback.callee(pc), is_method) {
            (Some(Callee::Function(handle)), false) => (handle, positional),
            (Some(Callee::Method(handle)), true) => (handle, positional + 1),
            _ => return Ok(None),
        };
        let known = self.callable.iter().find(|callable| callable.code == *handle);
        let callee = known.and_then(|callable| callable.direct);
        let callee = callee.filter(|callee| is_possible && callee.parameters as usize == arguments);
        Ok(callee.map(|callee| (callee, handle.life.address())))
    }

    /// The index of code among those that are called straight away.
    fn direct_index(&mut self, callee: DirectCallee) -> u32 {
        let all = &mut self.function.direct;
        let index = all.iter().position(|known| *known == callee).unwrap_or_else(|| {
            all.push(callee);
            all.len() - 1
        });
        index as u32
    }
}
