//! Marks of tracked names: whether a name is bound to an older object than that of its number.
//!
//! They live in the native frame, a byte each, and matter for one run of the code only.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::exit::mark_words;
use crate::hir::{Heap, Helper, ValueId};
use cranelift_codegen::ir::{self, types};

impl Lowering<'_> {
    /// Makes room for the marks; none is set.
    pub fn clear_marks(&mut self) {
        let words = mark_words(self.function);
        if words == 0 {
            return;
        }
        let marks = self.builder.reserve(words as u32);
        self.marks = Some(marks);
        let zero = self.int(0);
        let marks = self.builder.ins().stack_addr(types::I64, marks, 0);
        for word in 0..words {
            self.store(Heap::Marks, zero, marks, word as i32 * 8);
        }
    }

    /// The address of the mark of a slot.
    fn mark(&mut self, slot: u32) -> Result<ir::Value> {
        let index = slot.checked_sub(self.function.locals);
        let index = index.filter(|index| (*index as usize) < self.function.tracked.len());
        let (marks, index) = self
            .marks
            .zip(index)
            .ok_or_else(|| backend_error(format!("slot {slot} is no tracked name's")))?;
        Ok(self.builder.ins().stack_addr(types::I64, marks, index as i32))
    }

    /// `Insn::MarkName`.
    pub fn mark_name(&mut self, slot: u32, lacks: bool) -> Result<()> {
        let address = self.mark(slot)?;
        let mark = self.builder.ins().iconst(types::I8, i64::from(lacks));
        self.store(Heap::Marks, mark, address, 0);
        Ok(())
    }

    /// `Insn::FillName`.
    pub fn fill_name(&mut self, slot: u32, value: ValueId) -> Result<()> {
        let address = self.mark(slot)?;
        let name = self.function.tracked_name(slot);
        let name = name.ok_or_else(|| backend_error(format!("slot {slot} has no name")))?;
        let mark = self.load(Heap::Marks, types::I8, address, 0);
        let lacking = self.builder.create_block();
        let done = self.builder.create_block();
        self.builder.ins().brif(mark, lacking, &[], done, &[]);
        self.builder.switch_to_block(lacking);
        let object = self.box_value(value)?;
        let name = self.int(name as i64);
        self.helper(Helper::SetName, &[self.frame, object, name])?;
        self.mark_name(slot, false)?;
        self.decref_simple(object, done)?;
        self.builder.switch_to_block(done);
        Ok(())
    }

    /// Leaves the marks in the exit buffer, after so many words.
    pub fn leave_marks(&mut self, words: usize) {
        let Some(marks) = self.marks else { return };
        let marks = self.builder.ins().stack_addr(types::I64, marks, 0);
        for word in 0..mark_words(self.function) {
            let bytes = self.load(Heap::Marks, types::I64, marks, word as i32 * 8);
            self.store(Heap::Buffer, bytes, self.buffer, (words + word) as i32 * 8);
        }
    }
}
