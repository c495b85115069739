//! Lists, tuples and iterators whose layout is known.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Heap, SideExit, Type, ValueId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// Offsets of the fields of a list or tuple iterator, and what it iterates over.
struct SequenceIterator {
    index: i32,
    sequence: i32,
    kind: Type,
}

impl Lowering<'_> {
    fn sequence_iterator(&self, kind: Type) -> Result<SequenceIterator> {
        let layout = &self.host.layout;
        match kind {
            Type::LIST_ITER => Ok(SequenceIterator {
                index: layout.list_iter_index,
                sequence: layout.list_iter_seq,
                kind: Type::LIST,
            }),
            Type::TUPLE_ITER => Ok(SequenceIterator {
                index: layout.tuple_iter_index,
                sequence: layout.tuple_iter_seq,
                kind: Type::TUPLE,
            }),
            other => Err(backend_error(format!("{other:?} is no iterator over a list or tuple"))),
        }
    }

    /// `Insn::IterHasNext`.
    pub fn iter_has_next(&mut self, iterator: ValueId, kind: Type) -> Result<ir::Value> {
        let iterator = self.value(iterator)?;
        if kind == Type::RANGE_ITER {
            let layout = &self.host.layout;
            let index = self.load(Heap::Iterator, types::I64, iterator, layout.range_iter_index);
            let length = self.load(Heap::Iterator, types::I64, iterator, layout.range_iter_len);
            return Ok(self.builder.ins().icmp(IntCC::SignedLessThan, index, length));
        }
        let fields = self.sequence_iterator(kind)?;
        let index = self.load(Heap::Iterator, types::I64, iterator, fields.index);
        let sequence = self.load(Heap::Iterator, types::I64, iterator, fields.sequence);
        let alive = self.builder.ins().icmp_imm_s(IntCC::NotEqual, sequence, 0);
        // Without a sequence the size is read from the iterator itself, which is large enough,
        // and then ignored: that is cheaper than to branch around it.
        let sized = self.builder.ins().select(alive, sequence, iterator);
        let size = self.load(Heap::Sequence, types::I64, sized, self.host.layout.ob_size);
        let inside = self.builder.ins().icmp(IntCC::UnsignedLessThan, index, size);
        Ok(self.builder.ins().band(alive, inside))
    }

    /// `Insn::IterTake`.
    pub fn iter_take(&mut self, iterator: ValueId, kind: Type) -> Result<ir::Value> {
        let iterator = self.value(iterator)?;
        let fields = self.sequence_iterator(kind)?;
        let index = self.load(Heap::Iterator, types::I64, iterator, fields.index);
        let sequence = self.load(Heap::Iterator, types::I64, iterator, fields.sequence);
        let (items, offset) = self.item_address(fields.kind, sequence, index)?;
        let item = self.load(Heap::Items, types::I64, items, offset);
        self.incref_object(item)?;
        let next = self.builder.ins().iadd_imm_s(index, 1);
        self.store(Heap::Iterator, next, iterator, fields.index);
        Ok(item)
    }

    /// `Insn::RangeTake`.
    pub fn range_take(&mut self, iterator: ValueId) -> Result<ir::Value> {
        let iterator = self.value(iterator)?;
        let layout = &self.host.layout;
        let index = self.load(Heap::Iterator, types::I64, iterator, layout.range_iter_index);
        let start = self.load(Heap::Iterator, types::I64, iterator, layout.range_iter_start);
        let step = self.load(Heap::Iterator, types::I64, iterator, layout.range_iter_step);
        let next = self.builder.ins().iadd_imm_s(index, 1);
        self.store(Heap::Iterator, next, iterator, layout.range_iter_index);
        let distance = self.builder.ins().imul(index, step);
        Ok(self.builder.ins().iadd(start, distance))
    }

    /// `Insn::NewRange` from, to, and by these.
    pub fn new_range(&mut self, bounds: [ValueId; 3], most: i64, exit: SideExit) -> Result<ir::Value> {
        let mut arguments = Vec::with_capacity(4);
        for bound in bounds {
            arguments.push(self.value(bound)?);
        }
        arguments.push(self.int(most));
        let iterator = self.call_for(self.host.new_range, &arguments, types::I64)?;
        self.exit_if_zero(iterator, exit)?;
        Ok(iterator)
    }

    /// `Insn::EnumerateIndex`.
    pub fn enumerate_index(&mut self) -> ir::Value {
        let cell = self.address(self.host.enumerated);
        self.load(Heap::Cell, types::I64, cell, 0)
    }

    /// Where an item is: a base and an offset from it.
    fn item_address(
        &mut self,
        kind: Type,
        sequence: ir::Value,
        index: ir::Value,
    ) -> Result<(ir::Value, i32)> {
        let (items, offset) = match kind {
            Type::LIST => (self.load(Heap::Sequence, types::I64, sequence, self.host.layout.list_items), 0),
            Type::TUPLE => (sequence, self.host.layout.tuple_items),
            Type::SEQUENCE => (self.items_of_either(sequence), 0),
            other => return Err(backend_error(format!("{other:?} has no items"))),
        };
        let distance = self.builder.ins().ishl_imm_u(index, 3);
        Ok((self.builder.ins().iadd(items, distance), offset))
    }

    /// Where the first item of a list or tuple is, which has one.
    fn items_of_either(&mut self, sequence: ir::Value) -> ir::Value {
        if let Some(items) = self.known.items(sequence) {
            return items;
        }
        let is_list = self.is_of_type(sequence, Type::LIST);
        // In a tuple, that is an item.
        let of_list = self.load(Heap::Sequence, types::I64, sequence, self.host.layout.list_items);
        let of_tuple = self.builder.ins().iadd_imm_s(sequence, i64::from(self.host.layout.tuple_items));
        let items = self.builder.ins().select(is_list, of_list, of_tuple);
        self.known.add_items(sequence, items);
        items
    }

    /// The address of the item at a Python index, after leaving when there is none.
    fn checked_item(
        &mut self,
        kind: Type,
        sequence: ir::Value,
        index: ValueId,
        exit: SideExit,
    ) -> Result<(ir::Value, i32)> {
        let position = self.checked_position(sequence, index, exit)?;
        self.item_address(kind, sequence, position)
    }

    /// A Python index of what has its length in `ob_size` from the start, after leaving when there is no such
    /// item.
    pub(super) fn checked_position(
        &mut self,
        sequence: ir::Value,
        index: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let position = self.value(index)?;
        let size = self.load(Heap::Sequence, types::I64, sequence, self.host.layout.ob_size);
        let position = match self.constant_int(index) {
            Some(0..) => position,
            Some(_) => self.builder.ins().iadd(position, size),
            None => {
                let from_end = self.builder.ins().iadd(position, size);
                let negative = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, position, 0);
                self.builder.ins().select(negative, from_end, position)
            }
        };
        let inside = self.builder.ins().icmp(IntCC::UnsignedLessThan, position, size);
        self.exit_if_zero(inside, exit)?;
        Ok(position)
    }

    /// `Insn::SequenceItem`.
    pub fn sequence_item(
        &mut self,
        kind: Type,
        container: ValueId,
        index: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let container = self.value(container)?;
        let (items, offset) = self.checked_item(kind, container, index, exit)?;
        Ok(self.load(Heap::Items, types::I64, items, offset))
    }

    /// `Insn::SequenceAt`.
    pub fn sequence_at(&mut self, kind: Type, container: ValueId, index: ValueId) -> Result<ir::Value> {
        let (container, index) = (self.value(container)?, self.value(index)?);
        let (items, offset) = self.item_address(kind, container, index)?;
        Ok(self.load(Heap::Items, types::I64, items, offset))
    }

    /// `Insn::ListStore`.
    pub fn list_store(
        &mut self,
        list: ValueId,
        index: ValueId,
        value: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let list = self.value(list)?;
        let (items, offset) = self.checked_item(Type::LIST, list, index, exit)?;
        let former = self.load(Heap::Items, types::I64, items, offset);
        let object = self.value(value)?;
        self.store(Heap::Items, object, items, offset);
        Ok(former)
    }

    /// `Insn::ListPush`.
    pub fn list_push(&mut self, list: ValueId, value: ValueId, exit: SideExit) -> Result<()> {
        let (list, value) = (self.value(list)?, self.value(value)?);
        let layout = &self.host.layout;
        let (allocated, items) = (layout.list_allocated, layout.list_items);
        let size = self.load(Heap::Sequence, types::I64, list, layout.ob_size);
        let allocated = self.load(Heap::Sequence, types::I64, list, allocated);
        let (room, full, done) =
            (self.builder.create_block(), self.cold_block(), self.builder.create_block());
        let is_room = self.builder.ins().icmp(IntCC::SignedLessThan, size, allocated);
        self.builder.ins().brif(is_room, room, &[], full, &[]);

        self.builder.switch_to_block(room);
        let items = self.load(Heap::Sequence, types::I64, list, items);
        let distance = self.builder.ins().ishl_imm_u(size, 3);
        let place = self.builder.ins().iadd(items, distance);
        self.store(Heap::Items, value, place, 0);
        let size = self.builder.ins().iadd_imm_s(size, 1);
        self.store(Heap::Sequence, size, list, self.host.layout.ob_size);
        self.builder.ins().jump(done, &[]);

        self.builder.switch_to_block(full);
        let appended = self.call_for(self.host.list_append, &[list, value], types::I64)?;
        self.exit_if_zero(appended, exit)?;
        self.builder.ins().jump(done, &[]);
        self.builder.switch_to_block(done);
        Ok(())
    }
}
