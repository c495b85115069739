//! 2.7 `EXEC_STMT`.

/// The address of the helper.
pub fn address() -> usize {
    #[cfg(py2)]
    return address_of!(native::exec_stmt);
    #[cfg(py3)]
    return address_of!(crate::runtime::helper::no_instruction_status);
}

#[cfg(py2)]
mod native {
    use crate::py::Frame;
    use crate::py::references::Owned;
    use crate::py::{self, Object};
    use crate::state::recall;
    use std::ffi::{CStr, c_int};
    use std::ptr;

    const FILE_INPUT: c_int = py::Py_file_input as c_int;

    /// Whether an object's type has one of the `Py_TPFLAGS_*_SUBCLASS`.
    unsafe fn is_a(object: Object, flag: u32) -> bool {
        // SAFETY: alive.
        unsafe { py::has_feature(py::type_of(object), u64::from(flag)) }
    }

    unsafe fn is_code(object: Object) -> bool {
        // SAFETY: alive.
        unsafe { py::type_of(object) == &raw mut py::PyCode_Type }
    }

    unsafe fn is_file(object: Object) -> bool {
        let file = &raw mut py::PyFile_Type;
        // SAFETY: alive.
        unsafe { py::type_of(object) == file || py::PyType_IsSubtype(py::type_of(object), file) != 0 }
    }

    unsafe fn fail(exception: Object, message: &CStr) -> i64 {
        // SAFETY: sets an exception.
        unsafe { py::PyErr_SetString(exception, message.as_ptr()) };
        -1
    }

    /// `EXEC_STMT`
    pub unsafe extern "C" fn exec_stmt(frame: Frame, at: *mut Object, _: i64, _: i64) -> i64 {
        // SAFETY: the three operands are ours; the deepest is released first.
        unsafe {
            let locals = Owned::new(*at.add(2));
            let globals = Owned::new(*at.add(1));
            let program = Owned::new(*at);
            exec_statement(frame, program.get(), globals.get(), locals.get())
        }
    }

    /// `exec_statement` of ceval.c.
    unsafe fn exec_statement(frame: Frame, program: Object, globals: Object, locals: Object) -> i64 {
        // SAFETY: borrowed arguments.
        unsafe {
            let (mut program, mut globals, mut locals) = (program, globals, locals);
            let none = py::none();
            if is_a(program, py::Py_TPFLAGS_TUPLE_SUBCLASS) && globals == none && locals == none {
                let size = py::size_of_var(program);
                if size == 2 || size == 3 {
                    globals = py::tuple_item(program, 1);
                    if size == 3 {
                        locals = py::tuple_item(program, 2);
                    }
                    program = py::tuple_item(program, 0);
                }
            }
            let mut is_plain = false;
            if globals == none {
                globals = py::PyEval_GetGlobals();
                if locals == none {
                    locals = py::PyEval_GetLocals();
                    is_plain = true;
                }
                if globals.is_null() || locals.is_null() {
                    return fail(py::PyExc_SystemError, c"globals and locals cannot be NULL");
                }
            } else if locals == none {
                locals = globals;
            }
            if !is_a(program, py::Py_TPFLAGS_STRING_SUBCLASS)
                && !is_a(program, py::Py_TPFLAGS_UNICODE_SUBCLASS)
                && !is_code(program)
                && !is_file(program)
            {
                let message = c"exec: arg 1 must be a string, file, or code object";
                return fail(py::PyExc_TypeError, message);
            }
            if !is_a(globals, py::Py_TPFLAGS_DICT_SUBCLASS) {
                return fail(py::PyExc_TypeError, c"exec: arg 2 must be a dictionary or None");
            }
            if py::PyMapping_Check(locals) == 0 {
                return fail(py::PyExc_TypeError, c"exec: arg 3 must be a mapping or None");
            }
            let builtins = c"__builtins__".as_ptr();
            if py::PyDict_GetItemString(globals, builtins).is_null() {
                py::PyDict_SetItemString(globals, builtins, (*frame).f_builtins);
            }
            let result = match run(program, globals, locals) {
                Ok(result) => Owned::new(result),
                Err(Unreadable) => return -1,
            };
            if is_plain {
                recall::write_locals(frame);
            }
            if result.is_null() { -1 } else { 0 }
        }
    }

    /// The program has no text; an exception is set.
    struct Unreadable;

    /// Runs what is to be executed: a new reference, or NULL with an exception set.
    unsafe fn run(program: Object, globals: Object, locals: Object) -> Result<Object, Unreadable> {
        // SAFETY: borrowed arguments, of types that were checked.
        unsafe {
            if is_code(program) {
                let code = program.cast::<py::PyCodeObject>();
                if py::size_of_var((*code).co_freevars) > 0 {
                    fail(py::PyExc_TypeError, c"code object passed to exec may not contain free variables");
                    return Err(Unreadable);
                }
                return Ok(py::PyEval_EvalCode(code, globals, locals));
            }
            let mut flags = py::PyCompilerFlags { cf_flags: 0 };
            if is_file(program) {
                let file = py::PyFile_AsFile(program);
                let name = py::PyString_AsString(py::PyFile_Name(program));
                if name.is_null() {
                    return Err(Unreadable);
                }
                let flags: *mut _ =
                    if py::PyEval_MergeCompilerFlags(&mut flags) != 0 { &mut flags } else { ptr::null_mut() };
                return Ok(py::PyRun_FileExFlags(file, name, FILE_INPUT, globals, locals, 0, flags));
            }
            let mut program = program;
            let encoded = Owned::new(if is_a(program, py::Py_TPFLAGS_UNICODE_SUBCLASS) {
                py::encode_utf8(program)
            } else {
                ptr::null_mut()
            });
            if is_a(program, py::Py_TPFLAGS_UNICODE_SUBCLASS) {
                if encoded.is_null() {
                    return Err(Unreadable);
                }
                program = encoded.get();
                flags.cf_flags |= py::PyCF_SOURCE_IS_UTF8 as c_int;
            }
            let mut text = ptr::null_mut();
            if py::PyString_AsStringAndSize(program, &mut text, ptr::null_mut()) != 0 {
                return Err(Unreadable);
            }
            let flags: *mut _ =
                if py::PyEval_MergeCompilerFlags(&mut flags) != 0 { &mut flags } else { ptr::null_mut() };
            Ok(py::PyRun_StringFlags(text, FILE_INPUT, globals, locals, flags))
        }
    }
}
