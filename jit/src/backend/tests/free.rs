//! Numbers and tuples from lists of unused ones and numbers back, small ints, shared references, lists that
//! grow.

use super::world::{Event, events, field, float_value, int, int_value, long, object, type_address};
use super::*;
use crate::hir::Helper;
use crate::host::{CollectorLayout, FreeList, FreeNumbers, FreeTuples, SmallInts};
use std::cell::Cell;

thread_local! {
    static LISTS: Cell<Option<FreeNumbers>> = const { Cell::new(None) };
}

/// So many unused objects, the first one first.
fn unused(count: usize) -> Vec<usize> {
    let objects: Vec<usize> = (0..count).map(|_| object(&[0, 0, 0])).collect();
    for pair in objects.windows(2) {
        set_field(pair[0], 1, pair[1] as u64);
    }
    objects
}

fn set_field(object: usize, index: usize, value: u64) {
    // SAFETY: tests name words that their objects have.
    unsafe { (object as *mut u64).add(index).write(value) }
}

/// A host whose floats come from a list, and go back there unless it has as many as it may.
fn host_with_lists(floats: FreeList, ints: Option<FreeList>, small_ints: Option<SmallInts>) -> Host {
    LISTS.set(Some(FreeNumbers { floats, ints }));
    Host { free_numbers: || LISTS.get(), small_ints, ..host_27(0) }
}

#[test]
fn a_float_is_taken_from_the_list_and_put_back() {
    let objects = unused(2);
    let first = object(&[objects[0] as u64]);
    let count = object(&[2]);
    for counted in [None, Some((count, 100))] {
        let host = host_with_lists(FreeList { first, counted }, None, None);
        let mut b = Build::new();
        let value = b.float(Insn::Float(2.5_f64.to_bits()));
        let boxed = b.boxed(value);
        b.ret(boxed);
        let make = b.compile(&host);
        let mut b = Build::new();
        let float = b.push(Insn::LoadLocal(0), Type::FLOAT);
        b.effect(Insn::Decref(float, 0));
        let none = b.object(Insn::Object(world::none()));
        b.ret(none);
        let release = b.compile(&host);

        let made = run(&make, &mut Frame::new(&[]), 0).object();
        assert_eq!((made, float_value(made)), (objects[0], 2.5));
        assert_eq!((field(made, 0), field(made, 1)), (1, type_address(Type::FLOAT) as u64));
        assert_eq!(field(first, 0), objects[1] as u64);
        assert_eq!(field(count, 0), if counted.is_some() { 1 } else { 2 });
        run(&release, &mut Frame::new(&[made]), 0);
        assert_eq!((field(first, 0), field(made, 0), field(made, 1)), (made as u64, 0, objects[1] as u64));
        assert_eq!(field(count, 0), 2);

        // Of more references than one, nothing but the number is less.
        let float = type_address(Type::FLOAT) as u64;
        set_field(made, 0, 2);
        set_field(made, 1, float);
        run(&release, &mut Frame::new(&[made]), 0);
        assert_eq!((field(made, 0), field(made, 1)), (1, float));
        set_field(made, 0, 0);
        set_field(made, 1, objects[1] as u64);
        assert_eq!(events(), []);
    }
    // Without unused ones a function makes it, and where there is no room a function releases it.
    let empty = object(&[0]);
    let counted = Some((count, 2));
    let host = host_with_lists(FreeList { first: empty, counted }, None, None);
    let mut b = Build::new();
    let value = b.float(Insn::Float(0.5_f64.to_bits()));
    let boxed = b.boxed(value);
    b.ret(boxed);
    let made = run(&b.compile(&host), &mut Frame::new(&[]), 0).object();
    assert_eq!((float_value(made), field(count, 0)), (0.5, 2));
    let mut b = Build::new();
    let float = b.push(Insn::LoadLocal(0), Type::FLOAT);
    b.effect(Insn::Decref(float, 0));
    let none = b.object(Insn::Object(world::none()));
    b.ret(none);
    run(&b.compile(&host), &mut Frame::new(&[made]), 0);
    assert_eq!(events(), [Event::Dealloc(made)]);
    assert_eq!((field(empty, 0), field(count, 0)), (0, 2));
}

#[test]
fn small_ints_are_shared_and_others_taken() {
    let objects = unused(2);
    let first = object(&[objects[0] as u64]);
    let shared: Vec<usize> = (-5..5).map(int).collect();
    let table = object(&shared.iter().map(|object| *object as u64).collect::<Vec<_>>());
    let small = SmallInts { first: -5, count: 10, table };
    let list = FreeList { first, counted: None };
    let host = host_with_lists(list, Some(list), Some(small));
    let mut b = Build::new();
    let object = b.push(Insn::LoadLocal(0), Type::INT);
    let value = b.int(Insn::UnboxInt(object));
    let boxed = b.boxed(value);
    b.ret(boxed);
    let make = b.compile(&host);
    let made = |value| run(&make, &mut Frame::new(&[int(value)]), 0).object();
    for (index, value) in (-5..5).enumerate() {
        assert_eq!((made(value), field(shared[index], 0)), (shared[index], 2));
    }
    assert_eq!((made(5), int_value(objects[0])), (objects[0], 5));
    assert_eq!((made(-6), int_value(objects[1])), (objects[1], -6));
    assert_eq!(field(first, 0), 0);
    let more = made(1 << 40);
    assert!(!objects.contains(&more) && int_value(more) == 1 << 40);
}

#[test]
fn ints_of_one_digit_are_taken_and_put_back() {
    let unused: Vec<usize> = (0..2).map(|_| long(0, 0, 0xaaaa_aaaa)).collect();
    set_field(unused[0], 1, unused[1] as u64);
    set_field(unused[1], 1, 0);
    let (first, count) = (object(&[unused[0] as u64]), object(&[2]));
    let list = FreeList { first, counted: Some((count, 3)) };
    LISTS.set(Some(FreeNumbers { floats: list, ints: Some(list) }));
    let table = object(&[long(0, 0, 0) as u64]);
    let small_ints = Some(SmallInts { first: 0, count: 1, table });
    let host = Host { free_numbers: || LISTS.get(), small_ints, ..host_35(0) };
    let mut b = Build::new();
    let value = b.push(Insn::LoadLocal(0), Type::INT);
    let value = b.int(Insn::UnboxInt(value));
    let boxed = b.boxed(value);
    b.ret(boxed);
    let make = b.compile(&host);
    let made = |of: usize| run(&make, &mut Frame::new(&[of]), 0).object();
    let mut b = Build::new();
    let released = b.push(Insn::LoadLocal(0), Type::INT);
    b.effect(Insn::Decref(released, 0));
    let none = b.object(Insn::Object(world::none()));
    b.ret(none);
    let release = b.compile(&host);

    assert_eq!(made(long(0, 7, 7)) as u64, field(table, 0));
    let least = made(long(-1, 0x3fff_ffff, 0));
    let size_and_digits = |of: usize| (field(of, 2) as i64, field(of, 3) as u32, (field(of, 3) >> 32) as u32);
    assert_eq!((least, size_and_digits(least)), (unused[0], (-1, 0x3fff_ffff, 0xaaaa_aaaa)));
    assert_eq!((field(least, 0), field(least, 1)), (1, type_address(Type::INT) as u64));
    assert_eq!(int_value(made(long(2, 0, 1))), 1 << 30, "a function has made it");
    let other = made(long(1, 300, 0));
    assert_eq!((other, size_and_digits(other)), (unused[1], (1, 300, 0xaaaa_aaaa)));
    assert_eq!((field(first, 0), field(count, 0)), (0, 0));
    assert_eq!(int_value(made(long(1, 300, 0))), 300, "a function has made it");

    let of = |size: i64| long(size, 5, 5);
    for kept in [of(1), of(-1), of(1)] {
        run(&release, &mut Frame::new(&[kept]), 0);
        assert_eq!((field(first, 0), events()), (kept as u64, vec![]));
    }
    for freed in [of(0), of(2), of(-2), of(3), of(1)] {
        run(&release, &mut Frame::new(&[freed]), 0);
        assert_eq!((field(count, 0), events()), (3, vec![Event::Dealloc(freed)]));
    }
}

#[test]
fn what_is_shared_is_forgotten_and_what_is_not_leaves() {
    let mut b = Build::new();
    let value = b.push(Insn::LoadLocal(0), Type::OBJECT);
    let exit = b.exit(7, ExitReason::TypeGuard, &[], &[]);
    b.effect(Insn::GuardShared(value, exit));
    b.effect(Insn::Forget(value));
    let none = b.object(Insn::Object(world::none()));
    b.ret(none);
    let native = b.compile(&host_27(0));
    let shared = int(3);
    set_field(shared, 0, 2);
    assert_eq!(run(&native, &mut Frame::new(&[shared]), 0).object(), world::none());
    assert_eq!(field(shared, 0), 1);
    run(&native, &mut Frame::new(&[shared]), 0).left();
    assert_eq!((field(shared, 0), events()), (1, vec![]));
}

#[test]
fn lists_grow_and_shrink_within_their_memory() {
    let items = object(&[0; 4]);
    let list = object(&[1, type_address(Type::LIST) as u64, 0, items as u64, 4]);
    let mut b = Build::new();
    let object = b.push(Insn::LoadLocal(0), Type::LIST);
    let value = b.push(Insn::LoadLocal(1), Type::OBJECT);
    let exit = b.exit(7, ExitReason::RareOperand, &[], &[]);
    b.effect(Insn::ListPush { list: object, value, exit });
    let none = b.object(Insn::Object(world::none()));
    b.ret(none);
    extern "C" fn append(_: usize, _: usize) -> i64 {
        0
    }
    let push = b.compile(&Host { list_append: append as *const () as usize, ..host_27(0) });
    let mut b = Build::new();
    let object = b.push(Insn::LoadLocal(0), Type::LIST);
    let item = b.object(Insn::ListTake(object));
    b.ret(item);
    let take = b.compile(&host_27(0));

    let values: Vec<usize> = (0..5).map(int).collect();
    for value in &values[..4] {
        run(&push, &mut Frame::new(&[list, *value]), 0).object();
    }
    assert_eq!((field(list, 2), field(items, 0), field(items, 3)), (4, values[0] as u64, values[3] as u64));
    // It is full, and there is no memory.
    run(&push, &mut Frame::new(&[list, values[4]]), 0).left();
    assert_eq!(field(list, 2), 4);
    // Half of its memory is kept.
    assert_eq!(run(&take, &mut Frame::new(&[list]), 0).object(), values[3]);
    assert_eq!(run(&take, &mut Frame::new(&[list]), 0).object(), values[2]);
    assert_eq!((run(&take, &mut Frame::new(&[list]), 0).object(), field(list, 2)), (0, 2));
    set_field(list, 2, 0);
    assert_eq!(run(&take, &mut Frame::new(&[list]), 0).object(), 0);
    assert_eq!(values.iter().map(|value| field(*value, 0)).collect::<Vec<_>>(), [1; 5]);
}

thread_local! {
    static TUPLES: Cell<Option<FreeTuples>> = const { Cell::new(None) };
}

/// Lists of tuples of up to two items, and the header that the list of the youngest objects begins with.
fn tuple_lists() -> (FreeTuples, usize) {
    let young = object(&[0, 0, 0]);
    set_field(young, 0, young as u64);
    set_field(young, 1, young as u64);
    let collector = CollectorLayout { young, size: 32, next: 0, previous: 8, refs: 16, tracked: -3 };
    let lists = FreeTuples { firsts: object(&[0; 3]), counts: object(&[0; 2]), lengths: 3, collector };
    (lists, young)
}

/// An unused tuple of so many items behind its header, with the next one.
fn unused_tuple(length: u64, next: usize) -> usize {
    let words = [0, 0, u64::MAX - 1, 0, 0, type_address(Type::TUPLE) as u64, length, next as u64, 0];
    object(&words) + 32
}

/// Code that makes a tuple of so many locals, at most three.
fn code_of_tuple(lists: FreeTuples, length: u32) -> NativeCode {
    TUPLES.set(Some(lists));
    let mut b = Build::new();
    let operands = (0..length).map(|slot| b.object(Insn::LoadLocal(slot))).collect();
    let immediate = i64::from(length);
    let tuple = b.object(Insn::CallStack { helper: Helper::BuildTuple, base: 1, operands, immediate, pc: 9 });
    b.ret(tuple);
    b.compile(&Host { free_tuples: || TUPLES.get(), ..host_27(0) })
}

#[test]
fn tuples_are_taken_by_their_length_and_tracked() {
    let (lists, young) = tuple_lists();
    let (second, single) = (unused_tuple(2, 0), unused_tuple(1, 0));
    let first = unused_tuple(2, second);
    set_field(lists.firsts, 1, single as u64);
    set_field(lists.firsts, 2, first as u64);
    set_field(lists.counts, 0, 1 << 32);
    set_field(lists.counts, 1, 2);
    let pair = code_of_tuple(lists, 2);
    let items = [int(1), int(2)];
    let head = |tuple: usize| tuple - 32;

    let mut frame = Frame::new(&items);
    assert_eq!(run(&pair, &mut frame, 0).object(), first);
    assert_eq!((field(first, 0), field(first, 1)), (1, type_address(Type::TUPLE) as u64));
    assert_eq!((field(first, 2), field(first, 3), field(first, 4)), (2, items[0] as u64, items[1] as u64));
    assert_eq!((field(lists.firsts, 2), field(lists.counts, 1)), (second as u64, 1));
    assert_eq!(field(head(first), 2) as i64, -3);
    assert_eq!((field(head(first), 0), field(head(first), 1)), (young as u64, young as u64));

    assert_eq!(run(&pair, &mut frame, 0).object(), second);
    assert_eq!((field(lists.firsts, 2), field(lists.counts, 1)), (0, 0));
    assert_eq!((field(young, 0), field(young, 1)), (head(first) as u64, head(second) as u64));
    assert_eq!((field(head(first), 0), field(head(second), 1)), (head(second) as u64, head(first) as u64));
    assert_eq!((field(head(second), 0), field(head(first), 1)), (young as u64, young as u64));
    assert_eq!((field(lists.firsts, 1), field(lists.counts, 0), events()), (single as u64, 1 << 32, vec![]));

    // There is none any more: the helper makes it.
    world::RESULT.set(0x5000);
    assert_eq!(run(&pair, &mut frame, 0).object(), 0x5000);
    let operands = items.to_vec();
    assert_eq!(events(), [Event::Stack { lasti: 9, operands, immediate: 2 }]);
    world::RESULT.set(0);
}

#[test]
fn tuples_that_no_list_has_are_made_by_the_helper() {
    let (lists, _) = tuple_lists();
    world::RESULT.set(0x5000);
    for length in [0, 3] {
        let locals: Vec<usize> = (0..3).map(int).collect();
        let native = code_of_tuple(lists, length);
        assert_eq!(run(&native, &mut Frame::new(&locals), 0).object(), 0x5000);
        let operands = locals[..length as usize].to_vec();
        assert_eq!(events(), [Event::Stack { lasti: 9, operands, immediate: length.into() }]);
    }
    world::RESULT.set(0);
}
