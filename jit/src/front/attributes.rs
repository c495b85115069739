//! Attributes and globals that are looked for in line, where the recording evaluator found them; else by the
//! interpreter, where few classes were seen, or out of the way, by helpers.

use super::*;

impl Builder<'_> {
    /// The site for the attribute that the instruction at `pc` loads or stores of the topmost operand, if it
    /// is one to be looked for in line.
    pub(super) fn attribute_site(&mut self, index: u32, pc: u32) -> Result<Option<u32>, CompileError> {
        if !self.looks_in_line() || self.stack.is_empty() || self.boxed(self.operand(0)).is_some() {
            return Ok(None);
        }
        let Some((hash, found)) = self.feedback.attributes(pc) else { return Ok(None) };
        let site = AttributeSite { name: self.name(index, pc)? as usize, hash, found };
        Ok(Some(number_of(&mut self.function.attributes, site)))
    }

    /// The number of a site.
    pub(super) fn attribute_at(&mut self, site: AttributeSite) -> u32 {
        number_of(&mut self.function.attributes, site)
    }

    /// The site for the global that the instruction at `pc` loads, if it is one to be looked for in line.
    pub(super) fn global_site(&mut self, index: u32, pc: u32) -> Result<Option<u32>, CompileError> {
        if !self.looks_in_line() {
            return Ok(None);
        }
        let Some((hash, place)) = self.feedback.global(pc) else { return Ok(None) };
        let site = GlobalSite { name: self.name(index, pc)? as usize, hash, place };
        Ok(Some(number_of(&mut self.function.globals, site)))
    }

    fn looks_in_line(&self) -> bool {
        self.options.speculates && self.host.attributes.is_some()
    }

    /// `LOAD_GLOBAL` in line.
    pub(super) fn find_global(&mut self, site: u32, index: u32, pc: u32, next: u32) -> Step {
        self.find_or(
            Insn::FindGlobal(site),
            (pc, true),
            |builder| {
                builder.load_global_by_helper(index, pc, next)?;
                builder.pop(pc).map(Some)
            },
            |builder, found| {
                let found = builder.own(StackEntry::borrowed(found));
                Ok(Some(StackEntry::owned(found)))
            },
        )
    }

    /// `STORE_ATTR` in line.
    pub(super) fn swap_attribute(&mut self, site: u32, index: u32, pc: u32, next: u32) -> Step {
        let (object, value) = (self.operand(0), self.operand(1));
        self.find_or(
            Insn::SwapAttribute { site, object, value },
            (pc, self.feedback.is_settled(pc)),
            |builder| builder.store_attr_by_helper(index, pc, next).map(|_| None),
            |builder, old| {
                let (object, value) = (builder.pop(pc)?, builder.pop(pc)?);
                builder.release(StackEntry::owned(old), pc);
                // The order of the helper's.
                let (first, last) =
                    if builder.host.version.is_3() { (value, object) } else { (object, value) };
                builder.release(first, pc);
                builder.release(last, pc);
                // Only what is released can have run code.
                builder.check_tracing(next);
                Ok(None)
            },
        )
    }

    /// `LOAD_ATTR` in line.
    pub(super) fn find_attribute(&mut self, site: u32, index: u32, pc: u32, next: u32) -> Step {
        let object = self.operand(0);
        self.find_or(
            Insn::FindAttribute { site, object },
            (pc, self.feedback.is_settled(pc)),
            |builder| {
                builder.load_attr_by_helper(index, pc, next)?;
                builder.pop(pc).map(Some)
            },
            |builder, found| {
                let found = builder.own(StackEntry::borrowed(found));
                builder.release_owner(StackEntry::owned(found), pc, next).map(Some)
            },
        )
    }

    /// `LOAD_ATTR` of what is called next, in line: nothing is bound, as by `Helper::LoadMethod`. If the call
    /// is inlined, there is no other way to it.
    pub(super) fn find_method(
        &mut self,
        site: u32,
        index: u32,
        (meanwhile, is_inlined): (Meanwhile, bool),
        pc: u32,
        next: u32,
    ) -> Step {
        let is_method = self.function.attributes[site as usize].is_method() == Some(true);
        let keeps = self.keeps_class(meanwhile);
        let is_of_old = self.function.attributes[site as usize].is_of_old();
        let class_of = if is_of_old { Insn::ClassOf } else { Insn::TypeOf };
        let object = self.operand(0);
        self.find_or(
            Insn::FindAttribute { site, object },
            (pc, (is_inlined && is_method) || self.feedback.is_settled(pc)),
            |builder| {
                builder.load_method_by_helper(index, meanwhile, pc, next)?;
                builder.pop(pc).map(Some)
            },
            |builder, found| {
                let found = builder.own(StackEntry::borrowed(found));
                let new = |builder: &mut Self, of: ValueId| builder.emit(Insn::NewRef(of), Type::OBJECT);
                let null = |builder: &mut Self| builder.emit(Insn::Null, Type::NULL);
                let receiver = if is_method { new(builder, object) } else { null(builder) };
                let class = keeps.then(|| match is_method {
                    true => {
                        let ty = builder.emit(class_of(object), Type::OBJECT);
                        new(builder, ty)
                    }
                    false => null(builder),
                });
                let unbound = StackEntry { receiver: Some(receiver), class, ..StackEntry::owned(found) };
                builder.release_owner(unbound, pc, next).map(Some)
            },
        )
    }

    /// Pops and releases the object that an attribute was found of; the attribute is handed back, and there
    /// when tracing that the release began leaves.
    fn release_owner(
        &mut self,
        attribute: StackEntry,
        pc: u32,
        next: u32,
    ) -> Result<StackEntry, CompileError> {
        let owner = self.pop(pc)?;
        self.release(owner, pc);
        if owner.owned && !self.type_of(owner.value).is_simple() {
            self.stack.push(attribute);
            self.check_tracing(next);
            self.pop(pc)?;
        }
        Ok(attribute)
    }
}

/// The number of a site, or of anything else that is listed. Code is built several times where paths to it
/// differ, so it may be there already.
pub(super) fn number_of<Site: PartialEq>(sites: &mut Vec<Site>, site: Site) -> u32 {
    let known = sites.iter().position(|known| *known == site);
    let number = known.unwrap_or_else(|| {
        sites.push(site);
        sites.len() - 1
    });
    number as u32
}
