//! `BINARY_*`, `INPLACE_*`, `UNARY_*`, `COMPARE_OP`, truth, and subscripts.

use crate::py::keys;
use crate::py::kinds::kind_of;
use crate::py::references::Owned;
use crate::py::strings;
use crate::py::{self, Object};
use crate::py::{Frame, evaluator};
use crate::runtime::data::formatting;
#[cfg(py2)]
use crate::runtime::data::instances;
use pyjion_jit::bytecode::{BinaryOp, CompareOp, UnaryOp};
use pyjion_jit::hir::Type;
use std::cmp::Ordering;
use std::ffi::c_int;
use std::ptr;

/// Helpers that only pass two objects on to a function of the C API.
macro_rules! binary {
    ($($(#[$cfg:meta])* $name:ident = $function:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        $(#[$cfg])*
        unsafe extern "C" fn $name(_frame: Frame, a: Object, b: Object) -> Object {
            // SAFETY: borrowed arguments, see the module.
            unsafe { py::$function(a, b) }
        }
    )*};
}

binary! {
    subtract = PyNumber_Subtract, "`BINARY_SUBTRACT`";
    multiply = PyNumber_Multiply, "`BINARY_MULTIPLY`";
    floor_divide = PyNumber_FloorDivide, "`BINARY_FLOOR_DIVIDE`";
    true_divide = PyNumber_TrueDivide, "`BINARY_TRUE_DIVIDE`";
    left_shift = PyNumber_Lshift, "`BINARY_LSHIFT`";
    right_shift = PyNumber_Rshift, "`BINARY_RSHIFT`";
    and = PyNumber_And, "`BINARY_AND`";
    or = PyNumber_Or, "`BINARY_OR`";
    xor = PyNumber_Xor, "`BINARY_XOR`";
    #[cfg(py35)] matrix_multiply = PyNumber_MatrixMultiply, "`BINARY_MATRIX_MULTIPLY`";
    inplace_subtract = PyNumber_InPlaceSubtract, "`INPLACE_SUBTRACT`";
    inplace_multiply = PyNumber_InPlaceMultiply, "`INPLACE_MULTIPLY`";
    inplace_floor_divide = PyNumber_InPlaceFloorDivide, "`INPLACE_FLOOR_DIVIDE`";
    inplace_true_divide = PyNumber_InPlaceTrueDivide, "`INPLACE_TRUE_DIVIDE`";
    inplace_modulo = PyNumber_InPlaceRemainder, "`INPLACE_MODULO`";
    inplace_left_shift = PyNumber_InPlaceLshift, "`INPLACE_LSHIFT`";
    inplace_right_shift = PyNumber_InPlaceRshift, "`INPLACE_RSHIFT`";
    inplace_and = PyNumber_InPlaceAnd, "`INPLACE_AND`";
    inplace_or = PyNumber_InPlaceOr, "`INPLACE_OR`";
    inplace_xor = PyNumber_InPlaceXor, "`INPLACE_XOR`";
    #[cfg(py35)] inplace_matrix_multiply = PyNumber_InPlaceMatrixMultiply, "`INPLACE_MATRIX_MULTIPLY`";
}

/// `BINARY_ADD`
unsafe extern "C" fn add(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe { strings::joined(a, b).unwrap_or_else(|| py::PyNumber_Add(a, b)) }
}

/// `INPLACE_ADD`
unsafe extern "C" fn inplace_add(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe { strings::joined(a, b).unwrap_or_else(|| py::PyNumber_InPlaceAdd(a, b)) }
}

/// `BINARY_POWER`
unsafe extern "C" fn power(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe { py::PyNumber_Power(a, b, py::none()) }
}

/// `INPLACE_POWER`
unsafe extern "C" fn inplace_power(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe { py::PyNumber_InPlacePower(a, b, py::none()) }
}

/// 2.7 `BINARY_DIVIDE`, which is `BINARY_TRUE_DIVIDE` under `-Qnew`.
#[cfg(py2)]
unsafe extern "C" fn divide(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe { if py::_Py_QnewFlag != 0 { py::PyNumber_TrueDivide(a, b) } else { py::PyNumber_Divide(a, b) } }
}

/// 2.7 `INPLACE_DIVIDE`, which is `INPLACE_TRUE_DIVIDE` under `-Qnew`.
#[cfg(py2)]
unsafe extern "C" fn inplace_divide(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        if py::_Py_QnewFlag != 0 {
            py::PyNumber_InPlaceTrueDivide(a, b)
        } else {
            py::PyNumber_InPlaceDivide(a, b)
        }
    }
}

/// `BINARY_MODULO`: the formatting of an exact `str` is not looked up on the right operand,
/// unless (3.4 does not care) that one is of a subclass of `str`.
unsafe extern "C" fn modulo(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        #[cfg(py2)]
        let (exact, flag) = (&raw mut py::PyString_Type, py::Py_TPFLAGS_STRING_SUBCLASS);
        #[cfg(py3)]
        let (exact, flag) = (&raw mut py::PyUnicode_Type, py::Py_TPFLAGS_UNICODE_SUBCLASS);
        let subclass = py::type_of(b) != exact && py::has_feature(py::type_of(b), flag as u64);
        let format = py::type_of(a) == exact && (cfg!(py34) || !subclass);
        if format {
            if let Some(text) = formatting::format(a, b) {
                return text;
            }
            #[cfg(py2)]
            return py::PyString_Format(a, b);
            #[cfg(py3)]
            return py::PyUnicode_Format(a, b);
        }
        py::PyNumber_Remainder(a, b)
    }
}

/// `BINARY_ADD` whose result the instruction at an offset binds, or of a temporary.
pub unsafe extern "C" fn add_then_store(frame: Frame, at: *mut Object, _: i64, next: i64) -> Object {
    // SAFETY: two owned operands, see the module.
    unsafe { concatenate(frame, at, next, py::PyNumber_Add) }
}

/// `INPLACE_ADD`, likewise.
pub unsafe extern "C" fn inplace_add_then_store(frame: Frame, at: *mut Object, _: i64, next: i64) -> Object {
    // SAFETY: two owned operands, see the module.
    unsafe { concatenate(frame, at, next, py::PyNumber_InPlaceAdd) }
}

#[inline(always)]
unsafe fn concatenate(
    frame: Frame,
    at: *mut Object,
    next: i64,
    add: unsafe extern "C" fn(Object, Object) -> Object,
) -> Object {
    // SAFETY: two owned operands; `next` is an offset in the frame's code.
    unsafe {
        let (left, right) = (Owned::new(*at), Owned::new(*at.add(1)));
        #[cfg(py2)]
        let exact = &raw mut py::PyString_Type;
        #[cfg(py3)]
        let exact = &raw mut py::PyUnicode_Type;
        if py::type_of(left.get()) == exact && py::type_of(right.get()) == exact {
            let code = (*(*frame).f_code).co_code;
            #[cfg(py2)]
            let bytes = &raw mut (*code.cast::<py::PyStringObject>()).ob_sval;
            #[cfg(py3)]
            let bytes = &raw mut (*code.cast::<py::PyBytesObject>()).ob_sval;
            let next = bytes.cast::<u8>().add(next as usize);
            evaluator::concatenate(left.give(), right.get(), frame, next)
        } else {
            let result = add(left.get(), right.get());
            drop(left);
            result
        }
    }
}

/// A binary operation on ints: see `Helper::Integral`.
pub unsafe extern "C" fn integral(frame: Frame, a: Object, b: Object, operation: i64) -> Object {
    // SAFETY: the address of a helper for two operands, borrowed.
    unsafe {
        if !(keys::is_integer(a) && keys::is_integer(b)) {
            return ptr::null_mut();
        }
        let operation: unsafe extern "C" fn(Frame, Object, Object) -> Object =
            std::mem::transmute(operation as usize);
        let result = operation(frame, a, b);
        if result.is_null() {
            py::PyErr_Clear();
        }
        result
    }
}

/// The address of a `BINARY_*` helper.
pub fn binary_address(op: BinaryOp) -> usize {
    match op {
        BinaryOp::Add => address_of!(add),
        BinaryOp::Sub => address_of!(subtract),
        BinaryOp::Mul => address_of!(multiply),
        #[cfg(py2)]
        BinaryOp::ClassicDiv => address_of!(divide),
        #[cfg(py3)]
        BinaryOp::ClassicDiv => address_of!(crate::runtime::helper::no_instruction),
        BinaryOp::FloorDiv => address_of!(floor_divide),
        BinaryOp::TrueDiv => address_of!(true_divide),
        BinaryOp::Mod => address_of!(modulo),
        BinaryOp::Pow => address_of!(power),
        BinaryOp::LShift => address_of!(left_shift),
        BinaryOp::RShift => address_of!(right_shift),
        BinaryOp::And => address_of!(and),
        BinaryOp::Or => address_of!(or),
        BinaryOp::Xor => address_of!(xor),
        #[cfg(py35)]
        BinaryOp::MatMul => address_of!(matrix_multiply),
        #[cfg(not(py35))]
        BinaryOp::MatMul => address_of!(crate::runtime::helper::no_instruction),
    }
}

/// The address of an `INPLACE_*` helper.
pub fn inplace_address(op: BinaryOp) -> usize {
    match op {
        BinaryOp::Add => address_of!(inplace_add),
        BinaryOp::Sub => address_of!(inplace_subtract),
        BinaryOp::Mul => address_of!(inplace_multiply),
        #[cfg(py2)]
        BinaryOp::ClassicDiv => address_of!(inplace_divide),
        #[cfg(py3)]
        BinaryOp::ClassicDiv => address_of!(crate::runtime::helper::no_instruction),
        BinaryOp::FloorDiv => address_of!(inplace_floor_divide),
        BinaryOp::TrueDiv => address_of!(inplace_true_divide),
        BinaryOp::Mod => address_of!(inplace_modulo),
        BinaryOp::Pow => address_of!(inplace_power),
        BinaryOp::LShift => address_of!(inplace_left_shift),
        BinaryOp::RShift => address_of!(inplace_right_shift),
        BinaryOp::And => address_of!(inplace_and),
        BinaryOp::Or => address_of!(inplace_or),
        BinaryOp::Xor => address_of!(inplace_xor),
        #[cfg(py35)]
        BinaryOp::MatMul => address_of!(inplace_matrix_multiply),
        #[cfg(not(py35))]
        BinaryOp::MatMul => address_of!(crate::runtime::helper::no_instruction),
    }
}

/// `UNARY_POSITIVE`
unsafe extern "C" fn positive(_frame: Frame, a: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    unsafe { py::PyNumber_Positive(a) }
}

/// `UNARY_NEGATIVE`
unsafe extern "C" fn negative(_frame: Frame, a: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    unsafe { py::PyNumber_Negative(a) }
}

/// `UNARY_INVERT`
unsafe extern "C" fn invert(_frame: Frame, a: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    unsafe { py::PyNumber_Invert(a) }
}

/// `UNARY_NOT`
unsafe extern "C" fn not(_frame: Frame, a: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    match unsafe { py::PyObject_IsTrue(a) } {
        0 => py::new_bool(true),
        1.. => py::new_bool(false),
        _ => ptr::null_mut(),
    }
}

/// 2.7 `UNARY_CONVERT`
unsafe extern "C" fn convert(_frame: Frame, a: Object) -> Object {
    // SAFETY: a borrowed argument, see the module.
    unsafe { py::PyObject_Repr(a) }
}

/// The address of a `UNARY_*` helper.
pub fn unary_address(op: UnaryOp) -> usize {
    match op {
        UnaryOp::Positive => address_of!(positive),
        UnaryOp::Negative => address_of!(negative),
        UnaryOp::Invert => address_of!(invert),
        UnaryOp::Not => address_of!(not),
        UnaryOp::Repr => address_of!(convert),
    }
}

/// `PyErr_GivenExceptionMatches` of a class, where a handler names classes that ask nobody whether others are
/// below them: `None` where it names something else.
unsafe fn exception_matches(class: Object, named: Object) -> Option<bool> {
    // SAFETY: borrowed arguments, see the module; items are held by their tuple.
    unsafe {
        if py::type_of(named) == &raw mut py::PyTuple_Type {
            for index in 0..py::size_of_var(named) as usize {
                if is_below(class, py::tuple_item(named, index))? {
                    return Some(true);
                }
            }
            return Some(false);
        }
        is_below(class, named)
    }
}

/// Whether a class of exceptions is below another, if both are such.
#[inline(always)]
unsafe fn is_below(class: Object, other: Object) -> Option<bool> {
    // SAFETY: alive; objects of metaclasses are types.
    unsafe {
        let are_plain = py::type_of(other) == &raw mut py::PyType_Type
            && py::has_feature(other.cast(), py::Py_TPFLAGS_BASE_EXC_SUBCLASS.into())
            && py::has_feature(py::type_of(class), py::Py_TPFLAGS_TYPE_SUBCLASS.into())
            && py::has_feature(class.cast(), py::Py_TPFLAGS_BASE_EXC_SUBCLASS.into());
        are_plain.then(|| class == other || py::PyType_IsSubtype(class.cast(), other.cast()) != 0)
    }
}

/// `COMPARE_OP`
unsafe extern "C" fn compare<const OP: c_int>(_frame: Frame, a: Object, b: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        if OP == CompareOp::ExcMatch as c_int
            && let Some(matches) = exception_matches(a, b)
        {
            return py::new_bool(matches);
        }
        evaluator::cmp_outcome(OP, a, b)
    }
}

/// `COMPARE_OP` and the truth of its result, as the jump that follows tests it.
unsafe extern "C" fn compare_truth<const OP: c_int>(frame: Frame, a: Object, b: Object) -> i64 {
    // SAFETY: borrowed arguments, see the module; the outcome is a new reference.
    unsafe {
        if OP == CompareOp::ExcMatch as c_int
            && let Some(matches) = exception_matches(a, b)
        {
            return matches.into();
        }
        let outcome = Owned::new(evaluator::cmp_outcome(OP, a, b));
        if outcome.is_null() { -1 } else { is_true(frame, outcome.get()) }
    }
}

/// The twelve instances of a helper that is generic over the operator, in their order.
macro_rules! by_operator {
    ($function:ident, $op:expr) => {
        [
            address_of!($function::<0>),
            address_of!($function::<1>),
            address_of!($function::<2>),
            address_of!($function::<3>),
            address_of!($function::<4>),
            address_of!($function::<5>),
            address_of!($function::<6>),
            address_of!($function::<7>),
            address_of!($function::<8>),
            address_of!($function::<9>),
            address_of!($function::<10>),
            address_of!($function::<11>),
        ][$op as usize]
    };
}

/// The address of a `COMPARE_OP` helper.
pub fn compare_address(op: CompareOp) -> usize {
    by_operator!(compare, op)
}

/// The address of a `COMPARE_OP` helper with a truth value.
pub fn compare_truth_address(op: CompareOp) -> usize {
    by_operator!(compare_truth, op)
}

/// `POP_JUMP_IF_*`, `JUMP_IF_*_OR_POP`: the truth of a value.
pub unsafe extern "C" fn is_true(_frame: Frame, a: Object) -> i64 {
    if a == py::true_() {
        return 1;
    }
    if a == py::false_() {
        return 0;
    }
    // SAFETY: a borrowed argument, see the module.
    unsafe {
        #[cfg(py2)]
        if py::type_of(a) == &raw mut py::PyInstance_Type && instances::is_always_true(a) {
            return 1;
        }
        py::PyObject_IsTrue(a).signum().into()
    }
}

/// The truth of a value as far as no foreign code has to be asked: see `Helper::TellTruth`.
pub unsafe extern "C" fn tell_truth(frame: Frame, a: Object) -> i64 {
    // SAFETY: a borrowed argument, see the module; tables of slots are there as long as their type.
    unsafe {
        if a == py::none() {
            return 0;
        }
        let ty = py::type_of(a);
        let (number, mapping, sequence) = ((*ty).tp_as_number, (*ty).tp_as_mapping, (*ty).tp_as_sequence);
        #[cfg(py2)]
        let has_truth = !number.is_null() && (*number).nb_nonzero.is_some();
        #[cfg(py3)]
        let has_truth = !number.is_null() && (*number).nb_bool.is_some();
        let has_length = (!mapping.is_null() && (*mapping).mp_length.is_some())
            || (!sequence.is_null() && (*sequence).sq_length.is_some());
        if !has_truth && !has_length {
            return 1;
        }
        match kind_of(a) {
            #[cfg(py2)]
            Type::INSTANCE if instances::is_always_true(a) => 1,
            Type::INSTANCE | Type::OTHER => -1,
            _ => is_true(frame, a),
        }
    }
}

/// `BINARY_SUBSCR`
pub unsafe extern "C" fn subscr(_frame: Frame, container: Object, key: Object) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        // 2.7's shortcut for list[int]; the C API does the same, slower.
        #[cfg(py2)]
        if py::type_of(container) == &raw mut py::PyList_Type && py::type_of(key) == &raw mut py::PyInt_Type {
            let size = py::size_of_var(container);
            let mut index = (*key.cast::<py::PyIntObject>()).ob_ival as isize;
            if index < 0 {
                index += size;
            }
            if (0..size).contains(&index) {
                let item = py::list_item(container, index as usize);
                py::incref(item);
                return item;
            }
        }
        py::PyObject_GetItem(container, key)
    }
}

/// `STORE_SUBSCR`
pub unsafe extern "C" fn store_subscr(_frame: Frame, container: Object, key: Object, value: Object) -> i64 {
    // SAFETY: borrowed arguments, see the module.
    unsafe { py::PyObject_SetItem(container, key, value).into() }
}

/// `DELETE_SUBSCR`
pub unsafe extern "C" fn delete_subscr(_frame: Frame, container: Object, key: Object) -> i64 {
    // SAFETY: borrowed arguments, see the module.
    unsafe { py::PyObject_DelItem(container, key).into() }
}

/// `Helper::Absolute`
pub unsafe extern "C" fn absolute(_frame: Frame, number: Object) -> Object {
    // SAFETY: a borrowed argument, see the module; of an exact int, nothing runs.
    unsafe {
        if !keys::is_int(number) {
            return ptr::null_mut();
        }
        let result = py::PyNumber_Absolute(number);
        if result.is_null() {
            py::PyErr_Clear();
        }
        result
    }
}

/// `Helper::Extreme`: the first of two unless the second is less or greater.
pub unsafe extern "C" fn extreme(_frame: Frame, a: Object, b: Object, greatest: i64) -> Object {
    // SAFETY: borrowed arguments, see the module.
    unsafe {
        let order = if py::type_of(a) == &raw mut py::PyFloat_Type && py::type_of(b) == py::type_of(a) {
            let value = |object: Object| (*object.cast::<py::PyFloatObject>()).ob_fval;
            value(b).partial_cmp(&value(a))
        } else if let (Some(a), Some(b)) = (keys::small_int(a), keys::small_int(b)) {
            Some(b.cmp(&a))
        } else {
            return ptr::null_mut();
        };
        let wanted = if greatest != 0 { Ordering::Greater } else { Ordering::Less };
        let result = if order == Some(wanted) { b } else { a };
        py::incref(result);
        result
    }
}
