//! Code objects from text: an instruction a line, by the names that `dis` prints.
//!
//! ```text
//! .args n                     # parameters; `.locals`, `.cells`, `.frees` and `.names` likewise
//! .consts None 0 1            # `co_consts`: also floats, True, False, 'text', tuple, other
//!         LOAD_CONST (0)      # by value; what `co_consts` lacks is added to it
//!         STORE_FAST i        # by name; locals and names that are new are added as well
//!         SETUP_LOOP done     # a label, wherever the target counts from
//! head:   LOAD_FAST 1         # a number is the argument as it is
//!         LOAD_FAST n
//!         COMPARE_OP <        # `not-in`, `is-not` and `exception-match` are one word
//!         POP_JUMP_IF_FALSE end
//!         …
//! ```
//!
//! `.name`, `.stack` (`co_stacksize`), `.generator` and `.module` (locals are no slots) say the rest of a
//! code object, and `.bytes 64 00 00` is code in hexadecimal. Instructions may share a line, with `;` between
//! them. Addresses of objects are made up.

mod names;

use super::op::Version;
use super::tables::{HAVE_ARGUMENT, extended_arg};
use super::{CodeDesc, Const, ConstKind};
use names::Meaning;
use std::collections::BTreeMap;
use std::fmt;

/// The made-up address of the first constant, large enough to be told from other numbers.
const FIRST_CONST: usize = 0x100_0000;
/// That of the first name, likewise.
const FIRST_NAME: usize = 0x200_0000;

/// A code object, and where its labels are.
#[derive(Clone, Debug, PartialEq)]
pub struct Assembled {
    /// The code object.
    pub code: CodeDesc,
    /// The offset of each label.
    pub labels: BTreeMap<String, u32>,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssembleError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a line; with the word that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no such directive.
    Directive(String),
    /// The version has no such instruction.
    Instruction(String),
    /// The instruction takes an operand.
    NoOperand,
    /// Nothing is expected there.
    Extra(String),
    /// It cannot be the operand.
    Operand(String),
    /// There is no such label, or it is behind an instruction that only jumps forward.
    Target(String),
    /// The label is there already.
    Label(String),
    /// It is no constant.
    Constant(String),
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.problem {
            Problem::Directive(word) => write!(f, "there is no directive `{word}`"),
            Problem::Instruction(word) => write!(f, "the version has no instruction `{word}`"),
            Problem::NoOperand => f.write_str("the instruction takes an operand"),
            Problem::Extra(word) => write!(f, "`{word}` is too much"),
            Problem::Operand(word) => write!(f, "`{word}` cannot be the operand"),
            Problem::Target(word) => write!(f, "cannot jump to `{word}`"),
            Problem::Label(word) => write!(f, "the label `{word}` is there already"),
            Problem::Constant(word) => write!(f, "`{word}` is no constant"),
        }
    }
}

impl std::error::Error for AssembleError {}

/// The code object that a text says.
pub fn assemble(version: Version, text: &str) -> Result<Assembled, AssembleError> {
    let mut assembler = Assembler::new(version);
    for (index, line) in text.lines().enumerate() {
        let at = |problem| AssembleError { line: index + 1, problem };
        let said = line.split_once('#').map_or(line, |(before, _)| before);
        said.split(';').try_for_each(|part| assembler.part(index + 1, part)).map_err(at)?;
    }
    assembler.finish()
}

/// A label that is used, and where its offset belongs.
struct Jump {
    line: usize,
    label: String,
    /// Offset of the argument's bytes.
    argument: usize,
    is_relative: bool,
}

/// A code object under construction.
struct Assembler {
    code: CodeDesc,
    labels: BTreeMap<String, u32>,
    jumps: Vec<Jump>,
    locals: Vec<String>,
    /// Cells, then free variables.
    cells: Vec<String>,
}

impl Assembler {
    fn new(version: Version) -> Assembler {
        let code = CodeDesc {
            version,
            name: "f".to_string(),
            filename: "f.py".to_string(),
            first_line: 1,
            code: Vec::new(),
            consts: Vec::new(),
            names: Vec::new(),
            name_texts: Vec::new(),
            parameters: Vec::new(),
            arguments: 0,
            locals: 0,
            cells: 0,
            frees: 0,
            stack_size: 20,
            is_generator: false,
            is_optimized: true,
            cell_arguments: Vec::new(),
        };
        Assembler { code, labels: BTreeMap::new(), jumps: Vec::new(), locals: Vec::new(), cells: Vec::new() }
    }

    fn part(&mut self, line: usize, part: &str) -> Result<(), Problem> {
        let mut words = part.split_whitespace().peekable();
        while let Some(label) = words.peek().and_then(|word| word.strip_suffix(':')) {
            let here = self.code.code.len() as u32;
            if self.labels.insert(label.to_string(), here).is_some() {
                return Err(Problem::Label(label.to_string()));
            }
            words.next();
        }
        let Some(first) = words.next() else { return Ok(()) };
        if let Some(directive) = first.strip_prefix('.') {
            return self.directive(directive, &words.collect::<Vec<_>>());
        }
        let operand = words.next();
        if let Some(extra) = words.next() {
            return Err(Problem::Extra(extra.to_string()));
        }
        let opcode =
            names::opcode(self.code.version, first).ok_or_else(|| Problem::Instruction(first.to_string()))?;
        match operand {
            None if opcode < HAVE_ARGUMENT => self.code.code.push(opcode),
            None => return Err(Problem::NoOperand),
            Some(extra) if opcode < HAVE_ARGUMENT => return Err(Problem::Extra(extra.to_string())),
            Some(operand) => self.with_argument(line, opcode, operand)?,
        }
        Ok(())
    }

    fn directive(&mut self, name: &str, words: &[&str]) -> Result<(), Problem> {
        let texts = || words.iter().map(|word| word.to_string());
        match name {
            "name" => self.code.name = words.join(" "),
            "args" => {
                self.locals.extend(texts());
                self.code.arguments = self.locals.len() as u32;
                self.code.parameters = vec![0; self.locals.len()];
            }
            "locals" => self.locals.extend(texts()),
            "cells" => {
                self.cells.extend(texts());
                self.code.cells = self.cells.len() as u32;
            }
            "frees" => {
                self.cells.extend(texts());
                self.code.frees = self.cells.len() as u32 - self.code.cells;
            }
            "names" => words.iter().for_each(|word| self.name(word)),
            "consts" => {
                for word in words {
                    let kind = constant(word).ok_or_else(|| Problem::Constant(word.to_string()))?;
                    self.constant(kind);
                }
            }
            "stack" => {
                let size = words.first().and_then(|word| word.parse().ok());
                self.code.stack_size = size.ok_or_else(|| Problem::Operand(words.join(" ")))?;
            }
            "generator" => self.code.is_generator = true,
            "module" => self.code.is_optimized = false,
            "bytes" => {
                for word in words {
                    let byte =
                        u8::from_str_radix(word, 16).map_err(|_| Problem::Operand(word.to_string()))?;
                    self.code.code.push(byte);
                }
            }
            _ => return Err(Problem::Directive(name.to_string())),
        }
        Ok(())
    }

    fn with_argument(&mut self, line: usize, opcode: u8, operand: &str) -> Result<(), Problem> {
        let bad = || Problem::Operand(operand.to_string());
        let meaning = names::meaning(opcode);
        let argument: u32 = match (operand.parse::<u32>(), meaning) {
            (Ok(number), _) => number,
            (Err(_), Meaning::Relative | Meaning::Absolute) => {
                let is_relative = meaning == Meaning::Relative;
                let argument = self.code.code.len() + 1;
                self.jumps.push(Jump { line, label: operand.to_string(), argument, is_relative });
                0
            }
            (Err(_), Meaning::Const) => {
                let value =
                    operand.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or_else(bad)?;
                let kind = constant(value).ok_or_else(|| Problem::Constant(value.to_string()))?;
                let found = self.code.consts.iter().position(|known| known.kind == kind);
                found.unwrap_or_else(|| self.constant(kind)) as u32
            }
            (Err(_), Meaning::Name) => {
                if !self.code.name_texts.iter().any(|known| known == operand) {
                    self.name(operand);
                }
                index(&self.code.name_texts, operand).ok_or_else(bad)?
            }
            (Err(_), Meaning::Local) => index(&self.locals, operand).unwrap_or_else(|| {
                self.locals.push(operand.to_string());
                self.locals.len() as u32 - 1
            }),
            (Err(_), Meaning::Cell) => index(&self.cells, operand).ok_or_else(bad)?,
            (Err(_), Meaning::Comparison) => names::comparison(operand).ok_or_else(bad)?,
            (Err(_), Meaning::Number) => return Err(bad()),
        };
        let [low, high, upper @ ..] = argument.to_le_bytes();
        if upper != [0, 0] {
            self.code.code.extend([extended_arg(self.code.version), upper[0], upper[1]]);
        }
        self.code.code.extend([opcode, low, high]);
        Ok(())
    }

    fn name(&mut self, name: &str) {
        self.code.name_texts.push(name.to_string());
        self.code.names.push(FIRST_NAME + 0x100 * self.code.names.len());
    }

    /// Adds a constant; its index.
    fn constant(&mut self, kind: ConstKind) -> usize {
        let index = self.code.consts.len();
        self.code.consts.push(Const { address: FIRST_CONST + 0x100 * index, kind });
        index
    }

    fn finish(mut self) -> Result<Assembled, AssembleError> {
        for Jump { line, label, argument, is_relative } in self.jumps {
            let from = if is_relative { argument + 2 } else { 0 };
            let distance = self
                .labels
                .get(&label)
                .and_then(|to| (*to as usize).checked_sub(from))
                .and_then(|distance| u16::try_from(distance).ok())
                .ok_or(AssembleError { line, problem: Problem::Target(label) })?;
            self.code.code[argument..argument + 2].copy_from_slice(&distance.to_le_bytes());
        }
        self.code.locals = self.locals.len() as u32;
        let is_argument =
            |cell: &String| index(&self.locals, cell).filter(|slot| *slot < self.code.arguments);
        self.code.cell_arguments =
            self.cells[..self.code.cells as usize].iter().filter_map(is_argument).collect();
        Ok(Assembled { code: self.code, labels: self.labels })
    }
}

fn index(names: &[String], name: &str) -> Option<u32> {
    names.iter().position(|known| known == name).map(|index| index as u32)
}

/// The constant with this text.
fn constant(text: &str) -> Option<ConstKind> {
    Some(match text {
        "None" => ConstKind::None,
        "True" => ConstKind::Bool(true),
        "False" => ConstKind::Bool(false),
        "tuple" => ConstKind::Tuple,
        "other" => ConstKind::Other,
        _ if text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'') => ConstKind::Str,
        _ => match text.parse() {
            Ok(number) => ConstKind::Int(number),
            Err(_) => ConstKind::Float(text.parse().ok()?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_lead_forward_and_backward() {
        let text = "
            .args n
            .consts None 0
                    LOAD_CONST (1)
                    STORE_FAST i
                    SETUP_LOOP done     # relative
            head:   LOAD_FAST 1
                    LOAD_FAST n
                    COMPARE_OP <; POP_JUMP_IF_FALSE end; JUMP_ABSOLUTE head
            end:    POP_BLOCK
            done:   LOAD_GLOBAL g
                    RETURN_VALUE
        ";
        let Assembled { code, labels } = assemble(Version::V27, text).unwrap();
        #[rustfmt::skip]
        assert_eq!(code.code, [
            100, 2, 0, 125, 1, 0, 120, 16, 0, 124, 1, 0, 124, 0, 0, 107, 0, 0, 114, 24, 0, 113, 9, 0, 87,
            116, 0, 0, 83,
        ]);
        assert_eq!(
            labels.into_iter().collect::<Vec<_>>(),
            [("done".to_string(), 25), ("end".to_string(), 24), ("head".to_string(), 9)]
        );
        let kinds: Vec<ConstKind> = code.consts.iter().map(|constant| constant.kind).collect();
        assert_eq!(kinds, [ConstKind::None, ConstKind::Int(0), ConstKind::Int(1)]);
        assert_eq!((code.arguments, code.locals, code.name_texts), (1, 2, vec!["g".to_string()]));
    }

    #[test]
    fn the_rest_of_a_code_object_is_said_by_directives() {
        let text = ".name g\n.args a b\n.cells b c\n.frees d\n.stack 3\n.generator\n.module\n\
            LOAD_DEREF d\n.bytes 53";
        let code = assemble(Version::V35, text).unwrap().code;
        assert_eq!(code.code, [136, 2, 0, 83]);
        assert_eq!((code.name.as_str(), code.stack_size), ("g", 3));
        assert_eq!((code.cells, code.frees, code.cell_arguments), (2, 1, vec![1]));
        assert_eq!((code.is_generator, code.is_optimized), (true, false));
        let kinds = ["1.5", "True", "'x'", "tuple", "other", "-3"].map(|text| constant(text).unwrap());
        assert_eq!(kinds[0], ConstKind::Float(1.5));
        assert_eq!(kinds[1..3], [ConstKind::Bool(true), ConstKind::Str]);
        assert_eq!(kinds[3..], [ConstKind::Tuple, ConstKind::Other, ConstKind::Int(-3)]);
    }

    #[test]
    fn large_arguments_have_a_prefix_of_the_version() {
        let code = |version| assemble(version, "BUILD_LIST 65537").unwrap().code.code;
        assert_eq!(code(Version::V27), [145, 1, 0, 103, 1, 0]);
        assert_eq!(code(Version::V34), [144, 1, 0, 103, 1, 0]);
    }

    #[test]
    fn errors_name_the_line_and_the_word() {
        let error = |text: &str| {
            let error = assemble(Version::V27, text).unwrap_err();
            assert_eq!(error.line, 2, "{text}");
            error.problem
        };
        let word = || "x".to_string();
        assert_eq!(error("NOP\n.x"), Problem::Directive(word()));
        assert_eq!(error("NOP\nx"), Problem::Instruction(word()));
        assert_eq!(error("NOP\nPOP_EXCEPT"), Problem::Instruction("POP_EXCEPT".to_string()));
        assert_eq!(error("NOP\nLOAD_FAST"), Problem::NoOperand);
        assert_eq!(error("NOP\nNOP x"), Problem::Extra(word()));
        assert_eq!(error("NOP\nLOAD_FAST 0 x"), Problem::Extra(word()));
        assert_eq!(error("NOP\nLOAD_DEREF x"), Problem::Operand(word()));
        assert_eq!(error("NOP\nLOAD_CONST x"), Problem::Operand(word()));
        assert_eq!(error("NOP\nLOAD_CONST (x)"), Problem::Constant(word()));
        assert_eq!(error("NOP\nJUMP_FORWARD x\n"), Problem::Target(word()));
        assert_eq!(error("x: NOP\nJUMP_FORWARD x\n"), Problem::Target(word()));
        assert_eq!(error("x: NOP\nx: NOP"), Problem::Label(word()));
        assert_eq!(
            AssembleError { line: 3, problem: Problem::Target(word()) }.to_string(),
            "line 3: cannot jump to `x`"
        );
    }
}
