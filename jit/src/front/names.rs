//! Locals, globals, names, cells and attributes.

use super::*;
use crate::hir::Helper;

impl Builder<'_> {
    pub(super) fn load_fast(&mut self, slot: u32, pc: u32) -> Step {
        let value = self.local(slot, pc)?;
        if self.type_of(value) == Type::NULL {
            return self.leave(ExitReason::Unbound, pc);
        }
        let exit = self.exit_if_null(value, pc);
        let value = match exit {
            Some(exit) => self.not_null(value, exit),
            None => value,
        };
        self.stack.push(StackEntry { slot: Some(slot), ..StackEntry::borrowed(value) });
        Ok(Flow::Next)
    }

    fn local(&self, slot: u32, pc: u32) -> Result<ValueId, CompileError> {
        let value = self.locals.get(slot as usize).copied();
        value.ok_or(CompileError::Malformed { pc, what: "local slot out of range" })
    }

    fn exit_if_null(&mut self, value: ValueId, pc: u32) -> Option<SideExit> {
        let may_be = self.type_of(value).may_be(Type::NULL);
        may_be.then(|| self.exit(ExitReason::Unbound, Resume::At, pc))
    }

    pub(super) fn store_fast(&mut self, slot: u32, pc: u32) -> Step {
        let old = self.local(slot, pc)?;
        let entry = self.pop(pc)?;
        let value = self.own(entry);
        self.own_borrowed_from(slot);
        self.locals[slot as usize] = value;
        match self.is_inlining() {
            true => self.release(StackEntry::owned(old), pc),
            false => self.emit_effect(Insn::SetLocal { slot, value, old, pc }),
        }
        Ok(Flow::Next)
    }

    pub(super) fn delete_fast(&mut self, slot: u32, pc: u32) -> Step {
        let old = self.local(slot, pc)?;
        if self.type_of(old) == Type::NULL {
            return self.leave(ExitReason::Unbound, pc);
        }
        let old = match self.exit_if_null(old, pc) {
            Some(exit) => self.not_null(old, exit),
            None => old,
        };
        self.own_borrowed_from(slot);
        let null = self.emit(Insn::Null, Type::NULL);
        self.emit_effect(Insn::SetLocal { slot, value: null, old, pc });
        self.locals[slot as usize] = null;
        Ok(Flow::Next)
    }

    pub(super) fn load_const(&mut self, index: u32, pc: u32) -> Step {
        use crate::bytecode::ConstKind;
        let constant = self.code.consts.get(index as usize).copied();
        let constant = constant.ok_or(CompileError::Malformed { pc, what: "constant out of range" })?;
        let ty = match constant.kind {
            ConstKind::None => Type::NONE,
            ConstKind::Bool(_) => Type::BOOL,
            ConstKind::Int(_) => Type::INT,
            ConstKind::Float(_) => Type::FLOAT,
            ConstKind::Str => Type::STR,
            ConstKind::Tuple => Type::TUPLE,
            ConstKind::Other => Type::OBJECT,
        };
        let value = self.emit(Insn::Object(constant.address), ty);
        self.push_immortal(value);
        Ok(Flow::Next)
    }

    /// The address of an interned name, as helpers take it.
    pub(super) fn name(&self, index: u32, pc: u32) -> Result<i64, CompileError> {
        let name = self.code.names.get(index as usize).copied();
        name.map(|n| n as i64).ok_or(CompileError::Malformed { pc, what: "name out of range" })
    }

    pub(super) fn load_closure(&mut self, index: u32) -> Step {
        let slot = self.code.locals + index;
        let cell = self.emit(Insn::LoadLocal(slot), Type::OBJECT);
        let cell = self.emit(Insn::NewRef(cell), Type::OBJECT);
        self.push_owned(cell);
        Ok(Flow::Next)
    }

    pub(super) fn load_attr(&mut self, index: u32, pc: u32, next: u32) -> Step {
        if let Some(called) = self.called_next(pc, next) {
            return self.load_method(index, called, pc, next);
        }
        if let Some(site) = self.attribute_site(index, pc)?
            && self.function.attributes[site as usize].is_method() == Some(false)
        {
            return self.find_attribute(site, index, pc, next);
        }
        self.load_attr_by_helper(index, pc, next)
    }

    pub(super) fn load_attr_by_helper(&mut self, index: u32, pc: u32, next: u32) -> Step {
        let name = self.name(index, pc)?;
        let cache = self.function.add_cache();
        self.call_borrowing(Helper::LoadAttr, 1, &[name, cache], pc, next)
    }

    pub(super) fn load_global(&mut self, index: u32, pc: u32, next: u32) -> Step {
        if self.load_tracked(index, pc) {
            return Ok(Flow::Next);
        }
        if let Some(site) = self.global_site(index, pc)? {
            return self.find_global(site, index, pc, next);
        }
        self.load_global_by_helper(index, pc, next)
    }

    pub(super) fn load_global_by_helper(&mut self, index: u32, pc: u32, next: u32) -> Step {
        let name = self.name(index, pc)?;
        let cache = self.function.add_cache();
        self.call_borrowing(Helper::LoadGlobal, 0, &[name, cache], pc, next)
    }

    /// `LOAD_DEREF`: no code runs unless it raises, so nobody begins to trace.
    pub(super) fn load_deref(&mut self, index: u32, pc: u32) -> Step {
        if self.speculate_at(pc) && !self.feedback.is_rare(pc) {
            let exit = self.exit(ExitReason::RareOperand, Resume::At, pc);
            let content = self.emit(Insn::CellContent(self.code.locals + index), Type::ANY);
            let content = self.emit(Insn::GuardNotNull(content, exit), Type::OBJECT);
            let content = self.own(StackEntry::borrowed(content));
            self.push_owned(content);
            return Ok(Flow::Next);
        }
        let helper = Helper::LoadDeref;
        let call = Insn::Call { helper, args: vec![], immediates: vec![index.into()], pc };
        let content = self.emit(call, Type::ANY);
        let content = self.check_result(content, helper.result_type(), pc)?;
        self.push_owned(content);
        Ok(Flow::Next)
    }

    pub(super) fn store_attr(&mut self, index: u32, pc: u32, next: u32) -> Step {
        if let Some(site) = self.attribute_site(index, pc)?
            && self.function.attributes[site as usize].is_stored()
            && self.stack.len() >= 2
        {
            return self.swap_attribute(site, index, pc, next);
        }
        self.store_attr_by_helper(index, pc, next)
    }

    pub(super) fn store_attr_by_helper(&mut self, index: u32, pc: u32, next: u32) -> Step {
        let name = self.name(index, pc)?;
        let cache = self.function.add_cache();
        // On the stack: value, object; 2.7 releases the object first, 3.x the value.
        let releases = if self.host.version.is_3() { [0, 1] } else { [1, 0] };
        self.call_ordered(Helper::StoreAttr, 2, &[1, 0], &releases, &[name, cache], pc, next)
    }
}
