//! Side exits: the cold code that leaves the values that each needs.
//!
//! Each exit has a stub that says which one it is; the stores are shared by all exits that
//! leave the same values.

use super::Result;
use super::lower::Lowering;
use crate::exit::{Contents, Plan};
use crate::hir::{Heap, Repr, SideExit};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// The exits made so far.
#[derive(Default)]
pub(super) struct Exits {
    /// What they leave.
    plan: Plan,
    /// Where guards branch to, by number.
    stubs: Vec<ir::Block>,
}

impl Lowering<'_> {
    /// The block to branch to for an exit.
    pub fn exit_stub(&mut self, exit: SideExit) -> Result<ir::Block> {
        let (number, is_new) = self.exits.plan.number(self.function, exit)?;
        if is_new {
            let block = self.cold_block();
            self.exits.stubs.push(block);
        }
        Ok(self.exits.stubs[number])
    }

    /// Leaves when a condition is not zero.
    pub fn exit_if(&mut self, condition: ir::Value, exit: SideExit) -> Result<()> {
        let stub = self.exit_stub(exit)?;
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, stub, &[], next, &[]);
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// Leaves when a condition is zero.
    pub fn exit_if_zero(&mut self, condition: ir::Value, exit: SideExit) -> Result<()> {
        let stub = self.exit_stub(exit)?;
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, next, &[], stub, &[]);
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// Leaves when a C status says that an exception is set.
    pub fn exit_if_negative(&mut self, status: ir::Value, exit: SideExit) -> Result<()> {
        let failed = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, status, 0);
        self.exit_if(failed, exit)
    }

    /// Fills the stubs, once all values are made; what was planned.
    pub fn emit_exits(&mut self) -> Result<Plan> {
        let Exits { plan, stubs } = std::mem::take(&mut self.exits);
        self.builder.begin_exits();
        let contents = plan.contents();
        let mut users = vec![0_usize; contents.len()];
        for number in 0..stubs.len() {
            users[plan.left_by(number)] += 1;
        }
        let mut shared = vec![None; contents.len()];
        for (number, stub) in stubs.into_iter().enumerate() {
            let left = plan.left_by(number);
            self.builder.switch_to_block(stub);
            self.place(plan.bytecode(number));
            let result = self.int(number as i64 + 1);
            if users[left] == 1 {
                self.leave(&contents[left], result)?;
                continue;
            }
            if contents[left].words.is_empty() && !contents[left].marks {
                self.builder.ins().return_(&[result]);
                continue;
            }
            let tail = match shared[left] {
                Some(tail) => tail,
                None => {
                    let tail = self.cold_block();
                    self.builder.append_block_param(tail, types::I64);
                    *shared[left].insert(tail)
                }
            };
            self.builder.ins().jump(tail, &[result.into()]);
        }
        for (tail, contents) in shared.into_iter().zip(contents) {
            let Some(tail) = tail else { continue };
            self.place(None);
            self.builder.switch_to_block(tail);
            let result = self.builder.block_params(tail)[0];
            self.leave(contents, result)?;
        }
        Ok(plan)
    }

    /// Stores the words and returns.
    fn leave(&mut self, contents: &Contents, result: ir::Value) -> Result<()> {
        for (index, &word) in contents.words.iter().enumerate() {
            let value = self.value(word)?;
            let value = match self.function.value(word).repr {
                Repr::Bool => self.builder.ins().uextend(types::I64, value),
                Repr::Obj | Repr::Int | Repr::Float | Repr::Status | Repr::None => value,
            };
            self.store(Heap::Buffer, value, self.buffer, index as i32 * 8);
        }
        if contents.marks {
            self.leave_marks(contents.words.len());
        }
        self.builder.ins().return_(&[result]);
        Ok(())
    }
}
