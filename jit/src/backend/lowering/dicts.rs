//! Dicts in line: an entry proves itself by its key.

use super::Result;
use super::lower::Lowering;
use crate::hir::{AttributeSite, Heap};
use crate::host::{AttributeLayout, DictLayout};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// Bytes of an entry of a dict: hash, key, value.
const ENTRY: i32 = 24;
const HASH: i32 = 0;
const KEY: i32 = 8;
const VALUE: i32 = 16;

/// Entries that are looked at for a name that a dict most probably lacks.
const LOOKS: usize = 3;

/// Entries of the smallest table of shared keys (`PyDict_MINSIZE_SPLIT` of dictobject.c), few of which are
/// free.
const FEW: i32 = 4;

/// Where a dict looks for a key with this hash first: its mask says how much of that counts.
fn first_places(hash: u64) -> [u64; LOOKS] {
    let (mut place, mut perturbation) = (hash, hash);
    std::array::from_fn(|look| {
        if look != 0 {
            place = place.wrapping_mul(5).wrapping_add(perturbation).wrapping_add(1);
            perturbation >>= 5;
        }
        place
    })
}

impl Lowering<'_> {
    /// Goes on unless a pointer is NULL.
    pub(super) fn unless_null(&mut self, pointer: ir::Value, missed: ir::Block) {
        let next = self.builder.create_block();
        self.builder.ins().brif(pointer, next, &[], missed, &[]);
        self.builder.switch_to_block(next);
    }

    /// Goes on when a condition is as expected.
    pub(super) fn only_if(&mut self, condition: ir::Value, expected: bool, missed: ir::Block) {
        let next = self.builder.create_block();
        let (then, otherwise) = if expected { (next, missed) } else { (missed, next) };
        self.builder.ins().brif(condition, then, &[], otherwise, &[]);
        self.builder.switch_to_block(next);
    }

    /// Where an entry of a dict has its value, which may be NULL, if it is that of the name, by its identity.
    ///
    /// Only in dicts with nothing but `str` keys is that what the dict's own lookup finds.
    pub(super) fn field_in_dict(
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
            DictLayout::Table { mask, table, .. } => {
                self.only_plain(heap, layout, dict, missed);
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
            DictLayout::Keys { keys, values, size, entries, .. } => {
                self.only_plain(heap, layout, dict, missed);
                let keys = self.load(heap, types::I64, dict, keys);
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
    pub(super) fn unless_in_dict(
        &mut self,
        heap: Heap,
        layout: &AttributeLayout,
        dict: ir::Value,
        (name, hash): (usize, u64),
        missed: ir::Block,
    ) -> Result<()> {
        let lacks = self.builder.create_block();
        let is_there = self.known.is_there(dict);
        let mark = self.known.mark();
        if !is_there {
            let there = self.builder.create_block();
            self.builder.ins().brif(dict, there, &[], lacks, &[]);
            self.builder.switch_to_block(there);
        }
        let ask = self.builder.create_block();
        let (entries, mask) = self.entries(heap, &layout.dict, dict, missed);
        for (index, place) in first_places(hash).into_iter().enumerate() {
            let (entry, _) = self.entry(entries, mask, place);
            let key = self.load(heap, types::I64, entry, KEY);
            let taken = self.builder.create_block();
            self.builder.ins().brif(key, taken, &[], lacks, &[]);
            self.builder.switch_to_block(taken);
            if index + 1 == LOOKS {
                self.look_everywhere(heap, &layout.dict, (entries, mask), hash, (lacks, ask));
            } else {
                let of_key = self.load(heap, types::I64, entry, HASH);
                let hash = self.int(hash as i64);
                let same = self.builder.ins().icmp(IntCC::Equal, of_key, hash);
                let next = self.builder.create_block();
                self.builder.ins().brif(same, ask, &[], next, &[]);
                self.builder.switch_to_block(next);
            }
        }
        self.builder.switch_to_block(ask);
        let name = self.address(name);
        let certain = self.call_for(layout.dict_lacks, &[dict, name], types::I64)?;
        self.builder.ins().brif(certain, lacks, &[], missed, &[]);
        self.builder.switch_to_block(lacks);
        if !is_there {
            self.known.forget_since(mark);
        }
        Ok(())
    }

    /// Goes to the first of two blocks where no entry of a small table has a key with this hash, else to the
    /// other.
    fn look_everywhere(
        &mut self,
        heap: Heap,
        layout: &DictLayout,
        (entries, mask): (ir::Value, ir::Value),
        hash: u64,
        (lacks, ask): (ir::Block, ir::Block),
    ) {
        if let DictLayout::Table { .. } = layout {
            self.builder.ins().jump(ask, &[]);
            return;
        }
        let hash = self.int(hash as i64);
        for (first, size) in [(0, FEW), (FEW, 2 * FEW)] {
            let most = i64::from(size) - 1;
            let is_small = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, mask, most);
            if first != 0 {
                self.only_if(is_small, true, ask);
            }
            for index in first..size {
                let of_key = self.load(heap, types::I64, entries, index * ENTRY + HASH);
                let same = self.builder.ins().icmp(IntCC::Equal, of_key, hash);
                self.only_if(same, false, ask);
            }
            if first != 0 {
                self.builder.ins().jump(lacks, &[]);
            } else {
                let next = self.builder.create_block();
                self.builder.ins().brif(is_small, lacks, &[], next, &[]);
                self.builder.switch_to_block(next);
            }
        }
    }

    /// Goes on with a dict that finds `str` keys as they lie.
    fn only_plain(&mut self, heap: Heap, layout: &DictLayout, dict: ir::Value, missed: ir::Block) {
        if self.known.is_plain(dict) {
            return;
        }
        match *layout {
            DictLayout::Table { lookup, of_strings, .. } => {
                let lookup = self.load(heap, types::I64, dict, lookup);
                let fits = self.is_object(lookup, of_strings);
                self.only_if(fits, true, missed);
            }
            DictLayout::Keys { keys, lookup, of_others, .. } => {
                let keys = self.load(heap, types::I64, dict, keys);
                let lookup = self.load(heap, types::I64, keys, lookup);
                let others = self.is_object(lookup, of_others);
                self.only_if(others, false, missed);
            }
        }
        self.known.add_plain(dict);
    }

    /// The entry that a dict looks at first for a name with this hash, and its index; on 3.x its value may be
    /// elsewhere.
    fn first_entry(
        &mut self,
        heap: Heap,
        layout: &DictLayout,
        dict: ir::Value,
        hash: u64,
        missed: ir::Block,
    ) -> (ir::Value, ir::Value) {
        let (entries, mask) = self.entries(heap, layout, dict, missed);
        self.entry(entries, mask, hash)
    }

    /// The entries of a dict, and the mask of places in it.
    fn entries(
        &mut self,
        heap: Heap,
        layout: &DictLayout,
        dict: ir::Value,
        missed: ir::Block,
    ) -> (ir::Value, ir::Value) {
        self.only_plain(heap, layout, dict, missed);
        match *layout {
            DictLayout::Table { mask, table, .. } => {
                let mask = self.load(heap, types::I64, dict, mask);
                (self.load(heap, types::I64, dict, table), mask)
            }
            DictLayout::Keys { keys, size, entries, .. } => {
                let keys = self.load(heap, types::I64, dict, keys);
                let size = self.load(heap, types::I64, keys, size);
                let mask = self.builder.ins().iadd_imm_s(size, -1);
                (self.builder.ins().iadd_imm_s(keys, i64::from(entries)), mask)
            }
        }
    }

    /// The entry at a place, of which the mask says what counts, and its index.
    fn entry(&mut self, entries: ir::Value, mask: ir::Value, place: u64) -> (ir::Value, ir::Value) {
        let place = self.int(place as i64);
        let index = self.builder.ins().band(place, mask);
        let offset = self.builder.ins().imul_imm_s(index, i64::from(ENTRY));
        (self.builder.ins().iadd(entries, offset), index)
    }

    /// Puts a value, whose reference is taken over, under a new key in a dict of attributes: in line where
    /// the first entry to look at is free and the table need not grow.
    pub(super) fn insert_in_dict(
        &mut self,
        site: &AttributeSite,
        layout: &AttributeLayout,
        dict: ir::Value,
        value: ir::Value,
        missed: ir::Block,
    ) -> Result<()> {
        let heap = Heap::Attributes;
        let AttributeLayout { dict_insert, dict: ref layout, .. } = *layout;
        let (entry, index) = self.first_entry(heap, layout, dict, site.hash, missed);
        let done = self.builder.create_block();
        let not_there = missed;
        let missed = match layout {
            DictLayout::Table { .. } => self.cold_block(),
            DictLayout::Keys { .. } => not_there,
        };
        let key = self.load(heap, types::I64, entry, KEY);
        self.only_if(key, false, missed);
        let place = match *layout {
            DictLayout::Table { mask, fill, .. } => {
                let mask = self.load(heap, types::I64, dict, mask);
                let before = self.load(heap, types::I64, dict, fill);
                let after = self.builder.ins().iadd_imm_s(before, 1);
                let size = self.builder.ins().iadd_imm_s(mask, 1);
                let threefold = self.builder.ins().imul_imm_s(after, 3);
                let twofold = self.builder.ins().ishl_imm_u(size, 1);
                let grows = self.builder.ins().icmp(IntCC::SignedGreaterThanOrEqual, threefold, twofold);
                self.only_if(grows, false, missed);
                self.store(heap, after, dict, fill);
                self.builder.ins().iadd_imm_s(entry, i64::from(VALUE))
            }
            DictLayout::Keys { keys, values, usable, .. } => {
                let keys = self.load(heap, types::I64, dict, keys);
                let before = self.load(heap, types::I64, keys, usable);
                let is_room = self.builder.ins().icmp_imm_s(IntCC::SignedGreaterThan, before, 0);
                self.only_if(is_room, true, missed);
                let after = self.builder.ins().iadd_imm_s(before, -1);
                self.store(heap, after, keys, usable);
                let values = self.load(heap, types::I64, dict, values);
                let offset = self.builder.ins().ishl_imm_u(index, 3);
                let apart = self.builder.ins().iadd(values, offset);
                let together = self.builder.ins().iadd_imm_s(entry, i64::from(VALUE));
                self.builder.ins().select(values, apart, together)
            }
        };
        let (name, hash) = (self.address(site.name), self.int(site.hash as i64));
        self.incref_object(name)?;
        self.store(heap, hash, entry, HASH);
        self.store(heap, name, entry, KEY);
        self.store(heap, value, place, 0);
        self.count_used(layout, dict);
        self.builder.ins().jump(done, &[]);
        if let DictLayout::Table { .. } = layout {
            self.builder.switch_to_block(missed);
            let name = self.address(site.name);
            let inserted = self.call_for(dict_insert, &[dict, name, value], types::I64)?;
            self.builder.ins().brif(inserted, done, &[], not_there, &[]);
        }
        self.builder.switch_to_block(done);
        Ok(())
    }

    /// Counts one more entry of a dict of attributes.
    pub(super) fn count_used(&mut self, layout: &DictLayout, dict: ir::Value) {
        let (DictLayout::Table { used, .. } | DictLayout::Keys { used, .. }) = *layout;
        let before = self.load(Heap::Attributes, types::I64, dict, used);
        let after = self.builder.ins().iadd_imm_s(before, 1);
        self.store(Heap::Attributes, after, dict, used);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `lookdict` goes on in a table with this mask.
    fn looked_at(hash: u64, mask: u64) -> [u64; LOOKS] {
        let mut index = hash & mask;
        let mut perturbation = hash;
        let mut places = [index; LOOKS];
        for place in &mut places[1..] {
            index = (index << 2).wrapping_add(index).wrapping_add(perturbation).wrapping_add(1);
            perturbation >>= 5;
            *place = index & mask;
        }
        places
    }

    #[test]
    fn places_are_those_that_a_dict_looks_at() {
        for hash in [0, 1, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0001, u64::MAX - 1, 0x1234_5678_9abc_def0]
        {
            for mask in [7, 15, 1023, u64::from(u32::MAX)] {
                assert_eq!(first_places(hash).map(|place| place & mask), looked_at(hash, mask));
            }
        }
    }
}
