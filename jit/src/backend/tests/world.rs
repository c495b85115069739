//! A fake interpreter: objects are arrays of words, helpers are functions of ours.

use crate::bytecode::{BinaryOp, Version};
use crate::feedback::Assumption;
use crate::hir::{Helper, Type};
use crate::host::{CallLayout, Host, Layout, NativeLayout, Periodic, StateLayout, VersionLayout};
use std::cell::{Cell, RefCell};
use std::sync::atomic::AtomicU64;

/// Stand-ins for type objects: only their addresses matter.
static TYPES: [u64; 32] = [0; 32];
static NONE: [AtomicU64; 4] = [const { AtomicU64::new(1000) }; 4];
static TRUE: [AtomicU64; 4] = [const { AtomicU64::new(1000) }; 4];
static FALSE: [AtomicU64; 4] = [const { AtomicU64::new(1000) }; 4];

/// A call that compiled code made, as far as tests look at it.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Dealloc(usize),
    Binary { lasti: i32, a: usize, b: usize },
    Stack { lasti: i32, operands: Vec<usize>, immediate: i64 },
    LoadName { lasti: i32, name: i64 },
    Pending { lasti: i32 },
    Next { lasti: i32, iterator: usize },
    SetName { object: usize, name: usize },
    Reconsider(u64),
    Incref(usize),
    Decref(usize),
}

thread_local! {
    static EVENTS: RefCell<Vec<Event>> = const { RefCell::new(Vec::new()) };
    /// What the next helper returns.
    pub static RESULT: Cell<i64> = const { Cell::new(0) };
    /// What ends while the next helper runs.
    pub static ENDING: Cell<Option<Assumption>> = const { Cell::new(None) };
}

/// What compiled code called since the last time this was asked.
pub fn events() -> Vec<Event> {
    EVENTS.take()
}

fn record(event: Event) -> i64 {
    if let Some(ending) = ENDING.take() {
        ending.end();
    }
    EVENTS.with_borrow_mut(|events| events.push(event));
    RESULT.get()
}

fn lasti(frame: *const u64) -> i32 {
    // SAFETY: helpers are called with the frame of the test, whose third word is `f_lasti`.
    unsafe { frame.add(2).cast::<i32>().read() }
}

extern "C" fn dealloc(object: usize) {
    record(Event::Dealloc(object));
}
extern "C" fn reconsider(_frame: usize, header: u64) {
    record(Event::Reconsider(header));
}
extern "C" fn counted_incref(object: usize) {
    record(Event::Incref(object));
}
extern "C" fn counted_decref(object: usize) {
    record(Event::Decref(object));
}
extern "C" fn box_int(value: i64) -> usize {
    int(value)
}
extern "C" fn box_float(value: f64) -> usize {
    object(&[1, type_address(Type::FLOAT) as u64, value.to_bits()])
}
extern "C" fn binary(frame: *const u64, a: usize, b: usize) -> i64 {
    record(Event::Binary { lasti: lasti(frame), a, b })
}
extern "C" fn load_name(frame: *const u64, name: i64) -> i64 {
    record(Event::LoadName { lasti: lasti(frame), name })
}
extern "C" fn handle_pending(frame: *const u64) -> i64 {
    record(Event::Pending { lasti: lasti(frame) })
}
extern "C" fn next(frame: *const u64, iterator: usize) -> i64 {
    record(Event::Next { lasti: lasti(frame), iterator })
}
extern "C" fn set_name(_frame: usize, object: usize, name: usize) -> i64 {
    record(Event::SetName { object, name })
}
extern "C" fn build(frame: *const u64, operands: *const usize, count: i64, immediate: i64) -> i64 {
    // SAFETY: the code stored that many operands there.
    let operands = unsafe { std::slice::from_raw_parts(operands, count as usize) }.to_vec();
    record(Event::Stack { lasti: lasti(frame), operands, immediate })
}

extern "C" fn call_function(frame: *const u64, arguments: *const usize, count: i64, function: i64) -> i64 {
    build(frame, arguments, count, function)
}

fn helper(helper: Helper) -> usize {
    match helper {
        Helper::Binary(BinaryOp::Add) => binary as *const () as usize,
        Helper::LoadName | Helper::LoadDeref => load_name as *const () as usize,
        Helper::HandlePending => handle_pending as *const () as usize,
        Helper::NextOfGenerator => next as *const () as usize,
        Helper::SetName => set_name as *const () as usize,
        Helper::CallFunction => call_function as *const () as usize,
        Helper::Call | Helper::BuildTuple => build as *const () as usize,
        _ => 0,
    }
}

/// The evaluator of this world.
pub const EVALUATOR: u64 = 0x7300;

/// What calls go by in it: functions have their code in the third word, threads the interpreter in the
/// fourth.
pub fn call_layout(depth_limit: usize) -> CallLayout {
    CallLayout {
        function_code: 16,
        function_globals: 24,
        function_defaults: 40,
        frame_globals: 8,
        thread_depth: 16,
        thread_put_off: 32,
        depth_limit,
        thread_interpreter: 24,
        evaluator: 8,
        default_evaluator: EVALUATOR as usize,
    }
}

/// The words of what the host knows of code.
pub const STATE_LAYOUT: StateLayout = StateLayout { start: 0, arity: 8, idle: 16, runs: 24 };

/// The words of a version.
pub const VERSION_LAYOUT: VersionLayout =
    VersionLayout { function: 0, entered: 8, reconsidered_at: 16, running: 24, attend: 32 };

/// The type object of a kind, as both hosts have it.
pub fn type_address(kind: Type) -> usize {
    &raw const TYPES[kind.index()] as usize
}

/// On 3.x the two kinds of int share a type.
fn type_address_35(kind: Type) -> usize {
    if kind == Type::OTHER { 0 } else { type_address(if kind == Type::LONG { Type::INT } else { kind }) }
}

pub fn none() -> usize {
    NONE.as_ptr() as usize
}
pub fn true_() -> usize {
    TRUE.as_ptr() as usize
}
pub fn false_() -> usize {
    FALSE.as_ptr() as usize
}

/// An object of these words; tests leak theirs.
pub fn object(words: &[u64]) -> usize {
    Box::leak(words.to_vec().into_boxed_slice()).as_mut_ptr() as usize
}

/// A word of an object.
pub fn field(object: usize, index: usize) -> u64 {
    // SAFETY: tests ask for words that their objects have.
    unsafe { (object as *const u64).add(index).read_volatile() }
}

/// A 2.7 int with one reference.
pub fn int(value: i64) -> usize {
    object(&[1, type_address(Type::INT) as u64, value as u64])
}

/// A 3.x int with one reference, garbage in digits that its size does not cover.
pub fn long(size: i64, low: u32, high: u32) -> usize {
    let digits = u64::from(low) | u64::from(high) << 32;
    object(&[1, type_address(Type::INT) as u64, size as u64, digits])
}

pub fn int_value(object: usize) -> i64 {
    field(object, 2) as i64
}

pub fn float_value(object: usize) -> f64 {
    f64::from_bits(field(object, 2))
}

pub fn list(items: &[usize]) -> usize {
    let items_at = object(&items.iter().map(|&item| item as u64).collect::<Vec<_>>());
    object(&[1, type_address(Type::LIST) as u64, items.len() as u64, items_at as u64])
}

pub fn tuple(items: &[usize]) -> usize {
    let mut words = vec![1, type_address(Type::TUPLE) as u64, items.len() as u64];
    words.extend(items.iter().map(|&item| item as u64));
    object(&words)
}

/// A frame with four locals and an operand stack.
pub struct Frame {
    words: Box<[u64; 16]>,
    thread: Box<[u64; 5]>,
}

impl Frame {
    const LOCALS: usize = 4;
    const STACK: usize = 8;

    pub fn new(locals: &[usize]) -> Frame {
        let mut frame = Frame { words: Box::new([0; 16]), thread: Box::new([0; 5]) };
        frame.words[0] = 1;
        frame.words[2] = u64::from(u32::MAX);
        frame.words[3] = &raw const frame.words[Frame::STACK] as u64;
        for (slot, &value) in locals.iter().enumerate() {
            frame.words[Frame::LOCALS + slot] = value as u64;
        }
        frame
    }

    pub fn as_ptr(&mut self) -> *mut u8 {
        self.words.as_mut_ptr().cast()
    }

    pub fn thread_as_ptr(&mut self) -> *mut u8 {
        self.thread.as_mut_ptr().cast()
    }

    pub fn local(&self, slot: usize) -> usize {
        self.words[Frame::LOCALS + slot] as usize
    }

    /// A word of the frame itself.
    pub fn word(&self, index: usize) -> u64 {
        self.words[index]
    }

    pub fn set_word(&mut self, index: usize, word: u64) {
        self.words[index] = word;
    }

    pub fn set_word_of_thread(&mut self, index: usize, word: u64) {
        self.thread[index] = word;
    }

    pub fn words_of_thread(&self) -> [u64; 5] {
        *self.thread
    }

    pub fn set_stack(&mut self, index: usize, value: usize) {
        self.words[Frame::STACK + index] = value as u64;
    }

    pub fn set_refcount(&mut self, count: u64) {
        self.words[0] = count;
    }

    pub fn set_tracing(&mut self, tracing: bool) {
        self.thread[1] = u64::from(tracing);
    }
}

fn host(version: Version, types: fn(Type) -> usize, periodic: Periodic) -> Host {
    let made_up = Host::made_up(version);
    Host {
        layout: Layout {
            frame_locals: 8 * Frame::LOCALS as i32,
            frame_value_stack: 24,
            frame_lasti: 16,
            thread_use_tracing: 8,
            ..made_up.layout
        },
        types,
        none: none(),
        not_implemented: 0,
        true_: true_(),
        false_: false_(),
        periodic,
        helper,
        natives: NativeLayout { descriptor: 0, ..made_up.natives },
        list_append: 0,
        box_int: box_int as *const () as usize,
        box_float: box_float as *const () as usize,
        dealloc: dealloc as *const () as usize,
        reconsider: reconsider as *const () as usize,
        ..made_up
    }
}

/// A host like 2.7; the address is the ticker's.
pub fn host_27(ticker: usize) -> Host {
    host(Version::V27, type_address, Periodic::Ticker(ticker))
}

/// A host like 3.5; the address is the breaker's.
pub fn host_35(breaker: usize) -> Host {
    host(Version::V35, type_address_35, Periodic::Breaker(breaker))
}

/// A host like a debug build of 2.7.
pub fn host_counting() -> Host {
    Host {
        counted_incref: counted_incref as *const () as usize,
        counted_decref: counted_decref as *const () as usize,
        ..host_27(0)
    }
}
