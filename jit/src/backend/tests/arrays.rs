//! Arrays of numbers.

use super::world::{int, object, type_address};
use super::*;
use crate::hir::Element;
use crate::host::ArrayLayout;

static DESCRIPTORS: [u64; Element::ALL.len()] = [0; Element::ALL.len()];

fn layout() -> Option<ArrayLayout> {
    let descriptors = Element::ALL.map(|element| &raw const DESCRIPTORS[element as usize] as usize);
    Some(ArrayLayout { ty: type_address(Type::ARRAY), items: 24, descriptor: 32, descriptors })
}

fn host() -> Host {
    Host { arrays: layout, ..host_27(0) }
}

/// An array of so many items, which lie in these words.
fn array(element: Element, length: u64, words: &[u64]) -> (usize, usize) {
    let items = object(words);
    let descriptor = &raw const DESCRIPTORS[element as usize] as u64;
    (object(&[1, type_address(Type::ARRAY) as u64, length, items as u64, descriptor]), items)
}

/// `array[index]`, boxed.
fn loads(element: Element) -> NativeCode {
    let mut b = Build::new();
    let (array, index) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
    let index = b.int(Insn::UnboxInt(index));
    let exit = b.exit(1, ExitReason::TypeGuard, &[], &[borrowed(array)]);
    let array = b.push(Insn::GuardArray(array, element, exit), Type::ARRAY);
    let exit = b.exit(2, ExitReason::IndexRange, &[], &[borrowed(array)]);
    let item = b.push(Insn::ArrayLoad { element, array, index, exit }, element.kind());
    let item = b.boxed(item);
    b.ret(item);
    b.compile(&host())
}

/// `array[index] = number`, which returns NULL.
fn stores(element: Element) -> NativeCode {
    let mut b = Build::new();
    let (array, index) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
    let value = b.object(Insn::LoadLocal(2));
    let index = b.int(Insn::UnboxInt(index));
    let value = match element.repr() {
        Repr::Float => b.float(Insn::UnboxFloat(value)),
        _ => b.int(Insn::UnboxInt(value)),
    };
    let exit = b.exit(1, ExitReason::TypeGuard, &[], &[borrowed(array)]);
    let array = b.push(Insn::GuardArray(array, element, exit), Type::ARRAY);
    let exit = b.exit(2, ExitReason::IndexRange, &[], &[borrowed(array)]);
    b.effect(Insn::ArrayStore { element, array, index, value, exit });
    let null = b.object(Insn::Null);
    b.ret(null);
    b.compile(&host())
}

#[test]
fn items_are_read_as_they_lie_in_memory() {
    let words = [0x8000_0001_ffff_fff0, 2.5_f64.to_bits(), 7];
    let expected: [(Element, u64, [i64; 3]); 4] = [
        (Element::I64, 3, [words[0] as i64, words[1] as i64, 7]),
        (Element::I32, 6, [-16, -0x7fff_ffff, 0]),
        (Element::I8, 24, [-16, -1, -1]),
        (Element::U8, 24, [0xf0, 0xff, 0xff]),
    ];
    for (element, length, items) in expected {
        let native = loads(element);
        let (array, _) = array(element, length, &words);
        for (index, item) in items.into_iter().enumerate() {
            let from_end = index as i64 - length as i64;
            for index in [index as i64, from_end] {
                assert_eq!(run(&native, &mut Frame::new(&[array, int(index)]), 0).int(), item, "{element:?}");
            }
        }
        for outside in [length as i64, -(length as i64) - 1, i64::MAX, i64::MIN] {
            let outcome = run(&native, &mut Frame::new(&[array, int(outside)]), 0);
            assert_eq!(outcome, Outcome::Left(1, vec![array as u64]), "{element:?} {outside}");
        }
    }
    let (array, _) = array(Element::F64, 3, &words);
    assert_eq!(run(&loads(Element::F64), &mut Frame::new(&[array, int(-2)]), 0).float(), 2.5);
}

#[test]
fn other_arrays_and_objects_are_left() {
    let native = loads(Element::F64);
    let other = array(Element::I64, 3, &[1, 2, 3]).0;
    let list = world::list(&[other]);
    for object in [other, list] {
        let outcome = run(&native, &mut Frame::new(&[object, int(0)]), 0);
        assert_eq!(outcome, Outcome::Left(0, vec![object as u64]));
    }
}

#[test]
fn what_an_array_can_hold_is_stored() {
    let float = |value: f64| object(&[1, type_address(Type::FLOAT) as u64, value.to_bits()]);
    let (numbers, items) = array(Element::F64, 2, &[0, 0]);
    let native = stores(Element::F64);
    assert_eq!(run(&native, &mut Frame::new(&[numbers, int(-1), float(-0.5)]), 0), Outcome::Returned(0));
    assert_eq!((world::field(items, 0), f64::from_bits(world::field(items, 1))), (0, -0.5));

    let all = 0x5555_5555_5555_5555_u64;
    let limits = [
        (Element::I32, i32::MIN.into(), i64::from(i32::MAX), 32),
        (Element::I8, i8::MIN.into(), i64::from(i8::MAX), 8),
        (Element::U8, 0, 255, 8),
    ];
    for (element, least, most, bits) in limits {
        let native = stores(element);
        let (array, items) = array(element, 2, &[all]);
        for value in [least, most] {
            let outcome = run(&native, &mut Frame::new(&[array, int(1), int(value)]), 0);
            assert_eq!(outcome, Outcome::Returned(0));
            let mask = ((1_u64 << bits) - 1) << bits;
            let expected = all & !mask | (value as u64) << bits & mask;
            assert_eq!(world::field(items, 0), expected, "{element:?} {value}");
        }
        for value in [least - 1, most + 1, i64::MIN, i64::MAX] {
            let outcome = run(&native, &mut Frame::new(&[array, int(0), int(value)]), 0);
            assert!(matches!(outcome, Outcome::Left(..)), "{element:?} {value}");
        }
        assert!(matches!(run(&native, &mut Frame::new(&[array, int(2), int(1)]), 0), Outcome::Left(..)));
    }
    let (array, items) = array(Element::I64, 1, &[all]);
    run(&stores(Element::I64), &mut Frame::new(&[array, int(0), int(i64::MIN)]), 0);
    assert_eq!(world::field(items, 0), i64::MIN as u64);
}
