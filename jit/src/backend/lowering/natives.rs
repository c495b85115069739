//! What compiled code does instead of calling functions in C.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Heap, SideExit, Type, ValueId};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, types};

/// Floats of a smaller magnitude have an int, without their fraction, that can be unboxed: on 3.x of two
/// digits.
const LARGE: f64 = (1_u64 << 60) as f64;

impl Lowering<'_> {
    /// `Insn::GuardNative`.
    pub fn guard_native(
        &mut self,
        object: ValueId,
        definition: usize,
        is_method: bool,
        exit: SideExit,
    ) -> Result<()> {
        let natives = self.host.natives;
        let (ty, field) = match is_method {
            true => (natives.descriptor, natives.descriptor_definition),
            false => ((self.host.types)(Type::CFUNCTION), natives.definition),
        };
        if ty == 0 {
            return Err(backend_error("the host does not know the type of what is called"));
        }
        let object = self.value(object)?;
        let actual = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        let same = self.is_object(actual, ty);
        self.exit_if_zero(same, exit)?;
        let defined = self.load(Heap::World, types::I64, object, field);
        let same = self.is_object(defined, definition);
        self.exit_if_zero(same, exit)
    }

    /// `Insn::FloatCall`.
    pub fn float_call(&mut self, function: usize, number: ValueId, exit: SideExit) -> Result<ir::Value> {
        let number = self.value(number)?;
        let result = match function {
            0 => self.builder.ins().sqrt(number),
            _ => self.call_for(function, &[number], types::F64)?,
        };
        let magnitude = self.builder.ins().fabs(result);
        let infinity = self.builder.ins().f64const(f64::INFINITY);
        let is_finite = self.builder.ins().fcmp(FloatCC::LessThan, magnitude, infinity);
        self.exit_if_zero(is_finite, exit)?;
        Ok(result)
    }

    /// `Insn::FloatToInt`.
    pub fn float_to_int(&mut self, number: ValueId, exit: SideExit) -> Result<ir::Value> {
        let number = self.value(number)?;
        let magnitude = self.builder.ins().fabs(number);
        let large = self.builder.ins().f64const(LARGE);
        let fits = self.builder.ins().fcmp(FloatCC::LessThan, magnitude, large);
        self.exit_if_zero(fits, exit)?;
        Ok(self.builder.ins().fcvt_to_sint_sat(types::I64, number))
    }

    /// `Insn::Length`.
    pub fn length(&mut self, kind: Type, container: ValueId, exit: SideExit) -> Result<ir::Value> {
        let object = self.value(container)?;
        let layout = &self.host.layout;
        let (heap, offset) = match kind {
            Type::DICT => (Heap::Attributes, layout.dict_used),
            Type::SET => (Heap::World, layout.set_used),
            _ => (Heap::Sequence, layout.ob_size),
        };
        let length = self.load(heap, types::I64, object, offset);
        let has_flags = self.host.strings.is_some_and(|strings| strings.plain.is_some());
        if kind == Type::STR && has_flags {
            // One of old C code does not know its length yet.
            self.exit_if_zero(length, exit)?;
        }
        Ok(length)
    }

    /// `Insn::ListTake`.
    pub fn list_take(&mut self, list: ValueId) -> Result<ir::Value> {
        let list = self.value(list)?;
        let layout = &self.host.layout;
        let (allocated, items) = (layout.list_allocated, layout.list_items);
        let size = self.load(Heap::Sequence, types::I64, list, layout.ob_size);
        let allocated = self.load(Heap::Sequence, types::I64, list, allocated);
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I64);
        let nothing = self.int(0);
        let (some, fits) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(size, some, &[], done, &[nothing.into()]);

        self.builder.switch_to_block(some);
        // `list_resize` keeps the memory while half of it is in use.
        let left = self.builder.ins().iadd_imm_s(size, -1);
        let half = self.builder.ins().sshr_imm_u(allocated, 1);
        let is_kept = self.builder.ins().icmp(IntCC::SignedGreaterThanOrEqual, left, half);
        self.builder.ins().brif(is_kept, fits, &[], done, &[nothing.into()]);

        self.builder.switch_to_block(fits);
        let items = self.load(Heap::Sequence, types::I64, list, items);
        let distance = self.builder.ins().ishl_imm_u(left, 3);
        let place = self.builder.ins().iadd(items, distance);
        let item = self.load(Heap::Items, types::I64, place, 0);
        self.store(Heap::Sequence, left, list, self.host.layout.ob_size);
        self.builder.ins().jump(done, &[item.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }
}
