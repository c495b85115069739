//! Which functions in C are those that the compiler knows, learned from the objects that programs call.

use crate::py::{self, Object, strings};
use pyjion_jit::hir::{Builtin, Owner};
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The definition of each; 0 until it is met.
// APART: facts of the interpreter, each learnt once.
static DEFINITIONS: [AtomicUsize; Builtin::ALL.len()] = [const { AtomicUsize::new(0) }; Builtin::ALL.len()];

/// What is defined at an address, if it has been met; for types, which it is.
pub fn known(address: usize) -> Option<Builtin> {
    let of_type = [
        (&raw const py::PyFloat_Type as usize, Builtin::Float),
        #[cfg(py2)]
        (&raw const py::PyInt_Type as usize, Builtin::Int),
        #[cfg(py3)]
        (&raw const py::PyLong_Type as usize, Builtin::Int),
        (&raw const py::PyBool_Type as usize, Builtin::Bool),
        (&raw const py::PyRange_Type as usize, Builtin::XRange),
        #[cfg(py2)]
        (&raw const py::PyString_Type as usize, Builtin::Str),
        #[cfg(py3)]
        (&raw const py::PyUnicode_Type as usize, Builtin::Str),
        (&raw const py::PyType_Type as usize, Builtin::Type),
    ];
    let found = of_type.iter().find(|(ty, _)| *ty == address).map(|(_, builtin)| *builtin);
    found.or_else(|| {
        let index = DEFINITIONS.iter().position(|known| known.load(Ordering::Relaxed) == address)?;
        Some(Builtin::ALL[index])
    })
}

/// Meets a function in C.
///
/// # Safety
/// An exact `builtin_function_or_method`, alive. Runs nothing.
pub unsafe fn meet(function: Object) {
    // SAFETY: by the contract; definitions live for ever.
    unsafe {
        let function = function.cast::<py::PyCFunctionObject>();
        let definition = (*function).m_ml;
        if DEFINITIONS.iter().any(|known| known.load(Ordering::Relaxed) == definition as usize) {
            return;
        }
        let name = CStr::from_ptr((*definition).ml_name).to_bytes();
        let Some(index) = Builtin::ALL.iter().position(|builtin| {
            builtin.owner() != Owner::Types
                && builtin.name().as_bytes() == name
                && is_of(function, builtin.owner())
        }) else {
            return;
        };
        DEFINITIONS[index].store(definition as usize, Ordering::Relaxed);
    }
}

/// Whether a function is its owner's, beyond doubt.
unsafe fn is_of(function: *mut py::PyCFunctionObject, owner: Owner) -> bool {
    // SAFETY: by the contract of the caller.
    unsafe {
        let receiver = (*function).m_self;
        let is_method = |ty: *mut py::PyTypeObject| !receiver.is_null() && py::type_of(receiver) == ty;
        match owner {
            Owner::Builtins => {
                let name: &[u8] = if cfg!(py2) { b"__builtin__" } else { b"builtins" };
                is_of_module(function, name)
            }
            Owner::Math => is_of_module(function, b"math") && is_in_library(function),
            Owner::Types => false,
            Owner::List => is_method(&raw mut py::PyList_Type),
            Owner::Dict => is_method(&raw mut py::PyDict_Type),
            #[cfg(py2)]
            Owner::Str => is_method(&raw mut py::PyString_Type),
            #[cfg(py3)]
            Owner::Str => is_method(&raw mut py::PyUnicode_Type),
        }
    }
}

/// The definition of a function, if it is the builtin of this name.
///
/// # Safety
/// An exact `builtin_function_or_method`, alive. Runs nothing.
pub unsafe fn definition_of_builtin(function: Object, name: &CStr) -> Option<usize> {
    // SAFETY: by the contract; definitions live for ever.
    unsafe {
        let function = function.cast::<py::PyCFunctionObject>();
        let definition = (*function).m_ml;
        let is_it = CStr::from_ptr((*definition).ml_name) == name && is_of(function, Owner::Builtins);
        is_it.then_some(definition as usize)
    }
}

/// Whether a function says that it is of a module.
unsafe fn is_of_module(function: *mut py::PyCFunctionObject, name: &[u8]) -> bool {
    // SAFETY: by the contract of the caller.
    unsafe {
        let module = (*function).m_module;
        !module.is_null() && strings::is_str(module) && strings::is_plainly(module, name)
    }
}

/// Whether the code of a function of `math` is CPython's own: in the executable, or in its folder of
/// extension modules.
unsafe fn is_in_library(function: *mut py::PyCFunctionObject) -> bool {
    // SAFETY: an address of code, and strings that last.
    unsafe {
        let Some(code) = (*(*function).m_ml).ml_meth else { return false };
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(code as *const _, &mut info) == 0 || info.dli_fname.is_null() {
            return false;
        }
        let mut own: libc::Dl_info = std::mem::zeroed();
        let is_own = libc::dladdr((&raw const py::PyFloat_Type).cast(), &mut own) != 0
            && own.dli_fbase == info.dli_fbase;
        let path = Path::new(OsStr::from_bytes(CStr::from_ptr(info.dli_fname).to_bytes()));
        let is_library = path.parent().and_then(Path::file_name) == Some(OsStr::new("lib-dynload"))
            && path.file_name().is_some_and(|name| name.as_bytes().starts_with(b"math."));
        is_own || is_library
    }
}

/// The C function, double to double, that a function of `math` calls; 0 for a square root.
pub fn math(builtin: Builtin) -> usize {
    let function: unsafe extern "C" fn(f64) -> f64 = match builtin {
        Builtin::Sin => libm::sin,
        Builtin::Cos => libm::cos,
        Builtin::Tan => libm::tan,
        Builtin::Asin => libm::asin,
        Builtin::Acos => libm::acos,
        Builtin::Atan => libm::atan,
        Builtin::Exp => libm::exp,
        _ => return 0,
    };
    function as *const () as usize
}

/// `<math.h>`
mod libm {
    unsafe extern "C" {
        pub fn sin(x: f64) -> f64;
        pub fn cos(x: f64) -> f64;
        pub fn tan(x: f64) -> f64;
        pub fn asin(x: f64) -> f64;
        pub fn acos(x: f64) -> f64;
        pub fn atan(x: f64) -> f64;
        pub fn exp(x: f64) -> f64;
    }
}
