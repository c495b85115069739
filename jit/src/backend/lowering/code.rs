//! What HIR is lowered to: the IR of Cranelift, or the instructions of the baseline, by the same calls.

use crate::backend::baseline::linear::{
    Binary, Block, Checked, Float, FloatOrder, Inst, Linear, Order, Ty, Value,
};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{
    self, AbiParam, BlockArg, InstBuilder, JumpTableData, StackSlotData, StackSlotKind, types,
};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::FunctionBuilder;
use rustc_hash::FxHashMap;

/// A function under construction, which takes instructions for the block it was switched to.
pub(in crate::backend) enum Code<'a> {
    /// In Cranelift's IR.
    Clif(Clif<'a>),
    /// For the baseline; values and blocks have the same numbers.
    Linear(Box<Linear>),
}

/// A C signature: types of the parameters and of the result.
type CallShape = (Vec<ir::Type>, Option<ir::Type>);

/// With what Cranelift's IR is built.
pub(in crate::backend) struct Clif<'a> {
    builder: FunctionBuilder<'a>,
    signatures: FxHashMap<CallShape, ir::SigRef>,
    slots: Vec<ir::StackSlot>,
}

/// Memory that the function has for itself.
#[derive(Clone, Copy)]
pub(in crate::backend) struct StackMemory(u32);

/// Adds one instruction.
pub(in crate::backend) struct Ins<'c, 'a>(&'c mut Code<'a>);

fn value(value: ir::Value) -> Value {
    Value(value.as_u32())
}

fn from(value: Value) -> ir::Value {
    ir::Value::from_u32(value.0)
}

fn block(block: ir::Block) -> Block {
    Block(block.as_u32())
}

fn ty(ty: ir::Type) -> Ty {
    match ty {
        types::I8 => Ty::I8,
        types::I32 => Ty::I32,
        types::F64 => Ty::F64,
        _ => Ty::I64,
    }
}

fn order(condition: IntCC) -> Order {
    match condition {
        IntCC::Equal => Order::Equal,
        IntCC::NotEqual => Order::NotEqual,
        IntCC::SignedLessThan => Order::Less,
        IntCC::SignedLessThanOrEqual => Order::LessOrEqual,
        IntCC::SignedGreaterThan => Order::Greater,
        IntCC::SignedGreaterThanOrEqual => Order::GreaterOrEqual,
        IntCC::UnsignedLessThan => Order::Below,
        IntCC::UnsignedLessThanOrEqual => Order::BelowOrEqual,
        IntCC::UnsignedGreaterThan => Order::Above,
        IntCC::UnsignedGreaterThanOrEqual => Order::AboveOrEqual,
    }
}

/// Those that lowering uses.
fn float_order(condition: FloatCC) -> FloatOrder {
    match condition {
        FloatCC::Equal => FloatOrder::Equal,
        FloatCC::LessThan => FloatOrder::Less,
        FloatCC::LessThanOrEqual => FloatOrder::LessOrEqual,
        FloatCC::GreaterThan => FloatOrder::Greater,
        FloatCC::GreaterThanOrEqual => FloatOrder::GreaterOrEqual,
        _ => FloatOrder::NotEqual,
    }
}

impl Clif<'_> {
    /// Calls what is at an address; its result if it has one of this type.
    fn call(
        &mut self,
        callee: ir::Value,
        arguments: &[ir::Value],
        result: Option<ir::Type>,
    ) -> Option<ir::Value> {
        let Clif { builder, signatures, .. } = self;
        let convention = builder.func.signature.call_conv;
        let parameters: Vec<ir::Type> =
            arguments.iter().map(|&argument| builder.func.dfg.value_type(argument)).collect();
        let shape = (parameters, result);
        let signature = match signatures.get(&shape) {
            Some(&known) => known,
            None => {
                let mut signature = ir::Signature::new(convention);
                signature.params = shape.0.iter().map(|&ty| AbiParam::new(ty)).collect();
                signature.returns = shape.1.iter().map(|&ty| AbiParam::new(ty)).collect();
                let known = builder.import_signature(signature);
                signatures.insert(shape, known);
                known
            }
        };
        let call = builder.ins().call_indirect(signature, callee, arguments);
        builder.inst_results(call).first().copied()
    }
}

impl<'a> Code<'a> {
    /// In Cranelift's IR, by this builder.
    pub fn clif(builder: FunctionBuilder<'a>) -> Code<'a> {
        Code::Clif(Clif { builder, signatures: FxHashMap::default(), slots: Vec::new() })
    }

    /// For the baseline.
    pub fn linear() -> Code<'a> {
        Code::Linear(Box::default())
    }

    /// Begins the first block; the four parameters of compiled code.
    pub fn begin(&mut self) -> [ir::Value; 4] {
        let prologue = self.create_block();
        match self {
            Code::Clif(clif) => clif.builder.append_block_params_for_function_params(prologue),
            Code::Linear(linear) => {
                for _ in 0..4 {
                    linear.parameter(block(prologue), Ty::I64);
                }
            }
        }
        self.switch_to_block(prologue);
        [0, 1, 2, 3].map(|index| self.block_params(prologue)[index])
    }

    /// A new block.
    pub fn create_block(&mut self) -> ir::Block {
        match self {
            Code::Clif(clif) => clif.builder.create_block(),
            Code::Linear(linear) => ir::Block::from_u32(linear.block().0),
        }
    }

    /// Says that a block is seldom reached.
    pub fn set_cold_block(&mut self, cold: ir::Block) {
        match self {
            Code::Clif(clif) => clif.builder.set_cold_block(cold),
            Code::Linear(linear) => linear.blocks[cold.as_u32() as usize].is_cold = true,
        }
    }

    /// What follows goes into this block. It is filled once.
    pub fn switch_to_block(&mut self, to: ir::Block) {
        match self {
            Code::Clif(clif) => clif.builder.switch_to_block(to),
            Code::Linear(linear) => linear.begin(block(to)),
        }
    }

    /// A new parameter of a block.
    pub fn append_block_param(&mut self, of: ir::Block, of_type: ir::Type) -> ir::Value {
        match self {
            Code::Clif(clif) => clif.builder.append_block_param(of, of_type),
            Code::Linear(linear) => from(linear.parameter(block(of), ty(of_type))),
        }
    }

    /// The parameters of a block.
    pub fn block_params(&self, of: ir::Block) -> Vec<ir::Value> {
        match self {
            Code::Clif(clif) => clif.builder.block_params(of).to_vec(),
            Code::Linear(linear) => {
                linear.blocks[of.as_u32() as usize].parameters.iter().copied().map(from).collect()
            }
        }
    }

    /// What follows is made from this bytecode, or from none in particular.
    pub fn place(&mut self, pc: Option<u32>) {
        match self {
            Code::Clif(clif) => clif.builder.set_srcloc(super::positions::location(pc)),
            Code::Linear(linear) => linear.place(pc),
        }
    }

    /// The blocks that are begun from here on are those of exits.
    pub fn begin_exits(&mut self) {
        match self {
            Code::Clif(_) => {}
            Code::Linear(linear) => linear.exits_from = Some(linear.order.len()),
        }
    }

    /// So many words that the function has for itself.
    pub fn reserve(&mut self, words: u32) -> StackMemory {
        match self {
            Code::Clif(clif) => {
                let data = StackSlotData::new(StackSlotKind::ExplicitSlot, words * 8, 3);
                clif.slots.push(clif.builder.create_sized_stack_slot(data));
                StackMemory(clif.slots.len() as u32 - 1)
            }
            Code::Linear(linear) => {
                linear.stack_bytes += words * 8;
                StackMemory(linear.stack_bytes - words * 8)
            }
        }
    }

    /// Goes to the block with this number, to the first if there is none.
    pub fn switch(&mut self, index: ir::Value, blocks: &[ir::Block]) {
        match self {
            Code::Clif(clif) => {
                let pool = &mut clif.builder.func.dfg.value_lists;
                let mut call = |block| ir::BlockCall::new(block, std::iter::empty(), pool);
                let table: Vec<_> = blocks.iter().map(|&block| call(block)).collect();
                let Some(&first) = table.first() else { return };
                let table = JumpTableData::new(first, &table);
                let table = clif.builder.create_jump_table(table);
                let index = clif.builder.ins().ireduce(types::I32, index);
                clif.builder.ins().br_table(index, table);
            }
            Code::Linear(linear) => {
                let blocks = linear.range(blocks.iter().map(|block| Value(block.as_u32())));
                linear.push(Inst::Switch { index: value(index), blocks });
            }
        }
    }

    /// Calls a C function; its result if it has one of this type.
    pub fn call(
        &mut self,
        address: usize,
        arguments: &[ir::Value],
        result: Option<ir::Type>,
    ) -> Option<ir::Value> {
        match self {
            Code::Clif(clif) => {
                let callee = clif.builder.ins().iconst(types::I64, address as i64);
                clif.call(callee, arguments, result)
            }
            Code::Linear(linear) => {
                let arguments = linear.range(arguments.iter().copied().map(value));
                let to = result.map(|result| linear.value(ty(result)));
                linear.push(Inst::Call { to, address, arguments });
                to.map(from)
            }
        }
    }

    /// Whether it can call what a value points to.
    pub fn can_call_pointers(&self) -> bool {
        matches!(self, Code::Clif(_))
    }

    /// Calls what a value points to; its result. Only where that [can be](Code::can_call_pointers).
    pub fn call_pointer(
        &mut self,
        callee: ir::Value,
        arguments: &[ir::Value],
        result: ir::Type,
    ) -> Option<ir::Value> {
        match self {
            Code::Clif(clif) => clif.call(callee, arguments, Some(result)),
            Code::Linear(_) => None,
        }
    }

    /// Adds an instruction to the block it was switched to.
    pub fn ins(&mut self) -> Ins<'_, 'a> {
        Ins(self)
    }

    /// All blocks are filled; what was built for the baseline.
    pub fn finish(self, target: TargetFrontendConfig) -> Option<Box<Linear>> {
        match self {
            Code::Clif(Clif { mut builder, .. }) => {
                builder.seal_all_blocks();
                builder.finalize(target);
                None
            }
            Code::Linear(linear) => Some(linear),
        }
    }
}

/// Instructions with one result that both know, by what the baseline makes of them.
macro_rules! instructions {
    ($($name:ident($($operand:ident: $of:ty),*) = |$linear:ident| $build:expr;)*) => {
        impl Ins<'_, '_> {
            $(pub fn $name(self, $($operand: $of),*) -> ir::Value {
                match self.0 {
                    Code::Clif(clif) => clif.builder.ins().$name($($operand),*),
                    Code::Linear($linear) => from($build),
                }
            })*
        }
    };
}

fn binary(linear: &mut Linear, op: Binary, a: ir::Value, b: ir::Value) -> Value {
    let (a, b) = (value(a), value(b));
    let to = linear.value(linear.types[a.0 as usize]);
    linear.push(Inst::Binary { op, to, a, b });
    to
}

fn binary_number(linear: &mut Linear, op: Binary, a: ir::Value, number: i64) -> Value {
    let a = value(a);
    let to = linear.value(linear.types[a.0 as usize]);
    linear.push(Inst::BinaryNumber { op, to, a, number });
    to
}

fn float(linear: &mut Linear, op: Float, a: ir::Value, b: ir::Value) -> Value {
    let to = linear.value(Ty::F64);
    linear.push(Inst::Float { op, to, a: value(a), b: value(b) });
    to
}

fn compare_number(linear: &mut Linear, condition: IntCC, a: ir::Value, number: i64) -> Value {
    let to = linear.value(Ty::I8);
    linear.push(Inst::CompareNumber { order: order(condition), to, a: value(a), number });
    to
}

fn constant(linear: &mut Linear, of: Ty, bits: i64) -> Value {
    let to = linear.value(of);
    linear.push(Inst::Const { to, bits });
    to
}

/// An instruction with one operand, and a result of this type.
fn unary(linear: &mut Linear, of: Ty, a: ir::Value, build: fn(Value, Value) -> Inst) -> Value {
    let to = linear.value(of);
    linear.push(build(to, value(a)));
    to
}

instructions! {
    iconst(of: ir::Type, number: i64) = |linear| constant(linear, ty(of), number);
    iadd(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::Add, a, b);
    isub(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::Sub, a, b);
    imul(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::Mul, a, b);
    band(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::And, a, b);
    bor(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::Or, a, b);
    bxor(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::Xor, a, b);
    ishl(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::ShiftLeft, a, b);
    sshr(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::ShiftRight, a, b);
    sdiv(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::Divide, a, b);
    umin(a: ir::Value, b: ir::Value) = |linear| binary(linear, Binary::UnsignedMin, a, b);
    iadd_imm_s(a: ir::Value, number: i64) = |linear| binary_number(linear, Binary::Add, a, number);
    imul_imm_s(a: ir::Value, number: i64) = |linear| binary_number(linear, Binary::Mul, a, number);
    band_imm_s(a: ir::Value, number: i64) = |linear| binary_number(linear, Binary::And, a, number);
    band_imm_u(a: ir::Value, number: i64) = |linear| binary_number(linear, Binary::And, a, number);
    ishl_imm_u(a: ir::Value, number: i64) = |linear| binary_number(linear, Binary::ShiftLeft, a, number);
    sshr_imm_u(a: ir::Value, number: i64) = |linear| binary_number(linear, Binary::ShiftRight, a, number);
    icmp_imm_s(condition: IntCC, a: ir::Value, number: i64) = |linear| compare_number(linear, condition, a, number);
    icmp_imm_u(condition: IntCC, a: ir::Value, number: i64) = |linear| compare_number(linear, condition, a, number);
    icmp(condition: IntCC, a: ir::Value, b: ir::Value) = |linear| {
        let to = linear.value(Ty::I8);
        linear.push(Inst::Compare { order: order(condition), to, a: value(a), b: value(b) });
        to
    };
    fcmp(condition: FloatCC, a: ir::Value, b: ir::Value) = |linear| {
        let to = linear.value(Ty::I8);
        linear.push(Inst::FloatCompare { order: float_order(condition), to, a: value(a), b: value(b) });
        to
    };
    fadd(a: ir::Value, b: ir::Value) = |linear| float(linear, Float::Add, a, b);
    fsub(a: ir::Value, b: ir::Value) = |linear| float(linear, Float::Sub, a, b);
    fmul(a: ir::Value, b: ir::Value) = |linear| float(linear, Float::Mul, a, b);
    fdiv(a: ir::Value, b: ir::Value) = |linear| float(linear, Float::Div, a, b);
    ineg(a: ir::Value) = |linear| unary(linear, Ty::I64, a, |to, a| Inst::Negate { to, a });
    bnot(a: ir::Value) = |linear| unary(linear, Ty::I64, a, |to, a| Inst::Complement { to, a });
    fneg(a: ir::Value) = |linear| unary(linear, Ty::F64, a, |to, a| Inst::FloatNegate { to, a });
    fabs(a: ir::Value) = |linear| unary(linear, Ty::F64, a, |to, a| Inst::FloatMagnitude { to, a });
    sqrt(a: ir::Value) = |linear| unary(linear, Ty::F64, a, |to, a| Inst::SquareRoot { to, a });
    fcvt_to_sint_sat(of: ir::Type, a: ir::Value) = |linear| {
        unary(linear, ty(of), a, |to, a| Inst::IntOfFloat { to, a })
    };
    fcvt_from_sint(of: ir::Type, a: ir::Value) = |linear| {
        unary(linear, ty(of), a, |to, a| Inst::FloatOfInt { to, a })
    };
    ireduce(of: ir::Type, a: ir::Value) = |linear| unary(linear, ty(of), a, |to, a| Inst::Resize { to, a });
    uextend(of: ir::Type, a: ir::Value) = |linear| unary(linear, ty(of), a, |to, a| Inst::Resize { to, a });
    select(condition: ir::Value, a: ir::Value, b: ir::Value) = |linear| {
        let to = linear.value(linear.types[a.as_u32() as usize]);
        linear.push(Inst::Select { to, condition: value(condition), a: value(a), b: value(b) });
        to
    };
}

impl Ins<'_, '_> {
    pub fn f64const(self, number: f64) -> ir::Value {
        match self.0 {
            Code::Clif(clif) => clif.builder.ins().f64const(number),
            Code::Linear(linear) => from(constant(linear, Ty::F64, number.to_bits() as i64)),
        }
    }

    pub fn load(self, of: ir::Type, flags: ir::MemFlagsData, base: ir::Value, offset: i32) -> ir::Value {
        match self.0 {
            Code::Clif(clif) => clif.builder.ins().load(of, flags, base, offset),
            Code::Linear(linear) => {
                let to = linear.value(ty(of));
                linear.push(Inst::Load { to, base: value(base), offset });
                from(to)
            }
        }
    }

    pub fn atomic_load(self, of: ir::Type, flags: ir::MemFlagsData, base: ir::Value) -> ir::Value {
        match self.0 {
            Code::Clif(clif) => clif.builder.ins().atomic_load(of, flags, base),
            // Nothing is reordered or left out there.
            Code::Linear(_) => self.load(of, flags, base, 0),
        }
    }

    pub fn store(self, flags: ir::MemFlagsData, stored: ir::Value, base: ir::Value, offset: i32) {
        match self.0 {
            Code::Clif(clif) => {
                clif.builder.ins().store(flags, stored, base, offset);
            }
            Code::Linear(linear) => {
                linear.push(Inst::Store { value: value(stored), base: value(base), offset });
            }
        }
    }

    pub fn stack_addr(self, of: ir::Type, memory: StackMemory, offset: i32) -> ir::Value {
        match self.0 {
            Code::Clif(clif) => clif.builder.ins().stack_addr(of, clif.slots[memory.0 as usize], offset),
            Code::Linear(linear) => {
                let to = linear.value(ty(of));
                linear.push(Inst::StackAddress { to, offset: memory.0 as i32 + offset });
                from(to)
            }
        }
    }

    /// The result, and whether it overflowed.
    fn checked(self, op: Checked, a: ir::Value, b: ir::Value) -> (ir::Value, ir::Value) {
        match self.0 {
            Code::Clif(clif) => match op {
                Checked::Add => clif.builder.ins().sadd_overflow(a, b),
                Checked::Sub => clif.builder.ins().ssub_overflow(a, b),
                Checked::Mul => clif.builder.ins().smul_overflow(a, b),
            },
            Code::Linear(linear) => {
                let (to, overflow) = (linear.value(Ty::I64), linear.value(Ty::I8));
                linear.push(Inst::Checked { op, to, overflow, a: value(a), b: value(b) });
                (from(to), from(overflow))
            }
        }
    }

    pub fn sadd_overflow(self, a: ir::Value, b: ir::Value) -> (ir::Value, ir::Value) {
        self.checked(Checked::Add, a, b)
    }

    pub fn ssub_overflow(self, a: ir::Value, b: ir::Value) -> (ir::Value, ir::Value) {
        self.checked(Checked::Sub, a, b)
    }

    pub fn smul_overflow(self, a: ir::Value, b: ir::Value) -> (ir::Value, ir::Value) {
        self.checked(Checked::Mul, a, b)
    }

    pub fn jump(self, to: ir::Block, arguments: &[BlockArg]) {
        match self.0 {
            Code::Clif(clif) => {
                clif.builder.ins().jump(to, arguments);
            }
            Code::Linear(linear) => {
                let arguments = linear.range(values(arguments));
                linear.push(Inst::Jump { block: block(to), arguments });
            }
        }
    }

    pub fn brif(
        self,
        condition: ir::Value,
        then: ir::Block,
        then_arguments: &[BlockArg],
        otherwise: ir::Block,
        otherwise_arguments: &[BlockArg],
    ) {
        match self.0 {
            Code::Clif(clif) => {
                clif.builder.ins().brif(condition, then, then_arguments, otherwise, otherwise_arguments);
            }
            Code::Linear(linear) => {
                let then_arguments = linear.range(values(then_arguments));
                let otherwise_arguments = linear.range(values(otherwise_arguments));
                linear.push(Inst::Branch {
                    condition: value(condition),
                    then: block(then),
                    then_arguments,
                    otherwise: block(otherwise),
                    otherwise_arguments,
                });
            }
        }
    }

    pub fn return_(self, results: &[ir::Value]) {
        match self.0 {
            Code::Clif(clif) => {
                clif.builder.ins().return_(results);
            }
            Code::Linear(linear) => {
                for &result in results {
                    linear.push(Inst::Return { value: value(result) });
                }
            }
        }
    }
}

/// Arguments of blocks that are values: all that lowering has.
fn values(arguments: &[BlockArg]) -> impl Iterator<Item = Value> + '_ {
    arguments.iter().filter_map(|argument| match argument {
        BlockArg::Value(argument) => Some(value(*argument)),
        BlockArg::TryCallRet(_) | BlockArg::TryCallExn(_) => None,
    })
}
