//! What follows from an exit: whether to learn from it, to compile anew, or to give up.

use crate::hir::ExitReason;

/// Versions that are compiled for one place before it has to do with what it has.
pub const MAX_GENERATIONS: u32 = 5;

/// A speculation that fails this often is given up.
const TOO_MANY_FAILURES: u64 = 40;

/// A loop that was never seen to run is taken in when it has been met so often: each time it runs long in the
/// interpreter.
const TOO_MANY_LOOPS: u64 = 3;
/// Versions that may be made for the sake of such loops: there have to be some left for what turns out later.
const LOOP_GENERATIONS: u32 = 2;

/// Generations that learn from what was observed at their exits.
const LEARNING_GENERATIONS: u32 = 2;

/// Entries after which it is clear what share of them ends in failed speculations.
const ENTRIES_THAT_TELL: u64 = 1000;

/// One part in this many of the entries may.
const TOLERATED: u64 = 3;

/// What the next version does where this one failed too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// It goes by what was, or will be, observed there.
    Observe,
    /// It leaves the operation to a helper, as its operands are rare ones.
    Rare,
    /// The loop that begins there keeps its guards.
    InLoop,
    /// It does not guess there.
    NoGuess,
}

/// The lesson of an exit of the newest version, of so many.
pub fn lesson(reason: ExitReason, generations: u32) -> Lesson {
    // More observations help; else the operation has to be compiled without speculation.
    if reason.is_learnable() && generations <= LEARNING_GENERATIONS {
        Lesson::Observe
    } else if reason == ExitReason::Hoisted {
        Lesson::InLoop
    } else if reason.is_of_operation() {
        Lesson::Rare
    } else {
        Lesson::NoGuess
    }
}

/// The lesson of exits at a call of what was called there every time: something else about the function is
/// not as the version takes it to be, such as its globals. A call that was left to a helper already is not
/// guessed at any more.
pub fn lesson_of_call(is_rare: bool) -> Lesson {
    if is_rare { Lesson::NoGuess } else { Lesson::Rare }
}

/// Whether an exit that was taken so often is one that nothing was done about yet.
pub fn is_new(failures: u64) -> bool {
    failures <= TOO_MANY_FAILURES
}

/// Whether what was seen at a failed speculation that goes on in the interpreter tells what to expect there.
pub fn is_observation(reason: ExitReason, failures: u64) -> bool {
    // Code that was not reached counts as observed only once it was recorded, or has to do
    // without that.
    (reason != ExitReason::Unreached || failures == TOO_MANY_FAILURES) && is_new(failures)
}

/// Whether a speculation has failed too often; `is_loop` says whether a loop begins there.
pub fn is_too_often(
    reason: ExitReason,
    failures: u64,
    generations: impl FnOnce() -> u32,
    is_loop: impl FnOnce() -> bool,
) -> bool {
    !is_new(failures)
        || (failures > TOO_MANY_LOOPS
            && reason == ExitReason::Unreached
            && generations() <= LOOP_GENERATIONS
            && is_loop())
}

/// Whether a version that was entered so often, and left so often for failed speculations, is not worth
/// entering.
pub fn is_hopeless(entered: u64, failed: u64) -> bool {
    entered >= ENTRIES_THAT_TELL && failed * TOLERATED > entered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_generations_observe_what_can_be_observed() {
        for reason in [ExitReason::TypeGuard, ExitReason::Unreached] {
            let lessons = [1, 2, 3].map(|generations| lesson(reason, generations));
            assert_eq!(lessons, [Lesson::Observe, Lesson::Observe, Lesson::NoGuess]);
        }
        for reason in [ExitReason::Overflow, ExitReason::RareOperand, ExitReason::IndexRange] {
            assert_eq!(lesson(reason, 1), Lesson::Rare);
        }
        assert_eq!(lesson(ExitReason::CacheMiss, 1), Lesson::NoGuess);
        assert_eq!(lesson(ExitReason::Hoisted, 1), Lesson::InLoop);
    }

    #[test]
    fn a_call_of_what_was_expected_is_left_to_a_helper_first() {
        assert_eq!((lesson_of_call(false), lesson_of_call(true)), (Lesson::Rare, Lesson::NoGuess));
    }

    #[test]
    fn every_lesson_is_for_a_failed_speculation() {
        for reason in ExitReason::ALL {
            if lesson(reason, 1) != Lesson::NoGuess {
                assert!(reason.is_failed_speculation(), "{}", reason.name());
            }
        }
        assert!(!ExitReason::Exception.is_failed_speculation());
    }

    #[test]
    fn what_was_not_reached_is_observed_once() {
        let observed = |reason| (1..100).filter(|&failures| is_observation(reason, failures)).count();
        assert_eq!((observed(ExitReason::Unreached), observed(ExitReason::TypeGuard)), (1, 40));
    }

    #[test]
    fn loops_that_were_not_seen_are_taken_in_soon() {
        let too_often = |reason, failures, generations, is_loop| {
            is_too_often(reason, failures, || generations, || is_loop)
        };
        assert!(!too_often(ExitReason::Unreached, 3, 1, true));
        assert!(too_often(ExitReason::Unreached, 4, 2, true));
        assert!(!too_often(ExitReason::Unreached, 4, 3, true));
        assert!(!too_often(ExitReason::Unreached, 4, 1, false));
        assert!(!too_often(ExitReason::TypeGuard, 40, 1, true));
        assert!(too_often(ExitReason::TypeGuard, 41, 5, false));
    }

    #[test]
    fn a_third_of_failures_is_too_many() {
        assert!(!is_hopeless(999, 999));
        assert!(!is_hopeless(1002, 334));
        assert!(is_hopeless(1002, 335));
    }
}
