//! Truth tests and conditional jumps.

use super::*;
use crate::bytecode::ConstKind;
use crate::hir::Helper;

/// A truth value, possibly with an error to check once the operand is released.
#[derive(Clone, Copy)]
pub(super) enum Truth {
    /// A Bool.
    Known(ValueId),
    /// A Status of `PyObject_IsTrue`.
    Status(ValueId),
}

/// Kinds of objects that have neither a length nor a truth of their own.
const ALWAYS_TRUE: Type =
    Type::any_of(&[Type::FUNCTION, Type::METHOD, Type::CFUNCTION, Type::GENERATOR, Type::TYPE]);

impl Builder<'_> {
    /// The truth of the topmost operand, which stays on the stack.
    pub(super) fn truth(&mut self, pc: u32) -> Result<Truth, CompileError> {
        let value = self.peek(pc, 0)?.value;
        let constant = match self.constant(value) {
            Some(ConstKind::None) => Some(false),
            Some(ConstKind::Bool(b)) => Some(b),
            Some(ConstKind::Int(n)) => Some(n != 0),
            Some(ConstKind::Float(_) | ConstKind::Str | ConstKind::Tuple | ConstKind::Other) | None => None,
        };
        if let Some(truth) = constant {
            return Ok(Truth::Known(self.emit(Insn::Bool(truth), Type::BOOL)));
        }
        if let Some((inner, Repr::Bool)) = self.boxed(value) {
            return Ok(Truth::Known(inner));
        }
        let kind = self.expected_kind(pc, 0);
        let test = match kind {
            Some(Type::INT) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                Insn::IntTruth(self.as_int(value, exit))
            }
            Some(Type::FLOAT) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                Insn::FloatTruth(self.as_float(value, exit))
            }
            Some(Type::BOOL) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                Insn::UnboxBool(self.guard_type(value, Type::BOOL, exit))
            }
            Some(kind @ (Type::LIST | Type::TUPLE)) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let container = self.guard_type(value, kind, exit);
                Insn::IntTruth(self.emit(Insn::SequenceLen(container), Type::INT))
            }
            Some(kind) if self.has_plain_length(kind) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let container = self.guard_type(value, kind, exit);
                let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
                Insn::IntTruth(self.emit(Insn::Length { kind, container, exit }, Type::INT))
            }
            Some(kind) if kind == Type::NONE || kind.is_subset(ALWAYS_TRUE) => {
                let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
                let object = self.guard_type(value, kind, exit);
                // Not a constant: a guard whose result nobody looks at is left out, as one that was of no
                // use.
                let falsity = Insn::IsNull(object);
                match kind {
                    Type::NONE => falsity,
                    _ => Insn::Not(self.emit(falsity, Type::BOOL)),
                }
            }
            _ if self.is_inlining() && self.boxed(value).is_none() => return self.tell_truth(value, pc),
            _ => {
                let call = Insn::Call { helper: Helper::IsTrue, args: vec![value], immediates: vec![], pc };
                return Ok(Truth::Status(self.emit(call, Type::EMPTY)));
            }
        };
        Ok(Truth::Known(self.emit(test, Type::BOOL)))
    }

    /// The truth of an object in a function that is inlined, where that runs no code.
    fn tell_truth(&mut self, value: ValueId, pc: u32) -> Result<Truth, CompileError> {
        if !self.speculate_at(pc) || self.feedback.is_rare(pc) {
            self.refuse();
        }
        let exit = self.exit(ExitReason::RareOperand, Resume::At, pc);
        let call = Insn::Call { helper: Helper::TellTruth, args: vec![value], immediates: vec![], pc };
        let status = self.emit(call, Type::EMPTY);
        self.emit_effect(Insn::GuardStatus(status, exit));
        Ok(Truth::Known(self.emit(Insn::StatusTruth(status), Type::BOOL)))
    }

    /// Whether objects of a kind are true when they have a length, which can be told in line even if it is 0.
    fn has_plain_length(&self, kind: Type) -> bool {
        match kind {
            Type::DICT | Type::SET | Type::UNICODE => true,
            Type::STR => !self.host.version.is_3(),
            _ => false,
        }
    }

    /// The Bool of a truth test, leaving when it raised. Called when the operand is released.
    pub(super) fn checked_truth(&mut self, truth: Truth, pc: u32) -> Result<ValueId, CompileError> {
        match truth {
            Truth::Known(value) => Ok(value),
            Truth::Status(status) => {
                self.check_status(status, pc)?;
                Ok(self.emit(Insn::StatusTruth(status), Type::BOOL))
            }
        }
    }

    /// `POP_JUMP_IF_*`.
    pub(super) fn pop_jump(&mut self, jump_when: bool, target: u32, pc: u32, next: u32) -> Step {
        let truth = self.truth(pc)?;
        let entry = self.pop(pc)?;
        self.release(entry, pc);
        let condition = self.checked_truth(truth, pc)?;
        self.conditional_jump(condition, jump_when, target, pc, next, |_, _| Ok(()))
    }

    /// `JUMP_IF_*_OR_POP`.
    pub(super) fn jump_or_pop(&mut self, jump_when: bool, target: u32, pc: u32, next: u32) -> Step {
        let truth = self.truth(pc)?;
        let condition = self.checked_truth(truth, pc)?;
        self.conditional_jump(condition, jump_when, target, pc, next, |builder, pc| {
            let entry = builder.pop(pc)?;
            builder.release(entry, pc);
            Ok(())
        })
    }

    fn conditional_jump(
        &mut self,
        condition: ValueId,
        jump_when: bool,
        target: u32,
        pc: u32,
        next: u32,
        on_fall_through: impl FnOnce(&mut Self, u32) -> Result<(), CompileError>,
    ) -> Step {
        let (then, otherwise) = self.branch(condition);
        let (jump, fall) = if jump_when { (then, otherwise) } else { (otherwise, then) };
        self.function.blocks[jump.index()].cold = self.feedback.is_rare_way(pc, target);
        self.function.blocks[fall.index()].cold = self.feedback.is_rare_way(pc, next);
        let saved = (self.locals.clone(), self.stack.clone());
        self.current = jump;
        self.jump(target, pc)?;
        (self.locals, self.stack) = saved;
        self.current = fall;
        on_fall_through(self, pc)?;
        let edge = self.edge_to(next)?;
        self.emit_terminator(Insn::Jump(edge));
        Ok(Flow::Ended)
    }
}
