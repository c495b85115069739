//! Puts the evaluator in its place: for which interpreters, and for which frames.

use crate::config::settings;
use crate::py::hooks;
use crate::py::*;
#[cfg(has_backedge_hook)]
use crate::run::backedge;
use crate::run::{callables, dispatch, outsiders};
#[cfg(has_recording)]
use crate::tier::record;

/// Makes [`dispatch::eval_frame`] the evaluator of interpreters to come. Works before `Py_Initialize`.
pub fn install() {
    hooks::set_evaluator(dispatch::eval_frame);
    // SAFETY: plain stores of function pointers, before any frame runs or under the GIL.
    unsafe {
        callables::install();
        #[cfg(has_backedge_hook)]
        {
            _PyEval_BackedgeHook = Some(backedge::backedge);
            hooks::arm(settings::threshold().interval() as i32);
        }
        #[cfg(has_recording)]
        {
            _PyEval_RecordHook = Some(record::record);
        }
    }
}

/// [`install`] while frames are running.
///
/// # Safety
/// The GIL is held.
pub unsafe fn install_now() {
    if hooks::has_evaluator() {
        return;
    }
    install();
    let mut running = Vec::new();
    // SAFETY: the lists of interpreters, threads and frames do not change under the GIL.
    unsafe {
        let mut interpreter = PyInterpreterState_Head();
        while !interpreter.is_null() {
            let mut thread = PyInterpreterState_ThreadHead(interpreter);
            while !thread.is_null() {
                let mut frame = (*thread).frame;
                while !frame.is_null() {
                    running.push(frame);
                    frame = (*frame).f_back;
                }
                thread = PyThreadState_Next(thread);
            }
            interpreter = PyInterpreterState_Next(interpreter);
        }
    }
    outsiders::set(running);
}
