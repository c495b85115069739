//! The versions that suspended frames go on in, by the tickets that these left in them.

use crate::py::gil::{Counter, Gil};
use crate::py::{PyFrameObject, PyGenObject};
use crate::state::native::Native;
use pyjion_jit::exit::ticket;
use pyjion_jit::host::ResumptionLayout;
use std::cell::Cell;
use std::mem::offset_of;
use std::ptr;

/// Versions that are found by their tickets at a time. Of two that have the same place, the later one is.
const PLACES: usize = 1024;

/// The version whose tickets have this place, or none.
#[repr(C, align(32))]
struct Place {
    /// The key of its tickets; 0 is none's.
    key: Cell<u64>,
    native: Cell<*const Native>,
    /// Where frames of its code are counted.
    runs: Cell<*const Counter>,
}

/// The places, by the number of the version.
// APART: zeros, which would be part of the executable beside anything else.
static OFFICE: Gil<[Place; PLACES]> = Gil::new([const { Place::new() }; PLACES]);

impl Place {
    const fn new() -> Place {
        Place { key: Cell::new(0), native: Cell::new(ptr::null()), runs: Cell::new(ptr::null()) }
    }
}

/// Where a suspended frame goes on.
pub struct Found {
    /// The version for the start of its code.
    pub native: *const Native,
    /// Where frames of the code are counted.
    pub runs: *const Counter,
    /// The entry.
    pub entry: u64,
}

/// What compiled code goes by, if `stop_rarely` ends what it begins.
pub fn layout(stop_rarely: usize) -> Option<ResumptionLayout> {
    // With exceptions of their own there is more to do.
    cfg!(py2).then(|| ResumptionLayout {
        generator_frame: offset_of!(PyGenObject, gi_frame) as i32,
        generator_running: offset_of!(PyGenObject, gi_running) as i32,
        frame_handled: offset_of!(PyFrameObject, f_exc_type) as i32,
        first_place: OFFICE.as_ptr() as usize,
        places: PLACES as i64,
        place_shift: size_of::<Place>().trailing_zeros(),
        place_key: offset_of!(Place, key) as i32,
        place_version: offset_of!(Place, native) as i32,
        place_runs: offset_of!(Place, runs) as i32,
        stop_rarely,
    })
}

#[inline(always)]
fn place(number: u64) -> &'static Place {
    &OFFICE[number as usize % PLACES]
}

/// Has the tickets of a version honoured from now on; their key. It is for the caller to have that
/// [end](revoke) before the version does, or the counter of the frames of its code.
pub fn honour(native: &Native, runs: &Counter) -> u64 {
    let base = native.switches.tickets.get();
    let place = place(ticket::version(base));
    place.key.set(ticket::key(base));
    place.native.set(native);
    place.runs.set(runs);
    ticket::key(base)
}

/// Has the tickets with this key honoured no more.
pub fn revoke(key: u64) {
    let place = place(ticket::version(key));
    if place.key.get() == key {
        place.key.set(0);
    }
}

/// Where a suspended frame goes on, if it has a ticket for that which is honoured. It has the shape of the
/// entry then: the version itself left it so, and nobody moved it since.
///
/// # Safety
/// The frame of a generator that does not run: its `f_stacktop` is set, and there is room for a value.
#[inline(always)]
pub unsafe fn find(frame: *mut PyFrameObject) -> Option<Found> {
    // SAFETY: by the contract. The word is an object's address, NULL, or a ticket; before the frame begins it
    // may be anything, and no ticket is for there.
    unsafe {
        let found = *(*frame).f_stacktop.cast::<u64>();
        let place = place(ticket::version(found));
        // A program may have given the frame another line.
        let is_honoured = place.key.get() == ticket::key(found) && ticket::lasti(found) == (*frame).f_lasti;
        is_honoured.then(|| Found {
            native: place.native.get(),
            runs: place.runs.get(),
            entry: ticket::entry(found),
        })
    }
}
