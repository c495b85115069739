//! A compiled version of a code object: its native code, what is counted of it, and where frames enter it.

use crate::config::settings;
use crate::process::PROCESS;
use crate::py::describe;
use crate::py::gil::Counter;
use crate::py::*;
use crate::state::resume_points::ResumePoints;
use crate::stats;
use crate::tools::Registered;
use pyjion_jit::Compiled;
use pyjion_jit::backend::TURNS;
use pyjion_jit::exit::ticket;
use pyjion_jit::feedback::{Assumption, Validity};
use pyjion_jit::host::VersionLayout;
use std::cell::Cell;
use std::mem::offset_of;
use std::num::NonZeroU16;

/// What compiled code of a version has the address of.
pub struct Switches {
    /// Whether running frames may go on.
    pub valid: Validity,
    /// Jumps backwards that it takes before we are told of them.
    pub turns: Cell<i32>,
    /// The base of the tickets that it leaves in frames that it suspends.
    pub tickets: Cell<u64>,
}

impl Switches {
    /// Those of a version that is valid.
    pub fn new() -> Box<Switches> {
        Box::new(Switches { valid: Validity::default(), turns: Cell::new(TURNS), tickets: Cell::new(0) })
    }
}

/// A compiled version of a code object.
pub struct Native {
    /// Unique in the process.
    pub id: u64,
    /// Name and place of the code, for people.
    pub name: String,
    /// What GDB knows of the code, for as long as that is there.
    _registered: Option<Registered>,
    /// The code, its entries and exits.
    pub compiled: Compiled,
    /// Compiled without any feedback, which there may be now.
    pub generic: Cell<bool>,
    /// Frames that entered.
    pub entered: Counter,
    /// How many there are when it is time to think of compiling it again with more effort.
    reconsidered_at: Cell<u64>,
    /// Exits taken, in the order of the recipes.
    pub exits: Box<[Counter]>,
    /// Exits taken because a speculation failed.
    pub failed_speculations: Counter,
    /// `entered` when room was made last.
    pub entered_before: Cell<u64>,
    /// Frames running it now.
    pub running: Cell<u32>,
    /// It is no longer entered; freed when nobody runs it.
    pub replaced: Cell<bool>,
    /// Something is to be done about it when a frame leaves it.
    pub attend: Cell<bool>,
    /// What compiled code reads and writes.
    pub switches: Box<Switches>,
    /// Entry indices by offset.
    by_pc: Vec<(u32, u32)>,
    /// Where generators are resumed.
    resume_points: ResumePoints,
}

/// Frames that enter a version before it is reconsidered, for the first time and again.
const FRAMES: u64 = 4000;

/// The same where everything is compiled at once.
const EAGER_FRAMES: u64 = 10;

fn frames() -> u64 {
    if settings::is_eager() { EAGER_FRAMES } else { FRAMES }
}

impl Native {
    /// Where compiled code finds what in it.
    pub const LAYOUT: VersionLayout = VersionLayout {
        function: offset_of!(Native, compiled.code.function) as i32,
        entered: offset_of!(Native, entered) as i32,
        reconsidered_at: offset_of!(Native, reconsidered_at) as i32,
        running: offset_of!(Native, running) as i32,
        attend: offset_of!(Native, attend) as i32,
    };

    /// Wraps the result of a compilation.
    pub fn new(
        compiled: Compiled,
        registered: Option<Registered>,
        switches: Box<Switches>,
        generic: bool,
        name: String,
    ) -> Native {
        let mut by_pc: Vec<(u32, u32)> =
            compiled.entries.iter().enumerate().map(|(index, entry)| (entry.pc, index as u32)).collect();
        by_pc.sort_unstable();
        stats::counters().code_bytes.add(compiled.code.size as u64);
        for assumption in &compiled.assumptions {
            assumption.support(&switches.valid);
        }
        let reconsidered_at = if compiled.code.is_provisional { frames() } else { u64::MAX };
        let id = PROCESS.codes.next_version();
        switches.tickets.set(ticket::base(id));
        Native {
            resume_points: ResumePoints::new(&compiled.entries, &by_pc),
            id,
            name,
            _registered: registered,
            exits: compiled.code.exits.iter().map(|_| Counter::new()).collect(),
            compiled,
            generic: Cell::new(generic),
            entered: Counter::new(),
            reconsidered_at: Cell::new(reconsidered_at),
            entered_before: Cell::new(0),
            failed_speculations: Counter::new(),
            running: Cell::new(0),
            replaced: Cell::new(false),
            attend: Cell::new(declares_itself_invalid()),
            switches,
            by_pc,
        }
    }

    /// Whether all holds that it rests on.
    pub fn is_founded(&self) -> bool {
        self.compiled.assumptions.iter().all(Assumption::holds)
    }

    /// Whether it was compiled in little time, and would be faster if it had been given more.
    pub fn is_provisional(&self) -> bool {
        self.compiled.code.is_provisional
    }

    /// Has it reconsidered later.
    pub fn reconsider_later(&self) {
        self.reconsidered_at.set(self.entered.get() + frames());
    }

    /// Whether that is now.
    pub fn is_to_be_reconsidered(&self) -> bool {
        self.entered.get() >= self.reconsidered_at.get()
    }

    /// A frame enters.
    #[inline(always)]
    pub fn enter(&self) {
        self.entered.count();
        self.running.set(self.running.get() + 1);
        if self.entered.get() == self.reconsidered_at.get() {
            self.attend.set(true);
        }
    }

    /// The entry for a generator's frame that is resumed, if there is no other for that place: its
    /// index plus one.
    ///
    /// # Safety
    /// The frame is not running: its `f_stacktop` is set.
    #[inline(always)]
    pub unsafe fn resume_point(&self, frame: *mut PyFrameObject) -> Option<NonZeroU16> {
        // SAFETY: as for this function.
        unsafe { self.resume_points.find(frame) }
    }

    /// Whether frames can enter at an offset.
    pub fn has_entry_at(&self, pc: u32) -> bool {
        self.by_pc.binary_search_by_key(&pc, |&(at, _)| at).is_ok()
    }

    /// The entry for a frame about to execute the instruction at `pc`, if it has the shape.
    ///
    /// # Safety
    /// The frame is not running: its `f_stacktop` is set.
    pub unsafe fn entry(&self, pc: u32, frame: *mut PyFrameObject) -> Option<u32> {
        let first = self.by_pc.partition_point(|&(at, _)| at < pc);
        self.by_pc[first..].iter().take_while(|&&(at, _)| at == pc).map(|&(_, index)| index).find(|&index| {
            let entry = &self.compiled.entries[index as usize];
            // SAFETY: as for this function.
            unsafe { describe::has_shape(frame, entry.depth, &entry.blocks) }
        })
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        stats::counters().code_bytes.subtract(self.compiled.code.size as u64);
    }
}

/// Whether compiled code may declare itself invalid, which is seen when a frame leaves it.
pub fn declares_itself_invalid() -> bool {
    settings::options().stress_invalidate > 0
}
