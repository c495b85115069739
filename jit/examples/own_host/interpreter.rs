//! An interpreter that knows nothing but ints: objects, frames, and a loop over instructions that can be
//! looked into.

use pyjion_jit::bytecode::{BlockKind, Bytecode, CodeDesc, Instruction, Op};
use pyjion_jit::hir::FrameBlock;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// The only objects that there are.
#[repr(C)]
pub struct Int {
    pub refcnt: i64,
    pub type_address: usize,
    pub value: i64,
}

/// What the type of an int is: only its address matters.
pub static INT_TYPE: AtomicI64 = AtomicI64::new(0);

/// Ints that there are.
pub static LIVING: AtomicI64 = AtomicI64::new(0);

/// A new int.
pub extern "C" fn int(value: i64) -> *mut Int {
    LIVING.fetch_add(1, Relaxed);
    Box::into_raw(Box::new(Int { refcnt: 1, type_address: INT_TYPE.as_ptr() as usize, value }))
}

/// Ends an int that nobody refers to any more.
pub extern "C" fn dealloc(object: *mut Int) {
    LIVING.fetch_sub(1, Relaxed);
    // SAFETY: `int` made it.
    drop(unsafe { Box::from_raw(object) });
}

/// Takes a reference to an object.
pub fn keep(object: *mut Int) -> *mut Int {
    // SAFETY: whoever asks has a reference to the object.
    unsafe { (*object).refcnt += 1 };
    object
}

/// Gives a reference to an object up, which may be NULL.
fn release(object: *mut Int) {
    // SAFETY: whoever asks has a reference to the object, or NULL.
    let Some(found) = (unsafe { object.as_mut() }) else { return };
    found.refcnt -= 1;
    if found.refcnt == 0 {
        dealloc(object);
    }
}

/// The number of an int, to which the reference is given up.
pub fn take(object: *mut Int) -> i64 {
    // SAFETY: whoever asks has a reference to it.
    let value = unsafe { (*object).value };
    release(object);
    value
}

/// What compiled code knows of a frame.
#[repr(C)]
pub struct Frame {
    pub refcnt: i64,
    pub lasti: i32,
    pub value_stack: *mut [*mut Int; 8],
    pub locals: [*mut Int; 3],
}

/// Where a frame is.
#[derive(Default)]
pub struct Place {
    pub pc: u32,
    pub operands: Vec<*mut Int>,
    pub blocks: Vec<FrameBlock>,
}

/// Who is asked before each instruction.
pub trait Observer {
    /// A frame begins.
    fn begin(&mut self);
    /// A frame jumps backwards.
    fn jump_back(&mut self);
    /// A frame is about to execute an instruction. It may be elsewhere after that, or have ended with a
    /// result.
    fn step(&mut self, frame: &mut Frame, place: &mut Place) -> Option<*mut Int>;
}

/// Runs a function: its result, or nothing where an int is too large.
pub fn run(
    code: &CodeDesc,
    bytecode: &Bytecode,
    arguments: [i64; 2],
    observer: &mut dyn Observer,
) -> Option<i64> {
    let mut operands = [std::ptr::null_mut(); 8];
    let locals = [int(arguments[0]), int(arguments[1]), std::ptr::null_mut()];
    let mut frame = Frame { refcnt: 1, lasti: -1, value_stack: &raw mut operands, locals };
    let mut place = Place::default();
    observer.begin();
    let result = loop {
        if let Some(result) = observer.step(&mut frame, &mut place) {
            break Some(take(result));
        }
        let Instruction { pc, next, op, .. } = *bytecode.at(place.pc).expect("code is well-formed");
        place.pc = next;
        let mut pop = || place.operands.pop().expect("code is well-formed");
        match op {
            Op::LoadConst(index) => {
                place.operands.push(keep(code.consts[index as usize].address as *mut Int));
            }
            Op::LoadFast(slot) => place.operands.push(keep(frame.locals[slot as usize])),
            Op::StoreFast(slot) => release(std::mem::replace(&mut frame.locals[slot as usize], pop())),
            Op::SetupLoop(handler) => {
                place.blocks.push(FrameBlock { kind: BlockKind::Loop, handler, level: 0 });
            }
            Op::PopBlock => drop(place.blocks.pop()),
            Op::Compare(_) => {
                let (right, left) = (take(pop()), take(pop()));
                place.operands.push(int(i64::from(left < right)));
            }
            Op::PopJumpIfFalse(target) => {
                if take(pop()) == 0 {
                    place.pc = target;
                }
            }
            Op::Binary { .. } => {
                let (right, left) = (take(pop()), take(pop()));
                let Some(sum) = left.checked_add(right) else { break None };
                place.operands.push(int(sum));
            }
            Op::Jump(target) => {
                place.pc = target;
                if target <= pc {
                    observer.jump_back();
                }
            }
            Op::ReturnValue => break Some(take(pop())),
            other => unreachable!("{other} is not in the language"),
        }
    };
    frame.locals.into_iter().for_each(release);
    result
}
