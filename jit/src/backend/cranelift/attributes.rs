//! Attributes in line: the class by its version tag, then the place where its instances have the attribute.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{AttributeSite, GlobalPlace, Heap, Place, Type, ValueId};
use crate::host::{AttributeLayout, DictLayout};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};

/// Bytes of an entry of a dict: hash, key, value.
const ENTRY: i32 = 24;
const KEY: i32 = 8;
const VALUE: i32 = 16;

/// Where an attribute is.
enum Field {
    /// At this address, which may hold NULL, and in the table of this dict.
    Memory(ir::Value, Option<ir::Value>),
    /// It is the object at this address.
    Constant(usize),
}

impl Lowering<'_> {
    /// `Insn::FindAttribute`.
    pub fn find_attribute(&mut self, site: u32, object: ValueId) -> Result<ir::Value> {
        self.at_each_place(site, object, |lowering, site, layout, object, place, missed| {
            let value = match lowering.field_at(site, layout, object, place, missed)? {
                Field::Memory(address, _) => {
                    let value = lowering.load(Heap::Attributes, types::I64, address, 0);
                    lowering.unless_null(value, missed);
                    value
                }
                Field::Constant(value) => lowering.address(value),
            };
            lowering.incref_object(value)?;
            Ok(value)
        })
    }

    /// `Insn::SwapAttribute`.
    pub fn swap_attribute(&mut self, site: u32, object: ValueId, value: ValueId) -> Result<ir::Value> {
        let is_collected = !self.kind(value).is_simple();
        let new = self.value(value)?;
        self.at_each_place(site, object, |lowering, site, layout, object, place, missed| {
            let Field::Memory(address, dict) = lowering.field_at(site, layout, object, place, missed)? else {
                return Err(backend_error("an attribute of a class is not stored in line"));
            };
            if let Some(dict) = dict.filter(|_| is_collected) {
                let (offset, shift, untracked) = layout.collected;
                let refs = lowering.load(Heap::Attributes, types::I64, dict, offset);
                let refs = lowering.builder.ins().sshr_imm_u(refs, i64::from(shift));
                let is_unknown = lowering.builder.ins().icmp_imm_s(IntCC::Equal, refs, untracked);
                lowering.only_if(is_unknown, false, missed);
            }
            let old = lowering.load(Heap::Attributes, types::I64, address, 0);
            lowering.unless_null(old, missed);
            lowering.incref_object(new)?;
            lowering.store(Heap::Attributes, new, address, 0);
            Ok(old)
        })
    }

    /// Does what `at` says at the place where the object's class has the attribute: the result, or NULL when it is
    /// none of the classes that are known, or `at` goes to `missed`.
    fn at_each_place(
        &mut self,
        site: u32,
        object: ValueId,
        at: impl Fn(&mut Self, &AttributeSite, &AttributeLayout, ir::Value, Place, ir::Block) -> Result<ir::Value>,
    ) -> Result<ir::Value> {
        let function = self.function;
        let site = function.attributes.get(site as usize);
        let site = site.ok_or_else(|| backend_error("there is no such site"))?;
        let layout =
            self.host.attributes.ok_or_else(|| backend_error("the host has no attributes in line"))?;
        let object = self.value(object)?;
        let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        let tag = self.load(Heap::Classes, types::I32, ty, layout.version_tag);
        let missed = self.cold_block();
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        for (index, found) in site.found.iter().enumerate() {
            let here = self.builder.create_block();
            let next = if index + 1 == site.found.len() { missed } else { self.builder.create_block() };
            let same = self.builder.ins().icmp_imm_u(IntCC::Equal, tag, i64::from(found.tag));
            self.builder.ins().brif(same, here, &[], next, &[]);
            self.builder.switch_to_block(here);
            let value = at(self, site, &layout, object, found.place, missed)?;
            self.builder.ins().jump(done, &[value.into()]);
            self.builder.switch_to_block(next);
        }
        let null = self.int(0);
        self.builder.ins().jump(done, &[null.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// `Insn::FindGlobal`.
    pub fn find_global(&mut self, site: u32) -> Result<ir::Value> {
        let site = self.function.globals.get(site as usize).cloned();
        let site = site.ok_or_else(|| backend_error("there is no such global"))?;
        let layout = self.host.attributes.ok_or_else(|| backend_error("the host has no globals in line"))?;
        let missed = self.cold_block();
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
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
        self.incref_object(value)?;
        self.builder.ins().jump(done, &[value.into()]);
        self.builder.switch_to_block(missed);
        let null = self.int(0);
        self.builder.ins().jump(done, &[null.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// A dict that a field of the frame points to, as long as it is of the very type: 3.x asks others otherwise.
    fn exact_dict(&mut self, field: i32, missed: ir::Block) -> ir::Value {
        let dict = self.load(Heap::Frame, types::I64, self.frame, field);
        let ty = self.load(Heap::Type, types::I64, dict, self.host.layout.ob_type);
        let exact = self.is_object(ty, (self.host.types)(Type::DICT));
        self.only_if(exact, true, missed);
        dict
    }

    /// The field at a place; goes to `missed` when the object does not have it there.
    fn field_at(
        &mut self,
        site: &AttributeSite,
        layout: &AttributeLayout,
        object: ir::Value,
        place: Place,
        missed: ir::Block,
    ) -> Result<Field> {
        Ok(match place {
            Place::Slot { offset } => {
                Field::Memory(self.builder.ins().iadd_imm_s(object, i64::from(offset)), None)
            }
            Place::Dict { dict, index } => {
                let dict = self.load(Heap::Attributes, types::I64, object, dict);
                self.unless_null(dict, missed);
                let heap = Heap::Attributes;
                let value = self.field_in_dict(heap, &layout.dict, dict, site.name, index, missed);
                Field::Memory(value, Some(dict))
            }
            Place::Class { value, dict, is_method: _ } => {
                if dict != 0 {
                    let dict = self.load(Heap::Attributes, types::I64, object, dict);
                    self.unless_in_dict(Heap::Attributes, layout, dict, (site.name, site.hash), missed)?;
                }
                Field::Constant(value)
            }
        })
    }

    /// Goes on unless a pointer is NULL.
    fn unless_null(&mut self, pointer: ir::Value, missed: ir::Block) {
        let next = self.builder.create_block();
        self.builder.ins().brif(pointer, next, &[], missed, &[]);
        self.builder.switch_to_block(next);
    }

    /// Goes on when a condition is as expected.
    fn only_if(&mut self, condition: ir::Value, expected: bool, missed: ir::Block) {
        let next = self.builder.create_block();
        let (then, otherwise) = if expected { (next, missed) } else { (missed, next) };
        self.builder.ins().brif(condition, then, &[], otherwise, &[]);
        self.builder.switch_to_block(next);
    }

    /// Where an entry of a dict has its value, which may be NULL, if it is that of the name, by its identity.
    ///
    /// Only in dicts with nothing but `str` keys is that what the dict's own lookup finds.
    fn field_in_dict(
        &mut self,
        heap: Heap,
        layout: &DictLayout,
        dict: ir::Value,
        name: usize,
        index: u32,
        missed: ir::Block,
    ) -> ir::Value {
        let entry = index as i32 * ENTRY;
        match *layout {
            DictLayout::Table { mask, table, lookup, of_strings } => {
                let lookup = self.load(heap, types::I64, dict, lookup);
                let fits = self.is_object(lookup, of_strings);
                self.only_if(fits, true, missed);
                if index > 7 {
                    // The smallest table has eight entries.
                    let mask = self.load(heap, types::I64, dict, mask);
                    let small =
                        self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, mask, i64::from(index));
                    self.only_if(small, false, missed);
                }
                let table = self.load(heap, types::I64, dict, table);
                let key = self.load(heap, types::I64, table, entry + KEY);
                let same = self.is_object(key, name);
                self.only_if(same, true, missed);
                self.builder.ins().iadd_imm_s(table, i64::from(entry + VALUE))
            }
            DictLayout::Keys { keys, values, size, lookup, of_others, entries } => {
                let keys = self.load(heap, types::I64, dict, keys);
                let lookup = self.load(heap, types::I64, keys, lookup);
                let others = self.is_object(lookup, of_others);
                self.only_if(others, false, missed);
                let size = self.load(heap, types::I64, keys, size);
                let small =
                    self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, size, i64::from(index));
                self.only_if(small, false, missed);
                let key = self.load(heap, types::I64, keys, entries + entry + KEY);
                let same = self.is_object(key, name);
                self.only_if(same, true, missed);
                let values = self.load(heap, types::I64, dict, values);
                let (apart, together) = (self.builder.create_block(), self.builder.create_block());
                let done = self.builder.create_block();
                let value = self.builder.append_block_param(done, types::I64);
                self.builder.ins().brif(values, apart, &[], together, &[]);
                self.builder.switch_to_block(apart);
                let found = self.builder.ins().iadd_imm_s(values, i64::from(index) * 8);
                self.builder.ins().jump(done, &[found.into()]);
                self.builder.switch_to_block(together);
                let found = self.builder.ins().iadd_imm_s(keys, i64::from(entries + entry + VALUE));
                self.builder.ins().jump(done, &[found.into()]);
                self.builder.switch_to_block(done);
                value
            }
        }
    }

    /// Goes on when a dict, which may be NULL, certainly lacks the name.
    fn unless_in_dict(
        &mut self,
        heap: Heap,
        layout: &AttributeLayout,
        dict: ir::Value,
        (name, hash): (usize, u64),
        missed: ir::Block,
    ) -> Result<()> {
        let (there, lacks) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(dict, there, &[], lacks, &[]);
        self.builder.switch_to_block(there);
        // Most often the first entry to look at is free.
        let (entries, mask) = match layout.dict {
            DictLayout::Table { mask, table, lookup, of_strings } => {
                let lookup = self.load(heap, types::I64, dict, lookup);
                let fits = self.is_object(lookup, of_strings);
                self.only_if(fits, true, missed);
                let mask = self.load(heap, types::I64, dict, mask);
                (self.load(heap, types::I64, dict, table), mask)
            }
            DictLayout::Keys { keys, size, lookup, of_others, entries, .. } => {
                let keys = self.load(heap, types::I64, dict, keys);
                let lookup = self.load(heap, types::I64, keys, lookup);
                let others = self.is_object(lookup, of_others);
                self.only_if(others, false, missed);
                let size = self.load(heap, types::I64, keys, size);
                let mask = self.builder.ins().iadd_imm_s(size, -1);
                (self.builder.ins().iadd_imm_s(keys, i64::from(entries)), mask)
            }
        };
        let hash = self.int(hash as i64);
        let index = self.builder.ins().band(hash, mask);
        let offset = self.builder.ins().imul_imm_s(index, i64::from(ENTRY));
        let entry = self.builder.ins().iadd(entries, offset);
        let key = self.load(heap, types::I64, entry, KEY);
        let taken = self.builder.create_block();
        self.builder.ins().brif(key, taken, &[], lacks, &[]);
        self.builder.switch_to_block(taken);
        let name = self.address(name);
        let certain = self.call_for(layout.dict_lacks, &[dict, name], types::I64)?;
        self.builder.ins().brif(certain, lacks, &[], missed, &[]);
        self.builder.switch_to_block(lacks);
        Ok(())
    }
}
