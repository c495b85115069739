//! When code that was compiled in little time is worth more.

use crate::compile;
use crate::config::settings;
use crate::py::PyCodeObject;
use crate::state;
use crate::state::native::Native;
use crate::tier::budget;
use pyjion_jit::tier::budget::Occasion;

/// Many frames have entered a version: has its code compiled again, if there is time for that.
///
/// # Safety
/// The code object is alive, and the version one of its.
pub unsafe fn reconsider(code: *mut PyCodeObject, version: &Native) {
    // SAFETY: by the contract.
    let state = unsafe { state::of(code) };
    version.reconsider_later();
    if state.is_null() || version.replaced.get() || settings::stopped().is_some() {
        return;
    }
    // SAFETY: the state lives as long as the code. The version may be gone after this.
    let state = unsafe { &*state };
    if budget::allows(state, Occasion::Calls) {
        compile::promote(state);
    }
}
