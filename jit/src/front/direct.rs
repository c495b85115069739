//! Calls of functions whose code is known, which borrow what they are called with.

use super::arguments::{Arguments, Places};
use super::attributes::number_of;
use super::inline::InlinedCall;
use super::*;
use crate::hir::{Attribute, Binding, DirectCallee, Helper, MAX_ARGUMENTS, MAX_NAMED, Place};

/// A special method that an operation calls.
pub(super) struct Special<'a> {
    /// Its arguments, the object whose class has it first: places among as many topmost operands, the deepest
    /// first.
    pub args: &'a [usize],
    /// What makes the call where it is not made in line.
    pub helper: Helper,
}

impl Builder<'_> {
    /// `CALL_FUNCTION` of a function, or the method of one, of code that was called there every time; nothing
    /// if that is not known.
    pub(super) fn call_direct(
        &mut self,
        call: &Arguments,
        pc: u32,
        next: u32,
    ) -> Result<Option<Flow>, CompileError> {
        let Some((callee, places, is_certain)) = self.directly_called(call, pc)? else { return Ok(None) };
        let exit = self.exit(ExitReason::Callee, Resume::At, pc);
        let entry = self.peek(pc, call.operands() - 1)?;
        let guard = match is_certain {
            true => Insn::GuardCode { object: entry.value, code: callee.life, exit },
            false => Insn::GuardType(entry.value, Type::FUNCTION, exit),
        };
        let function = self.emit(guard, Type::FUNCTION);
        let receiver = match entry.receiver.filter(|receiver| self.type_of(*receiver) != Type::NULL) {
            Some(receiver) if self.type_of(receiver).may_be(Type::NULL) => {
                Some(self.emit(Insn::GuardNotNull(receiver, exit), Type::OBJECT))
            }
            receiver => receiver,
        };
        let base = self.stack.len() - call.operands();
        let operands = self.stack.split_off(base);
        if let Some(class) = entry.class.filter(|_| receiver.is_some()) {
            // The evaluator takes the method apart, and drops it, before it calls the function.
            self.emit_effect(Insn::XDecref(class, pc));
        }
        let mut args = Vec::with_capacity(places.len());
        for place in places {
            args.push(match (place, receiver) {
                (Some(0), Some(receiver)) => receiver,
                (Some(index), _) => operands[index].value,
                (None, _) => self.emit(Insn::Null, Type::NULL),
            });
        }
        let callee = number_of(&mut self.function.direct, callee);
        let call = Insn::CallFunction {
            function,
            base: base as u32,
            args,
            callee,
            is_certain,
            helper: Helper::CallFunction,
            pc,
        };
        let result = self.emit(call, Type::ANY);
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

    /// An operation on the topmost operands that is a method of the class of one of them, whose code was
    /// called there every time; nothing if that is not known. What it returned, owned, or NULL, is handed
    /// back.
    pub(super) fn call_special(&mut self, special: &Special, pc: u32) -> Option<ValueId> {
        let (site, callee) = self.special_callee(special.args.len(), pc)?;
        Some(self.call_found(special, site, callee, pc))
    }

    /// The same of a method that is found at a site.
    fn call_found(&mut self, special: &Special, site: u32, callee: DirectCallee, pc: u32) -> ValueId {
        let base = self.stack.len() - special.args.len();
        let object = self.stack[base + special.args[0]].value;
        let function = self.found_function(site, object, &callee, pc);
        let entries = self.stack.split_off(base);
        let args = special.args.iter().map(|index| entries[*index].value).collect();
        let callee = number_of(&mut self.function.direct, callee);
        let call = Insn::CallFunction {
            function,
            base: base as u32,
            args,
            callee,
            is_certain: true,
            helper: special.helper,
            pc,
        };
        let result = self.emit(call, Type::ANY);
        self.release(StackEntry::owned(function), pc);
        self.stack.extend(entries);
        result
    }

    /// A binary operation or comparison that is a method of the class of its left operand, whose code was
    /// called there every time; nothing if that is not known. Where the method declines, the operation goes
    /// on by its helper.
    pub(super) fn operation_of_instance(
        &mut self,
        (helper, operation): (Helper, Helper),
        pc: u32,
        next: u32,
    ) -> Result<Option<Flow>, CompileError> {
        let Some(Callee::Method(handle)) = self.feedback.callee(pc) else { return Ok(None) };
        let right = self.expected_kind(pc, 0);
        let tag = self.feedback.attributes(pc).and_then(|(_, found)| found.first().map(|first| first.tag));
        // Of the same class, or of a built-in one, the right operand is asked later.
        let is_asked_first = |found: &Attribute| {
            is_of_class(found) && (right.is_some_and(|kind| kind != Type::OTHER) || Some(found.tag) == tag)
        };
        let declined = (self.host.helper)(operation);
        let guard_right = |builder: &mut Self, site| builder.guard_right(right, site, pc);
        let special = Special { args: &[0, 1], helper };
        if self.inline_special((handle, &special, declined), is_asked_first, guard_right, pc, next)? {
            return Ok(Some(Flow::Next));
        }
        let Some((site, callee)) = self.found_callee(handle, 2, pc, is_asked_first) else { return Ok(None) };
        self.guard_right(right, site, pc);
        let result = self.call_found(&Special { args: &[0, 1], helper }, site, callee, pc);
        let not_implemented = self.emit(Insn::Object(self.host.not_implemented), Type::OTHER);
        let is_declined = self.emit(Insn::SameObject(result, not_implemented), Type::BOOL);
        let (rest, done) = self.branch(is_declined);
        let join = self.function.add_block();

        self.current = rest;
        self.function.blocks[rest.index()].cold = true;
        self.emit_effect(Insn::XDecref(result, pc));
        let args = vec![self.operand(1), self.operand(0)];
        let immediates = vec![declined as i64];
        let call = Insn::Call { helper: Helper::Declined, args, immediates, pc };
        let other = self.emit(call, Type::ANY);
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![other] }));

        self.current = done;
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![result] }));

        self.current = join;
        self.forget_names();
        let result = self.function.add_param(join, Repr::Obj, Type::ANY);
        self.leave_operation(result, pc, next).map(Some)
    }

    /// Guards that the right operand, of this kind, is asked after the left one, whose method is found at a
    /// site.
    fn guard_right(&mut self, right: Option<Type>, site: u32, pc: u32) {
        let exit = self.exit(ExitReason::TypeGuard, Resume::At, pc);
        match right {
            Some(kind) if kind != Type::OTHER => {
                self.guard_type(self.operand(0), kind, exit);
            }
            _ => {
                let exit = SideExit { reason: ExitReason::Place, ..exit };
                let find = Insn::FindAttribute { site, object: self.operand(0) };
                let found = self.emit(find, Type::ANY);
                self.emit(Insn::GuardNotNull(found, exit), Type::OBJECT);
            }
        }
    }

    /// An operation whose method is built in its place; false when nothing was done. Where the method of this
    /// code would decline, what is at the address would go on, unless that is 0.
    fn inline_special(
        &mut self,
        (handle, special, declined): (&CodeHandle, &Special, usize),
        expected: impl Fn(&Attribute) -> bool,
        guard_others: impl Fn(&mut Self, u32),
        pc: u32,
        next: u32,
    ) -> Result<bool, CompileError> {
        let operands = special.args.len();
        let Some(index) = self.inlinable(handle, operands, pc) else { return Ok(false) };
        let Some(found) = self.expected_site(pc, expected) else { return Ok(false) };
        self.attempt(pc, |builder| {
            let site = builder.attribute_at(found.clone());
            guard_others(builder, site);
            let base = builder.stack.len() - operands;
            let arguments: Vec<ValueId> =
                special.args.iter().map(|index| builder.stack[base + index].value).collect();
            let levels = special.helper.levels_between() as u32;
            let function = builder.inlined_function((index, levels), site, arguments[0], pc);
            let function = builder.own(StackEntry::borrowed(function));
            let operands = operands as u32;
            let call = InlinedCall {
                index,
                function,
                is_kept: true,
                arguments,
                operands: operands as usize,
                resume: Resume::Operation { operands, declined, next },
                levels,
                instance: None,
            };
            builder.build_call(call, pc, next)
        })
    }

    /// The function that is found at a site of an object, of code that is to be inlined, where it can be
    /// called with so many levels between.
    pub(super) fn inlined_function(
        &mut self,
        (index, levels): (usize, u32),
        site: u32,
        object: ValueId,
        pc: u32,
    ) -> ValueId {
        let exit = self.exit(ExitReason::Place, Resume::At, pc);
        let found = self.emit(Insn::FindAttribute { site, object }, Type::ANY);
        let found = self.emit(Insn::GuardNotNull(found, exit), Type::OBJECT);
        let function = self.guard_inlined(index, found, exit);
        self.check_inlined_calls(levels, exit);
        function
    }

    /// Releases the two operands of an operation, and pushes its result unless that is NULL.
    fn leave_operation(&mut self, result: ValueId, pc: u32, next: u32) -> Step {
        self.release_operands(2, pc)?;
        let result = self.check_result(result, Type::OBJECT, pc)?;
        self.push_owned(result);
        self.check_tracing(next);
        Ok(Flow::Next)
    }

    /// `BINARY_SUBSCR` of an instance; nothing if it is not known what that calls.
    pub(super) fn item_of_instance(&mut self, pc: u32, next: u32) -> Result<Option<Flow>, CompileError> {
        let Some(Callee::Method(handle)) = self.feedback.callee(pc) else { return Ok(None) };
        let special = Special { args: &[0, 1], helper: Helper::CallSpecial };
        if self.inline_special((handle, &special, 0), is_of_class, |_, _| {}, pc, next)? {
            return Ok(Some(Flow::Next));
        }
        let Some(item) = self.call_special(&special, pc) else { return Ok(None) };
        self.leave_operation(item, pc, next).map(Some)
    }

    /// `STORE_SUBSCR`, likewise: value, container and key are on the stack.
    pub(super) fn store_in_instance(&mut self, pc: u32, next: u32) -> Result<Option<Flow>, CompileError> {
        let Some(nothing) = self.call_special(&Special { args: &[1, 2, 0], helper: Helper::CallSpecial }, pc)
        else {
            return Ok(None);
        };
        let failed = self.emit(Insn::IsNull(nothing), Type::BOOL);
        self.release(StackEntry::owned(nothing), pc);
        self.release_operands(3, pc)?;
        match self.native_handler(pc) {
            Some(handler) => self.throw_if(failed, handler)?,
            None => {
                let exit = self.throwing_exit(pc);
                self.emit_effect(Insn::GuardBool(failed, false, exit));
            }
        }
        self.check_tracing(next);
        Ok(Some(Flow::Next))
    }

    /// The site at which the method is found, and its code.
    fn special_callee(&mut self, arguments: usize, pc: u32) -> Option<(u32, DirectCallee)> {
        let Some(Callee::Method(handle)) = self.feedback.callee(pc) else { return None };
        self.found_callee(handle, arguments, pc, is_of_class)
    }

    /// The site at which what is called is found every time, where that is `expected`, and its code.
    pub(super) fn found_callee(
        &mut self,
        handle: &CodeHandle,
        arguments: usize,
        pc: u32,
        expected: impl Fn(&Attribute) -> bool,
    ) -> Option<(u32, DirectCallee)> {
        let callee = self.direct_code(handle, arguments).filter(|_| !self.is_inlining())?;
        let found = self.expected_site(pc, expected)?;
        Some((self.attribute_at(found), callee))
    }

    /// Where what is called is found every time, where that is `expected`.
    pub(super) fn expected_site(
        &self,
        pc: u32,
        expected: impl Fn(&Attribute) -> bool,
    ) -> Option<AttributeSite> {
        let is_possible =
            self.speculate_at(pc) && self.host.attributes.is_some() && self.feedback.is_settled(pc);
        let (hash, found) = self.feedback.attributes(pc).filter(|_| is_possible)?;
        // No dict is looked at by the name.
        found.iter().all(expected).then_some(AttributeSite { name: 0, hash, found })
    }

    /// The function that is found at a site, of code that is known.
    pub(super) fn found_function(
        &mut self,
        site: u32,
        object: ValueId,
        callee: &DirectCallee,
        pc: u32,
    ) -> ValueId {
        let exit = self.exit(ExitReason::Place, Resume::At, pc);
        let found = self.emit(Insn::FindAttribute { site, object }, Type::ANY);
        let found = self.emit(Insn::GuardNotNull(found, exit), Type::OBJECT);
        let exit = SideExit { reason: ExitReason::Callee, ..exit };
        let guard = Insn::GuardCode { object: found, code: callee.life, exit };
        let function = self.emit(guard, Type::FUNCTION);
        self.own(StackEntry::borrowed(function))
    }

    /// What is called straight away by an instruction, where its parameters find their arguments, and whether
    /// it is that every time.
    fn directly_called(
        &self,
        call: &Arguments,
        pc: u32,
    ) -> Result<Option<(DirectCallee, Places, bool)>, CompileError> {
        let entry = self.peek(pc, call.operands() - 1)?;
        let is_method = entry.receiver.is_some_and(|receiver| self.type_of(receiver) != Type::NULL);
        let is_possible = self.speculate_at(pc) && !self.is_inlining() && self.boxed(entry.value).is_none();
        // A method that was not taken apart, as it turned out.
        if is_method
            && self.feedback.is_rare(pc)
            && entry.receiver.is_some_and(|it| self.type_of(it).may_be(Type::NULL))
        {
            return Ok(None);
        }
        let Some(handle) = self.feedback.likely_function(pc, is_method) else { return Ok(None) };
        let is_certain = self.feedback.callee(pc).is_some();
        let Some(known) =
            self.callable(handle).filter(|_| is_possible && (is_certain || call.names.is_empty()))
        else {
            return Ok(None);
        };
        let places = call.arrange(&known.description.parameters, usize::from(is_method));
        // Defaults of the last parameters need no place.
        let places = places.map(|mut places| {
            places.truncate(places.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
            places
        });
        let base = self.stack.len() - call.operands();
        let is_fit = |places: &Places| {
            base + places.len() <= self.code.stack_size as usize
                && places.len() <= if call.names.is_empty() { MAX_ARGUMENTS } else { MAX_NAMED }
        };
        Ok(places.filter(is_fit).zip(known.direct).map(|(places, callee)| (callee, places, is_certain)))
    }

    /// Code as it is called straight away with so many arguments, if that can be.
    fn direct_code(&self, handle: &CodeHandle, arguments: usize) -> Option<DirectCallee> {
        self.callable(handle)?.direct.filter(|callee| arguments <= callee.parameters as usize)
    }

    /// What is known of code that was seen to be called.
    fn callable(&self, handle: &CodeHandle) -> Option<&Inlinable> {
        self.callable.iter().find(|callable| callable.code == *handle)
    }
}

/// Whether a special method is in the class, as operations look for it.
fn is_of_class(found: &Attribute) -> bool {
    matches!(found.place, Place::Class { dict: 0, binding: Binding::Method, .. })
}
