//! Calls of compiled functions from one to the other, in frames that are there already: what the helper does
//! in the usual case, in line.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::hir::{DirectCallee, Heap, Helper, Type, ValueId};
use crate::host::{CallLayout, DirectCallLayout};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// What is said of a call beside the code that is likely called.
#[derive(Clone, Copy)]
pub(super) struct CallKind {
    /// It is certain to be that.
    pub is_certain: bool,
    /// What makes it where it is not made in line.
    pub helper: Helper,
}

/// A call on its way.
struct Call<'a> {
    layout: &'a DirectCallLayout,
    callee: DirectCallee,
    function: ir::Value,
    /// What parameters are given; those that have none get their defaults.
    arguments: &'a [Option<ir::Value>],
    /// Levels of recursion that it takes.
    levels: i64,
    /// Where the helper makes it, nothing having happened yet.
    slow: ir::Block,
    /// Where it has been made; its result is the parameter.
    done: ir::Block,
}

impl Call<'_> {
    /// How many of the last parameters there have to be defaults for.
    fn missing(&self) -> i32 {
        let given = self.arguments.iter().take_while(|argument| argument.is_some()).count();
        self.callee.parameters as i32 - given as i32
    }
}

/// What a call that can be made in line goes by.
struct Checked {
    /// The globals of the function.
    globals: ir::Value,
    /// Its builtins.
    builtins: ir::Value,
    /// The defaults that are needed: the tuple, and where it ends.
    defaults: Option<(ir::Value, ir::Value)>,
}

impl Lowering<'_> {
    /// `Insn::CallFunction`.
    pub fn call_function(
        &mut self,
        (function, args): (ValueId, &[ValueId]),
        base: u32,
        callee: u32,
        CallKind { is_certain, helper }: CallKind,
        pc: u32,
    ) -> Result<ir::Value> {
        let callee = self.function.direct.get(callee as usize).copied();
        let callee = callee.ok_or_else(|| backend_error("a call of code that nothing is known of"))?;
        let mut arguments = Vec::with_capacity(args.len());
        for arg in args {
            let is_given = self.function.value(*arg).ty != Type::NULL;
            arguments.push(if is_given { Some(self.value(*arg)?) } else { None });
        }
        let object = self.value(function)?;
        self.store_lasti(pc);
        let (slow, done) = (self.cold_block(), self.builder.create_block());
        let result = self.builder.append_block_param(done, types::I64);
        let host = self.host;
        match (&host.direct, host.calls) {
            (Some(layout), Some(calls)) if self.builder.can_call_pointers() => {
                let levels = helper.levels_between() + 1;
                let (function, arguments) = (object, &arguments);
                let call = Call { layout, callee, function, arguments, levels, slow, done };
                if !is_certain {
                    self.check_code(&call, &calls);
                }
                self.call_in_line(&call, &calls)?;
            }
            _ => {
                self.builder.ins().jump(slow, &[]);
            }
        }
        self.builder.switch_to_block(slow);
        let at = self.store_operands(helper, base, args)?;
        let count = self.int(args.len() as i64);
        let made = self.helper(helper, &[self.frame, at, count, object])?;
        self.builder.ins().jump(done, &[made.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    fn call_in_line(&mut self, call: &Call, calls: &CallLayout) -> Result<()> {
        let DirectCallLayout { state, version, frame, thread, .. } = call.layout;
        let checked = self.check_call(call, calls)?;
        let known = self.address(call.callee.state);
        let new = self.load(Heap::Cell, types::I64, known, state.idle);
        let taken = self.builder.create_block();
        self.builder.ins().brif(new, taken, &[], call.slow, &[]);

        self.builder.switch_to_block(taken);
        let idle = self.load(Heap::Cell, types::I64, new, frame.back);
        self.store(Heap::Cell, idle, known, state.idle);
        self.fill_frame(call, calls, new, &checked)?;
        let made = self.builder.create_block();
        let last = self.builder.append_block_param(made, types::I64);
        if call.callee.cells > 0 {
            self.make_cells(call, calls, new, made)?;
        }
        for counter in call.layout.counters {
            let counter = self.address(counter);
            self.add_to_word(Heap::Cell, counter, 0, 1);
        }
        self.add_to_word(Heap::Cell, known, state.runs, 1);
        let native = self.load(Heap::Cell, types::I64, known, state.start);
        self.enter_version(call.layout, native);
        self.add_to_int(self.thread, calls.thread_depth, call.levels);
        self.store(Heap::Cell, new, self.thread, thread.frame);
        let code = self.load(Heap::Cell, types::I64, native, version.function);
        let start = self.int(0);
        let exit = self.builder.call_pointer(code, &[new, self.thread, start, self.buffer], types::I64);
        let exit = exit.ok_or_else(|| backend_error("a call to where a value points"))?;

        let (left, returned, rare) = (self.cold_block(), self.builder.create_block(), self.cold_block());
        self.builder.ins().brif(exit, left, &[], returned, &[]);
        self.builder.switch_to_block(returned);
        let result = self.load(Heap::Buffer, types::I64, self.buffer, 0);
        let unusual = self.unusual(call, calls, new, native);
        let usual = self.builder.create_block();
        self.builder.ins().brif(unusual, rare, &[], usual, &[]);
        self.builder.switch_to_block(usual);
        self.leave_frame(call, calls, new, native)?;
        self.end_call(result, made)?;

        for (block, end, outcome) in
            [(left, call.layout.end_by_exit, exit), (rare, call.layout.end_rarely, result)]
        {
            self.builder.switch_to_block(block);
            let result = self.call_for(end, &[self.thread, new, known, native, outcome], types::I64)?;
            if call.levels > 1 {
                // That of the frame is given back.
                self.add_to_int(self.thread, calls.thread_depth, 1 - call.levels);
            }
            self.builder.ins().jump(made, &[result.into()]);
        }
        self.builder.switch_to_block(made);
        if let Some((defaults, _)) = checked.defaults {
            self.release_object(defaults)?;
        }
        self.builder.ins().jump(call.done, &[last.into()]);
        Ok(())
    }

    /// Goes on if it is the code that is likely called.
    fn check_code(&mut self, call: &Call, calls: &CallLayout) {
        let code = self.load(Heap::World, types::I64, call.function, calls.function_code);
        let life = self.address(call.callee.life);
        let likely = self.load(Heap::World, types::I64, life, 0);
        let is_it = self.builder.ins().icmp(IntCC::Equal, code, likely);
        let known = self.builder.create_block();
        self.builder.ins().brif(is_it, known, &[], call.slow, &[]);
        self.builder.switch_to_block(known);
    }

    /// Goes on where the call can be made in line.
    fn check_call(&mut self, call: &Call, calls: &CallLayout) -> Result<Checked> {
        let DirectCallLayout { state, ordinary, shortage, .. } = *call.layout;
        let known = self.address(call.callee.state);
        let arity = self.load(Heap::Cell, types::I32, known, state.arity);
        let other_arity = self.builder.ins().iadd_imm_s(arity, -i64::from(call.callee.parameters));
        let tracing = self.load(Heap::Cell, types::I32, self.thread, self.host.layout.thread_use_tracing);
        let shortage = self.address(shortage);
        let shortage = self.load(Heap::Cell, types::I32, shortage, 0);
        let ordinary = self.address(ordinary);
        let ordinary = self.load(Heap::Cell, types::I8, ordinary, 0);
        let is_extraordinary = self.builder.ins().icmp_imm_s(IntCC::Equal, ordinary, 0);
        let mut obstacle = self.builder.ins().bor(other_arity, tracing);
        obstacle = self.builder.ins().bor(obstacle, shortage);
        let is_extraordinary = self.builder.ins().uextend(types::I32, is_extraordinary);
        obstacle = self.builder.ins().bor(obstacle, is_extraordinary);
        let mut obstacle = self.builder.ins().uextend(types::I64, obstacle);

        let interpreter = self.load(Heap::Cell, types::I64, self.thread, calls.thread_interpreter);
        let evaluator = self.load(Heap::Cell, types::I64, interpreter, calls.evaluator);
        let default = self.address(calls.default_evaluator);
        let other_evaluator = self.builder.ins().bxor(evaluator, default);
        obstacle = self.builder.ins().bor(obstacle, other_evaluator);
        let free = self.builder.create_block();
        self.builder.ins().brif(obstacle, call.slow, &[], free, &[]);

        self.builder.switch_to_block(free);
        let depth = self.load(Heap::Cell, types::I32, self.thread, calls.thread_depth);
        let depth = self.builder.ins().iadd_imm_s(depth, call.levels);
        let limit = self.address(calls.depth_limit);
        let limit = self.load(Heap::Cell, types::I32, limit, 0);
        let has_room = self.builder.ins().icmp(IntCC::SignedLessThan, depth, limit);
        let shallow = self.builder.create_block();
        self.builder.ins().brif(has_room, shallow, &[], call.slow, &[]);
        self.builder.switch_to_block(shallow);
        let globals = self.load(Heap::World, types::I64, call.function, calls.function_globals);
        let builtins = self.builtins(call, calls, globals)?;
        let defaults = if call.missing() > 0 { Some(self.defaults(call, calls)) } else { None };
        Ok(Checked { globals, builtins, defaults })
    }

    /// The builtins that go with globals: those of this frame, if it has the same.
    fn builtins(&mut self, call: &Call, calls: &CallLayout, globals: ir::Value) -> Result<ir::Value> {
        let known = self.builder.create_block();
        let builtins = self.builder.append_block_param(known, types::I64);
        let own = self.load(Heap::Frame, types::I64, self.frame, call.layout.frame.builtins);
        let own_globals = self.load(Heap::Frame, types::I64, self.frame, calls.frame_globals);
        let is_own = self.builder.ins().icmp(IntCC::Equal, globals, own_globals);
        let others = self.builder.create_block();
        self.builder.ins().brif(is_own, known, &[own.into()], others, &[]);
        self.builder.switch_to_block(others);
        let found = self.call_for(call.layout.builtins, &[self.thread, globals], types::I64)?;
        self.builder.ins().brif(found, known, &[found.into()], call.slow, &[]);
        self.builder.switch_to_block(known);
        Ok(builtins)
    }

    /// Goes on if the function has the defaults that are needed: their tuple, and where it ends.
    fn defaults(&mut self, call: &Call, calls: &CallLayout) -> (ir::Value, ir::Value) {
        let defaults = self.load(Heap::World, types::I64, call.function, calls.function_defaults);
        let (some, enough) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(defaults, some, &[], call.slow, &[]);
        self.builder.switch_to_block(some);
        let (count, end) = self.end_of_tuple(defaults);
        let missing = i64::from(call.missing());
        let has_all = self.builder.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, count, missing);
        self.builder.ins().brif(has_all, enough, &[], call.slow, &[]);
        self.builder.switch_to_block(enough);
        (defaults, end)
    }

    /// Gives a frame what it borrows and owns while it runs.
    fn fill_frame(
        &mut self,
        call: &Call,
        calls: &CallLayout,
        new: ir::Value,
        checked: &Checked,
    ) -> Result<()> {
        let frame = call.layout.frame;
        self.store(Heap::Cell, self.frame, new, frame.back);
        self.store(Heap::Cell, checked.builtins, new, frame.builtins);
        self.store(Heap::Cell, checked.globals, new, calls.frame_globals);
        if let Some(thread) = frame.thread {
            self.store(Heap::Cell, self.thread, new, thread);
        }
        let before = self.builder.ins().iconst(types::I32, -1);
        self.store(Heap::Cell, before, new, self.host.layout.frame_lasti);
        let code = self.address(call.callee.code);
        self.add_to_word(Heap::Refcount, code, self.host.layout.refcnt, 1);
        if let Some((defaults, _)) = checked.defaults {
            self.incref_object(defaults)?;
        }
        for slot in 0..call.callee.parameters {
            let argument = call.arguments.get(slot as usize).copied().flatten();
            let object = match (argument, checked.defaults) {
                (Some(argument), _) => argument,
                (None, Some((_, end))) => self.item_from_end(end, call.callee.parameters - slot),
                (None, None) => return Err(backend_error("a parameter has neither argument nor default")),
            };
            self.bind(call, new, slot, object)?;
        }
        if call.callee.frees > 0 {
            let closure = self.load(Heap::World, types::I64, call.function, call.layout.function_closure);
            for index in 0..call.callee.frees {
                let item = self.host.layout.tuple_items + 8 * index as i32;
                let cell = self.load(Heap::World, types::I64, closure, item);
                self.store(
                    Heap::Cell,
                    cell,
                    new,
                    self.local_offset(call.callee.locals + call.callee.cells + index)?,
                );
            }
        }
        Ok(())
    }

    /// Makes the cells of a frame that has its arguments, and goes on where it is to enter native code.
    fn make_cells(&mut self, call: &Call, calls: &CallLayout, new: ir::Value, made: ir::Block) -> Result<()> {
        let state = self.address(call.callee.state);
        let obstacle = self.call_for(call.layout.make_cells, &[self.thread, new, state], types::I64)?;
        let (rare, free) = (self.cold_block(), self.builder.create_block());
        self.builder.ins().brif(obstacle, rare, &[], free, &[]);
        self.builder.switch_to_block(rare);
        // The frame counts its own level.
        self.add_to_int(self.thread, calls.thread_depth, call.levels - 1);
        let result = self.call_for(call.layout.begin_rarely, &[self.thread, new, state], types::I64)?;
        self.add_to_int(self.thread, calls.thread_depth, 1 - call.levels);
        self.builder.ins().jump(made, &[result.into()]);
        self.builder.switch_to_block(free);
        Ok(())
    }

    /// Gives a frame what a parameter is bound to.
    fn bind(&mut self, call: &Call, new: ir::Value, slot: u32, object: ir::Value) -> Result<()> {
        if slot >= call.callee.lent {
            self.incref_object(object)?;
        }
        let offset = self.local_offset(slot)?;
        self.store(Heap::Cell, object, new, offset);
        Ok(())
    }

    /// `Native::enter` of the host: a frame enters a version.
    pub fn enter_version(&mut self, layout: &DirectCallLayout, native: ir::Value) {
        let version = layout.version;
        let entered = self.add_to_word(Heap::Cell, native, version.entered, 1);
        self.add_to_int(native, version.running, 1);
        let most = self.load(Heap::Cell, types::I64, native, version.reconsidered_at);
        let is_time = self.builder.ins().icmp(IntCC::Equal, entered, most);
        let (time, go_on) = (self.cold_block(), self.builder.create_block());
        self.builder.ins().brif(is_time, time, &[], go_on, &[]);
        self.builder.switch_to_block(time);
        let attend = self.builder.ins().iconst(types::I8, 1);
        self.store(Heap::Cell, attend, native, version.attend);
        self.builder.ins().jump(go_on, &[]);
        self.builder.switch_to_block(go_on);
    }

    /// Not zero if something happened to a frame that has returned, or is about to.
    fn unusual(&mut self, call: &Call, calls: &CallLayout, new: ir::Value, native: ir::Value) -> ir::Value {
        let DirectCallLayout { version, frame, thread, .. } = *call.layout;
        let count = self.load(Heap::Refcount, types::I64, new, self.host.layout.refcnt);
        let mut unusual = self.builder.ins().iadd_imm_s(count, -1);
        for field in frame.attached {
            let attached = self.load(Heap::Cell, types::I64, new, field);
            unusual = self.builder.ins().bor(unusual, attached);
        }
        let (offset, shift, untracked) = frame.collected;
        let mut collected = self.load(Heap::Cell, types::I64, new, offset);
        if shift > 0 {
            collected = self.builder.ins().sshr_imm_u(collected, i64::from(shift));
        }
        let collected = self.builder.ins().iadd_imm_s(collected, -untracked);
        unusual = self.builder.ins().bor(unusual, collected);
        // Its end is when what was put off is released.
        let put_off = self.load(Heap::Cell, types::I64, self.thread, calls.thread_put_off);
        unusual = self.builder.ins().bor(unusual, put_off);
        let attend = self.load(Heap::Cell, types::I8, native, version.attend);
        let mut flags = self.builder.ins().uextend(types::I32, attend);
        let tracing = self.load(Heap::Cell, types::I32, self.thread, self.host.layout.thread_use_tracing);
        flags = self.builder.ins().bor(flags, tracing);
        if let Some(overflowed) = thread.overflowed {
            let overflowed = self.load(Heap::Cell, types::I8, self.thread, overflowed);
            let overflowed = self.builder.ins().uextend(types::I32, overflowed);
            flags = self.builder.ins().bor(flags, overflowed);
        }
        if call.callee.owns_variables() {
            // Releases that have to be put off are for others.
            let (nesting, most) = thread.trash_nesting;
            let nesting = self.load(Heap::Cell, types::I32, self.thread, nesting);
            let is_deep = self.builder.ins().icmp_imm_s(IntCC::SignedGreaterThanOrEqual, nesting, most);
            let is_deep = self.builder.ins().uextend(types::I32, is_deep);
            flags = self.builder.ins().bor(flags, is_deep);
        }
        let flags = self.builder.ins().uextend(types::I64, flags);
        self.builder.ins().bor(unusual, flags)
    }

    /// Ends a frame to which nothing happened: it is idle again.
    fn leave_frame(
        &mut self,
        call: &Call,
        calls: &CallLayout,
        new: ir::Value,
        native: ir::Value,
    ) -> Result<()> {
        let DirectCallLayout { state, version, frame, thread, release, .. } = *call.layout;
        self.add_to_int(native, version.running, -1);
        self.store(Heap::Cell, self.frame, self.thread, thread.frame);
        if call.callee.owns_variables() {
            let nobody = self.int(0);
            self.store(Heap::Cell, nobody, new, frame.back);
        }
        for slot in call.callee.lent..call.callee.locals + call.callee.cells {
            let offset = self.local_offset(slot)?;
            let object = self.load(Heap::Cell, types::I64, new, offset);
            let (bound, empty) = (self.builder.create_block(), self.builder.create_block());
            self.builder.ins().brif(object, bound, &[], empty, &[]);
            self.builder.switch_to_block(bound);
            let null = self.int(0);
            self.store(Heap::Cell, null, new, offset);
            let count = self.add_to_word(Heap::Refcount, object, self.host.layout.refcnt, -1);
            let dies = self.cold_block();
            self.builder.ins().brif(count, empty, &[], dies, &[]);
            self.builder.switch_to_block(dies);
            self.call(release, &[self.thread, object], None)?;
            self.builder.ins().jump(empty, &[]);
            self.builder.switch_to_block(empty);
        }
        let known = self.address(call.callee.state);
        let idle = self.load(Heap::Cell, types::I64, known, state.idle);
        self.store(Heap::Cell, idle, new, frame.back);
        self.store(Heap::Cell, new, known, state.idle);
        self.add_to_int(self.thread, calls.thread_depth, -call.levels);
        let code = self.address(call.callee.code);
        self.release_object(code)
    }

    /// Gives a reference up.
    fn release_object(&mut self, object: ir::Value) -> Result<()> {
        let count = self.add_to_word(Heap::Refcount, object, self.host.layout.refcnt, -1);
        let (dies, lives) = (self.cold_block(), self.builder.create_block());
        self.builder.ins().brif(count, lives, &[], dies, &[]);
        self.builder.switch_to_block(dies);
        self.call(self.host.dealloc, &[object], None)?;
        self.builder.ins().jump(lives, &[]);
        self.builder.switch_to_block(lives);
        Ok(())
    }

    /// Does the periodic work if it is due, and goes on with the result.
    fn end_call(&mut self, result: ir::Value, done: ir::Block) -> Result<()> {
        let due = self.periodic_due();
        let pending = self.cold_block();
        self.builder.ins().brif(due, pending, &[], done, &[result.into()]);
        self.builder.switch_to_block(pending);
        let host = self.host;
        let attend = host.direct.as_ref().map_or(0, |layout| layout.attend);
        let result = self.call_for(attend, &[self.thread, result], types::I64)?;
        self.builder.ins().jump(done, &[result.into()]);
        Ok(())
    }

    /// Adds to a 64-bit word; the sum.
    pub fn add_to_word(&mut self, heap: Heap, base: ir::Value, offset: i32, more: i64) -> ir::Value {
        let before = self.load(heap, types::I64, base, offset);
        let after = self.builder.ins().iadd_imm_s(before, more);
        self.store(heap, after, base, offset);
        after
    }

    /// Adds to a C int.
    pub fn add_to_int(&mut self, base: ir::Value, offset: i32, more: i64) {
        let before = self.load(Heap::Cell, types::I32, base, offset);
        let after = self.builder.ins().iadd_imm_s(before, more);
        self.store(Heap::Cell, after, base, offset);
    }
}
