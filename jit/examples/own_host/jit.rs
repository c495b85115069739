//! A second JIT: for an interpreter that is not CPython, it finds out what is hot, records that, compiles it,
//! enters the code, and has the interpreter go on where that leaves.

use super::interpreter::{Frame, INT_TYPE, Int, Observer, Place, dealloc, int, keep};
use pyjion_jit::backend::cranelift::CraneliftBackend;
use pyjion_jit::bytecode::{CodeDesc, Version};
use pyjion_jit::code::CodeMemory;
use pyjion_jit::exit::Source;
use pyjion_jit::feedback::Feedback;
use pyjion_jit::hir::{ExitReason, Helper, Repr, Resume, Type};
use pyjion_jit::host::{Host, Layout, Periodic};
use pyjion_jit::tier::heat::{PER_CALL, Threshold, bulk};
use pyjion_jit::tier::window::{Seen, Window, is_called_often};
use pyjion_jit::{Compiled, EntrySpec, Options, compile};
use std::mem::offset_of;
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering::Relaxed};

/// A thread state in which nothing is traced.
static THREAD: [AtomicI64; 16] = [const { AtomicI64::new(0) }; 16];
/// Turns until the periodic work is due, and how often it was done.
static TICKER: AtomicI32 = AtomicI32::new(100);
pub static PENDING: AtomicI64 = AtomicI64::new(0);

extern "C" fn handle_pending(_: *mut Frame) -> i64 {
    TICKER.store(100, Relaxed);
    PENDING.fetch_add(1, Relaxed);
    0
}

extern "C" fn unexpected() -> i64 {
    std::process::abort()
}

/// The interpreter as data.
fn host() -> Host {
    let made_up = Host::made_up(Version::V27);
    Host {
        layout: Layout {
            frame_locals: offset_of!(Frame, locals) as i32,
            frame_value_stack: offset_of!(Frame, value_stack) as i32,
            frame_lasti: offset_of!(Frame, lasti) as i32,
            ..made_up.layout
        },
        types: |kind| if kind == Type::INT { INT_TYPE.as_ptr() as usize } else { 0 },
        periodic: Periodic::Ticker(TICKER.as_ptr() as usize),
        helper: |helper| match helper {
            Helper::HandlePending => handle_pending as *const () as usize,
            _ => unexpected as *const () as usize,
        },
        box_int: int as *const () as usize,
        dealloc: dealloc as *const () as usize,
        ..made_up
    }
}

/// A code object, what is known of it, and what became of it.
pub struct Jit<'a> {
    code: &'a CodeDesc,
    calls: u64,
    heat: u32,
    window: Window,
    feedback: Feedback,
    native: Option<Compiled>,
    /// Why compiled code has left.
    pub left: Vec<ExitReason>,
}

impl<'a> Jit<'a> {
    /// It has never run.
    pub fn new(code: &'a CodeDesc) -> Jit<'a> {
        let (feedback, left) = (Feedback::new(), Vec::new());
        Jit { code, calls: 0, heat: 0, window: Window::NEW, feedback, native: None, left }
    }

    /// Whether it is compiled.
    pub fn is_native(&self) -> bool {
        self.native.is_some()
    }

    /// The policy: records code that is hot, until it is known well enough to be compiled.
    fn record(&mut self, frame: &Frame, place: &Place) {
        let kind = |below| if below < place.operands.len() { Type::INT } else { Type::EMPTY };
        self.feedback.record(place.pc, [0, 1, 2].map(kind));
        let calls = self.calls;
        let seen = self.window.step(&raw const *frame as usize, place.pc, 0, || is_called_often(calls));
        if seen == Seen::EnoughAtLoop {
            let header = EntrySpec { pc: place.pc, blocks: place.blocks.clone(), ..EntrySpec::default() };
            let (entries, options) = ([EntrySpec::default(), header], Options::default());
            let mut backend = CraneliftBackend::new().unwrap();
            let compiled = compile(self.code, &self.feedback, &[], &entries, &host(), &mut backend, &options);
            self.native = Some(compiled.unwrap().publish(&CodeMemory::new(1 << 20)).unwrap());
        }
    }
}

impl Observer for Jit<'_> {
    fn begin(&mut self) {
        self.calls += 1;
        self.heat += PER_CALL;
    }

    fn jump_back(&mut self) {
        self.heat += 1;
    }

    fn step(&mut self, frame: &mut Frame, place: &mut Place) -> Option<*mut Int> {
        let is_hot = u64::from(self.heat) >= Threshold::new(100).of_code(bulk(self.code.code.len() as u32));
        if !self.is_native() && is_hot {
            self.record(frame, place);
        }
        let native = self.native.as_ref()?;
        let is_here =
            |(pc, depth, blocks)| (pc, depth, blocks) == (place.pc, place.operands.len(), &place.blocks);
        let entry = native.entries.iter().position(|e| is_here((e.pc, e.depth as usize, &e.blocks)))?;
        let mut buffer = vec![0_u64; native.code.buffer_words];
        let (frame_at, thread) = ((&raw mut *frame).cast(), (&raw const THREAD).cast_mut().cast());
        // SAFETY: frame and thread are as the host says, the buffer is as large as was asked for.
        let result = unsafe { (native.code.function)(frame_at, thread, entry as u64, buffer.as_mut_ptr()) };
        let Some(exit) = result.checked_sub(1) else { return Some(buffer[0] as *mut Int) };
        let recipe = &native.code.exits[exit as usize];
        assert!(recipe.is_simple() && recipe.outermost.resume == Resume::At, "nothing here raises");
        // Nothing in this language tells objects of one number apart.
        let object = |source: &Source| match *source {
            Source::Buffer { index, repr: Repr::Obj, owned: true } => buffer[usize::from(index)] as *mut Int,
            Source::Buffer { index, repr: Repr::Obj, .. } => keep(buffer[usize::from(index)] as *mut Int),
            Source::Buffer { index, .. } => int(buffer[usize::from(index)] as i64),
            Source::Object(address) => keep(address as *mut Int),
            Source::Int(value) => int(value),
            Source::Bool(_) | Source::Float(_) | Source::Null => unreachable!("there are only ints"),
        };
        for local in &recipe.locals {
            let slot = &mut frame.locals[local.slot as usize];
            if slot.is_null() {
                *slot = object(&local.source);
            }
        }
        let operands = recipe.outermost.operands.iter().map(object).collect();
        *place = Place { pc: recipe.outermost.pc, operands, blocks: recipe.outermost.blocks.to_vec() };
        self.left.push(recipe.reason);
        None
    }
}
