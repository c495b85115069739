//! Tuples made in line: taken from the interpreter's lists of unused ones.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Heap, Helper, Repr, ValueId};
use crate::host::{CollectorLayout, FreeTuples};
use cranelift_codegen::ir::{self, types};

impl Lowering<'_> {
    /// `Insn::CallStack` of `Helper::BuildTuple`: the helper is called where there is no unused tuple of that
    /// length.
    pub fn build_tuple(&mut self, base: u32, operands: &[ValueId], pc: u32) -> Result<ir::Value> {
        let length = operands.len();
        let made_by_helper = |lowering: &mut Self| {
            lowering.call_stack_helper(Helper::BuildTuple, base, operands, length as i64, pc)
        };
        let lists = self.free_tuples.filter(|lists| (1..lists.lengths).contains(&length));
        let Some(FreeTuples { firsts, counts, collector, .. }) = lists else { return made_by_helper(self) };
        let (taken, made) = (self.builder.create_block(), self.cold_block());
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        let first = self.address(firsts + length * size_of::<usize>());
        let tuple = self.load(Heap::Cell, types::I64, first, 0);
        self.builder.ins().brif(tuple, taken, &[], made, &[]);

        let lasti = self.stored_lasti;
        self.builder.switch_to_block(made);
        let object = made_by_helper(self)?;
        self.builder.ins().jump(done, &[object.into()]);
        // The other way, nothing is stored there.
        self.stored_lasti = lasti.filter(|lasti| self.stored_lasti == Some(*lasti));

        self.builder.switch_to_block(taken);
        let items = self.host.layout.tuple_items;
        let next = self.load(Heap::Items, types::I64, tuple, items);
        self.store(Heap::Cell, next, first, 0);
        self.add_to_count(counts + length * size_of::<i32>(), -1);
        let one = self.int(1);
        self.store(Heap::Refcount, one, tuple, self.host.layout.refcnt);
        for (index, &operand) in operands.iter().enumerate() {
            if self.function.value(operand).repr != Repr::Obj {
                return Err(backend_error(format!("{operand:?}, an item of a tuple, is no object")));
            }
            let item = self.value(operand)?;
            self.store(Heap::Items, item, tuple, items + index as i32 * 8);
        }
        self.track(collector, tuple);
        self.builder.ins().jump(done, &[tuple.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// `_PyObject_GC_TRACK`
    fn track(&mut self, collector: CollectorLayout, object: ir::Value) {
        let CollectorLayout { young, size, next, previous, refs, tracked } = collector;
        let tracked = self.int(tracked);
        self.store(Heap::Cell, tracked, object, refs - size);
        let head = self.builder.ins().iadd_imm_s(object, i64::from(-size));
        let young = self.address(young);
        let last = self.load(Heap::Cell, types::I64, young, previous);
        self.store(Heap::Cell, young, head, next);
        self.store(Heap::Cell, last, head, previous);
        self.store(Heap::Cell, head, last, next);
        self.store(Heap::Cell, head, young, previous);
    }

    /// How many items a tuple has, and where [`Self::item_from_end`] counts from.
    pub fn end_of_tuple(&mut self, tuple: ir::Value) -> (ir::Value, ir::Value) {
        let count = self.load(Heap::Sequence, types::I64, tuple, self.host.layout.ob_size);
        let length = self.builder.ins().ishl_imm_u(count, 3);
        (count, self.builder.ins().iadd(tuple, length))
    }

    /// The item of a tuple with which so many are left, itself included.
    pub fn item_from_end(&mut self, end: ir::Value, left: u32) -> ir::Value {
        self.load(Heap::Items, types::I64, end, self.host.layout.tuple_items - 8 * left as i32)
    }
}
