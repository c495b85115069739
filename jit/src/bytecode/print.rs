//! The text form of decoded bytecode: one line per instruction, jump targets marked.

use super::decode::Bytecode;
use super::op::{CallShape, Op};
use std::fmt;

impl fmt::Display for Bytecode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for instruction in &self.instructions {
            let pc = instruction.pc;
            let mark = if self.is_jump_target(pc) { ">>" } else { "" };
            write!(f, "{mark:2} {pc:5}  {}", instruction.op)?;
            if self.loop_headers().binary_search(&pc).is_ok() {
                f.write_str("  loop")?;
            }
            if self.is_handler(pc) {
                f.write_str("  handler")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Binary { op, inplace: false } => write!(f, "Binary({op:?})"),
            Op::Binary { op, inplace: true } => write!(f, "Inplace({op:?})"),
            Op::UnpackEx { before, after } => write!(f, "UnpackEx({before}, *, {after})"),
            Op::Call(shape) => write!(f, "Call({shape})"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl fmt::Display for CallShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.positional)?;
        if self.keyword != 0 {
            write!(f, ", {} keyword", self.keyword)?;
        }
        f.write_str(if self.star { ", *" } else { "" })?;
        f.write_str(if self.star_star { ", **" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::super::assembler::assemble;
    use super::super::{BinaryOp, Version, decode};
    use super::*;

    /// ```python
    /// for x in xs:
    ///     try:
    ///         if x: continue
    ///         x += 1
    ///     finally:
    ///         g()
    /// ```
    #[test]
    fn jump_targets_loops_and_handlers_are_marked() {
        let text = "
            .args xs
                    SETUP_LOOP after; LOAD_FAST xs; GET_ITER
            next:   FOR_ITER end; STORE_FAST x
                    SETUP_FINALLY finally; LOAD_FAST x; POP_JUMP_IF_FALSE else
                    CONTINUE_LOOP next; JUMP_FORWARD else
            else:   LOAD_FAST x; LOAD_CONST 1; INPLACE_ADD; STORE_FAST x
                    POP_BLOCK; LOAD_CONST 0
            finally: LOAD_GLOBAL g; CALL_FUNCTION 0; POP_TOP; END_FINALLY; JUMP_ABSOLUTE next
            end:    POP_BLOCK
            after:  LOAD_CONST 0; RETURN_VALUE
            .consts None 1";
        let code = assemble(Version::V27, text).unwrap().code;
        let expected = [
            "       0  SetupLoop(54)",
            "       3  LoadFast(0)",
            "       6  GetIter",
            ">>     7  ForIter(53)  loop",
            "      10  StoreFast(1)",
            "      13  SetupFinally(42)",
            "      16  LoadFast(1)",
            "      19  PopJumpIfFalse(28)",
            "      22  ContinueLoop(7)",
            "      25  Jump(28)",
            ">>    28  LoadFast(1)",
            "      31  LoadConst(1)",
            "      34  Inplace(Add)",
            "      35  StoreFast(1)",
            "      38  PopBlock",
            "      39  LoadConst(0)",
            "      42  LoadGlobal(0)  handler",
            "      45  Call(0)",
            "      48  PopTop",
            "      49  EndFinally",
            "      50  Jump(7)",
            ">>    53  PopBlock",
            "      54  LoadConst(0)  handler",
            "      57  ReturnValue",
        ];
        let text = decode(&code).unwrap().to_string();
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn operations_with_several_arguments() {
        assert_eq!(Op::Binary { op: BinaryOp::MatMul, inplace: false }.to_string(), "Binary(MatMul)");
        assert_eq!(Op::UnpackEx { before: 1, after: 2 }.to_string(), "UnpackEx(1, *, 2)");
        let shape = CallShape { positional: 3, keyword: 2, star: true, star_star: true };
        assert_eq!(Op::Call(shape).to_string(), "Call(3, 2 keyword, *, **)");
        let plain = CallShape { positional: 3, keyword: 0, star: false, star_star: true };
        assert_eq!(Op::Call(plain).to_string(), "Call(3, **)");
    }
}
