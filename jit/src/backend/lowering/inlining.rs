//! What takes the place of calls: the callee and the evaluator are as they were, and nothing dies.

use super::Result;
use super::backend_error;
use super::lower::Lowering;
use crate::hir::{Heap, SideExit, Type, ValueId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// Kinds that have a type object of their own, and die without running code.
const QUIET: [Type; 5] = [Type::INT, Type::LONG, Type::FLOAT, Type::STR, Type::UNICODE];

impl Lowering<'_> {
    /// `Insn::GuardCode`.
    pub fn guard_code(&mut self, object: ValueId, code: usize, exit: SideExit) -> Result<ir::Value> {
        let layout = self.host.calls.ok_or_else(|| backend_error("calls are not known"))?;
        let function = self.value(object)?;
        if !self.kind(object).is_subset(Type::FUNCTION) {
            let ty = self.load(Heap::Type, types::I64, function, self.host.layout.ob_type);
            let is_function = self.is_object(ty, (self.host.types)(Type::FUNCTION));
            self.exit_if_zero(is_function, exit)?;
        }
        let actual = self.load(Heap::World, types::I64, function, layout.function_code);
        let word = self.address(code);
        let expected = self.load(Heap::World, types::I64, word, 0);
        let same = self.builder.ins().icmp(IntCC::Equal, actual, expected);
        self.exit_if_zero(same, exit)?;
        Ok(function)
    }

    /// `Insn::GuardGlobals`.
    pub fn guard_globals(&mut self, function: ValueId, exit: SideExit) -> Result<ir::Value> {
        let layout = self.host.calls.ok_or_else(|| backend_error("calls are not known"))?;
        let function = self.value(function)?;
        let globals = self.load(Heap::World, types::I64, function, layout.function_globals);
        let expected = self.load(Heap::Frame, types::I64, self.frame, layout.frame_globals);
        let same = self.builder.ins().icmp(IntCC::Equal, globals, expected);
        self.exit_if_zero(same, exit)?;
        Ok(function)
    }

    /// `Insn::GuardDefaults`.
    pub fn guard_defaults(&mut self, function: ValueId, least: u32, exit: SideExit) -> Result<ir::Value> {
        let layout = self.host.calls.ok_or_else(|| backend_error("calls are not known"))?;
        let function = self.value(function)?;
        let defaults = self.load(Heap::World, types::I64, function, layout.function_defaults);
        self.exit_if_zero(defaults, exit)?;
        let count = self.load(Heap::Sequence, types::I64, defaults, self.host.layout.ob_size);
        let least = i64::from(least);
        let are_enough = self.builder.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, count, least);
        self.exit_if_zero(are_enough, exit)?;
        Ok(function)
    }

    /// `Insn::Default`.
    pub fn default_of(&mut self, function: ValueId, left: u32) -> Result<ir::Value> {
        let layout = self.host.calls.ok_or_else(|| backend_error("calls are not known"))?;
        let function = self.value(function)?;
        let defaults = self.load(Heap::World, types::I64, function, layout.function_defaults);
        let (_, end) = self.end_of_tuple(defaults);
        Ok(self.item_from_end(end, left))
    }

    /// `Insn::CheckCalls`.
    pub fn check_calls(&mut self, frames: u32, exit: SideExit) -> Result<()> {
        let layout = self.host.calls.ok_or_else(|| backend_error("calls are not known"))?;
        let depth = self.load(Heap::Cell, types::I32, self.thread, layout.thread_depth);
        let depth = self.builder.ins().iadd_imm_s(depth, i64::from(frames));
        let limit = self.address(layout.depth_limit);
        let limit = self.load(Heap::Cell, types::I32, limit, 0);
        let has_room = self.builder.ins().icmp(IntCC::SignedLessThan, depth, limit);
        self.exit_if_zero(has_room, exit)?;
        let interpreter = self.load(Heap::Cell, types::I64, self.thread, layout.thread_interpreter);
        let evaluator = self.load(Heap::Cell, types::I64, interpreter, layout.evaluator);
        let default = self.address(layout.default_evaluator);
        let other = self.builder.ins().bxor(evaluator, default);
        let put_off = self.load(Heap::Cell, types::I64, self.thread, layout.thread_put_off);
        let unusual = self.builder.ins().bor(other, put_off);
        let is_usual = self.builder.ins().icmp_imm_s(IntCC::Equal, unusual, 0);
        self.exit_if_zero(is_usual, exit)
    }

    /// `Insn::DecrefShared`.
    pub fn decref_shared(&mut self, value: ValueId, exit: SideExit) -> Result<()> {
        let object = self.value(value)?;
        let leave = self.exit_stub(exit)?;
        let done = self.builder.create_block();
        if self.function.value(value).ty.may_be(Type::NULL) {
            let present = self.builder.create_block();
            self.builder.ins().brif(object, present, &[], done, &[]);
            self.builder.switch_to_block(present);
        }
        let offset = self.host.layout.refcnt;
        let count = self.load(Heap::Refcount, types::I64, object, offset);
        let count = self.builder.ins().iadd_imm_s(count, -1);
        let lives = self.builder.create_block();
        let dies = self.cold_block();
        self.builder.ins().brif(count, lives, &[], dies, &[]);

        self.builder.switch_to_block(dies);
        let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        let quiet = self.cold_block();
        for kind in QUIET {
            let address = (self.host.types)(kind);
            if address != 0 {
                let is_quiet = self.is_object(ty, address);
                let other = self.cold_block();
                self.builder.ins().brif(is_quiet, quiet, &[], other, &[]);
                self.builder.switch_to_block(other);
            }
        }
        self.builder.ins().jump(leave, &[]);

        self.builder.switch_to_block(quiet);
        if self.host.counted_decref != 0 {
            self.call(self.host.counted_decref, &[object], None)?;
        } else {
            self.store(Heap::Refcount, count, object, offset);
            self.call(self.host.dealloc, &[object], None)?;
        }
        self.builder.ins().jump(done, &[]);

        self.builder.switch_to_block(lives);
        if self.host.counted_decref != 0 {
            self.call(self.host.counted_decref, &[object], None)?;
        } else {
            self.store(Heap::Refcount, count, object, offset);
        }
        self.builder.ins().jump(done, &[]);
        self.builder.switch_to_block(done);
        Ok(())
    }
}
