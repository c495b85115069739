//! A function with the values alone that its evaluation has: most of those ever made are dead by now.

use super::program::Yield;
use crate::exit::{Contents, Suspended};
use crate::hir::{Block, BlockId, Function, Insn, Value, ValueId};
use std::collections::HashMap;
use std::mem;

/// Gives the values of a function other numbers.
pub(super) struct Compaction<'a> {
    function: &'a Function,
    numbers: Vec<Option<ValueId>>,
    values: Vec<Value>,
    /// What they were, by their new numbers.
    originals: Vec<ValueId>,
}

impl<'a> Compaction<'a> {
    /// Of a function in which no value has a new number yet.
    pub fn new(function: &'a Function) -> Compaction<'a> {
        let numbers = vec![None; function.values.len()];
        Compaction { function, numbers, values: Vec::new(), originals: Vec::new() }
    }

    /// The new number of a value.
    fn number(&mut self, value: ValueId) -> ValueId {
        *self.numbers[value.index()].get_or_insert_with(|| {
            self.values.push(self.function.value(value).clone());
            self.originals.push(value);
            ValueId(self.originals.len() as u32 - 1)
        })
    }

    /// Changes what an exit leaves.
    pub fn contents(&mut self, contents: &mut Contents) {
        contents.words.iter_mut().for_each(|word| *word = self.number(*word));
    }

    /// Changes what yields leave.
    pub fn yields(&mut self, yields: HashMap<ValueId, Yield>) -> HashMap<ValueId, Yield> {
        let changed = yields.into_iter().map(|(exit, mut to)| {
            to.suspension.fills.iter_mut().for_each(|(_, value)| *value = self.number(*value));
            for operand in &mut to.suspension.operands {
                match operand {
                    Suspended::Owned(value) | Suspended::Borrowed(value) | Suspended::Number(value) => {
                        *value = self.number(*value);
                    }
                    Suspended::Null | Suspended::Local(_) => {}
                }
            }
            (self.number(exit), to)
        });
        changed.collect()
    }

    /// The function with the blocks that can be reached and no frame states, and what its values were.
    pub fn finish(mut self) -> (Function, Vec<ValueId>) {
        let function = self.function;
        let mut blocks = vec![Block::default(); function.blocks.len()];
        for id in function.reverse_postorder() {
            blocks[id.index()] = self.block(id);
        }
        let mut next = 0;
        // Constants among the operands are added meanwhile.
        while next < self.values.len() {
            let mut insn = mem::replace(&mut self.values[next].insn, Insn::Null);
            insn.each_operand(|value| *value = self.number(*value));
            self.values[next].insn = insn;
            next += 1;
        }
        self.values.shrink_to_fit();
        self.originals.shrink_to_fit();
        let function = Function {
            name: function.name.clone(),
            values: self.values,
            blocks,
            entries: function.entries.clone(),
            locals: function.locals,
            tracked: function.tracked.clone(),
            attributes: function.attributes.clone(),
            globals: function.globals.clone(),
            ..Function::default()
        };
        (function, self.originals)
    }

    fn block(&mut self, id: BlockId) -> Block {
        let block = self.function.block(id);
        let params = block.params.iter().map(|value| self.number(*value)).collect();
        let insns = block.insns.iter().map(|value| self.number(*value)).collect();
        Block { params, insns, entry_state: None, cold: block.cold }
    }
}
