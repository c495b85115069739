//! Attributes that are looked for in line, where the recording evaluator found them; else, out of the way, by helpers.

use super::*;

impl Builder<'_> {
    /// The site for the attribute that the instruction at `pc` loads of the topmost operand, if it is one to be
    /// looked for in line.
    pub(super) fn attribute_site(&mut self, index: u32, pc: u32) -> Result<Option<u32>, CompileError> {
        let may_look = self.options.speculate && self.host.attributes.is_some() && !self.stack.is_empty();
        if !may_look || self.boxed(self.operand(0)).is_some() {
            return Ok(None);
        }
        let Some((hash, found)) = self.feedback.attributes(pc) else { return Ok(None) };
        let name = self.name(index, pc)? as usize;
        // Code is built several times where paths to it differ.
        let site = AttributeSite { name, hash, found };
        let known = self.function.attributes.iter().position(|known| *known == site);
        let number = known.unwrap_or_else(|| {
            self.function.attributes.push(site);
            self.function.attributes.len() - 1
        });
        Ok(Some(number as u32))
    }

    /// `LOAD_GLOBAL` in line.
    pub(super) fn find_global(&mut self, site: u32, index: u32, pc: u32, next: u32) -> Step {
        let found = self.emit(Insn::FindGlobal(site), Repr::Obj, Type::ANY);
        let missing = self.emit(Insn::IsNull(found), Repr::Bool, Type::BOOL);
        let (slow, fast) = self.branch(missing);
        let join = self.function.add_block();
        let result = self.function.add_param(join, Repr::Obj, Type::OBJECT);
        let before = (self.locals.clone(), self.stack.clone());

        self.current = slow;
        self.function.blocks[slow.index()].cold = true;
        self.load_global_by_helper(index, pc, next)?;
        let value = self.pop(pc)?.value;
        self.function.blocks[self.current.index()].cold = true;
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![value] }));

        (self.locals, self.stack) = before;
        self.current = fast;
        let found = self.emit(Insn::NotNull(found), Repr::Obj, Type::OBJECT);
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![found] }));

        self.current = join;
        self.forget_names();
        self.push_owned(result);
        Ok(Flow::Next)
    }

    /// The site for the global that the instruction at `pc` loads, if it is one to be looked for in line.
    pub(super) fn global_site(&mut self, index: u32, pc: u32) -> Result<Option<u32>, CompileError> {
        if !self.options.speculate || self.host.attributes.is_none() {
            return Ok(None);
        }
        let Some((hash, place)) = self.feedback.global(pc) else { return Ok(None) };
        let site = GlobalSite { name: self.name(index, pc)? as usize, hash, place };
        let known = self.function.globals.iter().position(|known| *known == site);
        let number = known.unwrap_or_else(|| {
            self.function.globals.push(site);
            self.function.globals.len() - 1
        });
        Ok(Some(number as u32))
    }

    /// Looks for tracing that the release of an operand began; what is pushed instead is there by then.
    fn check_after_release(
        &mut self,
        released: StackEntry,
        pushed: StackEntry,
        pc: u32,
        next: u32,
    ) -> Result<(), CompileError> {
        if released.owned && !self.type_of(released.value).is_simple() {
            self.stack.push(pushed);
            self.check_tracing(next);
            self.pop(pc)?;
        }
        Ok(())
    }

    /// `STORE_ATTR` in line.
    pub(super) fn swap_attribute(&mut self, site: u32, index: u32, pc: u32, next: u32) -> Step {
        let (object, value) = (self.operand(0), self.operand(1));
        let swap = Insn::SwapAttribute { site, object, value };
        let old = self.emit(swap, Repr::Obj, Type::ANY);
        let missing = self.emit(Insn::IsNull(old), Repr::Bool, Type::BOOL);
        let (slow, fast) = self.branch(missing);
        let join = self.function.add_block();
        let before = (self.locals.clone(), self.stack.clone());

        self.current = slow;
        self.function.blocks[slow.index()].cold = true;
        self.store_attr_by_helper(index, pc, next)?;
        self.function.blocks[self.current.index()].cold = true;
        self.emit_terminator(Insn::Jump(Edge { target: join, args: Vec::new() }));

        (self.locals, self.stack) = before;
        self.current = fast;
        let old = self.emit(Insn::NotNull(old), Repr::Obj, Type::OBJECT);
        let (object, value) = (self.pop(pc)?, self.pop(pc)?);
        self.emit_effect(Insn::Decref(old, pc));
        // The order of the helper's.
        let (first, last) = if self.host.version.is_3() { (value, object) } else { (object, value) };
        self.release(first, pc);
        self.release(last, pc);
        // Only the former value's release can have run code.
        self.check_tracing(next);
        self.emit_terminator(Insn::Jump(Edge { target: join, args: Vec::new() }));

        self.current = join;
        self.forget_names();
        Ok(Flow::Next)
    }

    /// `LOAD_ATTR` in line.
    pub(super) fn find_attribute(&mut self, site: u32, index: u32, pc: u32, next: u32) -> Step {
        let object = self.operand(0);
        let found = self.emit(Insn::FindAttribute { site, object }, Repr::Obj, Type::ANY);
        let missing = self.emit(Insn::IsNull(found), Repr::Bool, Type::BOOL);
        let (slow, fast) = self.branch(missing);
        let join = self.function.add_block();
        let result = self.function.add_param(join, Repr::Obj, Type::OBJECT);
        let before = (self.locals.clone(), self.stack.clone());

        self.current = slow;
        self.function.blocks[slow.index()].cold = true;
        self.load_attr_by_helper(index, pc, next)?;
        let value = self.pop(pc)?.value;
        self.function.blocks[self.current.index()].cold = true;
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![value] }));

        (self.locals, self.stack) = before;
        self.current = fast;
        let found = self.emit(Insn::NotNull(found), Repr::Obj, Type::OBJECT);
        let entry = self.pop(pc)?;
        self.release(entry, pc);
        self.check_after_release(entry, StackEntry::owned(found), pc, next)?;
        self.emit_terminator(Insn::Jump(Edge { target: join, args: vec![found] }));

        self.current = join;
        // On the slow way, names may have been bound anew.
        self.forget_names();
        self.push_owned(result);
        Ok(Flow::Next)
    }

    /// `LOAD_ATTR` of what is called next, in line: nothing is bound, as by `Helper::LoadMethod`.
    pub(super) fn find_method(
        &mut self,
        site: u32,
        index: u32,
        meanwhile: Meanwhile,
        pc: u32,
        next: u32,
    ) -> Step {
        let is_method = self.function.attributes[site as usize].is_method() == Some(true);
        let object = self.operand(0);
        let found = self.emit(Insn::FindAttribute { site, object }, Repr::Obj, Type::ANY);
        let missing = self.emit(Insn::IsNull(found), Repr::Bool, Type::BOOL);
        let (slow, fast) = self.branch(missing);
        let join = self.function.add_block();
        let callable = self.function.add_param(join, Repr::Obj, Type::OBJECT);
        let receiver = self.function.add_param(join, Repr::Obj, Type::ANY);
        let before = (self.locals.clone(), self.stack.clone());

        self.current = slow;
        self.function.blocks[slow.index()].cold = true;
        self.load_method_by_helper(index, meanwhile, pc, next)?;
        let StackEntry { value, receiver: unbound, class, .. } = self.pop(pc)?;
        let unbound = unbound.ok_or(CompileError::Malformed { pc, what: "loads no method" })?;
        let mut args = vec![value, unbound];
        args.extend(class);
        self.function.blocks[self.current.index()].cold = true;
        self.emit_terminator(Insn::Jump(Edge { target: join, args }));

        (self.locals, self.stack) = before;
        self.current = fast;
        let found = self.emit(Insn::NotNull(found), Repr::Obj, Type::OBJECT);
        let entry = self.pop(pc)?;
        let null = |builder: &mut Self| builder.emit(Insn::Null, Repr::Obj, Type::NULL);
        let mut args = vec![found];
        args.push(match is_method {
            true => self.emit(Insn::NewRef(object), Repr::Obj, Type::OBJECT),
            false => null(self),
        });
        if class.is_some() {
            args.push(match is_method {
                true => {
                    let ty = self.emit(Insn::TypeOf(object), Repr::Obj, Type::OBJECT);
                    self.emit(Insn::NewRef(ty), Repr::Obj, Type::OBJECT)
                }
                false => null(self),
            });
        }
        self.release(entry, pc);
        let unbound =
            StackEntry { receiver: Some(args[1]), class: args.get(2).copied(), ..StackEntry::owned(found) };
        self.check_after_release(entry, unbound, pc, next)?;
        self.emit_terminator(Insn::Jump(Edge { target: join, args }));

        self.current = join;
        let class = class.map(|_| self.function.add_param(join, Repr::Obj, Type::ANY));
        self.forget_names();
        self.stack.push(StackEntry { receiver: Some(receiver), class, ..StackEntry::owned(callable) });
        Ok(Flow::Next)
    }
}
