//! References to objects: owned ones, which are released once, and borrowed ones, which somebody else holds.
//!
//! Functions in C do not unwind, as far as the compiler knows: what calls nothing else gets no landing pads
//! for what it owns. Where compiled code is called, or other functions of ours that may run it, nothing is
//! owned in this way: see [`enter`](crate::run::enter).

use crate::py::{self, Object};
use std::marker::PhantomData;
use std::mem;
use std::ptr;

/// An owned reference, or NULL: it is released at the end of its scope, unless it was given away.
#[must_use = "it is released"]
#[repr(transparent)]
pub struct Owned(Object);

impl Owned {
    /// Takes a reference over.
    ///
    /// # Safety
    /// NULL, or a reference that nobody else releases; the GIL is held as long as this is there.
    #[inline(always)]
    pub unsafe fn new(object: Object) -> Owned {
        Owned(object)
    }

    /// No object.
    #[inline(always)]
    pub const fn null() -> Owned {
        Owned(ptr::null_mut())
    }

    /// Whether there is no object.
    #[inline(always)]
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// The object, for functions that borrow it: alive as long as this is there.
    #[inline(always)]
    pub fn get(&self) -> Object {
        self.0
    }

    /// The reference, whose release is the caller's business from now on.
    #[inline(always)]
    pub fn give(self) -> Object {
        let object = self.0;
        mem::forget(self);
        object
    }
}

impl Drop for Owned {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: owned by construction.
        unsafe { py::xdecref(self.0) };
    }
}

/// A borrowed reference, or NULL.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Borrowed<'a>(Object, PhantomData<&'a Owned>);

impl<'a> Borrowed<'a> {
    /// Somebody holds an object.
    ///
    /// # Safety
    /// NULL, or alive for as long as the lifetime says. Where that is free to choose, it ends when something
    /// runs that may release the object.
    #[inline(always)]
    pub unsafe fn new(object: Object) -> Borrowed<'a> {
        Borrowed(object, PhantomData)
    }

    /// Whether there is no object.
    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The object, for functions that borrow it.
    #[inline(always)]
    pub fn get(self) -> Object {
        self.0
    }

    /// A reference of one's own.
    #[inline(always)]
    pub fn hold(self) -> Owned {
        // SAFETY: alive, by construction.
        unsafe { py::xincref(self.0) };
        Owned(self.0)
    }
}
