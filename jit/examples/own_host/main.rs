//! A function of another interpreter than CPython becomes hot, is compiled, and leaves where an int is too
//! large.

mod interpreter;
mod jit;

use interpreter::{LIVING, int};
use jit::{Jit, PENDING};
use pyjion_jit::bytecode::assembler::assemble;
use pyjion_jit::bytecode::{ConstKind, Version, decode};
use pyjion_jit::hir::ExitReason;
use std::sync::atomic::Ordering::Relaxed;

/// `def f(n, step): i = 0; while i < n: i += step`, and `return i`.
const LOOP: &str = ".args n step
           LOAD_CONST (0); STORE_FAST i; SETUP_LOOP done
    head:  LOAD_FAST i; LOAD_FAST n; COMPARE_OP <; POP_JUMP_IF_FALSE end
           LOAD_FAST i; LOAD_FAST step; INPLACE_ADD; STORE_FAST i; JUMP_ABSOLUTE head
    end:   POP_BLOCK
    done:  LOAD_FAST i; RETURN_VALUE";

fn main() {
    let mut code = assemble(Version::V27, LOOP).unwrap().code;
    for constant in &mut code.consts {
        if let ConstKind::Int(value) = constant.kind {
            constant.address = int(value) as usize;
        }
    }
    let (bytecode, constants) = (decode(&code).unwrap(), LIVING.load(Relaxed));
    let mut jit = Jit::new(&code);
    let run = |jit: &mut Jit<'_>, n, step| {
        let result = interpreter::run(&code, &bytecode, [n, step], jit);
        println!("f({n}, {step}) = {result:?}; compiled: {}", jit.is_native());
        (result, jit.is_native())
    };
    assert_eq!(run(&mut jit, 10, 1), (Some(10), false), "it is not hot yet");
    assert_eq!(run(&mut jit, 10_000, 3), (Some(10_002), true));
    assert_eq!((run(&mut jit, 1_000_000, 1), jit.left.len()), ((Some(1_000_000), true), 0));
    assert!(PENDING.load(Relaxed) > 1000, "compiled code has the periodic work done");
    assert_eq!(run(&mut jit, i64::MAX, 1 << 61), (None, true), "too large for an int");
    assert_eq!(jit.left, [ExitReason::Overflow]);
    assert_eq!(LIVING.load(Relaxed), constants, "every reference was given up once");
}
