//! Slots of types: whether two have the same function.

use crate::py;

/// Whether two slots have the same function. Slots of all kinds are compared so.
macro_rules! have_same_function {
    ($one:expr, $other:expr) => {
        matches!(($one, $other), (Some(one), Some(other)) if std::ptr::fn_addr_eq(one, other))
    };
}
pub(crate) use have_same_function;

/// `tp_getattro` of types whose objects have their attributes in the generic way.
pub const GENERIC_GETATTRO: py::getattrofunc = Some(py::PyObject_GenericGetAttr);

/// `tp_setattro` of such types.
pub const GENERIC_SETATTRO: py::setattrofunc = Some(py::PyObject_GenericSetAttr);
