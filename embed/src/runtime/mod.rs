//! The helpers that compiled code calls: each does what `ceval.c` of this CPython does for the
//! instruction it stands for.
//!
//! # Safety
//!
//! Every helper is an `unsafe extern "C" fn` with the same contract, kept by compiled code:
//!
//! - the GIL is held, and `frame` is the running frame of this thread, `f_lasti` set;
//! - object arguments are alive for the whole call, *names* are interned strings;
//! - *stack helpers* get a pointer to their operands on the frame's value stack and own them;
//!   results that they leave there are new references;
//! - an immediate that is an address points to what the doc comment of
//!   [`Helper`](pyjion_jit::hir::Helper) says.

#[cfg(not(all(has_helper_table, has_handle_pending)))]
compile_error!("CPython lacks the patches that export the evaluator's helpers and its periodic work");

#[macro_use]
mod helper;

mod calls;
mod data;
mod names;
mod statements;
mod table;

pub use calls::direct;
pub use data::boxes::{box_float, box_int};
#[cfg(py_debug)]
pub use data::boxes::{counted_decref, counted_incref};
pub use data::build::list_append;
pub use data::instances::PlainTypes;
pub use data::iteration::{Enumerated, address_of_enumerated};
pub use data::ranges::new_range;
pub use table::address;

use crate::config::settings;
use crate::memory::shortage;
use crate::py::{binding, dict};
use crate::state::{completion, recall};
use calls::shortcuts;
use names::cache;

/// Prepares what the helpers remember of the interpreter; call once, before compiled code runs.
pub fn initialise() {
    cache::initialise();
    dict::initialise();
    binding::initialise();
    shortcuts::initialise();
    recall::initialise();
    completion::initialise();
    shortage::prepare();
    shortage::set_stress(settings::options().stress_memory);
}
