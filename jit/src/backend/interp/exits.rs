//! The ways out: the frame returns, yields, or goes on in the interpreter.

use super::machine::Machine;
use super::program::Yield;
use crate::backend::YIELDED;
use crate::exit::Suspended;
use crate::hir::SideExit;

impl Machine<'_> {
    /// `Insn::Return`; what the stub returns.
    pub fn return_object(&self, object: u64, pc: u32) -> u64 {
        self.set_lasti(pc);
        self.store(self.buffer, 0, object);
        0
    }

    /// Leaves what an exit leaves in the buffer; what the stub returns.
    pub fn leave(&self, exit: SideExit) -> u64 {
        let program = self.program;
        let Some(left) = program.exits.get(&(exit.state, exit.reason)) else {
            unreachable!("{exit:?} is not planned")
        };
        let contents = &program.contents[left.contents as usize];
        let words = &contents.words;
        for (index, &word) in (0..).zip(words) {
            self.store(self.buffer, index * 8, self.get(word));
        }
        if contents.marks {
            let (first, count) = program.marks;
            for index in 0..count {
                let marks = self.load(self.word(first + index), 0);
                self.store(self.buffer, (words.len() + index) as i32 * 8, marks);
            }
        }
        u64::from(left.number) + 1
    }

    /// Leaves the frame as the interpreter would, at a yield that needs no exit; what the stub returns.
    pub fn suspend(&self, Yield { suspension, blocks }: &Yield) -> u64 {
        let program = self.program;
        let Some(layout) = program.host.suspension else { unreachable!("no frame is suspended here") };
        for &(slot, value) in &suspension.fills {
            self.fill_local(slot, value);
        }
        let Some((&yielded, below)) = suspension.operands.split_last() else {
            unreachable!("nothing is yielded")
        };
        for (index, &source) in (0..).zip(below) {
            self.store(self.stack(index), 0, self.operand_of_suspended(source));
        }
        let yielded = self.operand_of_suspended(yielded);
        self.store(self.frame, layout.frame_stack_top, self.stack(below.len() as u32));
        if program.ticket != 0 {
            let ticket = suspension.place.map_or(0, |place| self.load(program.ticket as u64, 0) | place);
            self.store(self.stack(below.len() as u32), 0, ticket);
        }
        for (index, block) in (0..).zip(blocks) {
            for (part, &word) in (0..).zip(block) {
                self.store_int(self.frame, layout.frame_blocks + (index * 3 + part) * 4, word);
            }
        }
        self.store_int(self.frame, layout.frame_block_count, blocks.len() as i32);
        self.store_int(self.frame, program.host.layout.frame_lasti, suspension.lasti);
        self.store(self.buffer, 0, yielded);
        YIELDED
    }

    /// A reference for the stack of a suspended frame.
    fn operand_of_suspended(&self, source: Suspended) -> u64 {
        match source {
            Suspended::Owned(value) => self.get(value),
            Suspended::Borrowed(value) => self.new_ref(self.get(value)),
            Suspended::Null => 0,
            Suspended::Number(value) => self.boxed(value),
            Suspended::Local(slot) => self.new_ref(self.local(slot)),
        }
    }
}
