//! What compiled code goes by when it calls other compiled code straight away.

use crate::config::settings;
use crate::memory::shortage;
use crate::py::{self, collector};
use crate::run::thin_frames;
use crate::runtime::direct;
use crate::state::CodeState;
use crate::state::native::Native;
use crate::stats;
use pyjion_jit::host::{CalledFrameLayout, CallingThreadLayout, DirectCallLayout};
use std::mem::offset_of;

/// The layout; nothing where no frames are kept for such calls.
pub fn layout() -> Option<DirectCallLayout> {
    if !cfg!(has_complete_hook) || cfg!(py_debug) {
        return None;
    }
    Some(DirectCallLayout {
        state: CodeState::LAYOUT,
        version: Native::LAYOUT,
        frame: CalledFrameLayout {
            back: offset_of!(py::PyFrameObject, f_back) as i32,
            builtins: offset_of!(py::PyFrameObject, f_builtins) as i32,
            #[cfg(py2)]
            thread: Some(offset_of!(py::PyFrameObject, f_tstate) as i32),
            #[cfg(py3)]
            thread: None,
            attached: [
                offset_of!(py::PyFrameObject, f_locals) as i32,
                offset_of!(py::PyFrameObject, f_trace) as i32,
                offset_of!(py::PyFrameObject, f_exc_type) as i32,
            ],
            collected: collector::tracking_word(),
        },
        thread: CallingThreadLayout {
            frame: offset_of!(py::PyThreadState, frame) as i32,
            #[cfg(py2)]
            overflowed: None,
            #[cfg(py3)]
            overflowed: Some(offset_of!(py::PyThreadState, overflowed) as i32),
            trash_nesting: (
                offset_of!(py::PyThreadState, trash_delete_nesting) as i32,
                py::PyTrash_UNWIND_LEVEL.into(),
            ),
        },
        function_closure: offset_of!(py::PyFunctionObject, func_closure) as i32,
        ordinary: settings::address_of_ordinary(),
        shortage: shortage::address_of_stress(),
        counters: [&stats::counters().frames, &stats::counters().frames_native]
            .map(|counter| std::ptr::from_ref(counter) as usize),
        end_by_exit: direct::end_by_exit as *const () as usize,
        end_rarely: direct::end_rarely as *const () as usize,
        make_cells: thin_frames::make_cells as *const () as usize,
        begin_rarely: direct::begin_rarely as *const () as usize,
        builtins: thin_frames::builtins_for as *const () as usize,
        release: thin_frames::dealloc as *const () as usize,
        attend: direct::attend as *const () as usize,
    })
}
