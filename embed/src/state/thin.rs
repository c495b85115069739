//! Thin frames: what functions run in that compiled code calls straight away.
//!
//! A thin frame is a frame object like any other, for whoever looks at it. But it is made once and used
//! again, the collector does not track it, and while it runs it borrows what others hold meanwhile: its
//! caller's frame, which runs; the globals and the cells of the closure, as the caller holds the function;
//! the builtins, as the interpreter does; the arguments whose parameters are never bound again, as the caller
//! holds them, too. Whoever could tell has it [completed](ThinFrames::complete) first, and so does who keeps
//! it.
//!
//! *Invariant*: a frame of [`ThinFrames::all`] is idle, with all variables empty that it owns, or running, or
//! its variables are being released: then its `f_back` is NULL, and nobody has it.

use crate::process::PROCESS;
use crate::py::{self, Frame, Object, PyCodeObject, PyThreadState, collector, describe};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::mem::offset_of;
use std::ptr;

/// The most frames that are kept for a code object: deeper recursion has others.
const MAX_FRAMES: usize = 64;

/// No number of arguments.
const NONE: u32 = u32::MAX;

/// How a code object can be called in thin frames, and those that it has.
pub struct ThinFrames {
    /// The arguments that it takes now; [`NONE`] while it is not to be called so.
    arity: Cell<u32>,
    /// Its parameters; [`NONE`] if it can never be called so.
    parameters: u32,
    /// It can be called so, but collects arguments.
    collects: bool,
    /// The first so many of these are never bound again, nor deleted: the frame borrows the arguments.
    /// [`NONE`] until it is known.
    lent: Cell<u32>,
    /// Cells that each frame makes.
    cells: u32,
    /// Those that nobody uses, linked by `f_back`.
    idle: Cell<Frame>,
    /// All of them.
    all: RefCell<Vec<Frame>>,
}

/// Those that have any: alive, as they take themselves out when they die.
pub struct Owners(RefCell<BTreeSet<*const ThinFrames>>);

impl Owners {
    /// Nobody.
    pub const fn new() -> Owners {
        Owners(RefCell::new(BTreeSet::new()))
    }
}

impl ThinFrames {
    /// None yet.
    ///
    /// # Safety
    /// A code object.
    pub unsafe fn new(code: *mut PyCodeObject) -> ThinFrames {
        // SAFETY: by the contract.
        unsafe {
            // In debug builds, references are counted.
            let is_able = cfg!(has_complete_hook) && !cfg!(py_debug);
            let is_plain = is_able && describe::is_plain(code);
            ThinFrames {
                arity: Cell::new(NONE),
                parameters: if is_plain { (*code).co_argcount as u32 } else { NONE },
                collects: is_able && describe::collects(code),
                lent: Cell::new(NONE),
                cells: describe::cells(code) as u32,
                idle: Cell::new(ptr::null_mut()),
                all: RefCell::new(Vec::new()),
            }
        }
    }

    /// Has it called so from now on, if it can be: it may be asked how many of the first parameters are never
    /// bound again, nor deleted.
    pub fn allow(&self, constant: impl FnOnce() -> u32) {
        if (self.parameters != NONE || self.collects) && self.lent.get() == NONE {
            self.lent.set(constant());
        }
        self.arity.set(self.parameters);
    }

    /// Whether it can be called so, if it has a version for the start, with arguments that are collected
    /// first.
    #[inline(always)]
    pub fn collects(&self) -> bool {
        self.collects
    }

    /// Its parameters, if it can ever be called so.
    pub fn parameters(&self) -> Option<u32> {
        (self.parameters != NONE).then_some(self.parameters)
    }

    /// Where the arguments are that it takes now.
    pub const ARITY: usize = offset_of!(ThinFrames, arity);

    /// Where the first frame is that nobody uses.
    pub const IDLE: usize = offset_of!(ThinFrames, idle);

    /// Has it called so no more.
    pub fn forbid(&self) {
        self.arity.set(NONE);
    }

    /// How many arguments it takes, if it can be called so at the moment; more than any call has, if not.
    #[inline(always)]
    pub fn arity(&self) -> usize {
        self.arity.get() as usize
    }

    /// How many of the arguments a frame borrows: the first ones.
    #[inline(always)]
    pub fn lent(&self) -> usize {
        self.lent.get() as usize
    }

    /// How many cells a frame makes, which it owns.
    #[inline(always)]
    pub fn cells(&self) -> usize {
        self.cells as usize
    }

    /// A frame that nobody uses, or NULL.
    #[inline(always)]
    pub fn take(&self) -> Frame {
        let frame = self.idle.get();
        if !frame.is_null() {
            // SAFETY: idle frames are alive, and linked by `f_back`.
            self.idle.set(unsafe { (*frame).f_back });
        }
        frame
    }

    /// Gives one back.
    ///
    /// # Safety
    /// [Taken](ThinFrames::take) or [made](ThinFrames::make), not completed meanwhile, and its variables
    /// are empty.
    #[inline(always)]
    pub unsafe fn put_back(&self, frame: Frame) {
        // SAFETY: by the contract.
        unsafe { (*frame).f_back = self.idle.get() };
        self.idle.set(frame);
    }

    /// One more frame, in use; NULL, without an exception, when there are enough or there is no memory.
    ///
    /// # Safety
    /// The thread is the current one and runs a frame; the globals are those of a function of the code, which
    /// is the one that these frames are of.
    #[cold]
    #[inline(never)]
    pub unsafe extern "C" fn make(
        &self,
        thread: *mut PyThreadState,
        code: *mut PyCodeObject,
        globals: Object,
    ) -> Frame {
        if !self.has_room() {
            return ptr::null_mut();
        }
        // SAFETY: a new frame, whose references are given back: others hold the same. Making it may collect,
        // and run anything: then the code that the frame is of may be nobody's any more, and with it this
        // state.
        unsafe {
            let count = collector::count();
            let frame = py::PyFrame_New(thread, code, globals, ptr::null_mut());
            if frame.is_null() {
                py::PyErr_Clear();
                return frame;
            }
            if (*(*frame).f_code.cast::<py::PyObject>()).ob_refcnt == 1 {
                py::decref(frame.cast());
                return ptr::null_mut();
            }
            collector::untrack(frame.cast());
            if collector::count() == count + 1 {
                // It stays, as those that the interpreter keeps: collections begin when they would.
                collector::set_count(count);
            }
            py::decref((*frame).f_back.cast());
            py::decref((*frame).f_builtins);
            py::decref((*frame).f_globals);
            py::decref((*frame).f_code.cast());
            (*frame).f_back = ptr::null_mut();
            (*frame).f_stacktop = ptr::null_mut();
            #[cfg(py3)]
            {
                (*frame).f_executing = 1;
            }
            self.keep(frame);
            frame
        }
    }

    /// Whether there may be one more. Not in line, as what follows can be where a thread ends, which must not
    /// have to drop anything.
    #[inline(never)]
    extern "C" fn has_room(&self) -> bool {
        self.all.borrow().len() < MAX_FRAMES
    }

    /// Counts a frame among them; not in line for the same reason.
    #[inline(never)]
    extern "C" fn keep(&self, frame: Frame) {
        let mut all = self.all.borrow_mut();
        if all.is_empty() {
            PROCESS.thin_owners.0.borrow_mut().insert(ptr::from_ref(self));
        }
        all.push(frame);
    }

    /// Makes a thin frame that runs like other frames, for good; others, and those that are so, stay as they
    /// are. Not in line, likewise.
    ///
    /// # Safety
    /// A frame of this code. Runs nothing.
    #[inline(never)]
    pub unsafe extern "C" fn complete(&self, frame: Frame) {
        // SAFETY: what it borrows is alive while it runs.
        unsafe {
            if collector::is_tracked(frame.cast()) {
                return;
            }
            let mut all = self.all.borrow_mut();
            let Some(index) = all.iter().position(|&thin| thin == frame) else { return };
            all.swap_remove(index);
            if all.is_empty() {
                PROCESS.thin_owners.0.borrow_mut().remove(&ptr::from_ref(self));
            }
            py::incref((*frame).f_back.cast());
            py::incref((*frame).f_builtins);
            py::incref((*frame).f_globals);
            let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
            let code = (*frame).f_code;
            let cells = slots.add((*code).co_nlocals as usize + self.cells());
            for index in 0..self.lent() {
                // Cells take arguments over.
                py::xincref(*slots.add(index));
            }
            for index in 0..py::size_of_var((*code).co_freevars) as usize {
                py::incref(*cells.add(index));
            }
            collector::track(frame.cast());
        }
    }

    /// Completes all that run.
    fn complete_those(&self) {
        let mut idle = BTreeSet::new();
        let mut next = self.idle.get();
        while !next.is_null() {
            idle.insert(next);
            // SAFETY: as for `take`.
            next = unsafe { (*next).f_back };
        }
        let all = self.all.borrow().clone();
        for frame in all.into_iter().filter(|frame| !idle.contains(frame)) {
            // SAFETY: alive, and running unless its variables are being released.
            unsafe {
                if !(*frame).f_back.is_null() {
                    self.complete(frame);
                }
            }
        }
    }
}

/// Frees the frames of code that dies: a frame that runs holds its code.
impl Drop for ThinFrames {
    fn drop(&mut self) {
        if !self.all.borrow().is_empty() {
            PROCESS.thin_owners.0.borrow_mut().remove(&ptr::from_ref(self));
        }
        for frame in self.all.take() {
            // SAFETY: idle, and nobody else has it.
            unsafe { py::PyObject_GC_Del(frame.cast()) };
        }
    }
}

/// Completes all thin frames that run, of whatever code.
///
/// # Safety
/// The GIL is held.
pub unsafe fn complete_all() {
    let owners: Vec<_> = PROCESS.thin_owners.0.borrow().iter().copied().collect();
    for owner in owners {
        // SAFETY: alive, as completing frames runs nothing.
        unsafe { (*owner).complete_those() };
    }
}
