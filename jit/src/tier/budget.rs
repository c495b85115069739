//! How much of the program's time may go into compiling: what is not compiled in time runs as
//! fast as it always did, hence no program may lose more than a small share of its time.

use super::heat::{Threshold, bulk};
use super::leading_loop::LeadingLoop;
use crate::bytecode::{self, CodeDesc, Op};

/// Work for which the first guess counts.
const GUESSED: u64 = 1024;

/// What compiling takes however little bytecode there is, as bytes of bytecode. (The first versions of 1,500
/// functions of five applications took 100 microseconds each and 2.7 for each byte, 600 better ones 650 and
/// 8.5.)
const AT_LEAST: u64 = 60;

/// What compiling so much bytecode is, so that twice as much takes twice as long.
fn work(bytes: usize) -> u64 {
    AT_LEAST + bytes as u64
}

/// What compiling with one effort has taken so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it takes until some has been done, in microseconds for a unit of [`work`].
    guess: u64,
    /// Microseconds.
    spent: u64,
    /// Work done in them.
    done: u64,
    /// Work that is being done in the background.
    promised: u64,
}

impl Account {
    /// Nothing was compiled yet; the first guess is so many microseconds for a unit of work.
    pub const fn new(guess: u64) -> Account {
        Account { guess, spent: 0, done: 0, promised: 0 }
    }

    /// Notes what a compilation took of so much bytecode.
    pub fn spend(&mut self, microseconds: u64, bytes: usize) {
        self.spent += microseconds;
        self.done += work(bytes);
    }

    /// Notes that so much bytecode is going to be compiled.
    pub fn promise(&mut self, bytes: usize) {
        self.promised += work(bytes);
    }

    /// Notes that this is done, which was promised.
    pub fn redeem(&mut self, bytes: usize) {
        self.promised = self.promised.saturating_sub(work(bytes));
    }

    /// Microseconds that compiling so much bytecode takes, going by what it took so far.
    pub fn estimate(&self, bytes: usize) -> u64 {
        self.estimate_work(work(bytes))
    }

    fn estimate_work(&self, work: u64) -> u64 {
        (self.spent + GUESSED * self.guess) * work / (self.done + GUESSED)
    }

    /// Microseconds that compiling has taken, and will have taken when what was promised is done.
    pub fn committed(&self) -> u64 {
        self.spent + self.estimate_work(self.promised)
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
    pub const EMPTY: Ledger = Ledger { first: Account::new(3), full: Account::new(10) };

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

/// What a loop has between its header and its last jump back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// Bytes of bytecode.
    pub bytes: u32,
    /// There is more arithmetic than calls.
    pub calculates: bool,
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
    /// A version on which all effort is spent saves one part in this many of what the first one does.
    better: u64,
}

impl Promise {
    /// A loop that calculates may become many times faster.
    const ARITHMETIC: Promise = Promise { share: 32, start: 6_000, saves: 100_000, better: 4 };

    /// Elsewhere, much of the time goes into calls and lookups, which stay: a few instructions have their
    /// turn. (Applications are 1.6 times as fast as stock with first versions alone, 1.75 times in the end;
    /// had a better one to save 16 times more than at a quarter, 1.4 seconds of them took 3% less processor
    /// time, and half a second of 14 classics 4% less.)
    const OTHER: Promise = Promise { share: 64, start: 3_000, saves: 10_000, better: 20 };

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
        Promise { saves: self.saves / self.better, ..self }
    }

    /// A call of a function goes through much of its code, and at least the way from one instruction to the
    /// next is shorter. A generator is resumed several times on the way.
    fn of_calls(code: &Facts) -> Promise {
        let bytes = if code.is_generator { code.bytes / 8 } else { code.bytes };
        Promise { saves: Promise::OTHER.saves.max(u64::from(bytes) * BYTE_SAVES), ..Promise::OTHER }
    }

    /// A turn of a loop that counts as one, as the [bulk] of its loop says how many it counts as.
    fn of_turn(body: Body) -> Promise {
        if body.calculates {
            return Promise::ARITHMETIC;
        }
        let long = u64::from(body.bytes.saturating_sub(SHORT_LOOP)) * BYTE_SAVES;
        Promise { saves: Promise::OTHER.saves.max(long / u64::from(bulk(body.bytes))), ..Promise::OTHER }
    }

    /// The promise of code, and how often it would have been kept so far.
    fn of(occasion: Occasion, code: &Facts, body: impl Fn(u32) -> Body) -> (Promise, u64) {
        let LeadingLoop { header, lead } = code.leading;
        match occasion {
            Occasion::Loop(header) => (Promise::of_turn(body(header)), code.leading.lead_of(header).into()),
            Occasion::Calls => {
                let by_calls = Promise::of_calls(code);
                let lead = u64::from(lead);
                if lead <= code.calls {
                    return (by_calls, code.calls);
                }
                let by_turns = Promise::of_turn(body(header));
                // It is called for the sake of its loop.
                let is_for_loop = lead * by_turns.saves > code.calls * by_calls.saves;
                if is_for_loop { (by_turns, lead) } else { (by_calls, code.calls) }
            }
        }
    }
}

/// Without having paid back yet, compiling may take one part in this many of the processor time used so far.
const LOSS: u64 = 16;

/// Beyond that, code has to have shown that it would have saved so many times what compiling it takes.
const CAUTION: u64 = 10;

/// What a byte of bytecode that runs is sure to save, in picoseconds.
const BYTE_SAVES: u64 = 400;

/// Bytes of bytecode of a loop of which most, as often as not, is a call: only what it has beyond that counts
/// by its size. (Programs of a third of a second took 2% more processor time when all of it did.)
const SHORT_LOOP: u32 = 128;

/// What a frame that begins in native code is sure to save, in nanoseconds.
const FRAME_SAVES: u64 = 30;

/// A loop in native code is sure to have saved one part in this many of the time that it took.
const LOOP_SAVES: u64 = 4;

/// Microseconds that compiled code is sure to have saved by so many frames, and so many microseconds in
/// loops.
pub fn saved(frames: u64, looped: u64) -> u64 {
    looped / LOOP_SAVES + frames * FRAME_SAVES / 1000
}

/// What the loop with this header has.
pub fn body(code: &CodeDesc, header: u32) -> Body {
    let Ok(code) = bytecode::decode(code) else { return Body { bytes: 0, calculates: false } };
    let body = code.loop_body(header);
    let count = |wanted: fn(&Op) -> bool| body.iter().filter(|one| wanted(&one.op)).count();
    let calculates = count(|op| matches!(op, Op::Binary { .. })) > 2 * count(|op| matches!(op, Op::Call(_)));
    Body { bytes: body.last().map_or(0, |last| last.pc - header), calculates }
}

/// Whether there is time for compiling code. A lower threshold than the usual one asks for more to be
/// compiled, and raises the limit accordingly. `body` says of a loop what it has.
pub fn allows(occasion: Occasion, code: &Facts, means: &Means, body: impl Fn(u32) -> Body) -> bool {
    let spent = means.ledger.committed();
    let account = if code.wanted == Wanted::First { means.ledger.first } else { means.ledger.full };
    let estimate = account.estimate(code.bytes as usize);
    let (promise, seen) = Promise::of(occasion, code, body);
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
        ledger.full.spend(microseconds, (microseconds / ledger.full.guess - AT_LEAST) as usize);
        ledger
    }

    /// Loops with so many bytes.
    fn bytes(bytes: u32) -> impl Fn(u32) -> Body {
        move |_| Body { bytes, calculates: false }
    }

    const SHORT: Body = Body { bytes: 20, calculates: false };

    #[test]
    fn the_first_guess_gives_way_to_what_was_measured() {
        let mut account = Account::new(16);
        assert_eq!(account.estimate(40), 1600);
        account.spend(4 * GUESSED * 16, (GUESSED - AT_LEAST) as usize);
        assert_eq!(account.estimate(40), 4000);
    }

    #[test]
    fn little_code_takes_a_while_as_well() {
        let mut account = Account::new(16);
        for _ in 0..1000 {
            account.spend(AT_LEAST + 10, 10);
        }
        let bytes = 10 * AT_LEAST as usize;
        assert!((account.estimate(bytes) as usize) < 20 * bytes / 10);
    }

    #[test]
    fn what_was_promised_counts_until_it_is_redeemed() {
        let mut account = Account::new(16);
        account.promise(40);
        assert_eq!(account.committed(), 1600);
        account.redeem(40);
        account.redeem(40);
        assert_eq!(account.committed(), 0);
    }

    #[test]
    fn a_short_program_has_a_start_and_then_its_share() {
        let calls = |means: &Means| allows(Occasion::Calls, &code(), means, |_| SHORT);
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
            |calls, means: &Means| allows(Occasion::Calls, &Facts { calls, ..code() }, means, |_| SHORT);
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
        let at = |calls, facts: Facts| allows(Occasion::Calls, &Facts { calls, ..facts }, &means, |_| SHORT);
        assert!(!at(enough - 1, first) && at(enough, first) && !at(enough, code()));
        let enough = ledger.full.estimate(100) * 1_000_000 / 40_000;
        let better = Facts { wanted: Wanted::Better, ..code() };
        assert!(at(enough, code()) && !at(enough * 20 - 20, better) && at(enough * 20, better));
        assert_eq!(ledger.committed(), 1_004_000);
    }

    #[test]
    fn versions_that_did_not_last_make_the_next_one_dearer() {
        let means = Means { ledger: spent(1_000_000), saved: 2_000_000, ..means() };
        let enough = means.ledger.full.estimate(100) * 1_000_000 / 40_000;
        let facts = Facts { calls: enough, ..code() };
        assert!(allows(Occasion::Calls, &facts, &means, |_| SHORT));
        let third = Facts { generations: 2, ..facts };
        assert!(!allows(Occasion::Calls, &third, &means, |_| SHORT));
        assert!(allows(Occasion::Calls, &Facts { calls: 4 * enough, ..third }, &means, |_| SHORT));
    }

    #[test]
    fn loops_that_calculate_promise_more() {
        let means = Means { ledger: spent(1_000_000), saved: 2_000_000, ..means() };
        let enough = means.ledger.full.estimate(100) * 1_000_000 / 100_000;
        let facts = Facts { leading: LeadingLoop { header: 8, lead: enough as u32 }, ..code() };
        let arithmetic = |_| Body { calculates: true, ..SHORT };
        assert!(allows(Occasion::Loop(8), &facts, &means, arithmetic));
        assert!(!allows(Occasion::Loop(8), &facts, &means, |_| SHORT));
        assert!(!allows(Occasion::Loop(9), &facts, &means, arithmetic));
        // Calls count the loop when it is what runs.
        assert!(allows(Occasion::Calls, &facts, &means, arithmetic));
        assert!(!allows(Occasion::Calls, &Facts { calls: enough, ..facts }, &means, arithmetic));
    }

    #[test]
    fn large_loops_promise_as_much_as_their_size() {
        let means = Means { ledger: spent(1_000_000), saved: 2_000_000, ..means() };
        // A turn saves 4000 times 400 picoseconds, and counts as 33.
        let turns = means.ledger.full.estimate(4138) * 1_000_000 / 1_600_000 + 1;
        let facts = |turns| Facts {
            bytes: 4138,
            leading: LeadingLoop { header: 8, lead: (turns * u64::from(bulk(4128))) as u32 },
            calls: 1,
            ..code()
        };
        for occasion in [Occasion::Loop(8), Occasion::Calls] {
            assert!(allows(occasion, &facts(turns), &means, bytes(4128)));
            assert!(!allows(occasion, &facts(turns - 2), &means, bytes(4128)));
            assert!(!allows(occasion, &facts(turns), &means, bytes(20)));
        }
    }

    #[test]
    fn frames_and_loops_save() {
        assert_eq!(saved(1000, 400), 130);
    }
}
