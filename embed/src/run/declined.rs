//! Operations whose first method declined: the rest of what they try.

use crate::py::{self, Frame, Object};
#[cfg(has_declined_methods)]
use std::ptr;

/// The rest of an operation: see `Helper::Declined`.
pub unsafe extern "C" fn declined(frame: Frame, a: Object, b: Object, operation: i64) -> Object {
    // SAFETY: the address of a helper for two operands, borrowed. The method of the left one is the first
    // that would be called; where its class has none any more, nobody else may take it for one that declines.
    unsafe {
        let operation: unsafe extern "C" fn(Frame, Object, Object) -> Object =
            std::mem::transmute(operation as usize);
        #[cfg(has_declined_methods)]
        {
            py::_PyFunction_Declined = a;
        }
        let result = operation(frame, a, b);
        #[cfg(has_declined_methods)]
        {
            py::_PyFunction_Declined = ptr::null_mut();
        }
        result
    }
}
