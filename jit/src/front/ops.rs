//! The dispatch: what each bytecode operation means in HIR.

use super::*;
use crate::bytecode::{BlockKind, Instruction, Op, Version};
use crate::hir::Helper;

impl Builder<'_> {
    /// Builds one instruction. The match is exhaustive: it is the checklist for a new operation.
    pub(super) fn step(&mut self, instruction: &Instruction) -> Step {
        let Instruction { pc, next, op, .. } = *instruction;
        match op {
            Op::Nop => Ok(Flow::Next),
            Op::PopTop => {
                let entry = self.pop(pc)?;
                self.release(entry, pc);
                Ok(Flow::Next)
            }
            Op::RotTwo => self.rotate(2, pc),
            Op::RotThree => self.rotate(3, pc),
            Op::RotFour => self.rotate(4, pc),
            Op::Dup(count) => self.duplicate(count as usize, pc),

            Op::Unary(op) => self.unary(op, pc, next),
            Op::Binary { op, inplace } => self.binary(op, inplace, pc, next),
            Op::Compare(op) => self.compare(op, pc, next),

            Op::Subscr => self.subscript(pc, next),
            Op::StoreSubscr => self.store_subscript(pc, next),
            Op::DeleteSubscr => self.call_borrowing(Helper::DeleteSubscr, 2, &[], pc, next),
            Op::Slice(n) => self.call_stack(Helper::Slice, 1 + bounds(n), n.into(), pc, next),
            Op::StoreSlice(n) => self.call_stack(Helper::StoreSlice, 2 + bounds(n), n.into(), pc, next),
            Op::DeleteSlice(n) => self.call_stack(Helper::DeleteSlice, 1 + bounds(n), n.into(), pc, next),

            Op::LoadConst(index) => self.load_const(index, pc),
            Op::LoadFast(slot) => self.load_fast(slot, pc),
            Op::StoreFast(slot) => self.store_fast(slot, pc),
            Op::DeleteFast(slot) => self.delete_fast(slot, pc),
            Op::LoadGlobal(index) => self.load_global(index, pc, next),
            Op::StoreGlobal(index) => self.store_name(Helper::StoreGlobal, index, pc, next),
            Op::DeleteGlobal(index) => self.named(Helper::DeleteGlobal, 0, index, pc, next),
            Op::LoadName(index) => match self.load_tracked(index, pc) {
                true => Ok(Flow::Next),
                false => self.named(Helper::LoadName, 0, index, pc, next),
            },
            Op::StoreName(index) => self.store_name(Helper::StoreName, index, pc, next),
            Op::DeleteName(index) => self.named(Helper::DeleteName, 0, index, pc, next),
            Op::LoadLocals => self.call_borrowing(Helper::LoadLocals, 0, &[], pc, next),
            Op::LoadClosure(index) => self.load_closure(index),
            Op::LoadDeref(index) => self.load_deref(index, pc),
            Op::LoadClassDeref(index) => {
                self.call_borrowing(Helper::LoadClassDeref, 0, &[index.into()], pc, next)
            }
            Op::StoreDeref(index) => self.call_borrowing(Helper::StoreDeref, 1, &[index.into()], pc, next),
            Op::DeleteDeref(index) => self.call_borrowing(Helper::DeleteDeref, 0, &[index.into()], pc, next),
            Op::LoadAttr(index) => self.load_attr(index, pc, next),
            Op::StoreAttr(index) => self.store_attr(index, pc, next),
            Op::DeleteAttr(index) => self.named(Helper::DeleteAttr, 1, index, pc, next),

            Op::BuildTuple(n) => self.call_stack(Helper::BuildTuple, n as usize, 0, pc, next),
            Op::BuildList(n) => self.call_stack(Helper::BuildList, n as usize, 0, pc, next),
            Op::BuildSet(n) => self.call_stack(Helper::BuildSet, n as usize, 0, pc, next),
            Op::BuildMap(n) => {
                let operands = if self.host.version == Version::V35 { 2 * n as usize } else { 0 };
                self.call_stack(Helper::BuildMap, operands, n.into(), pc, next)
            }
            Op::BuildSlice(n) => self.build_slice(n as usize, pc, next),
            Op::BuildTupleUnpack(n) => self.call_stack(Helper::BuildTupleUnpack, n as usize, 0, pc, next),
            Op::BuildListUnpack(n) => self.call_stack(Helper::BuildListUnpack, n as usize, 0, pc, next),
            Op::BuildSetUnpack(n) => self.call_stack(Helper::BuildSetUnpack, n as usize, 0, pc, next),
            Op::BuildMapUnpack(n) => self.call_stack(Helper::BuildMapUnpack, n as usize, 0, pc, next),
            Op::BuildMapUnpackWithCall(operand) => {
                let function = usize::from(operand >> 8 & 0xff == 1);
                let operands = (operand & 0xff) as usize + function;
                let helper = Helper::BuildMapUnpackWithCall;
                self.call_stack_leaving(helper, operands, operand.into(), function + 1, pc)?;
                self.check_tracing(next);
                Ok(Flow::Next)
            }
            Op::StoreMap => self.append(Helper::MapAdd, 2, 1, pc, next),
            Op::ListAppend(depth) => self.append(Helper::ListAppend, 1, depth, pc, next),
            Op::SetAdd(depth) => self.append(Helper::SetAdd, 1, depth, pc, next),
            Op::MapAdd(depth) => self.append(Helper::MapAdd, 2, depth, pc, next),
            Op::UnpackSequence(count) => self.unpack_sequence(count, pc),
            Op::UnpackEx { before, after } => {
                let results = before as usize + 1 + after as usize;
                let immediate = i64::from(before) | i64::from(after) << 8;
                self.call_stack_leaving(Helper::UnpackEx, 1, immediate, results, pc)?;
                self.check_tracing(next);
                Ok(Flow::Next)
            }

            Op::Jump(target) => self.jump(target, pc),
            Op::PopJumpIfFalse(target) => self.pop_jump(false, target, pc, next),
            Op::PopJumpIfTrue(target) => self.pop_jump(true, target, pc, next),
            Op::JumpIfFalseOrPop(target) => self.jump_or_pop(false, target, pc, next),
            Op::JumpIfTrueOrPop(target) => self.jump_or_pop(true, target, pc, next),
            Op::GetIter => self.call_borrowing(Helper::GetIter, 1, &[], pc, next),
            Op::ForIter(end) => self.for_iter(end, pc, next),
            Op::ContinueLoop(target) => self.continue_loop(target, pc),
            Op::BreakLoop => self.break_loop(pc),

            Op::SetupLoop(end) => self.push_block(BlockKind::Loop, end),
            Op::SetupExcept(handler) => self.push_block(BlockKind::Except, handler),
            Op::SetupFinally(handler) => self.push_block(BlockKind::Finally, handler),
            Op::SetupWith(handler) => self.setup_with(handler, pc, next),
            Op::PopBlock => self.pop_block(pc),
            Op::EndFinally => self.end_finally(pc, next),
            Op::WithCleanup => self.with_cleanup(pc, next),
            Op::WithCleanupStart => self.with_cleanup_start(pc, next),
            Op::WithCleanupFinish => self.with_cleanup_finish(pc, next),
            Op::PopExcept => self.pop_except(pc, next),
            Op::RaiseVarargs(operands) => self.raise(operands, pc),

            Op::ReturnValue if self.is_inlining() => self.return_inlined(pc),
            Op::ReturnValue => self.return_value(0, pc),
            Op::YieldValue => self.yield_value(pc, next),
            Op::YieldFrom => self.yield_from(pc, next),
            Op::GetYieldFromIter => self.call_stack(Helper::GetYieldFromIter, 1, 0, pc, next),
            Op::GetAwaitable => self.call_stack(Helper::GetAwaitable, 1, 0, pc, next),
            Op::GetAiter => self.call_stack(Helper::GetAiter, 1, 0, pc, next),
            Op::GetAnext => self.get_anext(pc, next),
            Op::BeforeAsyncWith => self.before_async_with(pc, next),
            Op::SetupAsyncWith(handler) => self.setup_async_with(handler, pc),
            Op::Call(shape) => self.call_function(shape, pc, next),
            Op::MakeFunction(operand) => self.make_function(false, operand, pc, next),
            Op::MakeClosure(operand) => self.make_function(true, operand, pc, next),
            Op::BuildClass => self.call_stack(Helper::BuildClass, 3, 0, pc, next),
            Op::LoadBuildClass => self.call_borrowing(Helper::LoadBuildClass, 0, &[], pc, next),
            Op::ImportName(index) => {
                let name = self.name(index, pc)?;
                self.call_stack(Helper::ImportName, 2, name, pc, next)
            }
            Op::ImportFrom(index) => {
                // The module stays on the stack below the result.
                let name = self.name(index, pc)?;
                self.peek(pc, 0)?;
                self.duplicate_borrowed();
                self.call_borrowing(Helper::ImportFrom, 1, &[name], pc, next)
            }
            Op::PrintExpr => self.call_stack(Helper::PrintExpr, 1, 0, pc, next),
            Op::PrintItem => self.call_stack(Helper::PrintItem, 1, 0, pc, next),
            Op::PrintNewline => self.call_stack(Helper::PrintNewline, 0, 0, pc, next),
            Op::PrintItemTo => self.call_stack(Helper::PrintItemTo, 2, 0, pc, next),
            Op::PrintNewlineTo => self.call_stack(Helper::PrintNewlineTo, 1, 0, pc, next),

            Op::ImportStar => self.call_rebinding(Helper::ImportStar, 1, pc, next),
            Op::ExecStmt => self.call_rebinding(Helper::ExecStmt, 3, pc, next),
        }
    }

    fn store_name(&mut self, helper: Helper, index: u32, pc: u32, next: u32) -> Step {
        match self.store_tracked(index, pc)? {
            true => Ok(Flow::Next),
            false => self.named(helper, 1, index, pc, next),
        }
    }

    fn named(&mut self, helper: Helper, operands: usize, index: u32, pc: u32, next: u32) -> Step {
        let name = self.name(index, pc)?;
        self.call_borrowing(helper, operands, &[name], pc, next)
    }

    /// Moves the top below the `count - 1` entries under it.
    fn rotate(&mut self, count: usize, pc: u32) -> Step {
        self.peek(pc, count - 1)?;
        let top = self.stack.len();
        self.stack[top - count..].rotate_right(1);
        Ok(Flow::Next)
    }

    fn duplicate(&mut self, count: usize, pc: u32) -> Step {
        self.peek(pc, count - 1)?;
        let base = self.stack.len() - count;
        for index in base..base + count {
            let entry = self.stack[index];
            if entry.owned {
                let ty = self.type_of(entry.value);
                let copy = self.emit(Insn::NewRef(entry.value), ty);
                self.push_owned(copy);
            } else {
                self.stack.push(entry);
            }
        }
        Ok(Flow::Next)
    }

    /// Pushes the top again without a reference; it is popped before the original is.
    pub(super) fn duplicate_borrowed(&mut self) {
        let value = self.operand(0);
        self.push_immortal(value);
    }
}

fn bounds(slice: u8) -> usize {
    (slice & 1) as usize + (slice >> 1 & 1) as usize
}
