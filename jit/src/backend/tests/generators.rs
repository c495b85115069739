//! Generators that are resumed where they have a ticket.

use super::world::{
    EVALUATOR, Event, RESULT, STATE_LAYOUT, VERSION_LAYOUT, call_layout, events, field, none, object,
    type_address,
};
use super::*;
use crate::backend::YIELDED;
use crate::exit::ticket;
use crate::host::{
    CalledFrameLayout, CallingThreadLayout, DirectCallLayout, ResumptionLayout, SuspensionLayout,
};
use std::cell::{Cell, RefCell};

/// Words of the generator's frame.
const STACK_TOP: usize = 1;
const LASTI: usize = 2;
const BACK: usize = 3;
const THREAD: usize = 4;
const HANDLED: usize = 5;
/// Where its operands are.
const STACK: usize = 6;

thread_local! {
    /// What the frame, its generator and the thread were like while it ran, and the entry.
    static SEEN: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    /// What it hands back, besides its result.
    static EXIT: Cell<u64> = const { Cell::new(YIELDED) };
    /// A word of its frame that it changes, and to what.
    static CHANGES: Cell<(usize, u64)> = const { Cell::new((LASTI, 12)) };
    static GENERATOR: Cell<usize> = const { Cell::new(0) };
}

extern "C" fn body(frame: *mut u64, thread: *const u64, entry: u64, buffer: *mut u64) -> u64 {
    // SAFETY: what this test has made.
    unsafe {
        let words = std::slice::from_raw_parts_mut(frame, 8);
        let running = field(GENERATOR.get(), 3);
        let [current, depth] = [thread.read(), thread.add(2).read()];
        SEEN.with_borrow_mut(|seen| {
            seen.extend([entry, running, current, depth]);
            seen.extend_from_slice(words);
        });
        let (index, word) = CHANGES.get();
        words[index] = word;
        buffer.write(0x5550);
    }
    EXIT.get()
}

extern "C" fn stop(_thread: usize, generator: usize, _caller: usize, _version: usize, exit: usize) -> usize {
    assert_eq!(generator, GENERATOR.get());
    exit.wrapping_add(0x100)
}

/// A generator, who resumes it, and all that both go by.
struct Loop {
    native: NativeCode,
    frame: Frame,
    generator: usize,
    suspended: usize,
    version: usize,
    runs: usize,
    place: usize,
    ordinary: usize,
    interpreter: usize,
    counters: [usize; 2],
}

impl Loop {
    fn new() -> Loop {
        let counters = [object(&[10]), object(&[20])];
        let (ordinary, limit) = (object(&[1]), object(&[100]));
        let version = object(&[body as *const () as u64, 5, 1000, 0, 0]);
        let runs = object(&[7]);
        let places = object(&[0; 16]);
        let interpreter = object(&[0, EVALUATOR]);
        // The table has four places; that of version 6 is the third.
        let (base, place) = (ticket::base(6), places + 2 * 32);
        for (index, word) in [ticket::key(base), version as u64, runs as u64].into_iter().enumerate() {
            set(place, index, word);
        }
        let suspended = object(&[1, 0, 9, 0, 0, 0, 0, base | ticket::place(3, 9).unwrap()]);
        set(suspended, STACK_TOP, (suspended + (STACK + 1) * 8) as u64);
        let generator = object(&[1, type_address(Type::GENERATOR) as u64, suspended as u64, 0]);
        let host = Host {
            suspension: Some(SuspensionLayout {
                frame_stack_top: 8 * STACK_TOP as i32,
                frame_block_count: 0,
                frame_blocks: 0,
                block: |_| [0; 3],
            }),
            calls: Some(call_layout(limit)),
            direct: Some(DirectCallLayout {
                state: STATE_LAYOUT,
                version: VERSION_LAYOUT,
                frame: CalledFrameLayout {
                    back: 8 * BACK as i32,
                    builtins: 0,
                    thread: Some(8 * THREAD as i32),
                    attached: [0; 3],
                    collected: (0, 0, 0),
                },
                thread: CallingThreadLayout { frame: 0, overflowed: None, trash_nesting: (0, 0) },
                function_closure: 0,
                ordinary,
                shortage: ordinary,
                counters,
                end_by_exit: 0,
                end_rarely: 0,
                make_cells: 0,
                begin_rarely: 0,
                builtins: 0,
                release: 0,
                attend: 0,
            }),
            resumption: Some(ResumptionLayout {
                generator_frame: 16,
                generator_running: 24,
                frame_handled: 8 * HANDLED as i32,
                first_place: places,
                places: 4,
                place_shift: 5,
                place_key: 0,
                place_version: 8,
                place_runs: 16,
                stop_rarely: stop as *const () as usize,
            }),
            ..host_27(0)
        };
        let mut b = Build::new();
        let iterator = b.object(Insn::LoadLocal(0));
        let call =
            Insn::Call { helper: Helper::NextOfGenerator, args: vec![iterator], immediates: vec![], pc: 33 };
        let item = b.object(call);
        b.ret(item);
        let native = b.compile(&host);

        let mut frame = Frame::new(&[generator]);
        let caller = frame.as_ptr() as u64;
        frame.set_word_of_thread(0, caller);
        frame.set_word_of_thread(2, 40);
        frame.set_word_of_thread(3, interpreter as u64);
        SEEN.take();
        EXIT.set(YIELDED);
        CHANGES.set((LASTI, 12));
        GENERATOR.set(generator);
        RESULT.set(0x5560);
        Loop { native, frame, generator, suspended, version, runs, place, ordinary, interpreter, counters }
    }

    fn run(&mut self) -> Outcome {
        run(&self.native, &mut self.frame, 0)
    }

    /// Runs it, where it is not done in line.
    fn is_done_by_the_helper(&mut self) -> bool {
        let generator = self.frame.local(0);
        let outcome = self.run();
        outcome == Outcome::Returned(0x5560)
            && SEEN.take().is_empty()
            && events() == [Event::Next { lasti: 33, iterator: generator }]
            && (field(self.version, 1), field(self.runs, 0)) == (5, 7)
    }
}

fn set(object: usize, index: usize, word: u64) {
    // SAFETY: tests write to words that their objects have.
    unsafe { (object as *mut u64).add(index).write_volatile(word) }
}

/// Whether the backend resumes generators in line.
fn is_in_line() -> bool {
    whose() == Whose::Cranelift
}

#[test]
fn a_generator_runs_on_top_of_who_resumes_it() {
    let mut resumed = Loop::new();
    if !is_in_line() {
        assert!(resumed.is_done_by_the_helper());
        return;
    }
    assert_eq!((resumed.run(), events()), (Outcome::Returned(0x5550), vec![]));
    let (caller, thread) = (resumed.frame.as_ptr() as u64, resumed.frame.thread_as_ptr() as u64);
    let seen = SEEN.take();
    assert_eq!(seen[..4], [3, 1, resumed.suspended as u64, 41], "entry, running, frame and depth");
    let words = [1, 0, 9, caller, thread, 0, 0, none() as u64];
    assert_eq!(seen[4..], words, "it owns what it is sent");
    // And is as it was.
    assert_eq!((field(resumed.generator, 3), field(resumed.suspended, BACK)), (0, 0));
    assert_eq!((field(resumed.suspended, THREAD), resumed.frame.word(0)), (0, 1));
    assert_eq!(resumed.frame.words_of_thread()[..3], [caller, 0, 40]);
    assert_eq!((field(resumed.version, 1), field(resumed.version, 3), field(resumed.runs, 0)), (6, 0, 8));
    assert_eq!(resumed.counters.map(|counter| field(counter, 0)), [11, 21]);
}

#[test]
fn obstacles_leave_it_to_the_helper() {
    type Obstacle = fn(&mut Loop);
    let obstacles: [(&str, Obstacle); 13] = [
        ("no generator", |it| set(it.generator, 1, type_address(Type::LIST) as u64)),
        ("at its end", |it| set(it.generator, 2, 0)),
        ("running", |it| set(it.generator, 3, 1)),
        ("no stack", |it| set(it.suspended, STACK_TOP, 0)),
        ("no ticket", |it| set(it.suspended, STACK + 1, none() as u64)),
        ("an object at a low address", |it| set(it.suspended, STACK + 1, 9 << ticket::LASTI)),
        ("a ticket of another version", |it| {
            set(it.suspended, STACK + 1, ticket::base(10) | ticket::place(3, 9).unwrap());
        }),
        ("not honoured any more", |it| set(it.place, 0, 0)),
        ("not begun", |it| set(it.suspended, LASTI, u64::from(u32::MAX))),
        ("not ordinary", |it| set(it.ordinary, 0, 0)),
        ("another evaluator", |it| set(it.interpreter, 1, EVALUATOR + 8)),
        ("too deep", |it| it.frame.set_word_of_thread(2, 99)),
        ("tracing", |it| it.frame.set_tracing(true)),
    ];
    for (name, obstacle) in obstacles {
        let mut resumed = Loop::new();
        obstacle(&mut resumed);
        assert!(resumed.is_done_by_the_helper(), "{name}");
    }
}

#[test]
fn what_does_not_yield_or_is_out_of_the_ordinary_is_for_the_host() {
    if !is_in_line() {
        return;
    }
    for exit in [0, 4] {
        let mut resumed = Loop::new();
        EXIT.set(exit);
        assert_eq!(resumed.run(), Outcome::Returned(exit + 0x100));
        assert_eq!(
            (field(resumed.generator, 3), field(resumed.version, 3)),
            (1, 1),
            "it is counted as running"
        );
    }
    let mut resumed = Loop::new();
    CHANGES.set((HANDLED, 0x7700));
    assert_eq!(resumed.run(), Outcome::Returned(YIELDED.wrapping_add(0x100)));
    // It is time to think of the version again.
    let mut resumed = Loop::new();
    set(resumed.version, 2, 6);
    let outcome = resumed.run();
    assert_eq!((outcome, field(resumed.version, 4)), (Outcome::Returned(YIELDED.wrapping_add(0x100)), 1));
}
