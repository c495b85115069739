//! Writes HIR.

use super::super::attribute::{Binding, GlobalPlace, Place};
use super::super::element::Element;
use super::super::frame_state::{FrameBlock, FrameState, Inlined, Lacks, PC_IN_FRAME, Resume};
use super::super::function::{Block, Function, InlinedCode, Value};
use super::super::helper::Helper;
use super::super::insn::{BlockId, Edge, Insn, Seen, SideExit, StateId, ValueId};
use super::super::types::{Repr, Type};
use crate::bytecode::{BinaryOp, BlockKind, CompareOp};
use std::fmt::{self, Display, Formatter, Write as _};

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} locals", self.name, self.locals)?;
        write_addresses(f, "tracked", &self.tracked)?;
        write_addresses(f, "unique", &self.unique)?;
        for (index, site) in self.attributes.iter().enumerate() {
            write!(f, "site {index}: {:#x} hash {:#x} [", site.name, site.hash)?;
            write_list(f, &site.found, |f, found| {
                write!(f, "{} ", found.tag)?;
                match found.place {
                    Place::Slot { offset } => write!(f, "slot {offset}"),
                    Place::Dict { dict, index, is_old } => {
                        write!(f, "dict {dict} index {index}{}", if is_old { " old" } else { "" })
                    }
                    Place::New { dict, shared, is_old } => {
                        write!(f, "new {dict}")?;
                        if let Some(index) = shared {
                            write!(f, " index {index}")?;
                        }
                        f.write_str(if is_old { " old" } else { "" })
                    }
                    Place::Class { value, dict, binding } => {
                        write!(f, "class {value:#x} dict {dict}{}", binding_name(binding))
                    }
                    Place::Own { tag, value, binding } => {
                        write!(f, "own {value:#x} tag {tag}{}", binding_name(binding))
                    }
                    Place::Inherited { depth, index, is_method } => {
                        let binding = if is_method { Binding::Function } else { Binding::Nothing };
                        write!(f, "base {depth} index {index}{}", binding_name(binding))
                    }
                }
            })?;
            writeln!(f, "]")?;
        }
        for (index, site) in self.globals.iter().enumerate() {
            let (place, at) = match site.place {
                GlobalPlace::Globals(at) => ("globals", at),
                GlobalPlace::Builtins(at) => ("builtins", at),
            };
            writeln!(f, "global {index}: {:#x} hash {:#x} {place} {at}", site.name, site.hash)?;
        }
        for (index, code) in self.inlined.iter().enumerate() {
            let InlinedCode { name, locals, stack_size } = code;
            writeln!(f, "inlined {index}: {name}: {locals} locals {stack_size} operands")?;
        }
        for (what, offsets) in [("speculation", &self.no_speculation), ("hoisting", &self.no_hoisting)] {
            if offsets.is_empty() {
                continue;
            }
            let mut offsets: Vec<u32> = offsets.iter().copied().collect();
            offsets.sort_unstable();
            write!(f, "no {what} at ")?;
            write_list(f, offsets, |f, offset| write!(f, "{offset}"))?;
            writeln!(f)?;
        }
        for (index, entry) in self.entries.iter().enumerate() {
            write!(f, "entry {index}: {:?} at {}", entry.block, entry.pc)?;
            if entry.depth != 0 {
                write!(f, " depth {}", entry.depth)?;
            }
            write_frame_blocks(f, &entry.blocks)?;
            writeln!(f)?;
        }
        let mut printed = vec![false; self.states.len()];
        for id in blocks_in_order(self) {
            let block = self.block(id);
            writeln!(f)?;
            write_header(f, self, id)?;
            for value in &block.insns {
                let defined = self.value(*value);
                f.write_str("    ")?;
                if defined.repr != Repr::None {
                    write!(f, "{value:?}: {} = ", Kind(defined.repr, told(defined)))?;
                }
                writeln!(f, "{}", defined.insn)?;
            }
            let states = side_exit_states(self, block).chain(block.entry_state);
            for state in states.flat_map(|state| self.frames(state)) {
                if let Some(printed @ false) = printed.get_mut(state.index()) {
                    *printed = true;
                    writeln!(f, "    {state:?} = {}", self.state(state))?;
                }
            }
        }
        Ok(())
    }
}

/// What the text of a place says of a binding.
fn binding_name(binding: Binding) -> &'static str {
    match binding {
        Binding::Nothing => "",
        Binding::Checked => " checked",
        Binding::Function => " function",
        Binding::Method => " method",
        Binding::Static => " static",
        Binding::Class => " classmethod",
    }
}

fn write_addresses(f: &mut Formatter<'_>, what: &str, addresses: &[usize]) -> fmt::Result {
    if addresses.is_empty() {
        return Ok(());
    }
    write!(f, "{what} ")?;
    write_list(f, addresses, |f, address| write!(f, "{address:#x}"))?;
    writeln!(f)
}

/// Reachable blocks in reverse postorder; by number when some of them are not finished yet.
fn blocks_in_order(function: &Function) -> Vec<BlockId> {
    let mut seen = vec![false; function.blocks.len()];
    let mut work: Vec<BlockId> = function.entries.iter().map(|entry| entry.block).collect();
    let mut finished = true;
    while let Some(block) = work.pop() {
        let Some(seen @ false) = seen.get_mut(block.index()) else {
            finished &= block.index() < function.blocks.len();
            continue;
        };
        *seen = true;
        match function.block(block).insns.last().map(|last| function.insn(*last)) {
            Some(last) if last.is_terminator() => work.extend(last.edges().iter().map(|edge| edge.target)),
            _ => finished = false,
        }
    }
    if finished {
        return function.reverse_postorder();
    }
    function.block_ids().filter(|block| seen[block.index()]).collect()
}

fn side_exit_states<'a>(function: &'a Function, block: &'a Block) -> impl Iterator<Item = StateId> + 'a {
    block.insns.iter().filter_map(|value| function.insn(*value).side_exit()).map(|exit| exit.state)
}

fn write_header(f: &mut Formatter<'_>, function: &Function, id: BlockId) -> fmt::Result {
    let block = function.block(id);
    write!(f, "{id:?}(")?;
    write_list(f, &block.params, |f, param| {
        let defined = function.value(*param);
        write!(f, "{param:?}: {}", Kind(defined.repr, defined.ty))
    })?;
    f.write_str(")")?;
    if let Some(state) = block.entry_state {
        write!(f, " as {state:?}")?;
    }
    writeln!(f, "{}:", if block.cold { " cold" } else { "" })
}

/// What is printed of a value's type: what its instruction says is not repeated.
fn told(value: &Value) -> Type {
    let kinds = value.ty.kinds();
    if value.insn.says_of(kinds) == value.ty { kinds } else { value.ty }
}

/// How a value is held and what it may be. Objects print as their kinds, unboxed values as
/// their representation, with the kinds they box to only where those are not the usual ones.
struct Kind(Repr, Type);

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Kind(repr, ty) = *self;
        let usual = match repr {
            Repr::Obj => return write!(f, "{ty:?}"),
            Repr::Int => Type::INT,
            Repr::Float => Type::FLOAT,
            Repr::Bool => Type::BOOL,
            Repr::Status | Repr::None => Type::EMPTY,
        };
        write!(f, "{repr}")?;
        if ty == usual { Ok(()) } else { write!(f, "({ty:?})") }
    }
}

impl Display for Repr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Repr::Obj => "obj",
            Repr::Int => "i64",
            Repr::Float => "f64",
            Repr::Bool => "i1",
            Repr::Status => "status",
            Repr::None => "none",
        })
    }
}

impl Display for FrameState {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let resume = match self.resume {
            Resume::At => "At",
            Resume::Throw => "Throw",
            Resume::Yield => "Yield",
            Resume::YieldFrom => "YieldFrom",
            Resume::Release { .. } => "Release",
            Resume::Call { .. } => "Call",
            Resume::Operation { .. } => "Operation",
        };
        write!(f, "{resume} ")?;
        Field::write(&self.pc, f)?;
        match self.resume {
            Resume::At | Resume::Throw | Resume::Yield | Resume::YieldFrom => {}
            Resume::Release { next } => write!(f, " to {next}")?,
            Resume::Call { operands, next } => write!(f, " of {operands} to {next}")?,
            Resume::Operation { operands, declined: 0, next } => write!(f, " of {operands} to {next}")?,
            Resume::Operation { operands, declined, next } => {
                write!(f, " of {operands} or {declined:#x} to {next}")?;
            }
        }
        f.write_str(" [")?;
        write_list(f, &self.operands, |f, operand| {
            write!(f, "{:?}{}", operand.value, if operand.owned { " owned" } else { "" })?;
            if let Some(receiver) = operand.receiver {
                write!(f, " bound to {}{receiver:?}", if operand.owns_receiver { "" } else { "borrowed " })?;
            }
            operand.class.map_or(Ok(()), |class| write!(f, " of {class:?}"))
        })?;
        f.write_str("]")?;
        if !self.locals.is_empty() {
            f.write_str(" locals {")?;
            let is_owned = |slot| self.inlined.as_ref().is_some_and(|frame| frame.owned.contains(&slot));
            write_list(f, (0..).zip(&self.locals), |f, (slot, value)| {
                write!(f, "{slot}: {value:?}{}", if is_owned(slot) { " owned" } else { "" })
            })?;
            f.write_str("}")?;
        }
        if !self.stale.is_empty() {
            f.write_str(" stale [")?;
            write_list(f, &self.stale, |f, stale| {
                let lacks = match stale.lacks {
                    Lacks::No => " held",
                    Lacks::Yes => " new",
                    Lacks::Told => "",
                };
                write!(f, "{}{lacks}", stale.slot)
            })?;
            f.write_str("]")?;
        }
        write_frame_blocks(f, &self.blocks)?;
        if !self.released.is_empty() {
            f.write_str(" releasing [")?;
            write_list(f, &self.released, |f, value| write!(f, "{value:?}"))?;
            f.write_str("]")?;
        }
        let Some(inlined) = &self.inlined else { return Ok(()) };
        let Inlined { code, function, is_kept, owns_function, owned: _, levels, instance, caller } = inlined;
        let kept = match (is_kept, owns_function) {
            (true, true) => " kept",
            (true, false) => " taken",
            (false, _) => "",
        };
        write!(f, " inlined {code} of {function:?}{kept}")?;
        if *levels != 0 {
            write!(f, " under {levels}")?;
        }
        if let Some(instance) = instance {
            write!(f, " giving {instance:?}")?;
        }
        write!(f, " from {caller:?}")
    }
}

fn write_frame_blocks(f: &mut Formatter<'_>, blocks: &[FrameBlock]) -> fmt::Result {
    if blocks.is_empty() {
        return Ok(());
    }
    f.write_str(" blocks [")?;
    write_list(f, blocks, |f, block| match block.kind {
        BlockKind::Loop => write!(f, "loop {}@{}", block.handler, block.level),
        BlockKind::Except => write!(f, "except {}@{}", block.handler, block.level),
        BlockKind::Finally => write!(f, "finally {}@{}", block.handler, block.level),
        BlockKind::With => write!(f, "with {}@{}", block.handler, block.level),
        // Its `b_handler` is always -1.
        BlockKind::ExceptHandler => write!(f, "handler @{}", block.level),
    })?;
    f.write_str("]")
}

fn write_list<T>(
    f: &mut Formatter<'_>,
    items: impl IntoIterator<Item = T>,
    mut write_item: impl FnMut(&mut Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.into_iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        write_item(f, item)?;
    }
    Ok(())
}

impl Display for SideExit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.reason.name(), self.state)
    }
}

impl Display for Edge {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(", self.target)?;
        write_list(f, &self.args, |f, arg| write!(f, "{arg:?}"))?;
        f.write_str(")")
    }
}

/// Writes the fields of an instruction after its name.
pub(in crate::hir) struct Writer<'a, 'f> {
    out: &'a mut Formatter<'f>,
    /// Whether there are items before.
    follows: bool,
}

/// A field of an instruction as a text.
pub(in crate::hir) trait Field {
    /// Writes it.
    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result;

    /// Whether nothing is written: it is what it is by default.
    fn is_silent(&self) -> bool {
        false
    }
}

macro_rules! fields {
    ($($type:ty: $format:literal;)*) => {$(
        impl Field for $type {
            fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
                write!(f, $format, self)
            }
        }
    )*};
}

fields! {
    ValueId: "{:?}";
    i64: "{}";
    bool: "{}";
    Type: "{:?}";
    BinaryOp: "{:?}";
    CompareOp: "{:?}";
    Helper: "{}";
    SideExit: "{}";
    Edge: "{}";
}

impl Field for u32 {
    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if *self == PC_IN_FRAME { f.write_str("frame") } else { write!(f, "{self}") }
    }
}

/// The bits of a float.
impl Field for u64 {
    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let number = f64::from_bits(*self);
        if number.is_nan() { write!(f, "nan:{self:#x}") } else { write!(f, "{number:?}") }
    }
}

impl Field for Element {
    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Field for Seen {
    fn write(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Seen::Number => "number",
            Seen::Object => "object",
            Seen::BesideOperand => "beside",
        })
    }

    fn is_silent(&self) -> bool {
        *self == Seen::Number
    }
}

/// Addresses are large, and so are they told from other words.
const SMALLEST_ADDRESS: i64 = 1 << 20;

impl Writer<'_, '_> {
    /// The name of the instruction, first of all.
    pub fn name(&mut self, name: &str) -> fmt::Result {
        self.out.write_str(name)
    }

    /// One of the items between commas.
    pub fn item(&mut self, field: &impl Field) -> fmt::Result {
        if field.is_silent() {
            return Ok(());
        }
        self.out.write_str(if std::mem::replace(&mut self.follows, true) { ", " } else { " " })?;
        field.write(self.out)
    }

    /// The address of an object; nothing when there is none, as where no interpreter is.
    pub fn address(&mut self, address: usize) -> fmt::Result {
        if address == 0 {
            return Ok(());
        }
        self.out.write_str(if std::mem::replace(&mut self.follows, true) { ", " } else { " " })?;
        write!(self.out, "{address:#x}")
    }

    /// Values in parentheses.
    pub fn list(&mut self, values: &[ValueId]) -> fmt::Result {
        self.out.write_char('(')?;
        write_list(self.out, values, |f, value| write!(f, "{value:?}"))?;
        self.out.write_char(')')
    }

    /// Numbers in brackets.
    pub fn words(&mut self, words: &[i64]) -> fmt::Result {
        if words.is_empty() {
            return Ok(());
        }
        self.out.write_str(" [")?;
        write_list(self.out, words, |f, n| {
            if *n >= SMALLEST_ADDRESS { write!(f, "{n:#x}") } else { write!(f, "{n}") }
        })?;
        self.out.write_char(']')
    }

    /// Right after what is before, with a sign in between.
    pub fn glued(&mut self, sign: &str, field: &impl Field) -> fmt::Result {
        self.out.write_str(sign)?;
        field.write(self.out)
    }

    /// After a word.
    pub fn spaced(&mut self, word: &str, field: &impl Field) -> fmt::Result {
        write!(self.out, " {word} ")?;
        field.write(self.out)
    }
}

impl Display for Insn {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write(&mut Writer { out: f, follows: false })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Entry, ExitReason, Operand, Stale};
    use super::super::parse;
    use super::*;
    use crate::bytecode::{BinaryOp, CompareOp};

    fn push(function: &mut Function, block: BlockId, insn: Insn, ty: Type) -> ValueId {
        let value = function.add_value(insn, ty);
        function.blocks[block.index()].insns.push(value);
        value
    }

    fn state(pc: u32, locals: &[ValueId], operands: &[(ValueId, bool)]) -> FrameState {
        FrameState {
            pc,
            resume: Resume::At,
            locals: locals.to_vec(),
            stale: Vec::new(),
            operands: operands.iter().map(|&(value, owned)| Operand::new(value, owned)).collect(),
            blocks: Vec::new(),
            released: Vec::new(),
            inlined: None,
        }
    }

    /// A loop that counts a local up, with a second entry at its header.
    fn counting() -> Function {
        let mut function = Function { name: "f (f.py:1)".to_string(), locals: 1, ..Function::default() };
        let [start, resumed, header, body, end, unreachable] = [(); 6].map(|()| function.add_block());
        let f = &mut function;
        let frame = FrameBlock { kind: BlockKind::Loop, handler: 40, level: 0 };
        f.entries.push(Entry { pc: 0, depth: 0, blocks: vec![], block: start });
        f.entries.push(Entry { pc: 3, depth: 1, blocks: vec![frame], block: resumed });

        let local = push(f, start, Insn::LoadLocal(0), Type::ANY);
        let exit = SideExit { state: f.add_state(state(0, &[local], &[])), reason: ExitReason::Unbound };
        let bound = push(f, start, Insn::GuardNotNull(local, exit), Type::OBJECT);
        let exit = SideExit { reason: ExitReason::TypeGuard, ..exit };
        let int = push(f, start, Insn::GuardType(bound, Type::INT, exit), Type::INT);
        let unboxed = push(f, start, Insn::UnboxInt(int), Type::INT);
        let edge = Edge { target: header, args: vec![unboxed] };
        push(f, start, Insn::Jump(edge), Type::EMPTY);

        let zero = push(f, resumed, Insn::Int(0), Type::INT.union(Type::BOOL));
        push(f, resumed, Insn::Jump(Edge { target: header, args: vec![zero] }), Type::EMPTY);

        let counter = f.add_param(header, Repr::Int, Type::INT);
        let mut at_header = state(3, &[counter], &[]);
        at_header.stale = vec![Stale { slot: 0, lacks: Lacks::Told }];
        at_header.blocks = vec![frame];
        f.blocks[header.index()].entry_state = Some(f.add_state(at_header.clone()));
        let limit = push(f, header, Insn::Int(10), Type::INT);
        let less = Insn::IntCompare(CompareOp::Lt, counter, limit);
        let condition = push(f, header, less, Type::BOOL);
        let then = Edge { target: body, args: vec![] };
        let otherwise = Edge { target: end, args: vec![] };
        push(f, header, Insn::Branch { condition, then, otherwise }, Type::EMPTY);

        let one = push(f, body, Insn::Int(1), Type::INT);
        at_header.operands = vec![Operand::new(one, false)];
        let exit = SideExit { state: f.add_state(at_header), reason: ExitReason::Overflow };
        let add = Insn::IntBinary { op: BinaryOp::Add, lhs: counter, rhs: one, seen: Seen::Number, exit };
        let sum = push(f, body, add, Type::INT);
        push(f, body, Insn::CheckValid(exit), Type::EMPTY);
        push(f, body, Insn::Jump(Edge { target: header, args: vec![sum] }), Type::EMPTY);

        let boxed = push(f, end, Insn::Box(counter), Type::INT);
        push(f, end, Insn::Return(boxed, 0), Type::EMPTY);
        f.blocks[end.index()].cold = true;
        push(f, unreachable, Insn::Return(boxed, 0), Type::EMPTY);
        function
    }

    #[test]
    fn a_function() {
        let expected = "f (f.py:1): 1 locals
entry 0: b0 at 0
entry 1: b1 at 3 depth 1 blocks [loop 40@0]

b0():
    v0: any = LoadLocal 0
    v1: object = GuardNotNull v0 else unbound s0
    v2: int = GuardType v1, int else type_guard s0
    v3: i64 = UnboxInt v2
    Jump b2(v3)
    s0 = At 0 [] locals {0: v0}

b1():
    v5: i64(bool|int) = Int 0
    Jump b2(v5)

b2(v7: i64) as s1:
    v8: i64 = Int 10
    v9: i1 = IntCompare.Lt v7, v8
    Branch v9 ? b3() : b4()
    s1 = At 3 [] locals {0: v7} stale [0] blocks [loop 40@0]

b3():
    v11: i64 = Int 1
    v12: i64 = IntBinary.Add v7, v11 else overflow s2
    CheckValid else overflow s2
    Jump b2(v12)
    s2 = At 3 [v11] locals {0: v7} stale [0] blocks [loop 40@0]

b4() cold:
    v15: int = Box v7
    Return v15 at 0
";
        assert_eq!(counting().to_string(), expected);
        assert_eq!(parse(expected).map(|function| function.to_string()).as_deref(), Ok(expected));
    }

    #[test]
    fn an_unfinished_function() {
        let mut function = counting();
        function.blocks[2].insns.pop();
        let text = function.to_string();
        let headers: Vec<&str> = text.lines().filter(|line| line.starts_with('b')).collect();
        assert_eq!(headers, ["b0():", "b1():", "b2(v7: i64) as s1:"]);
    }

    #[test]
    fn states() {
        let mut yielding = state(24, &[], &[(ValueId(1), true), (ValueId(2), false)]);
        assert_eq!(yielding.to_string(), "At 24 [v1 owned, v2]");
        yielding.resume = Resume::Yield;
        let kinds = [BlockKind::Except, BlockKind::Finally, BlockKind::With, BlockKind::ExceptHandler];
        yielding.blocks =
            (0..).zip(kinds).map(|(level, kind)| FrameBlock { kind, handler: 50, level }).collect();
        let blocks = "blocks [except 50@0, finally 50@1, with 50@2, handler @3]";
        assert_eq!(yielding.to_string(), format!("Yield 24 [v1 owned, v2] {blocks}"));
        let mut throwing = state(9, &[ValueId(3), ValueId(4)], &[]);
        throwing.resume = Resume::Throw;
        throwing.stale = vec![Stale { slot: 0, lacks: Lacks::Told }, Stale { slot: 1, lacks: Lacks::Yes }];
        assert_eq!(throwing.to_string(), "Throw 9 [] locals {0: v3, 1: v4} stale [0, 1 new]");
    }

    #[test]
    fn addresses_print_where_there_are_any() {
        let exit = SideExit { state: StateId(1), reason: ExitReason::TypeGuard };
        let load = |helper, immediates: &[i64]| {
            let args = vec![ValueId(7)];
            Insn::Call { helper, args, immediates: immediates.to_vec(), pc: 12 }.to_string()
        };
        assert_eq!(Insn::Object(0).to_string(), "Object");
        assert_eq!(Insn::Object(0x7f10).to_string(), "Object 0x7f10");
        assert_eq!(Insn::GuardIs(ValueId(0), 0, exit).to_string(), "GuardIs v0 else type_guard s1");
        assert_eq!(Insn::GuardIs(ValueId(0), 16, exit).to_string(), "GuardIs v0, 0x10 else type_guard s1");
        assert_eq!(load(Helper::LoadAttr, &[0, 0]), "Call LoadAttr(v7) [0, 0] at 12");
        assert_eq!(load(Helper::LoadAttr, &[0x7f1000, 0]), "Call LoadAttr(v7) [0x7f1000, 0] at 12");
        assert_eq!(load(Helper::StoreDeref, &[0]), "Call StoreDeref(v7) [0] at 12");
        assert_eq!(load(Helper::Binary(BinaryOp::Add), &[]), "Call Binary.Add(v7) at 12");
        let operands = vec![ValueId(1), ValueId(2)];
        let call = Insn::CallStack { helper: Helper::Call, base: 3, operands, immediate: 257, pc: 12 };
        assert_eq!(call.to_string(), "CallStack Call@3(v1, v2) [257] at 12");
        let operands = vec![ValueId(1), ValueId(2)];
        let call = Insn::CallMethod { callable: ValueId(0), base: 3, operands, immediate: 1, pc: 12 };
        assert_eq!(call.to_string(), "CallMethod v0@3(v1, v2) [1] at 12");
    }

    #[test]
    fn constants() {
        assert_eq!(Insn::Float(1.0f64.to_bits()).to_string(), "Float 1.0");
        assert_eq!(Insn::Float((-0.0f64).to_bits()).to_string(), "Float -0.0");
        assert_eq!(Insn::Float(1e300f64.to_bits()).to_string(), "Float 1e300");
        assert_eq!(Insn::Int(i64::MIN).to_string(), "Int -9223372036854775808");
        assert_eq!(Insn::Bool(true).to_string(), "Bool true");
    }
}
