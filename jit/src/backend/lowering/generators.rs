//! Generators resumed by compiled code: what the helper does for one that has a
//! [ticket](crate::exit::ticket), in line.

use super::lower::Lowering;
use super::{Result, backend_error};
use crate::backend::YIELDED;
use crate::exit::ticket;
use crate::hir::{Heap, Helper, Type, ValueId};
use crate::host::{CallLayout, DirectCallLayout, ResumptionLayout, SuspensionLayout};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, types};

/// What is known where generators are resumed.
struct Layouts<'a> {
    calls: CallLayout,
    direct: &'a DirectCallLayout,
    suspension: SuspensionLayout,
    own: &'a ResumptionLayout,
}

/// A generator that can be resumed in line.
struct Resumed {
    generator: ir::Value,
    frame: ir::Value,
    /// Where its frame has the ticket.
    top: ir::Value,
    ticket: ir::Value,
    /// What is known of the version that the ticket is of.
    place: ir::Value,
}

impl Lowering<'_> {
    /// `Helper::NextOfGenerator`.
    pub fn next_of_generator(&mut self, generator: ValueId, pc: u32) -> Result<ir::Value> {
        let host = self.host;
        let layouts = match (&host.resumption, &host.direct, host.calls, host.suspension) {
            (Some(own), Some(direct), Some(calls), Some(suspension)) if self.builder.can_call_pointers() => {
                Layouts { calls, direct, suspension, own }
            }
            _ => return self.call_helper(Helper::NextOfGenerator, &[generator], &[], pc),
        };
        let object = self.value(generator)?;
        self.store_lasti(pc);
        let (slow, done) = (self.cold_block(), self.builder.create_block());
        let result = self.builder.append_block_param(done, types::I64);
        let resumed = self.find_resumed(&layouts, object, slow);
        self.check_resumption(&layouts, &resumed, slow);
        self.resume_in_line(&layouts, &resumed, done)?;

        self.builder.switch_to_block(slow);
        let made = self.helper(Helper::NextOfGenerator, &[self.frame, object])?;
        self.builder.ins().jump(done, &[made.into()]);
        self.builder.switch_to_block(done);
        Ok(result)
    }

    /// Goes on if it is a generator that waits with a ticket.
    fn find_resumed(&mut self, layouts: &Layouts, object: ir::Value, slow: ir::Block) -> Resumed {
        let own = layouts.own;
        let ty = self.load(Heap::Type, types::I64, object, self.host.layout.ob_type);
        let generators = self.address((self.host.types)(Type::GENERATOR));
        let is_generator = self.builder.ins().icmp(IntCC::Equal, ty, generators);
        self.go_on_if(is_generator, slow);
        let frame = self.load(Heap::Cell, types::I64, object, own.generator_frame);
        self.go_on_if(frame, slow);
        let running = self.load(Heap::Cell, types::I32, object, own.generator_running);
        let is_idle = self.builder.ins().icmp_imm_s(IntCC::Equal, running, 0);
        self.go_on_if(is_idle, slow);
        let top = self.load(Heap::Cell, types::I64, frame, layouts.suspension.frame_stack_top);
        self.go_on_if(top, slow);
        let ticket = self.load(Heap::Cell, types::I64, top, 0);
        let version = self.builder.ins().sshr_imm_u(ticket, i64::from(ticket::VERSION));
        let index = self.builder.ins().band_imm_s(version, own.places - 1);
        let distance = self.builder.ins().ishl_imm_u(index, i64::from(own.place_shift));
        let first = self.address(own.first_place);
        let place = self.builder.ins().iadd(first, distance);
        Resumed { generator: object, frame, top, ticket, place }
    }

    /// Goes on if the ticket is honoured, and nothing is out of the ordinary.
    fn check_resumption(&mut self, layouts: &Layouts, resumed: &Resumed, slow: ir::Block) {
        let Layouts { calls, direct, own, .. } = layouts;
        // What `ticket::key` makes of the ticket has to be the key.
        let key = self.load(Heap::Cell, types::I64, resumed.place, own.place_key);
        let mask = self.int(ticket::OF_VERSION as i64);
        let of_version = self.builder.ins().band(resumed.ticket, mask);
        let odd = self.builder.ins().bxor(key, of_version);
        let mut obstacle = self.builder.ins().iadd_imm_s(odd, -1);
        let at = self.builder.ins().sshr_imm_u(resumed.ticket, i64::from(ticket::LASTI));
        let at = self.builder.ins().band_imm_u(at, 0xffff);
        let lasti = self.load(Heap::Cell, types::I32, resumed.frame, self.host.layout.frame_lasti);
        let lasti = self.builder.ins().uextend(types::I64, lasti);
        let elsewhere = self.builder.ins().bxor(at, lasti);
        obstacle = self.builder.ins().bor(obstacle, elsewhere);
        let interpreter = self.load(Heap::Cell, types::I64, self.thread, calls.thread_interpreter);
        let evaluator = self.load(Heap::Cell, types::I64, interpreter, calls.evaluator);
        let default = self.address(calls.default_evaluator);
        let other_evaluator = self.builder.ins().bxor(evaluator, default);
        obstacle = self.builder.ins().bor(obstacle, other_evaluator);
        let tracing = self.load(Heap::Cell, types::I32, self.thread, self.host.layout.thread_use_tracing);
        let tracing = self.builder.ins().uextend(types::I64, tracing);
        obstacle = self.builder.ins().bor(obstacle, tracing);
        let is_free = self.builder.ins().icmp_imm_s(IntCC::Equal, obstacle, 0);
        self.go_on_if(is_free, slow);
        let ordinary = self.address(direct.ordinary);
        let ordinary = self.load(Heap::Cell, types::I8, ordinary, 0);
        self.go_on_if(ordinary, slow);
        let depth = self.load(Heap::Cell, types::I32, self.thread, calls.thread_depth);
        let depth = self.builder.ins().iadd_imm_s(depth, 1);
        let limit = self.address(calls.depth_limit);
        let limit = self.load(Heap::Cell, types::I32, limit, 0);
        let has_room = self.builder.ins().icmp(IntCC::SignedLessThan, depth, limit);
        self.go_on_if(has_room, slow);
    }

    /// Runs its frame until it stops.
    fn resume_in_line(&mut self, layouts: &Layouts, resumed: &Resumed, done: ir::Block) -> Result<()> {
        let Layouts { calls, direct, suspension, own } = layouts;
        let Resumed { generator, frame, top, ticket, place } = *resumed;
        let none = self.address(self.host.none);
        self.store(Heap::Cell, none, top, 0);
        self.incref_object(none)?;
        self.incref_object(self.frame)?;
        self.store(Heap::Cell, self.frame, frame, direct.frame.back);
        if let Some(thread) = direct.frame.thread {
            self.store(Heap::Cell, self.thread, frame, thread);
        }
        let running = self.builder.ins().iconst(types::I32, 1);
        self.store(Heap::Cell, running, generator, own.generator_running);
        for counter in direct.counters {
            let counter = self.address(counter);
            self.add_to_word(Heap::Cell, counter, 0, 1);
        }
        let runs = self.load(Heap::Cell, types::I64, place, own.place_runs);
        self.add_to_word(Heap::Cell, runs, 0, 1);
        self.add_to_int(self.thread, calls.thread_depth, 1);
        self.store(Heap::Cell, frame, self.thread, direct.thread.frame);
        let nowhere = self.int(0);
        self.store(Heap::Cell, nowhere, frame, suspension.frame_stack_top);
        let native = self.load(Heap::Cell, types::I64, place, own.place_version);
        self.enter_version(direct, native);
        let code = self.load(Heap::Cell, types::I64, native, direct.version.function);
        let entry = self.builder.ins().sshr_imm_u(ticket, i64::from(ticket::ENTRY));
        let entry = self.builder.ins().band_imm_u(entry, 0xffff);
        let exit = self.builder.call_pointer(code, &[frame, self.thread, entry, self.buffer], types::I64);
        let exit = exit.ok_or_else(|| backend_error("a call to where a value points"))?;

        let (rare, usual) = (self.cold_block(), self.builder.create_block());
        let yielded = self.int(YIELDED as i64);
        let mut unusual = self.builder.ins().bxor(exit, yielded);
        let handled = self.load(Heap::Cell, types::I64, frame, own.frame_handled);
        unusual = self.builder.ins().bor(unusual, handled);
        let attend = self.load(Heap::Cell, types::I8, native, direct.version.attend);
        let attend = self.builder.ins().uextend(types::I64, attend);
        unusual = self.builder.ins().bor(unusual, attend);
        let tracing = self.load(Heap::Cell, types::I32, self.thread, self.host.layout.thread_use_tracing);
        let tracing = self.builder.ins().uextend(types::I64, tracing);
        unusual = self.builder.ins().bor(unusual, tracing);
        self.builder.ins().brif(unusual, rare, &[], usual, &[]);

        self.builder.switch_to_block(usual);
        let result = self.load(Heap::Buffer, types::I64, self.buffer, 0);
        self.add_to_int(native, direct.version.running, -1);
        self.add_to_int(self.thread, calls.thread_depth, -1);
        self.store(Heap::Cell, self.frame, self.thread, direct.thread.frame);
        let idle = self.builder.ins().iconst(types::I32, 0);
        self.store(Heap::Cell, idle, generator, own.generator_running);
        let nobody = self.int(0);
        self.store(Heap::Cell, nobody, frame, direct.frame.back);
        if let Some(thread) = direct.frame.thread {
            self.store(Heap::Cell, nobody, frame, thread);
        }
        // It runs, so somebody has another.
        self.add_to_word(Heap::Refcount, self.frame, self.host.layout.refcnt, -1);
        self.builder.ins().jump(done, &[result.into()]);

        self.builder.switch_to_block(rare);
        let arguments = [self.thread, generator, self.frame, native, exit];
        let result = self.call_for(own.stop_rarely, &arguments, types::I64)?;
        self.builder.ins().jump(done, &[result.into()]);
        Ok(())
    }

    /// Goes on if a value is not zero.
    fn go_on_if(&mut self, value: ir::Value, slow: ir::Block) {
        let next = self.builder.create_block();
        self.builder.ins().brif(value, next, &[], slow, &[]);
        self.builder.switch_to_block(next);
    }
}
