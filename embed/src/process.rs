//! All that changes in the process, in one list: who may write it, and when. There is no code here.
//!
//! Each room keeps its part to itself: the fields are its own, and it alone names the part. What a [`Gil`]
//! protects is read and written by holders of the GIL; before `Py_Initialize` and after `Py_Finalize` there
//! is one thread. Statics that are not in the list say `APART` and why.

use crate::py::gil::Gil;
use crate::{compile, config, memory, py, run, runtime, state, stats, tier, tools};

/// The parts, from the lowest room to the highest.
pub struct Process {
    /// Written when a library with us in it is loaded, when our evaluator comes or goes, when frames may pass
    /// it by or no longer may, and by whoever has the next jumps backwards looked at.
    pub hooks: Gil<py::hooks::Hooks>,
    /// Written when an array is observed, and read by the compiling thread.
    pub arrays: py::arrays::Arrays,
    /// Written when native code makes or releases an int.
    #[cfg(py3)]
    pub unused_ints: Gil<py::numbers::Unused>,
    /// Written when a special method is looked for the first time.
    pub specials: Gil<py::specials::Specials>,
    /// Written when native code handles an exception for the first time.
    #[cfg(py2)]
    pub handled: Gil<py::handled::Names>,
    /// Written by `pyjion_register`, by the functions of the module `pyjion`, and when the JIT stops by
    /// itself.
    pub settings: Gil<config::settings::Settings>,
    /// Written before native code begins, and when memory is short or is set aside again.
    pub shortage: Gil<memory::shortage::Shortage>,
    /// Written when a `MemoryError` is raised, and before the next frame begins.
    pub slack: Gil<memory::slack::Slack>,
    /// Written whenever a number is taken from it, and before native code begins.
    pub spare: Gil<memory::spare::Spare>,
    /// Written by whoever counts, native code included.
    pub stats: Gil<stats::Stats>,
    /// Written when machine code is published, if perf is told.
    pub perf: Gil<tools::Perf>,
    /// Written when a code object gets its state, changes its phase, waits for a version, has one, has none
    /// any more, or dies.
    pub codes: Gil<state::Census<state::CodeState>>,
    /// Written when the first thin frame of a code object is made, and when its last one dies.
    pub thin_owners: Gil<state::thin::Owners>,
    /// Written when locals of a compiled frame are written from outside, when there is no memory for a
    /// number, and when the frame has left.
    pub recalls: Gil<state::recall::Recalls>,
    /// Written by any thread: holders of the GIL, the compiling thread, and those who fork or want to be
    /// alone.
    pub worker: compile::worker::Worker,
    /// Written when a compilation is ordered, and when its output is fetched.
    pub orders: Gil<compile::Orders>,
    /// Written when a compilation was ordered or is done.
    pub ledger: Gil<compile::cost::Ledger>,
    /// Written at the first compilation.
    pub room: Gil<compile::eviction::Room>,
    /// Written when a frame leaves native code that it entered at a loop.
    pub looped: Gil<tier::budget::Looped>,
    /// Written when the evaluator is installed while frames run, and when one of these comes to us.
    pub outsiders: Gil<run::outsiders::Outsiders>,
    /// Written once, when the evaluator is installed.
    pub replaced: Gil<run::callables::Replaced>,
    /// Written when a thin frame has other globals than its caller.
    pub builtins: Gil<run::thin_frames::Builtins>,
    /// Written by `isinstance` in native code.
    pub plain_types: Gil<runtime::PlainTypes>,
    /// Written when native code has an `enumerate` go on, and read at once.
    pub enumerated: Gil<runtime::Enumerated>,
}

/// The one there is.
pub static PROCESS: Process = Process {
    hooks: Gil::new(py::hooks::Hooks::new()),
    arrays: py::arrays::Arrays::new(),
    #[cfg(py3)]
    unused_ints: Gil::new(py::numbers::Unused::new()),
    specials: Gil::new(py::specials::Specials::new()),
    #[cfg(py2)]
    handled: Gil::new(py::handled::Names::new()),
    settings: Gil::new(config::settings::Settings::new()),
    shortage: Gil::new(memory::shortage::Shortage::new()),
    slack: Gil::new(memory::slack::Slack::new()),
    spare: Gil::new(memory::spare::Spare::new()),
    stats: Gil::new(stats::Stats::new()),
    perf: Gil::new(tools::Perf::new()),
    codes: Gil::new(state::Census::new()),
    thin_owners: Gil::new(state::thin::Owners::new()),
    recalls: Gil::new(state::recall::Recalls::new()),
    worker: compile::worker::Worker::new(),
    orders: Gil::new(compile::Orders::new()),
    ledger: Gil::new(compile::cost::Ledger::new()),
    room: Gil::new(compile::eviction::Room::new()),
    looped: Gil::new(tier::budget::Looped::new()),
    outsiders: Gil::new(run::outsiders::Outsiders::new()),
    replaced: Gil::new(run::callables::Replaced::new()),
    builtins: Gil::new(run::thin_frames::Builtins::new()),
    plain_types: Gil::new(runtime::PlainTypes::new()),
    enumerated: Gil::new(runtime::Enumerated::new()),
};
