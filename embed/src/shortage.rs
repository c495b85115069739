//! What happens when memory runs out where nobody can say so: a reserve helps out. A frame whose
//! compiled code needed it for a number raises `MemoryError` as soon as it can leave.

use crate::code_state;
use crate::frame_entry::{self, THROW};
use crate::gil::Gil;
use crate::py::*;
use crate::settings;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::thread;
use std::time::Duration;

/// What compilations take at most, give or take.
const COMPILATION: usize = 24 << 20;

/// Bytes of the reserve, given back to the kernel when there is nothing else. glibc's malloc asks
/// for as much as 1 MiB then. Untouched memory takes no room.
const RESERVE: usize = 2 << 20;

struct Shortage {
    /// The thread whose frame shall raise, or NULL.
    thread: Cell<*mut PyThreadState>,
    /// No frame enters compiled code until there is a reserve again.
    paused: Cell<bool>,
}

static SHORTAGE: Gil<Shortage> =
    Gil::new(Shortage { thread: Cell::new(ptr::null_mut()), paused: Cell::new(false) });

/// The reserve. Any thread may use it up, a holder of the GIL makes another one.
static RESERVED: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// The reserve is in use.
static IS_WANTING: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// This thread waits for memory rather than take the reserve.
    static IS_PATIENT: Cell<bool> = const { Cell::new(false) };
}

/// How long a patient thread waits before it asks for memory again.
const PATIENCE: Duration = Duration::from_millis(20);

/// From now on, this thread waits when there is no memory, or does not. Threads that others wait for
/// must not.
pub fn set_patient(patient: bool) {
    IS_PATIENT.set(patient);
}

/// Puts the reserve aside; without one, the JIT pauses.
pub fn prepare() {
    if RESERVED.load(Ordering::Relaxed).is_null() {
        let reserve = map(RESERVE);
        RESERVED.store(reserve, Ordering::Release);
        IS_WANTING.store(reserve.is_null(), Ordering::Relaxed);
        if reserve.is_null() {
            SHORTAGE.paused.set(SHORTAGE.paused.get() || settings::is_enabled());
            settings::set_enabled(false);
            return;
        }
    }
    if SHORTAGE.paused.replace(false) {
        settings::set_enabled(true);
    }
}

/// Puts the reserve aside again if it was used, and ends the pause.
#[inline(always)]
pub fn recover() {
    if IS_WANTING.load(Ordering::Relaxed) {
        prepare();
    }
}

/// Whether there is memory enough to compile something.
pub fn is_there_room() -> bool {
    recover();
    let room = map(COMPILATION);
    unmap(room, COMPILATION);
    !room.is_null()
}

/// Gives the reserve back to the kernel; false when it is gone already.
#[cold]
fn release() -> bool {
    let reserve = RESERVED.swap(ptr::null_mut(), Ordering::Acquire);
    IS_WANTING.store(true, Ordering::Relaxed);
    unmap(reserve, RESERVE);
    !reserve.is_null()
}

/// Maps untouched memory; NULL when there is none.
fn map(size: usize) -> *mut c_void {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a mapping at an address the kernel chooses touches no existing memory.
    let start = unsafe { libc::mmap(ptr::null_mut(), size, protection, flags, -1, 0) };
    if start == libc::MAP_FAILED { ptr::null_mut() } else { start }
}

fn unmap(start: *mut c_void, size: usize) {
    if !start.is_null() {
        // SAFETY: `map` made it, and nobody uses it.
        unsafe { libc::munmap(start, size) };
    }
}

/// malloc with the reserve behind it: in Rust an allocation that fails ends the process.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// What a failed allocation gives when it is tried again, for as long as that may help.
#[cold]
fn persist(allocate: impl Fn() -> *mut u8) -> *mut u8 {
    if !IS_PATIENT.get() {
        return if release() { allocate() } else { ptr::null_mut() };
    }
    loop {
        thread::sleep(PATIENCE);
        let block = allocate();
        if !block.is_null() {
            return block;
        }
    }
}

// SAFETY: all of it is the system's allocator, asked again when it fails.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe {
            let block = System.alloc(layout);
            if block.is_null() { persist(|| System.alloc(layout)) } else { block }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's.
        unsafe {
            let block = System.alloc_zeroed(layout);
            if block.is_null() { persist(|| System.alloc_zeroed(layout)) } else { block }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's; a block that could not grow is still there.
        unsafe {
            let grown = System.realloc(block, layout, size);
            if grown.is_null() { persist(|| System.realloc(block, layout, size)) } else { grown }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Makes a number for the running frame although `make` has just failed.
///
/// # Safety
/// The GIL is held, compiled code is running, and a `MemoryError` is set.
#[cold]
#[inline(never)]
pub unsafe fn make(make: impl FnOnce() -> Object) -> Object {
    // SAFETY: the thread runs a frame, whose code has a state.
    unsafe {
        PyErr_Clear();
        release();
        let object = make();
        if object.is_null() {
            Py_FatalError(c"pyjion: no memory for a number".as_ptr());
        }
        let thread = frame_entry::thread_state();
        SHORTAGE.thread.set(thread);
        let state = code_state::of((*(*thread).frame).f_code);
        if !state.is_null() {
            (*state).call_out();
        }
        object
    }
}

/// Whether some frame is still to raise.
pub fn is_pending() -> bool {
    !SHORTAGE.thread.get().is_null()
}

/// Whether a frame of this thread is to raise.
pub fn is_due(thread: *mut PyThreadState) -> bool {
    SHORTAGE.thread.get() == thread
}

/// Raises for a frame that returned or yielded: it has no result.
///
/// # Safety
/// The GIL is held; `result` is an owned reference, or NULL with an exception set.
#[inline(never)]
pub unsafe extern "C" fn spoil(result: Object) -> Object {
    settle();
    // SAFETY: owned by the contract.
    unsafe {
        if !result.is_null() {
            decref(result);
            PyErr_NoMemory();
        }
        ptr::null_mut()
    }
}

/// Raises in a suspended frame; the flags for who continues it.
///
/// # Safety
/// The frame was left to another evaluator, with an exception set if and only if `flags` has
/// [`THROW`].
#[inline(never)]
pub unsafe extern "C" fn throw(frame: *mut PyFrameObject, flags: c_int) -> c_int {
    settle();
    if flags & THROW == 0 {
        // SAFETY: the frame continues at the instruction after `f_lasti`, and unwinds from there.
        unsafe {
            (*frame).f_lasti += 1;
            PyErr_NoMemory();
        }
    }
    flags | THROW
}

fn settle() {
    SHORTAGE.thread.set(ptr::null_mut());
    prepare();
}
