//! Lists, tuples and iterators whose layout is known, and lengths.

use super::calls::call;
use super::machine::{Machine, Outcome, only_if};
use super::memory::item;
use crate::hir::{SideExit, Type, ValueId};
use crate::host::{CollectorLayout, FreeTuples};

impl Machine<'_> {
    /// `Insn::IterHasNext`.
    pub fn has_next(&self, iterator: u64, kind: Type) -> bool {
        let layout = &self.program.host.layout;
        if kind == Type::RANGE_ITER {
            let index = self.load(iterator, layout.range_iter_index) as i64;
            return index < self.load(iterator, layout.range_iter_len) as i64;
        }
        let (index, sequence) = self.fields_of_iterator(kind);
        let sequence = self.load(iterator, sequence);
        sequence != 0 && self.load(iterator, index) < self.load(sequence, layout.ob_size)
    }

    /// Where an iterator has its index and its list or tuple.
    fn fields_of_iterator(&self, kind: Type) -> (i32, i32) {
        let layout = &self.program.host.layout;
        match kind {
            Type::LIST_ITER => (layout.list_iter_index, layout.list_iter_seq),
            _ => (layout.tuple_iter_index, layout.tuple_iter_seq),
        }
    }

    /// `Insn::IterTake`.
    pub fn take_next(&self, iterator: u64, kind: Type) -> u64 {
        let (place, sequence) = self.fields_of_iterator(kind);
        let (index, sequence) = (self.load(iterator, place), self.load(iterator, sequence));
        let kind = if kind == Type::LIST_ITER { Type::LIST } else { Type::TUPLE };
        let taken = self.new_ref(self.item(kind, sequence, index));
        self.store(iterator, place, index + 1);
        taken
    }

    /// `Insn::RangeTake`.
    pub fn take_of_range(&self, iterator: u64) -> i64 {
        let layout = &self.program.host.layout;
        let [index, start, step] = [layout.range_iter_index, layout.range_iter_start, layout.range_iter_step]
            .map(|field| self.load(iterator, field) as i64);
        self.store(iterator, layout.range_iter_index, (index + 1) as u64);
        start.wrapping_add(index.wrapping_mul(step))
    }

    /// Where a list or tuple has an item.
    fn place(&self, kind: Type, sequence: u64, index: u64) -> u64 {
        let layout = &self.program.host.layout;
        let is_list = kind == Type::LIST || (kind != Type::TUPLE && self.is_of_type(sequence, Type::LIST));
        let items = match is_list {
            true => self.load(sequence, layout.list_items),
            false => sequence.wrapping_add_signed(layout.tuple_items.into()),
        };
        item(items, index)
    }

    /// An item of a list or tuple that has it; borrowed.
    pub fn item(&self, kind: Type, sequence: u64, index: u64) -> u64 {
        self.load(self.place(kind, sequence, index), 0)
    }

    /// The index from the start that a Python index stands for, of what has its length where lists have it.
    pub fn place_of_item(&self, sequence: u64, index: i64, exit: SideExit) -> Outcome<u64> {
        let size = self.load(sequence, self.program.host.layout.ob_size) as i64;
        let from_start = if index < 0 { index + size } else { index };
        only_if((0..size).contains(&from_start), exit)?;
        Ok(from_start as u64)
    }

    /// `Insn::ListStore`.
    pub fn list_store(&self, list: u64, index: i64, value: u64, exit: SideExit) -> Outcome<u64> {
        let index = self.place_of_item(list, index, exit)?;
        let former = self.item(Type::LIST, list, index);
        self.store(self.place(Type::LIST, list, index), 0, value);
        Ok(former)
    }

    /// `Insn::ListPush`.
    pub fn list_push(&self, list: u64, value: u64, exit: SideExit) -> Outcome<()> {
        let host = &self.program.host;
        let size = self.load(list, host.layout.ob_size);
        if (size as i64) < self.load(list, host.layout.list_allocated) as i64 {
            self.store(self.place(Type::LIST, list, size), 0, value);
            self.store(list, host.layout.ob_size, size + 1);
            return Ok(());
        }
        only_if(call(host.list_append, &[list, value]) != 0, exit)
    }

    /// `Insn::ListTake`.
    pub fn list_take(&self, list: u64) -> u64 {
        let layout = &self.program.host.layout;
        let Some(left) = self.load(list, layout.ob_size).checked_sub(1) else { return 0 };
        // `list_resize` keeps the memory while half of it is in use.
        if left < self.load(list, layout.list_allocated) / 2 {
            return 0;
        }
        let last = self.item(Type::LIST, list, left);
        self.store(list, layout.ob_size, left);
        last
    }

    /// A tuple of these from the lists of unused ones, if there is one: `Helper::BuildTuple` without a call.
    pub fn unused_tuple(&self, items: &[ValueId]) -> Option<u64> {
        let FreeTuples { firsts, counts, lengths, collector } = self.program.free_tuples?;
        if !(1..lengths).contains(&items.len()) {
            return None;
        }
        let first = item(firsts as u64, items.len() as u64);
        let tuple = self.load(first, 0);
        if tuple == 0 {
            return None;
        }
        let layout = &self.program.host.layout;
        self.store(first, 0, self.load(tuple, layout.tuple_items));
        self.add_to_int(counts + items.len() * size_of::<i32>(), -1);
        self.store(tuple, layout.refcnt, 1);
        for (index, &value) in (0..).zip(items) {
            self.store(tuple, layout.tuple_items + index * 8, self.get(value));
        }
        let CollectorLayout { young, size, next, previous, refs, tracked } = collector;
        let (young, head) = (young as u64, tuple - size as u64);
        let last = self.load(young, previous);
        self.store(head, refs, tracked as u64);
        self.store(head, next, young);
        self.store(head, previous, last);
        self.store(last, next, head);
        self.store(young, previous, head);
        Some(tuple)
    }

    /// `Insn::Length`.
    pub fn length(&self, kind: Type, container: u64, exit: SideExit) -> Outcome<u64> {
        let layout = &self.program.host.layout;
        let length = match kind {
            Type::DICT => self.load(container, layout.dict_used),
            Type::SET => self.load(container, layout.set_used),
            _ => self.load(container, layout.ob_size),
        };
        // A text of old C code does not know its length yet, where texts can be of several forms.
        let is_known = kind != Type::STR || length != 0 || !self.has_forms_of_text();
        only_if(is_known, exit)?;
        Ok(length)
    }
}
