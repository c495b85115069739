//! Calls of the runtime's helpers and of other functions in C, and what is asked instead of calling.

use super::machine::Machine;
use crate::hir::{Helper, Runs, Type, ValueId};

/// What may run Python code, and with that more frames of compiled code.
pub(super) enum Call<'p> {
    /// `Insn::Call`
    Helper { helper: Helper, args: &'p [ValueId], immediates: &'p [i64], pc: u32 },
    /// `Insn::CallStack`
    Stack { helper: Helper, base: u32, operands: &'p [ValueId], immediate: i64, pc: u32 },
    /// `Insn::CallMethod`
    Method { callable: ValueId, base: u32, operands: &'p [ValueId], immediate: i64, pc: u32 },
    /// `Insn::CallFunction`
    Function { helper: Helper, function: ValueId, base: u32, args: &'p [ValueId], pc: u32 },
    /// `Insn::Decref` and `Insn::XDecref`, of an object of these kinds.
    Release { object: u64, kinds: Type, pc: u32 },
}

/// Most arguments that a function in C gets.
pub(super) const MOST_ARGUMENTS: usize = 8;

/// Calls a function in C whose arguments and result are words.
pub(super) fn call(address: usize, arguments: &[u64]) -> u64 {
    macro_rules! function {
        ($($argument:ident: $type:ty),*) => {{
            // SAFETY: whoever knows the address says that a function is there which takes so many words: the
            // host, or the table of helpers.
            let function = unsafe { std::mem::transmute::<usize, extern "C" fn($($type),*) -> u64>(address) };
            function($($argument),*)
        }};
    }
    match *arguments {
        [a] => function!(a: u64),
        [a, b] => function!(a: u64, b: u64),
        [a, b, c] => function!(a: u64, b: u64, c: u64),
        [a, b, c, d] => function!(a: u64, b: u64, c: u64, d: u64),
        [a, b, c, d, e] => function!(a: u64, b: u64, c: u64, d: u64, e: u64),
        [a, b, c, d, e, f] => function!(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64),
        [a, b, c, d, e, f, g] => function!(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64),
        [a, b, c, d, e, f, g, h] => {
            function!(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64)
        }
        _ => unreachable!("so many arguments were refused"),
    }
}

/// Calls a function in C that takes an object and has no result.
pub(super) fn tell(address: usize, object: u64) {
    // SAFETY: the host says that this is what is there.
    let function = unsafe { std::mem::transmute::<usize, extern "C" fn(u64)>(address) };
    function(object);
}

/// The same with two objects.
pub(super) fn tell_both(address: usize, one: u64, other: u64) {
    // SAFETY: the host says that this is what is there.
    let function = unsafe { std::mem::transmute::<usize, extern "C" fn(u64, u64)>(address) };
    function(one, other);
}

impl Machine<'_> {
    fn helper(&self, helper: Helper, arguments: &[u64]) -> u64 {
        call((self.program.host.helper)(helper), arguments)
    }

    /// Makes a call; its result.
    #[inline(always)]
    pub fn make(&self, call: &Call<'_>) -> u64 {
        match *call {
            Call::Helper { helper, args, immediates, pc } => self.call_helper(helper, args, immediates, pc),
            Call::Stack { helper, base, operands, immediate, pc } => {
                self.call_stack_helper(helper, base, operands, immediate, pc)
            }
            Call::Method { callable, base, operands, immediate, pc } => {
                self.call_method(callable, base, operands, immediate, pc)
            }
            Call::Function { helper, function, base, args, pc } => {
                self.call_function(helper, function, base, args, pc)
            }
            Call::Release { object, kinds, pc } => {
                self.release(object, kinds, Some(pc));
                0
            }
        }
    }

    #[inline(never)]
    fn call_helper(&self, helper: Helper, args: &[ValueId], immediates: &[i64], pc: u32) -> u64 {
        let mut all = [self.frame; MOST_ARGUMENTS];
        let words = args.iter().map(|&arg| self.get(arg)).chain(immediates.iter().map(|&word| word as u64));
        for (argument, word) in all[1..].iter_mut().zip(words) {
            *argument = word;
        }
        if helper.facts().runs != Runs::Nothing {
            self.set_lasti(pc);
        }
        self.helper(helper, &all[..=args.len() + immediates.len()])
    }

    #[inline(never)]
    fn call_stack_helper(
        &self,
        helper: Helper,
        base: u32,
        operands: &[ValueId],
        immediate: i64,
        pc: u32,
    ) -> u64 {
        if helper == Helper::BuildTuple
            && let Some(tuple) = self.unused_tuple(operands)
        {
            return tuple;
        }
        let first = self.push(base, operands);
        self.set_lasti(pc);
        self.helper(helper, &[self.frame, first, operands.len() as u64, immediate as u64])
    }

    #[inline(never)]
    fn call_method(
        &self,
        callable: ValueId,
        base: u32,
        operands: &[ValueId],
        immediate: i64,
        pc: u32,
    ) -> u64 {
        let first = self.push(base, operands);
        self.set_lasti(pc);
        let count = operands.len() as u64;
        self.helper(Helper::CallMethod, &[self.frame, first, count, immediate as u64, self.get(callable)])
    }

    #[inline(never)]
    fn call_function(&self, helper: Helper, function: ValueId, base: u32, args: &[ValueId], pc: u32) -> u64 {
        let first = self.push(base, args);
        self.set_lasti(pc);
        self.helper(helper, &[self.frame, first, args.len() as u64, self.get(function)])
    }

    /// Stores operands on the frame's stack; their address.
    fn push(&self, base: u32, operands: &[ValueId]) -> u64 {
        for (index, &operand) in (base..).zip(operands) {
            self.store(self.stack(index), 0, self.get(operand));
        }
        self.stack(base)
    }

    /// What the cell or free variable that `Helper::LoadDeref` is asked for holds, unless it is unbound: then
    /// alone the helper is called, and `f_lasti` set.
    pub fn content_of_cell(&self, immediates: &[i64]) -> Option<u64> {
        let index = u32::try_from(*immediates.first()?).ok()?;
        Some(self.content(self.program.function.locals + index)).filter(|content| *content != 0)
    }

    /// `Insn::CellContent`.
    pub fn content(&self, slot: u32) -> u64 {
        self.load(self.local(slot), self.program.host.layout.cell_content)
    }

    /// Whether an object is a function in C, or the descriptor of a method, with this definition.
    pub fn is_native(&self, object: u64, definition: usize, is_method: bool) -> bool {
        let natives = self.program.host.natives;
        let (ty, field) = match is_method {
            true => (natives.descriptor, natives.descriptor_definition),
            false => ((self.program.host.types)(Type::CFUNCTION), natives.definition),
        };
        self.type_of(object) == ty as u64 && self.load(object, field) == definition as u64
    }

    /// Whether an object is a function of the code whose address is in this word.
    pub fn is_function_of(&self, object: u64, code: usize) -> bool {
        self.program.host.calls.is_some_and(|layout| {
            self.is_of_type(object, Type::FUNCTION)
                && self.load(object, layout.function_code) == self.load(code as u64, 0)
        })
    }

    /// Whether a function has the globals of the frame.
    pub fn has_our_globals(&self, function: u64) -> bool {
        self.program.host.calls.is_some_and(|layout| {
            self.load(function, layout.function_globals) == self.load(self.frame, layout.frame_globals)
        })
    }

    /// The defaults of a function, a tuple or NULL, and how many there are.
    pub fn defaults(&self, function: u64) -> (u64, u64) {
        let layout = self.program.host.calls;
        let defaults = layout.map_or(0, |layout| self.load(function, layout.function_defaults));
        let count = if defaults == 0 { 0 } else { self.load(defaults, self.program.host.layout.ob_size) };
        (defaults, count)
    }

    /// Whether a call would begin to run in compiled code, so many frames on top of this one.
    pub fn would_call(&self, frames: u32) -> bool {
        self.program.host.calls.is_some_and(|layout| {
            let depth = self.load_int(self.thread, layout.thread_depth).wrapping_add(frames as i32);
            let interpreter = self.load(self.thread, layout.thread_interpreter);
            depth < self.load_int(layout.depth_limit as u64, 0)
                && self.load(self.thread, layout.thread_put_off) == 0
                && self.load(interpreter, layout.evaluator) == layout.default_evaluator as u64
        })
    }
}
