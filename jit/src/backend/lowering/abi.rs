//! How compiled code is entered and left, and how it calls the runtime.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Heap, Helper, PC_IN_FRAME, Repr, Runs, SideExit, ValueId};
use crate::host::Periodic;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AbiParam, types};
use cranelift_codegen::isa::CallConv;

/// The signature of `NativeFn`.
pub(in crate::backend) fn native_signature(convention: CallConv) -> ir::Signature {
    let mut signature = ir::Signature::new(convention);
    signature.params = vec![AbiParam::new(types::I64); 4];
    signature.returns = vec![AbiParam::new(types::I64)];
    signature
}

impl Lowering<'_> {
    /// Goes to the block of the entry asked for.
    pub fn dispatch(&mut self, entry: ir::Value) -> Result<()> {
        let entries = self.function.entries.iter();
        let blocks = entries.map(|entry| self.block(entry.block)).collect::<Result<Vec<_>>>()?;
        match *blocks {
            [] => return Err(backend_error("a function without entries")),
            [only] => {
                self.builder.ins().jump(only, &[]);
            }
            [first, second] => {
                self.builder.ins().brif(entry, second, &[], first, &[]);
            }
            [..] => self.builder.switch(entry, &blocks),
        }
        Ok(())
    }

    /// Ends the frame.
    pub fn return_object(&mut self, value: ValueId, pc: u32) -> Result<()> {
        let object = self.value(value)?;
        self.store_lasti(pc);
        self.store(Heap::Buffer, object, self.buffer, 0);
        let returned = self.int(0);
        self.builder.ins().return_(&[returned]);
        Ok(())
    }

    /// Calls a C function by its address.
    pub fn call(
        &mut self,
        address: usize,
        args: &[ir::Value],
        result: Option<ir::Type>,
    ) -> Result<Option<ir::Value>> {
        if address == 0 {
            return Err(backend_error("a call to a function the host does not have"));
        }
        Ok(self.builder.call(address, args, result))
    }

    /// Calls a C function that has a result.
    pub fn call_for(&mut self, address: usize, args: &[ir::Value], result: ir::Type) -> Result<ir::Value> {
        let value = self.call(address, args, Some(result))?;
        value.ok_or_else(|| backend_error("a call without the result it has"))
    }

    /// Has `f_lasti` say that the instruction at `pc` executes.
    pub fn store_lasti(&mut self, pc: u32) {
        if pc != PC_IN_FRAME && self.stored_lasti != Some(pc) {
            let lasti = self.builder.ins().iconst(types::I32, i64::from(pc));
            self.store(Heap::Frame, lasti, self.frame, self.host.layout.frame_lasti);
            self.stored_lasti = Some(pc);
        }
    }

    /// Calls a helper with all its arguments, the frame first.
    pub fn helper(&mut self, helper: Helper, args: &[ir::Value]) -> Result<ir::Value> {
        let address = (self.host.helper)(helper);
        if address == 0 {
            return Err(backend_error(format!("the host does not have {helper:?}")));
        }
        self.call_for(address, args, types::I64)
    }

    /// `Insn::Call`.
    pub fn call_helper(
        &mut self,
        helper: Helper,
        args: &[ValueId],
        immediates: &[i64],
        pc: u32,
    ) -> Result<ir::Value> {
        let mut all = vec![self.frame];
        for &arg in args {
            if self.function.value(arg).repr != Repr::Obj {
                return Err(backend_error(format!("{arg:?}, an argument of {helper:?}, is no object")));
            }
            all.push(self.value(arg)?);
        }
        for &immediate in immediates {
            all.push(self.int(immediate));
        }
        if helper.facts().runs != Runs::Nothing {
            self.store_lasti(pc);
        }
        self.helper(helper, &all)
    }

    /// `Insn::CallStack`.
    pub fn call_stack_helper(
        &mut self,
        helper: Helper,
        base: u32,
        operands: &[ValueId],
        immediate: i64,
        pc: u32,
    ) -> Result<ir::Value> {
        let at = self.store_operands(helper, base, operands)?;
        let count = self.int(operands.len() as i64);
        let immediate = self.int(immediate);
        self.store_lasti(pc);
        self.helper(helper, &[self.frame, at, count, immediate])
    }

    /// `Insn::CallMethod`.
    pub fn call_method(
        &mut self,
        callable: ValueId,
        base: u32,
        operands: &[ValueId],
        immediate: i64,
        pc: u32,
    ) -> Result<ir::Value> {
        let at = self.store_operands(Helper::CallMethod, base, operands)?;
        let count = self.int(operands.len() as i64);
        let immediate = self.int(immediate);
        let callable = self.value(callable)?;
        self.store_lasti(pc);
        self.helper(Helper::CallMethod, &[self.frame, at, count, immediate, callable])
    }

    /// Stores operands on the frame's value stack; their address.
    pub fn store_operands(&mut self, helper: Helper, base: u32, operands: &[ValueId]) -> Result<ir::Value> {
        let stack = self.value_stack();
        let first = stack_offset(base)?;
        for (index, &operand) in operands.iter().enumerate() {
            if self.function.value(operand).repr != Repr::Obj {
                return Err(backend_error(format!("{operand:?}, an operand of {helper:?}, is no object")));
            }
            let object = self.value(operand)?;
            self.store(Heap::Stack, object, stack, first + index as i32 * 8);
        }
        Ok(self.builder.ins().iadd_imm_s(stack, i64::from(first)))
    }

    /// Where the frame's operand stack begins. It never moves, but keeping the pointer in a
    /// register across calls costs as much as loading it again.
    pub fn value_stack(&mut self) -> ir::Value {
        self.load(Heap::Frame, types::I64, self.frame, self.host.layout.frame_value_stack)
    }

    /// `Insn::LoadStack`.
    pub fn load_stack(&mut self, index: u32) -> Result<ir::Value> {
        let stack = self.value_stack();
        Ok(self.load(Heap::Stack, types::I64, stack, stack_offset(index)?))
    }

    /// `Insn::LoadLocal`.
    pub fn load_local(&mut self, slot: u32) -> Result<ir::Value> {
        let offset = self.local_offset(slot)?;
        Ok(self.load(Heap::Locals, types::I64, self.frame, offset))
    }

    /// `Insn::StoreLocal`.
    pub fn store_local(&mut self, slot: u32, value: ValueId) -> Result<()> {
        let offset = self.local_offset(slot)?;
        let object = self.value(value)?;
        self.store(Heap::Locals, object, self.frame, offset);
        Ok(())
    }

    /// `Insn::FillLocal`.
    pub fn fill_local(&mut self, slot: u32, value: ValueId) -> Result<()> {
        let object = self.load_local(slot)?;
        let missing = self.builder.create_block();
        let done = self.builder.create_block();
        self.builder.ins().brif(object, done, &[], missing, &[]);
        self.builder.switch_to_block(missing);
        let offset = self.local_offset(slot)?;
        let object = self.box_value(value)?;
        self.store(Heap::Locals, object, self.frame, offset);
        self.builder.ins().jump(done, &[]);
        self.builder.switch_to_block(done);
        Ok(())
    }

    /// `Insn::ClearLocal`.
    pub fn clear_local(&mut self, slot: u32) -> Result<()> {
        let offset = self.local_offset(slot)?;
        let former = self.load_local(slot)?;
        let present = self.cold_block();
        let done = self.builder.create_block();
        self.builder.ins().brif(former, present, &[], done, &[]);
        self.builder.switch_to_block(present);
        let null = self.int(0);
        self.store(Heap::Locals, null, self.frame, offset);
        self.decref_simple(former, done)
    }

    /// `Insn::CopyLocal`.
    pub fn copy_local(&mut self, from: u32, to: u32) -> Result<()> {
        let offset = self.local_offset(to)?;
        let object = self.load_local(from)?;
        let present = self.builder.create_block();
        let copied = self.builder.create_block();
        self.builder.ins().brif(object, present, &[], copied, &[]);
        self.builder.switch_to_block(present);
        self.incref_object(object)?;
        self.builder.ins().jump(copied, &[]);
        self.builder.switch_to_block(copied);
        let former = self.load_local(to)?;
        self.store(Heap::Locals, object, self.frame, offset);
        let present = self.builder.create_block();
        let done = self.builder.create_block();
        self.builder.ins().brif(former, present, &[], done, &[]);
        self.builder.switch_to_block(present);
        self.decref_simple(former, done)
    }

    /// The offset of a variable in a frame.
    pub fn local_offset(&self, slot: u32) -> Result<i32> {
        let offset = stack_offset(slot)?.checked_add(self.host.layout.frame_locals);
        offset.ok_or_else(|| backend_error("a slot out of reach"))
    }

    /// `Insn::CountBytecode`.
    pub fn count_bytecode(&mut self) -> Result<()> {
        if self.bytecode_counter == 0 {
            return Err(backend_error("nowhere to count bytecodes"));
        }
        let counter = self.address(self.bytecode_counter);
        self.add_to_word(Heap::Cell, counter, 0, 1);
        Ok(())
    }

    /// Has `f_lasti` say which loop runs, if nothing else does.
    pub fn note_turn(&mut self, exit: SideExit) {
        if let Some(pc) = self.host.periodic.noted_at(self.function.state(exit.state)) {
            self.store_lasti(pc);
        }
    }

    /// `Insn::PeriodicDue`.
    pub fn periodic_due(&mut self) -> ir::Value {
        match self.host.periodic {
            Periodic::Ticker(address) => {
                let ticker = self.address(address);
                let ticks = self.load(Heap::Cell, types::I32, ticker, 0);
                let ticks = self.builder.ins().iadd_imm_s(ticks, -1);
                self.store(Heap::Cell, ticks, ticker, 0);
                self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, ticks, 0)
            }
            Periodic::Breaker(address) => {
                // Other threads set it. An ordinary load could be taken to read what an earlier
                // one did, and a loop without calls would never see it.
                let breaker = self.address(address);
                let flags = self.regions.flags(Heap::Cell);
                let breaker = self.builder.ins().atomic_load(types::I32, flags, breaker);
                self.builder.ins().icmp_imm_s(IntCC::NotEqual, breaker, 0)
            }
        }
    }
}

/// Offset of a pointer-sized slot.
fn stack_offset(index: u32) -> Result<i32> {
    let offset = index.checked_mul(8).and_then(|offset| i32::try_from(offset).ok());
    offset.ok_or_else(|| backend_error("a slot out of reach"))
}
