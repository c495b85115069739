//! Prints what becomes of a code object: its instructions, HIR as it is built, after each pass, and the final
//! form.
//!
//! ```text
//! cargo run -p pyjion-jit --example dump_hir                      # a loop of 2.7
//! cargo run -p pyjion-jit --example dump_hir 3.5 FILE int         # a text of the assembler, run with ints
//! echo '.args x
//! .bytes 7c 00 00 53' | cargo run -p pyjion-jit --example dump_hir 2.7 -     # bytes, as `co_code` has them
//! ```

use pyjion_jit::bytecode::assembler::assemble;
use pyjion_jit::bytecode::{CodeDesc, Version, decode};
use pyjion_jit::feedback::Feedback;
use pyjion_jit::front;
use pyjion_jit::hir::Type;
use pyjion_jit::host::Host;
use pyjion_jit::passes::{self, PASSES};
use pyjion_jit::{EntrySpec, Options};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Read;

/// `def f(n): i = 0; while i < n: i += 1`, and `return i`.
const LOOP: &str = "
    .args n
            LOAD_CONST (0)
            STORE_FAST i
            SETUP_LOOP done
    head:   LOAD_FAST i
            LOAD_FAST n
            COMPARE_OP <
            POP_JUMP_IF_FALSE end
            LOAD_FAST i
            LOAD_CONST (1)
            INPLACE_ADD
            STORE_FAST i
            JUMP_ABSOLUTE head
    end:    POP_BLOCK
    done:   LOAD_FAST i
            RETURN_VALUE
";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (version, text, kind) = match arguments.as_slice() {
        [] => (Version::V27, LOOP.to_string(), Type::INT),
        [version, file, kind @ ..] => {
            let kind = kind.first().map_or(Ok(Type::EMPTY), |name| Type::named(name))?;
            (version_named(version)?, read(file)?, kind)
        }
        _ => return Err("expected a version and a file".into()),
    };
    let stages = stages(&assemble(version, &text)?.code, kind)?;
    for (name, text) in &stages {
        println!("==== {name}\n{text}");
    }
    if arguments.is_empty() {
        let (_, last) = stages.last().ok_or("nothing was built")?;
        assert!(last.contains("IntBinary.Add") && !last.contains("Box"), "ints are added in registers");
    }
    Ok(())
}

/// What becomes of a code object whose operations were all seen with operands of one kind.
fn stages(code: &CodeDesc, kind: Type) -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let bytecode = decode(code)?;
    let mut feedback = Feedback::new();
    if kind != Type::EMPTY {
        bytecode.instructions.iter().for_each(|instruction| feedback.record(instruction.pc, [kind; 3]));
    }
    let host = Host::made_up(code.version);
    let options = Options::default();
    let entries = [EntrySpec::default()];
    let mut function = front::build(code, &bytecode, &feedback, &[], &entries, &host, &options.front())?;
    let mut stages = vec![("bytecode", bytecode.to_string()), ("built", function.to_string())];
    let mut texts = BTreeMap::new();
    passes::run(&mut function, &host, options.omitted, options.verify, Some(&mut texts))?;
    stages.extend(PASSES.iter().filter_map(|pass| Some((pass.name, texts.remove(pass.text)?))));
    stages.push(("final", function.to_string()));
    Ok(stages)
}

fn version_named(name: &str) -> Result<Version, String> {
    match name {
        "2.7" => Ok(Version::V27),
        "3.4" => Ok(Version::V34),
        "3.5" => Ok(Version::V35),
        _ => Err(format!("there is no version `{name}`")),
    }
}

fn read(file: &str) -> std::io::Result<String> {
    if file != "-" {
        return std::fs::read_to_string(file);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}
