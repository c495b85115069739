//! `CALL_FUNCTION*`, `MAKE_FUNCTION`, `MAKE_CLOSURE`, `BUILD_CLASS`, `LOAD_BUILD_CLASS`.

use crate::py::evaluation::thread_state;
use crate::py::pending;
use crate::py::references::Owned;
use crate::py::stack::{Stack, release};
use crate::py::{self, Object, PyThreadState};
use crate::py::{Frame, evaluator};
use crate::py::{binding, initialisers};
use crate::runtime::calls::{classes, functions, instances, keywords, shortcuts};
use pyjion_jit::hir::CALL_UNINTERRUPTED;
use std::ptr;

/// `CALL_FUNCTION`
pub unsafe extern "C" fn call(_frame: Frame, at: *mut Object, count: i64, immediate: i64) -> Object {
    // SAFETY: the operands are laid out as on the evaluator's stack, and consumed here.
    unsafe {
        let thread = thread_state();
        let result = if immediate >> 8 & 0xff == 0 {
            call_positional(thread, at, count as usize - 1)
        } else {
            call_with_keywords(thread, at, immediate)
        };
        finish(thread, result, immediate)
    }
}

/// Does the periodic work that the evaluator does before it goes on to the next instruction.
#[inline(always)]
pub unsafe fn finish(thread: *mut PyThreadState, result: Object, immediate: i64) -> Object {
    // SAFETY: a new reference, or NULL with an exception set.
    unsafe {
        let is_left_to_others = result.is_null() || (*thread).use_tracing != 0;
        if is_left_to_others || immediate & CALL_UNINTERRUPTED != 0 || !pending::is_due() {
            return result;
        }
        if pending::handle(thread) {
            return result;
        }
        py::decref(result);
        ptr::null_mut()
    }
}

/// The same with keywords.
///
/// # Safety
/// As for [`call_positional`].
pub unsafe fn call_with_keywords(thread: *mut PyThreadState, at: *mut Object, immediate: i64) -> Object {
    let (positional, keyword) = ((immediate & 0xff) as usize, (immediate >> 8 & 0xff) as usize);
    // SAFETY: by the contract.
    unsafe {
        let ty = py::type_of(*at);
        let called = if ty == &raw mut py::PyFunction_Type {
            keywords::try_call(thread, at, positional, keyword)
        } else if initialisers::are_classes(ty) {
            classes::try_instantiate(thread, at, positional, keyword)
        } else {
            None
        };
        match called {
            Some(result) => result,
            None => call_generally(at, positional + 2 * keyword + 1, immediate),
        }
    }
}

/// `call_function` of ceval.c: consumes the function and its arguments.
pub unsafe fn call_generally(at: *mut Object, count: usize, immediate: i64) -> Object {
    // SAFETY: the operands are laid out as on the evaluator's stack.
    unsafe {
        let mut top = at.add(count);
        evaluator::call_function(&mut top, immediate & 0xffff)
    }
}

/// The same without keywords.
///
/// # Safety
/// What is called is lowest, its arguments above it; all are the caller's to give.
#[inline(always)]
pub unsafe fn call_positional(thread: *mut PyThreadState, at: *mut Object, count: usize) -> Object {
    // SAFETY: the function is lowest, `count` arguments are above it; all are ours.
    unsafe {
        let callable = *at;
        let ty = py::type_of(callable);
        if ty == &raw mut py::PyFunction_Type {
            // One reference more, as the evaluator has, for whoever counts them.
            py::incref(callable);
            let result = functions::try_call(thread, callable, at.add(1), count);
            py::decref(callable);
            if let Some(result) = result {
                release(at, count + 1);
                return result;
            }
        } else if ty == &raw mut py::PyMethod_Type {
            let method = callable.cast::<py::PyMethodObject>();
            let (receiver, function) = ((*method).im_self, (*method).im_func);
            if !receiver.is_null()
                && py::type_of(function) == &raw mut py::PyFunction_Type
                && functions::is_simple(function, count + 1)
            {
                py::incref(receiver);
                py::incref(function);
                *at = receiver;
                py::decref(callable);
                // Dropping the method may have run code that changed the function.
                return match functions::try_call_consuming(thread, function, at, count + 1) {
                    Some(result) => result,
                    None => call_bound(function, at, count + 1, count as i64),
                };
            }
        } else if initialisers::are_classes(ty) {
            let made = if py::has_feature(callable.cast(), py::Py_TPFLAGS_HEAPTYPE as u64) {
                classes::try_instantiate(thread, at, count, 0)
            } else {
                shortcuts::try_type(thread, at, count)
            };
            if let Some(result) = made {
                return result;
            }
        } else if ty == &raw mut py::PyCFunction_Type && (*thread).use_tracing == 0 {
            let method = (*callable.cast::<py::PyCFunctionObject>()).m_ml;
            let flags = (*method).ml_flags as u32;
            // `PyCFunction_GET_SELF`
            let receiver = if cfg!(py3) && flags & py::METH_STATIC != 0 {
                ptr::null_mut()
            } else {
                (*callable.cast::<py::PyCFunctionObject>()).m_self
            };
            let takes = (flags & (py::METH_NOARGS | py::METH_O), count);
            if let (py::METH_NOARGS, 0) | (py::METH_O, 1) = takes {
                let argument = if count == 0 { ptr::null_mut() } else { *at.add(1) };
                let result = (*method).ml_meth.unwrap_unchecked()(receiver, argument);
                if count == 1 {
                    py::decref(argument);
                }
                #[cfg(py35)]
                let result = py::_Py_CheckFunctionResult(callable, result, ptr::null());
                py::decref(callable);
                return result;
            }
            if takes.0 == 0
                && let Some(result) = shortcuts::try_function(method as usize, receiver, at, count)
            {
                return result;
            }
        } else if py::has_feature(ty, py::Py_TPFLAGS_HEAPTYPE as u64)
            && let Some(result) = instances::try_call(thread, at, count)
        {
            return result;
        }
        call_generally(at, count + 1, count as i64)
    }
}

/// Binds what is called to its receiver, which is lowest of `count` operands, and calls that with the
/// arguments above, of which the immediate of `CALL_FUNCTION` says what they are; consumes all.
///
/// # Safety
/// So many owned references are there, and the callable's is the caller's to give.
pub unsafe fn call_bound(callable: Object, at: *mut Object, count: usize, immediate: i64) -> Object {
    // SAFETY: by the contract.
    unsafe {
        let method = binding::bind(callable, *at, ptr::null_mut());
        if method.is_null() {
            release(at.add(1), count - 1);
            return method;
        }
        *at = method;
        call_generally(at, count, immediate)
    }
}

/// Takes defaults off the stack and gives them to the function; false when an exception is set.
unsafe fn set_defaults(function: Object, operands: &mut Stack, count: usize) -> bool {
    // SAFETY: the tuple is new and takes the operands over.
    unsafe {
        let defaults = Owned::new(py::PyTuple_New(count as isize));
        if defaults.is_null() {
            return false;
        }
        for index in (0..count).rev() {
            py::set_tuple_item(defaults.get(), index, operands.pop().give());
        }
        py::PyFunction_SetDefaults(function, defaults.get()) == 0
    }
}

/// `MAKE_FUNCTION`
pub unsafe extern "C" fn make_function(frame: Frame, at: *mut Object, count: i64, immediate: i64) -> Object {
    // SAFETY: the operands are ours.
    unsafe { make(frame, Stack::new(at, count), immediate, false) }
}

/// `MAKE_CLOSURE`
pub unsafe extern "C" fn make_closure(frame: Frame, at: *mut Object, count: i64, immediate: i64) -> Object {
    // SAFETY: the operands are ours.
    unsafe { make(frame, Stack::new(at, count), immediate, true) }
}

/// Both of 2.7's: defaults, closure, code.
#[cfg(py2)]
unsafe fn make(frame: Frame, mut operands: Stack, immediate: i64, is_closure: bool) -> Object {
    // SAFETY: the operands are as the instructions have them.
    unsafe {
        let code = operands.pop();
        let function = Owned::new(py::PyFunction_New(code.get(), (*frame).f_globals));
        drop(code);
        if function.is_null() {
            return ptr::null_mut();
        }
        if is_closure {
            let closure = operands.pop();
            if py::PyFunction_SetClosure(function.get(), closure.get()) != 0 {
                return ptr::null_mut();
            }
        }
        if immediate > 0 && !set_defaults(function.get(), &mut operands, immediate as usize) {
            return ptr::null_mut();
        }
        function.give()
    }
}

/// Both of 3.x's: defaults, (name, default) of keyword-only arguments, annotations and the
/// tuple of their names, closure, code, qualified name.
#[cfg(py3)]
unsafe fn make(frame: Frame, mut operands: Stack, immediate: i64, is_closure: bool) -> Object {
    let positional = (immediate & 0xff) as usize;
    let keyword = (immediate >> 8 & 0xff) as usize;
    let annotations = (immediate >> 16 & 0x7fff) as usize;
    // SAFETY: the operands are as the instructions have them.
    unsafe {
        let qualified_name = operands.pop();
        let code = operands.pop();
        let function =
            Owned::new(py::PyFunction_NewWithQualName(code.get(), (*frame).f_globals, qualified_name.get()));
        drop(code);
        drop(qualified_name);
        if function.is_null() {
            return ptr::null_mut();
        }
        if is_closure {
            let closure = operands.pop();
            if py::PyFunction_SetClosure(function.get(), closure.get()) != 0 {
                return ptr::null_mut();
            }
        }
        if (annotations > 0 && !set_annotations(function.get(), &mut operands))
            || (keyword > 0 && !set_keyword_defaults(function.get(), &mut operands, keyword))
            || (positional > 0 && !set_defaults(function.get(), &mut operands, positional))
        {
            return ptr::null_mut();
        }
        function.give()
    }
}

#[cfg(py3)]
unsafe fn set_annotations(function: Object, operands: &mut Stack) -> bool {
    // SAFETY: a tuple of names on top, as many values below.
    unsafe {
        let names = operands.pop();
        let annotations = Owned::new(py::PyDict_New());
        if annotations.is_null() {
            return false;
        }
        for index in (0..py::size_of_var(names.get()) as usize).rev() {
            let value = operands.pop();
            if py::PyDict_SetItem(annotations.get(), py::tuple_item(names.get(), index), value.get()) != 0 {
                return false;
            }
        }
        py::PyFunction_SetAnnotations(function, annotations.get()) == 0
    }
}

#[cfg(py3)]
unsafe fn set_keyword_defaults(function: Object, operands: &mut Stack, count: usize) -> bool {
    // SAFETY: pairs of name and value, the value on top.
    unsafe {
        let defaults = Owned::new(py::PyDict_New());
        if defaults.is_null() {
            return false;
        }
        for _ in 0..count {
            let value = operands.pop();
            let name = operands.pop();
            if py::PyDict_SetItem(defaults.get(), name.get(), value.get()) != 0 {
                return false;
            }
            // The evaluator releases the value first.
            drop(value);
        }
        py::PyFunction_SetKwDefaults(function, defaults.get()) == 0
    }
}

/// 2.7 `BUILD_CLASS`
#[cfg(py2)]
unsafe extern "C" fn build_class(_frame: Frame, at: *mut Object, count: i64, _: i64) -> Object {
    // SAFETY: name, bases, methods; ours.
    unsafe {
        let operands = Stack::new(at, count);
        evaluator::build_class(operands.peek(2).get(), operands.peek(1).get(), operands.peek(0).get())
    }
}

/// The address of the `BUILD_CLASS` helper.
pub fn build_class_address() -> usize {
    #[cfg(py2)]
    return address_of!(build_class);
    #[cfg(py3)]
    return address_of!(crate::runtime::helper::no_instruction_object);
}

/// 3.x `LOAD_BUILD_CLASS`
#[cfg(py3)]
unsafe extern "C" fn load_build_class(frame: Frame) -> Object {
    // SAFETY: see the module.
    unsafe {
        let name = Owned::new(crate::py::dict::intern(c"__build_class__"));
        if name.is_null() {
            return ptr::null_mut();
        }
        let builtins = (*frame).f_builtins;
        let function = if py::type_of(builtins) == &raw mut py::PyDict_Type {
            let function = py::PyDict_GetItem(builtins, name.get());
            if function.is_null() {
                py::PyErr_SetObject(py::PyExc_KeyError, name.get());
            }
            py::xincref(function);
            function
        } else {
            py::PyObject_GetItem(builtins, name.get())
        };
        if function.is_null() && py::PyErr_ExceptionMatches(py::PyExc_KeyError) != 0 {
            py::PyErr_SetString(py::PyExc_NameError, c"__build_class__ not found".as_ptr());
        }
        function
    }
}

/// The address of the `LOAD_BUILD_CLASS` helper.
pub fn load_build_class_address() -> usize {
    #[cfg(py3)]
    return address_of!(load_build_class);
    #[cfg(py2)]
    return address_of!(crate::runtime::helper::no_instruction);
}
