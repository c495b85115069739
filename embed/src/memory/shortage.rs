//! What there is to do with when memory runs out: room for compilations, the reserve, and
//! [a stock](spare) of numbers.

use crate::config::settings;
use crate::memory::reserve;
use crate::memory::slack;
use crate::memory::spare;
use crate::process::PROCESS;
use crate::py::*;
use std::cell::Cell;
use std::ops::RangeInclusive;
use std::ptr;

/// What a compilation takes at most, give or take, for each byte of bytecode.
const COMPILATION_BYTE: usize = 8 << 10;
/// What it takes besides, however short the code.
const COMPILATION: usize = 24 << 20;

/// What is short.
pub struct Shortage {
    /// There is native code, or about to be.
    armed: Cell<bool>,
    /// Numbers are wanting in the stock.
    wanting: Cell<bool>,
    /// No frame enters compiled code until there is a reserve again.
    paused: Cell<bool>,
    /// Every so many numbers there shall be no memory for one; 0 for never.
    stress: Cell<u32>,
    /// Numbers until then.
    left: Cell<u32>,
}

impl Shortage {
    /// There is enough of everything.
    pub const fn new() -> Shortage {
        Shortage {
            armed: Cell::new(false),
            wanting: Cell::new(false),
            paused: Cell::new(false),
            stress: Cell::new(0),
            left: Cell::new(0),
        }
    }
}

/// There is going to be native code.
#[inline(always)]
pub fn arm() {
    if !PROCESS.shortage.armed.replace(true) {
        prepare();
    }
}

/// Sets memory aside, and numbers as soon as there is native code; without them, the JIT pauses.
#[cold]
#[inline(never)]
pub extern "C" fn prepare() {
    let is_armed = PROCESS.shortage.armed.get();
    if is_armed {
        // SAFETY: under the GIL.
        unsafe { slack::replenish() };
    }
    // SAFETY: under the GIL; an exception that is set stays so.
    let has_numbers = !is_armed || unsafe { preserving_exception(|| spare::replenish()) };
    PROCESS.shortage.wanting.set(!has_numbers);
    let is_ready = reserve::replenish() && (has_numbers || !spare::is_low());
    if !is_ready {
        PROCESS.shortage.paused.set(PROCESS.shortage.paused.get() || settings::is_enabled());
        settings::set_enabled(false);
    } else if PROCESS.shortage.paused.replace(false) && settings::stopped().is_none() {
        settings::set_enabled(true);
    }
}

/// Sets aside again what was used, and ends the pause.
#[inline(always)]
pub fn recover() {
    if reserve::is_drawn()
        || PROCESS.shortage.wanting.get()
        || (PROCESS.shortage.armed.get() && slack::is_given())
    {
        prepare();
    }
}

/// Most values of the intermediate representation where memory is limited: for so many, there is room.
const FEW_VALUES: usize = 4000;

/// How many values a compilation may have of those that are allowed.
pub fn values(allowed: usize) -> usize {
    if is_limited() { allowed.min(FEW_VALUES) } else { allowed }
}

/// Whether allocations fail at a limit of the process (or are made to fail).
pub fn is_limited() -> bool {
    let is_finite = |resource| {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: a limit that every Linux has, and where to write to.
        unsafe { libc::getrlimit(resource, &mut limit) == 0 && limit.rlim_cur != libc::RLIM_INFINITY }
    };
    PROCESS.shortage.stress.get() != 0 || is_finite(libc::RLIMIT_AS) || is_finite(libc::RLIMIT_DATA)
}

/// Bytes to have at hand for compiling so many bytes of bytecode.
pub fn room_for(bytes: usize) -> usize {
    COMPILATION + bytes * COMPILATION_BYTE
}

/// Whether there is memory enough to compile so many bytes of bytecode.
pub fn is_there_room(bytes: usize) -> bool {
    recover();
    reserve::is_there_room(room_for(bytes))
}

/// From now on, there is no memory for every Nth number and every Nth allocation of ours; 0 for none.
pub fn set_stress(every: u32) {
    PROCESS.shortage.stress.set(every);
    PROCESS.shortage.left.set(every);
    reserve::set_stress(every);
}

/// How many numbers there are from one without memory to the next; 0 when there is none.
#[inline(always)]
pub fn stress() -> u32 {
    PROCESS.shortage.stress.get()
}

/// The address of that number.
pub fn address_of_stress() -> usize {
    PROCESS.shortage.stress.as_ptr() as usize
}

/// Whether the next object of compiled code's own shall be one that there is no memory for.
#[inline(always)]
pub fn is_denied() -> bool {
    PROCESS.shortage.stress.get() != 0 && count_down()
}

#[cold]
#[inline(never)]
extern "C" fn count_down() -> bool {
    let left = PROCESS.shortage.left.get().saturating_sub(1);
    PROCESS.shortage.left.set(if left == 0 { PROCESS.shortage.stress.get() } else { left });
    left == 0
}

/// The ints that there is one object of each of (`NSMALLNEGINTS`, `NSMALLPOSINTS`), and no memory needed for.
const SMALL: RangeInclusive<i64> = -5..=256;

/// A new reference to an exact int, from the stock unless there is one object of it.
///
/// # Safety
/// The GIL is held.
pub unsafe fn spare_int(value: i64) -> Object {
    // SAFETY: by the contract.
    unsafe { if SMALL.contains(&value) { new_int(value) } else { spare::int(value) } }
}

/// A number that is taken from the stock, which wants filling up.
///
/// # Safety
/// The GIL is held.
#[cold]
#[inline(never)]
pub unsafe fn from_stock(take: &dyn Fn() -> Object) -> Object {
    PROCESS.shortage.wanting.set(true);
    let object = take();
    if object.is_null() {
        // SAFETY: does not return.
        unsafe { Py_FatalError(c"pyjion: no memory for a number".as_ptr()) };
    }
    object
}

/// A new reference to an exact int for a frame that is rebuilt.
///
/// # Safety
/// The GIL is held, and no exception is set.
pub unsafe fn int_of_frame(value: i64) -> Object {
    // SAFETY: by the contract.
    unsafe { number_of_frame(|| new_int(value), || spare_int(value)) }
}

/// A new reference to an exact float for a frame that is rebuilt.
///
/// # Safety
/// As for [`int_of_frame`].
pub unsafe fn float_of_frame(value: f64) -> Object {
    // SAFETY: by the contract.
    unsafe { number_of_frame(|| PyFloat_FromDouble(value), || spare::float(value)) }
}

/// # Safety
/// As for [`int_of_frame`]; `make` is plain C API.
#[inline(always)]
unsafe fn number_of_frame(make: impl Fn() -> Object, take: impl Fn() -> Object) -> Object {
    // SAFETY: by the contract.
    unsafe {
        let object = if is_denied() { ptr::null_mut() } else { make() };
        if !object.is_null() {
            return object;
        }
        PyErr_Clear();
        from_stock(&take)
    }
}

/// Whether there are hardly any numbers left in the stock, and no memory for more.
#[inline(always)]
pub fn is_dire() -> bool {
    PROCESS.shortage.wanting.get() && spare::is_low() && {
        prepare();
        spare::is_low()
    }
}
