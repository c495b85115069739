//! 2.7 `SLICE+n`, `STORE_SLICE+n`, `DELETE_SLICE+n`.

/// The addresses of the helpers of this module.
pub struct Addresses {
    /// `SLICE+n`
    pub load: usize,
    /// `STORE_SLICE+n`
    pub store: usize,
    /// `DELETE_SLICE+n`
    pub delete: usize,
}

/// The addresses of the helpers of this module.
#[cfg(py3)]
pub fn addresses() -> Addresses {
    let none = address_of!(crate::runtime::helper::no_instruction_status);
    Addresses { load: address_of!(crate::runtime::helper::no_instruction_object), store: none, delete: none }
}

#[cfg(py2)]
pub use classic::addresses;

#[cfg(py2)]
mod classic {
    use crate::py::Object;
    use crate::py::references::Owned;
    use crate::py::stack::Stack;
    use crate::py::{Frame, evaluator};
    use crate::runtime::data::slices::Addresses;
    use std::ptr;

    /// The addresses of the helpers of this module.
    pub fn addresses() -> Addresses {
        Addresses { load: address_of!(load), store: address_of!(store), delete: address_of!(delete) }
    }

    /// Takes the bounds that the instruction has off the stack.
    fn pop_bounds(operands: &mut Stack, immediate: i64) -> (Owned, Owned) {
        let mut pop_if = |bit| if immediate & bit != 0 { operands.pop() } else { Owned::null() };
        let high = pop_if(2);
        let low = pop_if(1);
        (low, high)
    }

    /// `SLICE+n`
    unsafe extern "C" fn load(_frame: Frame, at: *mut Object, count: i64, immediate: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            let mut operands = Stack::new(at, count);
            let (low, high) = pop_bounds(&mut operands, immediate);
            let result = evaluator::apply_slice(operands.peek(0).get(), low.get(), high.get());
            drop(operands);
            drop(low);
            result
        }
    }

    /// `STORE_SLICE+n`
    unsafe extern "C" fn store(_frame: Frame, at: *mut Object, count: i64, immediate: i64) -> i64 {
        // SAFETY: the operands are ours.
        unsafe {
            let mut operands = Stack::new(at, count);
            let (low, high) = pop_bounds(&mut operands, immediate);
            let object = operands.pop();
            let status = evaluator::assign_slice(object.get(), low.get(), high.get(), operands.peek(0).get());
            drop(operands);
            drop(object);
            drop(low);
            status
        }
    }

    /// `DELETE_SLICE+n`
    unsafe extern "C" fn delete(_frame: Frame, at: *mut Object, count: i64, immediate: i64) -> i64 {
        // SAFETY: the operands are ours.
        unsafe {
            let mut operands = Stack::new(at, count);
            let (low, high) = pop_bounds(&mut operands, immediate);
            let status =
                evaluator::assign_slice(operands.peek(0).get(), low.get(), high.get(), ptr::null_mut());
            drop(operands);
            drop(low);
            status
        }
    }
}
