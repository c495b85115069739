//! Calls of small functions, whose bodies are built in their place.
//!
//! An inlined function has no frame; an exit makes one. So all that is built of it runs no code that could
//! look for the frame, and none of it could be interrupted: operations that are not so leave where they were
//! never seen to run, and else have the function called after all. An object that would die leaves as well:
//! its release is for the interpreter.

use super::arguments::{Arguments, Places};
use super::method::CalledNext;
use super::*;
use crate::bytecode::{self, Instruction, Op};
use crate::exit::{MAX_WORDS_INLINED, words_at_most};
use crate::hir::{Helper, Inlined, InlinedCode, MAX_INLINED};

/// Bytes of bytecode that are inlined at most.
const MAX_BYTES: usize = 96;

/// Code that may be inlined, decoded.
pub(super) struct Decoded<'a> {
    of: &'a Inlinable,
    bytecode: Bytecode,
}

impl Decoded<'_> {
    /// Those that can be inlined as far as that can be told from their code alone.
    pub(super) fn all(callees: &[Inlinable]) -> Vec<Decoded<'_>> {
        let decoded = callees.iter().filter_map(|of| {
            let code = &*of.description;
            let is_plain = code.is_optimized && !code.is_generator && code.cells == 0 && code.frees == 0;
            if !is_plain || code.code.len() > MAX_BYTES || of.feedback.is_empty() {
                return None;
            }
            let bytecode = bytecode::decode(code).ok()?;
            bytecode.loop_headers().is_empty().then_some(Decoded { of, bytecode })
        });
        decoded.collect()
    }

    fn reads_globals(&self) -> bool {
        self.bytecode.instructions.iter().any(|instruction| matches!(instruction.op, Op::LoadGlobal(_)))
    }
}

/// The function that is being inlined.
pub(super) struct Inlining {
    /// Index into `Function::inlined`.
    code: u32,
    function: ValueId,
    is_kept: bool,
    levels: u32,
    instance: Option<ValueId>,
    /// What it returns may not be NotImplemented, as nobody would ask the next method.
    is_final: bool,
    caller: StateId,
    /// Whether each local is bound or deleted anywhere. The others are borrowed from the operands of the
    /// call.
    assigned: Vec<bool>,
    /// The address of the code object.
    address: usize,
    /// The instruction that is being built.
    pc: u32,
    /// What that releases, in order.
    waiting: Vec<StackEntry>,
    /// It is to be called after all.
    is_refused: bool,
    /// Where it returns: the block, what the locals own, the result, owned.
    returns: Vec<(BlockId, Vec<StackEntry>, ValueId)>,
}

/// A call whose function is to be built in its place.
pub(super) struct InlinedCall {
    /// Index into the code that may be inlined.
    pub index: usize,
    /// The function, of that code.
    pub function: ValueId,
    /// Its reference is to be released when it has returned, before the operands.
    pub is_kept: bool,
    /// What it is called with.
    pub arguments: Vec<ValueId>,
    /// Operands of the instruction, on the stack.
    pub operands: usize,
    /// How the frame goes on after its call.
    pub resume: Resume,
    /// Levels of recursion that the call takes besides its own.
    pub levels: u32,
    /// The instance that it initialises, owned.
    pub instance: Option<ValueId>,
}

/// What is built, and how far, while something else is.
struct Caller<'a> {
    code: &'a CodeDesc,
    bytecode: &'a Bytecode,
    feedback: &'a Feedback,
    keyed: FxHashMap<Key, BlockId>,
    contexts: FxHashMap<u32, Vec<Context>>,
    tracked: FxHashMap<u32, (u32, Type)>,
    work: Vec<(Key, BlockId)>,
    locals: Vec<ValueId>,
    stack: Vec<StackEntry>,
    blocks: Vec<FrameBlock>,
    unbound: Vec<u32>,
}

/// How much there was of everything.
struct Checkpoint {
    values: usize,
    blocks: usize,
    states: usize,
    inlined: usize,
    attributes: usize,
    globals: usize,
    caches: usize,
    unique: usize,
    ways: usize,
    current: BlockId,
    insns: usize,
    locals: Vec<ValueId>,
    stack: Vec<StackEntry>,
}

impl<'a> Builder<'a> {
    /// `CALL_FUNCTION` of a function that is built in its place; false when nothing was done.
    pub(super) fn inline_call(&mut self, call: &Arguments, pc: u32, next: u32) -> Result<bool, CompileError> {
        let Some((callee, places)) = self.inlined_callee(call, pc)? else { return Ok(false) };
        if self.attempt(pc, |builder| builder.build_inlined((callee, &places), call, pc, next))? {
            return Ok(true);
        }
        self.was_expected |= !self.is_inlining() && self.peek(pc, call.operands() - 1)?.receiver.is_some();
        Ok(false)
    }

    /// Builds a call in line, or takes back what was built of it: then the instruction is done otherwise from
    /// now on.
    pub(super) fn attempt(
        &mut self,
        pc: u32,
        build: impl Fn(&mut Self) -> Result<bool, CompileError>,
    ) -> Result<bool, CompileError> {
        let place = (std::ptr::from_ref(self.code) as usize, pc);
        let before = self.checkpoint();
        if build(self)? {
            return Ok(true);
        }
        self.roll_back(&before);
        if self.numbered.contains(&place) && build(self)? {
            return Ok(true);
        }
        self.roll_back(&before);
        self.declined.insert(place);
        Ok(false)
    }

    /// What the instruction calls, if that is to be inlined, and where its parameters find their arguments.
    fn inlined_callee(&self, call: &Arguments, pc: u32) -> Result<Option<(usize, Places)>, CompileError> {
        let entry = self.peek(pc, call.operands() - 1)?;
        if self.boxed(entry.value).is_some() {
            return Ok(None);
        }
        let receiver = entry.receiver.filter(|receiver| self.type_of(*receiver) != Type::NULL);
        Ok(match (self.feedback.callee(pc), receiver.is_some()) {
            (Some(Callee::Function(handle)), false) => self.inlinable_call(handle, call, 0, pc),
            (Some(Callee::Method(handle)), true) => self.inlinable_call(handle, call, 1, pc),
            _ => None,
        })
    }

    /// Whether the call of a method is to be inlined, as far as that can be told before its arguments are
    /// there.
    pub(super) fn is_inlined_method(&self, called: CalledNext) -> bool {
        let CalledNext { pc, shape, .. } = called;
        let call = Arguments::positional(shape.positional.into());
        match self.feedback.callee(pc) {
            Some(Callee::Method(handle)) if shape.keyword == 0 => {
                self.inlinable_call(handle, &call, 1, pc).is_some()
            }
            _ => false,
        }
    }

    /// The index of code that is called with so many arguments, if it is to be inlined.
    pub(super) fn inlinable(&self, handle: &CodeHandle, arguments: usize, pc: u32) -> Option<usize> {
        self.inlinable_code(handle, arguments, pc)
            .filter(|index| self.callees[*index].of.description.arguments as usize == arguments)
    }

    /// The same for a call, whose first so many parameters are bound otherwise, and where each parameter
    /// finds its argument.
    pub(super) fn inlinable_call(
        &self,
        handle: &CodeHandle,
        call: &Arguments,
        bound: usize,
        pc: u32,
    ) -> Option<(usize, Places)> {
        let index = self.inlinable_code(handle, call.operands() - 1 + bound, pc)?;
        let description = &self.callees[index].of.description;
        let is_simple = description.parameters.len() == description.arguments as usize;
        let places = call.arrange(&description.parameters, bound).filter(|_| is_simple)?;
        Some((index, places))
    }

    /// The index of code whose arguments are among so many topmost operands, if it is to be inlined.
    fn inlinable_code(&self, handle: &CodeHandle, operands: usize, pc: u32) -> Option<usize> {
        let is_wanted = self.speculate_at(pc)
            && self.host.calls.is_some()
            && self.options.inlines
            && !self.feedback.is_rare(pc)
            && !self.declined.contains(&(std::ptr::from_ref(self.code) as usize, pc));
        if !is_wanted || self.inlining.len() >= MAX_INLINED || self.is_crowded() {
            return None;
        }
        let operands = &self.stack[self.stack.len().saturating_sub(operands)..];
        if operands.iter().any(|operand| self.is_temporary(*operand)) {
            return None;
        }
        let callees: &'a [Decoded<'a>] = self.callees;
        callees.iter().position(|callee| callee.of.code == *handle).filter(|index| {
            let callee = &callees[*index];
            let Inlinable { code, description, .. } = callee.of;
            let is_itself = std::ptr::eq(&**description, self.code)
                || self.inlining.iter().any(|inlining| inlining.address == code.address);
            // Another file is another module as good as ever, with other globals.
            let has_globals = !callee.reads_globals() || description.filename == self.file;
            !is_itself && has_globals
        })
    }

    /// Whether an operand was just made, and would die with the call.
    fn is_temporary(&self, operand: StackEntry) -> bool {
        let made = self.function.insn(self.function.same_object(operand.value));
        let Insn::CallStack { helper, .. } = made else { return false };
        operand.owned
            && matches!(
                helper,
                Helper::BuildTuple
                    | Helper::BuildList
                    | Helper::BuildMap
                    | Helper::BuildSet
                    | Helper::BuildSlice
            )
    }

    /// Builds the call; false when it is to be made after all: then what was built is of no use.
    fn build_inlined(
        &mut self,
        (index, places): (usize, &[Option<usize>]),
        call: &Arguments,
        pc: u32,
        next: u32,
    ) -> Result<bool, CompileError> {
        let exit = self.exit(ExitReason::Callee, Resume::At, pc);
        let entry = self.peek(pc, call.operands() - 1)?;
        let function = self.guard_inlined(index, entry.value, exit);
        let function = self.guard_defaults(function, places, pc);
        let receiver = entry.receiver.filter(|receiver| self.type_of(*receiver) != Type::NULL);
        let receiver = receiver.map(|receiver| match self.type_of(receiver).may_be(Type::NULL) {
            true => self.emit(Insn::GuardNotNull(receiver, exit), Type::OBJECT),
            false => receiver,
        });
        self.check_inlined_calls(0, exit);
        if let Some(class) = entry.class.filter(|class| self.type_of(*class) != Type::NULL) {
            let exit = SideExit { reason: ExitReason::LastReference, ..exit };
            self.emit_effect(Insn::DecrefShared(class, exit));
        }

        // What the evaluator has on its stack during the call.
        let operands = call.operands();
        let base = self.stack.len() - operands;
        let is_kept = receiver.is_some();
        self.stack[base] = match receiver {
            Some(receiver) => StackEntry::owned(receiver),
            None => StackEntry { value: function, receiver: None, class: None, ..entry },
        };
        let call = InlinedCall {
            index,
            function,
            is_kept,
            arguments: self.arranged(function, places, base),
            operands,
            resume: Resume::Call { operands: operands as u32, next },
            levels: 0,
            instance: None,
        };
        self.build_call(call, pc, next)
    }

    /// Guards that a function has defaults for the parameters that have no place among the operands.
    pub(super) fn guard_defaults(&mut self, function: ValueId, places: &[Option<usize>], pc: u32) -> ValueId {
        let Some(first) = places.iter().position(Option::is_none) else { return function };
        let least = (places.len() - first) as u32;
        let exit = self.exit(ExitReason::Callee, Resume::At, pc);
        self.emit(Insn::GuardDefaults { function, least, exit }, Type::FUNCTION)
    }

    /// What the parameters of a function are given by a call whose operands begin there: its defaults where
    /// they have no place among these.
    pub(super) fn arranged(
        &mut self,
        function: ValueId,
        places: &[Option<usize>],
        base: usize,
    ) -> Vec<ValueId> {
        let given = (1..=places.len() as u32).rev().zip(places);
        let values = given.map(|(left, place)| match place {
            Some(index) => self.stack[base + index].value,
            None => self.emit(Insn::Default { function, left }, Type::OBJECT),
        });
        values.collect()
    }

    /// Guards that an object is a function of code that is to be inlined.
    pub(super) fn guard_inlined(&mut self, index: usize, object: ValueId, exit: SideExit) -> ValueId {
        let callees: &'a [Decoded<'a>] = self.callees;
        let callee = &callees[index];
        let exit = SideExit { reason: ExitReason::Callee, ..exit };
        let guard = Insn::GuardCode { object, code: callee.of.code.life.address(), exit };
        let function = self.emit(guard, Type::FUNCTION);
        if callee.reads_globals() {
            self.emit(Insn::GuardGlobals(function, exit), Type::FUNCTION);
        }
        function
    }

    /// Leaves where no frame could be called on top of those that are inlined, with so many levels between.
    pub(super) fn check_inlined_calls(&mut self, levels: u32, exit: SideExit) {
        let levels = self.inlining.iter().map(|inlining| inlining.levels + 1).sum::<u32>() + levels;
        let exit = SideExit { reason: ExitReason::Uncompiled, ..exit };
        self.emit_effect(Insn::CheckCalls { frames: levels + 1, exit });
    }

    /// Builds a function in the place of its call, and goes on behind; false when the call is to be made
    /// after all.
    pub(super) fn build_call(&mut self, call: InlinedCall, pc: u32, next: u32) -> Result<bool, CompileError> {
        let InlinedCall { index, function, is_kept, mut arguments, operands, resume, levels, instance } =
            call;
        let callees: &'a [Decoded<'a>] = self.callees;
        let Decoded { of, bytecode } = &callees[index];
        let (description, handle) = (&*of.description, &of.code);
        self.emit_effect(Insn::CountRun(of.runs));
        let place = (std::ptr::from_ref(self.code) as usize, pc);
        if self.numbered.contains(&place) {
            self.make_numbers(operands, &mut arguments);
        }
        let caller = self.state(resume, pc);
        let mut operands = self.stack.split_off(self.stack.len() - operands);
        if let Resume::Call { .. } = resume {
            operands.reverse();
        }

        let code_index = self.function.inlined.len() as u32;
        self.function.inlined.push(InlinedCode {
            name: format!("{} ({}:{})", description.name, description.filename, description.first_line),
            locals: description.locals,
            stack_size: description.stack_size,
        });
        self.function.unique.extend(small_ints(description));
        let (start, states) = (self.function.values.len(), self.function.states.len());
        let mut assigned = vec![false; description.locals as usize];
        for instruction in &bytecode.instructions {
            if let Op::StoreFast(slot) | Op::DeleteFast(slot) = instruction.op
                && let Some(assigned) = assigned.get_mut(slot as usize)
            {
                *assigned = true;
            }
        }
        let saved = Caller {
            code: std::mem::replace(&mut self.code, description),
            bytecode: std::mem::replace(&mut self.bytecode, bytecode),
            feedback: std::mem::replace(&mut self.feedback, &of.feedback),
            keyed: std::mem::take(&mut self.keyed),
            contexts: std::mem::take(&mut self.contexts),
            tracked: std::mem::take(&mut self.tracked),
            work: std::mem::take(&mut self.work),
            locals: std::mem::take(&mut self.locals),
            stack: std::mem::take(&mut self.stack),
            blocks: std::mem::take(&mut self.blocks),
            unbound: std::mem::take(&mut self.unbound),
        };
        for (slot, assigned) in assigned.iter().enumerate() {
            let value = match arguments.get(slot) {
                Some(argument) if *assigned => self.own(StackEntry::borrowed(*argument)),
                Some(argument) => *argument,
                None => self.emit(Insn::Null, Type::NULL),
            };
            self.locals.push(value);
        }
        // Those that nobody binds are NULL, whoever owns that.
        let assigned = assigned.iter().enumerate().map(|(slot, is)| *is || slot >= arguments.len()).collect();
        self.inlining.push(Inlining {
            code: code_index,
            function,
            is_kept,
            levels,
            instance,
            is_final: !matches!(resume, Resume::Call { .. } | Resume::Operation { declined: 0, .. }),
            caller,
            assigned,
            address: handle.address,
            pc: 0,
            waiting: Vec::new(),
            is_refused: false,
            returns: Vec::new(),
        });
        let built = self.inlined_body();
        let inlining = self.inlining.pop();
        let Caller {
            code,
            bytecode,
            feedback,
            keyed,
            contexts,
            tracked,
            work,
            locals,
            stack,
            blocks,
            unbound,
        } = saved;
        (self.code, self.bytecode, self.feedback) = (code, bytecode, feedback);
        (self.keyed, self.contexts, self.tracked, self.work) = (keyed, contexts, tracked, work);
        (self.locals, self.stack, self.blocks, self.unbound) = (locals, stack, blocks, unbound);
        // What is wrong with the callee is for its own compilation to say.
        let is_complete =
            |inlining: &Inlining| built.is_ok() && !inlining.is_refused && !inlining.returns.is_empty();
        let Some(inlining) = inlining.filter(is_complete) else { return Ok(false) };
        if self.shares_numbers(start, code_index, &arguments) {
            self.numbered.insert(place);
            return Ok(false);
        }
        if self.leaves_too_much(states) {
            return Ok(false);
        }
        let function = is_kept.then(|| StackEntry::owned(function));
        let releases = function.into_iter().chain(operands).collect();
        self.return_from(inlining.returns, instance, releases, pc, next);
        Ok(!self.is_refused())
    }

    /// Has the objects of numbers made among the topmost operands, which are the arguments: they may be seen
    /// in several places.
    fn make_numbers(&mut self, operands: usize, arguments: &mut [ValueId]) {
        for index in self.stack.len() - operands..self.stack.len() {
            let entry = self.stack[index];
            if self.boxed(entry.value).is_none() {
                continue;
            }
            let ty = self.type_of(entry.value);
            let number = self.own(entry);
            let object = self.emit(Insn::Concrete(number), ty);
            self.stack[index] = StackEntry::owned(object);
            arguments.iter_mut().filter(|argument| **argument == entry.value).for_each(|it| *it = object);
        }
    }

    /// Builds the body of what is being inlined.
    fn inlined_body(&mut self) -> Result<(), CompileError> {
        self.instructions(0)?;
        while let Some((key, block)) = self.work.pop() {
            if self.is_refused() {
                break;
            }
            self.restore(block, &key);
            self.instructions(key.pc)?;
        }
        Ok(())
    }

    /// Goes on in the caller with the result, or the instance that was initialised, wherever the callee
    /// returned: what its locals own is released, then what the call holds, in this order.
    fn return_from(
        &mut self,
        returns: Vec<(BlockId, Vec<StackEntry>, ValueId)>,
        instance: Option<ValueId>,
        held: Vec<StackEntry>,
        pc: u32,
        next: u32,
    ) {
        let is_single = returns.len() == 1;
        let join = if is_single { self.current } else { self.function.add_block() };
        for (block, locals, result) in returns {
            self.current = block;
            self.push_owned(instance.unwrap_or(result));
            let releases = locals.into_iter().chain(held.iter().copied());
            self.release_quietly(releases.collect(), pc, next);
            if !is_single {
                self.stack.pop();
                let args = if instance.is_some() { Vec::new() } else { vec![result] };
                self.emit_terminator(Insn::Jump(Edge { target: join, args }));
            }
        }
        if !is_single {
            self.current = join;
            let result = instance.unwrap_or_else(|| self.function.add_param(join, Repr::Obj, Type::OBJECT));
            self.push_owned(result);
            let state = self.state(Resume::At, next);
            self.function.blocks[join.index()].entry_state = Some(state);
        }
    }

    /// What happens before an instruction of a function that is inlined: whether it is not to be built.
    pub(super) fn skips(&mut self, instruction: &Instruction) -> bool {
        let Some(inlining) = self.inlining.last_mut() else { return false };
        inlining.pc = instruction.pc;
        if inlining.is_refused {
            return true;
        }
        let is_seen = self.feedback.is_reached(instruction.pc);
        if is_seen && !is_inlined(&instruction.op) {
            self.refuse();
        }
        !is_seen || self.is_refused()
    }

    /// `RETURN_VALUE` of a function that is inlined.
    pub(super) fn return_inlined(&mut self, pc: u32) -> Step {
        let entry = self.pop(pc)?;
        let result = self.own(entry);
        let is = |wanted: fn(&Inlining) -> bool| self.inlining.last().is_some_and(wanted);
        let (is_initialising, is_final) = (is(|one| one.instance.is_some()), is(|one| one.is_final));
        if is_initialising {
            self.release_now(StackEntry::owned(result), pc);
        }
        let is_wrong = (is_initialising && self.type_of(result) != Type::NONE)
            || (is_final && self.may_be_not_implemented(result));
        if is_wrong || !self.stack.is_empty() || !self.blocks.is_empty() {
            self.refuse();
        }
        let current = self.current;
        let locals = self.locals.clone();
        if let Some(inlining) = self.inlining.last_mut() {
            let owned = locals.into_iter().zip(&inlining.assigned).filter(|(_, assigned)| **assigned);
            let owned = owned.map(|(local, _)| StackEntry::owned(local)).collect();
            inlining.returns.push((current, owned, result));
        }
        Ok(Flow::Ended)
    }

    fn may_be_not_implemented(&self, value: ValueId) -> bool {
        let object = self.function.unguarded(self.function.same_object(value));
        let is_other = match *self.function.insn(object) {
            Insn::Object(address) => address != self.host.not_implemented,
            Insn::Call { helper, .. } => helper == Helper::NewInstance,
            _ => false,
        };
        !is_other && self.type_of(value).may_be(Type::OTHER)
    }

    /// The frame that is being inlined, for a state of it.
    pub(super) fn inlined_frame(&self) -> Option<Inlined> {
        let inlining = self.inlining.last()?;
        let owned = (0..).zip(&inlining.assigned).filter(|(_, assigned)| **assigned).map(|(slot, _)| slot);
        Some(Inlined {
            code: inlining.code,
            function: inlining.function,
            is_kept: inlining.is_kept,
            owns_function: inlining.is_kept,
            owned: owned.collect(),
            levels: inlining.levels,
            instance: inlining.instance,
            caller: inlining.caller,
        })
    }

    /// Whether a function is being inlined.
    pub(super) fn is_inlining(&self) -> bool {
        !self.inlining.is_empty()
    }

    /// Whether a local of what is being built is a parameter of its blocks.
    pub(super) fn is_variable(&self, slot: u32) -> bool {
        self.inlining.last().is_none_or(|inlining| inlining.assigned[slot as usize])
    }

    /// What is being inlined is to be called after all.
    pub(super) fn refuse(&mut self) {
        if let Some(inlining) = self.inlining.last_mut() {
            inlining.is_refused = true;
        }
    }

    fn is_refused(&self) -> bool {
        self.inlining.last().is_some_and(|inlining| inlining.is_refused)
    }

    /// Refuses what is being inlined for an instruction that needs its frame.
    pub(super) fn check_quiet(&mut self, insn: &Insn) {
        let needs_frame = self.function.runs_code(insn)
            || matches!(insn, Insn::Call { helper, .. } if !is_plain(*helper))
            || matches!(
                insn,
                Insn::LoadLocal(_)
                    | Insn::StoreLocal { .. }
                    | Insn::SetLocal { .. }
                    | Insn::LoadStack(_)
                    | Insn::CallStack { .. }
                    | Insn::CallMethod { .. }
                    | Insn::CallFunction { .. }
                    | Insn::PeriodicDue
                    | Insn::CheckUnshared(_)
                    | Insn::CheckTracing(_)
                    | Insn::Return(..)
            );
        if needs_frame {
            self.refuse();
        }
    }

    /// Has an operand released when the instruction is done.
    pub(super) fn release_later(&mut self, entry: StackEntry) {
        if let Some(inlining) = self.inlining.last_mut() {
            inlining.waiting.push(entry);
        }
    }

    /// Whether something waits to be released.
    pub(super) fn is_releasing(&self) -> bool {
        self.inlining.last().is_some_and(|inlining| !inlining.waiting.is_empty())
    }

    /// Releases what waits for that, before the instruction at `next`.
    pub(super) fn release_waiting(&mut self, next: u32) {
        if let Some(inlining) = self.inlining.last_mut() {
            let (pc, waiting) = (inlining.pc, std::mem::take(&mut inlining.waiting));
            self.release_quietly(waiting, pc, next);
        }
    }

    /// Releases what the instruction at `pc` still holds, in this order, without running code.
    fn release_quietly(&mut self, entries: Vec<StackEntry>, pc: u32, next: u32) {
        let owned =
            entries.into_iter().filter(|entry| entry.owned && self.type_of(entry.value) != Type::NULL);
        let (simple, others): (Vec<_>, Vec<_>) = owned.partition(|entry| self.dies_quietly(entry.value));
        if !others.is_empty() && self.feedback.is_rare(pc) {
            self.refuse();
        }
        for entry in simple {
            self.release_now(entry, pc);
        }
        let mut values: Vec<ValueId> = others.iter().map(|entry| entry.value).collect();
        for entry in others {
            let state = self.state(Resume::Release { next }, pc);
            self.function.states[state.index()].released = values.clone();
            values.remove(0);
            let exit = SideExit { state, reason: ExitReason::LastReference };
            self.emit_effect(Insn::DecrefShared(entry.value, exit));
        }
    }

    /// Whether the release of an object cannot run code.
    pub(super) fn dies_quietly(&self, value: ValueId) -> bool {
        self.type_of(value).is_simple() || self.boxed(value).is_some()
    }

    /// Whether the object of a number could be seen in two places: that of an argument, unless it is a local
    /// of the frame that runs, or one that was made since. No slot sees to it that it is the same in both.
    fn shares_numbers(&self, start: usize, code: u32, arguments: &[ValueId]) -> bool {
        let number = |value: ValueId| {
            let object = self.function.same_object(value);
            matches!(self.function.insn(object), Insn::Box(_)).then_some(object)
        };
        let mut seen: FxHashMap<ValueId, u32> = FxHashMap::default();
        let mut see = |value: ValueId| {
            if let Some(object) = number(value) {
                *seen.entry(object).or_default() += 1;
            }
        };
        for value in &self.function.values[start..] {
            match &value.insn {
                Insn::SwapAttribute { value, .. }
                | Insn::ListStore { value, .. }
                | Insn::ListPush { value, .. } => see(*value),
                Insn::SameObject(a, b) if self.type_of(*a).may_be(self.type_of(*b)) => {
                    see(*a);
                    see(*b);
                }
                _ => {}
            }
        }
        // What a local is bound to is seen in it.
        let mut held: Vec<ValueId> = arguments.iter().filter_map(|argument| number(*argument)).collect();
        let is_within = |inlined: &&Inlined| inlined.code >= code;
        for state in
            self.function.states.iter().filter(|state| state.inlined.as_ref().filter(is_within).is_some())
        {
            held.extend(state.locals.iter().filter_map(|local| number(*local)));
        }
        let kept: Vec<ValueId> = match self.is_inlining() {
            true => Vec::new(),
            false => self.locals.iter().filter_map(|local| number(*local)).collect(),
        };
        seen.into_iter()
            .any(|(object, times)| !kept.contains(&object) && (times > 1 || held.contains(&object)))
    }

    /// Whether exits in the middle of what was inlined, those with the states from this one on, could leave
    /// more than is handed over.
    fn leaves_too_much(&self, states: usize) -> bool {
        let function = &self.function;
        (states..function.states.len())
            .map(|state| StateId(state as u32))
            .filter(|state| function.state(*state).inlined.is_some())
            .any(|state| words_at_most(function, state) > MAX_WORDS_INLINED)
    }

    fn checkpoint(&self) -> Checkpoint {
        let function = &self.function;
        Checkpoint {
            values: function.values.len(),
            blocks: function.blocks.len(),
            states: function.states.len(),
            inlined: function.inlined.len(),
            attributes: function.attributes.len(),
            globals: function.globals.len(),
            caches: function.caches.len(),
            unique: function.unique.len(),
            ways: self.ways,
            current: self.current,
            insns: function.block(self.current).insns.len(),
            locals: self.locals.clone(),
            stack: self.stack.clone(),
        }
    }

    /// Takes back all that was built since.
    fn roll_back(&mut self, to: &Checkpoint) {
        let function = &mut self.function;
        function.values.truncate(to.values);
        function.blocks.truncate(to.blocks);
        function.states.truncate(to.states);
        function.inlined.truncate(to.inlined);
        function.attributes.truncate(to.attributes);
        function.globals.truncate(to.globals);
        function.caches.truncate(to.caches);
        function.unique.truncate(to.unique);
        function.blocks[to.current.index()].insns.truncate(to.insns);
        self.ways = to.ways;
        self.current = to.current;
        self.locals.clone_from(&to.locals);
        self.stack.clone_from(&to.stack);
    }
}

/// Whether a helper needs no frame, neither keeps its operands nor hands them back.
fn is_plain(helper: Helper) -> bool {
    matches!(
        helper,
        Helper::Contains
            | Helper::DictItem
            | Helper::HasAffix
            | Helper::Integral
            | Helper::NewInstance
            | Helper::TellInstance
            | Helper::TellTruth
            | Helper::TypeObject
    )
}

/// Whether an operation can be inlined, depending on its operands.
fn is_inlined(op: &Op) -> bool {
    matches!(
        op,
        Op::Nop
            | Op::PopTop
            | Op::RotTwo
            | Op::RotThree
            | Op::RotFour
            | Op::Dup(_)
            | Op::Unary(_)
            | Op::Binary { .. }
            | Op::Compare(_)
            | Op::Subscr
            | Op::StoreSubscr
            | Op::LoadConst(_)
            | Op::LoadFast(_)
            | Op::LoadGlobal(_)
            | Op::StoreFast(_)
            | Op::UnpackSequence(_)
            | Op::LoadAttr(_)
            | Op::StoreAttr(_)
            | Op::Jump(_)
            | Op::PopJumpIfFalse(_)
            | Op::PopJumpIfTrue(_)
            | Op::JumpIfFalseOrPop(_)
            | Op::JumpIfTrueOrPop(_)
            | Op::Call(_)
            | Op::ReturnValue
    )
}
