//! Arrays of numbers: the type `array.array`, which is known once one was seen, and what arrays hold.

use crate::process::PROCESS;
use crate::py::{self, Object, PyTypeObject};
use pyjion_jit::hir::Element;
use pyjion_jit::host::ArrayLayout;
use std::ffi::{CStr, c_char};
use std::mem::{offset_of, size_of};
use std::sync::atomic::{AtomicUsize, Ordering};

/// `arrayobject` of arraymodule.c
#[repr(C)]
struct ArrayObject {
    head: py::PyVarObject,
    items: *mut c_char,
    allocated: isize,
    descriptor: *const Descriptor,
    weak_references: Object,
    /// Buffers that were given out.
    #[cfg(py3)]
    exports: i32,
}

/// `struct arraydescr`, the beginning: on 2.7 the typecode is an int, of which this is the lowest byte.
#[repr(C)]
struct Descriptor {
    typecode: u8,
}

/// What was seen of arrays. The module is never unloaded, so that it stays.
pub struct Arrays {
    ty: AtomicUsize,
    descriptors: [AtomicUsize; Element::ALL.len()],
}

impl Arrays {
    /// Nothing yet.
    pub const fn new() -> Arrays {
        Arrays { ty: AtomicUsize::new(0), descriptors: [const { AtomicUsize::new(0) }; Element::ALL.len()] }
    }
}

/// The address of the type; 0 while it is not known.
pub fn type_address() -> usize {
    PROCESS.arrays.ty.load(Ordering::Relaxed)
}

/// Whether a type is that of arrays, which is known from now on.
///
/// # Safety
/// A type.
pub unsafe fn is_type(ty: *mut PyTypeObject) -> bool {
    let known = type_address();
    if known != 0 {
        return ty as usize == known;
    }
    // SAFETY: alive; the names of types end in NUL.
    let is_it = unsafe {
        !py::has_feature(ty, py::Py_TPFLAGS_HEAPTYPE as u64)
            && (*ty).tp_basicsize as usize == size_of::<ArrayObject>()
            && (*ty).tp_itemsize == 0
            && CStr::from_ptr((*ty).tp_name) == c"array.array"
    };
    if is_it {
        PROCESS.arrays.ty.store(ty as usize, Ordering::Relaxed);
    }
    is_it
}

/// What an array holds, if code is made for that; it can be from now on.
///
/// # Safety
/// An exact array.
pub unsafe fn element_of(array: Object) -> Option<Element> {
    // SAFETY: an array has its descriptor from the start, for ever.
    unsafe {
        let descriptor = (*array.cast::<ArrayObject>()).descriptor;
        let element = Element::of_typecode((*descriptor).typecode)?;
        PROCESS.arrays.descriptors[element as usize].store(descriptor as usize, Ordering::Relaxed);
        Some(element)
    }
}

/// How arrays are laid out, if one was seen.
pub fn layout() -> Option<ArrayLayout> {
    let ty = type_address();
    (ty != 0).then(|| ArrayLayout {
        ty,
        items: offset_of!(ArrayObject, items) as i32,
        descriptor: offset_of!(ArrayObject, descriptor) as i32,
        descriptors: PROCESS.arrays.descriptors.each_ref().map(|known| known.load(Ordering::Relaxed)),
    })
}
