//! How much of the program's time may go into compiling: what is not compiled in time runs as
//! fast as it always did, hence no program may lose more than a small share of its time.

use super::heat::Threshold;
use super::leading_loop::LeadingLoop;
use crate::bytecode::{self, CodeDesc, Op};

/// Bytes of bytecode for which the first guess counts.
const GUESSED: u64 = 1024;

/// What compiling with one effort has taken so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it takes until some has been done, in microseconds for a byte of bytecode.
    guess: u64,
    /// Microseconds.
    spent: u64,
    /// Bytes of bytecode compiled for that.
    bytes: u64,
    /// Bytes of bytecode that are being compiled in the background.
    promised: u64,
}

impl Account {
    /// Nothing was compiled yet; the first guess is so many microseconds for a byte of bytecode.
    pub const fn new(guess: u64) -> Account {
        Account { guess, spent: 0, bytes: 0, promised: 0 }
    }

    /// Notes what a compilation took.
    pub fn spend(&mut self, microseconds: u64, bytes: usize) {
        self.spent += microseconds;
        self.bytes += bytes as u64;
    }

    /// Notes that so much bytecode is going to be compiled.
    pub fn promise(&mut self, bytes: usize) {
        self.promised += bytes as u64;
    }

    /// Notes that so much of what was promised is done.
    pub fn redeem(&mut self, bytes: usize) {
        self.promised = self.promised.saturating_sub(bytes as u64);
    }

    /// Microseconds that compiling so much bytecode takes, going by what it took so far.
    pub fn estimate(&self, bytes: u64) -> u64 {
        (self.spent + GUESSED * self.guess) * bytes / (self.bytes + GUESSED)
    }

    /// Microseconds that compiling has taken, and will have taken when what was promised is done.
    pub fn committed(&self) -> u64 {
        self.spent + self.estimate(self.promised)
    }
}

/// What compiling has taken so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// First versions, which are made in little time.
    pub first: Account,
    /// Those on which all effort is spent.
    pub full: Account,
}

impl Ledger {
    /// Nothing was compiled yet.
    pub const EMPTY: Ledger = Ledger { first: Account::new(4), full: Account::new(16) };

    /// The account of versions of a kind.
    pub fn of(&mut self, is_first: bool) -> &mut Account {
        if is_first { &mut self.first } else { &mut self.full }
    }

    /// Microseconds that compiling has taken, and will have taken when what was promised is done.
    pub fn committed(&self) -> u64 {
        self.first.committed() + self.full.committed()
    }
}

/// The version that is to be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The first for a function, made in little time.
    First,
    /// One on which all effort is spent.
    Full,
    /// The same instead of a first one that there is.
    Better,
}

/// What code is to be compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The loop with this header runs hot.
    Loop(u32),
    /// It is called often.
    Calls,
}

/// What is known of code that is to be compiled.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Bytes of bytecode.
    pub bytes: u32,
    /// Its frames can be suspended by a `yield`.
    pub is_generator: bool,
    /// How often it was called, or resumed; looked at for [`Occasion::Calls`] only.
    pub calls: u64,
    /// Its loop with most jumps.
    pub leading: LeadingLoop,
    /// The most versions that were compiled for one place.
    pub generations: u32,
    /// What would be compiled.
    pub wanted: Wanted,
}

/// What there is to spend.
#[derive(Clone, Copy, Debug)]
pub struct Means {
    /// What compiling has taken.
    pub ledger: Ledger,
    /// Processor time used so far, in microseconds.
    pub used: u64,
    /// Microseconds that compiled code is sure to have saved.
    pub saved: u64,
    /// How hot code must be.
    pub threshold: Threshold,
    /// The program runs on while something is compiled.
    pub in_background: bool,
}

/// What a compilation promises, and may take.
#[derive(Clone, Copy)]
struct Promise {
    /// It may take one part in this many of the processor time used so far.
    share: u64,
    /// It may take this many microseconds besides, so that a short program gains as well.
    start: u64,
    /// What a turn of the loop, or a call, is sure to save, in picoseconds.
    saves: u64,
}

impl Promise {
    /// A loop that calculates may become many times faster.
    const ARITHMETIC: Promise = Promise { share: 32, start: 6_000, saves: 100_000 };

    /// Elsewhere, much of the time goes into calls and lookups, which stay: a few instructions have their
    /// turn.
    const OTHER: Promise = Promise { share: 64, start: 3_000, saves: 10_000 };

    /// In the background, compiling takes no time of the program's, but still some of the machine's: what
    /// code has shown to save counts eight times. (Programs of the library that take half a second end 1% to
    /// 10% earlier by it, or as early as before, for about as much processor time as a larger start costs
    /// them, which goes to whatever is warm first; whether it is four times or eight makes less difference
    /// than two runs do.)
    fn in_background(self) -> Promise {
        Promise { share: self.share / 2, saves: self.saves * 8, ..self }
    }

    /// A first version has most of what can be saved.
    fn beyond_first(self) -> Promise {
        Promise { saves: self.saves / BETTER, ..self }
    }

    /// A call of a function goes through much of its code, and at least the way from one instruction to the
    /// next is shorter.
    fn of_call(bytes: u32) -> Promise {
        Promise { saves: Promise::OTHER.saves.max(u64::from(bytes) * 400), ..Promise::OTHER }
    }

    /// A generator is resumed several times on the way through its code.
    fn of_resumption(bytes: u32) -> Promise {
        Promise::of_call(bytes / 8)
    }

    /// The promise of code, and how often it would have been kept so far.
    fn of(occasion: Occasion, code: &Facts, calculates: impl Fn(u32) -> bool) -> (Promise, u64) {
        let LeadingLoop { header, lead } = code.leading;
        match occasion {
            Occasion::Loop(header) if calculates(header) => {
                (Promise::ARITHMETIC, code.leading.lead_of(header).into())
            }
            Occasion::Loop(header) => (Promise::OTHER, code.leading.lead_of(header).into()),
            Occasion::Calls if u64::from(lead) > code.calls && calculates(header) => {
                (Promise::ARITHMETIC, lead.into())
            }
            Occasion::Calls if code.is_generator => (Promise::of_resumption(code.bytes), code.calls),
            Occasion::Calls => (Promise::of_call(code.bytes), code.calls),
        }
    }
}

/// A version on which all effort is spent saves one part in this many of what the first one does.
const BETTER: u64 = 4;

/// Without having paid back yet, compiling may take one part in this many of the processor time used so far.
const LOSS: u64 = 16;

/// Beyond that, code has to have shown that it would have saved so many times what compiling it takes.
const CAUTION: u64 = 10;

/// What a frame that begins in native code is sure to save, in nanoseconds.
const FRAME_SAVES: u64 = 30;

/// A loop in native code is sure to have saved one part in this many of the time that it took.
const LOOP_SAVES: u64 = 4;

/// Microseconds that compiled code is sure to have saved by so many frames, and so many microseconds in
/// loops.
pub fn saved(frames: u64, looped: u64) -> u64 {
    looped / LOOP_SAVES + frames * FRAME_SAVES / 1000
}

/// Whether a loop does more arithmetic than calls.
pub fn calculates(code: &CodeDesc, header: u32) -> bool {
    let Ok(code) = bytecode::decode(code) else { return false };
    let body = code.loop_body(header);
    let count = |wanted: fn(&Op) -> bool| body.iter().filter(|one| wanted(&one.op)).count();
    count(|op| matches!(op, Op::Binary { .. })) > 2 * count(|op| matches!(op, Op::Call(_)))
}

/// Whether there is time for compiling code. A lower threshold than the usual one asks for more to be
/// compiled, and raises the limit accordingly. `calculates` says of a loop whether it does more arithmetic
/// than calls.
pub fn allows(occasion: Occasion, code: &Facts, means: &Means, calculates: impl Fn(u32) -> bool) -> bool {
    let spent = means.ledger.committed();
    let account = if code.wanted == Wanted::First { means.ledger.first } else { means.ledger.full };
    let estimate = account.estimate(code.bytes.into());
    let (promise, seen) = Promise::of(occasion, code, calculates);
    let promise = if means.in_background { promise.in_background() } else { promise };
    let promise = if code.wanted == Wanted::Better { promise.beyond_first() } else { promise };
    let scaled = |limit: u64| means.threshold.scale(limit);
    // Whoever rents until the rent has cost as much as buying pays at most twice what was needed. That is too
    // much where it happens again and again: while what was bought has not paid, rent is paid for longer. So
    // it is where there were versions that did not last.
    let is_paying = spent + estimate <= scaled(promise.start.max(means.used / LOSS)) + means.saved;
    let price = if is_paying { estimate } else { estimate * CAUTION };
    if seen * promise.saves / 1_000_000 >= price << code.generations {
        return true;
    }
    spent + estimate <= scaled(promise.start + means.used / promise.share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code() -> Facts {
        Facts {
            bytes: 100,
            is_generator: false,
            calls: 0,
            leading: LeadingLoop::NONE,
            generations: 0,
            wanted: Wanted::Full,
        }
    }

    fn means() -> Means {
        Means {
            ledger: Ledger::EMPTY,
            used: 0,
            saved: 0,
            threshold: Threshold::DEFAULT,
            in_background: false,
        }
    }

    /// A ledger by which so much time was spent, at the first guess.
    fn spent(microseconds: u64) -> Ledger {
        let mut ledger = Ledger::EMPTY;
        ledger.full.spend(microseconds, (microseconds / ledger.full.guess) as usize);
        ledger
    }

    #[test]
    fn the_first_guess_gives_way_to_what_was_measured() {
        let mut account = Account::new(16);
        assert_eq!(account.estimate(100), 1600);
        account.spend(4 * GUESSED * 16, GUESSED as usize);
        assert_eq!(account.estimate(100), 4000);
    }

    #[test]
    fn what_was_promised_counts_until_it_is_redeemed() {
        let mut account = Account::new(16);
        account.promise(100);
        assert_eq!(account.committed(), 1600);
        account.redeem(100);
        account.redeem(100);
        assert_eq!(account.committed(), 0);
    }

    #[test]
    fn a_short_program_has_a_start_and_then_its_share() {
        let calls = |means: &Means| allows(Occasion::Calls, &code(), means, |_| false);
        assert!(calls(&means()));
        let means = Means { ledger: spent(3_000), ..means() };
        assert!(!calls(&means));
        // 4600 microseconds are 3000 and one part in 64 of this.
        assert!(!calls(&Means { used: 102_399, ..means }));
        assert!(calls(&Means { used: 102_400, ..means }));
        assert!(calls(&Means { threshold: Threshold::new(1500), ..means }));
    }

    #[test]
    fn code_that_has_shown_its_worth_is_compiled_beyond_that() {
        let means = Means { ledger: spent(1_000_000), saved: 2_000_000, ..means() };
        let paid = means.ledger.full.estimate(100);
        // A call of it saves 40,000 picoseconds.
        let enough = paid * 1_000_000 / 40_000;
        let calls =
            |calls, means: &Means| allows(Occasion::Calls, &Facts { calls, ..code() }, means, |_| false);
        assert!(!calls(enough - 1, &means) && calls(enough, &means));
        // It has to have shown more while nothing was paid back,
        let losing = Means { saved: 0, ..means };
        assert!(!calls(enough * 9, &losing) && calls(enough * 10, &losing));
        // and less in the background.
        let aside = Means { in_background: true, ..means };
        assert!(!calls(enough / 8 - 1, &aside) && calls(enough / 8, &aside));
    }

    #[test]
    fn first_versions_are_paid_for_as_such() {
        let mut ledger = spent(1_000_000);
        ledger.first.spend(4_000, 1000);
        let means = Means { ledger, saved: 2_000_000, ..means() };
        let enough = ledger.first.estimate(100) * 1_000_000 / 40_000;
        let first = Facts { wanted: Wanted::First, ..code() };
        let at = |calls, facts: Facts| allows(Occasion::Calls, &Facts { calls, ..facts }, &means, |_| false);
        assert!(!at(enough - 1, first) && at(enough, first) && !at(enough, code()));
        let enough = ledger.full.estimate(100) * 1_000_000 / 40_000;
        let better = Facts { wanted: Wanted::Better, ..code() };
        assert!(at(enough, code()) && !at(enough * 4 - 4, better) && at(enough * 4, better));
        assert_eq!(ledger.committed(), 1_004_000);
    }

    #[test]
    fn versions_that_did_not_last_make_the_next_one_dearer() {
        let means = Means { ledger: spent(1_000_000), saved: 2_000_000, ..means() };
        let enough = means.ledger.full.estimate(100) * 1_000_000 / 40_000;
        let facts = Facts { calls: enough, ..code() };
        assert!(allows(Occasion::Calls, &facts, &means, |_| false));
        let third = Facts { generations: 2, ..facts };
        assert!(!allows(Occasion::Calls, &third, &means, |_| false));
        assert!(allows(Occasion::Calls, &Facts { calls: 4 * enough, ..third }, &means, |_| false));
    }

    #[test]
    fn loops_that_calculate_promise_more() {
        let means = Means { ledger: spent(1_000_000), saved: 2_000_000, ..means() };
        let enough = means.ledger.full.estimate(100) * 1_000_000 / 100_000;
        let facts = Facts { leading: LeadingLoop { header: 8, lead: enough as u32 }, ..code() };
        assert!(allows(Occasion::Loop(8), &facts, &means, |_| true));
        assert!(!allows(Occasion::Loop(8), &facts, &means, |_| false));
        assert!(!allows(Occasion::Loop(9), &facts, &means, |_| true));
        // Calls count the loop when it is what runs.
        assert!(allows(Occasion::Calls, &facts, &means, |_| true));
        assert!(!allows(Occasion::Calls, &Facts { calls: enough, ..facts }, &means, |_| true));
    }

    #[test]
    fn frames_and_loops_save() {
        assert_eq!(saved(1000, 400), 130);
    }
}
