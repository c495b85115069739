//! What was observed at each instruction while the code ran in the recording evaluator.

use crate::hir::Type;
use std::collections::{HashMap, HashSet};

/// Observations at one instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Kinds of the topmost operands before it executed: `[TOS, second, third]`.
    pub operands: [Type; 3],
    /// How often it was seen.
    pub count: u32,
    /// A guard at this site failed in compiled code: do not speculate on it again.
    pub failed: bool,
    /// The operation did there what compiled code leaves to the interpreter, too often: it overflowed, divided by
    /// zero, met an index out of range.
    pub rare: bool,
}

/// Observations of one code object.
#[derive(Clone, Debug, Default)]
pub struct Feedback {
    sites: HashMap<u32, Site>,
}

impl Feedback {
    /// Nothing observed yet.
    pub fn new() -> Feedback {
        Feedback::default()
    }

    /// True when no instruction has been observed.
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }

    /// The site at an instruction, to add to.
    pub fn site_mut(&mut self, pc: u32) -> &mut Site {
        self.sites.entry(pc).or_default()
    }

    /// What was observed at an instruction, if it ran.
    pub fn site(&self, pc: u32) -> Option<&Site> {
        self.sites.get(&pc)
    }

    /// Adds one observation.
    pub fn record(&mut self, pc: u32, operands: [Type; 3]) {
        let site = self.site_mut(pc);
        for (seen, new) in site.operands.iter_mut().zip(operands) {
            *seen = seen.union(new);
        }
        site.count = site.count.saturating_add(1);
    }

    /// Whether the operation at an instruction is better left to a helper, whatever the kinds of its operands.
    pub fn is_rare(&self, pc: u32) -> bool {
        self.site(pc).is_some_and(|site| site.rare)
    }

    /// Offsets at which a guard has failed.
    pub fn failed_sites(&self) -> HashSet<u32> {
        self.sites.iter().filter(|(_, site)| site.failed).map(|(pc, _)| *pc).collect()
    }

    /// The one kind seen for the operand `depth` below the top, if it is stable and no guard
    /// on this site has failed.
    pub fn stable_kind(&self, pc: u32, depth: usize) -> Option<Type> {
        let site = self.site(pc)?;
        let kind = site.operands[depth];
        (!site.failed && kind.is_single()).then_some(kind)
    }
}
