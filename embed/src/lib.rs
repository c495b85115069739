//! The host side of Pyjion: registers the JIT with the CPython it is linked into, runs frames,
//! and gives compiled code the runtime it calls.

#[cfg(not(has_suspend))]
compile_error!("this CPython lacks the patches that let an evaluator continue another one's frame");

mod compile;
mod config;
mod host;
mod memory;
mod module;
mod process;
mod py;
mod run;
mod runtime;
mod state;
mod stats;
mod tier;
mod tools;

use compile::{job, worker};
use config::settings::Stopped;
use config::{ancestors, say, settings};
use py::hooks;
use pyjion_jit::tier::command_line::{self, Action, CommandLine};
use pyjion_jit::tier::options::Options;
use run::installation;
use state::bypass;
use stats::{clock, report};
use std::ffi::{CStr, CString, c_char, c_int};
use std::io::Write;

#[cfg(py2)]
use pyjion_jit::tier::command_line::LETTERS_2 as LETTERS;
#[cfg(py3)]
use pyjion_jit::tier::command_line::LETTERS_3 as LETTERS;

/// Called by `main` before CPython's own main: from the first frame on, the JIT is there. The arguments may
/// be replaced by others for CPython. The status to exit with, or a negative number to go on.
///
/// # Safety
/// What `main` got; both are written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pyjion_register(count: *mut c_int, arguments: *mut *mut *mut c_char) -> c_int {
    // SAFETY: by the contract.
    let given = unsafe { read_arguments(*count, *arguments) };
    let line = CommandLine::read(&given, LETTERS);
    let mut options = if line.ignores_environment { Options::default() } else { options_of_environment() };
    if line.wants_build {
        return tell(cfg!(py3), &module::build());
    }
    match line.request.map(|request| request.apply(&mut options)) {
        None => {}
        Some(Action::Help) => {
            return tell(true, &command_line::help());
        }
        Some(Action::Complain(complaint)) => {
            say(&complaint);
            return 2;
        }
        Some(Action::Look(process)) => {
            return match module::describe_other(process) {
                Ok(text) => tell(true, &text),
                Err(why) => {
                    say(&format!("pyjion: {why}"));
                    1
                }
            };
        }
        Some(Action::Run(rest)) => {
            let name = given.into_iter().take(1);
            // SAFETY: by the contract.
            unsafe { (*count, *arguments) = make_arguments(name.chain(rest)) };
        }
    }
    module::register();
    begin(options);
    -1
}

/// Writes a text to stdout or stderr; the status to exit with.
fn tell(to_stdout: bool, text: &str) -> c_int {
    let written = match to_stdout {
        true => std::io::stdout().write_all(text.as_bytes()),
        false => std::io::stderr().write_all(text.as_bytes()),
    };
    c_int::from(written.is_err())
}

/// Called when a program or a shared library is loaded that CPython and the JIT are parts of: whoever calls
/// `Py_Initialize`, from the first frame on, the JIT is there. Until then the program may change its
/// environment.
#[unsafe(no_mangle)]
pub extern "C" fn pyjion_embed() {
    module::register();
    hooks::before_first_frame(begin_embedded);
}

extern "C" fn begin_embedded() {
    // SAFETY: a plain int, which programs set before `Py_Initialize`.
    let ignores_environment = unsafe { (&raw const py::Py_IgnoreEnvironmentFlag).read() } != 0;
    let mut options = if ignores_environment { Options::default() } else { options_of_environment() };
    // SAFETY: CPython keeps a pointer to a function of ours.
    options.enabled &= unsafe { py::Py_AtExit(Some(finalized)) } == 0;
    begin(options);
}

/// Python may be initialised again, without us.
extern "C" fn finalized() {
    worker::end();
    settings::stop(Stopped::Finalized);
}

/// The options of the environment; what is wrong with them is said once.
fn options_of_environment() -> Options {
    let (options, complaints) = Options::from_environment();
    for complaint in complaints {
        let is_known = complaint.variable().is_some_and(|(name, value)| ancestors::had(name, value));
        if !is_known {
            say(&complaint.to_string());
        }
    }
    options
}

fn begin(options: Options) {
    let (enabled, wanted) = (options.enabled, options.stats.clone());
    settings::initialise(options);
    job::keep_panics_quiet();
    if let Some(wanted) = wanted {
        settings::set_detailed();
        stats::start_detailed();
        report::at_exit(wanted);
    }
    clock::start();
    state::codes().initialise(host::host);
    if enabled && state::request_index() {
        installation::install();
        bypass::prepare();
    }
}

/// # Safety
/// The arguments of a program.
unsafe fn read_arguments(count: c_int, arguments: *mut *mut c_char) -> Vec<Vec<u8>> {
    let read = |index: usize| {
        // SAFETY: by the contract; that many texts.
        unsafe { CStr::from_ptr(*arguments.add(index)).to_bytes().to_vec() }
    };
    (0..count.max(0) as usize).map(read).collect()
}

/// Arguments for a program, which live for ever.
fn make_arguments(texts: impl Iterator<Item = Vec<u8>>) -> (c_int, *mut *mut c_char) {
    // They were texts of C before, and have no zero in them.
    let text = |text: Vec<u8>| CString::new(text).unwrap_or_default().into_raw();
    let mut pointers: Vec<*mut c_char> = texts.map(text).collect();
    let count = pointers.len() as c_int;
    pointers.push(std::ptr::null_mut());
    (count, pointers.leak().as_mut_ptr())
}
