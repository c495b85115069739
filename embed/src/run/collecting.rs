//! Calls of functions that collect arguments, `*args` and `**kwargs`, or take some by name only, in
//! [thin frames](crate::state::thin): what `PyEval_EvalCodeEx` does before it evaluates.
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::py::{self, Object, PyCodeObject, PyFunctionObject, PyThreadState};
use crate::run::parameters::{Pairs, Parameters, count_of, index_of};
use crate::run::{frames, thin_frames};
use crate::state::CodeState;
use std::ptr;

/// What a call puts into a frame.
struct Bound {
    /// The parameters.
    parameters: Parameters,
    /// The tuple of other arguments, ours; NULL if the function has none.
    rest: Object,
    /// The dict of other names, ours; likewise.
    names: Object,
}

impl Bound {
    /// Gives up what is ours.
    unsafe fn release(&self) {
        // SAFETY: new references or NULL.
        unsafe {
            py::xdecref(self.names);
            py::xdecref(self.rest);
        }
    }
}

/// Calls a function of code that [collects](crate::state::thin::ThinFrames::collects) arguments if that can
/// be; else nothing has happened.
///
/// # Safety
/// As for [`thin::call`](crate::run::thin::call), of which the state is that of the function's code; names
/// and values are alive.
#[inline(never)]
pub unsafe fn call(
    thread: *mut PyThreadState,
    function: Object,
    state: *const CodeState,
    arguments: *const Object,
    count: usize,
    pairs: Pairs,
) -> Option<Object> {
    // SAFETY: by the contract; the defaults are held by their tuple, and the code, so that no other is taken
    // for it.
    unsafe {
        let PyFunctionObject { func_code: code, func_defaults: defaults, .. } = *function.cast();
        let mut bound = Bound { parameters: Parameters::NONE, rest: ptr::null_mut(), names: ptr::null_mut() };
        py::incref(code);
        py::xincref(defaults);
        let is_bound = collect(function, &mut bound, arguments, count, pairs);
        let taken = if is_bound { bound.parameters.complete(function) } else { None };
        let result = taken.and_then(|taken| run(thread, function, state, &bound, taken));
        if result.is_none() {
            bound.release();
        }
        py::xdecref(defaults);
        py::decref(code);
        result
    }
}

/// Runs the function with what was collected, which the frame takes over; defaults that were taken are given
/// back.
unsafe fn run(
    thread: *mut PyThreadState,
    function: Object,
    state: *const CodeState,
    bound: &Bound,
    taken: u32,
) -> Option<Object> {
    // SAFETY: as for `call`.
    unsafe {
        // Making tuple and dict may have run anything.
        let is_as_before =
            thin_frames::callee(thread, function) == Some(state) && !(*state).start().is_null();
        let frame = if is_as_before { thin_frames::frame(thread, function, state) } else { ptr::null_mut() };
        if frame.is_null() {
            bound.parameters.give_back(taken);
            return None;
        }
        let parameters = bound.parameters.count();
        frames::bind(frame, function, bound.parameters.first(), parameters, Some((*state).thin.lent()));
        bound.parameters.give_back(taken);
        let mut slot = (&raw mut (*frame).f_localsplus).cast::<Object>().add(parameters);
        for collected in [bound.rest, bound.names] {
            if !collected.is_null() {
                *slot = collected;
                slot = slot.add(1);
            }
        }
        Some(thin_frames::run(thread, frame, state))
    }
}

/// Gives parameters their arguments, and collects the others; false where that is not simple, or an error:
/// what has been made is there.
unsafe fn collect(
    function: Object,
    bound: &mut Bound,
    arguments: *const Object,
    count: usize,
    pairs: Pairs,
) -> bool {
    // SAFETY: as for `call`.
    unsafe {
        let code = (*function.cast::<PyFunctionObject>()).func_code.cast::<PyCodeObject>();
        let has_rest = (*code).co_flags as u32 & py::CO_VARARGS != 0;
        let has_names = (*code).co_flags as u32 & py::CO_VARKEYWORDS != 0;
        let Some(others) = bound.parameters.arrange(function, ptr::null_mut(), arguments, count, pairs)
        else {
            return false;
        };
        (has_rest || others.from == count)
            && (has_names || others.names == 0)
            && (!has_names || name_others(bound, code, pairs, others.names))
            && (!has_rest || collect_rest(bound, arguments, others.from, count))
    }
}

/// Makes the dict of what is no parameter; false without an exception for want of memory.
unsafe fn name_others(bound: &mut Bound, code: *mut PyCodeObject, pairs: Pairs, others: usize) -> bool {
    // SAFETY: as for `collect`.
    unsafe {
        bound.names = py::PyDict_New();
        let mut is_done = !bound.names.is_null();
        let mut index = 0;
        while is_done && others > 0 && index < pairs.count {
            let (name, value) = pairs.get(index);
            if index_of(code, name) == count_of(code) {
                is_done = py::PyDict_SetItem(bound.names, name, value) == 0;
            }
            index += 1;
        }
        // The same name twice is an error.
        is_done &= bound.names.is_null() || py::PyDict_Size(bound.names) as usize == others;
        if !is_done && !py::PyErr_Occurred().is_null() {
            py::PyErr_Clear();
        }
        is_done
    }
}

/// Makes the tuple of the arguments from one on; false without an exception for want of memory.
unsafe fn collect_rest(bound: &mut Bound, arguments: *const Object, from: usize, count: usize) -> bool {
    // SAFETY: as for `collect`; the tuple has references of its own.
    unsafe {
        bound.rest = py::PyTuple_New((count - from) as isize);
        if bound.rest.is_null() {
            py::PyErr_Clear();
            return false;
        }
        for index in from..count {
            let argument = *arguments.add(index);
            py::incref(argument);
            py::set_tuple_item(bound.rest, index - from, argument);
        }
        true
    }
}
