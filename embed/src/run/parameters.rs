//! Which parameter of a function each argument of a call is for, as `PyEval_EvalCodeEx` finds out.
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::py::{self, Object, PyCodeObject, PyFunctionObject, strings};
use std::ptr;

/// The most parameters of a function that is called so.
const MAX: usize = 16;

/// Arguments by name: pairs of name and value in a row.
#[derive(Clone, Copy)]
pub struct Pairs {
    /// The first name; its value is next to it.
    pub first: *const Object,
    /// How many pairs there are.
    pub count: usize,
}

impl Pairs {
    /// None.
    pub const NONE: Pairs = Pairs { first: ptr::null(), count: 0 };

    /// The name and the value of a pair, borrowed.
    ///
    /// # Safety
    /// There are more pairs than that.
    #[inline(always)]
    pub unsafe fn get(self, index: usize) -> (Object, Object) {
        // SAFETY: within the pairs.
        unsafe { (*self.first.add(2 * index), *self.first.add(2 * index + 1)) }
    }
}

/// What the parameters of a function are given, in order.
pub struct Parameters {
    values: [Object; MAX],
    count: usize,
}

/// Arguments that are for no parameter.
#[derive(Clone, Copy)]
pub struct Others {
    /// The first positional one: those before it are for parameters.
    pub from: usize,
    /// How many of the pairs.
    pub names: usize,
}

impl Parameters {
    /// Nothing yet.
    pub const NONE: Parameters = Parameters { values: [ptr::null_mut(); MAX], count: 0 };

    /// One value for each parameter.
    pub fn first(&self) -> *const Object {
        self.values.as_ptr()
    }

    /// How many parameters there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Gives each parameter its argument, after a receiver if there is one, or else its default: all
    /// borrowed, from the caller and from the function. `None` where that is not simple, or an error.
    ///
    /// # Safety
    /// A function, and arguments that are alive.
    #[inline(always)]
    pub unsafe fn arrange(
        &mut self,
        function: Object,
        receiver: Object,
        arguments: *const Object,
        count: usize,
        pairs: Pairs,
    ) -> Option<Others> {
        // SAFETY: by the contract; there are as many values as parameters at least.
        unsafe {
            let function = function.cast::<PyFunctionObject>();
            let code = (*function).func_code.cast::<PyCodeObject>();
            let parameters = (*code).co_argcount as usize;
            let bound = usize::from(!receiver.is_null());
            if parameters > MAX || bound > parameters {
                return None;
            }
            let positional = count.min(parameters - bound);
            let values = (&raw mut self.values).cast::<Object>();
            *values = receiver;
            ptr::copy_nonoverlapping(arguments, values.add(bound), positional);
            let mut names = 0;
            for index in 0..pairs.count {
                let (name, value) = pairs.get(index);
                let parameter = index_of(code, name);
                if parameter == parameters {
                    // One that is not interned may be equal to that of a parameter.
                    if !strings::is_interned(name) {
                        return None;
                    }
                    names += 1;
                } else if (*values.add(parameter)).is_null() {
                    *values.add(parameter) = value;
                } else {
                    return None;
                }
            }
            let defaults = (*function).func_defaults;
            let length = py::tuple_length(defaults);
            for parameter in 0..parameters {
                let value = values.add(parameter);
                if (*value).is_null() {
                    // The last default is for the last parameter, even if there are more of them than
                    // parameters.
                    *value = py::tuple_item(defaults, (parameter + length).checked_sub(parameters)?);
                }
            }
            self.count = parameters;
            Some(Others { from: positional, names })
        }
    }
}

/// The index of the parameter with a name, the number of parameters if there is none.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn index_of(code: *mut PyCodeObject, name: Object) -> usize {
    // SAFETY: the names of the parameters come first among those of the variables.
    unsafe {
        let parameters = (*code).co_argcount as usize;
        let mut parameter = 0;
        while parameter < parameters && py::tuple_item((*code).co_varnames, parameter) != name {
            parameter += 1;
        }
        parameter
    }
}
