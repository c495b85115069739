//! `BUILD_SLICE` with the subscript after it, and 2.7 `SLICE+n`, `STORE_SLICE+n`, `DELETE_SLICE+n`.

use crate::py::slices::{self, Bounds};
use crate::py::stack::release;
use crate::py::{self, Frame, Object};
use crate::runtime::data::{build, operators};

/// The addresses of the helpers of 2.7.
pub struct Addresses {
    /// `SLICE+n`
    pub load: usize,
    /// `STORE_SLICE+n`
    pub store: usize,
    /// `DELETE_SLICE+n`
    pub delete: usize,
}

/// `BUILD_SLICE` and `BINARY_SUBSCR`: on the stack are the object and what the slice is built of.
pub unsafe extern "C" fn get(frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: three or four operands, ours.
    unsafe {
        let (object, parts) = (*at, count as usize - 1);
        if let Some(result) = slices::take(object, Bounds::on_stack(at.add(1), parts)) {
            release(at, count as usize);
            return result;
        }
        let slice = build::build_slice(frame, at.add(1), parts as i64, 0);
        if slice.is_null() {
            py::decref(object);
            return slice;
        }
        let result = operators::subscr(frame, object, slice);
        py::decref(object);
        py::decref(slice);
        result
    }
}

/// `BUILD_SLICE` and `STORE_SUBSCR`: on the stack are the value, the object, and what the slice is built of.
pub unsafe extern "C" fn set(frame: Frame, at: *mut Object, count: i64, _: i64) -> i64 {
    // SAFETY: four or five operands, ours.
    unsafe {
        let (value, object, parts) = (*at, *at.add(1), count as usize - 2);
        let bounds = Bounds::on_stack(at.add(2), parts);
        if let Some(status) = slices::put(object, bounds, value) {
            py::decref(value);
            py::decref(object);
            release(at.add(2), parts);
            return status;
        }
        let slice = build::build_slice(frame, at.add(2), parts as i64, 0);
        if slice.is_null() {
            py::decref(object);
            py::decref(value);
            return -1;
        }
        let status = operators::store_subscr(frame, object, slice, value);
        py::decref(value);
        py::decref(object);
        py::decref(slice);
        status
    }
}

/// The addresses of the helpers of 2.7.
#[cfg(py3)]
pub fn addresses() -> Addresses {
    let none = address_of!(crate::runtime::helper::no_instruction_status);
    Addresses { load: address_of!(crate::runtime::helper::no_instruction_object), store: none, delete: none }
}

#[cfg(py2)]
pub use classic::addresses;

#[cfg(py2)]
mod classic {
    use crate::py::references::Owned;
    use crate::py::slices::{self, Bounds};
    use crate::py::stack::{Stack, release};
    use crate::py::{self, Object};
    use crate::py::{Frame, evaluator};
    use crate::runtime::data::slices::Addresses;
    use std::ptr;

    /// The addresses of the helpers of 2.7.
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

    /// Those that the instruction has, from there on.
    #[inline(always)]
    unsafe fn bounds(at: *const Object, immediate: i64) -> Bounds {
        // SAFETY: so many operands are there.
        unsafe {
            match immediate {
                0 => Bounds::new(ptr::null_mut(), ptr::null_mut()),
                1 => Bounds::new(*at, ptr::null_mut()),
                2 => Bounds::new(ptr::null_mut(), *at),
                _ => Bounds::new(*at, *at.add(1)),
            }
        }
    }

    /// `SLICE+n`
    unsafe extern "C" fn load(_frame: Frame, at: *mut Object, count: i64, immediate: i64) -> Object {
        // SAFETY: the operands are ours.
        unsafe {
            if let Some(result) = slices::take(*at, bounds(at.add(1), immediate)) {
                release(at, count as usize);
                return result;
            }
            load_generally(at, count, immediate)
        }
    }

    #[cold]
    #[inline(never)]
    unsafe extern "C" fn load_generally(at: *mut Object, count: i64, immediate: i64) -> Object {
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
            let (value, object) = (*at, *at.add(1));
            if let Some(status) = slices::put(object, bounds(at.add(2), immediate), value) {
                py::decref(value);
                py::decref(object);
                release(at.add(2), count as usize - 2);
                return status;
            }
            store_generally(at, count, immediate)
        }
    }

    #[cold]
    #[inline(never)]
    unsafe extern "C" fn store_generally(at: *mut Object, count: i64, immediate: i64) -> i64 {
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
