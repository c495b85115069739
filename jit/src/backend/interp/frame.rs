//! The frame's own memory: locals, operand stack, `f_lasti`, marks of names; and the cells and flags of the
//! evaluator.

use super::calls::call;
use super::machine::Machine;
use super::memory::item;
use crate::hir::{Helper, PC_IN_FRAME, SideExit, ValueId};
use crate::host::Periodic;

impl Machine<'_> {
    fn place_of_local(&self, slot: u32) -> u64 {
        let locals = self.frame.wrapping_add_signed(i64::from(self.program.host.layout.frame_locals));
        item(locals, slot.into())
    }

    /// What a local holds: borrowed, or NULL.
    pub fn local(&self, slot: u32) -> u64 {
        self.load(self.place_of_local(slot), 0)
    }

    /// Has a local hold something; what it held is not released.
    pub fn set_local(&self, slot: u32, object: u64) {
        self.store(self.place_of_local(slot), 0, object);
    }

    /// `Insn::FillLocal`.
    pub fn fill_local(&self, slot: u32, value: ValueId) {
        if self.local(slot) == 0 {
            self.set_local(slot, self.boxed(value));
        }
    }

    /// `Insn::ClearLocal`.
    pub fn clear_local(&self, slot: u32) {
        let former = self.local(slot);
        self.set_local(slot, 0);
        self.release_simple(former);
    }

    /// `Insn::CopyLocal`.
    pub fn copy_local(&self, from: u32, to: u32) {
        let (object, former) = (self.local(from), self.local(to));
        if object != 0 {
            self.new_ref(object);
        }
        self.set_local(to, object);
        self.release_simple(former);
    }

    /// The address of a place on the operand stack.
    pub fn stack(&self, index: u32) -> u64 {
        item(self.load(self.frame, self.program.host.layout.frame_value_stack), index.into())
    }

    /// Has `f_lasti` say that the instruction at `pc` executes.
    pub fn set_lasti(&self, pc: u32) {
        if pc != PC_IN_FRAME {
            self.store_int(self.frame, self.program.host.layout.frame_lasti, pc as i32);
        }
    }

    /// Has `f_lasti` say which loop runs, if nothing else does.
    pub fn note_turn(&self, exit: SideExit) {
        if let Some(&pc) = self.program.turns.get(&exit.state) {
            self.set_lasti(pc);
        }
    }

    /// The address of the mark of a tracked name's slot.
    fn mark(&self, slot: u32) -> u64 {
        self.word(self.program.marks.0) + u64::from(slot - self.program.function.locals)
    }

    /// `Insn::MarkName`.
    pub fn mark_name(&self, slot: u32, lacks: bool) {
        self.store_byte(self.mark(slot), 0, lacks.into());
    }

    /// `Insn::FillName`.
    pub fn fill_name(&self, slot: u32, value: ValueId) {
        if self.load_byte(self.mark(slot), 0) == 0 {
            return;
        }
        let name = self.program.function.tracked_name(slot).unwrap_or_default();
        let object = self.boxed(value);
        call((self.program.host.helper)(Helper::SetName), &[self.frame, object, name as u64]);
        self.mark_name(slot, false);
        self.release_simple(object);
    }

    /// `Insn::PeriodicDue`.
    pub fn is_periodic_work_due(&self) -> bool {
        match self.program.host.periodic {
            Periodic::Ticker(ticker) => self.add_to_int(ticker, -1) < 0,
            Periodic::Breaker(breaker) => self.load_shared(breaker) != 0,
        }
    }

    /// Whether this version is valid.
    pub fn is_valid(&self) -> bool {
        self.program.valid_flag == 0 || self.load_byte(self.program.valid_flag as u64, 0) != 0
    }

    /// Counts down; whether it is at the end of the interval, where it begins again.
    pub fn count_down(&self, counter: usize, interval: u32) -> bool {
        let is_at_end = self.add_to_int(counter, -1) == 0;
        if is_at_end {
            self.store_int(counter as u64, 0, interval as i32);
        }
        is_at_end
    }

    /// `Insn::StressInvalidate`.
    pub fn stress_invalidate(&self, counter: usize, interval: u32) {
        let flag = self.program.valid_flag;
        if flag != 0 && self.count_down(counter, interval) {
            self.store_byte(flag as u64, 0, 0);
        }
    }
}
