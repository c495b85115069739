//! Methods of what `super` makes, before they are bound.

use crate::py::binding;
use crate::py::dict::{Found, Table};
use crate::py::supers::SuperObject;
use crate::py::{self, Object, PyTypeObject};

/// `super_getattro` for a method: the function, a new reference, and in `*receiver` another to the object it
/// is for. `None`, nothing done, for anything else, and where foreign code may have to be asked.
///
/// # Safety
/// An exact `super`, alive; an interned name.
pub unsafe fn load_method(object: *mut SuperObject, name: Object, receiver: *mut Object) -> Option<Object> {
    // SAFETY: an MRO is a tuple of classes, each with its dict; nothing runs that could change it.
    unsafe {
        let SuperObject { class, object, start, .. } = *object;
        // Those that are made for a class, or for an object that says it is of another, bind in another way.
        if object.is_null() || py::type_of(object) != start || (*start).tp_mro.is_null() {
            return None;
        }
        let mro = (*start).tp_mro;
        let mut bases = (0..py::size_of_var(mro) as usize).map(|index| py::tuple_item(mro, index));
        bases.find(|base| *base == class.cast())?;
        for base in bases {
            if !py::has_feature(py::type_of(base), py::Py_TPFLAGS_TYPE_SUBCLASS as u64) {
                return None;
            }
            let table = Table::of_class((*base.cast::<PyTypeObject>()).tp_dict)?;
            match table.find(name) {
                Found::At(index) => {
                    let found = table.value(index, name);
                    let is_method = binding::is_method(found, start);
                    return is_method.then(|| binding::leave_unbound(found, object, receiver));
                }
                Found::Absent => {}
                Found::Unknown => return None,
            }
        }
        None
    }
}
