//! Which parameter of a function each argument of a call is for, as `PyEval_EvalCodeEx` finds out.
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::py::{self, Object, PyCodeObject, PyFunctionObject, describe, strings};
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
    /// borrowed, from the caller and from the function. Those that are given by name only are left without
    /// their defaults. `None` where that is not simple, or an error.
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
            let (parameters, all) = ((*code).co_argcount as usize, count_of(code));
            let bound = usize::from(!receiver.is_null());
            if all > MAX || bound > parameters {
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
                if parameter == all {
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
            self.count = all;
            Some(Others { from: positional, names })
        }
    }

    /// Gives those parameters their defaults that are given by name only and have no value: new references,
    /// which the bits of the result name. `None`, and no reference, where one has none.
    ///
    /// # Safety
    /// The function that the others were arranged for.
    #[cfg(py3)]
    #[inline(always)]
    pub unsafe fn complete(&mut self, function: Object) -> Option<u32> {
        let mut taken = 0;
        let values = (&raw mut self.values).cast::<Object>();
        // SAFETY: by the contract; there are as many values as parameters at least, whose names are strings.
        unsafe {
            let PyFunctionObject { func_code, func_kwdefaults: defaults, .. } = *function.cast();
            let code = func_code.cast::<PyCodeObject>();
            for parameter in (*code).co_argcount as usize..self.count {
                if !(*values.add(parameter)).is_null() {
                    continue;
                }
                let name = py::tuple_item((*code).co_varnames, parameter);
                let default =
                    if defaults.is_null() { ptr::null_mut() } else { py::PyDict_GetItem(defaults, name) };
                if default.is_null() {
                    self.give_back(taken);
                    return None;
                }
                py::incref(default);
                *values.add(parameter) = default;
                taken |= 1 << parameter;
            }
        }
        Some(taken)
    }

    /// The same on 2.7, where there are no such parameters.
    ///
    /// # Safety
    /// None is asked for.
    #[cfg(py2)]
    #[inline(always)]
    pub unsafe fn complete(&mut self, _: Object) -> Option<u32> {
        Some(0)
    }

    /// Gives up what [`complete`](Parameters::complete) took.
    ///
    /// # Safety
    /// Its result.
    #[inline(always)]
    pub unsafe fn give_back(&self, taken: u32) {
        if taken == 0 {
            return;
        }
        for (parameter, value) in self.values.iter().enumerate() {
            if taken & 1 << parameter != 0 {
                // SAFETY: a reference of ours.
                unsafe { py::decref(*value) };
            }
        }
    }
}

/// How many parameters there are, those that are given by name only among them.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn count_of(code: *mut PyCodeObject) -> usize {
    // SAFETY: by the contract.
    unsafe { (*code).co_argcount as usize + describe::keyword_only(code) }
}

/// The index of the parameter with a name, the number of parameters if there is none.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn index_of(code: *mut PyCodeObject, name: Object) -> usize {
    // SAFETY: the names of the parameters come first among those of the variables.
    unsafe {
        let parameters = count_of(code);
        let mut parameter = 0;
        while parameter < parameters && py::tuple_item((*code).co_varnames, parameter) != name {
            parameter += 1;
        }
        parameter
    }
}
