//! Arrays of numbers, whose items are read and written without objects.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{Element, ExitReason, Heap, SideExit, Type, ValueId};
use crate::host::ArrayLayout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

impl Lowering<'_> {
    fn arrays(&self) -> Result<ArrayLayout> {
        (self.host.arrays)().ok_or_else(|| backend_error("arrays are not known"))
    }

    /// `Insn::GuardArray`.
    pub fn guard_array(&mut self, array: ValueId, element: Element, exit: SideExit) -> Result<ir::Value> {
        let layout = self.arrays()?;
        let object = self.value(array)?;
        if !self.kind(array).is_subset(Type::ARRAY) {
            let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
            let is_array = self.is_object(ty, layout.ty);
            self.exit_if_zero(is_array, exit)?;
        }
        let expected = layout.descriptors[element as usize];
        if expected == 0 {
            return Err(backend_error(format!("no array of {} is known", element.name())));
        }
        let descriptor = self.load(Heap::Elements, types::I64, object, layout.descriptor);
        let same = self.is_object(descriptor, expected);
        self.exit_if_zero(same, exit)?;
        Ok(object)
    }

    /// `Insn::ArrayLoad`.
    pub fn array_load(
        &mut self,
        element: Element,
        array: ValueId,
        index: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let place = self.place_in_array(element, array, index, exit)?;
        let loaded = self.load(Heap::Elements, memory_type(element), place, 0);
        Ok(match element {
            Element::F64 | Element::I64 => loaded,
            Element::U8 => self.builder.ins().uextend(types::I64, loaded),
            Element::I32 => self.sign_extend(loaded, 32),
            Element::I8 => self.sign_extend(loaded, 56),
        })
    }

    /// An int of fewer bits than 64, by so many, as one of 64.
    fn sign_extend(&mut self, narrow: ir::Value, missing: i64) -> ir::Value {
        let wide = self.builder.ins().uextend(types::I64, narrow);
        let shifted = self.builder.ins().ishl_imm_u(wide, missing);
        self.builder.ins().sshr_imm_u(shifted, missing)
    }

    /// `Insn::ArrayStore`.
    pub fn array_store(
        &mut self,
        element: Element,
        array: ValueId,
        index: ValueId,
        value: ValueId,
        exit: SideExit,
    ) -> Result<()> {
        let number = self.value(value)?;
        if self.function.value(value).repr != element.repr() {
            return Err(backend_error(format!("{value:?} is no item of an array of {}", element.name())));
        }
        if let Some((least, most)) = element.range() {
            let above = self.builder.ins().iadd_imm_s(number, -least);
            let fits = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, above, most - least);
            self.exit_if_zero(fits, SideExit { reason: ExitReason::RareOperand, ..exit })?;
        }
        let place = self.place_in_array(element, array, index, exit)?;
        let narrow = match element {
            Element::F64 | Element::I64 => number,
            Element::I32 => self.builder.ins().ireduce(types::I32, number),
            Element::I8 | Element::U8 => {
                let byte = self.builder.ins().band_imm_u(number, 0xff);
                self.builder.ins().ireduce(types::I8, byte)
            }
        };
        self.store(Heap::Elements, narrow, place, 0);
        Ok(())
    }

    /// The address of the item at a Python index, after leaving when there is none.
    fn place_in_array(
        &mut self,
        element: Element,
        array: ValueId,
        index: ValueId,
        exit: SideExit,
    ) -> Result<ir::Value> {
        let layout = self.arrays()?;
        let array = self.value(array)?;
        let position = self.checked_position(array, index, exit)?;
        let items = self.load(Heap::Sequence, types::I64, array, layout.items);
        let distance = match element.shift() {
            0 => position,
            shift => self.builder.ins().ishl_imm_u(position, shift),
        };
        Ok(self.builder.ins().iadd(items, distance))
    }
}

/// How an item lies in memory.
fn memory_type(element: Element) -> ir::Type {
    match element {
        Element::F64 => types::F64,
        Element::I64 => types::I64,
        Element::I32 => types::I32,
        Element::I8 | Element::U8 => types::I8,
    }
}
