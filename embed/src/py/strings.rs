//! Strings: their layout, the shared strings of one character, and equality. Runs no foreign code.

use crate::py::{self, Object};
use pyjion_jit::host::StringLayout;
use std::mem::offset_of;
use std::ptr;
use std::slice;
use std::sync::OnceLock;

/// How many strings of one character there is one object of each of (`characters` of stringobject.c,
/// `unicode_latin1` of unicodeobject.c).
const SHARED: usize = 256;

static CHARACTERS: OnceLock<Option<[usize; SHARED]>> = OnceLock::new();

/// An exact `str`.
#[cfg(py2)]
type Str = py::PyStringObject;
/// An exact `str`, its header only.
#[cfg(py3)]
type Str = py::PyASCIIObject;

// The compiler finds the length of strings where that of lists is.
#[cfg(py2)]
const _: () = assert!(offset_of!(py::PyUnicodeObject, length) == offset_of!(py::PyVarObject, ob_size));
#[cfg(py3)]
const _: () = assert!(offset_of!(Str, length) == offset_of!(py::PyVarObject, ob_size));

/// Whether an object is an exact `str`.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn is_str(object: Object) -> bool {
    // SAFETY: alive by the contract.
    unsafe {
        #[cfg(py2)]
        return py::type_of(object) == &raw mut py::PyString_Type;
        #[cfg(py3)]
        return py::type_of(object) == &raw mut py::PyUnicode_Type;
    }
}

/// The sum of two objects of one exact type of strings, as `PyNumber_Add` comes to it in the end: a new
/// reference, or NULL and an exception. `None` of others.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn joined(a: Object, b: Object) -> Option<Object> {
    // SAFETY: alive by the contract; the type has the slots of sequences.
    unsafe {
        let of = py::type_of(a);
        if of != py::type_of(b) {
            return None;
        }
        let is_string = of == &raw mut py::PyUnicode_Type;
        #[cfg(py2)]
        let is_string = is_string || of == &raw mut py::PyString_Type;
        if is_string { Some((*(*of).tp_as_sequence).sq_concat?(a, b)) } else { None }
    }
}

/// Whether an object is an exact `str` that is the only one of its text among those that are interned.
///
/// # Safety
/// Alive.
#[inline(always)]
pub unsafe fn is_interned(object: Object) -> bool {
    // SAFETY: alive by the contract.
    unsafe {
        if !is_str(object) {
            return false;
        }
        #[cfg(py2)]
        return (*object.cast::<py::PyStringObject>()).ob_sstate != 0;
        #[cfg(py3)]
        return (*object.cast::<py::PyASCIIObject>()).state.interned() != 0;
    }
}

/// The hash that a string remembers, -1 when it has none yet.
///
/// # Safety
/// `name` is an exact string.
pub unsafe fn hash_of(name: Object) -> isize {
    // SAFETY: a string by the contract.
    unsafe {
        #[cfg(py2)]
        return (*name.cast::<py::PyStringObject>()).ob_shash as isize;
        #[cfg(py3)]
        return (*name.cast::<py::PyASCIIObject>()).hash;
    }
}

/// Looks for the strings of one character.
///
/// # Safety
/// The GIL is held; what it raises is not the program's.
pub unsafe fn initialise() {
    // SAFETY: plain C API.
    CHARACTERS.get_or_init(|| unsafe { find() });
}

unsafe fn find() -> Option<[usize; SHARED]> {
    let mut table = [0; SHARED];
    for (code, entry) in table.iter_mut().enumerate() {
        // SAFETY: plain C API; the interpreter keeps those that it shares for ever.
        unsafe {
            let (object, again) = (character(code), character(code));
            let is_shared = !object.is_null() && object == again;
            let is_plain = is_shared && reads_back(object, code as u8);
            py::xdecref(object);
            py::xdecref(again);
            if !is_plain {
                py::PyErr_Clear();
                return None;
            }
            *entry = object as usize;
        }
    }
    Some(table)
}

/// The string of a character: a new reference.
unsafe fn character(code: usize) -> Object {
    // SAFETY: plain C API.
    unsafe {
        #[cfg(py2)]
        return py::PyString_FromStringAndSize((&raw const code).cast(), 1);
        #[cfg(py3)]
        return py::PyUnicode_FromOrdinal(code as std::ffi::c_int);
    }
}

/// Whether compiled code would read a string of one character, or take it not to be plain.
unsafe fn reads_back(string: Object, byte: u8) -> bool {
    // SAFETY: a string of one character.
    unsafe {
        #[cfg(py3)]
        if *string.byte_offset(FLAGS as isize).cast::<u32>() & PLAIN != PLAIN {
            return byte > 127;
        }
        *string.byte_offset(CHARACTERS_AT as isize).cast::<u8>() == byte
    }
}

#[cfg(py2)]
const CHARACTERS_AT: i32 = offset_of!(Str, ob_sval) as i32;
#[cfg(py3)]
const CHARACTERS_AT: i32 = size_of::<Str>() as i32;
#[cfg(py3)]
const FLAGS: i32 = offset_of!(Str, state) as i32;
/// `compact`, `ascii` and `ready`, behind two bits of `interned` and three of `kind`; [`reads_back`] looks
/// whether they are there.
#[cfg(py3)]
const PLAIN: u32 = 0b111 << 5;

/// How strings are laid out, once the characters were looked for.
pub fn layout() -> Option<StringLayout> {
    let table = CHARACTERS.get()?.as_ref()?;
    Some(StringLayout {
        characters: CHARACTERS_AT,
        #[cfg(py2)]
        plain: None,
        #[cfg(py3)]
        plain: Some((FLAGS, PLAIN)),
        #[cfg(py2)]
        bytes: 0,
        #[cfg(py3)]
        bytes: offset_of!(py::PyBytesObject, ob_sval) as i32,
        table: table.as_ptr() as usize,
        item: item as *const () as usize,
        code: code as *const () as usize,
        equal: equal as *const () as usize,
    })
}

/// The character at a position: see [`StringLayout::item`].
unsafe extern "C" fn item(string: Object, position: i64) -> Object {
    // SAFETY: an exact string that has the position.
    unsafe {
        #[cfg(py2)]
        let item =
            py::unicode_from_units((*string.cast::<py::PyUnicodeObject>()).str_.add(position as usize), 1);
        #[cfg(py3)]
        let item =
            py::PyUnicode_FromOrdinal(py::PyUnicode_ReadChar(string, position as isize) as std::ffi::c_int);
        if item.is_null() {
            py::PyErr_Clear();
        }
        item
    }
}

unsafe extern "C" fn equal(a: Object, b: Object) -> i64 {
    // SAFETY: exact `str`s by the contract.
    unsafe { are_equal(a, b) }.into()
}

/// Whether two exact `str`s are equal.
///
/// # Safety
/// They are.
#[inline]
pub unsafe fn are_equal(a: Object, b: Object) -> bool {
    // SAFETY: by the contract; what is read is within the strings.
    unsafe {
        #[cfg(py3)]
        if !is_ready(a) || !is_ready(b) {
            return are_equal_once_ready(a, b);
        }
        ptr::eq(a, b) || bytes(a) == bytes(b)
    }
}

/// Whether two exact `unicode` of 2.7 or `bytes` of 3.x are equal.
///
/// # Safety
/// They are.
pub unsafe fn are_others_equal(a: Object, b: Object) -> bool {
    // SAFETY: by the contract; what is read is within the strings.
    unsafe {
        #[cfg(py2)]
        let units = |string: Object| {
            let string = string.cast::<py::PyUnicodeObject>();
            slice::from_raw_parts((*string).str_, (*string).length as usize)
        };
        #[cfg(py3)]
        let units = |string: Object| {
            let start = (&raw const (*string.cast::<py::PyBytesObject>()).ob_sval).cast::<u8>();
            slice::from_raw_parts(start, py::size_of_var(string) as usize)
        };
        units(a) == units(b)
    }
}

/// Whether a string is plain, and has these characters.
///
/// # Safety
/// It is an exact `str`.
pub unsafe fn is_plainly(string: Object, text: &[u8]) -> bool {
    // SAFETY: by the contract.
    unsafe {
        #[cfg(py2)]
        return bytes(string) == text;
        #[cfg(py3)]
        return (*string.cast::<Str>()).state.ascii() != 0 && bytes(string).1 == text;
    }
}

/// Whether a string begins or ends with another one; `None` where that is left to CPython.
///
/// # Safety
/// Both are exact `str`s.
pub unsafe fn has_affix(string: Object, affix: Object, at_end: bool) -> Option<bool> {
    // SAFETY: by the contract.
    unsafe {
        #[cfg(py2)]
        let (string, affix) = (bytes(string), bytes(affix));
        #[cfg(py3)]
        let (string, affix) = {
            if !is_ready(string) || !is_ready(affix) {
                return None;
            }
            let ((width, string), (other, affix)) = (bytes(string), bytes(affix));
            if width != other {
                return None;
            }
            (string, affix)
        };
        Some(if at_end { string.ends_with(affix) } else { string.starts_with(affix) })
    }
}

/// The bytes of a string, where each is a character: on 3.x in ASCII only.
///
/// # Safety
/// An exact `str`, which the caller holds as long as it uses them.
#[inline(always)]
pub unsafe fn plain_bytes<'a>(string: Object) -> Option<&'a [u8]> {
    // SAFETY: by the contract.
    unsafe {
        #[cfg(py2)]
        return Some(bytes(string));
        #[cfg(py3)]
        {
            let is_ascii = (*string.cast::<Str>()).state.ascii() != 0;
            is_ascii.then(|| bytes(string).1)
        }
    }
}

/// The length of a string; `None` where that is left to CPython.
///
/// # Safety
/// It is an exact `str`, or an exact `unicode` of 2.7 or `bytes` of 3.x.
#[inline(always)]
pub unsafe fn length(string: Object) -> Option<isize> {
    // SAFETY: by the contract. The length of all of them is in the same place.
    unsafe {
        #[cfg(py3)]
        if is_str(string) && !is_ready(string) {
            return None;
        }
        Some(py::size_of_var(string))
    }
}

/// A part of a string that has as much: a new reference, or NULL with an exception set.
///
/// # Safety
/// As for [`length`].
#[inline(always)]
pub unsafe fn part(string: Object, start: isize, count: isize) -> Object {
    // SAFETY: by the contract.
    unsafe {
        #[cfg(py2)]
        {
            let methods = (*py::type_of(string)).tp_as_sequence;
            (*methods).sq_slice.unwrap_unchecked()(string, start, start + count)
        }
        #[cfg(py3)]
        {
            if is_str(string) {
                return py::PyUnicode_Substring(string, start, start + count);
            }
            if count == py::size_of_var(string) {
                py::incref(string);
                return string;
            }
            let bytes = (&raw const (*string.cast::<py::PyBytesObject>()).ob_sval).cast::<std::ffi::c_char>();
            py::PyBytes_FromStringAndSize(bytes.offset(start), count)
        }
    }
}

/// The code of the one character of a string: see [`StringLayout::code`].
unsafe extern "C" fn code(string: Object) -> i64 {
    // SAFETY: an exact `str`.
    unsafe {
        #[cfg(py2)]
        return match bytes(string) {
            [byte] => i64::from(*byte),
            _ => -1,
        };
        #[cfg(py3)]
        {
            let is_one = is_ready(string) && (*string.cast::<Str>()).length == 1;
            if is_one { py::PyUnicode_ReadChar(string, 0).into() } else { -1 }
        }
    }
}

/// Whether a string has another one in it; `None` where that is left to CPython.
///
/// # Safety
/// Both are exact `str`s.
pub unsafe fn has_part(string: Object, part: Object) -> Option<bool> {
    // SAFETY: by the contract; what is read is within the strings.
    unsafe {
        #[cfg(py3)]
        let is_plain = (*string.cast::<Str>()).state.ascii() != 0 && (*part.cast::<Str>()).state.ascii() != 0;
        #[cfg(py3)]
        let (string, part) = match is_plain {
            true => (bytes(string).1, bytes(part).1),
            false => return None,
        };
        #[cfg(py2)]
        let (string, part) = (bytes(string), bytes(part));
        match part {
            [] => Some(true),
            [byte] => Some(!libc::memchr(string.as_ptr().cast(), (*byte).into(), string.len()).is_null()),
            _ => None,
        }
    }
}

#[cfg(py3)]
#[inline(always)]
unsafe fn is_ready(string: Object) -> bool {
    // SAFETY: a string by the contract of the caller.
    unsafe { (*string.cast::<Str>()).state.ready() != 0 }
}

/// The same for strings of old C code, which get their characters when these are wanted.
#[cfg(py3)]
#[cold]
#[inline(never)]
unsafe extern "C" fn are_equal_once_ready(a: Object, b: Object) -> bool {
    // SAFETY: as for `are_equal`.
    unsafe {
        let order = py::PyUnicode_Compare(a, b);
        let is_known = py::PyErr_Occurred().is_null();
        py::PyErr_Clear();
        order == 0 && is_known
    }
}

/// The bytes of a string.
#[cfg(py2)]
#[inline(always)]
unsafe fn bytes<'a>(string: Object) -> &'a [u8] {
    // SAFETY: a string by the contract of the caller.
    unsafe {
        let start = (&raw const (*string.cast::<Str>()).ob_sval).cast();
        slice::from_raw_parts(start, py::size_of_var(string) as usize)
    }
}

/// How many bytes a character has, and the bytes of all. A string has the least that do.
#[cfg(py3)]
#[inline(always)]
unsafe fn bytes<'a>(string: Object) -> (u32, &'a [u8]) {
    // SAFETY: a string that is ready by the contract of the caller.
    unsafe {
        let header = string.cast::<Str>();
        let (kind, is_compact) = ((*header).state.kind(), (*header).state.compact() != 0);
        let start: *const u8 = if !is_compact {
            (*string.cast::<py::PyUnicodeObject>()).data.any.cast()
        } else if (*header).state.ascii() != 0 {
            header.add(1).cast()
        } else {
            string.cast::<py::PyCompactUnicodeObject>().add(1).cast()
        };
        (kind, slice::from_raw_parts(start, (*header).length as usize * kind as usize))
    }
}
