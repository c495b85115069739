//! The evaluator's periodic work: signal handlers, thread switches, pending calls.

use crate::py::*;

/// Whether it is due; on 2.7 this counts the ticker down, as a round of the evaluator's loop does.
///
/// # Safety
/// The GIL is held.
#[inline(always)]
pub unsafe fn is_due() -> bool {
    // SAFETY: cells of the interpreter that live as long as it; the GIL protects the ticker.
    unsafe {
        #[cfg(py2)]
        {
            let ticker = &raw mut _Py_Ticker;
            ticker.write_volatile(ticker.read_volatile() - 1);
            ticker.read_volatile() < 0
        }
        #[cfg(py3)]
        {
            _PyEval_EvalBreaker().read_volatile() != 0
        }
    }
}

/// How many times the evaluator counts its ticker down where compiled code checks once: 3.5 to 5 in
/// `embed/tests/snippets/threads/turns.py`, as most loads and stores are not counted.
#[cfg(py2)]
const TICKS_A_CHECK: i32 = 4;

/// The default of `sys.setcheckinterval`. A release of the GIL every so many checks is often enough
/// for every thread, and more often would cost tight loops.
#[cfg(py2)]
const DEFAULT_INTERVAL: i32 = 100;

/// Does it; false when an exception is set. Cannot panic: a thread may end in here.
///
/// An interval of 2.7 that is longer than the default is that of the evaluator's ticks. Only few
/// releases of the GIL let another thread have it: with fewer of them than in the evaluator, threads
/// wait for seconds that do not there.
///
/// # Safety
/// The GIL is held, and no exception is set.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn handle(thread: *mut PyThreadState) -> bool {
    // SAFETY: the current thread; the GIL protects the ticker.
    unsafe {
        let is_done = _PyEval_HandlePending(thread) >= 0;
        #[cfg(py2)]
        {
            let ticker = &raw mut _Py_Ticker;
            let ticks = ticker.read_volatile();
            if ticks > DEFAULT_INTERVAL {
                ticker.write_volatile((ticks / TICKS_A_CHECK).max(DEFAULT_INTERVAL));
            }
        }
        is_done
    }
}
