//! Looking into sets without foreign code, in the order of `set_lookkey` of setobject.c.

use crate::py::{self, Object, keys};

/// Entries looked at in a row.
#[cfg(py3)]
const PROBES: usize = 9;

/// Whether an exact `set` or `frozenset` has a key, with this hash, which runs no foreign code; `None` when
/// foreign code may have to compare it.
///
/// # Safety
/// Both are alive, and it is one.
pub unsafe fn contains(set: Object, key: Object, hash: isize) -> Option<bool> {
    // SAFETY: indices are masked; a table always has an entry that was never used, and live keys.
    unsafe {
        let set = set.cast::<py::PySetObject>();
        let (table, mask) = ((*set).table, (*set).mask as usize);
        let look = |index: usize| look_at(table.add(index & mask), key, hash);
        let (mut index, mut perturb) = (hash as usize, hash as usize);
        loop {
            match look(index) {
                Look::On => {}
                Look::Told(told) => return told,
            }
            #[cfg(py3)]
            {
                // 3.5 does not go round the end of the table.
                let masked = index & mask;
                if cfg!(py34) || masked + PROBES <= mask {
                    for more in 1..=PROBES {
                        match look(masked + more) {
                            Look::On => {}
                            Look::Told(told) => return told,
                        }
                    }
                }
                perturb >>= 5;
                index = index.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb);
            }
            #[cfg(py2)]
            {
                index = index.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1);
                perturb >>= 5;
            }
        }
    }
}

/// What an entry says.
enum Look {
    /// Nothing: on to the next one.
    On,
    /// The end.
    Told(Option<bool>),
}

#[inline(always)]
unsafe fn look_at(entry: *mut py::setentry, key: Object, hash: isize) -> Look {
    // SAFETY: within the table by the contract of the caller.
    unsafe {
        let found = (*entry).key;
        if found.is_null() {
            return Look::Told(Some(false));
        }
        if found == key {
            return Look::Told(Some(true));
        }
        #[cfg(py2)]
        let of_found = (*entry).hash as isize;
        #[cfg(py3)]
        let of_found = (*entry).hash;
        if of_found != hash {
            return Look::On;
        }
        match keys::are_equal(found, key) {
            Some(true) => Look::Told(if is_dummy(found) { None } else { Some(true) }),
            Some(false) => Look::On,
            None => Look::Told(None),
        }
    }
}

/// 2.7: whether a key looks like the one of deleted entries, a string that others can equal.
unsafe fn is_dummy(_key: Object) -> bool {
    #[cfg(py2)]
    // SAFETY: alive.
    return unsafe { py::strings::is_str(_key) && py::strings::is_plainly(_key, b"<dummy key>") };
    #[cfg(py3)]
    false
}
