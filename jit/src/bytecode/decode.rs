//! The one linear pass over `co_code` that yields instructions and the places control flow arrives at.

use std::error::Error;
use std::fmt;

use super::CodeDesc;
use super::op::{Instruction, Op};
use super::tables::{Fault, HAVE_ARGUMENT, extended_arg, operation};

/// Why a code object cannot be read; CPython's own compiler produces none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The version has no such opcode.
    UnknownOpcode {
        /// Offset of the instruction.
        pc: u32,
        /// The opcode byte.
        opcode: u8,
    },
    /// The code is empty or ends within an instruction.
    Truncated {
        /// Offset of the instruction that is cut short.
        pc: u32,
    },
    /// `EXTENDED_ARG` precedes an opcode that takes no argument, or another `EXTENDED_ARG`.
    BadPrefix {
        /// Offset of the prefix.
        pc: u32,
    },
    /// A jump or block leads out of the code or into the middle of an instruction.
    BadJump {
        /// Offset of the instruction that jumps.
        pc: u32,
        /// Where it leads; `u32::MAX` if beyond that.
        target: u32,
    },
    /// The argument has no meaning or lies outside the table it refers to.
    BadOperand {
        /// Offset of the instruction.
        pc: u32,
        /// The opcode byte.
        opcode: u8,
        /// The argument, `EXTENDED_ARG` included.
        operand: u32,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            DecodeError::UnknownOpcode { pc, opcode } => {
                write!(f, "unknown opcode {opcode} at {pc}")
            }
            DecodeError::Truncated { pc } => write!(f, "code ends within the instruction at {pc}"),
            DecodeError::BadPrefix { pc } => write!(f, "misplaced EXTENDED_ARG at {pc}"),
            DecodeError::BadJump { pc, target } => {
                write!(f, "jump at {pc} to {target}, where no instruction starts")
            }
            DecodeError::BadOperand { pc, opcode, operand } => {
                write!(f, "bad operand {operand} of opcode {opcode} at {pc}")
            }
        }
    }
}

impl Error for DecodeError {}

/// What is known of a byte offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    /// Index of the instruction that starts here.
    index: Option<u32>,
    jump_target: bool,
    handler: bool,
}

/// A decoded code object: its instructions in order, and who arrives where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytecode {
    /// All instructions, unreachable ones included, by ascending `pc` and without gaps.
    /// The last one need not end a path: code after a `return` may run off the end.
    pub instructions: Vec<Instruction>,
    places: Vec<Place>,
    loop_headers: Vec<u32>,
}

impl Bytecode {
    fn place(&self, pc: u32) -> Place {
        self.places.get(pc as usize).copied().unwrap_or_default()
    }

    /// Index of the instruction that starts at `pc`, its `EXTENDED_ARG` prefix included.
    pub fn index_of(&self, pc: u32) -> Option<usize> {
        self.place(pc).index.map(|index| index as usize)
    }

    /// The instruction that starts at `pc`.
    pub fn at(&self, pc: u32) -> Option<&Instruction> {
        self.index_of(pc).map(|index| &self.instructions[index])
    }

    /// Does some jump lead to `pc`? The exit of `FOR_ITER` and the header of `CONTINUE_LOOP`
    /// count; the handlers of `SETUP_*` do not.
    pub fn is_jump_target(&self, pc: u32) -> bool {
        self.place(pc).jump_target
    }

    /// Is `pc` the handler of some `SETUP_*`? For `SETUP_LOOP` that is where `break` leads.
    pub fn is_handler(&self, pc: u32) -> bool {
        self.place(pc).handler
    }

    /// Targets of backward jumps in ascending order, each once.
    pub fn loop_headers(&self) -> &[u32] {
        &self.loop_headers
    }

    /// How many of the first `count` locals no instruction binds or deletes, from the first on.
    pub fn constant_locals(&self, count: u32) -> u32 {
        let changed = self.instructions.iter().filter_map(|instruction| match instruction.op {
            Op::StoreFast(slot) | Op::DeleteFast(slot) => Some(slot),
            _ => None,
        });
        changed.fold(count, u32::min)
    }

    /// The instructions from a loop header to the last jump back to it.
    pub fn loop_body(&self, header: u32) -> &[Instruction] {
        let is_back = |instruction: &Instruction| {
            instruction.pc >= header
                && matches!(target(instruction.op), Some(Target::Jump(to)) if to == header)
        };
        match (self.index_of(header), self.instructions.iter().rposition(is_back)) {
            (Some(first), Some(last)) => &self.instructions[first..=last],
            _ => &[],
        }
    }
}

/// Where an operation may lead other than to the next instruction.
pub(super) enum Target {
    Jump(u32),
    Handler(u32),
}

impl Op {
    /// Where it may lead other than to the next instruction: the target of a jump, or the handler of a block.
    pub fn leads_to(self) -> Option<u32> {
        target(self).map(|(Target::Jump(to) | Target::Handler(to))| to)
    }
}

pub(super) fn target(op: Op) -> Option<Target> {
    match op {
        Op::Jump(to)
        | Op::PopJumpIfFalse(to)
        | Op::PopJumpIfTrue(to)
        | Op::JumpIfFalseOrPop(to)
        | Op::JumpIfTrueOrPop(to)
        | Op::ForIter(to)
        | Op::ContinueLoop(to) => Some(Target::Jump(to)),
        Op::SetupLoop(to)
        | Op::SetupExcept(to)
        | Op::SetupFinally(to)
        | Op::SetupWith(to)
        | Op::SetupAsyncWith(to) => Some(Target::Handler(to)),
        _ => None,
    }
}

/// Does the index the operation carries, if any, lie within its table of the code object?
fn is_in_table(op: Op, code: &CodeDesc) -> bool {
    match op {
        Op::LoadConst(index) => (index as usize) < code.consts.len(),
        Op::LoadFast(index) | Op::StoreFast(index) | Op::DeleteFast(index) => index < code.locals,
        Op::LoadClosure(index)
        | Op::LoadDeref(index)
        | Op::LoadClassDeref(index)
        | Op::StoreDeref(index)
        | Op::DeleteDeref(index) => index < code.cells.saturating_add(code.frees),
        Op::LoadGlobal(index)
        | Op::StoreGlobal(index)
        | Op::DeleteGlobal(index)
        | Op::LoadName(index)
        | Op::StoreName(index)
        | Op::DeleteName(index)
        | Op::LoadAttr(index)
        | Op::StoreAttr(index)
        | Op::DeleteAttr(index)
        | Op::ImportName(index)
        | Op::ImportFrom(index) => (index as usize) < code.names.len(),
        _ => true,
    }
}

/// Reads the instruction at `pc`.
fn instruction(code: &CodeDesc, pc: u32) -> Result<Instruction, DecodeError> {
    let mut rest = code.code[pc as usize..].iter().copied();
    let truncated = DecodeError::Truncated { pc };
    let mut byte = || rest.next().ok_or(truncated);

    let mut opcode = byte()?;
    let mut operand = 0;
    let mut next = pc + 1;
    if opcode >= HAVE_ARGUMENT {
        operand = u32::from(u16::from_le_bytes([byte()?, byte()?]));
        next += 2;
    }
    let prefix = extended_arg(code.version);
    if opcode == prefix {
        opcode = byte()?;
        if opcode < HAVE_ARGUMENT || opcode == prefix {
            return Err(DecodeError::BadPrefix { pc });
        }
        operand = (operand << 16) | u32::from(u16::from_le_bytes([byte()?, byte()?]));
        next += 3;
    }

    let bad_operand = DecodeError::BadOperand { pc, opcode, operand };
    let op = operation(code.version, opcode, operand, next).map_err(|fault| match fault {
        Fault::Opcode => DecodeError::UnknownOpcode { pc, opcode },
        Fault::Argument => bad_operand,
    })?;
    if !is_in_table(op, code) {
        return Err(bad_operand);
    }
    Ok(Instruction { pc, next, opcode, op })
}

/// Decodes all of `co_code`.
pub fn decode(code: &CodeDesc) -> Result<Bytecode, DecodeError> {
    let length = code.code.len();
    if length == 0 {
        return Err(DecodeError::Truncated { pc: 0 });
    }
    let mut instructions = Vec::with_capacity(length / 2);
    let mut places = vec![Place::default(); length];
    let mut pc = 0;
    while (pc as usize) < length {
        let instruction = instruction(code, pc)?;
        places[pc as usize].index = Some(instructions.len() as u32);
        pc = instruction.next;
        instructions.push(instruction);
    }

    let mut loop_headers = Vec::new();
    for &Instruction { pc, op, .. } in &instructions {
        let Some(target) = target(op) else { continue };
        let (Target::Jump(to) | Target::Handler(to)) = target;
        let place = places
            .get_mut(to as usize)
            .filter(|place| place.index.is_some())
            .ok_or(DecodeError::BadJump { pc, target: to })?;
        match target {
            Target::Handler(_) => place.handler = true,
            Target::Jump(_) => {
                place.jump_target = true;
                if to <= pc {
                    loop_headers.push(to);
                }
            }
        }
    }
    loop_headers.sort_unstable();
    loop_headers.dedup();
    Ok(Bytecode { instructions, places, loop_headers })
}

#[cfg(test)]
mod tests {
    use super::super::Version;
    use super::super::assembler::assemble;
    use super::*;
    use Version::{V27, V34, V35};

    /// A code object with four of everything but cells and free variables, of which it has one.
    fn desc(version: Version, text: &str) -> CodeDesc {
        let tables = ".locals a b c d\n.cells e\n.frees f\n.names g h m n\n.consts None 0 1 2\n";
        assemble(version, &format!("{tables}{text}")).unwrap().code
    }

    fn read(version: Version, text: &str) -> Bytecode {
        decode(&desc(version, text)).unwrap()
    }

    fn error(version: Version, text: &str) -> DecodeError {
        decode(&desc(version, text)).unwrap_err()
    }

    fn offsets(bytecode: &Bytecode, is: impl Fn(&Bytecode, u32) -> bool) -> Vec<u32> {
        (0..bytecode.places.len() as u32).filter(|&pc| is(bytecode, pc)).collect()
    }

    #[test]
    fn locals_are_constant_up_to_the_first_that_is_bound_or_deleted() {
        let code = "LOAD_FAST a; STORE_FAST c; LOAD_FAST b; RETURN_VALUE";
        let constant = |code: &str, count| read(V27, code).constant_locals(count);
        assert_eq!(constant(code, 4), 2);
        assert_eq!(constant(code, 1), 1);
        let never_reached = format!("{code}; DELETE_FAST b; RETURN_VALUE");
        assert_eq!(constant(&never_reached, 4), 1);
    }

    /// As 2.7.18 compiles it:
    /// ```python
    /// for b in a:
    ///     try:
    ///         if b: continue
    ///         b += 1
    ///     finally:
    ///         g()
    /// ```
    const CONTINUE_27: &str = "
                SETUP_LOOP after; LOAD_FAST a; GET_ITER
        next:   FOR_ITER end; STORE_FAST b
                SETUP_FINALLY finally; LOAD_FAST b; POP_JUMP_IF_FALSE else
                CONTINUE_LOOP next; JUMP_FORWARD else
        else:   LOAD_FAST b; LOAD_CONST (1); INPLACE_ADD; STORE_FAST b
                POP_BLOCK; LOAD_CONST (None)
        finally: LOAD_GLOBAL g; CALL_FUNCTION 0; POP_TOP; END_FINALLY; JUMP_ABSOLUTE next
        end:    POP_BLOCK
        after:  LOAD_CONST (None); RETURN_VALUE";

    #[test]
    fn for_loop_with_continue_in_try_finally() {
        let bytecode = read(V27, CONTINUE_27);
        assert_eq!(bytecode.instructions.len(), 24);
        assert_eq!(bytecode.instructions[0].op, Op::SetupLoop(54));
        assert_eq!(bytecode.at(7).unwrap().op, Op::ForIter(53));
        assert_eq!(bytecode.at(13).unwrap().op, Op::SetupFinally(42));
        assert_eq!(bytecode.at(22).unwrap().op, Op::ContinueLoop(7));
        assert_eq!(bytecode.at(25).unwrap().op, Op::Jump(28));
        assert_eq!(offsets(&bytecode, Bytecode::is_jump_target), [7, 28, 53]);
        assert_eq!(offsets(&bytecode, Bytecode::is_handler), [42, 54]);
        assert_eq!(bytecode.loop_headers(), [7]);
        let body = bytecode.loop_body(7);
        assert_eq!((body[0].op, body.last().unwrap().op), (Op::ForIter(53), Op::Jump(7)));
        assert!(bytecode.loop_body(13).is_empty());
    }

    #[test]
    fn instructions_follow_one_another_and_are_found_by_offset() {
        let code = desc(V27, CONTINUE_27);
        let bytecode = decode(&code).unwrap();
        let mut pc = 0;
        for (index, instruction) in bytecode.instructions.iter().enumerate() {
            assert_eq!(instruction.pc, pc);
            assert_eq!(instruction.opcode, code.code[pc as usize]);
            assert_eq!(bytecode.index_of(pc), Some(index));
            pc = instruction.next;
        }
        assert_eq!(pc as usize, code.code.len());
        assert_eq!(bytecode.index_of(1), None);
        assert_eq!(bytecode.index_of(pc), None);
        assert!(bytecode.at(u32::MAX).is_none());
        assert!(!bytecode.is_jump_target(u32::MAX));
    }

    #[test]
    fn conditional_jumps_backward_make_loop_headers() {
        let bytecode = read(
            V35,
            "outer: LOAD_FAST a; inner: LOAD_FAST a; POP_JUMP_IF_FALSE inner; LOAD_FAST a
             JUMP_IF_TRUE_OR_POP outer; JUMP_FORWARD end; end: LOAD_CONST (None); RETURN_VALUE",
        );
        assert_eq!(bytecode.loop_headers(), [0, 3]);
        assert_eq!(offsets(&bytecode, Bytecode::is_jump_target), [0, 3, 18]);
        let itself = read(V34, "self: JUMP_ABSOLUTE self");
        assert_eq!(itself.loop_headers(), [0]);
    }

    #[test]
    fn try_except_of_2_and_3() {
        // try: g()
        // except h: pass
        let statement = |pop_except: &str| {
            format!(
                "SETUP_EXCEPT handler; LOAD_GLOBAL g; CALL_FUNCTION 0; POP_TOP; POP_BLOCK; JUMP_FORWARD end
                 handler: DUP_TOP; LOAD_GLOBAL h; COMPARE_OP exception-match; POP_JUMP_IF_FALSE other
                 POP_TOP; POP_TOP; POP_TOP; {pop_except}; JUMP_FORWARD end
                 other: END_FINALLY
                 end: LOAD_CONST (None); RETURN_VALUE"
            )
        };
        let two = read(V27, &statement(""));
        assert_eq!(two.at(27).unwrap().op, Op::Jump(31));
        assert_eq!(offsets(&two, Bytecode::is_handler), [14]);
        assert_eq!(offsets(&two, Bytecode::is_jump_target), [30, 31]);
        let three = read(V35, &statement("POP_EXCEPT"));
        assert_eq!(three.at(27).unwrap().op, Op::PopExcept);
        assert_eq!(offsets(&three, Bytecode::is_handler), [14]);
        assert_eq!(offsets(&three, Bytecode::is_jump_target), [31, 32]);
        assert!(three.loop_headers().is_empty());
    }

    #[test]
    fn with_statements() {
        // with a as b: return b
        for (version, cleanup, ops) in [
            (V27, "WITH_CLEANUP", &[Op::WithCleanup, Op::EndFinally][..]),
            (V34, "WITH_CLEANUP", &[Op::WithCleanup, Op::EndFinally]),
            (
                V35,
                "WITH_CLEANUP_START; WITH_CLEANUP_FINISH",
                &[Op::WithCleanupStart, Op::WithCleanupFinish, Op::EndFinally],
            ),
        ] {
            let text = format!(
                "LOAD_FAST a; SETUP_WITH cleanup; STORE_FAST b; LOAD_FAST b; RETURN_VALUE
                 POP_BLOCK; LOAD_CONST (None)
                 cleanup: {cleanup}; END_FINALLY; LOAD_CONST (None); RETURN_VALUE"
            );
            let bytecode = read(version, &text);
            assert_eq!(bytecode.at(3).unwrap().op, Op::SetupWith(17));
            assert!(bytecode.is_handler(17));
            let from = bytecode.index_of(17).unwrap();
            let found: Vec<Op> = bytecode.instructions[from..].iter().map(|i| i.op).collect();
            assert_eq!(found[..ops.len()], *ops);
        }
    }

    #[test]
    fn extended_arg_belongs_to_the_instruction_it_precedes() {
        for version in [V27, V34, V35] {
            let bytecode = read(version, "JUMP_FORWARD 1; NOP; MAKE_FUNCTION 65538; RETURN_VALUE");
            let instruction = Instruction { pc: 4, next: 10, opcode: 132, op: Op::MakeFunction(0x1_0002) };
            assert_eq!(bytecode.at(4), Some(&instruction));
            assert_eq!(bytecode.at(7), None);
            assert!(bytecode.is_jump_target(4));
        }
    }

    #[test]
    fn extended_jumps_reach_beyond_16_bits() {
        let nops = "NOP;".repeat(0x1_000a - 6);
        let bytecode = read(V35, &format!("JUMP_FORWARD {}; {nops} JUMP_ABSOLUTE {}", 0x1_0004, 0x1_0009));
        assert_eq!(bytecode.at(0).unwrap().op, Op::Jump(0x1_000a));
        assert_eq!(bytecode.at(0x1_000a).unwrap().op, Op::Jump(0x1_0009));
        assert_eq!(bytecode.loop_headers(), [0x1_0009]);
    }

    #[test]
    fn misplaced_prefixes_are_refused() {
        assert_eq!(
            error(V35, "NOP; EXTENDED_ARG 1; RETURN_VALUE; NOP; NOP"),
            DecodeError::BadPrefix { pc: 1 }
        );
        assert_eq!(
            error(V27, "EXTENDED_ARG 1; EXTENDED_ARG 0; LOAD_CONST 0"),
            DecodeError::BadPrefix { pc: 0 }
        );
    }

    #[test]
    fn truncated_code_is_refused() {
        assert_eq!(error(V27, ""), DecodeError::Truncated { pc: 0 });
        let whole = desc(V34, "NOP; EXTENDED_ARG 0; LOAD_CONST 0");
        for length in 2..whole.code.len() {
            let cut = CodeDesc { code: whole.code[..length].to_vec(), ..whole.clone() };
            assert_eq!(decode(&cut), Err(DecodeError::Truncated { pc: 1 }));
        }
        assert!(decode(&whole).is_ok());
    }

    #[test]
    fn unknown_opcodes_are_refused() {
        assert_eq!(error(V27, "NOP; STOP_CODE"), DecodeError::UnknownOpcode { pc: 1, opcode: 0 });
        assert_eq!(error(V34, ".bytes 90 00 00 95 00 00"), DecodeError::UnknownOpcode { pc: 0, opcode: 149 });
    }

    #[test]
    fn jumps_must_lead_to_instructions() {
        // Into an argument, behind a prefix, to the end of the code, beyond it.
        assert_eq!(error(V27, "JUMP_ABSOLUTE 1; RETURN_VALUE"), DecodeError::BadJump { pc: 0, target: 1 });
        assert_eq!(
            error(V35, "JUMP_ABSOLUTE 6; EXTENDED_ARG 0; LOAD_CONST 0"),
            DecodeError::BadJump { pc: 0, target: 6 }
        );
        assert_eq!(error(V35, "NOP; SETUP_LOOP 0"), DecodeError::BadJump { pc: 1, target: 4 });
        assert_eq!(
            error(V35, &format!("FOR_ITER {}; RETURN_VALUE", u32::MAX)),
            DecodeError::BadJump { pc: 0, target: u32::MAX }
        );
    }

    #[test]
    fn indices_must_lie_within_their_tables() {
        for (name, opcode, most) in [
            ("LOAD_CONST", 100, 3),
            ("LOAD_GLOBAL", 116, 3),
            ("LOAD_ATTR", 106, 3),
            ("LOAD_FAST", 124, 3),
            ("STORE_FAST", 125, 3),
            ("LOAD_DEREF", 136, 1),
        ] {
            assert!(decode(&desc(V35, &format!("{name} {most}"))).is_ok());
            let operand = most + 1;
            let found = error(V35, &format!("{name} {operand}"));
            assert_eq!(found, DecodeError::BadOperand { pc: 0, opcode, operand });
        }
        assert_eq!(error(V27, "DUP_TOPX 4").to_string(), "bad operand 4 of opcode 99 at 0");
    }
}
