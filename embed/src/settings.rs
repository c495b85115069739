//! The options in force, and what can be changed while the program runs.

use crate::gil::Gil;
use crate::options::Options;
use std::cell::{Cell, OnceCell};

struct Settings {
    enabled: Cell<bool>,
    /// Frames are running that began before our evaluator was installed.
    outsiders: Cell<bool>,
    threshold: Cell<u32>,
    options: OnceCell<Options>,
}

static SETTINGS: Gil<Settings> = Gil::new(Settings {
    enabled: Cell::new(false),
    outsiders: Cell::new(false),
    threshold: Cell::new(DEFAULT_THRESHOLD),
    options: OnceCell::new(),
});

/// `PYJION_THRESHOLD` when it is not set.
pub const DEFAULT_THRESHOLD: u32 = 6000;

/// Takes the options of the environment over, once.
pub fn initialise(options: Options) {
    SETTINGS.enabled.set(options.enabled);
    SETTINGS.threshold.set(options.threshold);
    let _ = SETTINGS.options.set(options);
}

/// The options of the environment.
pub fn options() -> &'static Options {
    SETTINGS.options.get_or_init(Options::default)
}

/// Whether frames are counted, compiled and run native.
#[inline(always)]
pub fn is_enabled() -> bool {
    SETTINGS.enabled.get()
}

/// Switches the JIT on or off; what runs native goes on until it leaves.
pub fn set_enabled(enabled: bool) {
    SETTINGS.enabled.set(enabled);
}

/// Whether there may be frames that our evaluator does not know of.
#[inline(always)]
pub fn has_outsiders() -> bool {
    SETTINGS.outsiders.get()
}

/// See [`has_outsiders`].
pub fn set_outsiders(outsiders: bool) {
    SETTINGS.outsiders.set(outsiders);
}

/// `PYJION_THRESHOLD`.
pub fn threshold() -> u32 {
    SETTINGS.threshold.get()
}

/// Changes it.
pub fn set_threshold(threshold: u32) {
    SETTINGS.threshold.set(threshold.max(1));
}

/// Whether everything is compiled at its first call, before anything was observed.
#[inline(always)]
pub fn is_eager() -> bool {
    SETTINGS.threshold.get() == 1
}

/// What a call adds to the heat of a code object; a jump backwards adds 1.
pub const HEAT_PER_CALL: u32 = 4;

/// The heat at which code is hot. Compiling pays when it takes no longer than the code has run
/// already; both grow with the size of the code, but only a part of it is what runs.
#[inline(always)]
pub fn hot_at(bulk: u32) -> u32 {
    let threshold = SETTINGS.threshold.get();
    if threshold == 1 { 1 } else { threshold.saturating_mul(3).saturating_mul(bulk) }
}

/// How many jumps to a loop header make it worth a version of its own, in code that is hot.
pub fn loop_hot_at() -> u32 {
    SETTINGS.threshold.get()
}

/// How many jumps backwards the interpreter makes between two calls of our hook, less one.
pub fn backedge_interval() -> i32 {
    if is_eager() { 0 } else { 63 }
}

/// Whether types are worth recording.
pub fn is_speculating() -> bool {
    cfg!(has_recording) && !options().no_speculate
}
