//! What profilers and debuggers are told of compiled code.

use super::*;
use crate::backend::{Description, Position};
use cranelift_codegen::gimli::{
    BaseAddresses, CfaRule, EhFrame, NativeEndian, RegisterRule, UnwindContext, UnwindSection, X86_64,
};

/// `local 0 + local 1` of ints, in three bytecodes, boxed in a fourth.
fn sum() -> Build {
    let mut b = Build::new();
    b.function.position = Some(0);
    let x = b.object(Insn::LoadLocal(0));
    b.function.position = Some(3);
    let y = b.object(Insn::LoadLocal(1));
    b.function.position = Some(6);
    let exit = b.exit(6, ExitReason::Overflow, &[], &[borrowed(x), borrowed(y)]);
    let (lhs, rhs) = (b.int(Insn::UnboxInt(x)), b.int(Insn::UnboxInt(y)));
    let add = Insn::IntBinary { op: crate::bytecode::BinaryOp::Add, lhs, rhs, seen: Seen::Number, exit };
    let sum = b.int(add);
    b.function.position = Some(7);
    let sum = b.boxed(sum);
    b.ret(sum);
    b
}

fn described() -> (NativeCode, Description) {
    let options = BackendOptions { describe: true, ..BackendOptions::default() };
    let mut code = sum().compile_with(&host_27(0), &options).unwrap();
    let description = code.description.take().unwrap();
    (code, description)
}

#[test]
fn every_bytecode_has_its_code() {
    let (code, Description { positions, .. }) = described();
    assert_eq!(positions[0], Position { offset: 0, pc: None });
    if whose() == Whose::Interp {
        // It is the same for all of them.
        assert_eq!(positions.len(), 1);
        return;
    }
    assert!(positions.is_sorted_by(|a, b| a.offset < b.offset && a.pc != b.pc));
    assert!(positions.iter().all(|position| position.offset as usize <= code.size));
    for pc in [0, 3, 6, 7] {
        assert!(positions.iter().any(|position| position.pc == Some(pc)), "{pc}: {positions:?}");
    }
    // The code of the exit comes last, and goes to where the sum is.
    assert_eq!(positions.iter().rev().find_map(|position| position.pc), Some(6));
}

#[test]
fn nothing_is_said_unless_it_is_asked_for() {
    let code = sum().compile(&host_27(0));
    assert!(code.description.is_none());
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_caller_is_found_by_the_frame_pointer() {
    let (code, Description { unwind, .. }) = described();
    if whose() == Whose::Interp {
        assert!(unwind.is_none(), "it is gone by the time that something is called");
        return;
    }
    let start = code.function as usize as u64;
    let bytes = unwind.unwrap().eh_frame(start as usize).unwrap();
    let section = EhFrame::new(&bytes, NativeEndian);
    let (bases, mut context) = (BaseAddresses::default(), UnwindContext::new());
    let mut at = |address: u64| {
        let row =
            section.unwind_info_for_address(&bases, &mut context, address, EhFrame::cie_from_offset).unwrap();
        (row.cfa().clone(), row.register(X86_64::RBP))
    };
    let by = |register, offset| CfaRule::RegisterAndOffset { register, offset };
    assert_eq!(at(start).0, by(X86_64::RSP, 8));
    assert_eq!(at(start + code.size as u64 - 2), (by(X86_64::RBP, 16), Some(RegisterRule::Offset(-16))));
}
