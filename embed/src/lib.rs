//! The host side of Pyjion: registers the JIT with the CPython it is linked into, runs frames,
//! and gives compiled code the runtime it calls.

#[cfg(not(has_suspend))]
compile_error!("this CPython lacks the patches that let an evaluator continue another one's frame");

mod background;
mod budget;
mod clock;
mod code_room;
mod code_state;
mod compile;
mod compiler;
mod describe;
mod exits;
mod frame_entry;
mod gil;
mod hook;
mod kinds;
mod layout;
mod module;
mod options;
mod pending;
mod py;
mod recall;
mod record;
mod reify;
mod report;
mod reserve;
mod resume_points;
mod runtime;
mod settings;
mod shortage;
mod skip;
mod spare;
mod stats;
mod version;

/// Called by `main` before CPython's own main: from the first frame on, the JIT is there.
#[unsafe(no_mangle)]
pub extern "C" fn pyjion_register() {
    let (options, complaints) = options::Options::from_environment();
    for complaint in complaints {
        eprintln!("{complaint}");
    }
    let (enabled, wanted) = (options.enabled, options.stats.clone());
    settings::initialise(options);
    compiler::keep_panics_quiet();
    if let Some(wanted) = wanted {
        settings::set_detailed();
        stats::start_detailed();
        report::at_exit(wanted);
    }
    clock::start();
    module::register();
    if enabled && code_state::request_index() {
        hook::install();
        skip::prepare();
    }
}
