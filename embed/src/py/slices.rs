//! Slices of exact lists, tuples and strings by bounds that are ints, without slice objects. Of the program's
//! code, only a collection can run.

use crate::py::{self, Object, keys, strings};
use std::ptr;

/// Steps further than that are left to the interpreter.
const LONGEST_STEP: isize = 1 << 32;

/// Bounds and step of a slice, borrowed: NULL is as good as `None`.
#[derive(Clone, Copy)]
pub struct Bounds {
    low: Object,
    high: Object,
    step: Object,
}

/// What they select of a sequence.
struct Selected {
    start: isize,
    step: isize,
    count: isize,
}

impl Bounds {
    /// Those without a step.
    #[cfg(py2)]
    pub fn new(low: Object, high: Object) -> Bounds {
        Bounds { low, high, step: ptr::null_mut() }
    }

    /// The operands of `BUILD_SLICE`.
    ///
    /// # Safety
    /// Two or three operands, as many as is said, are there.
    #[inline(always)]
    pub unsafe fn on_stack(at: *const Object, count: usize) -> Bounds {
        // SAFETY: by the contract.
        unsafe {
            let step = if count == 3 { *at.add(2) } else { ptr::null_mut() };
            Bounds { low: *at, high: *at.add(1), step }
        }
    }

    /// `PySlice_GetIndicesEx`; `None` when that is not for us to tell.
    #[inline(always)]
    unsafe fn select(self, length: isize) -> Option<Selected> {
        // SAFETY: alive, or NULL.
        unsafe {
            let step = number(self.step)?.unwrap_or(1);
            if step == 1 {
                let place = |index| within(index, length, 0, length);
                let start = number(self.low)?.map_or(0, place);
                let stop = number(self.high)?.map_or(length, place);
                return Some(Selected { start, step, count: (stop - start).max(0) });
            }
            if step == 0 || !(-LONGEST_STEP..=LONGEST_STEP).contains(&step) {
                return None;
            }
            let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
            let place = |index| within(index, length, least, most);
            let (first, last) = if step < 0 { (most, least) } else { (least, most) };
            let start = number(self.low)?.map_or(first, place);
            let stop = number(self.high)?.map_or(last, place);
            let distance = if step < 0 { start - stop } else { stop - start };
            let steps = (distance - 1).checked_div(step.abs()).unwrap_or(0);
            let count = if distance <= 0 { 0 } else { steps + 1 };
            Some(Selected { start, step, count })
        }
    }
}

/// The place that a Python index means in a sequence of a length, moved to between two others. What surrounds
/// Python code cannot panic, as `clamp` can.
#[inline(always)]
pub fn within(index: isize, length: isize, least: isize, most: isize) -> isize {
    let place = if index < 0 { index + length } else { index };
    if place < least {
        least
    } else if place > most {
        most
    } else {
        place
    }
}

/// A bound that is not left out; `None` if it is no int.
#[inline(always)]
unsafe fn number(bound: Object) -> Option<Option<isize>> {
    if bound.is_null() || bound == py::none() {
        return Some(None);
    }
    // SAFETY: alive by the contract of the caller.
    unsafe { keys::small_int(bound).map(|number| Some(number as isize)) }
}

/// A slice: a new reference, or NULL with an exception set; `None`, nothing done, when only the sequence
/// itself can tell.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn take(sequence: Object, bounds: Bounds) -> Option<Object> {
    // SAFETY: alive, and of the types.
    unsafe {
        let ty = py::type_of(sequence);
        if ty == &raw mut py::PyList_Type {
            return of_list(sequence, bounds);
        }
        let is_tuple = ty == &raw mut py::PyTuple_Type;
        if !is_tuple && !strings::is_str(sequence) && !keys::is_other_string(sequence) {
            return None;
        }
        let length = if is_tuple { py::size_of_var(sequence) } else { strings::length(sequence)? };
        let Selected { start, step, count } = bounds.select(length)?;
        if step != 1 {
            return None;
        }
        Some(match is_tuple {
            true => py::PyTuple_GetSlice(sequence, start, start + count),
            false => strings::part(sequence, start, count),
        })
    }
}

unsafe fn of_list(list: Object, bounds: Bounds) -> Option<Object> {
    // SAFETY: a list by the contract of the caller.
    unsafe {
        let length = py::size_of_var(list);
        let Selected { start, step, count } = bounds.select(length)?;
        let result = py::PyList_New(count);
        if result.is_null() || count == 0 {
            return Some(result);
        }
        if py::size_of_var(list) != length {
            // A collection has changed it.
            py::decref(result);
            return None;
        }
        let items = (*result.cast::<py::PyListObject>()).ob_item;
        let mut from = (*list.cast::<py::PyListObject>()).ob_item.offset(start);
        for index in 0..count as usize {
            let item = *from;
            py::incref(item);
            *items.add(index) = item;
            from = from.wrapping_offset(step);
        }
        Some(result)
    }
}

/// Gives a slice of an exact list the items of an exact list or tuple: a C status, or `None`, nothing done,
/// when it is not that simple.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn put(list: Object, bounds: Bounds, items: Object) -> Option<i64> {
    // SAFETY: alive, and of the types.
    unsafe {
        let (exact, ty) = (&raw mut py::PyList_Type, py::type_of(items));
        if py::type_of(list) != exact || (ty != exact && ty != &raw mut py::PyTuple_Type) {
            return None;
        }
        let Selected { start, step, count } = bounds.select(py::size_of_var(list))?;
        if step != 1 {
            return None;
        }
        if ty == exact && py::size_of_var(items) == count && (*items).ob_refcnt == 1 {
            // Nobody else has the other list, which is about to go: they can change items.
            let place = (*list.cast::<py::PyListObject>()).ob_item.offset(start);
            if (0..count).all(|index| is_let_go_quietly(*place.offset(index), count)) {
                let others = (*items.cast::<py::PyListObject>()).ob_item;
                ptr::swap_nonoverlapping(place, others, count as usize);
                return Some(0);
            }
        }
        Some(py::PyList_SetSlice(list, start, start + count, items).into())
    }
}

/// Whether no code runs when so many references to an object are given up.
#[inline(always)]
unsafe fn is_let_go_quietly(object: Object, references: isize) -> bool {
    // SAFETY: alive by the contract of the caller.
    unsafe {
        (*object).ob_refcnt > references
            || keys::is_int(object)
            || strings::is_str(object)
            || py::type_of(object) == &raw mut py::PyFloat_Type
    }
}
