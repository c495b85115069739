//! What a site that loads or stores an attribute remembers of the last time.

use crate::py::dict::{Found, Table};
use crate::py::references::Borrowed;
use crate::py::{self, Object, PyTypeObject};
use crate::runtime::names::lookup;

/// What a site remembers; all zero at first.
#[repr(C)]
pub struct AttributeCache {
    /// The type that was looked at.
    ty: *mut PyTypeObject,
    /// Its version tag then.
    tag: usize,
    /// What its MRO has under the name: borrowed, NULL for nothing.
    found: Object,
    /// Where the name was in the instance's dict; for the attribute of a type, the version tag
    /// that its metatype had, which is no index of any dict.
    index: usize,
}

fits_cache!(AttributeCache);

/// Has the tags of types that are modified say so: code compares them without a look at the flag.
///
/// Each tag is given out once, so that a type with a tag looks as it did when it had it first.
pub fn initialise() {
    #[cfg(has_type_modified)]
    unsafe extern "C" fn modified(ty: *mut PyTypeObject) {
        // SAFETY: a type; its tag means nothing any more.
        unsafe { (*ty).tp_version_tag = 0 };
    }
    // SAFETY: a plain store of a function pointer under the GIL.
    #[cfg(has_type_modified)]
    unsafe {
        py::_PyType_ModifiedHook = Some(modified);
    }
}

/// The version tag of a type, if it is valid.
#[inline(always)]
unsafe fn version_tag(ty: *mut PyTypeObject) -> Option<usize> {
    // SAFETY: a type by the contract.
    unsafe {
        let valid = cfg!(has_type_modified) && py::has_feature(ty, py::Py_TPFLAGS_VALID_VERSION_TAG as u64);
        valid.then(|| (*ty).tp_version_tag as usize)
    }
}

impl AttributeCache {
    /// What the type has under the name, NULL for nothing, alive until anything else runs; `None` when the
    /// type is not ready, and nothing was done.
    #[inline(always)]
    pub unsafe fn type_attribute<'a>(&mut self, ty: *mut PyTypeObject, name: Object) -> Option<Borrowed<'a>> {
        // SAFETY: borrowed arguments; `found` is alive while the tag holds.
        unsafe {
            match version_tag(ty) {
                Some(tag) if self.ty == ty && self.tag == tag => Some(Borrowed::new(self.found)),
                _ => self.look_up(ty, name),
            }
        }
    }

    #[inline(never)]
    unsafe fn look_up<'a>(&mut self, ty: *mut PyTypeObject, name: Object) -> Option<Borrowed<'a>> {
        // SAFETY: borrowed arguments.
        unsafe {
            if (*ty).tp_dict.is_null() {
                return None;
            }
            let found = lookup::type_attribute(ty, name);
            // On 3.x the lookup leaves an exception of a hostile key in place.
            if let Some(tag) = version_tag(ty)
                && py::PyErr_Occurred().is_null()
            {
                *self = AttributeCache { ty, tag, found: found.get(), index: self.index };
            }
            Some(found)
        }
    }

    /// What `ty`, itself the object whose attribute is loaded, has under the name, alive until anything else
    /// runs, when its metatype has nothing there; `None` when that is not so or cannot be remembered.
    #[inline(always)]
    pub unsafe fn own_attribute<'a>(
        &mut self,
        ty: *mut PyTypeObject,
        metatype: *mut PyTypeObject,
        name: Object,
    ) -> Option<Borrowed<'a>> {
        // SAFETY: borrowed arguments; `found` is alive while the tags hold.
        unsafe {
            match (version_tag(ty), version_tag(metatype)) {
                (Some(tag), Some(meta)) if self.ty == ty && self.tag == tag && self.index == meta => {
                    // It may be what an instance of the type was asked for.
                    (!self.found.is_null()).then_some(Borrowed::new(self.found))
                }
                _ => self.look_up_own(ty, metatype, name),
            }
        }
    }

    #[cold]
    #[inline(never)]
    unsafe fn look_up_own<'a>(
        &mut self,
        ty: *mut PyTypeObject,
        metatype: *mut PyTypeObject,
        name: Object,
    ) -> Option<Borrowed<'a>> {
        // SAFETY: borrowed arguments.
        unsafe {
            if (*ty).tp_dict.is_null() || (*metatype).tp_dict.is_null() {
                return None;
            }
            let inherited = py::_PyType_Lookup(metatype, name);
            if !inherited.is_null() || !py::PyErr_Occurred().is_null() {
                return None;
            }
            let meta = version_tag(metatype)?;
            let found = py::_PyType_Lookup(ty, name);
            if found.is_null() || !py::PyErr_Occurred().is_null() || version_tag(metatype) != Some(meta) {
                return None;
            }
            *self = AttributeCache { ty, tag: version_tag(ty)?, found, index: meta };
            Some(Borrowed::new(found))
        }
    }

    /// Where the name was in the instance's dict.
    #[inline(always)]
    pub fn hint(&self) -> usize {
        self.index
    }

    /// The entry of the name in an instance's dict, with the hint brought up to date.
    pub unsafe fn find(&mut self, table: &Table, name: Object) -> Found {
        // SAFETY: names are strings.
        let found = unsafe { table.find(name) };
        if let Found::At(index) = found {
            self.index = index;
        }
        found
    }
}
