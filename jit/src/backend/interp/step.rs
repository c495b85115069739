//! What each instruction does. There is no other: whoever adds one is asked for it here.

use super::calls::{Call, call};
use super::machine::{Flow, Machine, Outcome, only_if};
use super::numbers::compare;
use crate::hir::{Helper, Insn, Type, ValueId};

impl<'p> Machine<'p> {
    /// Evaluates one instruction.
    ///
    /// Not in line: it takes much of the stack, which others want while code runs that it leads to.
    #[inline(never)]
    pub fn step(&self, id: ValueId) -> Outcome<Flow<'p>> {
        let program = self.program;
        let layout = &program.host.layout;
        let result = match program.function.insn(id) {
            Insn::Param | Insn::SetLocal { .. } => unreachable!("{id:?} was refused"),
            Insn::Object(address) => *address as u64,
            Insn::Int(number) => *number as u64,
            Insn::Float(bits) => *bits,
            Insn::Bool(truth) => u64::from(*truth),
            Insn::Null => 0,

            Insn::LoadLocal(slot) => self.local(*slot),
            Insn::StoreLocal { slot, value } => {
                self.set_local(*slot, self.get(*value));
                0
            }
            Insn::FillLocal { slot, value } => {
                self.fill_local(*slot, *value);
                0
            }
            Insn::ClearLocal(slot) => {
                self.clear_local(*slot);
                0
            }
            Insn::CopyLocal { from, to } => {
                self.copy_local(*from, *to);
                0
            }
            Insn::FillName { slot, value } => {
                self.fill_name(*slot, *value);
                0
            }
            Insn::MarkName { slot, lacks } => {
                self.mark_name(*slot, *lacks);
                0
            }
            Insn::LoadStack(index) => self.load(self.stack(*index), 0),

            Insn::NewRef(object) => self.new_ref(self.get(*object)),
            Insn::Adopt(object) | Insn::Concrete(object) | Insn::NotNull(object) => self.get(*object),
            Insn::Decref(object, pc) => {
                let kinds = program.function.value(*object).ty;
                return Ok(Flow::Call(Call::Release { object: self.get(*object), kinds, pc: *pc }));
            }
            Insn::Forget(object) => {
                self.forget(self.get(*object));
                0
            }
            Insn::XDecref(object, _) if self.get(*object) == 0 => 0,
            Insn::XDecref(object, pc) => {
                let kinds = program.function.value(*object).ty.intersect(Type::OBJECT);
                return Ok(Flow::Call(Call::Release { object: self.get(*object), kinds, pc: *pc }));
            }
            Insn::DecrefShared(object, exit) => {
                self.decref_shared(self.get(*object), *exit)?;
                0
            }

            Insn::GuardNotNull(object, exit) => {
                only_if(self.get(*object) != 0, *exit)?;
                self.get(*object)
            }
            Insn::GuardType(object, kind, exit) => {
                only_if(self.is_of_kind(*object, *kind), *exit)?;
                self.get(*object)
            }
            Insn::GuardIs(object, expected, exit) => {
                only_if(self.get(*object) == *expected as u64, *exit)?;
                self.get(*object)
            }
            Insn::GuardNative { object, definition, is_method, exit } => {
                only_if(self.is_native(self.get(*object), *definition, *is_method), *exit)?;
                0
            }
            Insn::GuardShared(object, exit) => {
                only_if(self.load(self.get(*object), layout.refcnt) != 1, *exit)?;
                0
            }
            Insn::GuardCode { object, code, exit } => {
                only_if(self.is_function_of(self.get(*object), *code), *exit)?;
                self.get(*object)
            }
            Insn::GuardGlobals(function, exit) => {
                only_if(self.has_our_globals(self.get(*function)), *exit)?;
                self.get(*function)
            }
            Insn::GuardDefaults { function, least, exit } => {
                only_if(self.defaults(self.get(*function)).1 >= u64::from(*least), *exit)?;
                self.get(*function)
            }
            Insn::Default { function, left } => {
                let (defaults, count) = self.defaults(self.get(*function));
                let item = layout.tuple_items + 8 * (count as i32 - *left as i32);
                self.load(defaults, item)
            }
            Insn::GuardBool(truth, expected, exit) => {
                only_if(self.truth(*truth) == *expected, *exit)?;
                0
            }
            Insn::GuardStatus(status, exit) => {
                only_if(self.int(*status) >= 0, *exit)?;
                0
            }

            Insn::UnboxInt(object) => self.unbox_int(*object) as u64,
            Insn::UnboxFloat(object) => self.load(self.get(*object), layout.float_value),
            Insn::UnboxReal(object, exit) => self.unbox_real(*object, *exit)?.to_bits(),
            Insn::UnboxBool(object) => u64::from(self.is_true(self.get(*object))),
            Insn::Box(number) => self.boxed(*number),

            Insn::IntBinary { op, lhs, rhs, seen, exit } => {
                self.int_binary(*op, self.int(*lhs), self.int(*rhs), *seen, *exit)? as u64
            }
            Insn::IntNeg(number, exit) => self.int(*number).checked_neg().ok_or(*exit)? as u64,
            Insn::IntInvert(number) => !self.get(*number),
            Insn::FloatBinary { op, lhs, rhs, exit } => {
                self.float_binary(*op, self.float(*lhs), self.float(*rhs), *exit)?.to_bits()
            }
            Insn::FloatAbs(number) => self.float(*number).abs().to_bits(),
            Insn::FloatCall { function, number, exit } => {
                self.float_call(*function, self.float(*number), *exit)?.to_bits()
            }
            Insn::FloatToInt(number, exit) => self.float_to_int(self.float(*number), *exit)? as u64,
            Insn::FloatNeg(number) => (-self.float(*number)).to_bits(),
            Insn::IntToFloat(number) => (self.int(*number) as f64).to_bits(),
            Insn::IntCompare(op, lhs, rhs) => u64::from(compare(*op, self.int(*lhs), self.int(*rhs))),
            Insn::FloatCompare(op, lhs, rhs) => u64::from(compare(*op, self.float(*lhs), self.float(*rhs))),
            Insn::IntTruth(number) => u64::from(self.int(*number) != 0),
            Insn::FloatTruth(number) => u64::from(self.float(*number) != 0.0),
            Insn::SameObject(a, b) => u64::from(self.get(*a) == self.get(*b)),
            Insn::HasType(object, kind) => u64::from(self.is_of_type(self.get(*object), *kind)),
            Insn::IsNull(object) => u64::from(self.get(*object) == 0),
            Insn::Not(truth) => u64::from(!self.truth(*truth)),
            Insn::StatusTruth(status) => u64::from(self.int(*status) > 0),
            Insn::StatusFailed(status) => u64::from(self.int(*status) < 0),

            Insn::IterHasNext(iterator, kind) => u64::from(self.has_next(self.get(*iterator), *kind)),
            Insn::IterTake(iterator, kind) => self.take_next(self.get(*iterator), *kind),
            Insn::RangeTake(iterator) => self.take_of_range(self.get(*iterator)) as u64,
            Insn::NewRange { start, stop, step, most, exit } => {
                let bounds = [self.get(*start), self.get(*stop), self.get(*step), *most as u64];
                let iterator = call(self.program.host.new_range, &bounds);
                only_if(iterator != 0, *exit)?;
                iterator
            }
            Insn::EnumerateIndex => self.load(self.program.host.enumerated as u64, 0),
            Insn::GuardArray(object, element, exit) => {
                only_if(self.is_array(self.get(*object), *element), *exit)?;
                self.get(*object)
            }
            Insn::ArrayLoad { element, array, index, exit } => {
                self.array_load(*element, self.get(*array), self.int(*index), *exit)?
            }
            Insn::ArrayStore { element, array, index, value, exit } => {
                self.array_store(*element, self.get(*array), self.int(*index), self.get(*value), *exit)?;
                0
            }
            Insn::SequenceItem { kind, container, index, exit } => {
                let place = self.place_of_item(self.get(*container), self.int(*index), *exit)?;
                self.item(*kind, self.get(*container), place)
            }
            Insn::SequenceAt { kind, container, index } => {
                self.item(*kind, self.get(*container), self.get(*index))
            }
            Insn::ListStore { list, index, value, exit } => {
                self.list_store(self.get(*list), self.int(*index), self.get(*value), *exit)?
            }
            Insn::ListPush { list, value, exit } => {
                self.list_push(self.get(*list), self.get(*value), *exit)?;
                0
            }
            Insn::ListTake(list) => self.list_take(self.get(*list)),
            Insn::Length { kind, container, exit } => self.length(*kind, self.get(*container), *exit)?,
            Insn::CodeOf(string, exit) => self.code_of(self.get(*string), *exit)?,
            Insn::CharacterOf(code, exit) => self.character_of(self.int(*code), *exit)?,
            Insn::SequenceLen(container) => self.load(self.get(*container), layout.ob_size),
            Insn::StringItem { kind, string, index, exit } => {
                self.string_item(*kind, self.get(*string), self.int(*index), *exit)?
            }
            Insn::ByteItem { bytes, index, exit } => {
                self.byte_item(self.get(*bytes), self.int(*index), *exit)?
            }
            Insn::StringEqual(a, b) => u64::from(self.are_equal_strings(self.get(*a), self.get(*b))),

            Insn::FindAttribute { site, object } => self.find_attribute(*site, self.get(*object)),
            Insn::SwapAttribute { site, object, value } => {
                self.swap_attribute(*site, self.get(*object), self.get(*value))
            }
            Insn::CellContent(slot) => self.content(*slot),
            Insn::FindGlobal(site) => self.find_global(*site),
            Insn::TypeOf(object) => self.type_of(self.get(*object)),
            Insn::ClassOf(object) => self.class_of(self.get(*object)),
            Insn::ReceiverOf(function) => self.load(self.get(*function), self.program.host.natives.receiver),

            Insn::Call { helper: Helper::LoadDeref, args: _, immediates, .. }
                if let Some(content) = self.content_of_cell(immediates) =>
            {
                self.new_ref(content)
            }
            Insn::Call { helper, args, immediates, pc } => {
                return Ok(Flow::Call(Call::Helper { helper: *helper, args, immediates, pc: *pc }));
            }
            Insn::CallStack { helper, base, operands, immediate, pc } => {
                let (helper, base, immediate) = (*helper, *base, *immediate);
                return Ok(Flow::Call(Call::Stack { helper, base, operands, immediate, pc: *pc }));
            }
            Insn::CallMethod { callable, base, operands, immediate, pc } => {
                let (callable, base, immediate) = (*callable, *base, *immediate);
                return Ok(Flow::Call(Call::Method { callable, base, operands, immediate, pc: *pc }));
            }
            Insn::CallFunction { function, base, args, helper, pc, .. } => {
                let (helper, function, base, pc) = (*helper, *function, *base, *pc);
                return Ok(Flow::Call(Call::Function { helper, function, base, args, pc }));
            }
            Insn::PeriodicDue => u64::from(self.is_periodic_work_due()),
            Insn::CountBytecode => {
                self.add_to_word(program.bytecode_counter, 1);
                0
            }
            Insn::CountRun(counter) => {
                self.add_to_word(*counter, 1);
                0
            }
            Insn::CheckUnshared(exit) => {
                only_if(self.load(self.frame, layout.refcnt) == 1, *exit)?;
                0
            }
            Insn::CheckTracing(exit) => {
                only_if(self.load_int(self.thread, layout.thread_use_tracing) == 0, *exit)?;
                0
            }
            Insn::CheckCalls { frames, exit } => {
                only_if(self.would_call(*frames), *exit)?;
                0
            }
            Insn::CheckValid(exit) => {
                only_if(self.is_valid(), *exit)?;
                self.note_turn(*exit);
                0
            }
            Insn::StressExit { counter, interval, exit } => {
                only_if(!self.count_down(*counter, *interval), *exit)?;
                0
            }
            Insn::StressInvalidate { counter, interval } => {
                self.stress_invalidate(*counter, *interval);
                0
            }

            Insn::Jump(edge) => return Ok(Flow::Go(edge)),
            Insn::Branch { condition, then, otherwise } => {
                return Ok(Flow::Go(if self.truth(*condition) { then } else { otherwise }));
            }
            Insn::Return(object, pc) => return Ok(Flow::End(self.return_object(self.get(*object), *pc))),
            Insn::Exit(exit) => {
                let Some(to) = program.yields.get(&id) else { return Err(*exit) };
                return Ok(Flow::End(self.suspend(to)));
            }
        };
        Ok(Flow::Next(result))
    }
}
