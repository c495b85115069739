//! 2.7 `SLICE+n`, `STORE_SLICE+n`, `DELETE_SLICE+n`.

/// The addresses of the helpers of this module.
pub(super) struct Addresses {
    /// `SLICE+n`
    pub(super) load: usize,
    /// `STORE_SLICE+n`
    pub(super) store: usize,
    /// `DELETE_SLICE+n`
    pub(super) delete: usize,
}

/// The addresses of the helpers of this module.
#[cfg(py3)]
pub(super) fn addresses() -> Addresses {
    let none = super::address_of!(super::no_instruction_status);
    Addresses { load: super::address_of!(super::no_instruction_object), store: none, delete: none }
}

#[cfg(py2)]
pub(super) use classic::addresses;

#[cfg(py2)]
mod classic {
    use super::super::stack::{Owned, Stack};
    use super::super::{Frame, address_of, evaluator};
    use super::Addresses;
    use crate::py::Object;
    use std::ptr;

    /// The addresses of the helpers of this module.
    pub(in super::super) fn addresses() -> Addresses {
        Addresses { load: address_of!(load), store: address_of!(store), delete: address_of!(delete) }
    }

    /// Takes the bounds that the instruction has off the stack.
    fn pop_bounds(operands: &mut Stack, immediate: i64) -> (Owned, Owned) {
        let mut pop_if = |bit| Owned(if immediate & bit != 0 { operands.pop() } else { ptr::null_mut() });
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
            let result = evaluator::apply_slice(operands.peek(0), low.0, high.0);
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
            let object = Owned(operands.pop());
            let status = evaluator::assign_slice(object.0, low.0, high.0, operands.peek(0));
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
            let status = evaluator::assign_slice(operands.peek(0), low.0, high.0, ptr::null_mut());
            drop(operands);
            drop(low);
            status
        }
    }
}
