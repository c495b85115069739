//! Arrays of numbers.

use super::machine::{Machine, Outcome, only_if};
use crate::hir::{Element, ExitReason, SideExit, Type};

impl Machine<'_> {
    /// Whether an object is an array of such items.
    pub fn is_array(&self, object: u64, element: Element) -> bool {
        let layout = (self.program.host.arrays)();
        self.is_of_type(object, Type::ARRAY)
            && layout.is_some_and(|layout| {
                self.load(object, layout.descriptor) == layout.descriptors[element as usize] as u64
            })
    }

    /// The address of the item at a Python index.
    fn place_in_array(&self, element: Element, array: u64, index: i64, exit: SideExit) -> Outcome<u64> {
        let position = self.place_of_item(array, index, exit)?;
        let items = (self.program.host.arrays)().map_or(0, |layout| self.load(array, layout.items));
        Ok(items.wrapping_add(position << element.shift()))
    }

    /// `Insn::ArrayLoad`.
    pub fn array_load(&self, element: Element, array: u64, index: i64, exit: SideExit) -> Outcome<u64> {
        let place = self.place_in_array(element, array, index, exit)?;
        Ok(match element {
            Element::F64 | Element::I64 => self.load(place, 0),
            Element::I32 => i64::from(self.load_int(place, 0)) as u64,
            Element::I8 => i64::from(self.load_byte(place, 0) as i8) as u64,
            Element::U8 => self.load_byte(place, 0).into(),
        })
    }

    /// `Insn::ArrayStore`, of what an Int or Float is in a register.
    pub fn array_store(
        &self,
        element: Element,
        array: u64,
        index: i64,
        word: u64,
        exit: SideExit,
    ) -> Outcome<()> {
        if let Some((least, most)) = element.range() {
            let fits = (least..=most).contains(&(word as i64));
            only_if(fits, SideExit { reason: ExitReason::RareOperand, ..exit })?;
        }
        let place = self.place_in_array(element, array, index, exit)?;
        match element {
            Element::F64 | Element::I64 => self.store(place, 0, word),
            Element::I32 => self.store_int(place, 0, word as i32),
            Element::I8 | Element::U8 => self.store_byte(place, 0, word as u8),
        }
        Ok(())
    }
}
