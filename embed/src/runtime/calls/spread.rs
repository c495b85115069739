//! Calls with `*args` and `**kwargs`: `CALL_FUNCTION_VAR` and its relatives.

use crate::py::evaluation::thread_state;
use crate::py::stack::{Stack, release};
use crate::py::{self, Frame, Object, PyThreadState, evaluator};
use crate::run::thin;
use crate::runtime::calls::call;
use std::ffi::c_int;
use std::ptr;

/// The most arguments that are put in a row here.
const MAX_ARGUMENTS: usize = 16;

/// There is `*args`, and no `**kwargs`.
const STAR_ALONE: c_int = 1;

/// `CALL_FUNCTION_VAR`, `CALL_FUNCTION_KW`, `CALL_FUNCTION_VAR_KW`
pub unsafe extern "C" fn call_ex(_frame: Frame, at: *mut Object, count: i64, immediate: i64) -> Object {
    let mut positional = (immediate & 0xff) as c_int;
    let keyword = (immediate >> 8 & 0xff) as c_int;
    let flags = (immediate >> 16 & 3) as c_int;
    // SAFETY: the operands are laid out as on the evaluator's stack, the function lowest; what
    // ext_do_call leaves of them is ours.
    unsafe {
        let thread = thread_state();
        let mut function = *at;
        let method = function.cast::<py::PyMethodObject>();
        let is_bound = py::type_of(function) == &raw mut py::PyMethod_Type && !(*method).im_self.is_null();
        if is_bound {
            let receiver = (*method).im_self;
            function = (*method).im_func;
            py::incref(receiver);
            py::incref(function);
            *at = receiver;
            py::decref(method.cast());
            positional += 1;
        } else {
            py::incref(function);
        }
        if keyword == 0 && flags == STAR_ALONE {
            let first = at.add(usize::from(!is_bound));
            if let Some(result) = try_call(thread, function, first, positional as usize) {
                // Those before the tuple go first.
                release(first, positional as usize);
                py::decref(*first.add(positional as usize));
                py::decref(function);
                if !is_bound {
                    py::decref(function);
                }
                return call::finish(thread, result, immediate);
            }
        }
        let mut top = at.add(count as usize);
        let result = evaluator::ext_do_call(function, &mut top, flags, positional, keyword);
        py::decref(function);
        drop(Stack::new(at, top.offset_from(at) as i64));
        call::finish(thread, result, immediate)
    }
}

/// Calls a Python function with so many arguments and the items of the tuple above them in a thin frame if that can
/// be; else nothing has happened.
#[inline(always)]
unsafe fn try_call(
    thread: *mut PyThreadState,
    function: Object,
    first: *mut Object,
    positional: usize,
) -> Option<Object> {
    // SAFETY: the operands are held by the stack, the items by the tuple.
    unsafe {
        let star = *first.add(positional);
        if py::type_of(function) != &raw mut py::PyFunction_Type
            || py::type_of(star) != &raw mut py::PyTuple_Type
        {
            return None;
        }
        let items = py::size_of_var(star) as usize;
        let mut row = [ptr::null_mut(); MAX_ARGUMENTS];
        let row = row.get_mut(..positional + items)?;
        ptr::copy_nonoverlapping(first, row.as_mut_ptr(), positional);
        ptr::copy_nonoverlapping(py::tuple_items(star), row.as_mut_ptr().add(positional), items);
        // That of the function is a call in C.
        thin::call_under(thread, 1, function, row.as_ptr(), row.len())
    }
}
