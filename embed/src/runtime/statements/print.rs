//! `PRINT_EXPR`, and 2.7's `PRINT_ITEM`, `PRINT_NEWLINE` and their `_TO` forms.

use crate::py::Frame;
use crate::py::references::Owned;
use crate::py::stack::Stack;
use crate::py::{self, Object};
use std::ptr;

/// `PRINT_EXPR`
pub unsafe extern "C" fn print_expr(_frame: Frame, at: *mut Object, count: i64, _: i64) -> i64 {
    // SAFETY: the operand is ours; the hook is borrowed from `sys`, as in the evaluator.
    unsafe {
        let operands = Stack::new(at, count);
        #[cfg(py2)]
        let hook = py::PySys_GetObject(c"displayhook".as_ptr().cast_mut());
        #[cfg(py3)]
        let hook = py::PySys_GetObject(c"displayhook".as_ptr());
        if hook.is_null() {
            py::PyErr_SetString(py::PyExc_RuntimeError, c"lost sys.displayhook".as_ptr());
            return -1;
        }
        let operand = operands.peek(0).get();
        let result =
            Owned::new(py::PyObject_CallFunctionObjArgs(hook, operand, ptr::null_mut::<py::PyObject>()));
        // 2.7 releases the result first.
        #[cfg(py3)]
        drop(operands);
        if result.is_null() { -1 } else { 0 }
    }
}

/// The addresses of the helpers that only 2.7 has.
pub struct Addresses {
    /// `PRINT_ITEM`
    pub item: usize,
    /// `PRINT_NEWLINE`
    pub newline: usize,
    /// `PRINT_ITEM_TO`
    pub item_to: usize,
    /// `PRINT_NEWLINE_TO`
    pub newline_to: usize,
}

/// The addresses of the helpers that only 2.7 has.
#[cfg(py3)]
pub fn addresses() -> Addresses {
    let none = address_of!(crate::runtime::helper::no_instruction_status);
    Addresses { item: none, newline: none, item_to: none, newline_to: none }
}

#[cfg(py2)]
pub use statement::addresses;

/// The `print` statement.
#[cfg(py2)]
mod statement {
    use super::*;
    use crate::py::references::Borrowed;
    use std::ffi::c_int;

    /// The addresses of the helpers.
    pub fn addresses() -> Addresses {
        Addresses {
            item: address_of!(print_item),
            newline: address_of!(print_newline),
            item_to: address_of!(print_item_to),
            newline_to: address_of!(print_newline_to),
        }
    }

    /// `PRINT_ITEM`
    unsafe extern "C" fn print_item(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
        // SAFETY: the operand is ours.
        unsafe { item(Owned::new(*at), ptr::null_mut()) }
    }

    /// `PRINT_ITEM_TO`
    unsafe extern "C" fn print_item_to(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
        // SAFETY: the operands are ours: the value, and the stream above it.
        unsafe {
            let stream = Owned::new(*at.add(1));
            item(Owned::new(*at), stream.get())
        }
    }

    /// `PRINT_NEWLINE`
    unsafe extern "C" fn print_newline(_frame: Frame, _at: *mut Object, _count: i64, _: i64) -> i64 {
        // SAFETY: see the module.
        unsafe { newline(ptr::null_mut()) }
    }

    /// `PRINT_NEWLINE_TO`
    unsafe extern "C" fn print_newline_to(_frame: Frame, at: *mut Object, _count: i64, _: i64) -> i64 {
        // SAFETY: the operand is ours.
        unsafe {
            let stream = Owned::new(*at);
            newline(stream.get())
        }
    }

    /// The stream, held, because printing can run code that replaces `sys.stdout`; NULL and
    /// None stand for that. NULL with an exception set when there is none.
    unsafe fn hold(stream: Object) -> Owned {
        // SAFETY: a borrowed argument.
        unsafe {
            let mut stream = stream;
            if stream.is_null() || stream == py::none() {
                stream = py::PySys_GetObject(c"stdout".as_ptr().cast_mut());
                if stream.is_null() {
                    py::PyErr_SetString(py::PyExc_RuntimeError, c"lost sys.stdout".as_ptr());
                }
            }
            Borrowed::new(stream).hold()
        }
    }

    unsafe fn item(value: Owned, stream: Object) -> i64 {
        // SAFETY: borrowed arguments.
        unsafe {
            let stream = hold(stream);
            if stream.is_null() {
                return -1;
            }
            if py::PyFile_SoftSpace(stream.get(), 0) != 0
                && py::PyFile_WriteString(c" ".as_ptr(), stream.get()) != 0
            {
                return -1;
            }
            if py::PyFile_WriteObject(value.get(), stream.get(), py::Py_PRINT_RAW as c_int) != 0 {
                return -1;
            }
            if leaves_space(value.get()) {
                py::PyFile_SoftSpace(stream.get(), 1);
            }
            // In the evaluator's order.
            drop(stream);
            drop(value);
            0
        }
    }

    /// Whether the next item is separated from this one by a space.
    unsafe fn leaves_space(value: Object) -> bool {
        // SAFETY: a borrowed argument; strings are as long as they say.
        unsafe {
            let ty = py::type_of(value);
            if py::has_feature(ty, py::Py_TPFLAGS_STRING_SUBCLASS as u64) {
                let size = py::size_of_var(value);
                if size == 0 {
                    return true;
                }
                let text = (&raw const (*value.cast::<py::PyStringObject>()).ob_sval).cast::<u8>();
                let last = *text.offset(size - 1);
                libc::isspace(last.into()) == 0 || last == b' '
            } else if py::has_feature(ty, py::Py_TPFLAGS_UNICODE_SUBCLASS as u64) {
                let text = value.cast::<py::PyUnicodeObject>();
                let size = (*text).length;
                if size == 0 {
                    return true;
                }
                let last = *(*text).str_.offset(size - 1);
                py::is_unicode_whitespace(last) == 0 || last == py::Py_UNICODE::from(b' ')
            } else {
                true
            }
        }
    }

    unsafe fn newline(stream: Object) -> i64 {
        // SAFETY: a borrowed argument.
        unsafe {
            let stream = hold(stream);
            if stream.is_null() {
                return -1;
            }
            let status = py::PyFile_WriteString(c"\n".as_ptr(), stream.get());
            if status == 0 {
                py::PyFile_SoftSpace(stream.get(), 0);
            }
            status.into()
        }
    }
}
