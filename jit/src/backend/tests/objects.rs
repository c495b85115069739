//! References, containers and iterators.

use super::world::{Event, RESULT, events, field, int, list, none, object, tuple, type_address};
use super::*;
use crate::exit::Local;
use crate::hir::Helper;

/// Takes what the iterator in slot 0 has and counts; leaves when it has no more.
fn take_all(kind: Type) -> NativeCode {
    let mut b = Build::new();
    let iterator = b.object(Insn::LoadLocal(0));
    let zero = b.int(Insn::Int(0));
    let (header, body, end) = (b.function.add_block(), b.function.add_block(), b.function.add_block());
    b.jump(header, &[zero]);
    let total = b.function.add_param(header, Repr::Int, Type::INT);
    b.block = header;
    let more = b.bool(Insn::IterHasNext(iterator, kind));
    b.branch(more, body, end);
    b.block = body;
    let value = if kind == Type::RANGE_ITER {
        b.int(Insn::RangeTake(iterator))
    } else {
        let item = b.object(Insn::IterTake(iterator, kind));
        let value = b.int(Insn::UnboxInt(item));
        b.effect(Insn::Decref(item, 0));
        value
    };
    let exit = b.exit(9, ExitReason::Overflow, &[], &[]);
    let total2 = b.int(Insn::IntBinary {
        op: crate::bytecode::BinaryOp::Add,
        lhs: total,
        rhs: value,
        seen: Seen::Number,
        exit,
    });
    b.jump(header, &[total2]);
    b.block = end;
    let total = b.boxed(total);
    b.ret(total);
    b.compile(&host_27(0))
}

#[test]
fn a_range_iterator_counts() {
    let native = take_all(Type::RANGE_ITER);
    let range = |start: i64, step: i64, len: u64| object(&[1, 0, 0, start as u64, step as u64, len]);
    let iterator = range(10, -3, 4);
    assert_eq!(run(&native, &mut Frame::new(&[iterator]), 0).int(), 10 + 7 + 4 + 1);
    assert_eq!(field(iterator, 2), 4, "its index is at the end");
    assert_eq!(run(&native, &mut Frame::new(&[range(5, 1, 0)]), 0).int(), 0);
}

/// `Host::new_range`, of two numbers where the step is one.
extern "C" fn new_range(start: i64, stop: i64, step: i64, most: i64) -> usize {
    if most < 2 || step == 0 {
        0
    } else {
        object(&[1, 0, 0, start as u64, step as u64, (stop - start) as u64])
    }
}

#[test]
fn ranges_are_made_or_left_to_the_interpreter() {
    let made = |step: i64, most: i64| {
        let mut b = Build::new();
        let [start, stop, step] = [5, 7, step].map(|bound| b.int(Insn::Int(bound)));
        let exit = b.exit(9, ExitReason::RareOperand, &[], &[]);
        let iterator = b.object(Insn::NewRange { start, stop, step, most, exit });
        b.ret(iterator);
        let host = Host { new_range: new_range as *const () as usize, ..host_27(0) };
        match run(&b.compile(&host), &mut Frame::new(&[]), 0) {
            Outcome::Returned(iterator) => Some([2, 3, 4, 5].map(|word| field(iterator as usize, word))),
            Outcome::Left(..) => None,
        }
    };
    assert_eq!(made(1, 2), Some([0, 5, 1, 2]));
    assert_eq!((made(0, 2), made(1, 1)), (None, None));
}

#[test]
fn sequence_iterators_take_items_and_stop() {
    for (kind, make) in [(Type::LIST_ITER, list as fn(&[usize]) -> usize), (Type::TUPLE_ITER, tuple)] {
        let native = take_all(kind);
        let items = [int(3), int(4), int(5)];
        let sequence = make(&items);
        let iterator = object(&[1, 0, 1, sequence as u64]);
        assert_eq!(run(&native, &mut Frame::new(&[iterator]), 0).int(), 4 + 5);
        assert_eq!(field(iterator, 2), 3);
        assert_eq!(items.map(|item| field(item, 0)), [1, 1, 1], "references are given back");
        // Exhausted: no sequence any more, whatever the index.
        for index in [0, 3, u64::MAX] {
            let iterator = object(&[1, 0, index, 0]);
            assert_eq!(run(&native, &mut Frame::new(&[iterator]), 0).int(), 0);
        }
    }
    assert_eq!(events(), []);
}

#[test]
fn items_are_reached_from_both_ends() {
    for (kind, make) in [(Type::LIST, list as fn(&[usize]) -> usize), (Type::TUPLE, tuple)] {
        let item_at = |constant: Option<i64>| {
            let mut b = Build::new();
            let container = b.object(Insn::LoadLocal(0));
            let index = match constant {
                Some(constant) => b.int(Insn::Int(constant)),
                None => {
                    let index = b.object(Insn::LoadLocal(1));
                    b.int(Insn::UnboxInt(index))
                }
            };
            let exit = b.exit(4, ExitReason::IndexRange, &[], &[borrowed(container), borrowed(index)]);
            let item = b.object(Insn::SequenceItem { kind, container, index, exit });
            b.ret(item);
            b.compile(&host_27(0))
        };
        let general = item_at(None);
        let items = [int(3), int(4), int(5)];
        let sequence = make(&items);
        for index in [i64::MIN, -4, -3, -1, 0, 2, 3, i64::MAX] {
            let expected = usize::try_from(if index < 0 { index.wrapping_add(3) } else { index });
            let expected = expected.ok().and_then(|index| items.get(index));
            for native in [&general, &item_at(Some(index))] {
                let before = expected.map(|&item| field(item, 0));
                let outcome = run(native, &mut Frame::new(&[sequence, int(index)]), 0);
                match expected {
                    Some(&item) => {
                        assert_eq!(outcome, Outcome::Returned(item as u64));
                        assert_eq!(Some(field(item, 0)), before);
                    }
                    None => assert_eq!(native.exits[outcome.left().0].reason, ExitReason::IndexRange),
                }
            }
        }
    }
}

#[test]
fn a_list_item_is_replaced() {
    let mut b = Build::new();
    let (list_, value, index) =
        (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)), b.object(Insn::LoadLocal(2)));
    let index = b.int(Insn::UnboxInt(index));
    let exit = b.exit(4, ExitReason::IndexRange, &[], &[owned(value)]);
    let former = b.object(Insn::ListStore { list: list_, index, value, exit });
    b.ret(former);
    let native = b.compile(&host_27(0));
    let (old, new) = (int(1), int(2));
    let target = list(&[int(0), old]);
    assert_eq!(run(&native, &mut Frame::new(&[target, new, int(-1)]), 0), Outcome::Returned(old as u64));
    assert_eq!(field(field(target, 3) as usize, 1), new as u64);
    let outcome = run(&native, &mut Frame::new(&[target, new, int(2)]), 0);
    assert_eq!(outcome.left().1[0], new as u64);
    assert!(matches!(
        native.exits[0].outermost.operands[0],
        Source::Buffer { owned: true, repr: Repr::Obj, .. }
    ));
}

#[test]
fn lengths_and_items_in_range() {
    let mut b = Build::new();
    let container = b.object(Insn::LoadLocal(0));
    let length = b.int(Insn::SequenceLen(container));
    let one = b.int(Insn::Int(1));
    let exit = b.exit(0, ExitReason::Overflow, &[], &[]);
    let last = b.int(Insn::IntBinary {
        op: crate::bytecode::BinaryOp::Sub,
        lhs: length,
        rhs: one,
        seen: Seen::Number,
        exit,
    });
    let item = b.object(Insn::SequenceAt { kind: Type::TUPLE, container, index: last });
    b.ret(item);
    let native = b.compile(&host_27(0));
    let item = int(9);
    let outcome = run(&native, &mut Frame::new(&[tuple(&[int(1), item])]), 0);
    assert_eq!((outcome, field(item, 0)), (Outcome::Returned(item as u64), 1));
}

#[test]
fn cells_are_read_in_line_unless_empty() {
    let mut b = Build::new();
    let call = |index| Insn::Call { helper: Helper::LoadDeref, args: vec![], immediates: vec![index], pc: 7 };
    let content = b.object(call(1));
    b.ret(content);
    let native = b.compile(&host_27(0));
    let mut frame = Frame::new(&[]);
    let value = int(3);
    frame.set_stack(1, object(&[1, 0, value as u64]));
    assert_eq!(run(&native, &mut frame, 0), Outcome::Returned(value as u64));
    assert_eq!((field(value, 0), events()), (2, vec![]));
    frame.set_stack(1, object(&[1, 0, 0]));
    RESULT.set(0x77);
    assert_eq!(run(&native, &mut frame, 0), Outcome::Returned(0x77));
    assert_eq!(events(), [Event::LoadName { lasti: 7, name: 1 }]);
}

/// Releases slots 0 and 1, the second of which may be NULL, and takes a reference to slot 2.
fn releases(host: &Host) -> NativeCode {
    let mut b = Build::new();
    let (x, y, z) =
        (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)), b.object(Insn::LoadLocal(2)));
    b.effect(Insn::Decref(x, 0));
    b.effect(Insn::XDecref(y, 0));
    let z = b.object(Insn::NewRef(z));
    b.ret(z);
    b.compile(host)
}

#[test]
fn the_last_reference_deallocates() {
    let native = releases(&host_27(0));
    let (dying, living, z) = (int(1), object(&[7, 0, 0]), int(3));
    assert_eq!(run(&native, &mut Frame::new(&[dying, living, z]), 0), Outcome::Returned(z as u64));
    assert_eq!(events(), [Event::Dealloc(dying)]);
    assert_eq!((field(dying, 0), field(living, 0), field(z, 0)), (0, 6, 2));

    let (x, y) = (object(&[2, 0, 0]), object(&[1, 0, 0]));
    run(&native, &mut Frame::new(&[x, 0, z]), 0);
    assert_eq!(events(), []);
    run(&native, &mut Frame::new(&[x, y, z]), 0);
    assert_eq!(events(), [Event::Dealloc(x), Event::Dealloc(y)]);
}

#[test]
fn debug_builds_count_in_the_host() {
    let native = releases(&super::world::host_counting());
    let (x, y, z) = (int(1), int(2), int(3));
    run(&native, &mut Frame::new(&[x, y, z]), 0);
    assert_eq!(events(), [Event::Decref(x), Event::Decref(y), Event::Incref(z)]);
    assert_eq!(field(x, 0), 1);
}

#[test]
fn a_reference_in_hand_is_handed_over_once() {
    let mut b = Build::new();
    let x = b.object(Insn::LoadLocal(0));
    let constant = b.object(Insn::Object(none()));
    let null = b.object(Insn::Null);
    let exit = b.exit(1, ExitReason::Unbound, &[], &[]);
    let checked = b.object(Insn::GuardNotNull(x, exit));
    let exit = b.exit(2, ExitReason::TypeGuard, &[], &[]);
    let checked = b.push(Insn::GuardType(checked, Type::LIST, exit), Type::LIST);
    let mine = b.object(Insn::NewRef(checked));
    let state = b.state(3, Resume::At, &[checked, null], &[owned(mine), borrowed(constant), borrowed(x)]);
    b.effect(Insn::Exit(SideExit { state, reason: ExitReason::Uncompiled }));
    let native = b.compile(&host_27(0));

    let x = list(&[]);
    let outcome = run(&native, &mut Frame::new(&[x]), 0);
    let (exit, words) = outcome.left();
    let recipe = &native.exits[exit];
    assert_eq!((recipe.outermost.pc, recipe.reason), (3, ExitReason::Uncompiled));
    assert_eq!(words, [x as u64]);
    let source = |owned| Source::Buffer { index: 0, repr: Repr::Obj, owned };
    assert_eq!(recipe.outermost.operands, [source(true), Source::Object(none()), source(false)]);
    let local = |slot, source| Local { slot, source, may_lack: true };
    assert_eq!(recipe.locals, [local(0, source(false)), local(1, Source::Null)]);
    assert_eq!(field(x, 0), 2);

    let outcome = run(&native, &mut Frame::new(&[0]), 0);
    assert_eq!(native.exits[outcome.left().0].reason, ExitReason::Unbound);
    let outcome = run(&native, &mut Frame::new(&[int(1)]), 0);
    assert_eq!(native.exits[outcome.left().0].reason, ExitReason::TypeGuard);
}

#[test]
fn identity() {
    let mut b = Build::new();
    let (x, y) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
    let exit = b.exit(1, ExitReason::TypeGuard, &[], &[]);
    b.push(Insn::GuardType(x, Type::NONE, exit), Type::NONE);
    let exit = b.exit(2, ExitReason::CacheMiss, &[], &[]);
    let x = b.object(Insn::GuardIs(x, none(), exit));
    let same = b.bool(Insn::SameObject(x, y));
    let exit = b.exit(3, ExitReason::TypeGuard, &[], &[]);
    b.effect(Insn::GuardBool(same, false, exit));
    let null = b.bool(Insn::IsNull(y));
    let null = b.boxed(null);
    b.ret(null);
    let native = b.compile(&host_27(0));
    let left = |x, y| match run(&native, &mut Frame::new(&[x, y]), 0) {
        Outcome::Left(exit, _) => native.exits[exit].outermost.pc,
        Outcome::Returned(truth) => truth as u32,
    };
    assert_eq!(left(type_address(Type::INT), 0), 1);
    assert_eq!(left(none(), none()), 3);
    assert_eq!(left(none(), 0), super::world::true_() as u32);
    assert_eq!(left(none(), 8), super::world::false_() as u32);
}
