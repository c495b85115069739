//! Which kind, in the compiler's terms, an object is of.

use crate::py::arrays;
use crate::py::iterators;
use crate::py::{self, Object};
use pyjion_jit::hir::Type;

/// The kind of an object; [`Type::NULL`] for NULL. Runs nothing, allocates nothing.
///
/// # Safety
/// `object` is NULL or alive.
pub unsafe fn kind_of(object: Object) -> Type {
    if object.is_null() {
        return Type::NULL;
    }
    if object == py::none() {
        return Type::NONE;
    }
    // SAFETY: alive.
    let ty = unsafe { py::type_of(object) };
    #[cfg(py2)]
    if ty == &raw mut py::PyInt_Type {
        return Type::INT;
    }
    #[cfg(py3)]
    if ty == &raw mut py::PyLong_Type {
        // SAFETY: an int.
        let digits = unsafe { py::size_of_var(object) }.unsigned_abs();
        return if digits <= 2 { Type::INT } else { Type::LONG };
    }
    let kinds = [
        (&raw mut py::PyFloat_Type, Type::FLOAT),
        #[cfg(py2)]
        (&raw mut py::PyString_Type, Type::STR),
        #[cfg(py3)]
        (&raw mut py::PyUnicode_Type, Type::STR),
        (&raw mut py::PyList_Type, Type::LIST),
        (&raw mut py::PyTuple_Type, Type::TUPLE),
        (&raw mut py::PyDict_Type, Type::DICT),
        (&raw mut py::PyBool_Type, Type::BOOL),
        (&raw mut py::PyFunction_Type, Type::FUNCTION),
        (&raw mut py::PyMethod_Type, Type::METHOD),
        (&raw mut py::PyCFunction_Type, Type::CFUNCTION),
        (&raw mut py::PyType_Type, Type::TYPE),
        (&raw mut py::PyGen_Type, Type::GENERATOR),
        #[cfg(py2)]
        (&raw mut py::PyLong_Type, Type::LONG),
        #[cfg(py2)]
        (&raw mut py::PyUnicode_Type, Type::UNICODE),
        #[cfg(py2)]
        (&raw mut py::PyInstance_Type, Type::INSTANCE),
        #[cfg(py3)]
        (&raw mut py::PyBytes_Type, Type::UNICODE),
        (&raw mut py::PyComplex_Type, Type::COMPLEX),
        (&raw mut py::PySet_Type, Type::SET),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(known, _)| *known == ty) {
        return *kind;
    }
    let iterators = iterators::types();
    match ty as usize {
        address if address == iterators.range => Type::RANGE_ITER,
        address if address == iterators.list => Type::LIST_ITER,
        address if address == iterators.tuple => Type::TUPLE_ITER,
        address if address == iterators.enumerate => Type::ENUMERATE,
        // SAFETY: the type of an object that is alive.
        _ if unsafe { arrays::is_type(ty) } => Type::ARRAY,
        _ => Type::OTHER,
    }
}
