//! The evaluator: a frame on its way through a program, block by block.

use super::calls::Call;
use super::program::Program;
use crate::hir::{Edge, SideExit, ValueId};

/// A frame that runs a program.
pub(super) struct Machine<'p> {
    pub program: &'p Program,
    /// The `PyFrameObject`.
    pub frame: u64,
    /// The `PyThreadState`.
    pub thread: u64,
    /// The exit buffer.
    pub buffer: u64,
    /// A word for each value: pointers, ints, the bits of floats, 0 and 1. What else is there, [`Program`]
    /// says.
    values: *mut u64,
}

/// How evaluation goes on after an instruction that has not left.
pub(super) enum Flow<'p> {
    /// With the next one; the result of this one, 0 if it has none.
    Next(u64),
    /// With this call, whose result is that of the instruction, and then with the next one.
    Call(Call<'p>),
    /// In another block.
    Go(&'p Edge),
    /// Nowhere: the frame has ended or is suspended. What the stub returns.
    End(u64),
}

/// What an instruction computes, or the exit that it leaves by.
pub(super) type Outcome<T> = Result<T, SideExit>;

/// Runs a frame from an entry of a program, for the program's stub: [`NativeFn`](crate::backend::NativeFn)
/// says how.
///
/// A panic here is none that anybody catches, as callers have no landing pads: it ends the process.
///
/// # Safety
/// As for `NativeFn`, of the host that the program was made for; the program was made of a function that is
/// in its final form and keeps all rules.
pub(super) unsafe extern "C-unwind" fn evaluate(
    frame: *mut u8,
    thread: *mut u8,
    entry: u64,
    buffer: *mut u64,
    program: *const Program,
) -> u64 {
    // SAFETY: what has the stub has the program, and whoever runs the stub keeps that.
    let program = unsafe { &*program };
    // SAFETY: by the contract.
    let machine = unsafe { Machine::new(program, frame, thread, buffer) };
    let result = machine.run(entry);
    program.pool.give_back(machine.values);
    result
}

impl<'p> Machine<'p> {
    /// A machine for a frame, whose values are still to be [given back](super::pool::Pool::give_back).
    ///
    /// # Safety
    /// As for [`evaluate`]. All methods rely on it.
    unsafe fn new(program: &'p Program, frame: *mut u8, thread: *mut u8, buffer: *mut u64) -> Machine<'p> {
        let values = program.pool.take();
        Machine { program, frame: frame as u64, thread: thread as u64, buffer: buffer as u64, values }
    }

    /// Runs from an entry to where the frame ends or leaves; what the stub returns.
    #[inline(always)]
    fn run(&self, entry: u64) -> u64 {
        let function = &self.program.function;
        let mut block = function.entries[entry as usize].block;
        loop {
            let mut next = None;
            for &id in &function.block(block).insns {
                let result = match self.step(id) {
                    Ok(Flow::Next(result)) => result,
                    Ok(Flow::Call(call)) => self.make(&call),
                    Ok(Flow::Go(edge)) => {
                        next = Some(edge);
                        break;
                    }
                    Ok(Flow::End(result)) => return result,
                    Err(exit) => return self.leave(exit),
                };
                self.check_claim(id, result);
                self.set(id, result);
            }
            let Some(edge) = next else { unreachable!("{block:?} has no terminator") };
            self.pass_arguments(edge);
            block = edge.target;
        }
    }

    /// Gives the parameters of a block their values, all at once: arguments may be parameters of the same
    /// block.
    fn pass_arguments(&self, edge: &Edge) {
        let room = self.word(self.program.arguments);
        for (index, &argument) in (0..).zip(&edge.args) {
            self.store(room, index * 8, self.get(argument));
        }
        for (index, &parameter) in (0..).zip(&self.program.function.block(edge.target).params) {
            self.set(parameter, self.load(room, index * 8));
        }
    }

    /// The address of a word of the frame's memory.
    pub fn word(&self, index: usize) -> u64 {
        // SAFETY: the program has so many words in each block.
        unsafe { self.values.add(index) as u64 }
    }

    /// A value.
    pub fn get(&self, id: ValueId) -> u64 {
        // SAFETY: when it was prepared, the program was seen to have this value.
        unsafe { self.values.add(id.index()).read() }
    }

    /// An int.
    pub fn int(&self, id: ValueId) -> i64 {
        self.get(id) as i64
    }

    /// A float.
    pub fn float(&self, id: ValueId) -> f64 {
        f64::from_bits(self.get(id))
    }

    /// A truth value.
    pub fn truth(&self, id: ValueId) -> bool {
        self.get(id) != 0
    }

    fn set(&self, id: ValueId, word: u64) {
        // SAFETY: as in `get`.
        unsafe { self.values.add(id.index()).write(word) }
    }
}

/// Leaves unless something holds.
pub(super) fn only_if(holds: bool, exit: SideExit) -> Outcome<()> {
    if holds { Ok(()) } else { Err(exit) }
}
