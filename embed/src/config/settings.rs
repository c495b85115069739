//! The options in force, and what can be changed while the program runs.

use super::peer::{Peer, Plain, Unknown};
use crate::process::PROCESS;
use crate::py::hooks;
use pyjion_jit::tier::heat::Threshold;
use pyjion_jit::tier::options::Options;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is in force.
pub struct Settings {
    enabled: Cell<bool>,
    /// Frames are running that began before our evaluator was installed.
    outsiders: Cell<bool>,
    /// The threshold was changed while the program ran.
    retuned: Cell<bool>,
    /// What happens is to be measured in detail.
    detailed: Cell<bool>,
    /// Memory that was let go of is to be set aside again.
    lacking: Cell<bool>,
    /// See [`is_ordinary`].
    ordinary: Cell<bool>,
    threshold: Cell<Threshold>,
    options: OnceCell<Options>,
    stopped: Cell<Option<&'static Stopped>>,
}

/// Why the JIT has stopped by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The system allows no executable memory; how it says that.
    NoExecutableMemory(String),
    /// The thread that compiles had to end in the middle of it, see [`has_lost_thread`].
    LostThread,
    /// `Py_Finalize` was called: what is known, and what was compiled, is of objects that are gone.
    Finalized,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::NoExecutableMemory(why) => write!(f, "the system allows no executable memory ({why})"),
            Stopped::Finalized => f.write_str("this process has finalized Python before"),
            Stopped::LostThread => f.write_str("memory ran out while the process had to be of one thread"),
        }
    }
}

impl Settings {
    /// The JIT is off, and has not been told anything.
    pub const fn new() -> Settings {
        Settings {
            enabled: Cell::new(false),
            outsiders: Cell::new(false),
            retuned: Cell::new(false),
            detailed: Cell::new(false),
            lacking: Cell::new(false),
            ordinary: Cell::new(false),
            threshold: Cell::new(Threshold::DEFAULT),
            options: OnceCell::new(),
            stopped: Cell::new(None),
        }
    }
}

/// Takes the options of the environment over, once.
pub fn initialise(options: Options) {
    set_enabled(options.enabled);
    PROCESS.settings.threshold.set(Threshold::new(options.threshold));
    let _ = PROCESS.settings.options.set(options);
}

/// The options of the environment.
pub fn options() -> &'static Options {
    PROCESS.settings.options.get_or_init(Options::default)
}

/// Whether frames are counted, compiled and run native.
#[inline(always)]
pub fn is_enabled() -> bool {
    PROCESS.settings.enabled.get()
}

/// Switches the JIT on or off; what runs native goes on until it leaves.
pub fn set_enabled(enabled: bool) {
    PROCESS.settings.enabled.set(enabled);
    update();
}

/// Compiles nothing more, for a reason that [`stopped`] tells from now on. The GIL is held.
pub fn stop(reason: Stopped) {
    // This happens once, or as often as somebody switches the JIT on again.
    PROCESS.settings.stopped.set(Some(Box::leak(Box::new(reason))));
    set_enabled(false);
    hooks::remove_evaluator();
}

/// What is in force, in short.
pub struct Glance {
    /// See [`is_enabled`].
    pub is_enabled: bool,
    /// Why the JIT has stopped by itself, if it has, as far as that can be seen.
    pub stopped: Option<String>,
    /// See [`threshold`].
    pub threshold: u32,
}

/// Of this process.
pub fn glance() -> Glance {
    Glance {
        is_enabled: is_enabled(),
        stopped: stopped().map(ToString::to_string),
        threshold: threshold().get(),
    }
}

// SAFETY: numbers.
unsafe impl Plain for Threshold {}

/// Of another one.
pub fn glance_at(peer: &Peer) -> Result<Glance, Unknown> {
    let settings = &PROCESS.settings;
    let reason: usize = peer.fetch(settings.stopped.as_ptr().cast())?;
    let has_lost_thread: u8 = peer.fetch(HAS_LOST_THREAD.as_ptr().cast())?;
    let stopped = match (has_lost_thread, reason) {
        (0, 0) => None,
        (0, _) => Some("that process can say why, by pyjion.status()['failed']".to_owned()),
        (..) => Some(Stopped::LostThread.to_string()),
    };
    let is_enabled: u8 = peer.fetch(settings.enabled.as_ptr().cast())?;
    let threshold: Threshold = peer.fetch(settings.threshold.as_ptr())?;
    Ok(Glance { is_enabled: is_enabled != 0, stopped, threshold: threshold.get() })
}

/// What stopped the JIT is gone.
pub fn forget_stop() {
    PROCESS.settings.stopped.set(None);
}

/// Why the JIT has stopped by itself, if it has.
pub fn stopped() -> Option<&'static Stopped> {
    if has_lost_thread() { Some(&Stopped::LostThread) } else { PROCESS.settings.stopped.get() }
}

/// A thread ended for want of memory.
// APART: written where there is no memory and no GIL.
static HAS_LOST_THREAD: AtomicBool = AtomicBool::new(false);

/// Notes that this thread ends for want of memory. Allocates none, and needs no GIL.
pub fn lose_thread() {
    HAS_LOST_THREAD.store(true, Ordering::Relaxed);
}

/// Whether a thread ended for want of memory: what it was at is left as it was, locks of libraries
/// included, so that no thread may compile any more.
pub fn has_lost_thread() -> bool {
    HAS_LOST_THREAD.load(Ordering::Relaxed)
}

/// Whether there may be frames that our evaluator does not know of.
#[inline(always)]
pub fn has_outsiders() -> bool {
    PROCESS.settings.outsiders.get()
}

/// See [`has_outsiders`].
pub fn set_outsiders(outsiders: bool) {
    PROCESS.settings.outsiders.set(outsiders);
    update();
}

/// From now on, what happens is measured in detail.
pub fn set_detailed() {
    PROCESS.settings.detailed.set(true);
    update();
}

/// Notes whether memory is to be set aside again before the next frame begins.
pub fn set_lacking(lacking: bool) {
    PROCESS.settings.lacking.set(lacking);
    update();
}

/// Whether frames can take the short ways: the JIT is on, and neither outsiders nor detailed
/// measurements nor memory that is lacking are to be thought of.
#[inline(always)]
pub fn is_ordinary() -> bool {
    PROCESS.settings.ordinary.get()
}

/// The address of the byte that says so.
pub fn address_of_ordinary() -> usize {
    PROCESS.settings.ordinary.as_ptr() as usize
}

fn update() {
    let is_ordinary = is_enabled() && !has_outsiders() && !PROCESS.settings.detailed.get();
    PROCESS.settings.ordinary.set(is_ordinary && !PROCESS.settings.lacking.get());
    hooks::let_pass(is_ordinary && !PROCESS.settings.retuned.get());
}

/// How hot code must be.
#[inline(always)]
pub fn threshold() -> Threshold {
    PROCESS.settings.threshold.get()
}

/// Changes it while the program runs. What code objects were told before would be wrong now: from
/// now on, every frame comes to us.
pub fn set_threshold(threshold: u32) {
    PROCESS.settings.threshold.set(Threshold::new(threshold));
    PROCESS.settings.retuned.set(true);
    update();
}

/// Whether everything is compiled at its first call, before anything was observed.
#[inline(always)]
pub fn is_eager() -> bool {
    threshold().is_eager()
}

/// Whether types are worth recording.
pub fn is_speculating() -> bool {
    cfg!(has_recording) && !options().no_speculate
}
