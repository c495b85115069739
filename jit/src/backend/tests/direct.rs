//! Calls of functions whose code is known.

use super::world::{
    EVALUATOR, Event, RESULT, STATE_LAYOUT, VERSION_LAYOUT, call_layout, events, field, object,
};
use super::*;
use crate::hir::{DirectCallee, Helper};
use crate::host::{CalledFrameLayout, CallingThreadLayout, DirectCallLayout};
use std::cell::{Cell, RefCell};

const GLOBALS: u64 = 0x7100;
const BUILTINS: u64 = 0x7200;
const UNTRACKED: i64 = -2;
/// Words of a frame beyond those of every frame in this world.
const BUILTINS_AT: usize = 12;
const BACK: usize = 13;
const THREAD: usize = 14;
const ATTACHED: usize = 15;
const COLLECTED: usize = 16;

thread_local! {
    /// The frames that were called, as they were when they began.
    static CALLED: RefCell<Vec<Vec<u64>>> = const { RefCell::new(Vec::new()) };
    /// What the callee hands back, besides its result.
    static EXIT: Cell<u64> = const { Cell::new(0) };
    /// A word of the frame that the callee changes, and to what.
    static CHANGES: Cell<(usize, u64)> = const { Cell::new((2, 0)) };
}

extern "C" fn callee(frame: *mut u64, _thread: usize, entry: u64, buffer: *mut u64) -> u64 {
    assert_eq!(entry, 0);
    // SAFETY: frames of this test have so many words; the buffer has one.
    unsafe {
        let words = std::slice::from_raw_parts_mut(frame, 17);
        CALLED.with_borrow_mut(|called| called.push(words.to_vec()));
        let (index, word) = CHANGES.get();
        words[index] = word;
        buffer.write(RESULT.get() as u64);
    }
    EXIT.get()
}

extern "C" fn end(_thread: usize, _frame: usize, _state: usize, _version: usize, outcome: usize) -> usize {
    outcome + 1
}
/// Globals that go with other builtins, and these.
const OTHER_GLOBALS: u64 = GLOBALS + 8;
const OTHER_BUILTINS: u64 = BUILTINS + 8;

extern "C" fn builtins(_thread: usize, globals: u64) -> u64 {
    if globals == OTHER_GLOBALS { OTHER_BUILTINS } else { 0 }
}
extern "C" fn release(_thread: usize, object: usize) {
    CALLED.with_borrow_mut(|called| called.push(vec![object as u64]));
}
extern "C" fn attend(_thread: usize, result: usize) -> usize {
    result + 2
}

/// A caller, what it calls, and all that both go by.
struct Call {
    native: NativeCode,
    frame: Frame,
    function: usize,
    state: usize,
    version: usize,
    idle: usize,
    code: usize,
    life: usize,
    ordinary: usize,
    interpreter: usize,
    ticker: usize,
    arguments: [usize; 2],
}

impl Call {
    fn new() -> Call {
        Call::with_arguments(2)
    }

    /// A callee that borrows its first argument, has a default for its second, a third variable, and takes a
    /// cell.
    fn with_arguments(count: usize) -> Call {
        let counters = [object(&[10]), object(&[20])];
        let (ordinary, shortage, limit) = (object(&[1]), object(&[0]), object(&[100]));
        let ticker = object(&[1000]);
        let version = object(&[callee as *const () as u64, 5, 1000, 0, 0]);
        let mut idle_words = [0; 17];
        (idle_words[0], idle_words[COLLECTED]) = (1, UNTRACKED as u64);
        let idle = object(&idle_words);
        let state = object(&[version as u64, 2, idle as u64, 7]);
        let code = object(&[3]);
        let life = object(&[code as u64]);
        let cells = object(&[1, 0, 1, 0x7900]);
        let defaults = object(&[1, 0, 2, 0, object(&[10, 0]) as u64]);
        let function = object(&[1, 0, code as u64, GLOBALS, cells as u64, defaults as u64]);
        let interpreter = object(&[0, EVALUATOR]);
        let host = Host {
            calls: Some(call_layout(limit)),
            direct: Some(DirectCallLayout {
                state: STATE_LAYOUT,
                version: VERSION_LAYOUT,
                frame: CalledFrameLayout {
                    back: 8 * BACK as i32,
                    builtins: 8 * BUILTINS_AT as i32,
                    thread: Some(8 * THREAD as i32),
                    attached: [8 * ATTACHED as i32; 3],
                    collected: (8 * COLLECTED as i32, 0, UNTRACKED),
                },
                thread: CallingThreadLayout { frame: 0, overflowed: None, trash_nesting: (12, 50) },
                function_closure: 32,
                ordinary,
                shortage,
                counters,
                end_by_exit: end as *const () as usize,
                end_rarely: end as *const () as usize,
                make_cells: end as *const () as usize,
                begin_rarely: end as *const () as usize,
                builtins: builtins as *const () as usize,
                release: release as *const () as usize,
                attend: attend as *const () as usize,
            }),
            ..host_27(ticker)
        };
        let mut b = Build::new();
        let args = (0..count as u32).map(|slot| b.object(Insn::LoadLocal(slot))).collect();
        let called = b.object(Insn::LoadLocal(2));
        b.function.direct.push(DirectCallee {
            code,
            life,
            state,
            parameters: 2,
            lent: 1,
            locals: 3,
            cells: 0,
            frees: 1,
        });
        let result = b.object(Insn::CallFunction {
            function: called,
            base: 0,
            args,
            callee: 0,
            is_certain: false,
            helper: Helper::CallFunction,
            pc: 33,
        });
        b.ret(result);
        let native = b.compile(&host);

        let arguments = [object(&[10, 0]), object(&[10, 0])];
        let mut frame = Frame::new(&[arguments[0], arguments[1], function]);
        frame.set_word(1, GLOBALS);
        frame.set_word(BUILTINS_AT, BUILTINS);
        frame.set_word_of_thread(3, interpreter as u64);
        CALLED.take();
        EXIT.set(0);
        CHANGES.set((2, 0));
        RESULT.set(0x5550);
        Call {
            native,
            frame,
            function,
            state,
            version,
            idle,
            code,
            life,
            ordinary,
            interpreter,
            ticker,
            arguments,
        }
    }

    fn run(&mut self) -> Outcome {
        run(&self.native, &mut self.frame, 0)
    }

    /// Runs it, where it is not made in line.
    fn is_made_by_the_helper(&mut self) -> bool {
        let outcome = self.run();
        let operands = vec![self.arguments[0], self.arguments[1]];
        let immediate = self.function as i64;
        outcome == Outcome::Returned(0x5550)
            && CALLED.take().is_empty()
            && events() == [Event::Stack { lasti: 33, operands, immediate }]
    }
}

/// Whether the backend makes calls in line.
fn is_in_line() -> bool {
    whose() == Whose::Cranelift
}

fn set(object: usize, index: usize, word: u64) {
    // SAFETY: tests write to words that their objects have.
    unsafe { (object as *mut u64).add(index).write_volatile(word) }
}

#[test]
fn a_frame_is_filled_run_and_given_back() {
    let mut call = Call::new();
    if !is_in_line() {
        assert!(call.is_made_by_the_helper());
        return;
    }
    let Outcome::Returned(0x5550) = call.run() else { panic!("it left") };
    assert_eq!(events(), []);
    let [called] = &CALLED.take()[..] else { panic!("called once") };
    let caller = call.frame.as_ptr() as u64;
    assert_eq!((called[1], called[BUILTINS_AT], called[BACK]), (GLOBALS, BUILTINS, caller));
    assert_eq!(called[2] as u32, u32::MAX, "f_lasti");
    assert_eq!(called[THREAD], call.frame.thread_as_ptr() as u64);
    let [first, second] = call.arguments.map(|argument| argument as u64);
    assert_eq!(called[4..8], [first, second, 0, 0x7900]);
    // The second argument is the frame's own, until it returns.
    assert_eq!((field(call.arguments[0], 0), field(call.arguments[1], 0)), (10, 10));
    assert_eq!(field(call.idle, 5), 0);
    assert_eq!((field(call.state, 2), field(call.idle, BACK)), (call.idle as u64, 0));
    assert_eq!((field(call.state, 3), field(call.code, 0)), (8, 3));
    assert_eq!((field(call.version, 1), field(call.version, 3)), (6, 0));
}

#[test]
fn functions_of_other_modules_have_their_own_globals() {
    let mut call = Call::new();
    set(call.function, 3, OTHER_GLOBALS);
    if is_in_line() {
        assert_eq!((call.run(), events()), (Outcome::Returned(0x5550), vec![]));
        let [called] = &CALLED.take()[..] else { panic!("called once") };
        assert_eq!((called[1], called[BUILTINS_AT]), (OTHER_GLOBALS, OTHER_BUILTINS));
    }
}

#[test]
fn defaults_are_bound_where_arguments_are_missing() {
    let mut call = Call::with_arguments(1);
    let defaults = field(call.function, 5) as usize;
    if is_in_line() {
        assert_eq!((call.run(), events()), (Outcome::Returned(0x5550), vec![]));
        let [called] = &CALLED.take()[..] else { panic!("called once") };
        assert_eq!(called[4..7], [call.arguments[0] as u64, field(defaults, 4), 0]);
        assert_eq!((field(defaults, 0), field(field(defaults, 4) as usize, 0)), (1, 10));
    }
    // Too few of them, then none.
    for (object, word) in [(defaults, 2), (call.function, 5)] {
        set(object, word, 0);
        let Outcome::Returned(0x5550) = call.run() else { panic!("it left") };
        let operands = vec![call.arguments[0]];
        assert_eq!(events(), [Event::Stack { lasti: 33, operands, immediate: call.function as i64 }]);
    }
}

#[test]
fn obstacles_leave_the_call_to_the_helper() {
    type Obstacle = fn(&mut Call);
    let obstacles: [(&str, Obstacle); 9] = [
        ("other code", |call| set(call.function, 2, 0)),
        ("dead code", |call| set(call.life, 0, 0)),
        ("no version", |call| set(call.state, 1, u64::from(u32::MAX))),
        ("no idle frame", |call| set(call.state, 2, 0)),
        ("not ordinary", |call| set(call.ordinary, 0, 0)),
        ("unusual builtins", |call| set(call.function, 3, GLOBALS + 16)),
        ("another evaluator", |call| set(call.interpreter, 1, EVALUATOR + 8)),
        ("too deep", |call| call.frame.set_word_of_thread(2, 99)),
        ("tracing", |call| call.frame.set_tracing(true)),
    ];
    for (name, obstacle) in obstacles {
        let mut call = Call::new();
        obstacle(&mut call);
        assert!(call.is_made_by_the_helper(), "{name}");
        assert_eq!((field(call.code, 0), field(call.version, 1)), (3, 5), "{name}");
    }
}

#[test]
fn what_is_out_of_the_ordinary_is_for_the_host() {
    if !is_in_line() {
        return;
    }
    let mut call = Call::new();
    EXIT.set(4);
    assert_eq!(call.run(), Outcome::Returned(5));
    for (word, value) in [(0, 2), (ATTACHED, 0x7800), (COLLECTED, 0)] {
        let mut call = Call::new();
        CHANGES.set((word, value));
        assert_eq!(call.run(), Outcome::Returned(0x5551), "word {word}");
        assert_eq!(field(call.state, 2), 0, "it is not idle");
    }
    // It is time to think of the version again.
    let mut call = Call::new();
    set(call.version, 2, 6);
    assert_eq!((call.run(), field(call.version, 4)), (Outcome::Returned(0x5551), 1));
}

#[test]
fn variables_die_with_the_call_and_signals_are_looked_at() {
    if !is_in_line() {
        return;
    }
    let mut call = Call::new();
    let last = object(&[1, 0]);
    CHANGES.set((6, last as u64));
    set(call.ticker, 0, 0);
    assert_eq!(call.run(), Outcome::Returned(0x5552));
    let called = CALLED.take();
    assert_eq!(called[1..], [vec![last as u64]]);
    assert_eq!((field(last, 0), field(call.idle, 6)), (0, 0));
}
