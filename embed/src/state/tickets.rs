//! The versions that suspended frames go on in, by the tickets that these left in them.

use crate::py::PyFrameObject;
use crate::py::gil::Gil;
use crate::state::CodeState;
use crate::state::native::Native;
use pyjion_jit::exit::ticket;
use std::cell::Cell;
use std::ptr;

/// Versions that are found by their tickets at a time. Of two that have the same place, the later one is.
const PLACES: usize = 1024;

/// The version whose tickets have this place, or none.
struct Place {
    /// The base of its tickets; 0 is none's.
    base: Cell<u64>,
    native: Cell<*const Native>,
    /// What is known of its code.
    state: Cell<*const CodeState>,
}

/// The places, by the number of the version.
// APART: zeros, which would be part of the executable beside anything else.
static OFFICE: Gil<[Place; PLACES]> = Gil::new(
    [const { Place { base: Cell::new(0), native: Cell::new(ptr::null()), state: Cell::new(ptr::null()) } };
        PLACES],
);

/// Where a suspended frame goes on.
pub struct Found {
    /// The version for the start of its code.
    pub native: *const Native,
    /// What is known of the code.
    pub state: *const CodeState,
    /// The entry.
    pub entry: u64,
}

#[inline(always)]
fn place(number: u64) -> &'static Place {
    &OFFICE[number as usize % PLACES]
}

/// Has the tickets of a version honoured from now on; their base. It is for the caller to have that
/// [end](revoke) before the version or the state does.
pub fn honour(native: &Native, state: &CodeState) -> u64 {
    let base = native.switches.tickets.get();
    let place = place(ticket::version(base));
    place.base.set(base);
    place.native.set(native);
    place.state.set(state);
    base
}

/// Has the tickets with this base honoured no more.
pub fn revoke(base: u64) {
    let place = place(ticket::version(base));
    if place.base.get() == base {
        place.base.set(0);
    }
}

/// Where a suspended frame goes on, if it has a ticket for that which is honoured. It has the shape of the entry then:
/// the version itself left it so, and nobody moved it since.
///
/// # Safety
/// The frame of a generator that does not run: its `f_stacktop` is set, and there is room for a value.
#[inline(always)]
pub unsafe fn find(frame: *mut PyFrameObject) -> Option<Found> {
    // SAFETY: by the contract. The word is an object's address, NULL, or a ticket; before the frame begins it may be
    // anything, and no ticket is for there.
    unsafe {
        let found = *(*frame).f_stacktop.cast::<u64>();
        let place = place(ticket::version(found));
        // A program may have given the frame another line.
        let is_honoured =
            place.base.get() == ticket::base_of(found) && ticket::lasti(found) == (*frame).f_lasti;
        is_honoured.then(|| Found {
            native: place.native.get(),
            state: place.state.get(),
            entry: ticket::entry(found),
        })
    }
}
