//! How hot code is, and how hot it has to be.

/// What a call adds to the heat of code; a jump backwards adds the [bulk] of its loop.
pub const PER_CALL: u32 = 4;

/// The threshold when none is set.
pub const DEFAULT_THRESHOLD: u32 = 3000;

/// Bytes of bytecode of what counts as a small function.
const SMALL_FUNCTION: u32 = 128;

/// Jumps backwards, at most, from one look at a loop that the interpreter runs to the next.
const MOST_JUMPS: u32 = 500;

/// Processor time of a program, in microseconds, after which code has to be twice as hot.
const LONG: u64 = 5_000_000;

/// How many times hotter code has to be in the end. (A worker of a web application that has become warm
/// compiles little for a long time then; what it does compile takes its memory for good.)
const MOST_PATIENCE: u64 = 3;

/// How hot code must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    given: u32,
}

impl Threshold {
    /// The usual one.
    pub const DEFAULT: Threshold = Threshold::new(DEFAULT_THRESHOLD);

    /// From the number that people give, of which less than 1 is 1.
    pub const fn new(given: u32) -> Threshold {
        Threshold { given: if given == 0 { 1 } else { given } }
    }

    /// The number that people give.
    #[inline(always)]
    pub const fn get(self) -> u32 {
        self.given
    }

    /// Whether everything is compiled at its first call, before anything was observed.
    #[inline(always)]
    pub const fn is_eager(self) -> bool {
        self.given == 1
    }

    /// Whether more is to be compiled than usually is.
    pub const fn is_low(self) -> bool {
        self.given < DEFAULT_THRESHOLD
    }

    /// The heat from which on code of a certain [bulk] is hot. Compiling pays when it takes no longer than
    /// the code has run already; both grow with the size of the code, but only a part of it is what runs.
    #[inline(always)]
    pub fn of_code(self, bulk: u32) -> u64 {
        if self.is_eager() { 0 } else { u64::from(self.given) * u64::from(bulk) }
    }

    /// The same where the program has used so much processor time, in microseconds: what was not hot by then
    /// has less left to save, in proportion.
    pub fn of_code_after(self, bulk: u32, used: u64) -> u64 {
        self.of_code(bulk).saturating_mul((1 + used / LONG).min(MOST_PATIENCE))
    }

    /// How many jumps to a loop header make it worth a version of its own, in code that is hot.
    pub const fn of_loop(self) -> u32 {
        self.given
    }

    /// How many jumps backwards the interpreter makes between two looks at its loop, less one.
    pub fn interval(self) -> u32 {
        if self.is_eager() { 0 } else { (self.given / 12).min(MOST_JUMPS) }
    }

    /// A limit that a lower threshold than the usual one raises, as it asks for more to be compiled.
    pub fn scale(self, limit: u64) -> u64 {
        limit * u64::from(DEFAULT_THRESHOLD.max(self.given)) / u64::from(self.given)
    }
}

/// What code takes to compile, as a multiple of what a small function takes.
pub const fn bulk(bytes: u32) -> u32 {
    1 + bytes / SMALL_FUNCTION
}

/// How many calls there can be before code of a certain heat has reached another.
#[inline(always)]
pub fn calls_below(heat: u32, wanted: u64) -> u64 {
    wanted.saturating_sub(u64::from(heat) + 1) / u64::from(PER_CALL)
}

/// The heat that is left to code which was hot and has to wait.
pub fn postponed(heat: u32) -> u32 {
    heat / 4 * 3
}

/// The heat that code which gave its machine code up has to reach next time: each time it takes at least
/// twice as long.
pub fn reheat_at(before: u32) -> u32 {
    before.saturating_mul(2).max(PER_CALL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_is_enough_for_a_threshold_of_one() {
        for given in [0, 1] {
            let eager = Threshold::new(given);
            assert!(eager.is_eager() && eager.get() == 1);
            assert_eq!(eager.of_code(bulk(100_000)), 0);
            assert_eq!((eager.of_loop(), eager.interval()), (1, 0));
        }
        assert!(!Threshold::new(2).is_eager());
    }

    #[test]
    fn larger_code_has_to_be_hotter() {
        let usual = Threshold::DEFAULT;
        assert_eq!(usual.of_code(bulk(0)), 3_000);
        assert_eq!(usual.of_code(bulk(127)), 3_000);
        assert_eq!(usual.of_code(bulk(128)), 6_000);
        assert_eq!(
            Threshold::new(u32::MAX).of_code(bulk(u32::MAX)),
            u64::from(u32::MAX) * (1 + (u64::from(u32::MAX) >> 7))
        );
    }

    #[test]
    fn code_has_to_be_hotter_the_longer_the_program_has_run() {
        let usual = Threshold::DEFAULT;
        let after = |seconds: u64| usual.of_code_after(bulk(0), seconds * 1_000_000);
        assert_eq!([0, 4, 5, 9, 10, 1 << 30].map(after), [3_000, 3_000, 6_000, 6_000, 9_000, 9_000]);
        assert_eq!(Threshold::new(1).of_code_after(bulk(0), u64::MAX), 0);
    }

    #[test]
    fn calls_that_stay_below_do_not_reach() {
        for heat in 0..40 {
            for wanted in 0..40 {
                let calls = calls_below(heat, wanted) as u32;
                let after = u64::from(heat + calls * PER_CALL);
                assert!(calls == 0 || after < wanted, "{heat} {wanted}");
                assert!(after + u64::from(PER_CALL) >= wanted, "{heat} {wanted}: more would do");
            }
        }
    }

    #[test]
    fn loops_are_looked_at_often_enough() {
        assert_eq!((Threshold::DEFAULT.interval(), Threshold::new(6000).interval()), (250, 500));
        assert_eq!(Threshold::new(120).interval(), 10);
        assert_eq!(Threshold::new(3).interval(), 0);
    }

    #[test]
    fn lower_thresholds_raise_limits_and_higher_ones_do_not() {
        assert_eq!(Threshold::DEFAULT.scale(1000), 1000);
        assert_eq!(Threshold::new(1500).scale(1000), 2000);
        assert_eq!(Threshold::new(60_000).scale(1000), 1000);
        assert!(Threshold::new(2999).is_low() && !Threshold::DEFAULT.is_low());
    }

    #[test]
    fn code_that_lost_its_machine_code_has_to_be_hotter_each_time() {
        let first = reheat_at(0);
        assert_eq!((first, reheat_at(first), reheat_at(u32::MAX)), (4, 8, u32::MAX));
        assert_eq!((postponed(100), postponed(3)), (75, 0));
    }
}
