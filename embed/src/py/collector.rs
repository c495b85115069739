//! The header that the garbage collector has in front of objects: whether it tracks them.

use crate::py::{self, Object};
use pyjion_jit::host::CollectorLayout;
use std::ffi::c_int;
use std::mem::offset_of;
use std::ptr;

/// The lowest bit of `gc_refs` is a flag on 3.x.
const REFS_SHIFT: u32 = cfg!(py3) as u32;

/// `_PyObject_GC_TRACK`
///
/// # Safety
/// The object has a header, and is not tracked.
#[inline(always)]
pub unsafe fn track(object: Object) {
    // SAFETY: collectable objects have a header in front of them.
    unsafe {
        let head = object.cast::<py::PyGC_Head>().sub(1);
        let young = py::_PyGC_generation0;
        set_refs(head, py::_PyGC_REFS_REACHABLE as isize);
        (*head).gc.gc_next = young;
        (*head).gc.gc_prev = (*young).gc.gc_prev;
        (*(*head).gc.gc_prev).gc.gc_next = head;
        (*young).gc.gc_prev = head;
    }
}

/// What compiled code has to know for [`track`]. The flag in `gc_refs` is for objects that have been
/// finalised.
pub fn layout() -> CollectorLayout {
    CollectorLayout {
        // SAFETY: the interpreter sets it once, before anything runs.
        young: unsafe { py::_PyGC_generation0 } as usize,
        size: size_of::<py::PyGC_Head>() as i32,
        next: offset_of!(py::_gc_head__bindgen_ty_1, gc_next) as i32,
        previous: offset_of!(py::_gc_head__bindgen_ty_1, gc_prev) as i32,
        refs: offset_of!(py::_gc_head__bindgen_ty_1, gc_refs) as i32,
        tracked: i64::from(py::_PyGC_REFS_REACHABLE) << REFS_SHIFT,
    }
}

/// `_PyObject_GC_UNTRACK`
///
/// # Safety
/// The object has a header, and is tracked.
#[inline(always)]
pub unsafe fn untrack(object: Object) {
    // SAFETY: as above.
    unsafe {
        let head = object.cast::<py::PyGC_Head>().sub(1);
        set_refs(head, py::_PyGC_REFS_UNTRACKED as isize);
        (*(*head).gc.gc_prev).gc.gc_next = (*head).gc.gc_next;
        (*(*head).gc.gc_next).gc.gc_prev = (*head).gc.gc_prev;
        (*head).gc.gc_next = ptr::null_mut();
    }
}

/// `_PyObject_GC_IS_TRACKED`
///
/// # Safety
/// The object has a header.
#[inline(always)]
pub unsafe fn is_tracked(object: Object) -> bool {
    // SAFETY: as above.
    unsafe {
        let refs = (*object.cast::<py::PyGC_Head>().sub(1)).gc.gc_refs;
        refs >> REFS_SHIFT != py::_PyGC_REFS_UNTRACKED as isize
    }
}

/// Where the word is, seen from the object, that tells whether it is tracked; how far that is to be shifted
/// to the right; and what it is then if it is not.
pub fn tracking_word() -> (i32, u32, i64) {
    // SAFETY: the address of a field of memory that is not looked at.
    let offset = unsafe {
        let head = std::mem::MaybeUninit::<py::PyGC_Head>::uninit();
        let field = &raw const (*head.as_ptr()).gc.gc_refs;
        field.byte_offset_from(head.as_ptr())
    };
    let at = offset as i32 - size_of::<py::PyGC_Head>() as i32;
    (at, REFS_SHIFT, py::_PyGC_REFS_UNTRACKED.into())
}

/// `MAINTAIN_TRACKING` of dictobject.c: the collector knows a dict from the first value on that it may know.
///
/// # Safety
/// A dict, and a value that has been or will be stored in it.
pub unsafe extern "C" fn maintain_tracking(dict: Object, value: Object) {
    // SAFETY: both are alive.
    unsafe {
        if !is_tracked(dict) && may_be_tracked(value) {
            track(dict);
        }
    }
}

/// `_PyObject_GC_MAY_BE_TRACKED`
unsafe fn may_be_tracked(object: Object) -> bool {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        let ty = py::type_of(object);
        let is_collected = py::has_feature(ty, py::Py_TPFLAGS_HAVE_GC as u64)
            && (*ty).tp_is_gc.is_none_or(|is_gc| is_gc(object) != 0);
        is_collected && (ty != &raw mut py::PyTuple_Type || is_tracked(object))
    }
}

/// `_PyGCHead_SET_REFS`
#[inline(always)]
unsafe fn set_refs(head: *mut py::PyGC_Head, refs: isize) {
    // SAFETY: a header.
    unsafe {
        let flag = (*head).gc.gc_refs & ((1 << REFS_SHIFT) - 1);
        (*head).gc.gc_refs = refs << REFS_SHIFT | flag;
    }
}

/// How many objects with a header were made since the youngest generation was collected, less those that were
/// freed.
///
/// # Safety
/// The GIL is held.
pub unsafe fn count() -> c_int {
    // SAFETY: the head of the list is the first member of its generation.
    unsafe { *count_of_youngest() }
}

/// Has the collector count on from another number.
///
/// # Safety
/// The GIL is held.
pub unsafe fn set_count(count: c_int) {
    // SAFETY: as above.
    unsafe { *count_of_youngest() = count }
}

/// Whether an object more does not make a collection begin.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub unsafe fn has_room() -> bool {
    // SAFETY: see `count`.
    unsafe {
        let youngest = py::_PyGC_generation0.cast::<Generation>();
        (*youngest).count < (*youngest).threshold
    }
}

/// Makes objects as it is told to without that a collection begins, so that nothing runs.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub unsafe fn without_collecting<T>(make: impl FnOnce() -> T) -> T {
    // SAFETY: by the contract. The count is far from any threshold, and what it has become comes on top of
    // what it was.
    unsafe {
        let before = count();
        set_count(c_int::MIN / 2);
        let made = make();
        set_count(before + (count() - c_int::MIN / 2));
        made
    }
}

/// `struct gc_generation` of gcmodule.c
#[repr(C)]
struct Generation {
    head: py::PyGC_Head,
    threshold: c_int,
    count: c_int,
}

unsafe fn count_of_youngest() -> *mut c_int {
    // SAFETY: see `count`.
    unsafe { &raw mut (*py::_PyGC_generation0.cast::<Generation>()).count }
}
