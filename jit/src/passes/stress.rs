//! Stress modes: every Nth guard that would pass leaves all the same; code declares itself invalid.

use super::cfg::Cfg;
use crate::hir::{Function, Insn, Ownership, Resume, Type, ValueId};
use std::sync::atomic::{AtomicU32, Ordering};

/// What is put to the test, and how often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    /// Every Nth guard that would pass fails instead (1 = every guard).
    pub exit: Option<u32>,
    /// Every Nth entry or check of validity makes the code invalid by its own flag.
    pub invalidate: Option<u32>,
}

/// Guards to pass until the next one fails; code counts it down, under the interpreter's lock.
static GUARDS: AtomicU32 = AtomicU32::new(0);

/// Entries and checks of validity until the next one finds that the code has become invalid.
static VALIDITY: AtomicU32 = AtomicU32::new(0);

/// For tests that run code of these modes, one after the other: the counters, which are the process's, start
/// anew.
#[cfg(test)]
pub fn alone() -> impl Drop {
    static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    GUARDS.store(0, Ordering::Relaxed);
    VALIDITY.store(0, Ordering::Relaxed);
    alone
}

/// Has a counter begin for an interval; its address.
fn begin(counter: &'static AtomicU32, interval: u32) -> usize {
    // Zero is where it starts, and code never leaves it there.
    let shorter = |now: u32| (now == 0 || now > interval).then_some(interval);
    let _ = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, shorter);
    counter.as_ptr() as usize
}

/// Adds to a function in its final form what the modes ask for.
pub fn run(function: &mut Function, stress: Stress) {
    if let Some(interval) = stress.exit {
        let interval = interval.max(1);
        let counter = begin(&GUARDS, interval);
        insert_before(function, |function, value| {
            let insn = function.insn(value);
            let exit = insn.side_exit().filter(|_| may_fail(function, insn))?;
            let is_fit = exit.reason.is_harmless()
                && matches!(function.state(exit.state).resume, Resume::At | Resume::Release { .. });
            is_fit.then_some(Insn::StressExit { counter, interval, exit })
        });
    }
    if let Some(interval) = stress.invalidate {
        let interval = interval.max(1);
        let counter = begin(&VALIDITY, interval);
        let insn = || Insn::StressInvalidate { counter, interval };
        insert_before(function, |function, value| {
            matches!(function.insn(value), Insn::CheckValid(_)).then(insn)
        });
        for entry in function.entries.clone() {
            let added = function.add_value(insn(), Type::EMPTY);
            function.blocks[entry.block.index()].insns.insert(0, added);
        }
    }
}

/// Inserts before each instruction what `what` makes for it.
fn insert_before(function: &mut Function, what: impl Fn(&Function, ValueId) -> Option<Insn>) {
    for block in Cfg::new(function).order {
        let mut insns = Vec::new();
        for value in function.block(block).insns.clone() {
            if let Some(insn) = what(function, value) {
                insns.push(function.add_value(insn, Type::EMPTY));
            }
            insns.push(value);
        }
        function.blocks[block.index()].insns = insns;
    }
}

/// Whether an instruction is a guard, or an operation that may have to be left to the interpreter.
fn may_fail(function: &Function, insn: &Insn) -> bool {
    match insn {
        // Where it is not NULL, its exit would lose it.
        Insn::GuardNotNull(object, _) => {
            function.insn(function.unguarded(*object)).facts().result != Ownership::Owned
        }
        Insn::CheckUnshared(_)
        | Insn::CheckTracing(_)
        | Insn::CheckCalls { .. }
        | Insn::CheckValid(_)
        | Insn::GuardStatus(..)
        | Insn::StressExit { .. }
        | Insn::Exit(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hir::parse;

    const TEXT: &str = "f: 1 locals
entry 0: b0 at 0

b0():
    v0: object = LoadLocal 0
    v1: int = GuardType v0, int else type_guard s0
    v2: any = Call Binary.Add(v1, v1) at 3
    v3: object = GuardNotNull v2 else exception s1
    CheckValid else invalidated s2
    Return v3 at 6
    s0 = At 0 [] locals {0: v0}
    s1 = Throw 3 [] locals {0: v0}
    s2 = At 6 [v3 owned] locals {0: v0}
";

    fn stressed(stress: Stress) -> Vec<String> {
        let mut function = parse(TEXT).expect("a right text");
        run(&mut function, stress);
        let insns = function.block(function.entries[0].block).insns.iter();
        insns.map(|value| function.insn(*value).name().to_string()).collect()
    }

    #[test]
    fn guards_that_do_no_harm_may_fail() {
        let names = stressed(Stress { exit: Some(7), invalidate: None });
        let expected =
            ["LoadLocal", "StressExit", "GuardType", "Call", "GuardNotNull", "CheckValid", "Return"];
        assert_eq!(names, expected);
    }

    #[test]
    fn entries_and_checks_may_find_the_code_invalid() {
        let names = stressed(Stress { exit: None, invalidate: Some(31) });
        assert_eq!(names[0], "StressInvalidate");
        let check = names.iter().position(|name| name == "CheckValid").expect("is there");
        assert_eq!(names[check - 1], "StressInvalidate");
        assert_eq!(stressed(Stress::default()).len(), 6);
    }
}
