//! Calls with `*args` and `**kwargs`: `CALL_FUNCTION_VAR` and its relatives.

use crate::py::evaluation::thread_state;
use crate::py::stack::{Stack, release};
use crate::py::{self, Frame, Object, PyThreadState, evaluator};
use crate::run::thin;
use crate::runtime::calls::call;
use crate::runtime::calls::keywords::{self, Given};
use std::ffi::c_int;
use std::ptr;

/// The most arguments that are put in a row here.
const MAX_ARGUMENTS: usize = 16;

/// The most arguments by name that are.
const MAX_NAMES: usize = 16;

/// Arguments, and pairs of name and value after them.
type Row = [Object; MAX_ARGUMENTS + 2 * MAX_NAMES];

/// There is `*args`.
const STAR: c_int = 1;

/// There is `**kwargs`.
const STAR_STAR: c_int = 2;

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
        if keyword == 0 {
            let first = at.add(usize::from(!is_bound));
            if let Some(result) = try_call(thread, function, first, positional as usize, flags) {
                // Those before the tuple go first.
                release(first, positional as usize);
                release_stars(first.add(positional as usize), flags);
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

/// Calls a Python function with so many arguments, the items of the tuple above them, and those of the dict
/// above that, as far as there are such, in a thin frame if that can be; else nothing has happened.
#[inline(always)]
unsafe fn try_call(
    thread: *mut PyThreadState,
    function: Object,
    first: *mut Object,
    positional: usize,
    flags: c_int,
) -> Option<Object> {
    // SAFETY: the operands are held by the stack, the items by the tuple.
    unsafe {
        if py::type_of(function) != &raw mut py::PyFunction_Type {
            return None;
        }
        let mut row: Row = [ptr::null_mut(); MAX_ARGUMENTS + 2 * MAX_NAMES];
        let mut above = first.add(positional);
        let mut count = positional;
        if count > MAX_ARGUMENTS {
            return None;
        }
        ptr::copy_nonoverlapping(first, row.as_mut_ptr(), count);
        if flags & STAR != 0 {
            let star = *above;
            if py::type_of(star) != &raw mut py::PyTuple_Type {
                return None;
            }
            let items = py::size_of_var(star) as usize;
            if count + items > MAX_ARGUMENTS {
                return None;
            }
            ptr::copy_nonoverlapping(py::tuple_items(star), row.as_mut_ptr().add(count), items);
            count += items;
            above = above.add(1);
        }
        // That of the function is a call in C.
        if flags & STAR_STAR == 0 {
            return thin::call_under(thread, 1, function, row.as_ptr(), count);
        }
        let names = *above;
        if py::type_of(names) != &raw mut py::PyDict_Type {
            return None;
        }
        match py::PyDict_Size(names) as usize {
            0 => thin::call_under(thread, 1, function, row.as_ptr(), count),
            size if size <= MAX_NAMES => call_with_names(thread, function, &mut row, count, names),
            _ => None,
        }
    }
}

/// The same with arguments by name, which are in a dict of so few, after those in the row. Others may change
/// the dict meanwhile.
#[inline(never)]
unsafe fn call_with_names(
    thread: *mut PyThreadState,
    function: Object,
    row: &mut Row,
    positional: usize,
    names: Object,
) -> Option<Object> {
    // SAFETY: names and values are held while the function runs, and there is room for them.
    unsafe {
        let first = row.as_mut_ptr();
        let pairs = first.add(positional);
        let (mut at, mut keyword) = (0, 0);
        let (mut name, mut value) = (ptr::null_mut(), ptr::null_mut());
        while keyword < MAX_NAMES && py::PyDict_Next(names, &mut at, &mut name, &mut value) != 0 {
            py::incref(name);
            py::incref(value);
            *pairs.add(2 * keyword) = name;
            *pairs.add(2 * keyword + 1) = value;
            keyword += 1;
        }
        let result = keywords::call_borrowing(thread, 1, function, Given { first, positional, keyword });
        release(pairs, 2 * keyword);
        result
    }
}

/// Releases the tuple and the dict that there are, in the order of the evaluator: the dict has been copied,
/// and goes first.
unsafe fn release_stars(at: *mut Object, flags: c_int) {
    // SAFETY: ours.
    unsafe {
        let count = usize::from(flags & STAR != 0) + usize::from(flags & STAR_STAR != 0);
        release(at, count);
    }
}
