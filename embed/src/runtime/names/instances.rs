//! 2.7: attributes of instances of old-style classes: `instance_getattr` and `instance_setattr` of
//! classobject.c where they find what they look for without running any code.

use crate::py::attributes;
use crate::py::binding;
use crate::py::dict::{self, Found, Table};
use crate::py::references::Borrowed;
use crate::py::{self, Object};
use crate::runtime::names::cache::AttributeCache;
use crate::runtime::names::descriptors;
use std::ptr;

/// Base classes followed upwards at most.
const MAX_DEPTH: u32 = 16;

/// `LOAD_ATTR`: a new reference, or NULL with an exception set; `None` when nothing was done. For `receiver`
/// see [`attributes::load`](super::attributes::load).
///
/// # Safety
/// `object` is an old-style instance, `name` an interned string.
#[inline(always)]
pub unsafe fn load(
    object: Object,
    name: Object,
    cache: &mut AttributeCache,
    receiver: *mut Object,
) -> Option<Object> {
    // SAFETY: an instance has a class and a dict; whoever is called into holds what it uses.
    unsafe {
        let instance = object.cast::<py::PyInstanceObject>();
        if attributes::is_special(name) {
            return None;
        }
        let table = Table::of((*instance).in_dict)?;
        let mut value = table.value(cache.hint(), name);
        if value.is_null() {
            value = match cache.find(&table, name) {
                Found::At(index) => table.value(index, name),
                Found::Absent => ptr::null_mut(),
                Found::Unknown => return None,
            };
        }
        if !value.is_null() {
            py::incref(value);
            return Some(value);
        }
        let class = (*instance).in_class;
        let attribute = class_attribute(class, name, 0)?;
        if attribute.is_null() {
            return None;
        }
        let Some(get) = attributes::descriptor(attribute.get()).0 else {
            return Some(attribute.hold().give());
        };
        // After an AttributeError, __getattr__ has its turn; methods do not raise it.
        let is_function = py::type_of(attribute.get()) == &raw mut py::PyFunction_Type;
        if !is_function && !(*class).cl_getattr.is_null() {
            return None;
        }
        if is_function && !receiver.is_null() {
            return Some(binding::leave_unbound(attribute.get(), object, receiver));
        }
        Some(descriptors::call_get(get, attribute, object, class.cast()))
    }
}

/// `STORE_ATTR` where the instance has the attribute; false when nothing was done.
///
/// # Safety
/// As for [`load`].
#[inline(always)]
pub unsafe fn store(object: Object, name: Object, value: Object, cache: &mut AttributeCache) -> bool {
    // SAFETY: as above.
    unsafe {
        let instance = object.cast::<py::PyInstanceObject>();
        if attributes::is_special(name) || !(*(*instance).in_class).cl_setattr.is_null() {
            return false;
        }
        let dict = (*instance).in_dict;
        if dict::replace(dict, cache.hint(), name, value) {
            return true;
        }
        let Some(table) = Table::of(dict) else { return false };
        match cache.find(&table, name) {
            Found::At(index) => dict::replace(dict, index, name, value),
            Found::Absent | Found::Unknown => false,
        }
    }
}

/// `class_lookup`: NULL when it is not there, `None` when that is not clear. Alive until anything else runs.
unsafe fn class_attribute<'a>(
    class: *mut py::PyClassObject,
    name: Object,
    depth: u32,
) -> Option<Borrowed<'a>> {
    // SAFETY: a class, its dict and its tuple of bases.
    unsafe {
        if depth > MAX_DEPTH || py::type_of(class.cast()) != &raw mut py::PyClass_Type {
            return None;
        }
        let table = Table::of((*class).cl_dict)?;
        match table.find(name) {
            Found::At(index) => return Some(Borrowed::new(table.value(index, name))),
            Found::Absent => {}
            Found::Unknown => return None,
        }
        let bases = (*class).cl_bases;
        for index in 0..py::size_of_var(bases) as usize {
            let found = class_attribute(py::tuple_item(bases, index).cast(), name, depth + 1)?;
            if !found.is_null() {
                return Some(found);
            }
        }
        Some(Borrowed::new(ptr::null_mut()))
    }
}
