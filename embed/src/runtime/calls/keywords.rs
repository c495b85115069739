//! Calls with keywords: which parameter each argument is for, as `PyEval_EvalCodeEx` finds out.

use crate::py::references::{Borrowed, Owned};
use crate::py::stack::release;
use crate::py::{self, Object, PyCodeObject, PyFunctionObject, PyThreadState, describe};
use crate::run::collecting::Pairs;
use crate::run::thin;
use std::ffi::c_int;
use std::ptr;

/// The most parameters of a function that is called so.
const MAX_PARAMETERS: usize = 16;

/// Arguments as `CALL_FUNCTION` has them: positional ones, then pairs of name and value.
#[derive(Clone, Copy)]
pub struct Given {
    /// The first of them, above the callable.
    pub first: *mut Object,
    /// How many are positional.
    pub positional: usize,
    /// How many pairs there are.
    pub keyword: usize,
}

impl Given {
    /// What `CALL_FUNCTION` has on the stack above the callable.
    pub fn operands(self) -> usize {
        self.positional + 2 * self.keyword
    }

    /// A tuple of the positional arguments, or NULL with an exception set.
    ///
    /// # Safety
    /// The arguments are alive.
    pub unsafe fn tuple(self) -> Owned {
        // SAFETY: the tuple has references of its own.
        unsafe {
            let tuple = Owned::new(py::PyTuple_New(self.positional as isize));
            if !tuple.is_null() {
                for index in 0..self.positional {
                    let argument = Borrowed::new(*self.first.add(index)).hold();
                    py::set_tuple_item(tuple.get(), index, argument.give());
                }
            }
            tuple
        }
    }

    /// A dict of the keywords, NULL if there are none; `None` with an exception set.
    ///
    /// # Safety
    /// As for [`Given::tuple`]; the names differ.
    pub unsafe fn dict(self) -> Option<Owned> {
        // SAFETY: the dict has references of its own.
        unsafe {
            if self.keyword == 0 {
                return Some(Owned::null());
            }
            let dict = Owned::new(py::PyDict_New());
            if dict.is_null() {
                return None;
            }
            for index in 0..self.keyword {
                let (name, value) = self.pair(index);
                if py::PyDict_SetItem(dict.get(), name, value) != 0 {
                    return None;
                }
            }
            Some(dict)
        }
    }

    /// The name and the value of a pair, borrowed.
    unsafe fn pair(self, index: usize) -> (Object, Object) {
        // SAFETY: within the pairs.
        unsafe {
            let name = self.first.add(self.positional + 2 * index);
            (*name, *name.add(1))
        }
    }
}

/// The arguments of a call in the order of the parameters.
pub struct Ordered {
    values: [Object; MAX_PARAMETERS],
    count: usize,
}

impl Ordered {
    /// Puts arguments in order, after a receiver if there is one; `None` where that is not simple, or an error.
    /// All are borrowed, from the caller and from the defaults of the function.
    ///
    /// # Safety
    /// A function and arguments that are alive.
    pub unsafe fn new(function: Object, receiver: Object, given: Given) -> Option<Ordered> {
        // SAFETY: by the contract; tuples are as long as the code object says.
        unsafe {
            let function = function.cast::<PyFunctionObject>();
            let code = (*function).func_code.cast::<PyCodeObject>();
            let parameters = (*code).co_argcount as usize;
            let bound = usize::from(!receiver.is_null());
            if !describe::is_plain(code)
                || parameters > MAX_PARAMETERS
                || bound + given.positional + given.keyword > parameters
            {
                return None;
            }
            let mut values = [ptr::null_mut(); MAX_PARAMETERS];
            values[0] = receiver;
            for index in 0..given.positional {
                *values.get_mut(bound + index)? = *given.first.add(index);
            }
            for index in 0..given.keyword {
                let (name, value) = given.pair(index);
                let named = |&index: &usize| py::tuple_item((*code).co_varnames, index) == name;
                let slot = values.get_mut((0..parameters).find(named)?)?;
                if !slot.is_null() {
                    return None;
                }
                *slot = value;
            }
            let defaults = (*function).func_defaults;
            let without = parameters.saturating_sub(py::tuple_length(defaults));
            for index in 0..parameters {
                let slot = values.get_mut(index)?;
                if slot.is_null() {
                    *slot = py::tuple_item(defaults, index.checked_sub(without)?);
                }
            }
            Some(Ordered { values, count: parameters })
        }
    }

    /// Calls the function, under so many calls in C, in a thin frame if that can be; else nothing has happened.
    ///
    /// # Safety
    /// The function whose arguments these are, which have not been released; the caller holds it. The thread is the
    /// current one and runs compiled code.
    pub unsafe fn call(&self, thread: *mut PyThreadState, calls: c_int, function: Object) -> Option<Object> {
        // SAFETY: the defaults are held by their tuple.
        unsafe {
            let defaults = (*function.cast::<PyFunctionObject>()).func_defaults;
            py::xincref(defaults);
            let result = thin::call_under(thread, calls, function, self.values.as_ptr(), self.count);
            py::xdecref(defaults);
            result
        }
    }
}

/// Calls a Python function under so many calls in C with arguments that stay the caller's, in a thin frame if that can be; else
/// nothing has happened.
///
/// # Safety
/// The caller holds the function and the arguments; the thread is the current one and runs compiled code.
pub unsafe fn call_borrowing(
    thread: *mut PyThreadState,
    calls: c_int,
    function: Object,
    given: Given,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        match Ordered::new(function, ptr::null_mut(), given) {
            Some(ordered) => ordered.call(thread, calls, function),
            None => {
                let Given { first, positional, keyword } = given;
                let pairs = Pairs { first: first.add(positional), count: keyword };
                thin::call_with_names(thread, calls, function, first, positional, pairs)
            }
        }
    }
}

/// Calls a Python function with keywords, if it is one that this is for: consumes it, which is lowest, and the
/// arguments.
///
/// # Safety
/// The function is at `at`, the arguments are above it, all owned; the thread is the current one and runs compiled
/// code.
#[inline(never)]
pub unsafe fn try_call(
    thread: *mut PyThreadState,
    at: *mut Object,
    positional: usize,
    keyword: usize,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        let (function, given) = (*at, Given { first: at.add(1), positional, keyword });
        // One reference more, as the evaluator has, for whoever counts them.
        py::incref(function);
        let result = call_borrowing(thread, 0, function, given);
        py::decref(function);
        let result = result?;
        release(at, given.operands() + 1);
        Some(result)
    }
}
