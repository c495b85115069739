//! Reads HIR, as `print` writes it.

use super::super::attribute::{Attribute, AttributeSite, Binding, GlobalPlace, GlobalSite, Place};
use super::super::element::Element;
use super::super::frame_state::{
    FrameBlock, FrameState, Inlined, Lacks, NO_HANDLER, Operand, PC_IN_FRAME, Resume, Stale,
};
use super::super::function::{Block, Entry, Function, InlinedCode, Value};
use super::super::helper::Helper;
use super::super::insn::{BlockId, Edge, ExitReason, Insn, Seen, SideExit, StateId, ValueId};
use super::super::types::{Repr, Type};
use crate::bytecode::{BinaryOp, BlockKind, CompareOp};

/// Reads a function from its text.
///
/// Values, blocks and states keep their numbers; those that the text does not have are there but unused.
/// Errors name the line and what was expected. Nothing is verified.
pub fn parse(text: &str) -> Result<Function, String> {
    let mut function = Function::default();
    let mut current: Option<BlockId> = None;
    // Lines without a result have no number: they get what the others have left, once those are known.
    let mut unnumbered = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let said = |error: String| format!("line {}: {error}: `{}`", index + 1, line.trim());
        let mut reader = Reader::new(line);
        match (index, line) {
            (_, "") => {}
            (0, _) => read_name(&mut function, line).map_err(said)?,
            (_, line) if !line.starts_with(' ') => {
                current = reader.header(&mut function).map_err(said)?.or(current);
            }
            _ => {
                let block = current.ok_or_else(|| said("an instruction outside of a block".to_string()))?;
                if let Some(insn) = reader.line(&mut function, block).map_err(said)? {
                    unnumbered.push((block, function.block(block).insns.len(), insn));
                }
            }
        }
    }
    // From the last on, so that the places of those before stay what they are.
    for (block, index, insn) in unnumbered.into_iter().rev() {
        let id = function.add_value(insn, Type::EMPTY);
        function.blocks[block.index()].insns.insert(index, id);
    }
    Ok(function)
}

fn read_name(function: &mut Function, line: &str) -> Result<(), String> {
    let (name, rest) = line.rsplit_once(": ").ok_or("expected `name: N locals`")?;
    let count = rest.strip_suffix(" locals").ok_or("expected `N locals`")?;
    function.name = name.to_string();
    function.locals = count.parse().map_err(|_| "expected a number of locals".to_string())?;
    Ok(())
}

/// A line, from where it has been read on.
pub(in crate::hir) struct Reader<'a> {
    rest: &'a str,
    /// Whether there are items before.
    follows: bool,
}

/// A field of an instruction, read from its text.
pub(in crate::hir) trait Read: Sized {
    fn read(text: &mut Reader<'_>) -> Result<Self, String>;

    /// What it is where the text has nothing.
    fn by_default() -> Option<Self> {
        None
    }
}

impl<'a> Reader<'a> {
    fn new(line: &'a str) -> Reader<'a> {
        Reader { rest: line.trim(), follows: false }
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, text: &str) -> Result<(), String> {
        if self.eat(text) { Ok(()) } else { Err(format!("expected `{text}` before `{}`", self.rest)) }
    }

    fn end(&self) -> Result<(), String> {
        if self.rest.is_empty() { Ok(()) } else { Err(format!("did not expect `{}`", self.rest)) }
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn word(&mut self) -> &'a str {
        self.take(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    fn number<N: TryFrom<i128>>(&mut self) -> Result<N, String> {
        let negative = self.eat("-");
        let number = if self.eat("0x") {
            i128::from_str_radix(self.take(|c| c.is_ascii_hexdigit()), 16)
        } else {
            self.take(|c| c.is_ascii_digit()).parse::<i128>()
        };
        let number = number.map_err(|_| format!("expected a number before `{}`", self.rest))?;
        N::try_from(if negative { -number } else { number }).map_err(|_| format!("{number} is out of range"))
    }

    fn id(&mut self, prefix: &str) -> Result<u32, String> {
        self.expect(prefix)?;
        self.number()
    }

    /// `a, b, c` up to `close`.
    fn separated<T>(
        &mut self,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        while !self.eat(close) {
            if !items.is_empty() {
                self.expect(", ")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// One of the items between commas.
    pub fn item<T: Read>(&mut self) -> Result<T, String> {
        let separator = if self.follows { ", " } else { " " };
        if T::by_default().is_none() {
            self.expect(separator)?;
        } else if !self.eat(separator) {
            return T::by_default().ok_or_else(String::new);
        }
        self.follows = true;
        T::read(self)
    }

    /// The address of an object, or nothing.
    pub fn address(&mut self) -> Result<usize, String> {
        let separator = if self.follows { ", 0x" } else { " 0x" };
        if !self.rest.starts_with(separator) {
            return Ok(0);
        }
        self.expect(&separator[..separator.len() - 2])?;
        self.follows = true;
        self.number()
    }

    /// Values in parentheses.
    pub fn list(&mut self) -> Result<Vec<ValueId>, String> {
        self.expect("(")?;
        self.separated(")", ValueId::read)
    }

    /// Numbers in brackets.
    pub fn words(&mut self) -> Result<Vec<i64>, String> {
        if self.eat(" [") { self.separated("]", Reader::number) } else { Ok(Vec::new()) }
    }

    /// A number in brackets.
    pub fn word_in_brackets(&mut self) -> Result<i64, String> {
        let words = self.words()?;
        words.first().copied().ok_or_else(|| "expected a number in brackets".to_string())
    }

    /// Right after what is before, with a sign in between.
    pub fn glued<T: Read>(&mut self, sign: &str) -> Result<T, String> {
        self.expect(sign)?;
        T::read(self)
    }

    /// After a word.
    pub fn spaced<T: Read>(&mut self, word: &str) -> Result<T, String> {
        self.expect(" ")?;
        self.expect(word)?;
        self.expect(" ")?;
        T::read(self)
    }

    /// A line that does not belong to a block, or the first of one.
    fn header(&mut self, function: &mut Function) -> Result<Option<BlockId>, String> {
        if self.eat("tracked ") {
            function.tracked = self.numbers()?;
        } else if self.eat("unique ") {
            function.unique = self.numbers()?;
        } else if self.eat("site ") {
            let site = self.site()?;
            function.attributes.push(site);
        } else if self.eat("global ") {
            let site = self.global()?;
            function.globals.push(site);
        } else if self.eat("inlined ") {
            let code = self.inlined_code()?;
            function.inlined.push(code);
        } else if self.eat("no speculation at ") {
            function.no_speculation = self.numbers::<u32>()?.into_iter().collect();
        } else if self.eat("no hoisting at ") {
            function.no_hoisting = self.numbers::<u32>()?.into_iter().collect();
        } else if self.eat("entry ") {
            let entry = self.entry()?;
            block_mut(function, entry.block);
            function.entries.push(entry);
        } else {
            let id = BlockId::read(self)?;
            self.expect("(")?;
            let params = self.separated(")", |r| {
                let param = ValueId::read(r)?;
                r.expect(": ")?;
                Ok((param, r.kind()?))
            })?;
            for (param, (repr, ty)) in &params {
                set_value(function, *param, Value { insn: Insn::Param, repr: *repr, ty: *ty, pc: None });
            }
            let block = block_mut(function, id);
            block.params = params.into_iter().map(|(param, _)| param).collect();
            if self.eat(" as ") {
                block.entry_state = Some(StateId::read(self)?);
            }
            block.cold = self.eat(" cold");
            self.expect(":")?;
            self.end()?;
            return Ok(Some(id));
        }
        self.end()?;
        Ok(None)
    }

    fn site(&mut self) -> Result<AttributeSite, String> {
        let _: u32 = self.number()?;
        self.expect(": ")?;
        let name = self.number()?;
        self.expect(" hash ")?;
        let hash = self.number()?;
        self.expect(" [")?;
        let found = self.separated("]", |r| {
            let tag = r.number()?;
            r.expect(" ")?;
            let kind = r.word();
            r.expect(" ")?;
            let place = match kind {
                "slot" => Place::Slot { offset: r.number()? },
                "dict" => {
                    let dict = r.number()?;
                    r.expect(" index ")?;
                    Place::Dict { dict, index: r.number()?, is_old: r.eat(" old") }
                }
                "new" => {
                    let dict = r.number()?;
                    let shared = if r.eat(" index ") { Some(r.number()?) } else { None };
                    Place::New { dict, shared, is_old: r.eat(" old") }
                }
                "class" => {
                    let value = r.number()?;
                    r.expect(" dict ")?;
                    Place::Class { value, dict: r.number()?, binding: r.binding() }
                }
                "own" => {
                    let value = r.number()?;
                    r.expect(" tag ")?;
                    Place::Own { tag: r.number()?, value, binding: r.binding() }
                }
                "base" => {
                    let depth = r.number()?;
                    r.expect(" index ")?;
                    Place::Inherited {
                        depth,
                        index: r.number()?,
                        is_method: r.binding() == Binding::Function,
                    }
                }
                other => return Err(format!("there is no place `{other}`")),
            };
            Ok(Attribute { tag, place })
        })?;
        Ok(AttributeSite { name, hash, found })
    }

    fn binding(&mut self) -> Binding {
        if self.eat(" checked") {
            Binding::Checked
        } else if self.eat(" function") {
            Binding::Function
        } else if self.eat(" method") {
            Binding::Method
        } else if self.eat(" static") {
            Binding::Static
        } else if self.eat(" classmethod") {
            Binding::Class
        } else {
            Binding::Nothing
        }
    }

    fn global(&mut self) -> Result<GlobalSite, String> {
        let _: u32 = self.number()?;
        self.expect(": ")?;
        let name = self.number()?;
        self.expect(" hash ")?;
        let hash = self.number()?;
        self.expect(" ")?;
        let place = match self.word() {
            "globals" => GlobalPlace::Globals,
            "builtins" => GlobalPlace::Builtins,
            other => return Err(format!("there are no globals in `{other}`")),
        };
        self.expect(" ")?;
        Ok(GlobalSite { name, hash, place: place(self.number()?) })
    }

    fn inlined_code(&mut self) -> Result<InlinedCode, String> {
        let _: u32 = self.number()?;
        self.expect(": ")?;
        let (name, rest) = self.rest.rsplit_once(": ").ok_or("expected a name")?;
        self.rest = rest;
        let locals = self.number()?;
        self.expect(" locals ")?;
        let stack_size = self.number()?;
        self.expect(" operands")?;
        Ok(InlinedCode { name: name.to_string(), locals, stack_size })
    }

    fn numbers<N: TryFrom<i128>>(&mut self) -> Result<Vec<N>, String> {
        let mut items = vec![self.number()?];
        while self.eat(", ") {
            items.push(self.number()?);
        }
        Ok(items)
    }

    fn entry(&mut self) -> Result<Entry, String> {
        let _: u32 = self.number()?;
        self.expect(": ")?;
        let block = BlockId::read(self)?;
        self.expect(" at ")?;
        let pc = u32::read(self)?;
        let depth = if self.eat(" depth ") { self.number()? } else { 0 };
        Ok(Entry { pc, depth, blocks: self.frame_blocks()?, block })
    }

    fn frame_blocks(&mut self) -> Result<Vec<FrameBlock>, String> {
        if !self.eat(" blocks [") {
            return Ok(Vec::new());
        }
        self.separated("]", |r| {
            let kind = match r.word() {
                "loop" => BlockKind::Loop,
                "except" => BlockKind::Except,
                "finally" => BlockKind::Finally,
                "with" => BlockKind::With,
                "handler" => BlockKind::ExceptHandler,
                other => return Err(format!("there is no kind of block `{other}`")),
            };
            r.expect(" ")?;
            let handler = if kind == BlockKind::ExceptHandler { NO_HANDLER } else { r.number()? };
            r.expect("@")?;
            Ok(FrameBlock { kind, handler, level: r.number()? })
        })
    }

    /// How a value is held and what it may be.
    fn kind(&mut self) -> Result<(Repr, Type), String> {
        let reprs = [
            ("i64", Repr::Int, Type::INT),
            ("f64", Repr::Float, Type::FLOAT),
            ("i1", Repr::Bool, Type::BOOL),
            ("status", Repr::Status, Type::EMPTY),
        ];
        for (name, repr, usual) in reprs {
            if self.eat(name) {
                let ty = if self.eat("(") {
                    let ty = Type::read(self)?;
                    self.expect(")")?;
                    ty
                } else {
                    usual
                };
                return Ok((repr, ty));
            }
        }
        Ok((Repr::Obj, Type::read(self)?))
    }

    /// An instruction, or a state. One without a result is handed back.
    fn line(&mut self, function: &mut Function, block: BlockId) -> Result<Option<Insn>, String> {
        if self.rest.starts_with('s') {
            let id = StateId::read(self)?;
            self.expect(" = ")?;
            let state = self.state(function.locals)?;
            let unknown = || FrameState {
                pc: 0,
                resume: Resume::At,
                locals: Vec::new(),
                stale: Vec::new(),
                operands: Vec::new(),
                blocks: Vec::new(),
                released: Vec::new(),
                inlined: None,
            };
            let missing = (id.index() + 1).saturating_sub(function.states.len());
            function.states.extend(std::iter::repeat_with(unknown).take(missing));
            function.states[id.index()] = state;
            self.end()?;
            return Ok(None);
        }
        let defined = if self.rest.starts_with('v') {
            let value = ValueId::read(self)?;
            self.expect(": ")?;
            let kind = self.kind()?;
            self.expect(" = ")?;
            Some((value, kind))
        } else {
            None
        };
        let name = self.word();
        let insn = Insn::read(name, self)?;
        self.end()?;
        let Some((id, (repr, ty))) = defined else { return Ok(Some(insn)) };
        let ty = insn.says_of(ty);
        set_value(function, id, Value { insn, repr, ty, pc: None });
        block_mut(function, block).insns.push(id);
        Ok(None)
    }

    fn state(&mut self, locals: u32) -> Result<FrameState, String> {
        let word = self.word();
        self.expect(" ")?;
        let pc = u32::read(self)?;
        let resume = match word {
            "At" => Resume::At,
            "Throw" => Resume::Throw,
            "Yield" => Resume::Yield,
            "YieldFrom" => Resume::YieldFrom,
            "Release" => Resume::Release { next: self.spaced("to")? },
            "Call" => Resume::Call { operands: self.spaced("of")?, next: self.spaced("to")? },
            "Operation" => Resume::Operation {
                operands: self.spaced("of")?,
                declined: if self.eat(" or ") { self.number()? } else { 0 },
                next: self.spaced("to")?,
            },
            other => return Err(format!("a frame does not resume by `{other}`")),
        };
        self.expect(" [")?;
        let operands = self.separated("]", |r| {
            let value = ValueId::read(r)?;
            let mut operand = Operand::new(value, r.eat(" owned"));
            if r.eat(" bound to ") {
                operand.owns_receiver = !r.eat("borrowed ");
                operand.receiver = Some(ValueId::read(r)?);
            }
            if r.eat(" of ") {
                operand.class = Some(ValueId::read(r)?);
            }
            Ok(operand)
        })?;
        let mut values = Vec::with_capacity(locals as usize);
        let mut owned = Vec::new();
        if self.eat(" locals {") {
            values = self.separated("}", |r| {
                let slot = r.number()?;
                r.expect(": ")?;
                let value = ValueId::read(r)?;
                if r.eat(" owned") {
                    owned.push(slot);
                }
                Ok(value)
            })?;
        }
        let mut stale = Vec::new();
        if self.eat(" stale [") {
            stale = self.separated("]", |r| {
                let slot = r.number()?;
                let lacks = if r.eat(" held") {
                    Lacks::No
                } else if r.eat(" new") {
                    Lacks::Yes
                } else {
                    Lacks::Told
                };
                Ok(Stale { slot, lacks })
            })?;
        }
        let blocks = self.frame_blocks()?;
        let mut released = Vec::new();
        if self.eat(" releasing [") {
            released = self.separated("]", ValueId::read)?;
        }
        let inlined = match self.eat(" inlined ") {
            true => Some(self.inlined(owned)?),
            false => None,
        };
        Ok(FrameState { pc, resume, locals: values, stale, operands, blocks, released, inlined })
    }

    fn inlined(&mut self, owned: Vec<u32>) -> Result<Inlined, String> {
        let code = self.number()?;
        let function = self.spaced("of")?;
        let owns_function = self.eat(" kept");
        let is_kept = owns_function || self.eat(" taken");
        let levels = if self.eat(" under ") { self.number()? } else { 0 };
        let instance = self.eat(" giving ").then(|| ValueId::read(self)).transpose()?;
        let caller = self.spaced("from")?;
        Ok(Inlined { code, function, is_kept, owns_function, owned, levels, instance, caller })
    }
}

fn block_mut(function: &mut Function, id: BlockId) -> &mut Block {
    if function.blocks.len() <= id.index() {
        function.blocks.resize_with(id.index() + 1, Block::default);
    }
    &mut function.blocks[id.index()]
}

fn set_value(function: &mut Function, id: ValueId, value: Value) {
    let unused = || Value { insn: Insn::Param, repr: Repr::None, ty: Type::EMPTY, pc: None };
    let missing = (id.index() + 1).saturating_sub(function.values.len());
    function.values.extend(std::iter::repeat_with(unused).take(missing));
    function.values[id.index()] = value;
}

macro_rules! read_ids {
    ($($id:ident $prefix:literal;)*) => {$(
        impl Read for $id {
            fn read(text: &mut Reader<'_>) -> Result<$id, String> {
                text.id($prefix).map($id)
            }
        }
    )*};
}

read_ids! {
    ValueId "v";
    BlockId "b";
    StateId "s";
}

impl Read for u32 {
    fn read(text: &mut Reader<'_>) -> Result<u32, String> {
        if text.eat("frame") { Ok(PC_IN_FRAME) } else { text.number() }
    }
}

impl Read for i64 {
    fn read(text: &mut Reader<'_>) -> Result<i64, String> {
        text.number()
    }
}

/// The bits of a float.
impl Read for u64 {
    fn read(text: &mut Reader<'_>) -> Result<u64, String> {
        if text.eat("nan:") {
            return text.number();
        }
        let number = text.take(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
        number.parse::<f64>().map(f64::to_bits).map_err(|_| format!("`{number}` is no float"))
    }
}

impl Read for bool {
    fn read(text: &mut Reader<'_>) -> Result<bool, String> {
        match text.word() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(format!("`{other}` is neither true nor false")),
        }
    }
}

impl Read for Element {
    fn read(text: &mut Reader<'_>) -> Result<Element, String> {
        let name = text.word();
        let element = Element::ALL.into_iter().find(|element| element.name() == name);
        element.ok_or_else(|| format!("arrays hold no `{name}`"))
    }
}

impl Read for Seen {
    fn read(text: &mut Reader<'_>) -> Result<Seen, String> {
        match text.word() {
            "number" => Ok(Seen::Number),
            "object" => Ok(Seen::Object),
            "beside" => Ok(Seen::BesideOperand),
            other => Err(format!("a number is not seen as `{other}`")),
        }
    }

    fn by_default() -> Option<Seen> {
        Some(Seen::Number)
    }
}

impl Read for Type {
    fn read(text: &mut Reader<'_>) -> Result<Type, String> {
        Type::named(text.take(|c| c.is_ascii_alphanumeric() || "|=-".contains(c)))
    }
}

macro_rules! read_operators {
    ($($operators:ident)*) => {$(
        impl Read for $operators {
            fn read(text: &mut Reader<'_>) -> Result<$operators, String> {
                let name = text.word();
                let found = $operators::ALL.iter().find(|op| format!("{op:?}") == name);
                found.copied().ok_or_else(|| format!("there is no operator `{name}`"))
            }
        }
    )*};
}

read_operators!(BinaryOp CompareOp);

impl Read for Helper {
    fn read(text: &mut Reader<'_>) -> Result<Helper, String> {
        let name = text.take(|c| c.is_ascii_alphanumeric() || c == '.');
        Helper::named(name).ok_or_else(|| format!("there is no helper `{name}`"))
    }
}

impl Read for SideExit {
    fn read(text: &mut Reader<'_>) -> Result<SideExit, String> {
        let name = text.word();
        let reason = ExitReason::named(name).ok_or_else(|| format!("there is no reason `{name}`"))?;
        text.expect(" ")?;
        Ok(SideExit { reason, state: StateId::read(text)? })
    }
}

impl Read for Edge {
    fn read(text: &mut Reader<'_>) -> Result<Edge, String> {
        let target = BlockId::read(text)?;
        Ok(Edge { target, args: text.list()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        let text = "f (a: b.py:1): 2 locals
tracked 0x7f0000100000
unique 0x7f0000200000, 0x7f0000200018
site 0: 0x7f0000200000 hash 0xffffffffffffffff [4294967295 slot 16, 7 dict -8 index 3, 9 class 0x10 dict 0]
site 1: 0x7f0000200000 hash 0x1 [5 class 0x7f0000300000 dict 24 method]
global 0: 0x10 hash 0x7 globals 3
global 1: 0x20 hash 0x8 builtins 100
no speculation at 3, 9
no hoisting at 6
entry 0: b0 at 0

b0():
    v0: any = LoadLocal 0
    v1: None|listiterator = LoadStack 0
    v2: object = GuardIs v0, 0x7f0000200000 else type_guard s0
    v3: f64 = Float -0.5
    v4: f64 = Float 1e300
    v5: i64 = Int -9223372036854775808
    v6: i64 = IntBinary.Sub v5, v5, beside else overflow s0
    v7: i1 = FloatCompare.Le v3, v4
    v8: status = CallStack UnpackEx@2(v1) [257] at 12
    v9: any = CallMethod v2@0(v0, v1) [1] at 15
    v10: any = Call Binary.Add(v0, v0) at 18
    v11: any = Call LoadAttr(v0) [0x7f0000200000, 0] at 21
    v13: any = FindAttribute 1, v0
    v14: object = TypeOf v0
    v15: any = FindGlobal 1
    Decref v9 at frame
    FillName 2, v5
    MarkName 2, true
    v12: i1 = Bool false
    Branch v12 ? b1(v0, v6) : b2()
    s0 = Throw frame [v0 owned, v1 owned bound to v0 of v2, v3] locals {0: v0, 1: v1} stale [0, 1 new, 2 held] blocks [loop 40@0, handler @3]

b1(v20: any, v21: i64(bool|int)) as s1 cold:
    Return v20 at 3
    s1 = YieldFrom 7 [v0]

b2():
    Exit uncompiled s1
";
        assert_eq!(parse(text).map(|function| function.to_string()).as_deref(), Ok(text));
    }

    #[test]
    fn mistakes_are_named() {
        let wrong =
            |line: &str| parse(&format!("f: 0 locals\nentry 0: b0 at 0\n\nb0():\n    {line}\n")).err();
        let message = |text: &str| Some(text.to_string());
        assert_eq!(wrong("Retrun v0"), message("line 5: there is no instruction Retrun: `Retrun v0`"));
        assert_eq!(wrong("Return x"), message("line 5: expected `v` before `x`: `Return x`"));
        assert_eq!(wrong("Null 3"), message("line 5: did not expect ` 3`: `Null 3`"));
        assert_eq!(wrong("v0: lust = Null"), message("line 5: there is no kind `lust`: `v0: lust = Null`"));
        assert_eq!(
            wrong("Exit boredom s0"),
            message("line 5: there is no reason `boredom`: `Exit boredom s0`")
        );
        assert_eq!(parse("nothing").err(), message("line 1: expected `name: N locals`: `nothing`"));
        let outside = "f: 0 locals\n    Null\n";
        assert_eq!(parse(outside).err(), message("line 2: an instruction outside of a block: `Null`"));
    }
}
