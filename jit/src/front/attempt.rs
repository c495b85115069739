//! What is tried in line or by a quick helper, and done by a general one, out of the way, where that does not
//! succeed.

use super::*;

impl Builder<'_> {
    /// Goes on with what `fast` makes of the object that an instruction finds, or, where that is NULL, with
    /// what `slow` does instead, out of the way; or, if it `leaves`, the interpreter. Both pop their
    /// operands; what they hand back, owned, is pushed.
    pub(super) fn find_or(
        &mut self,
        find: Insn,
        (pc, leaves): (u32, bool),
        slow: impl FnOnce(&mut Self) -> Result<Option<StackEntry>, CompileError>,
        fast: impl FnOnce(&mut Self, ValueId) -> Result<Option<StackEntry>, CompileError>,
    ) -> Step {
        if self.is_inlining() || (leaves && self.speculate_at(pc)) {
            return self.find_or_leave(find, pc, fast);
        }
        let kinds = self.kinds_found(&find);
        let found = self.emit(find, kinds.union(Type::NULL));
        let missing = self.emit(Insn::IsNull(found), Type::BOOL);
        let (missed, hit) = self.branch(missing);
        let join = self.function.add_block();
        let before = (self.locals.clone(), self.stack.clone());

        self.current = missed;
        self.function.blocks[missed.index()].cold = true;
        let pushed = slow(self)?;
        self.function.blocks[self.current.index()].cold = true;
        self.jump_with(join, pushed);

        (self.locals, self.stack) = before;
        self.current = hit;
        let found = self.emit(Insn::NotNull(found), kinds);
        let pushed = fast(self, found)?;
        self.jump_with(join, pushed);

        self.current = join;
        // On the slow way, names may have been bound anew.
        self.forget_names();
        if let Some(StackEntry { receiver, class, .. }) = pushed {
            let value = self.function.add_param(join, Repr::Obj, Type::OBJECT);
            let mut param = |_| self.function.add_param(join, Repr::Obj, Type::ANY);
            let (receiver, class) = (receiver.map(&mut param), class.map(&mut param));
            self.stack.push(StackEntry { receiver, class, ..StackEntry::owned(value) });
        }
        Ok(Flow::Next)
    }

    /// Goes on with what `fast` does if operands, so far below the top, are of these kinds, which have types
    /// of their own, or with what `slow` does. Both pop the same operands, and bind nothing; what they hand
    /// back, owned, is pushed.
    pub(super) fn if_of_kinds(
        &mut self,
        kinds: &[(usize, Type)],
        slow: impl FnOnce(&mut Self) -> Result<StackEntry, CompileError>,
        fast: impl FnOnce(&mut Self) -> Result<StackEntry, CompileError>,
    ) -> Step {
        let (missed, join) = (self.function.add_block(), self.function.add_block());
        let before = (self.locals.clone(), self.stack.clone());
        for &(depth, kind) in kinds {
            let operand = self.operand(depth);
            if self.type_of(operand).is_subset(kind) {
                continue;
            }
            let condition = self.emit(Insn::HasType(operand, kind), Type::BOOL);
            let hit = self.function.add_block();
            let to = |target| Edge { target, args: Vec::new() };
            self.emit_terminator(Insn::Branch { condition, then: to(hit), otherwise: to(missed) });
            self.current = hit;
            let refined = self.emit(Insn::NotNull(operand), kind);
            self.refine(operand, refined);
        }
        let result = fast(self)?;
        self.jump_with(join, Some(result));
        let depth = self.stack.len();

        self.current = missed;
        (self.locals, self.stack) = before.clone();
        let result = slow(self)?;
        self.jump_with(join, Some(result));

        self.current = join;
        // What was refined is so on one way only.
        (self.locals, self.stack) = before;
        self.stack.truncate(depth);
        self.forget_names();
        let result = self.function.add_param(join, Repr::Obj, Type::OBJECT);
        self.push_owned(result);
        Ok(Flow::Next)
    }

    /// The same where the interpreter does it instead.
    fn find_or_leave(
        &mut self,
        find: Insn,
        pc: u32,
        fast: impl FnOnce(&mut Self, ValueId) -> Result<Option<StackEntry>, CompileError>,
    ) -> Step {
        // A helper that cannot tell once will not the next time.
        let reason = match find {
            Insn::Call { .. } | Insn::ListTake(_) => ExitReason::RareOperand,
            _ => ExitReason::Place,
        };
        if !self.speculate_at(pc) || (reason == ExitReason::RareOperand && self.feedback.is_rare(pc)) {
            self.refuse();
        }
        let exit = self.exit(reason, Resume::At, pc);
        let kinds = self.kinds_found(&find);
        let found = self.emit(find, kinds.union(Type::NULL));
        let found = self.emit(Insn::GuardNotNull(found, exit), kinds);
        let pushed = fast(self, found)?;
        self.stack.extend(pushed);
        Ok(Flow::Next)
    }

    /// The kinds of what an instruction finds, NULL aside.
    fn kinds_found(&self, find: &Insn) -> Type {
        match find {
            Insn::FindAttribute { site, .. } => self.function.attributes[*site as usize].kinds(),
            Insn::Call { helper, .. } => helper.result_type(),
            _ => Type::OBJECT,
        }
    }

    /// Ends the block by a jump with the values of an entry, if there is one.
    fn jump_with(&mut self, target: BlockId, entry: Option<StackEntry>) {
        let values = entry.map(|entry| [Some(entry.value), entry.receiver, entry.class]);
        let args = values.into_iter().flatten().flatten().collect();
        self.emit_terminator(Insn::Jump(Edge { target, args }));
    }

    /// Goes on with the truth that a quick helper finds, or, where its status is negative, with that of
    /// `slow`, out of the way. `slow` and `fast` take the operands, and hand back the truth, which is pushed
    /// as an object.
    pub(super) fn tell_or(
        &mut self,
        tell: Insn,
        pc: u32,
        slow: impl FnOnce(&mut Self) -> Result<ValueId, CompileError>,
        fast: impl FnOnce(&mut Self, ValueId) -> Result<ValueId, CompileError>,
    ) -> Step {
        if self.is_inlining() {
            return self.tell_or_leave(tell, pc, fast);
        }
        let status = self.emit(tell, Type::EMPTY);
        let failed = self.emit(Insn::StatusFailed(status), Type::BOOL);
        let (unknown, known) = self.branch(failed);
        let join = self.function.add_block();
        let truth = self.function.add_param(join, Repr::Bool, Type::BOOL);
        let before = (self.locals.clone(), self.stack.clone());

        self.current = unknown;
        self.function.blocks[unknown.index()].cold = true;
        let told = slow(self)?;
        self.function.blocks[self.current.index()].cold = true;
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![told] }));

        (self.locals, self.stack) = before;
        self.current = known;
        let told = self.emit(Insn::StatusTruth(status), Type::BOOL);
        let told = fast(self, told)?;
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![told] }));

        self.current = join;
        self.forget_names();
        let boxed = self.emit_box(truth);
        self.push_owned(boxed);
        Ok(Flow::Next)
    }

    /// The same where the interpreter does it instead.
    fn tell_or_leave(
        &mut self,
        tell: Insn,
        pc: u32,
        fast: impl FnOnce(&mut Self, ValueId) -> Result<ValueId, CompileError>,
    ) -> Step {
        if !self.speculate_at(pc) || self.feedback.is_rare(pc) {
            self.refuse();
        }
        let exit = self.exit(ExitReason::RareOperand, Resume::At, pc);
        let status = self.emit(tell, Type::EMPTY);
        self.emit_effect(Insn::GuardStatus(status, exit));
        let told = self.emit(Insn::StatusTruth(status), Type::BOOL);
        let told = fast(self, told)?;
        let boxed = self.emit_box(told);
        self.push_owned(boxed);
        Ok(Flow::Next)
    }

    /// Pops and releases operands below a result, the deepest first; the result, owned, is there when tracing
    /// that a release began leaves, or a number among the operands found no memory for its object.
    pub(super) fn release_below(
        &mut self,
        result: ValueId,
        operands: usize,
        pc: u32,
        next: u32,
    ) -> Result<StackEntry, CompileError> {
        let may_leave = self.runs_when_released(operands) || self.makes_objects(operands, pc);
        self.release_operands(operands, pc)?;
        let entry = StackEntry::owned(result);
        if may_leave {
            self.stack.push(entry);
            self.check_tracing(next);
            self.pop(pc)?;
        }
        Ok(entry)
    }

    /// Whether objects may have to be made of the topmost operands for the instruction at `pc` to look at.
    pub(super) fn makes_objects(&self, operands: usize, pc: u32) -> bool {
        (0..operands).any(|depth| {
            let is_number = matches!(self.expected_kind(pc, depth), Some(Type::INT | Type::FLOAT));
            is_number && self.constant(self.operand(depth)).is_none()
        })
    }

    /// Whether the release of the topmost operands may run code.
    fn runs_when_released(&self, operands: usize) -> bool {
        let top = self.stack.len().saturating_sub(operands);
        self.stack[top..].iter().any(|entry| entry.owned && !self.type_of(entry.value).is_simple())
    }
}
