//! Walks the HIR and names what each instruction becomes.

use super::code::{Code, StackMemory};
use super::cold::cold_blocks;
use super::direct::CallKind;
use super::exits::Exits;
use super::known::Known;
use super::regions::Regions;
use super::{Result, backend_error};
use crate::backend::{BackendOptions, Effort, TURNS};
use crate::exit::ExitRecipe;
use crate::hir::{BlockId, Edge, Function, Heap, Helper, Insn, Repr, SideExit, Type, ValueId};
use crate::host::{FreeNumbers, FreeTuples, Host};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, types};

/// What lowering leaves besides CLIF.
pub(in crate::backend) struct Lowered {
    /// The exits, by number.
    pub exits: Vec<ExitRecipe>,
    /// Words the exit buffer needs.
    pub buffer_words: usize,
}

/// Lowers a function into code that is empty so far, with the native signature; the code is complete then.
pub(in crate::backend) fn lower<'a>(
    function: &'a Function,
    host: &'a Host,
    options: &BackendOptions,
    code: Code<'a>,
    regions: Regions,
) -> Result<(Code<'a>, Lowered)> {
    // Other code is not going to be compiled again.
    let counts = matches!(code, Code::Linear(_)) && options.effort == Effort::First;
    let turns = if counts { options.turns } else { 0 };
    let mut builder = code;
    let [frame, thread, entry, buffer] = builder.begin();
    let mut lowering = Lowering {
        builder,
        function,
        host,
        free_numbers: (host.free_numbers)(),
        free_tuples: (host.free_tuples)(),
        valid_flag: options.valid_flag,
        ticket: options.ticket,
        bytecode_counter: options.bytecode_counter,
        turns,
        describes: options.describe,
        regions,
        frame,
        thread,
        buffer,
        blocks: vec![None; function.blocks.len()],
        values: vec![None; function.values.len()],
        exits: Exits::default(),
        stored_lasti: None,
        marks: None,
        known: Known::default(),
        known_at_end: vec![None; function.blocks.len()],
        exit_of_next: None,
        left_if_null: None,
    };
    let order = function.reverse_postorder();
    let predecessors = function.predecessors(&order);
    let is_cold = cold_blocks(function, &order, &predecessors);
    lowering.create_blocks(&order, &is_cold)?;
    lowering.clear_marks();
    lowering.dispatch(entry)?;
    for block in order {
        lowering.known = Known::where_all_meet(&predecessors[block.index()], &lowering.known_at_end);
        lowering.lower_block(block)?;
        lowering.known_at_end[block.index()] = Some(std::mem::take(&mut lowering.known));
    }
    let plan = lowering.emit_exits()?;
    let buffer_words = plan.buffer_words(function);
    let exits = plan.into_recipes();
    Ok((lowering.builder, Lowered { exits, buffer_words }))
}

/// A function being lowered.
pub(super) struct Lowering<'a> {
    pub builder: Code<'a>,
    pub function: &'a Function,
    pub host: &'a Host,
    /// Where numbers are taken from and put back to.
    pub free_numbers: Option<FreeNumbers>,
    /// Where tuples are taken from.
    pub free_tuples: Option<FreeTuples>,
    pub valid_flag: usize,
    /// Where the base of the tickets is that suspended frames are given; 0 for none.
    pub ticket: usize,
    pub bytecode_counter: usize,
    /// Where code of the baseline counts jumps backwards.
    turns: usize,
    /// Somebody wants to know which bytecode the code is made from.
    pub describes: bool,
    pub regions: Regions,
    /// The `PyFrameObject`.
    pub frame: ir::Value,
    /// The `PyThreadState`.
    pub thread: ir::Value,
    /// The exit buffer.
    pub buffer: ir::Value,
    pub blocks: Vec<Option<ir::Block>>,
    pub values: Vec<Option<ir::Value>>,
    pub exits: Exits,
    /// What `f_lasti` is known to hold, within a block.
    pub stored_lasti: Option<u32>,
    /// The marks of tracked names.
    pub marks: Option<StackMemory>,
    /// What has been seen of objects.
    pub known: Known,
    known_at_end: Vec<Option<Known>>,
    /// The instruction that is lowered, and the exit that the next one takes if its result is NULL.
    exit_of_next: Option<(ValueId, SideExit)>,
    /// An instruction that has left instead.
    left_if_null: Option<ValueId>,
}

/// The CLIF type of a representation.
pub(super) fn clif_type(repr: Repr) -> Option<ir::Type> {
    match repr {
        Repr::Obj | Repr::Int | Repr::Status => Some(types::I64),
        Repr::Float => Some(types::F64),
        Repr::Bool => Some(types::I8),
        Repr::None => None,
    }
}

impl Lowering<'_> {
    fn create_blocks(&mut self, order: &[BlockId], is_cold: &[bool]) -> Result<()> {
        for &id in order {
            let block = self.builder.create_block();
            self.blocks[id.index()] = Some(block);
            if is_cold[id.index()] {
                self.builder.set_cold_block(block);
            }
            for &parameter in &self.function.block(id).params {
                let repr = self.function.value(parameter).repr;
                let ty =
                    clif_type(repr).ok_or_else(|| backend_error(format!("{parameter:?} has no value")))?;
                self.values[parameter.index()] = Some(self.builder.append_block_param(block, ty));
            }
        }
        Ok(())
    }

    /// The CLIF block of a reachable HIR block.
    pub fn block(&self, id: BlockId) -> Result<ir::Block> {
        let block = self.blocks.get(id.index()).copied().flatten();
        block.ok_or_else(|| backend_error(format!("{id:?} is not reachable")))
    }

    /// The CLIF value of an HIR value. Constants are made where they are used: Cranelift does
    /// not keep them in registers either.
    pub fn value(&mut self, id: ValueId) -> Result<ir::Value> {
        let function = self.function;
        Ok(match *function.insn(id) {
            Insn::Object(address) => self.address(address),
            Insn::Int(value) => self.int(value),
            Insn::Float(bits) => self.builder.ins().f64const(f64::from_bits(bits)),
            Insn::Bool(value) => self.builder.ins().iconst(types::I8, i64::from(value)),
            Insn::Null => self.int(0),
            _ => self.values[id.index()]
                .ok_or_else(|| backend_error(format!("{id:?} is used before it is made")))?,
        })
    }

    /// An i64 constant.
    pub fn int(&mut self, value: i64) -> ir::Value {
        self.builder.ins().iconst(types::I64, value)
    }

    /// An address as a constant.
    pub fn address(&mut self, address: usize) -> ir::Value {
        self.int(address as i64)
    }

    /// Loads from a field.
    pub fn load(&mut self, heap: Heap, ty: ir::Type, base: ir::Value, offset: i32) -> ir::Value {
        self.builder.ins().load(ty, self.regions.flags(heap), base, offset)
    }

    /// Stores to a field.
    pub fn store(&mut self, heap: Heap, value: ir::Value, base: ir::Value, offset: i32) {
        self.builder.ins().store(self.regions.flags(heap), value, base, offset);
    }

    /// A block for what is rare.
    pub fn cold_block(&mut self) -> ir::Block {
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        block
    }

    fn edge(&mut self, edge: &Edge) -> Result<(ir::Block, Vec<ir::BlockArg>)> {
        let block = self.block(edge.target)?;
        let args = edge.args.iter().map(|&arg| Ok(self.value(arg)?.into()));
        let args = args.collect::<Result<_>>()?;
        Ok((block, args))
    }

    fn lower_block(&mut self, id: BlockId) -> Result<()> {
        let block = self.block(id)?;
        self.builder.switch_to_block(block);
        self.stored_lasti = None;
        let function = self.function;
        // What passes put in front belongs to what follows.
        self.place(function.block(id).insns.iter().find_map(|&value| function.value(value).pc));
        let insns = &function.block(id).insns;
        for (index, &value) in insns.iter().enumerate() {
            if let Some(pc) = function.value(value).pc {
                self.place(Some(pc));
            }
            self.exit_of_next = insns.get(index + 1).and_then(|next| match *function.insn(*next) {
                Insn::GuardNotNull(of, exit) if of == value => Some((value, exit)),
                _ => None,
            });
            self.values[value.index()] = self.lower_insn(value)?;
            self.known.after(function, function.insn(value));
        }
        Ok(())
    }

    /// Where to go instead of having NULL as the result: where the next instruction goes then, and true, if
    /// it does; else a new block.
    pub fn way_out(&mut self) -> Result<(ir::Block, bool)> {
        let Some((value, exit)) = self.exit_of_next else { return Ok((self.cold_block(), false)) };
        self.left_if_null = Some(value);
        Ok((self.exit_stub(exit)?, true))
    }

    /// What is lowered from here on is of this bytecode.
    pub fn place(&mut self, pc: Option<u32>) {
        if self.describes {
            self.builder.place(pc);
        }
    }

    /// Lowers one instruction; its result if it has one that is not a constant.
    fn lower_insn(&mut self, id: ValueId) -> Result<Option<ir::Value>> {
        let function = self.function;
        let result = match &function.value(id).insn {
            Insn::Param => return Err(backend_error(format!("{id:?}: a parameter among instructions"))),
            // Made where they are used.
            Insn::Object(_) | Insn::Int(_) | Insn::Float(_) | Insn::Bool(_) | Insn::Null => return Ok(None),

            Insn::LoadLocal(slot) => self.load_local(*slot)?,
            Insn::StoreLocal { slot, value } => return self.store_local(*slot, *value).map(none),
            Insn::FillLocal { slot, value } => return self.fill_local(*slot, *value).map(none),
            Insn::ClearLocal(slot) => return self.clear_local(*slot).map(none),
            Insn::CopyLocal { from, to } => return self.copy_local(*from, *to).map(none),
            Insn::FillName { slot, value } => return self.fill_name(*slot, *value).map(none),
            Insn::MarkName { slot, lacks } => return self.mark_name(*slot, *lacks).map(none),
            Insn::SetLocal { .. } => return Err(backend_error(format!("{id:?}: SetLocal in final form"))),
            Insn::LoadStack(index) => self.load_stack(*index)?,

            Insn::NewRef(value) => self.new_ref(*value)?,
            Insn::Adopt(value) | Insn::Concrete(value) => self.value(*value)?,
            Insn::Decref(value, pc) => return self.decref(*value, *pc).map(none),
            Insn::Forget(value) => return self.forget(*value).map(none),
            Insn::XDecref(value, pc) => return self.xdecref(*value, *pc).map(none),

            Insn::DecrefShared(value, exit) => return self.decref_shared(*value, *exit).map(none),

            Insn::GuardNotNull(value, exit) => {
                let checked = self.value(*value)?;
                if self.left_if_null != Some(*value) {
                    self.exit_if_zero(checked, *exit)?;
                }
                checked
            }
            Insn::GuardType(value, kind, exit) => self.guard_type(*value, *kind, *exit)?,
            Insn::GuardIs(value, address, exit) => {
                let checked = self.value(*value)?;
                let same = self.is_object(checked, *address);
                self.exit_if_zero(same, *exit)?;
                checked
            }
            Insn::GuardNative { object, definition, is_method, exit } => {
                return self.guard_native(*object, *definition, *is_method, *exit).map(none);
            }
            Insn::GuardShared(object, exit) => {
                let object = self.value(*object)?;
                let count = self.load(Heap::Refcount, types::I64, object, self.host.layout.refcnt);
                let only = self.builder.ins().icmp_imm_s(IntCC::Equal, count, 1);
                self.exit_if(only, *exit)?;
                return Ok(None);
            }
            Insn::GuardCode { object, code, exit } => self.guard_code(*object, *code, *exit)?,
            Insn::GuardGlobals(function, exit) => self.guard_globals(*function, *exit)?,
            Insn::GuardDefaults { function, least, exit } => self.guard_defaults(*function, *least, *exit)?,
            Insn::Default { function, left } => self.default_of(*function, *left)?,
            Insn::GuardBool(value, expected, exit) => {
                let condition = self.value(*value)?;
                if *expected {
                    self.exit_if_zero(condition, *exit)?
                } else {
                    self.exit_if(condition, *exit)?
                }
                return Ok(None);
            }
            Insn::NotNull(value) => self.value(*value)?,
            Insn::GuardStatus(value, exit) => {
                let status = self.value(*value)?;
                self.exit_if_negative(status, *exit)?;
                return Ok(None);
            }

            Insn::UnboxInt(value) => self.unbox_int(*value)?,
            Insn::UnboxFloat(value) => {
                let object = self.value(*value)?;
                self.load(Heap::Number, types::F64, object, self.host.layout.float_value)
            }
            Insn::UnboxReal(value, exit) => self.unbox_real(*value, *exit)?,
            Insn::UnboxBool(value) => {
                let object = self.value(*value)?;
                self.is_object(object, self.host.true_)
            }
            Insn::Box(value) => self.box_value(*value)?,

            Insn::IntBinary { op, lhs, rhs, seen, exit } => {
                let result = self.int_binary(*op, *lhs, *rhs, *exit)?;
                self.leave_unless_new(*op, (*lhs, *rhs), result, *seen, *exit)?;
                result
            }
            Insn::IntNeg(value, exit) => self.int_neg(*value, *exit)?,
            Insn::IntInvert(value) => {
                let operand = self.value(*value)?;
                self.builder.ins().bnot(operand)
            }
            Insn::FloatBinary { op, lhs, rhs, exit } => self.float_binary(*op, *lhs, *rhs, *exit)?,
            Insn::FloatAbs(value) => {
                let operand = self.value(*value)?;
                self.builder.ins().fabs(operand)
            }
            Insn::FloatCall { function, number, exit } => self.float_call(*function, *number, *exit)?,
            Insn::FloatToInt(number, exit) => self.float_to_int(*number, *exit)?,
            Insn::FloatNeg(value) => {
                let operand = self.value(*value)?;
                self.builder.ins().fneg(operand)
            }
            Insn::IntToFloat(value) => {
                let operand = self.value(*value)?;
                self.builder.ins().fcvt_from_sint(types::F64, operand)
            }
            Insn::IntCompare(op, lhs, rhs) => self.int_compare(*op, *lhs, *rhs)?,
            Insn::FloatCompare(op, lhs, rhs) => self.float_compare(*op, *lhs, *rhs)?,
            Insn::IntTruth(value) => {
                let operand = self.value(*value)?;
                self.builder.ins().icmp_imm_s(IntCC::NotEqual, operand, 0)
            }
            Insn::FloatTruth(value) => {
                let operand = self.value(*value)?;
                let zero = self.builder.ins().f64const(0.0);
                self.builder.ins().fcmp(FloatCC::NotEqual, operand, zero)
            }
            Insn::SameObject(a, b) => {
                let (a, b) = (self.value(*a)?, self.value(*b)?);
                self.builder.ins().icmp(IntCC::Equal, a, b)
            }
            Insn::HasType(value, kind) => self.has_type(*value, *kind)?,
            Insn::IsNull(value) | Insn::Not(value) => {
                let operand = self.value(*value)?;
                self.builder.ins().icmp_imm_s(IntCC::Equal, operand, 0)
            }
            Insn::StatusTruth(value) => {
                let status = self.value(*value)?;
                self.builder.ins().icmp_imm_s(IntCC::SignedGreaterThan, status, 0)
            }
            Insn::StatusFailed(value) => {
                let status = self.value(*value)?;
                self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, status, 0)
            }

            Insn::IterHasNext(iterator, kind) => self.iter_has_next(*iterator, *kind)?,
            Insn::IterTake(iterator, kind) => self.iter_take(*iterator, *kind)?,
            Insn::RangeTake(iterator) => self.range_take(*iterator)?,
            Insn::NewRange { start, stop, step, most, exit } => {
                self.new_range([*start, *stop, *step], *most, *exit)?
            }
            Insn::EnumerateIndex => self.enumerate_index(),
            Insn::GuardArray(array, element, exit) => self.guard_array(*array, *element, *exit)?,
            Insn::ArrayLoad { element, array, index, exit } => {
                self.array_load(*element, *array, *index, *exit)?
            }
            Insn::ArrayStore { element, array, index, value, exit } => {
                self.array_store(*element, *array, *index, *value, *exit)?;
                return Ok(None);
            }
            Insn::SequenceItem { kind, container, index, exit } => {
                self.sequence_item(*kind, *container, *index, *exit)?
            }
            Insn::SequenceAt { kind, container, index } => self.sequence_at(*kind, *container, *index)?,
            Insn::ListStore { list, index, value, exit } => self.list_store(*list, *index, *value, *exit)?,
            Insn::StringItem { kind, string, index, exit } => {
                self.string_item(*kind, *string, *index, *exit)?
            }
            Insn::ByteItem { bytes, index, exit } => self.byte_item(*bytes, *index, *exit)?,
            Insn::StringEqual(a, b) => self.string_equal(*a, *b)?,
            Insn::ListPush { list, value, exit } => return self.list_push(*list, *value, *exit).map(none),
            Insn::ListTake(list) => self.list_take(*list)?,
            Insn::Length { kind, container, exit } => self.length(*kind, *container, *exit)?,
            Insn::CodeOf(string, exit) => self.code_of(*string, *exit)?,
            Insn::CharacterOf(code, exit) => self.character_of(*code, *exit)?,
            Insn::SequenceLen(container) => {
                let container = self.value(*container)?;
                self.load(Heap::Sequence, types::I64, container, self.host.layout.ob_size)
            }

            Insn::FindAttribute { site, object } => self.find_attribute(*site, *object)?,
            Insn::SwapAttribute { site, object, value } => self.swap_attribute(*site, *object, *value)?,
            Insn::CellContent(slot) => self.cell_content(*slot)?,
            Insn::FindGlobal(site) => self.find_global(*site)?,
            Insn::TypeOf(value) => {
                let object = self.value(*value)?;
                self.load(Heap::Type, types::I64, object, self.host.layout.ob_type)
            }
            Insn::ClassOf(object) => self.class_of(*object)?,
            Insn::ReceiverOf(function) => {
                let function = self.value(*function)?;
                self.load(Heap::World, types::I64, function, self.host.natives.receiver)
            }
            Insn::Call { helper: Helper::LoadDeref, args: _, immediates, pc } => {
                self.load_deref(immediates, *pc)?
            }
            Insn::Call { helper: Helper::NextOfGenerator, args, pc, .. } => {
                self.next_of_generator(args[0], *pc)?
            }
            Insn::Call { helper, args, immediates, pc } => {
                self.call_helper(*helper, args, immediates, *pc)?
            }
            Insn::CallStack { helper: Helper::BuildTuple, base, operands, pc, .. } => {
                self.build_tuple(*base, operands, *pc)?
            }
            Insn::CallStack { helper, base, operands, immediate, pc } => {
                self.call_stack_helper(*helper, *base, operands, *immediate, *pc)?
            }
            Insn::CallFunction { function, base, args, callee, is_certain, helper, pc } => {
                let kind = CallKind { is_certain: *is_certain, helper: *helper };
                self.call_function((*function, args), *base, *callee, kind, *pc)?
            }
            Insn::CallMethod { callable, base, operands, immediate, pc } => {
                self.call_method(*callable, *base, operands, *immediate, *pc)?
            }
            Insn::PeriodicDue => self.periodic_due(),
            Insn::CountBytecode => return self.count_bytecode().map(none),
            Insn::CheckUnshared(exit) => {
                let count = self.load(Heap::Refcount, types::I64, self.frame, self.host.layout.refcnt);
                let shared = self.builder.ins().icmp_imm_s(IntCC::NotEqual, count, 1);
                self.exit_if(shared, *exit)?;
                return Ok(None);
            }
            Insn::CheckTracing(exit) => {
                let offset = self.host.layout.thread_use_tracing;
                let tracing = self.load(Heap::Cell, types::I32, self.thread, offset);
                self.exit_if(tracing, *exit)?;
                return Ok(None);
            }
            Insn::CountRun(counter) => {
                let counter = self.address(*counter);
                self.add_to_word(Heap::Cell, counter, 0, 1);
                return Ok(None);
            }
            Insn::CheckCalls { frames, exit } => return self.check_calls(*frames, *exit).map(none),
            Insn::CheckValid(exit) => {
                self.count_turn(*exit)?;
                if self.valid_flag != 0 {
                    let flag = self.address(self.valid_flag);
                    let valid = self.load(Heap::Cell, types::I8, flag, 0);
                    self.exit_if_zero(valid, *exit)?;
                }
                self.note_turn(*exit);
                return Ok(None);
            }

            Insn::StressExit { counter, interval, exit } => {
                return self.stress_exit(*counter, *interval, *exit).map(none);
            }
            Insn::StressInvalidate { counter, interval } => {
                self.stress_invalidate(*counter, *interval);
                return Ok(None);
            }

            Insn::Jump(edge) => {
                let (block, args) = self.edge(edge)?;
                self.builder.ins().jump(block, &args);
                return Ok(None);
            }
            Insn::Branch { condition, then, otherwise } => {
                let condition = self.value(*condition)?;
                let (then, then_args) = self.edge(then)?;
                let (otherwise, otherwise_args) = self.edge(otherwise)?;
                self.builder.ins().brif(condition, then, &then_args, otherwise, &otherwise_args);
                return Ok(None);
            }
            Insn::Return(value, pc) => return self.return_object(*value, *pc).map(none),
            Insn::Exit(exit) => {
                if self.yield_without_exit(*exit)? {
                    return Ok(None);
                }
                let stub = self.exit_stub(*exit)?;
                self.builder.ins().jump(stub, &[]);
                return Ok(None);
            }
        };
        Ok(Some(result))
    }

    /// Counts a jump backwards, if they are counted.
    fn count_turn(&mut self, exit: SideExit) -> Result<()> {
        if self.turns == 0 || self.host.reconsider == 0 {
            return Ok(());
        }
        let turns = self.address(self.turns);
        let left = self.load(Heap::Cell, types::I32, turns, 0);
        let left = self.builder.ins().iadd_imm_s(left, -1);
        self.store(Heap::Cell, left, turns, 0);
        let due = self.cold_block();
        let next = self.builder.create_block();
        let is_due = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        self.builder.ins().brif(is_due, due, &[], next, &[]);
        self.builder.switch_to_block(due);
        let turns = self.address(self.turns);
        let anew = self.builder.ins().iconst(types::I32, i64::from(TURNS));
        self.store(Heap::Cell, anew, turns, 0);
        let header = self.int(self.function.state(exit.state).pc.into());
        self.call(self.host.reconsider, &[self.frame, header], None)?;
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(next);
        Ok(())
    }

    /// The value of a constant Int.
    pub fn constant_int(&self, id: ValueId) -> Option<i64> {
        match *self.function.insn(id) {
            Insn::Int(value) => Some(value),
            _ => None,
        }
    }

    /// What is known of a value's kind.
    pub fn kind(&self, id: ValueId) -> Type {
        self.function.value(id).ty.kinds()
    }
}

/// For instructions without a result.
fn none((): ()) -> Option<ir::Value> {
    None
}
