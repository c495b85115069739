//! Which kind, in the compiler's terms, an object is of, and the type that objects of a kind have.

use crate::py::arrays;
use crate::py::iterators;
use crate::py::{self, Object, PyTypeObject};
use pyjion_jit::hir::Type;

/// The type of each kind that has one of its own; NULL where that is not known, or not yet. On 3.x there are
/// two kinds of one type: the first stands for both.
#[inline(always)]
fn types() -> [(Type, *mut PyTypeObject); Type::KINDS.len() - 2] {
    let iterators = iterators::types();
    [
        #[cfg(py2)]
        (Type::INT, &raw mut py::PyInt_Type),
        #[cfg(py3)]
        (Type::INT, &raw mut py::PyLong_Type),
        (Type::LONG, &raw mut py::PyLong_Type),
        (Type::FLOAT, &raw mut py::PyFloat_Type),
        #[cfg(py2)]
        (Type::STR, &raw mut py::PyString_Type),
        #[cfg(py3)]
        (Type::STR, &raw mut py::PyUnicode_Type),
        (Type::LIST, &raw mut py::PyList_Type),
        (Type::TUPLE, &raw mut py::PyTuple_Type),
        (Type::DICT, &raw mut py::PyDict_Type),
        (Type::BOOL, &raw mut py::PyBool_Type),
        (Type::FUNCTION, &raw mut py::PyFunction_Type),
        (Type::METHOD, &raw mut py::PyMethod_Type),
        (Type::CFUNCTION, &raw mut py::PyCFunction_Type),
        (Type::TYPE, &raw mut py::PyType_Type),
        (Type::GENERATOR, &raw mut py::PyGen_Type),
        #[cfg(py2)]
        (Type::UNICODE, &raw mut py::PyUnicode_Type),
        #[cfg(py3)]
        (Type::UNICODE, &raw mut py::PyBytes_Type),
        #[cfg(py2)]
        (Type::INSTANCE, &raw mut py::PyInstance_Type),
        #[cfg(py3)]
        (Type::INSTANCE, std::ptr::null_mut()),
        (Type::COMPLEX, &raw mut py::PyComplex_Type),
        (Type::SET, &raw mut py::PySet_Type),
        // SAFETY: alive for ever.
        (Type::NONE, unsafe { py::type_of(py::none()) }),
        (Type::RANGE_ITER, iterators.range as *mut PyTypeObject),
        (Type::LIST_ITER, iterators.list as *mut PyTypeObject),
        (Type::TUPLE_ITER, iterators.tuple as *mut PyTypeObject),
        (Type::ENUMERATE, iterators.enumerate as *mut PyTypeObject),
        (Type::ARRAY, arrays::type_address() as *mut PyTypeObject),
    ]
}

/// The kind of an object; [`Type::NULL`] for NULL. Runs nothing, allocates nothing.
///
/// # Safety
/// `object` is NULL or alive.
pub unsafe fn kind_of(object: Object) -> Type {
    if object.is_null() {
        return Type::NULL;
    }
    // SAFETY: alive.
    let ty = unsafe { py::type_of(object) };
    match types().iter().find(|(_, known)| *known == ty) {
        // SAFETY: an int.
        #[cfg(py3)]
        Some((Type::INT, _)) if unsafe { py::size_of_var(object) }.unsigned_abs() > 2 => Type::LONG,
        Some((kind, _)) => *kind,
        // SAFETY: the type of an object that is alive.
        None if unsafe { arrays::is_type(ty) } => Type::ARRAY,
        None => Type::OTHER,
    }
}

/// The address of the type that objects of a single kind have; 0 for kinds without one, and while it is not
/// known.
pub fn type_address(kind: Type) -> usize {
    types().iter().find(|(known, _)| *known == kind).map_or(0, |(_, ty)| *ty as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_but_null_and_other_has_its_place() {
        let without: Vec<Type> = Type::KINDS
            .iter()
            .copied()
            .filter(|kind| !types().iter().any(|(known, _)| known == kind))
            .collect();
        assert_eq!(without, [Type::NULL, Type::OTHER]);
    }

    #[test]
    fn kinds_are_told_by_their_types() {
        // SAFETY: statics of the interpreter, alive for ever.
        unsafe {
            assert_eq!(kind_of(std::ptr::null_mut()), Type::NULL);
            assert_eq!(kind_of(py::none()), Type::NONE);
            assert_eq!(kind_of(py::true_()), Type::BOOL);
        }
        assert_eq!(type_address(Type::LIST), &raw const py::PyList_Type as usize);
        assert_eq!((type_address(Type::NULL), type_address(Type::OTHER)), (0, 0));
    }
}
