//! Strings of one form, as on 2.7, and of several, as on 3.x.

use super::world::{field, int, object, type_address};
use super::*;
use crate::host::StringLayout;

const CHARACTERS: i32 = 32;
const PLAIN: u64 = 0b110;

/// Where the strings of one character are: a table of 256.
fn table() -> usize {
    let characters: Vec<u64> = (0..256_u64).map(|code| object(&[1, 0, code]) as u64).collect();
    object(&characters)
}

extern "C" fn item(string: usize, index: i64) -> usize {
    if index == 3 { 0 } else { string + index as usize }
}

extern "C" fn code(string: usize) -> i64 {
    if field(string, 2) == 1 { 0x20ac } else { -1 }
}

extern "C" fn equal(a: usize, b: usize) -> i64 {
    i64::from(field(a, 2) == field(b, 2) && field(a, 4) == field(b, 4))
}

fn with(table: usize, plain: Option<(i32, u32)>, host: Host) -> Host {
    let strings = StringLayout {
        characters: CHARACTERS,
        plain,
        bytes: 24,
        table,
        item: item as *const () as usize,
        code: code as *const () as usize,
        equal: equal as *const () as usize,
    };
    Host { strings: Some(strings), ..host }
}

/// A string whose flags say that it is plain, or do not.
fn string(kind: Type, text: &[u8; 8], length: u64, flags: u64) -> usize {
    object(&[1, type_address(kind) as u64, length, flags, u64::from_le_bytes(*text)])
}

/// What an instruction that may leave makes of local 0, and of the int that is local 1.
fn result(
    host: &Host,
    repr: Repr,
    of: usize,
    index: i64,
    insn: impl Fn(ValueId, ValueId, SideExit) -> Insn,
) -> Option<usize> {
    let mut b = Build::new();
    let string = b.object(Insn::LoadLocal(0));
    let number = b.object(Insn::LoadLocal(1));
    let number = b.int(Insn::UnboxInt(number));
    let exit = b.exit(7, ExitReason::IndexRange, &[], &[]);
    let result = b.push(insn(string, number, exit), repr.boxed_type());
    let result = if repr == Repr::Obj { result } else { b.boxed(result) };
    b.ret(result);
    match run(&b.compile(host), &mut Frame::new(&[of, int(index)]), 0) {
        Outcome::Returned(object) => Some(object as usize),
        Outcome::Left(..) => None,
    }
}

#[test]
fn characters_are_shared_where_strings_are_plain() {
    let table = table();
    let item_of = |host: &Host, kind, of, index| {
        result(host, Repr::Obj, of, index, |string, index, exit| Insn::StringItem {
            kind,
            string,
            index,
            exit,
        })
    };
    let shared = |code: usize| field(table, code) as usize;
    let old = with(table, None, host_27(0));
    let text = string(Type::STR, b"ab\xffd    ", 4, 0);
    for (index, code) in [(0, 97), (2, 255), (-1, 100), (-4, 97)] {
        assert_eq!(item_of(&old, Type::STR, text, index), Some(shared(code)), "{index}");
    }
    assert_eq!(field(shared(97), 0), 3, "each is a new reference");
    assert_eq!((item_of(&old, Type::STR, text, 4), item_of(&old, Type::STR, text, -5)), (None, None));
    // Only C code can tell.
    let unicode = string(Type::UNICODE, b"ab      ", 8, 0);
    assert_eq!(item_of(&old, Type::UNICODE, unicode, 1), Some(unicode + 1));
    assert_eq!(item_of(&old, Type::UNICODE, unicode, 3), None);

    let new = with(table, Some((24, PLAIN as u32)), host_27(0));
    let plain = string(Type::STR, b"ab      ", 8, PLAIN | 1);
    assert_eq!(item_of(&new, Type::STR, plain, 1), Some(shared(98)));
    let other = string(Type::STR, b"ab      ", 8, 0b100);
    assert_eq!(
        (item_of(&new, Type::STR, other, 1), item_of(&new, Type::STR, other, 3)),
        (Some(other + 1), None)
    );
}

#[test]
fn bytes_and_codes_are_ints() {
    let table = table();
    let int = |object| world::int_value(object);
    let host = with(table, None, host_27(0));
    let bytes =
        object(&[1, type_address(Type::UNICODE) as u64, 3, u64::from_le_bytes(*b"\x01\xfe\x03     ")]);
    let byte = |index| {
        let insn = |bytes, index, exit| Insn::ByteItem { bytes, index, exit };
        result(&host, Repr::Int, bytes, index, insn).map(int)
    };
    assert_eq!([0, 1, -1, 3].map(byte), [Some(1), Some(254), Some(3), None]);

    let code = |host: &Host, length| {
        let of = string(Type::STR, b"\xfe       ", length, 0);
        result(host, Repr::Int, of, 0, |string, _, exit| Insn::CodeOf(string, exit)).map(int)
    };
    assert_eq!([0, 1, 2].map(|length| code(&host, length)), [None, Some(254), None]);
    let new = with(table, Some((24, 1)), host_27(0));
    assert_eq!([1, 2].map(|length| code(&new, length)), [Some(0x20ac), None]);

    let character = |code| result(&host, Repr::Obj, 0, code, |_, code, exit| Insn::CharacterOf(code, exit));
    assert_eq!(character(65), Some(field(table, 65) as usize));
    assert_eq!([-1, 256, i64::MIN].map(character), [None; 3]);
}

#[test]
fn strings_are_equal_by_what_is_in_them() {
    let equal = |host: &Host, a: usize, b_: usize| {
        let mut b = Build::new();
        let (x, y) = (b.object(Insn::LoadLocal(0)), b.object(Insn::LoadLocal(1)));
        let equal = b.bool(Insn::StringEqual(x, y));
        let equal = b.boxed(equal);
        b.ret(equal);
        run(&b.compile(host), &mut Frame::new(&[a, b_]), 0).object() == world::true_()
    };
    for plain in [None, Some((24, 1))] {
        let host = with(0, plain, host_27(0));
        let text = |text, length| string(Type::STR, text, length, 0);
        let one = text(b"abc     ", 3);
        assert!(equal(&host, one, one) && equal(&host, one, text(b"abc     ", 3)));
        for other in [text(b"abc     ", 4), text(b"xbc     ", 3), text(b"abd     ", 3)] {
            assert!(!equal(&host, one, other));
        }
    }
}

#[test]
fn an_empty_text_of_old_code_has_no_length_yet() {
    let length = |host: &Host, kind, length| {
        let of = string(kind, b"        ", length, 0);
        let insn = |container, _, exit| Insn::Length { kind, container, exit };
        result(host, Repr::Int, of, 0, insn).map(world::int_value)
    };
    let (old, new) = (with(0, None, host_27(0)), with(0, Some((24, 1)), host_27(0)));
    assert_eq!((length(&old, Type::STR, 0), length(&new, Type::STR, 0)), (Some(0), None));
    assert_eq!((length(&new, Type::STR, 2), length(&new, Type::UNICODE, 0)), (Some(2), Some(0)));
}
