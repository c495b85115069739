//! `%` of texts where that is plain: `PyString_Format`, on 3.x `PyUnicode_Format`, of strings and ints.

use crate::py::evaluation::thread_state;
use crate::py::{self, Object, keys, strings};
use crate::run::enter::has_room;
use std::ptr;

/// Digits and the sign of an int.
const MAX_DIGITS: usize = 20;

/// The text that an exact `str` gives with plain conversions, `%s` of exact strings and ints and `%d` of
/// ints, of the items of an exact tuple or of one such object; or NULL with an exception set. `None`, and
/// nothing has happened, where it is not as simple as that.
///
/// # Safety
/// The format is an exact `str`; both are held by the caller.
pub unsafe fn format(format: Object, arguments: Object) -> Option<Object> {
    // SAFETY: by the contract; the text has room for what is written.
    unsafe {
        let format = strings::plain_bytes(format)?;
        let is_tuple = py::type_of(arguments) == &raw mut py::PyTuple_Type;
        let count = if is_tuple { py::size_of_var(arguments) as usize } else { 1 };
        let argument = |index| if is_tuple { py::tuple_item(arguments, index) } else { arguments };
        let mut length = 0;
        let literal = walk(format, count, argument, |bytes| length += bytes.len())?;
        // Shorter ones are shared, and what adds nothing to the format or to an argument may be that.
        if literal == 0 || count == 0 || length < 2 {
            return None;
        }
        let text = new_text(length);
        if text.is_null() {
            return Some(text);
        }
        let mut at = data_of(text);
        walk(format, count, argument, |bytes| {
            ptr::copy_nonoverlapping(bytes.as_ptr(), at, bytes.len());
            at = at.add(bytes.len());
        })?;
        Some(text)
    }
}

/// Hands out what a format gives, piece by piece; how many bytes of it are its own.
unsafe fn walk(
    format: &[u8],
    count: usize,
    argument: impl Fn(usize) -> Object,
    mut write: impl FnMut(&[u8]),
) -> Option<usize> {
    let (mut rest, mut next, mut literal) = (format, 0, 0);
    loop {
        let Some(percent) = rest.iter().position(|byte| *byte == b'%') else {
            write(rest);
            return (next == count).then_some(literal + rest.len());
        };
        write(&rest[..percent]);
        literal += percent;
        let conversion = *rest.get(percent + 1)?;
        rest = &rest[percent + 2..];
        if conversion == b'%' {
            write(b"%");
            literal += 1;
            continue;
        }
        if next == count {
            return None;
        }
        let object = argument(next);
        next += 1;
        // SAFETY: alive by the contract of the caller.
        unsafe {
            match conversion {
                b's' if strings::is_str(object) => write(strings::plain_bytes(object)?),
                b's' if cfg!(py2) && !has_room(thread_state()) => return None,
                b's' | b'd' | b'i' => write_int(keys::small_int(object)?, &mut write),
                _ => return None,
            }
        }
    }
}

/// Hands out the digits of an int.
fn write_int(value: i64, write: &mut impl FnMut(&[u8])) {
    let mut digits = [0; MAX_DIGITS];
    let (mut rest, mut first) = (value.unsigned_abs(), MAX_DIGITS);
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        first -= 1;
        digits[first] = b'-';
    }
    write(&digits[first..]);
}

/// Where the bytes of a new text are.
unsafe fn data_of(text: Object) -> *mut u8 {
    // SAFETY: a `str`, on 3.x in ASCII.
    unsafe {
        #[cfg(py2)]
        return (&raw mut (*text.cast::<py::PyStringObject>()).ob_sval).cast();
        #[cfg(py3)]
        return text.cast::<py::PyASCIIObject>().add(1).cast();
    }
}

/// A text of so many bytes, which nobody else has; NULL with an exception set.
unsafe fn new_text(length: usize) -> Object {
    // SAFETY: plain C API.
    unsafe {
        #[cfg(py2)]
        return py::PyString_FromStringAndSize(ptr::null(), length as isize);
        #[cfg(py3)]
        return py::PyUnicode_New(length as isize, 127);
    }
}
