//! Locals, names and their marks, and frames that are suspended.

use super::world::{Event, RESULT, events, field, int, int_value};
use super::*;
use crate::backend::YIELDED;
use crate::bytecode::BlockKind;
use crate::exit::Bound;
use crate::hir::FrameBlock;
use crate::host::SuspensionLayout;

#[test]
fn locals_are_filled_cleared_and_copied() {
    let mut b = Build::new();
    let number = b.object(Insn::LoadLocal(3));
    let number = b.int(Insn::UnboxInt(number));
    b.effect(Insn::FillLocal { slot: 0, value: number });
    b.effect(Insn::CopyLocal { from: 0, to: 1 });
    b.effect(Insn::ClearLocal(2));
    let null = b.object(Insn::Null);
    b.ret(null);
    let native = b.compile(&host_27(0));

    let (seven, former, cleared) = (int(7), int(1), int(2));
    let mut frame = Frame::new(&[0, former, cleared, seven]);
    run(&native, &mut frame, 0);
    let made = frame.local(0);
    assert_eq!((int_value(made), field(made, 0)), (7, 2));
    assert_eq!((frame.local(1), frame.local(2)), (made, 0));
    assert_eq!(events(), [Event::Dealloc(former), Event::Dealloc(cleared)]);

    // What is there stays, and nothing is copied and cleared as well.
    let (there, shared) = (int(8), int(9));
    let mut frame = Frame::new(&[there, shared, 0, seven]);
    run(&native, &mut frame, 0);
    assert_eq!((frame.local(0), frame.local(1), field(there, 0)), (there, there, 2));
    assert_eq!(events(), [Event::Dealloc(shared)]);

    let mut b = Build::new();
    b.effect(Insn::CopyLocal { from: 0, to: 1 });
    let null = b.object(Insn::Null);
    b.ret(null);
    let mut frame = Frame::new(&[0, 0]);
    run(&b.compile(&host_27(0)), &mut frame, 0);
    assert_eq!((frame.local(1), events()), (0, vec![]));
}

/// A function with one tracked name, whose number is that of local 3: what it does with the mark, then it
/// leaves.
fn tracks(act: impl Fn(&mut Build, ValueId)) -> NativeCode {
    let mut b = Build::new();
    b.function.locals = 0;
    b.function.tracked = vec![0x5550];
    let number = b.object(Insn::LoadLocal(3));
    let number = b.int(Insn::UnboxInt(number));
    act(&mut b, number);
    let exit = b.exit(3, ExitReason::Unreached, &[number], &[]);
    b.effect(Insn::Exit(exit));
    b.compile(&host_27(0))
}

#[test]
fn names_have_marks_for_one_run() {
    let mark = |lacks| move |b: &mut Build, _| b.effect(Insn::MarkName { slot: 0, lacks });
    for (native, marked) in [(tracks(mark(true)), 1), (tracks(|_, _| ()), 0), (tracks(mark(false)), 0)] {
        for _ in 0..2 {
            let outcome = run(&native, &mut Frame::new(&[0, 0, 0, int(5)]), 0);
            let (exit, words) = outcome.left();
            let name = native.exits[exit].names[0];
            assert_eq!((name.name, name.bound), (0x5550, Bound::Marked(8)));
            assert_eq!(words, [5, marked]);
        }
    }
}

#[test]
fn names_that_lack_their_object_are_bound() {
    let native = tracks(|b, number| {
        b.effect(Insn::FillName { slot: 0, value: number });
        b.effect(Insn::MarkName { slot: 0, lacks: true });
        b.effect(Insn::FillName { slot: 0, value: number });
        b.effect(Insn::FillName { slot: 0, value: number });
    });
    RESULT.set(0);
    let outcome = run(&native, &mut Frame::new(&[0, 0, 0, int(5)]), 0);
    assert_eq!(outcome.left().1, [5, 0]);
    let [Event::SetName { object, name: 0x5550 }, Event::Dealloc(dead)] = events()[..] else {
        panic!("it is bound once")
    };
    assert_eq!((int_value(object), dead), (5, object), "our own reference is given back");
}

#[test]
fn a_frame_is_suspended_as_the_interpreter_would_leave_it() {
    let layout = SuspensionLayout {
        frame_stack_top: 8,
        frame_block_count: 20,
        frame_blocks: 13 * 8,
        block: |block| [3, block.handler as i32, block.level as i32],
    };
    let mut b = Build::new();
    let number = b.object(Insn::LoadLocal(3));
    let number = b.int(Insn::UnboxInt(number));
    let below = b.object(Insn::LoadStack(0));
    let other = b.object(Insn::LoadLocal(2));
    let other = b.int(Insn::UnboxInt(other));
    let operands = [owned(below), borrowed(other), borrowed(number)];
    let state = b.state(9, Resume::Yield, &[number], &operands);
    let block = FrameBlock { kind: BlockKind::Loop, handler: 40, level: 1 };
    b.function.states[state.index()].blocks.push(block);
    b.effect(Insn::Exit(SideExit { state, reason: ExitReason::Yield }));
    let host = Host { suspension: Some(layout), ..host_27(0) };
    let native = b.compile(&host);
    assert!(native.exits.is_empty());

    let below = int(6);
    let mut frame = Frame::new(&[0, 0, int(8), int(7)]);
    frame.set_stack(0, below);
    let outcome = run(&native, &mut frame, 0);
    let (exit, words) = outcome.left();
    assert_eq!(exit as u64 + 1, YIELDED);
    let yielded = frame.local(0);
    assert_eq!((words[0] as usize, int_value(yielded), field(yielded, 0)), (yielded, 7, 2));
    assert_eq!((frame.word(8) as usize, field(below, 0)), (below, 1));
    assert_eq!(int_value(frame.word(9) as usize), 8);
    assert_eq!(frame.word(1), frame.word(3) + 16, "two operands are below the value");
    assert_eq!(frame.word(2), 9 | 1 << 32, "where it is, and how many blocks there are");
    assert_eq!((frame.word(13), frame.word(14)), (3 | 40 << 32, 1));

    let native = b.compile(&host_27(0));
    assert_eq!((native.exits.len(), run(&native, &mut frame, 0).left().0), (1, 0));
}

#[test]
fn a_suspended_frame_gets_a_ticket_where_it_can_go_on() {
    use crate::exit::ticket;
    let layout = SuspensionLayout {
        frame_stack_top: 8,
        frame_block_count: 20,
        frame_blocks: 13 * 8,
        block: |_| [3, 40, 1],
    };
    let host = Host { suspension: Some(layout), ..host_27(0) };
    let base = Box::new(ticket::base(5));
    let options = BackendOptions { ticket: &raw const *base as usize, ..BackendOptions::default() };
    let block = FrameBlock { kind: BlockKind::Loop, handler: 40, level: 1 };
    let suspended = |resume, pc, blocks: &[FrameBlock]| {
        let mut b = Build::new();
        let (yielded, below) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
        let state = b.state(9, resume, &[], &[owned(below), owned(yielded)]);
        b.function.states[state.index()].blocks.push(block);
        b.effect(Insn::Exit(SideExit { state, reason: ExitReason::Yield }));
        // Where it is entered again: another shape first.
        for (depth, blocks) in [(1, &[block][..]), (2, blocks)] {
            b.block = b.function.add_block();
            let entry = Entry { pc, depth, blocks: blocks.to_vec(), block: b.block };
            b.function.entries.push(entry);
            let null = b.object(Insn::Null);
            b.ret(null);
        }
        let mut frame = Frame::new(&[int(7), int(8)]);
        frame.set_stack(1, 0xdead);
        let native = b.compile_with(&host, &options).unwrap();
        let outcome = run(&native, &mut frame, 0);
        assert_eq!(outcome.left().0 as u64 + 1, YIELDED);
        frame.word(9)
    };
    let whole = ticket::base(5) | ticket::place(2, 9).unwrap();
    assert_eq!(suspended(Resume::Yield, 10, &[block]), whole);
    assert_eq!(suspended(Resume::Yield, 11, &[block]), 0, "it is entered elsewhere");
    assert_eq!(suspended(Resume::Yield, 10, &[]), 0, "it has other blocks there");
    assert_eq!(suspended(Resume::YieldFrom, 10, &[block]), 0, "it asks again when it is resumed");
}
