//! Python functions, methods, properties and special methods as C calls them, in thin frames, and generators
//! as C iterates over them: `function_call` of funcobject.c, `instancemethod_call` (3.x: `method_call`) of
//! classobject.c, `property_descr_get` of descrobject.c, `call_method` and `call_maybe` of typeobject.c,
//! `gen_iternext` of genobject.c. Generators that die are for [`closing`].
//!
//! The functions own nothing that needs to be dropped and cannot panic (see [`enter`](crate::run::enter)).

use crate::process::PROCESS;
use crate::py::evaluation::thread_state;
use crate::py::itemgetters;
use crate::py::{
    self, Object, PyFunctionObject, PyThreadState, descrgetfunc, destructor, iternextfunc, ternaryfunc,
};
use crate::run::{closing, enter, generators, sending, thin};
use std::cell::Cell;
#[cfg(has_function_call_hook)]
use std::ffi::c_int;
use std::ptr;

/// The most arguments of a method, the receiver with them, that are put in a row here.
const MAX_ARGUMENTS: usize = 8;

/// What does that in the interpreter.
pub struct Replaced {
    function: Cell<ternaryfunc>,
    method: Cell<ternaryfunc>,
    property: Cell<descrgetfunc>,
    generator: Cell<iternextfunc>,
    finalizer: Cell<destructor>,
}

impl Replaced {
    /// Nothing was replaced.
    pub const fn new() -> Replaced {
        Replaced {
            function: Cell::new(None),
            method: Cell::new(None),
            property: Cell::new(None),
            generator: Cell::new(None),
            finalizer: Cell::new(None),
        }
    }

    /// What finalizes generators in the interpreter.
    ///
    /// # Safety
    /// [`install`] was called.
    #[inline(always)]
    pub unsafe fn finalizer_of_generator(&self) -> unsafe extern "C" fn(Object) {
        // SAFETY: by the contract; generators have one.
        unsafe { self.finalizer.get().unwrap_unchecked() }
    }
}

/// Has C come here. Works before `Py_Initialize`.
///
/// # Safety
/// The GIL is held, or there is no thread yet.
pub unsafe fn install() {
    if PROCESS.replaced.function.get().is_some() {
        return;
    }
    // SAFETY: plain fields of types that live for ever.
    unsafe {
        PROCESS.replaced.function.set((&raw mut py::PyFunction_Type.tp_call).replace(Some(call_function)));
        PROCESS.replaced.method.set((&raw mut py::PyMethod_Type.tp_call).replace(Some(call_method)));
        PROCESS
            .replaced
            .property
            .set((&raw mut py::PyProperty_Type.tp_descr_get).replace(Some(get_property)));
        PROCESS
            .replaced
            .generator
            .set((&raw mut py::PyGen_Type.tp_iternext).replace(Some(next_of_generator)));
        #[cfg(py2)]
        let finalizer = &raw mut py::PyGen_Type.tp_del;
        #[cfg(py3)]
        let finalizer = &raw mut py::PyGen_Type.tp_finalize;
        PROCESS.replaced.finalizer.set(finalizer.replace(Some(closing::finalize)));
        #[cfg(has_function_call_hook)]
        {
            py::_PyFunction_CallHook = Some(call_special);
        }
    }
}

/// `tp_call` of functions.
unsafe extern "C" fn call_function(function: Object, arguments: Object, keywords: Object) -> Object {
    // SAFETY: what `tp_call` gets: a function, a tuple, and a dict or NULL.
    unsafe {
        let thread = thread_state();
        if is_simple(thread, keywords) {
            let items = py::tuple_items(arguments);
            let count = py::size_of_var(arguments) as usize;
            let held = Held::new(function, arguments);
            let result = thin::call(thread, function, items, count);
            held.release();
            if let Some(result) = result {
                return result;
            }
        }
        PROCESS.replaced.function.get().unwrap_unchecked()(function, arguments, keywords)
    }
}

/// `tp_call` of methods.
unsafe extern "C" fn call_method(method: Object, arguments: Object, keywords: Object) -> Object {
    // SAFETY: what `tp_call` gets: a method, a tuple, and a dict or NULL.
    unsafe {
        let thread = thread_state();
        let count = py::size_of_var(arguments) as usize;
        let bound = method.cast::<py::PyMethodObject>();
        let (receiver, function) = ((*bound).im_self, (*bound).im_func);
        if !receiver.is_null()
            && count < MAX_ARGUMENTS
            && py::type_of(function) == &raw mut py::PyFunction_Type
            && is_simple(thread, keywords)
        {
            let mut row = [ptr::null_mut(); MAX_ARGUMENTS];
            row[0] = receiver;
            for index in 0..count {
                *row.get_unchecked_mut(index + 1) = py::tuple_item(arguments, index);
            }
            let held = Held::new(function, arguments);
            let result = call_with_receiver(thread, function, &row, count + 1);
            held.release();
            if let Some(result) = result {
                return result;
            }
        }
        PROCESS.replaced.method.get().unwrap_unchecked()(method, arguments, keywords)
    }
}

/// What begins like `propertyobject` of descrobject.c, which no header declares.
#[repr(C)]
struct Property {
    object: py::PyObject,
    get: Object,
}

/// `tp_descr_get` of properties.
unsafe extern "C" fn get_property(property: Object, object: Object, class: Object) -> Object {
    // SAFETY: what `tp_descr_get` gets: a property, and an object or NULL.
    unsafe {
        let thread = thread_state();
        let function = (*property.cast::<Property>()).get;
        if !object.is_null() && object != py::none() && !function.is_null() {
            if py::type_of(function) != &raw mut py::PyFunction_Type {
                let item = itemgetters::item_of(function);
                if !item.is_null() && enter::has_room(thread) {
                    return get_item(object, item);
                }
            } else if is_simple(thread, ptr::null_mut()) {
                let held = Held::new(function, object);
                let result = call_with_receiver(thread, function, &[object], 1);
                held.release();
                if let Some(result) = result {
                    return result;
                }
            }
        }
        PROCESS.replaced.property.get().unwrap_unchecked()(property, object, class)
    }
}

/// `itemgetter_call` for one item.
#[inline(never)]
unsafe extern "C" fn get_item(object: Object, item: Object) -> Object {
    // SAFETY: alive now, and held while anything runs.
    unsafe {
        py::incref(object);
        py::incref(item);
        let result = py::PyObject_GetItem(object, item);
        py::decref(item);
        py::decref(object);
        result
    }
}

/// `tp_iternext` of generators.
unsafe extern "C" fn next_of_generator(generator: Object) -> Object {
    // SAFETY: what `tp_iternext` gets: a generator, which the caller holds.
    unsafe {
        match sending::send(thread_state(), generator, py::none()) {
            Some(stop) => stop.next(|result| generators::end_of_iteration(result)),
            None => PROCESS.replaced.generator.get().unwrap_unchecked()(generator),
        }
    }
}

/// `_PyFunction_CallHook`: calls a function of the class of its first argument; 0 if nothing has happened.
#[cfg(has_function_call_hook)]
unsafe extern "C" fn call_special(
    function: Object,
    arguments: *mut Object,
    count: isize,
    result: *mut Object,
) -> c_int {
    // SAFETY: a function and arguments that are alive now. A method and a tuple would hold them.
    unsafe {
        let thread = thread_state();
        if !is_simple(thread, ptr::null_mut()) {
            return 0;
        }
        let count = count as usize;
        py::incref(function);
        for index in 0..count {
            py::incref(*arguments.add(index));
        }
        // Those of the method and of its function.
        let done = thin::call_under(thread, 2, function, arguments, count);
        for index in (1..count).rev() {
            py::decref(*arguments.add(index));
        }
        py::decref(function);
        py::decref(*arguments);
        match done {
            Some(object) => {
                *result = object;
                1
            }
            None => 0,
        }
    }
}

/// Calls a function with a receiver and other arguments in a thin frame if that can be; else nothing has
/// happened. That is a call of its own beside the one of what was called.
#[inline(always)]
unsafe fn call_with_receiver(
    thread: *mut PyThreadState,
    function: Object,
    row: &[Object],
    count: usize,
) -> Option<Object> {
    // SAFETY: by the contract of `thin::call`; the others are held by who holds the tuple.
    unsafe {
        let receiver = row[0];
        py::incref(receiver);
        let result = thin::call_under(thread, 1, function, row.as_ptr(), count);
        py::decref(receiver);
        result
    }
}

/// Whether there are no keywords, and a frame that a thin one can come after.
#[inline(always)]
unsafe fn is_simple(thread: *mut PyThreadState, keywords: Object) -> bool {
    // SAFETY: a dict or NULL, and the current thread.
    unsafe { (keywords.is_null() || py::PyDict_Size(keywords) == 0) && !(*thread).frame.is_null() }
}

/// What a thin frame borrows and an ordinary one would hold, and what holds the arguments: C may have
/// borrowed the function.
struct Held {
    globals: Object,
    closure: Object,
    arguments: Object,
}

impl Held {
    #[inline(always)]
    unsafe fn new(function: Object, arguments: Object) -> Held {
        // SAFETY: alive.
        unsafe {
            let function = function.cast::<PyFunctionObject>();
            let held =
                Held { globals: (*function).func_globals, closure: (*function).func_closure, arguments };
            py::incref(held.globals);
            py::xincref(held.closure);
            py::incref(held.arguments);
            held
        }
    }

    #[inline(always)]
    unsafe fn release(self) {
        // SAFETY: ours.
        unsafe {
            py::decref(self.arguments);
            py::xdecref(self.closure);
            py::decref(self.globals);
        }
    }
}
