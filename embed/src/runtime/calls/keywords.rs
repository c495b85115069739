//! Calls with keywords, without a dict of them.

use crate::py::references::{Borrowed, Owned};
use crate::py::stack::release;
use crate::py::{self, Object, PyFunctionObject, PyThreadState, describe};
use crate::run::parameters::{Pairs, Parameters};
use crate::run::thin;
use std::ffi::c_int;
use std::ptr;

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
                let (name, value) = self.pairs().get(index);
                if py::PyDict_SetItem(dict.get(), name, value) != 0 {
                    return None;
                }
            }
            Some(dict)
        }
    }

    /// The arguments by name.
    fn pairs(self) -> Pairs {
        Pairs { first: self.first.wrapping_add(self.positional), count: self.keyword }
    }
}

/// The arguments of a call in the order of the parameters.
pub struct Ordered(Parameters);

impl Ordered {
    /// Puts arguments in order, after a receiver if there is one; `None` where that is not simple, or an
    /// error. All are borrowed, from the caller and from the defaults of the function.
    ///
    /// # Safety
    /// A function and arguments that are alive.
    pub unsafe fn new(function: Object, receiver: Object, given: Given) -> Option<Ordered> {
        // SAFETY: by the contract.
        unsafe {
            if !describe::is_plain((*function.cast::<PyFunctionObject>()).func_code.cast()) {
                return None;
            }
            let mut ordered = Ordered(Parameters::NONE);
            let Given { first, positional, .. } = given;
            let others = ordered.0.arrange(function, receiver, first, positional, given.pairs())?;
            (others.from == positional && others.names == 0).then_some(ordered)
        }
    }

    /// Calls the function, under so many calls in C, in a thin frame if that can be; else nothing has
    /// happened.
    ///
    /// # Safety
    /// The function whose arguments these are, which have not been released; the caller holds it. The thread
    /// is the current one and runs compiled code.
    pub unsafe fn call(&self, thread: *mut PyThreadState, calls: c_int, function: Object) -> Option<Object> {
        // SAFETY: the defaults are held by their tuple.
        unsafe {
            let defaults = (*function.cast::<PyFunctionObject>()).func_defaults;
            py::xincref(defaults);
            let result = thin::call_under(thread, calls, function, self.0.first(), self.0.count());
            py::xdecref(defaults);
            result
        }
    }
}

/// Calls a Python function under so many calls in C with arguments that stay the caller's, in a thin frame if
/// that can be; else nothing has happened.
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
                thin::call_with_names(thread, calls, function, given.first, given.positional, given.pairs())
            }
        }
    }
}

/// The same after a receiver, which is held, too, and next to the arguments, below them.
///
/// # Safety
/// As for [`call_borrowing`].
pub unsafe fn call_with_receiver(
    thread: *mut PyThreadState,
    function: Object,
    receiver: Object,
    given: Given,
) -> Option<Object> {
    // SAFETY: by the contract.
    unsafe {
        match Ordered::new(function, receiver, given) {
            Some(ordered) => ordered.call(thread, 0, function),
            None => {
                let first = given.first.sub(1);
                thin::call_with_names(thread, 0, function, first, given.positional + 1, given.pairs())
            }
        }
    }
}

/// Calls a Python function with keywords, if it is one that this is for: consumes it, which is lowest, and
/// the arguments.
///
/// # Safety
/// The function is at `at`, the arguments are above it, all owned; the thread is the current one and runs
/// compiled code.
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
