//! What a function is lowered to for the emitter: simple instructions on values that are assigned once, in
//! blocks.

/// A value, by the order of definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(pub u32);

/// A block, by the order in which they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Block(pub u32);

/// The type of a value. What is smaller than a register has zeros above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    /// A byte, or a truth value.
    I8,
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
    /// A double.
    F64,
}

/// Operations on two ints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    ShiftLeft,
    /// Keeping the sign.
    ShiftRight,
    /// Truncating; the divisor is not zero, and the quotient no overflow.
    Divide,
    /// The lesser as unsigned numbers.
    UnsignedMin,
}

/// Arithmetic on ints that says whether it overflowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Add,
    Sub,
    Mul,
}

/// Arithmetic on doubles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    Add,
    Sub,
    Mul,
    Div,
}

/// Comparisons of ints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// Below this, of unsigned numbers.
    Below,
    BelowOrEqual,
    Above,
    AboveOrEqual,
}

/// Comparisons of doubles: false where one is no number, but for `NotEqual`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatOrder {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Some of [`Linear::operands`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub start: u32,
    /// How many.
    pub count: u32,
}

/// An instruction. `to` is the value that it defines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Inst {
    /// The bits of a number.
    Const {
        to: Value,
        bits: i64,
    },
    Load {
        to: Value,
        base: Value,
        offset: i32,
    },
    Store {
        value: Value,
        base: Value,
        offset: i32,
    },
    Binary {
        op: Binary,
        to: Value,
        a: Value,
        b: Value,
    },
    BinaryNumber {
        op: Binary,
        to: Value,
        a: Value,
        number: i64,
    },
    /// The second value is the overflow.
    Checked {
        op: Checked,
        to: Value,
        overflow: Value,
        a: Value,
        b: Value,
    },
    Negate {
        to: Value,
        a: Value,
    },
    Complement {
        to: Value,
        a: Value,
    },
    Compare {
        order: Order,
        to: Value,
        a: Value,
        b: Value,
    },
    CompareNumber {
        order: Order,
        to: Value,
        a: Value,
        number: i64,
    },
    Float {
        op: Float,
        to: Value,
        a: Value,
        b: Value,
    },
    FloatNegate {
        to: Value,
        a: Value,
    },
    FloatMagnitude {
        to: Value,
        a: Value,
    },
    SquareRoot {
        to: Value,
        a: Value,
    },
    /// Truncating, of one that is not too large.
    IntOfFloat {
        to: Value,
        a: Value,
    },
    FloatCompare {
        order: FloatOrder,
        to: Value,
        a: Value,
        b: Value,
    },
    FloatOfInt {
        to: Value,
        a: Value,
    },
    /// The same bits, as another type: more of them are zeros, fewer are dropped.
    Resize {
        to: Value,
        a: Value,
    },
    Select {
        to: Value,
        condition: Value,
        a: Value,
        b: Value,
    },
    /// An address in what [`Linear::stack_bytes`] reserves.
    StackAddress {
        to: Value,
        offset: i32,
    },
    Call {
        to: Option<Value>,
        address: usize,
        arguments: Range,
    },
    Jump {
        block: Block,
        arguments: Range,
    },
    Branch {
        condition: Value,
        then: Block,
        then_arguments: Range,
        otherwise: Block,
        otherwise_arguments: Range,
    },
    /// To the block with this number among these, which are values in name only; to the first if there is
    /// none.
    Switch {
        index: Value,
        blocks: Range,
    },
    Return {
        value: Value,
    },
}

/// A block.
#[derive(Clone, Debug, Default)]
pub struct BlockData {
    /// What it is entered with.
    pub parameters: Vec<Value>,
    /// Its instructions: from here, up to there.
    pub insts: (u32, u32),
    /// Seldom reached.
    pub is_cold: bool,
}

/// A function under construction.
#[derive(Default)]
pub struct Linear {
    /// Block by block, in the order in which these were filled.
    pub insts: Vec<Inst>,
    /// By number.
    pub blocks: Vec<BlockData>,
    /// The blocks in the order in which they were filled.
    pub order: Vec<Block>,
    /// Of how many of them the code proper consists: what comes after are exits. All of them until there are
    /// any.
    pub exits_from: Option<usize>,
    /// By value.
    pub types: Vec<Ty>,
    /// Arguments of calls and jumps.
    pub operands: Vec<Value>,
    /// Bytes that the function has for itself.
    pub stack_bytes: u32,
    /// From which instruction on the code is of which bytecode.
    pub places: Vec<(u32, Option<u32>)>,
}

impl Linear {
    /// A new value of this type.
    pub fn value(&mut self, ty: Ty) -> Value {
        self.types.push(ty);
        Value(self.types.len() as u32 - 1)
    }

    /// A new block.
    pub fn block(&mut self) -> Block {
        self.blocks.push(BlockData::default());
        Block(self.blocks.len() as u32 - 1)
    }

    /// A new parameter of a block.
    pub fn parameter(&mut self, block: Block, ty: Ty) -> Value {
        let value = self.value(ty);
        self.blocks[block.0 as usize].parameters.push(value);
        value
    }

    /// What follows goes into this block, which is empty.
    pub fn begin(&mut self, block: Block) {
        let at = self.insts.len() as u32;
        self.blocks[block.0 as usize].insts = (at, at);
        self.order.push(block);
    }

    /// Adds an instruction to the block that was begun last.
    pub fn push(&mut self, inst: Inst) {
        self.insts.push(inst);
        if let Some(&block) = self.order.last() {
            self.blocks[block.0 as usize].insts.1 = self.insts.len() as u32;
        }
    }

    /// Keeps operands.
    pub fn range(&mut self, values: impl IntoIterator<Item = Value>) -> Range {
        let start = self.operands.len() as u32;
        self.operands.extend(values);
        Range { start, count: self.operands.len() as u32 - start }
    }

    /// Those operands.
    pub fn in_range(&self, range: Range) -> &[Value] {
        &self.operands[range.start as usize..(range.start + range.count) as usize]
    }

    /// What follows is of this bytecode, or of none.
    pub fn place(&mut self, pc: Option<u32>) {
        self.places.push((self.insts.len() as u32, pc));
    }
}

/// For dumps.
impl std::fmt::Display for Linear {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for block in &self.order {
            let data = &self.blocks[block.0 as usize];
            writeln!(f, "{block:?}{:?}{}:", data.parameters, if data.is_cold { " cold" } else { "" })?;
            for inst in &self.insts[data.insts.0 as usize..data.insts.1 as usize] {
                write!(f, "    {inst:?}")?;
                if let Inst::Call { arguments, .. } | Inst::Jump { arguments, .. } = *inst {
                    write!(f, " {:?}", self.in_range(arguments))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

impl Inst {
    /// The values that it defines.
    pub fn defines(&self) -> [Option<Value>; 2] {
        match *self {
            Inst::Const { to, .. }
            | Inst::Load { to, .. }
            | Inst::Binary { to, .. }
            | Inst::BinaryNumber { to, .. }
            | Inst::Negate { to, .. }
            | Inst::Complement { to, .. }
            | Inst::Compare { to, .. }
            | Inst::CompareNumber { to, .. }
            | Inst::Float { to, .. }
            | Inst::FloatNegate { to, .. }
            | Inst::FloatMagnitude { to, .. }
            | Inst::SquareRoot { to, .. }
            | Inst::IntOfFloat { to, .. }
            | Inst::FloatCompare { to, .. }
            | Inst::FloatOfInt { to, .. }
            | Inst::Resize { to, .. }
            | Inst::Select { to, .. }
            | Inst::StackAddress { to, .. } => [Some(to), None],
            Inst::Checked { to, overflow, .. } => [Some(to), Some(overflow)],
            Inst::Call { to, .. } => [to, None],
            Inst::Store { .. }
            | Inst::Jump { .. }
            | Inst::Branch { .. }
            | Inst::Switch { .. }
            | Inst::Return { .. } => [None, None],
        }
    }

    /// Visits the values that it uses, in a function.
    pub fn each_use(&self, function: &Linear, mut visit: impl FnMut(Value)) {
        match *self {
            Inst::Const { .. } | Inst::StackAddress { .. } => {}
            Inst::Load { base, .. } => visit(base),
            Inst::Store { value, base, .. } => {
                visit(value);
                visit(base);
            }
            Inst::Binary { a, b, .. }
            | Inst::Checked { a, b, .. }
            | Inst::Compare { a, b, .. }
            | Inst::Float { a, b, .. }
            | Inst::FloatCompare { a, b, .. } => {
                visit(a);
                visit(b);
            }
            Inst::BinaryNumber { a, .. }
            | Inst::CompareNumber { a, .. }
            | Inst::Negate { a, .. }
            | Inst::Complement { a, .. }
            | Inst::FloatNegate { a, .. }
            | Inst::FloatMagnitude { a, .. }
            | Inst::SquareRoot { a, .. }
            | Inst::IntOfFloat { a, .. }
            | Inst::FloatOfInt { a, .. }
            | Inst::Resize { a, .. } => visit(a),
            Inst::Select { condition, a, b, .. } => {
                visit(condition);
                visit(a);
                visit(b);
            }
            Inst::Call { arguments, .. } | Inst::Jump { arguments, .. } => {
                function.in_range(arguments).iter().copied().for_each(visit);
            }
            Inst::Branch { condition, then_arguments, otherwise_arguments, .. } => {
                visit(condition);
                function.in_range(then_arguments).iter().copied().for_each(&mut visit);
                function.in_range(otherwise_arguments).iter().copied().for_each(&mut visit);
            }
            Inst::Switch { index, .. } => visit(index),
            Inst::Return { value } => visit(value),
        }
    }

    /// Visits the blocks that it goes to, in a function.
    pub fn each_target(&self, function: &Linear, mut visit: impl FnMut(Block)) {
        match *self {
            Inst::Jump { block, .. } => visit(block),
            Inst::Branch { then, otherwise, .. } => {
                visit(then);
                visit(otherwise);
            }
            Inst::Switch { blocks, .. } => {
                function.in_range(blocks).iter().for_each(|block| visit(Block(block.0)));
            }
            _ => {}
        }
    }

    /// Whether it can be left out where nobody uses what it defines.
    pub fn is_pure(&self) -> bool {
        !matches!(
            self,
            Inst::Store { .. }
                | Inst::Call { .. }
                | Inst::Jump { .. }
                | Inst::Branch { .. }
                | Inst::Switch { .. }
                | Inst::Return { .. }
        )
    }
}
