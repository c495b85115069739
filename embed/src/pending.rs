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

/// Does it; false when an exception is set. Cannot panic: a thread may end in here.
///
/// # Safety
/// The GIL is held, and no exception is set.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn handle(thread: *mut PyThreadState) -> bool {
    // SAFETY: the current thread.
    unsafe { _PyEval_HandlePending(thread) >= 0 }
}
