//! Yields that need no exit, in machine code.

use super::Result;
use super::lower::Lowering;
use crate::backend::YIELDED;
use crate::exit::{Suspended, without_exit};
use crate::hir::{Heap, SideExit};
use cranelift_codegen::ir::{self, types};

impl Lowering<'_> {
    /// Suspends the frame, if the exit is a yield and can do without.
    pub fn yield_without_exit(&mut self, exit: SideExit) -> Result<bool> {
        let Some(layout) = &self.host.suspension else { return Ok(false) };
        let Some(suspension) = without_exit(self.function, exit) else { return Ok(false) };
        let state = self.function.state(exit.state);
        for (slot, value) in suspension.fills {
            self.fill_local(slot, value)?;
        }
        let mut objects = Vec::with_capacity(suspension.operands.len());
        for source in suspension.operands {
            objects.push(self.operand_of_suspended(source)?);
        }
        let Some(yielded) = objects.pop() else { return Ok(false) };
        let stack = self.value_stack();
        for (index, &object) in objects.iter().enumerate() {
            self.store(Heap::Stack, object, stack, index as i32 * 8);
        }
        let top = self.builder.ins().iadd_imm_s(stack, objects.len() as i64 * 8);
        self.store(Heap::Frame, top, self.frame, layout.frame_stack_top);
        if self.ticket != 0 {
            let ticket = match suspension.place {
                Some(place) => {
                    let word = self.address(self.ticket);
                    let base = self.load(Heap::Cell, types::I64, word, 0);
                    let place = self.int(place as i64);
                    self.builder.ins().bor(base, place)
                }
                None => self.int(0),
            };
            self.store(Heap::Stack, ticket, stack, objects.len() as i32 * 8);
        }
        for (index, block) in state.blocks.iter().enumerate() {
            for (part, word) in (layout.block)(block).into_iter().enumerate() {
                let at = layout.frame_blocks + (index * 3 + part) as i32 * 4;
                self.store_word(word, at);
            }
        }
        self.store_word(state.blocks.len() as i32, layout.frame_block_count);
        self.store_word(suspension.lasti, self.host.layout.frame_lasti);
        self.store(Heap::Buffer, yielded, self.buffer, 0);
        let result = self.int(YIELDED as i64);
        self.builder.ins().return_(&[result]);
        Ok(true)
    }

    /// A new reference for the stack of a suspended frame, or the one that is handed over.
    fn operand_of_suspended(&mut self, source: Suspended) -> Result<ir::Value> {
        match source {
            Suspended::Owned(value) => self.value(value),
            Suspended::Null => Ok(self.int(0)),
            Suspended::Number(value) => self.box_value(value),
            Suspended::Borrowed(value) => self.new_ref(value),
            Suspended::Local(slot) => {
                let object = self.load_local(slot)?;
                self.incref_object(object)?;
                Ok(object)
            }
        }
    }

    /// Stores a C int in the frame.
    fn store_word(&mut self, word: i32, offset: i32) {
        let word = self.builder.ins().iconst(types::I32, i64::from(word));
        self.store(Heap::Frame, word, self.frame, offset);
    }
}
