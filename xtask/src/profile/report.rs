//! A profile as text.

use super::bytecode::Disassembly;
use super::{BytecodeShare, CompiledShare, Profile};
use std::fmt::Write;

/// Functions shown.
const FUNCTIONS: usize = 25;

/// Compiled functions shown line by line.
pub const COMPILED: usize = 4;

/// Shares below this are not shown by line or bytecode.
const LEAST: f64 = 0.005;

/// The profile for people.
pub fn text(profile: &Profile, disassembly: &Disassembly) -> String {
    let mut text =
        format!("{} on CPython {}: {} samples\n\n", profile.program, profile.version, profile.samples);
    for (category, share) in &profile.categories {
        line(&mut text, format_args!("{:>7}  {}", percent(*share), category.title()));
    }
    line(&mut text, format_args!("\n   self  function"));
    for function in profile.functions.iter().take(FUNCTIONS).filter(|function| function.share >= LEAST / 2.0)
    {
        let title = function.category.title();
        line(&mut text, format_args!("{:>7}  {:12} {}", percent(function.share), title, function.name));
    }
    for function in profile.compiled.iter().take(COMPILED) {
        if function.own + function.called >= LEAST {
            compiled(&mut text, function, disassembly);
        }
    }
    text
}

fn compiled(text: &mut String, function: &CompiledShare, disassembly: &Disassembly) {
    let (own, called) = (percent(function.own), percent(function.called));
    line(text, format_args!("\n{}: {own} itself, {called} in what it calls", function.name));
    line(text, format_args!("   self  called  line"));
    for at in function.lines.iter().filter(|at| at.own + at.called >= LEAST) {
        let source = disassembly.line(&function.file, at.line).unwrap_or("");
        let number = if at.line == 0 { "-".to_string() } else { at.line.to_string() };
        let source = if at.line == 0 { "exits and exceptions" } else { source };
        line(text, format_args!("{:>7} {:>7} {number:>5}  {source}", percent(at.own), percent(at.called)));
        let bytecodes =
            at.bytecodes.iter().filter(|bytecode| at.line != 0 && bytecode.own + bytecode.called >= LEAST);
        for BytecodeShare { pc, own, called } in bytecodes {
            let name = disassembly.bytecode(&function.name, *pc).unwrap_or("");
            line(text, format_args!("{:>7} {:>7} {pc:>14} {name}", percent(*own), percent(*called)));
        }
    }
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(arguments);
    debug_assert!(written.is_ok(), "a String takes everything");
    // Without a source line, nothing is behind the number.
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

fn percent(share: f64) -> String {
    if share == 0.0 { "-".to_string() } else { format!("{:.1}%", share * 100.0) }
}

#[cfg(test)]
mod tests {
    use super::super::{Category, FunctionShare, LineShare};
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_hot_is_shown() {
        let bytecode = |pc, own, called| BytecodeShare { pc, own, called };
        let lines = vec![
            LineShare { line: 0, own: 0.01, called: 0.0, bytecodes: vec![bytecode(0, 0.01, 0.0)] },
            LineShare {
                line: 3,
                own: 0.25,
                called: 0.5,
                bytecodes: vec![bytecode(6, 0.25, 0.0), bytecode(9, 0.0, 0.5)],
            },
            LineShare { line: 4, own: 0.001, called: 0.0, bytecodes: vec![] },
        ];
        let profile = Profile {
            program: "p".into(),
            version: "2.7.18".into(),
            samples: 1000,
            categories: BTreeMap::from([
                (Category::Native, 0.261),
                (Category::Helpers, 0.739),
                (Category::Compiler, 0.0),
            ]),
            functions: vec![FunctionShare { name: "f".into(), category: Category::Native, share: 0.261 }],
            compiled: vec![CompiledShare {
                name: "f".into(),
                file: "/f.py".into(),
                own: 0.261,
                called: 0.5,
                lines,
            }],
        };
        let expected = "p on CPython 2.7.18: 1000 samples

  26.1%  native code
  73.9%  helpers
      -  compiler

   self  function
  26.1%  native code  f

f: 26.1% itself, 50.0% in what it calls
   self  called  line
   1.0%       -     -  exits and exceptions
  25.0%   50.0%     3
  25.0%       -              6
      -   50.0%              9
";
        assert_eq!(text(&profile, &Disassembly::default()), expected);
    }
}
