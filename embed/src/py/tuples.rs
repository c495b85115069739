//! The interpreter's lists of unused tuples.

use pyjion_jit::host::FreeTuples;

/// The lists. Debug builds keep a list of all objects besides.
#[cfg(any(py_debug, not(has_free_tuples)))]
pub fn free() -> Option<FreeTuples> {
    None
}

/// The lists.
#[cfg(all(not(py_debug), has_free_tuples))]
pub fn free() -> Option<FreeTuples> {
    use crate::py::{self, collector};
    let (mut counts, mut lengths) = (std::ptr::null_mut(), 0);
    // SAFETY: returns addresses of statics.
    let firsts = unsafe { py::_PyTuple_FreeLists(&mut counts, &mut lengths) };
    Some(FreeTuples {
        firsts: firsts as usize,
        counts: counts as usize,
        lengths: lengths as usize,
        collector: collector::layout(),
    })
}
