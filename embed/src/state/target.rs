//! A place of a code object that versions are compiled for.

use crate::state::native::Native;
use pyjion_jit::EntrySpec;
use pyjion_jit::error::CompileError;
use pyjion_jit::hir::ExitReason;

/// A place that versions are compiled for: the start, or a loop header.
pub struct Target {
    /// Its offset.
    pub pc: u32,
    /// The current version.
    pub version: Option<Box<Native>>,
    /// The current version was compiled without what is known now.
    pub stale: bool,
    /// Versions compiled so far, or since it was worth all effort for the first time: what turns out while
    /// there is a first version is no reason to expect more of it after.
    pub generations: u32,
    /// It was.
    pub is_established: bool,
    /// Versions that became invalid.
    pub invalidations: u32,
    /// Jumps to it that were seen in the interpreter while the code was hot.
    pub heat: u32,
    /// The next version is being compiled in the background.
    pub is_under_way: bool,
    /// What was asked for last; kinds are those of all the times before, too.
    pub spec: EntrySpec,
    /// Why it is never to be compiled again.
    pub closed: Option<Closed>,
}

/// Why an entry is given up.
#[derive(Clone, Debug)]
pub enum Closed {
    /// The compiler refused it.
    Failed(CompileError),
    /// Exits for this reason never ceased.
    Retired(ExitReason),
}

impl Target {
    /// How many generations count for the next version, which may be one that is worth all effort.
    pub fn generations_before(&self, is_promotion: bool) -> u32 {
        if is_promotion && !self.is_established { 0 } else { self.generations }
    }

    /// One that nothing was compiled for yet.
    pub fn new(pc: u32) -> Target {
        Target {
            pc,
            version: None,
            stale: false,
            generations: 0,
            is_established: false,
            invalidations: 0,
            heat: 0,
            is_under_way: false,
            spec: EntrySpec { pc, ..EntrySpec::default() },
            closed: None,
        }
    }
}
