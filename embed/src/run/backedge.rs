//! The hook of the interpreter at jumps backwards.

use crate::compile;
use crate::config::settings;
use crate::memory::shortage;
use crate::py::evaluation::thread_state;
use crate::py::hooks::{self, arm};
use crate::py::pending;
use crate::py::*;
use crate::run::outsiders;
use crate::state;
use crate::state::recall;
use crate::tier::hot;
use std::ffi::c_int;

/// Called by the interpreter at a jump backwards, every so often: 1 suspends the frame.
///
/// # Safety
/// Called by the interpreter's loop.
#[cfg(has_backedge_hook)]
pub unsafe extern "C" fn backedge(frame: *mut PyFrameObject, target: c_int, _top: *mut Object) -> c_int {
    let jumps = hooks::armed() as u32 + 1;
    arm(settings::threshold().interval() as c_int);
    shortage::recover();
    compile::poll();
    // SAFETY: the frame is running in the interpreter; no exception is set between instructions.
    unsafe {
        let thread = thread_state();
        if !settings::is_enabled() || ((*thread).use_tracing != 0 && !recall::forgive_all(thread)) {
            return 0;
        }
        if outsiders::is_outsider(frame) {
            return 0;
        }
        let state = state::of_or_attach((*frame).f_code);
        if state.is_null() {
            return 0;
        }
        if !hot::shall_suspend(&*state, frame, target as u32, jumps) {
            if (*state).is_seeking() {
                arm(0);
            }
            return 0;
        }
        // The interpreter has to do its periodic work before the frame is suspended: compiled code
        // may leave again before it comes to a check of its own, and continues in the interpreter
        // without one, for ever in the worst case.
        if pending::is_due() {
            arm(0);
            return 0;
        }
        1
    }
}
