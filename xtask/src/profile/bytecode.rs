//! Names of bytecodes and lines of the program, for those who read a profile.

use super::{CompiledShare, Subject};
use std::collections::HashMap;
use std::process::{Command, Stdio};

/// Compiles files as the interpreter does, and prints name, first line, offset and text of each bytecode.
const DISASSEMBLE: &str = "
import dis, sys, types
def walk(path, code):
    text, n = bytearray(code.co_code), 0
    extended = 0
    while n < len(text):
        op, line = text[n], None
        at, n = n, n + 1
        name = dis.opname[op]
        if op >= dis.HAVE_ARGUMENT:
            arg = (text[n] | text[n + 1] << 8) + extended
            n += 2
            extended = 0
            if op == dis.EXTENDED_ARG:
                extended = arg << 16
            if op in dis.hasname:
                name += ' ' + code.co_names[arg]
            elif op in dis.haslocal:
                name += ' ' + code.co_varnames[arg]
            elif op in dis.hascompare:
                name += ' ' + dis.cmp_op[arg]
            elif op in dis.hasconst:
                name += ' ' + repr(code.co_consts[arg])[:30]
            elif op in dis.hasjrel:
                name += ' %d' % (n + arg)
            else:
                name += ' %d' % arg
        sys.stdout.write('\\t'.join((path, code.co_name, str(code.co_firstlineno), str(at), name)) + '\\n')
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            walk(path, const)
for path in sys.argv[1:]:
    try:
        with open(path, 'rb') as f:
            source = f.read()
        walk(path, compile(source, path, 'exec', 0, 1))
    except Exception:
        pass
";

/// What is known of the code that a profile is of.
#[derive(Default)]
pub struct Disassembly {
    /// By name and place of the function, and offset.
    bytecodes: HashMap<(String, u32), String>,
    /// By file.
    sources: HashMap<String, Vec<String>>,
}

impl Disassembly {
    /// The text of a bytecode.
    pub fn bytecode(&self, function: &str, pc: u32) -> Option<&str> {
        self.bytecodes.get(&(function.to_string(), pc)).map(String::as_str)
    }

    /// A line of a file.
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        let lines = self.sources.get(file)?;
        lines.get((line as usize).checked_sub(1)?).map(String::as_str)
    }

    /// Takes up the output of [`DISASSEMBLE`].
    fn add(&mut self, output: &str) {
        for line in output.lines() {
            if let [path, name, first, pc, text] = line.splitn(5, '\t').collect::<Vec<_>>()[..]
                && let Ok(pc) = pc.parse()
            {
                self.bytecodes.insert((format!("{name} ({path}:{first})"), pc), text.to_string());
            }
        }
    }
}

/// Disassembles what is shown of a profile; less where a file cannot be read, or is of no program.
pub fn disassemble(subject: &Subject, compiled: &[CompiledShare]) -> Disassembly {
    let mut all = Disassembly::default();
    for function in compiled.iter().take(super::report::COMPILED) {
        if !all.sources.contains_key(&function.file)
            && let Ok(bytes) = std::fs::read(&function.file)
        {
            let lines = String::from_utf8_lossy(&bytes).lines().map(str::to_string).collect();
            all.sources.insert(function.file.clone(), lines);
        }
    }
    let mut python = Command::new(&subject.stock);
    python.args(["-c", DISASSEMBLE]).args(all.sources.keys()).stdin(Stdio::null()).stderr(Stdio::null());
    if let Ok(output) = python.output() {
        all.add(&String::from_utf8_lossy(&output.stdout));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        let mut all = Disassembly::default();
        all.add("/a.py\tf\t3\t6\tLOAD_CONST '\t'\nnothing\n/a.py\tf\t3\tx\tPOP_TOP\n");
        assert_eq!(all.bytecode("f (/a.py:3)", 6), Some("LOAD_CONST '\t'"));
        assert_eq!(all.bytecode("f (/a.py:3)", 7), None);
        all.sources.insert("/a.py".into(), vec!["one".into(), "two".into()]);
        assert_eq!(
            (all.line("/a.py", 2), all.line("/a.py", 0), all.line("/b.py", 1)),
            (Some("two"), None, None)
        );
    }
}
