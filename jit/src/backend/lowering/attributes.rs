//! Attributes in line: the class by its version tag, then the place where its instances have the attribute.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{AttributeSite, Binding, GlobalPlace, Heap, Place, Type, ValueId};
use crate::host::{AttributeLayout, OldStyleLayout};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// What is done at a place: what it gives, or on to the block for when the attribute is not there.
type AtPlace<'a> = &'a dyn Fn(&mut Lowering<'_>, &Here<'_>, Place) -> Result<ir::Value>;

/// An attribute that is looked for of an object whose class is known by now.
struct Here<'a> {
    site: &'a AttributeSite,
    layout: &'a AttributeLayout,
    object: ir::Value,
    missed: ir::Block,
}

impl Lowering<'_> {
    /// `Insn::FindAttribute`.
    pub fn find_attribute(&mut self, site: u32, object: ValueId) -> Result<ir::Value> {
        self.at_each_place(site, object, &|lowering, here, place| {
            let value = match place {
                Place::Slot { offset } => {
                    let value = lowering.load(Heap::Attributes, types::I64, here.object, offset);
                    lowering.unless_null(value, here.missed);
                    value
                }
                Place::Dict { dict, index, is_old: _ } => {
                    let (address, _) = lowering.field_of_instance(here, dict, index);
                    let value = lowering.load(Heap::Attributes, types::I64, address, 0);
                    lowering.unless_null(value, here.missed);
                    value
                }
                Place::New { .. } => return Err(backend_error("what is not there yet is not loaded")),
                Place::Class { value, dict, binding } => {
                    if dict != 0 {
                        lowering.unless_of_instance(here, dict)?;
                    }
                    lowering.bound(here, value, binding)
                }
                Place::Own { tag, value, binding } => {
                    let own = lowering.load(Heap::Classes, types::I32, here.object, here.layout.version_tag);
                    let same = lowering.builder.ins().icmp_imm_u(IntCC::Equal, own, i64::from(tag));
                    lowering.only_if(same, true, here.missed);
                    lowering.bound(here, value, binding)
                }
                Place::Inherited { depth, index, is_method } => {
                    lowering.inherited(here, depth, index, is_method)?
                }
            };
            Ok(value)
        })
    }

    /// `Insn::SwapAttribute`.
    pub fn swap_attribute(&mut self, site: u32, object: ValueId, value: ValueId) -> Result<ir::Value> {
        let is_collected = !self.kind(value).is_simple();
        let new = self.value(value)?;
        self.at_each_place(site, object, &|lowering, here, place| {
            let (address, dict) = match place {
                Place::Slot { offset } => return lowering.fill_slot(here, offset, new),
                Place::Dict { dict, index, is_old } => {
                    lowering.unless_hooked(here, is_old)?;
                    let (address, dict) = lowering.field_of_instance(here, dict, index);
                    (address, dict)
                }
                Place::New { dict, shared, is_old } => {
                    lowering.unless_hooked(here, is_old)?;
                    return lowering.store_new(here, dict, shared, new, is_collected);
                }
                Place::Class { .. } | Place::Own { .. } | Place::Inherited { .. } => {
                    return Err(backend_error("an attribute of a class is not stored in line"));
                }
            };
            if is_collected {
                lowering.maintain_tracking(here, dict, new)?;
            }
            let old = lowering.load(Heap::Attributes, types::I64, address, 0);
            lowering.unless_null(old, here.missed);
            lowering.incref_object(new)?;
            lowering.store(Heap::Attributes, new, address, 0);
            Ok(old)
        })
    }

    /// Stores a value in a slot of an object: None instead of a former value where there is none.
    fn fill_slot(&mut self, here: &Here, offset: i32, new: ir::Value) -> Result<ir::Value> {
        let old = self.load(Heap::Attributes, types::I64, here.object, offset);
        self.incref_object(new)?;
        self.store(Heap::Attributes, new, here.object, offset);
        let (empty, done) = (self.builder.create_block(), self.builder.create_block());
        let former = self.builder.append_block_param(done, types::I64);
        self.builder.ins().brif(old, done, &[old.into()], empty, &[]);
        self.builder.switch_to_block(empty);
        let none = self.address(self.host.none);
        self.incref_object(none)?;
        self.builder.ins().jump(done, &[none.into()]);
        self.builder.switch_to_block(done);
        Ok(former)
    }

    /// Stores a value under a new key of the instance's dict: None, which was nowhere, instead of a former
    /// value.
    fn store_new(
        &mut self,
        here: &Here,
        dict: i32,
        shared: Option<u32>,
        new: ir::Value,
        is_collected: bool,
    ) -> Result<ir::Value> {
        let layout = &here.layout.dict;
        match shared {
            Some(index) => {
                self.dict_to_fill(here, dict)?;
                let (address, dict) = self.field_of_instance(here, dict, index);
                let old = self.load(Heap::Attributes, types::I64, address, 0);
                self.only_if(old, false, here.missed);
                if is_collected {
                    self.maintain_tracking(here, dict, new)?;
                }
                self.store(Heap::Attributes, new, address, 0);
                self.count_used(layout, dict);
            }
            None => {
                let dict = self.dict_to_fill(here, dict)?;
                if is_collected {
                    self.maintain_tracking(here, dict, new)?;
                }
                self.insert_in_dict(here.site, here.layout, dict, new, here.missed)?;
            }
        }
        self.incref_object(new)?;
        let none = self.address(self.host.none);
        self.incref_object(none)?;
        Ok(none)
    }

    /// Does what `at` says at the place where the object's class has the attribute: the result, or NULL when
    /// it is none of the classes that are known, or `at` finds nothing at any of their places.
    fn at_each_place(&mut self, site: u32, object: ValueId, at: AtPlace) -> Result<ir::Value> {
        let function = self.function;
        let site = function.attributes.get(site as usize);
        let site = site.ok_or_else(|| backend_error("there is no such site"))?;
        let layout =
            self.host.attributes.ok_or_else(|| backend_error("the host has no attributes in line"))?;
        let object = self.value(object)?;
        let (missed, leaves) = self.way_out()?;
        let classes = || site.found.chunk_by(|one, other| one.tag == other.tag);
        let known = self.known.tag(object);
        if let Some(places) = classes().find(|places| known == Some(places[0].tag))
            && leaves
            && places.len() == 1
        {
            return at(self, &Here { site, layout: &layout, object, missed }, places[0].place);
        }
        let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        let tag = self.load(Heap::Classes, types::I32, ty, layout.version_tag);
        if let ([only], true) = (&site.found[..], leaves) {
            let same = self.builder.ins().icmp_imm_u(IntCC::Equal, tag, i64::from(only.tag));
            self.only_if(same, true, missed);
            self.known.add_tag(object, only.tag);
            return at(self, &Here { site, layout: &layout, object, missed }, only.place);
        }
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        let mark = self.known.mark();
        let mut classes = classes().peekable();
        while let Some(places) = classes.next() {
            let here = self.builder.create_block();
            let next = if classes.peek().is_some() { self.builder.create_block() } else { missed };
            let same = self.builder.ins().icmp_imm_u(IntCC::Equal, tag, i64::from(places[0].tag));
            self.builder.ins().brif(same, here, &[], next, &[]);
            self.builder.switch_to_block(here);
            for (index, found) in places.iter().enumerate() {
                let is_last = index + 1 == places.len();
                let other = if is_last { missed } else { self.builder.create_block() };
                let here = Here { site, layout: &layout, object, missed: other };
                let value = at(self, &here, found.place)?;
                self.builder.ins().jump(done, &[value.into()]);
                self.known.forget_since(mark);
                if !is_last {
                    self.builder.switch_to_block(other);
                }
            }
            if next != missed {
                self.builder.switch_to_block(next);
            }
        }
        if !leaves {
            self.builder.switch_to_block(missed);
            let null = self.int(0);
            self.builder.ins().jump(done, &[null.into()]);
        }
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// `Insn::FindGlobal`.
    pub fn find_global(&mut self, site: u32) -> Result<ir::Value> {
        let site = self.function.globals.get(site as usize).cloned();
        let site = site.ok_or_else(|| backend_error("there is no such global"))?;
        let layout = self.host.attributes.ok_or_else(|| backend_error("the host has no globals in line"))?;
        let (missed, leaves) = self.way_out()?;
        let mark = self.known.mark();
        let globals = self.exact_dict(layout.frame_globals, missed);
        let field = match site.place {
            GlobalPlace::Globals(index) => {
                self.field_in_dict(Heap::Globals, &layout.dict, globals, site.name, index, missed)
            }
            GlobalPlace::Builtins(index) => {
                self.unless_in_dict(Heap::Globals, &layout, globals, (site.name, site.hash), missed)?;
                let builtins = self.exact_dict(layout.frame_builtins, missed);
                self.field_in_dict(Heap::Globals, &layout.dict, builtins, site.name, index, missed)
            }
        };
        let value = self.load(Heap::Globals, types::I64, field, 0);
        self.unless_null(value, missed);
        if leaves {
            return Ok(value);
        }
        self.known.forget_since(mark);
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        self.builder.ins().jump(done, &[value.into()]);
        self.builder.switch_to_block(missed);
        let null = self.int(0);
        self.builder.ins().jump(done, &[null.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// A dict that a field of the frame points to, as long as it is of the very type: 3.x asks others
    /// otherwise.
    fn exact_dict(&mut self, field: i32, missed: ir::Block) -> ir::Value {
        if let Some(dict) = self.known.dict_of_frame(field) {
            return dict;
        }
        let dict = self.load(Heap::Frame, types::I64, self.frame, field);
        let ty = self.load(Heap::Type, types::I64, dict, self.host.layout.ob_type);
        let exact = self.is_object(ty, (self.host.types)(Type::DICT));
        self.only_if(exact, true, missed);
        self.known.add_dict_of_frame(field, dict);
        dict
    }

    /// Where an instance's dict has its value under the name, which may be NULL, and the dict.
    fn field_of_instance(&mut self, here: &Here, dict: i32, index: u32) -> (ir::Value, ir::Value) {
        let dict = self.dict_of_instance(here, dict);
        let heap = Heap::Attributes;
        let layout = &here.layout.dict;
        (self.field_in_dict(heap, layout, dict, here.site.name, index, here.missed), dict)
    }

    /// The dict of an instance.
    fn dict_of_instance(&mut self, here: &Here, offset: i32) -> ir::Value {
        if let Some(dict) = self.known.dict(here.object, offset) {
            return dict;
        }
        let dict = self.load(Heap::Attributes, types::I64, here.object, offset);
        self.unless_null(dict, here.missed);
        self.known.add_dict(here.object, offset, dict);
        dict
    }

    /// The same for a new key: an instance that has no dict gets one.
    fn dict_to_fill(&mut self, here: &Here, offset: i32) -> Result<ir::Value> {
        if let Some(dict) = self.known.dict(here.object, offset) {
            return Ok(dict);
        }
        let present = self.load(Heap::Attributes, types::I64, here.object, offset);
        let (lacking, done) = (self.builder.create_block(), self.builder.create_block());
        let dict = self.builder.append_block_param(done, types::I64);
        self.builder.ins().brif(present, done, &[present.into()], lacking, &[]);
        self.builder.switch_to_block(lacking);
        let place = self.int(offset.into());
        let fresh = self.call_for(here.layout.fresh_dict, &[here.object, place], types::I64)?;
        self.unless_null(fresh, here.missed);
        self.builder.ins().jump(done, &[fresh.into()]);
        self.builder.switch_to_block(done);
        self.known.add_dict(here.object, offset, dict);
        Ok(dict)
    }

    /// Goes on when an instance's dict certainly lacks the name.
    fn unless_of_instance(&mut self, here: &Here, dict: i32) -> Result<()> {
        let dict = match self.known.dict(here.object, dict) {
            Some(dict) => dict,
            None => self.load(Heap::Attributes, types::I64, here.object, dict),
        };
        let name = (here.site.name, here.site.hash);
        self.unless_in_dict(Heap::Attributes, here.layout, dict, name, here.missed)
    }

    /// Has the collector know a dict from now on if the value that is stored in it is such that it has to.
    fn maintain_tracking(&mut self, here: &Here, dict: ir::Value, value: ir::Value) -> Result<()> {
        let (offset, shift, untracked) = here.layout.collected;
        let refs = self.load(Heap::Attributes, types::I64, dict, offset);
        let refs = self.builder.ins().sshr_imm_u(refs, i64::from(shift));
        let is_unknown = self.builder.ins().icmp_imm_s(IntCC::Equal, refs, untracked);
        let (unknown, next) = (self.cold_block(), self.builder.create_block());
        self.builder.ins().brif(is_unknown, unknown, &[], next, &[]);
        self.builder.switch_to_block(unknown);
        let (offset, bit) = here.layout.flags;
        let ty = self.load(Heap::Type, types::I64, value, self.host.layout.ob_type);
        let flags = self.load(Heap::Classes, types::I64, ty, offset);
        let is_collected = self.builder.ins().band_imm_u(flags, bit);
        let due = self.cold_block();
        self.builder.ins().brif(is_collected, due, &[], next, &[]);
        self.builder.switch_to_block(due);
        self.call(here.layout.maintain_tracking, &[dict, value], None)?;
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// What becomes of an attribute that a class has.
    fn bound(&mut self, here: &Here, value: usize, binding: Binding) -> ir::Value {
        let value = self.address(value);
        match binding {
            Binding::Nothing | Binding::Function | Binding::Method => value,
            Binding::Checked => {
                self.unless_descriptor(here, value);
                value
            }
            Binding::Static | Binding::Class => {
                let value = self.load(Heap::World, types::I64, value, here.layout.wrapped);
                self.unless_null(value, here.missed);
                if binding == Binding::Class {
                    self.only_function(value, here.missed);
                }
                value
            }
        }
    }

    /// Goes on with a Python function only.
    fn only_function(&mut self, value: ir::Value, missed: ir::Block) {
        let ty = self.load(Heap::Type, types::I64, value, self.host.layout.ob_type);
        let is_function = self.is_object(ty, (self.host.types)(Type::FUNCTION));
        self.only_if(is_function, true, missed);
    }

    /// 2.7: goes on unless the class of an old-style instance has a hook for stores.
    fn unless_hooked(&mut self, here: &Here, is_old: bool) -> Result<()> {
        if is_old {
            let old = old_style(here)?;
            let class = self.load(Heap::Attributes, types::I64, here.object, old.class);
            let hook = self.load(Heap::Classes, types::I64, class, old.setattr);
            self.only_if(hook, false, here.missed);
        }
        Ok(())
    }

    /// 2.7: what an instance has from its old-style class, or the first base of that, and so on.
    fn inherited(&mut self, here: &Here, depth: u32, index: u32, is_method: bool) -> Result<ir::Value> {
        let old = old_style(here)?;
        self.unless_of_instance(here, old.dict)?;
        let name = (here.site.name, here.site.hash);
        let mut class = self.load(Heap::Attributes, types::I64, here.object, old.class);
        for _ in 0..depth {
            let dict = self.load(Heap::Classes, types::I64, class, old.class_dict);
            self.unless_in_dict(Heap::Classes, here.layout, dict, name, here.missed)?;
            let bases = self.load(Heap::Classes, types::I64, class, old.bases);
            let count = self.load(Heap::Sequence, types::I64, bases, self.host.layout.ob_size);
            self.unless_null(count, here.missed);
            class = self.load(Heap::Items, types::I64, bases, self.host.layout.tuple_items);
        }
        let dict = self.load(Heap::Classes, types::I64, class, old.class_dict);
        let layout = &here.layout.dict;
        let address = self.field_in_dict(Heap::Classes, layout, dict, here.site.name, index, here.missed);
        let value = self.load(Heap::Classes, types::I64, address, 0);
        self.unless_null(value, here.missed);
        if is_method {
            self.only_function(value, here.missed);
        } else {
            self.unless_descriptor(here, value);
        }
        Ok(value)
    }

    /// Goes on unless an attribute of a class says itself what instances have.
    fn unless_descriptor(&mut self, here: &Here, attribute: ir::Value) {
        let ty = self.load(Heap::Type, types::I64, attribute, self.host.layout.ob_type);
        let get = self.load(Heap::Classes, types::I64, ty, here.layout.descr_get);
        self.only_if(get, false, here.missed);
    }

    /// `Insn::ClassOf`.
    pub fn class_of(&mut self, object: ValueId) -> Result<ir::Value> {
        let object = self.value(object)?;
        let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        let Some(old) = self.host.attributes.and_then(|layout| layout.old_style) else { return Ok(ty) };
        let (is_old, done) = (self.builder.create_block(), self.builder.create_block());
        let class = self.builder.append_block_param(done, types::I64);
        let same = self.is_object(ty, (self.host.types)(Type::INSTANCE));
        self.builder.ins().brif(same, is_old, &[], done, &[ty.into()]);
        self.builder.switch_to_block(is_old);
        let of_old = self.load(Heap::Attributes, types::I64, object, old.class);
        self.builder.ins().jump(done, &[of_old.into()]);
        self.builder.switch_to_block(done);
        Ok(class)
    }
}

/// How instances of old-style classes are laid out.
fn old_style(here: &Here) -> Result<OldStyleLayout> {
    here.layout.old_style.ok_or_else(|| backend_error("the host has no old-style classes"))
}
