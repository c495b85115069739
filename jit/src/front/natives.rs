//! Calls of functions, types and methods in C that are known: done in line, or by quick helpers without a
//! tuple of arguments.

use super::truth::Truth;
use super::*;
use crate::bytecode::CallShape;
use crate::hir::Helper;
use crate::hir::{Builtin, Owner};

/// Ints of which there may be a list for a moment. A longer one may be too much for the memory there is, and
/// a program told so.
const MOST_LISTED: i64 = 1 << 20;

/// What comes of a call.
enum Outcome {
    /// A number, or an owned object.
    Result(ValueId),
    /// The one argument, which stays the operand that it is.
    Argument,
    /// All is done.
    Finished(Flow),
}

impl Builder<'_> {
    /// `CALL_FUNCTION` of what is known, and was always called here; `None`, nothing done, when it is not.
    pub(super) fn call_native(
        &mut self,
        shape: CallShape,
        immediate: i64,
        pc: u32,
        next: u32,
    ) -> Result<Option<Flow>, CompileError> {
        let CallShape { positional, keyword, star, star_star } = shape;
        if keyword != 0 || star || star_star || !self.speculate_at(pc) || self.feedback.is_rare(pc) {
            return Ok(None);
        }
        let Some(address) = self.feedback.native_callee(pc) else { return Ok(None) };
        let count = positional as usize;
        let Some(builtin) = (self.host.builtin)(address) else {
            return self.call_container_type(address, count, immediate, pc, next);
        };
        let call = Native { builtin, address, count, immediate, pc, next };
        if self.peek(pc, count)?.receiver.is_some() && !builtin.is_method() {
            return Ok(None);
        }
        let Some(outcome) = self.native(&call)? else { return Ok(None) };
        match outcome {
            Outcome::Finished(flow) => return Ok(Some(flow)),
            Outcome::Result(result) => self.leave_native(&call, result, false)?,
            Outcome::Argument => {
                let argument = self.pop(pc)?;
                let callable = self.pop(pc)?;
                if callable.owned {
                    self.emit_effect(Insn::Forget(callable.value));
                }
                self.stack.push(argument);
            }
        }
        Ok(Some(Flow::Next))
    }

    /// A call of the type of lists, tuples, dicts or sets: its result is one of those.
    fn call_container_type(
        &mut self,
        address: usize,
        count: usize,
        immediate: i64,
        pc: u32,
        next: u32,
    ) -> Result<Option<Flow>, CompileError> {
        let kinds = [Type::LIST, Type::TUPLE, Type::DICT, Type::SET];
        let Some(kind) = kinds.into_iter().find(|kind| (self.host.types)(*kind) == address) else {
            return Ok(None);
        };
        let callee = self.peek(pc, count)?;
        if callee.receiver.is_some() || self.boxed(callee.value).is_some() {
            return Ok(None);
        }
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        self.emit(Insn::GuardIs(callee.value, address, exit), Type::TYPE);
        let result = self.emit_call_stack(Helper::Call, count + 1, immediate, pc)?;
        let result = self.check_result(result, kind, pc)?;
        self.push_owned(result);
        self.check_tracing(next);
        Ok(Some(Flow::Next))
    }

    fn native(&mut self, call: &Native) -> Result<Option<Outcome>, CompileError> {
        use Builtin as B;
        let Native { builtin, count, pc, .. } = *call;
        let kind = |builder: &Self, depth: usize| builder.expected_kind(pc, depth);
        let kinds = match count {
            0 => (None, None),
            1 => (None, kind(self, 0)),
            _ => (kind(self, 1), kind(self, 0)),
        };
        let has_strings = self.host.strings.is_some();
        let result = match (builtin, count, kinds) {
            (B::Len, 1, (_, Some(kind))) if has_length(kind) => {
                let exit = self.guard_callee(call);
                let container = self.guard_type(self.operand(0), kind, exit);
                let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
                self.emit(Insn::Length { kind, container, exit }, Type::INT)
            }
            (B::Len, 1, _) => return self.likely_length(call),
            (B::Ord, 1, (_, Some(Type::STR))) if has_strings => {
                let exit = self.guard_callee(call);
                let string = self.guard_type(self.operand(0), Type::STR, exit);
                let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
                self.emit(Insn::CodeOf(string, exit), Type::INT)
            }
            (B::Chr, 1, (_, Some(Type::INT))) if has_strings => {
                let exit = self.guard_callee(call);
                let code = self.int_at(0, exit);
                let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
                self.emit(Insn::CharacterOf(code, exit), Type::STR)
            }
            (B::Abs, 1, (_, Some(kind @ Type::FLOAT)))
            | (B::Fabs, 1, (_, Some(kind @ (Type::FLOAT | Type::INT)))) => {
                let exit = self.guard_callee(call);
                let number = self.number_as_float(0, kind, exit);
                self.emit(Insn::FloatAbs(number), Type::FLOAT)
            }
            (B::Abs, 1, (_, Some(Type::INT))) => {
                self.guard_callee(call);
                let args = vec![self.operand(0)];
                return self.native_or_call(call, Helper::Absolute, args, vec![]).map(Some);
            }
            (B::Min | B::Max, 2, (Some(a), Some(b))) if a == b && (a == Type::INT || a == Type::FLOAT) => {
                self.guard_callee(call);
                let args = vec![self.operand(1), self.operand(0)];
                let greatest = i64::from(builtin == B::Max);
                return self.native_or_call(call, Helper::Extreme, args, vec![greatest]).map(Some);
            }
            (B::Range | B::XRange, 1..=3, _) => return self.range(call),
            (B::GetAttr, 2 | 3, _) => return self.get_attr(call),
            (B::HasAttr, 2, (_, Some(Type::STR))) => return self.has_attr(call).map(Some),
            (B::Bool, 1, (_, Some(Type::INT | Type::FLOAT | Type::BOOL | Type::LIST | Type::TUPLE))) => {
                self.guard_callee(call);
                match self.truth(pc)? {
                    Truth::Known(truth) => truth,
                    Truth::Status(_) => return Ok(None),
                }
            }
            (B::Str, 1, (_, Some(kind))) if has_plain_text(kind) => {
                self.guard_callee(call);
                let args = vec![self.operand(0)];
                return self.native_or_call(call, Helper::Text, args, vec![]).map(Some);
            }
            (B::IsInstance, 2, _) => return self.is_instance(call).map(Some),
            (B::Float, 1, (_, Some(Type::FLOAT))) | (B::Int, 1, (_, Some(Type::INT))) => {
                let exit = self.guard_callee(call);
                match kinds.1 {
                    Some(Type::INT) => self.int_at(0, exit),
                    _ => self.as_float(self.operand(0), exit),
                };
                return Ok(Some(Outcome::Argument));
            }
            (B::Float, 1, (_, Some(kind @ Type::INT))) => {
                let exit = self.guard_callee(call);
                self.number_as_float(0, kind, exit)
            }
            (B::Int, 1, (_, Some(Type::FLOAT))) => {
                let exit = self.guard_callee(call);
                let number = self.as_float(self.operand(0), exit);
                let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
                self.emit(Insn::FloatToInt(number, exit), Type::INT)
            }
            (B::Type, 1, _) => {
                self.guard_callee(call);
                let args = vec![self.operand(0)];
                let ask = Insn::Call { helper: Helper::TypeObject, args, immediates: vec![], pc };
                let ty = self.emit(ask, Type::OBJECT);
                let makes = self.makes_objects(1, pc);
                self.leave_native(call, ty, makes)?;
                return Ok(Some(Outcome::Finished(Flow::Next)));
            }
            (B::Sqrt | B::Sin | B::Cos | B::Tan | B::Asin | B::Acos | B::Atan | B::Exp, 1, _) => {
                let Some(kind) = self.expected_number(pc, 0) else { return Ok(None) };
                let exit = self.guard_callee(call);
                let number = self.number_as_float(0, kind, exit);
                let function = (self.host.math)(builtin);
                let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
                self.emit(Insn::FloatCall { function, number, exit }, Type::FLOAT)
            }
            (B::ListAppend, 1, _) => {
                let list = self.guard_receiver(call)?;
                return self.list_append(call, list).map(Some);
            }
            (B::ListPop, 0, _) => {
                let list = self.guard_receiver(call)?;
                return self.find_or_call(call, Insn::ListTake(list)).map(Some);
            }
            (B::ListPop, 1, (_, Some(Type::INT))) => {
                let list = self.guard_receiver(call)?;
                let args = vec![list, self.operand(0)];
                return self.native_or_call(call, Helper::ListTakeAt, args, vec![]).map(Some);
            }
            (B::ListInsert, 2, (Some(Type::INT), _)) => {
                let list = self.guard_receiver(call)?;
                let args = vec![list, self.operand(1), self.operand(0)];
                return self.native_or_call(call, Helper::ListInsert, args, vec![]).map(Some);
            }
            (B::DictGet, 1 | 2, _) => {
                let dict = self.guard_receiver(call)?;
                let default = match count {
                    1 => self.emit(Insn::Object(self.host.none), Type::NONE),
                    _ => self.operand(0),
                };
                let args = vec![dict, self.operand(count - 1), default];
                return self.native_or_call(call, Helper::DictGet, args, vec![]).map(Some);
            }
            (B::StartsWith | B::EndsWith, 1, (_, Some(Type::STR))) => {
                let text = self.guard_receiver(call)?;
                let args = vec![text, self.operand(0)];
                let at_end = i64::from(builtin == B::EndsWith);
                return self.tell_native(call, Helper::HasAffix, args, vec![at_end]).map(Some);
            }
            _ => return Ok(None),
        };
        Ok(Some(Outcome::Result(result)))
    }

    /// Leaves unless what is called is what was always called; the exit, for more guards.
    fn guard_callee(&mut self, call: &Native) -> SideExit {
        let Native { builtin, address, count, pc, .. } = *call;
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        let entry = self.stack[self.stack.len() - 1 - count];
        if builtin.owner() == Owner::Types {
            // These live for ever.
            self.emit(Insn::GuardIs(entry.value, address, exit), Type::OBJECT);
            return exit;
        }
        let is_method = entry.receiver.is_some();
        let guard = Insn::GuardNative { object: entry.value, definition: address, is_method, exit };
        self.emit_effect(guard);
        if entry.owned {
            self.emit_effect(Insn::GuardShared(entry.value, exit));
        }
        exit
    }

    /// The same for a method; its receiver, of the exact type that has the method.
    fn guard_receiver(&mut self, call: &Native) -> Result<ValueId, CompileError> {
        let exit = self.guard_callee(call);
        let kind = match call.builtin.owner() {
            Owner::List => Type::LIST,
            Owner::Dict => Type::DICT,
            Owner::Str => Type::STR,
            Owner::Builtins | Owner::Types | Owner::Math => Type::OBJECT,
        };
        let entry = self.peek(call.pc, call.count)?;
        let Some(receiver) = entry.receiver else {
            // Bound before: what is called holds it.
            let receiver = self.emit(Insn::ReceiverOf(entry.value), Type::ANY);
            let present = self.emit(Insn::GuardNotNull(receiver, exit), Type::OBJECT);
            return Ok(self.emit(Insn::GuardType(present, kind, exit), kind));
        };
        let present = self.emit(Insn::GuardNotNull(receiver, exit), Type::OBJECT);
        let refined = self.emit(Insn::GuardType(present, kind, exit), kind);
        if !kind.is_simple() {
            self.emit_effect(Insn::GuardShared(refined, exit));
        }
        let index = self.stack.len() - 1 - call.count;
        self.stack[index].receiver = Some(refined);
        Ok(refined)
    }

    /// Releases the operands of a call as the evaluator does, the last argument first, and pushes the result.
    /// What is called, and its receiver, were seen to be shared; nothing ran since.
    fn leave_native(
        &mut self,
        call: &Native,
        result: ValueId,
        made_objects: bool,
    ) -> Result<(), CompileError> {
        let mut runs = false;
        for _ in 0..call.count {
            let argument = self.pop(call.pc)?;
            runs |= argument.owned && !self.type_of(argument.value).is_simple();
            self.release(argument, call.pc);
            // What it releases waits.
            runs &= !self.is_inlining();
        }
        self.leave_callee(call, result, runs, made_objects)
    }

    /// The same once the arguments are gone, which may have run code.
    fn leave_callee(
        &mut self,
        call: &Native,
        result: ValueId,
        has_run: bool,
        made_objects: bool,
    ) -> Result<(), CompileError> {
        let Native { pc, next, .. } = *call;
        let callee = self.pop(pc)?;
        if callee.owned {
            self.emit_effect(match has_run {
                true => Insn::Decref(callee.value, pc),
                false => Insn::Forget(callee.value),
            });
        }
        if let Some(receiver) = callee.receiver {
            let is_simple = call.builtin.owner() == Owner::Str;
            self.emit_effect(match has_run || is_simple {
                true => Insn::XDecref(receiver, pc),
                false => Insn::Forget(receiver),
            });
        }
        if let Some(class) = callee.class {
            self.release(StackEntry::owned(class), pc);
        }
        let object = match self.function.value(result).repr {
            Repr::Obj => result,
            _ => self.emit_box(result),
        };
        self.push_owned(object);
        if has_run || made_objects {
            self.check_tracing(next);
        }
        Ok(())
    }

    /// The call as it is done of what is not known; its result is pushed.
    fn call_anyhow(&mut self, call: &Native) -> Step {
        let Native { count, immediate, pc, next, .. } = *call;
        match self.peek(pc, count)?.receiver.is_some() {
            true => self.call_method(count + 1, immediate, pc, next),
            false => self.call_stack(Helper::Call, count + 1, immediate, pc, next),
        }
    }

    /// A call by a quick helper, where that gives NULL, as it is done of what is not known.
    fn native_or_call(
        &mut self,
        call: &Native,
        helper: Helper,
        args: Vec<ValueId>,
        immediates: Vec<i64>,
    ) -> Result<Outcome, CompileError> {
        self.find_or_call(call, Insn::Call { helper, args, immediates, pc: call.pc })
    }

    /// The same by an instruction.
    fn find_or_call(&mut self, call: &Native, find: Insn) -> Result<Outcome, CompileError> {
        let pc = call.pc;
        let makes = self.makes_objects(call.count, pc);
        let flow = self.find_or(
            find,
            (pc, false),
            |builder| {
                builder.call_anyhow(call)?;
                builder.pop(pc).map(Some)
            },
            |builder, found| {
                builder.leave_native(call, found, makes)?;
                builder.pop(pc).map(Some)
            },
        )?;
        Ok(Outcome::Finished(flow))
    }

    /// A call by a quick helper with a truth value, where that is negative, as it is done of what is not
    /// known.
    fn tell_native(
        &mut self,
        call: &Native,
        helper: Helper,
        args: Vec<ValueId>,
        immediates: Vec<i64>,
    ) -> Result<Outcome, CompileError> {
        let Native { pc, next, .. } = *call;
        let makes = self.makes_objects(call.count, pc);
        let flow = self.tell_or(
            Insn::Call { helper, args, immediates, pc },
            pc,
            |builder| {
                builder.call_anyhow(call)?;
                let exit = builder.exit(ExitReason::TypeGuard, Resume::At, next);
                let result = builder.guard_type(builder.operand(0), Type::BOOL, exit);
                let told = builder.emit(Insn::UnboxBool(result), Type::BOOL);
                let result = builder.pop(pc)?;
                builder.release(result, pc);
                Ok(told)
            },
            |builder, told| {
                builder.leave_native(call, told, makes)?;
                let result = builder.pop(pc)?;
                builder.release(result, pc);
                Ok(told)
            },
        )?;
        Ok(Outcome::Finished(flow))
    }

    /// `len` of containers of several kinds: first of the likeliest.
    fn likely_length(&mut self, call: &Native) -> Result<Option<Outcome>, CompileError> {
        let pc = call.pc;
        let [kind] = self.likely_kinds::<1>(pc);
        let is_wanted = !self.is_inlining() && self.boxed(self.operand(0)).is_none();
        let Some(kind) = kind.filter(|kind| is_wanted && has_length(*kind)) else { return Ok(None) };
        self.guard_callee(call);
        let flow = self.if_of_kinds(
            &[(0, kind)],
            |builder| {
                builder.call_anyhow(call)?;
                builder.pop(pc)
            },
            |builder| {
                let exit = builder.exit(ExitReason::RareOperand, Resume::At, pc);
                let container = builder.operand(0);
                let length = Insn::Length { kind, container, exit };
                let length = builder.emit(length, Type::INT);
                builder.leave_native(call, length, false)?;
                builder.pop(pc)
            },
        )?;
        Ok(Some(Outcome::Finished(flow)))
    }

    /// `range` and `xrange` of ints: their iterator straight away where that is all that is wanted.
    fn range(&mut self, call: &Native) -> Result<Option<Outcome>, CompileError> {
        let Native { builtin, count, pc, next, .. } = *call;
        if (0..count).any(|depth| self.expected_kind(pc, depth) != Some(Type::INT)) {
            return Ok(None);
        }
        let is_list = builtin == Builtin::Range;
        let is_wanted = if is_list { self.is_looped_over(next) } else { self.is_iterated(next) };
        if is_wanted && self.host.new_range != 0 {
            return self.range_iterator(call).map(Some);
        }
        if self.host.version.is_3() {
            return Ok(None);
        }
        self.guard_callee(call);
        let null = self.emit(Insn::Null, Type::NULL);
        let given = |depth: usize| if depth < count { self.operand(depth) } else { null };
        let (start, stop, step) = match count {
            1 => (null, given(0), null),
            2 => (given(1), given(0), null),
            _ => (given(2), given(1), given(0)),
        };
        let helper = if is_list { Helper::Range } else { Helper::XRange };
        let args = vec![self.operand(count), start, stop, step];
        let result = self.emit(Insn::Call { helper, args, immediates: vec![], pc }, Type::ANY);
        self.release_all(count + 1, pc)?;
        self.finish_call(helper, result, pc, next)?;
        Ok(Some(Outcome::Finished(Flow::Next)))
    }

    /// The iterator of a `range` or `xrange`, for a `GET_ITER` that comes next.
    fn range_iterator(&mut self, call: &Native) -> Result<Outcome, CompileError> {
        let Native { builtin, count, next, .. } = *call;
        let exit = self.guard_callee(call);
        let start = if count > 1 { self.int_at(count - 1, exit) } else { self.emit(Insn::Int(0), Type::INT) };
        let stop = self.int_at(count.saturating_sub(2), exit);
        let step = if count > 2 { self.int_at(0, exit) } else { self.emit(Insn::Int(1), Type::INT) };
        let most = if builtin == Builtin::Range { MOST_LISTED } else { i64::MAX };
        let exit = SideExit { reason: ExitReason::RareOperand, ..exit };
        let iterator = self.emit(Insn::NewRange { start, stop, step, most, exit }, Type::RANGE_ITER);
        self.leave_native(call, iterator, false)?;
        let is_looped_over = self.is_looped_over(next);
        if let Some(entry) = self.stack.last_mut().filter(|_| is_looped_over) {
            entry.mark = Some(Mark::RangeIterator);
        }
        if self.options.counts_bytecodes {
            self.emit_effect(Insn::CountBytecode);
        }
        Ok(Outcome::Finished(Flow::Beyond))
    }

    /// `getattr` of a name that is a string.
    fn get_attr(&mut self, call: &Native) -> Result<Option<Outcome>, CompileError> {
        let Native { count, pc, next, .. } = *call;
        let name = count - 2;
        if self.expected_kind(pc, name) != Some(Type::STR) {
            return Ok(None);
        }
        let exit = self.guard_callee(call);
        self.guard_type(self.operand(name), Type::STR, exit);
        let default = match count {
            2 => self.emit(Insn::Null, Type::NULL),
            _ => self.operand(0),
        };
        let args = vec![self.operand(count - 1), self.operand(name), default];
        let ask = Insn::Call { helper: Helper::GetAttr, args, immediates: vec![], pc };
        let result = self.emit(ask, Type::ANY);
        self.release_all(count + 1, pc)?;
        self.finish_call(Helper::GetAttr, result, pc, next)?;
        Ok(Some(Outcome::Finished(Flow::Next)))
    }

    /// `hasattr` of a name that is a string.
    fn has_attr(&mut self, call: &Native) -> Result<Outcome, CompileError> {
        let Native { pc, next, .. } = *call;
        let exit = self.guard_callee(call);
        self.guard_type(self.operand(0), Type::STR, exit);
        let args = vec![self.operand(1), self.operand(0)];
        let ask = Insn::Call { helper: Helper::HasAttr, args, immediates: vec![], pc };
        let status = self.emit(ask, Type::EMPTY);
        self.release_all(3, pc)?;
        self.check_status(status, pc)?;
        let told = self.emit(Insn::StatusTruth(status), Type::BOOL);
        let boxed = self.emit_box(told);
        self.push_owned(boxed);
        self.check_tracing(next);
        Ok(Outcome::Finished(Flow::Next))
    }

    /// Pops and releases operands, the topmost first.
    fn release_all(&mut self, operands: usize, pc: u32) -> Result<(), CompileError> {
        for _ in 0..operands {
            let entry = self.pop(pc)?;
            self.release(entry, pc);
        }
        Ok(())
    }

    /// `isinstance`: by a quick helper, else by `PyObject_IsInstance`.
    fn is_instance(&mut self, call: &Native) -> Result<Outcome, CompileError> {
        let Native { pc, next, .. } = *call;
        let makes = self.makes_objects(2, pc);
        let exit = self.guard_callee(call);
        let (object, class) = (self.operand(1), self.operand(0));
        // Classes are shared, tuples of some often not.
        let is_tuple = self.expected_kind(pc, 0) == Some(Type::TUPLE);
        let forgets_class = self.peek(pc, 0)?.owned && self.boxed(class).is_none() && !is_tuple;
        if forgets_class {
            self.emit_effect(Insn::GuardShared(class, exit));
        }
        let ask = |helper| Insn::Call { helper, args: vec![object, class], immediates: vec![], pc };
        let flow = self.tell_or(
            ask(Helper::TellInstance),
            pc,
            |builder| {
                let status = builder.emit(ask(Helper::IsInstance), Type::EMPTY);
                builder.release_all(3, pc)?;
                builder.check_status(status, pc)?;
                let told = builder.emit(Insn::StatusTruth(status), Type::BOOL);
                let boxed = builder.emit_box(told);
                builder.push_owned(boxed);
                builder.check_tracing(next);
                let result = builder.pop(pc)?;
                builder.release(result, pc);
                Ok(told)
            },
            |builder, told| {
                if forgets_class {
                    let class = builder.pop(pc)?;
                    builder.emit_effect(Insn::Forget(class.value));
                } else {
                    let class = builder.pop(pc)?;
                    builder.release(class, pc);
                }
                let object = builder.pop(pc)?;
                let is_simple = builder.type_of(object.value).is_simple();
                let runs = object.owned && !is_simple && !builder.is_inlining();
                builder.release(object, pc);
                builder.leave_callee(call, told, runs, makes)?;
                let result = builder.pop(pc)?;
                builder.release(result, pc);
                Ok(told)
            },
        )?;
        Ok(Outcome::Finished(flow))
    }

    /// `list.append`.
    fn list_append(&mut self, call: &Native, list: ValueId) -> Result<Outcome, CompileError> {
        self.push_to_list(list, call.pc)?;
        let none = self.emit(Insn::Object(self.host.none), Type::NONE);
        let none = self.emit(Insn::NewRef(none), Type::NONE);
        self.leave_callee(call, none, false, true)?;
        Ok(Outcome::Finished(Flow::Next))
    }
}

/// A call of something that is known.
struct Native {
    builtin: Builtin,
    /// Of its definition, or its own.
    address: usize,
    /// Arguments.
    count: usize,
    /// As for `Helper::Call`.
    immediate: i64,
    pc: u32,
    next: u32,
}

/// Whether the `str` of this kind is made without foreign code.
fn has_plain_text(kind: Type) -> bool {
    [Type::INT, Type::LONG, Type::FLOAT, Type::STR, Type::BOOL, Type::NONE].contains(&kind)
}

/// Whether `len` of this kind is a field.
fn has_length(kind: Type) -> bool {
    [Type::LIST, Type::TUPLE, Type::STR, Type::UNICODE, Type::DICT, Type::SET].contains(&kind)
}
