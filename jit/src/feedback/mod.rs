//! What was observed at each instruction while the code ran in the recording evaluator.

mod assumption;
mod callee;
mod distribution;
mod operands;
mod sites;

use crate::hir::{Attribute, Element, GlobalPlace, Type};
pub use assumption::{Assumption, Validity};
pub use callee::{Callee, CodeHandle};
pub use distribution::Distribution;
pub use operands::{Operands, OperandsSeen};
use rustc_hash::FxHashSet;
use sites::Sites;

/// Classes besides the most frequent one whose instances code looks for attributes of without expecting any
/// more.
const MORE_CLASSES: usize = 1;

/// What the arrays that were seen at an instruction hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrays {
    /// None was seen.
    #[default]
    None,
    /// All the same.
    Of(Element),
    /// Different things, or what nothing is made of.
    Others,
}

/// A way that is rare was taken less than once in so many times.
const RARE: u32 = 16;

/// An instruction has to have gone on so often before one of its ways can count as rare.
const ENOUGH: u32 = 16;

/// Observations at one instruction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The operands before it executed.
    pub operands: OperandsSeen,
    /// The arrays among the operands.
    pub arrays: Arrays,
}

/// What came of speculating at an instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Verdict {
    /// A guard at this site failed in compiled code: do not speculate on it again.
    failed: bool,
    /// The operation did there what compiled code leaves to the interpreter, too often: it overflowed,
    /// divided by zero, met an index out of range.
    rare: bool,
    /// A guard that was taken out of the loop that begins there failed too often.
    hoisted: bool,
}

/// Where the attribute that an instruction loads or stores was found.
pub type Attributes = Distribution<Attribute, 4>;

/// Observations of one code object.
#[derive(Clone, Debug, Default)]
pub struct Feedback {
    sites: Sites<Site>,
    /// Apart from what was seen: that is seen again, but not these.
    verdicts: Sites<Verdict>,
    attributes: Sites<AttributesAt>,
    globals: Sites<(u64, GlobalPlace)>,
    callees: Sites<Distribution<Callee, 4>>,
    /// Where instructions went on that jump or do not.
    ways: Sites<Distribution<u32, 2>>,
    is_unsettled: bool,
}

/// The attributes of one instruction.
#[derive(Clone, Debug, Default)]
struct AttributesAt {
    hash: u64,
    seen: Attributes,
}

impl Feedback {
    /// Nothing observed yet.
    pub fn new() -> Feedback {
        Feedback::default()
    }

    /// Takes no more room than it needs: it may be long until there is more to add.
    pub fn shrink(&mut self) {
        let Feedback { sites, verdicts, attributes, globals, callees, ways, is_unsettled: _ } = self;
        sites.shrink();
        verdicts.shrink();
        attributes.shrink();
        globals.shrink();
        callees.shrink();
        ways.shrink();
    }

    /// True when no instruction has been observed.
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty() && self.verdicts.is_empty()
    }

    /// What was observed at an instruction, if it ran in the interpreter.
    pub fn site(&self, pc: u32) -> Option<&Site> {
        self.sites.get(pc)
    }

    /// Whether an instruction ran: in the interpreter, or in compiled code that left there.
    pub fn is_reached(&self, pc: u32) -> bool {
        self.sites.has(pc) || self.verdicts.has(pc)
    }

    /// Adds one observation.
    pub fn record(&mut self, pc: u32, operands: Operands) {
        self.sites.at(pc).operands.add(operands);
    }

    /// Such operands are to be expected at an instruction, too.
    pub fn expect(&mut self, pc: u32, operands: Operands) {
        self.sites.at(pc).operands.expect(operands);
    }

    /// There is to be no speculation any more at an instruction.
    pub fn fail(&mut self, pc: u32) {
        self.verdicts.at(pc).failed = true;
    }

    /// The operation at an instruction is better left to a helper, whatever the kinds of its operands.
    pub fn leave_to_helper(&mut self, pc: u32) {
        self.verdicts.at(pc).rare = true;
    }

    /// The loop that begins at an instruction is to keep its guards.
    pub fn leave_in_loop(&mut self, pc: u32) {
        self.verdicts.at(pc).hoisted = true;
    }

    /// Adds an array that is subscripted; nothing when its items are none of those told apart.
    pub fn record_array(&mut self, pc: u32, element: Option<Element>) {
        let arrays = &mut self.sites.at(pc).arrays;
        *arrays = match (*arrays, element) {
            (Arrays::None, Some(element)) => Arrays::Of(element),
            (Arrays::Of(known), Some(element)) if known == element => *arrays,
            _ => Arrays::Others,
        };
    }

    /// What the arrays hold that an instruction subscripts, if it is always the same and no guard on this
    /// site has failed.
    pub fn element(&self, pc: u32) -> Option<Element> {
        match self.site(pc).filter(|_| !self.has_failed(pc))?.arrays {
            Arrays::Of(element) => Some(element),
            Arrays::None | Arrays::Others => None,
        }
    }

    /// Adds where the attribute was found that an instruction loads or stores, by a name with this hash;
    /// nothing when that is no place to be looked at in line.
    pub fn record_attribute(&mut self, pc: u32, hash: u64, attribute: Option<Attribute>) {
        let at = self.attributes.at(pc);
        at.hash = hash;
        match attribute {
            Some(attribute) => at.seen.add(attribute),
            None => at.seen.add_other(),
        }
    }

    /// Notes where the global was found last that an instruction loads, by a name with this hash.
    pub fn record_global(&mut self, pc: u32, hash: u64, place: GlobalPlace) {
        self.globals.set(pc, (hash, place));
    }

    /// The hash of the name of the global that an instruction loads, and where it is to be looked for.
    pub fn global(&self, pc: u32) -> Option<(u64, GlobalPlace)> {
        self.globals.get(pc).copied()
    }

    /// Where the attribute of an instruction is to be looked for, and the hash of its name, if that finds it
    /// most of the time.
    pub fn attributes(&self, pc: u32) -> Option<(u64, Vec<Attribute>)> {
        let AttributesAt { hash, seen } = self.attributes.get(pc)?;
        if seen.others() * 2 > seen.total() {
            return None;
        }
        // An older state of the same class may be among them: it is never met again, and does no harm.
        let mut found: Vec<Attribute> =
            seen.by_frequency().into_iter().map(|(attribute, _)| *attribute).collect();
        let tags: Vec<u32> = found.iter().map(|attribute| attribute.tag).collect();
        found.sort_by_key(|attribute| tags.iter().position(|tag| *tag == attribute.tag));
        (!found.is_empty()).then_some((*hash, found))
    }

    /// Whether the attribute of an instruction was always found where it is to be looked for, of instances of
    /// so few classes that others are not to be expected.
    pub fn is_settled(&self, pc: u32) -> bool {
        let Some(AttributesAt { seen, .. }) = self.attributes.get(pc).filter(|_| !self.is_unsettled) else {
            return false;
        };
        let found = seen.by_frequency();
        let beside = |tag: u32| found.iter().filter(|(other, _)| other.tag != tag).count();
        seen.others() == 0 && found.first().is_some_and(|(first, _)| beside(first.tag) <= MORE_CLASSES)
    }

    /// What an instruction looks for was not where it was expected. If that is an attribute, instances of
    /// other classes have come, and others are to be expected at every attribute from now on.
    pub fn unsettle(&mut self, pc: u32) {
        self.is_unsettled |= self.attributes.has(pc);
    }

    /// Adds what an instruction calls; nothing when that is none of those told apart.
    pub fn record_callee(&mut self, pc: u32, callee: Option<Callee>) {
        let seen = self.callees.at(pc);
        match callee {
            Some(callee) => seen.add(callee),
            None => seen.add_other(),
        }
    }

    /// Adds where an instruction went on that jumps or does not.
    pub fn record_way(&mut self, pc: u32, next: u32) {
        self.ways.at(pc).add(next);
    }

    /// Whether an instruction that jumps or does not goes on there so rarely that this is to be out of the
    /// way.
    pub fn is_rare_way(&self, pc: u32, next: u32) -> bool {
        self.ways.get(pc).is_some_and(|ways| {
            let (taken, total) = (ways.count(&next), ways.total());
            total >= ENOUGH && taken.saturating_mul(RARE) < total
        })
    }

    /// What each instruction calls most often, in the order of the code.
    pub fn callees(&self) -> Vec<&Callee> {
        self.callees.iter().filter_map(|(_, seen)| Some(seen.by_frequency().first()?.0)).collect()
    }

    /// What an instruction calls, if it was that every time and may be it again.
    pub fn callee(&self, pc: u32) -> Option<&Callee> {
        let seen = self.callees.get(pc)?;
        let &(callee, count) = seen.by_frequency().first()?;
        let is_stable = count == seen.total() && !self.has_failed(pc);
        is_stable.then_some(callee)
    }

    /// The code that an instruction calls most often, if it calls nothing but Python functions, of up to four
    /// codes, or nothing but methods that are such.
    pub fn likely_function(&self, pc: u32, is_method: bool) -> Option<&CodeHandle> {
        let seen = self.callees.get(pc).filter(|seen| seen.others() == 0)?;
        let codes: Option<Vec<&CodeHandle>> =
            seen.by_frequency().into_iter().map(|(callee, _)| callee.code(is_method)).collect();
        codes?.first().copied().filter(|_| !self.has_failed(pc))
    }

    /// The address of what is defined in C, a function or a type, that an instruction calls, likewise.
    pub fn native_callee(&self, pc: u32) -> Option<usize> {
        match self.callee(pc)? {
            Callee::Native(address) | Callee::Type(address) => Some(*address),
            Callee::Function(_) | Callee::Method(_) | Callee::Class(_) => None,
        }
    }

    /// Whether the operation at an instruction is better left to a helper, whatever the kinds of its
    /// operands.
    pub fn is_rare(&self, pc: u32) -> bool {
        self.verdicts.get(pc).is_some_and(|verdict| verdict.rare)
    }

    /// Whether a guard at an instruction has failed too often.
    pub fn has_failed(&self, pc: u32) -> bool {
        self.verdicts.get(pc).is_some_and(|verdict| verdict.failed)
    }

    /// Offsets at which a guard has failed.
    pub fn failed_sites(&self) -> FxHashSet<u32> {
        self.verdicts.iter().filter(|(_, verdict)| verdict.failed).map(|(pc, _)| pc).collect()
    }

    /// Offsets of loops that are to keep their guards.
    pub fn loops_to_leave(&self) -> FxHashSet<u32> {
        self.verdicts.iter().filter(|(_, verdict)| verdict.hoisted).map(|(pc, _)| pc).collect()
    }

    /// All kinds seen of the operand `depth` below the top.
    pub fn kinds(&self, pc: u32, depth: usize) -> Type {
        self.site(pc).map_or(Type::EMPTY, |site| site.operands.kinds(depth))
    }

    /// The one kind seen for the operand `depth` below the top, if it is stable and no guard
    /// on this site has failed.
    pub fn stable_kind(&self, pc: u32, depth: usize) -> Option<Type> {
        let kind = self.kinds(pc, depth);
        (!self.has_failed(pc) && kind.is_single()).then_some(kind)
    }

    /// The operands that an instruction has at least half of the time, if no guard on it has failed.
    pub fn likely_operands(&self, pc: u32) -> Option<Operands> {
        self.site(pc).filter(|_| !self.has_failed(pc))?.operands.likely()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::Place;

    #[test]
    fn few_classes_are_settled_until_others_come() {
        let of = |tag| Some(Attribute { tag, place: Place::Slot { offset: 16 } });
        let mut feedback = Feedback::new();
        assert!(!feedback.is_settled(3));
        feedback.record_attribute(3, 1, of(5));
        feedback.record_attribute(3, 1, of(6));
        assert!(feedback.is_settled(3));
        feedback.record_attribute(6, 1, of(5));
        feedback.record_attribute(6, 1, None);
        assert!(!feedback.is_settled(6));
        feedback.record_attribute(9, 1, of(5));
        feedback.record_global(12, 1, GlobalPlace::Globals(0));
        feedback.unsettle(12);
        assert!(feedback.is_settled(3) && feedback.is_settled(9), "a global says nothing about attributes");
        feedback.unsettle(9);
        assert!(!feedback.is_settled(3) && !feedback.is_settled(9));
    }

    #[test]
    fn the_likely_function_is_one_of_several() {
        let handle = |address| CodeHandle { address, state: 0, life: Assumption::new(address) };
        let (rare, frequent) = (handle(0x10), handle(0x20));
        let mut feedback = Feedback::new();
        for code in [&rare, &frequent, &frequent] {
            feedback.record_callee(3, Some(Callee::Method(code.clone())));
        }
        assert_eq!(feedback.callee(3), None);
        assert_eq!(feedback.likely_function(3, true), Some(&frequent));
        assert_eq!(feedback.likely_function(3, false), None);
        feedback.record_callee(3, Some(Callee::Native(0x30)));
        assert_eq!(feedback.likely_function(3, true), None);
        feedback.record_callee(6, Some(Callee::Function(rare.clone())));
        assert_eq!(feedback.likely_function(6, false), Some(&rare));
        feedback.record_callee(6, None);
        assert_eq!(feedback.likely_function(6, false), None);
    }

    #[test]
    fn a_way_is_rare_when_the_other_was_taken_often() {
        let mut feedback = Feedback::new();
        assert!(!feedback.is_rare_way(3, 9));
        (1..ENOUGH).for_each(|_| feedback.record_way(3, 6));
        assert!(!feedback.is_rare_way(3, 9), "too little was seen");
        feedback.record_way(3, 6);
        assert!(feedback.is_rare_way(3, 9) && !feedback.is_rare_way(3, 6));
        feedback.record_way(3, 9);
        assert!(feedback.is_rare_way(3, 9));
        feedback.record_way(3, 9);
        assert!(!feedback.is_rare_way(3, 9));
    }

    #[test]
    fn a_callee_is_what_was_called_every_time() {
        let mut feedback = Feedback::new();
        assert_eq!(feedback.callee(3), None);
        feedback.record_callee(3, Some(Callee::Native(0x10)));
        feedback.record_callee(3, Some(Callee::Native(0x10)));
        feedback.record_callee(6, Some(Callee::Native(0x10)));
        feedback.record_callee(6, None);
        assert_eq!(feedback.callee(3), Some(&Callee::Native(0x10)));
        assert_eq!(feedback.callee(6), None);
        assert_eq!((feedback.native_callee(3), feedback.native_callee(6)), (Some(0x10), None));
        feedback.fail(3);
        assert_eq!(feedback.callee(3), None);
    }
}
