//! CPython's objects as the compiler's data: code objects, block stacks, frames at an entry.

use crate::py::kinds::kind_of;
use crate::py::*;
use pyjion_jit::EntrySpec;
use pyjion_jit::bytecode::{BlockKind, CodeDesc, Const, ConstKind, Version};
use pyjion_jit::hir::{FrameBlock, NO_HANDLER, Type};
use std::ffi::c_int;
use std::ptr;

/// The version this crate is compiled for.
pub const VERSION: Version = if cfg!(py2) {
    Version::V27
} else if cfg!(py34) {
    Version::V34
} else {
    Version::V35
};

/// `b_type` of the block that a handler of 3.x runs in.
pub const EXCEPT_HANDLER: c_int = 257;

/// Everything the compiler reads of a code object.
///
/// # Safety
/// `code` is a code object, and the GIL is held. An exception that is set stays set.
pub unsafe fn code(code: *mut PyCodeObject) -> CodeDesc {
    // SAFETY: the members of a code object never change and have these types; encoding a text
    // may fail, so the exception is kept aside.
    unsafe {
        let co = &*code;
        let (mut ty, mut value, mut traceback) = (none(), none(), none());
        PyErr_Fetch(&mut ty, &mut value, &mut traceback);
        let flags = co.co_flags as u32;
        let names = items(co.co_names);
        let description = CodeDesc {
            version: VERSION,
            name: text(co.co_name),
            filename: text(co.co_filename),
            first_line: co.co_firstlineno as u32,
            code: bytes(co.co_code),
            consts: items(co.co_consts).into_iter().map(|object| constant(object)).collect(),
            names: names.iter().map(|name| *name as usize).collect(),
            name_texts: names.into_iter().map(|name| text(name)).collect(),
            parameters: items(co.co_varnames)
                .into_iter()
                .take(co.co_argcount as usize)
                .map(|name| name as usize)
                .collect(),
            arguments: arguments(co),
            locals: co.co_nlocals as u32,
            cells: items(co.co_cellvars).len() as u32,
            frees: items(co.co_freevars).len() as u32,
            stack_size: co.co_stacksize as u32,
            is_generator: is_generator(code),
            is_optimized: flags & (CO_OPTIMIZED | CO_NEWLOCALS) == CO_OPTIMIZED | CO_NEWLOCALS,
            cell_arguments: cell_arguments(co),
        };
        PyErr_Restore(ty, value, traceback);
        description
    }
}

/// Whether frames of this code can be suspended by a `yield`.
///
/// # Safety
/// `code` is a code object.
#[inline(always)]
pub unsafe fn is_generator(code: *mut PyCodeObject) -> bool {
    #[cfg(py35)]
    const FLAGS: u32 = CO_GENERATOR | CO_COROUTINE;
    #[cfg(not(py35))]
    const FLAGS: u32 = CO_GENERATOR;
    // SAFETY: alive.
    unsafe { (*code).co_flags as u32 & FLAGS != 0 }
}

fn arguments(co: &PyCodeObject) -> u32 {
    let flags = co.co_flags as u32;
    let stars = u32::from(flags & CO_VARARGS != 0) + u32::from(flags & CO_VARKEYWORDS != 0);
    #[cfg(py2)]
    let keyword_only = 0;
    #[cfg(py3)]
    let keyword_only = co.co_kwonlyargcount as u32;
    co.co_argcount as u32 + keyword_only + stars
}

/// 3.x moves an argument that is a cell out of its slot; 2.7 leaves it there as well.
fn cell_arguments(co: &PyCodeObject) -> Vec<u32> {
    #[cfg(py2)]
    let arguments = {
        let _ = co;
        Vec::new()
    };
    #[cfg(py3)]
    let arguments = if co.co_cell2arg.is_null() {
        Vec::new()
    } else {
        // SAFETY: one byte for each cell variable.
        let map =
            unsafe { std::slice::from_raw_parts(co.co_cell2arg.cast::<u8>(), items(co.co_cellvars).len()) };
        map.iter().filter(|argument| **argument != 255).map(|argument| u32::from(*argument)).collect()
    };
    arguments
}

/// # Safety
/// `object` is alive.
unsafe fn constant(object: Object) -> Const {
    // SAFETY: the value is read according to its kind.
    let kind = unsafe {
        match kind_of(object) {
            Type::NONE => ConstKind::None,
            Type::BOOL => ConstKind::Bool(object == true_()),
            Type::INT => ConstKind::Int(int_value(object)),
            Type::FLOAT => ConstKind::Float((*object.cast::<PyFloatObject>()).ob_fval),
            Type::STR => ConstKind::Str,
            Type::TUPLE => ConstKind::Tuple,
            _ => ConstKind::Other,
        }
    };
    Const { address: object as usize, kind }
}

/// # Safety
/// `object` is an int that can be unboxed.
unsafe fn int_value(object: Object) -> i64 {
    // SAFETY: it fits in a long, so this cannot fail.
    unsafe {
        #[cfg(py2)]
        return (*object.cast::<PyIntObject>()).ob_ival;
        #[cfg(py3)]
        return PyLong_AsLong(object);
    }
}

/// The items of a tuple, borrowed.
///
/// # Safety
/// `tuple` is a tuple.
unsafe fn items(tuple: Object) -> Vec<Object> {
    // SAFETY: that many items.
    unsafe { (0..size_of_var(tuple) as usize).map(|index| tuple_item(tuple, index)).collect() }
}

/// What a `bytes` (2.7: `str`) holds.
///
/// # Safety
/// `object` is one.
pub unsafe fn bytes(object: Object) -> Vec<u8> {
    #[cfg(py2)]
    type Bytes = PyStringObject;
    #[cfg(py3)]
    type Bytes = PyBytesObject;
    // SAFETY: `ob_size` bytes at `ob_sval`.
    unsafe {
        let start = (&raw const (*object.cast::<Bytes>()).ob_sval).cast::<u8>();
        std::slice::from_raw_parts(start, size_of_var(object) as usize).to_vec()
    }
}

/// The operation at an offset of some code.
///
/// # Safety
/// A code object, and an instruction of it.
#[inline(always)]
pub unsafe fn operation(code: *mut PyCodeObject, offset: usize) -> u32 {
    #[cfg(py2)]
    type Bytes = PyStringObject;
    #[cfg(py3)]
    type Bytes = PyBytesObject;
    // SAFETY: by the contract.
    unsafe {
        let start = (&raw const (*(*code).co_code.cast::<Bytes>()).ob_sval).cast::<u8>();
        u32::from(*start.add(offset))
    }
}

/// The text of a `str`, as well as it can be had.
///
/// # Safety
/// `object` is a `str`; no exception is set.
pub unsafe fn text(object: Object) -> String {
    #[cfg(py2)]
    // SAFETY: a str is bytes.
    return String::from_utf8_lossy(&unsafe { bytes(object) }).into_owned();
    #[cfg(py3)]
    // SAFETY: the UTF-8 form lives as long as the object, which we hold.
    unsafe {
        let mut length = 0;
        let start = PyUnicode_AsUTF8AndSize(object, &mut length);
        if start.is_null() {
            // Lone surrogates.
            PyErr_Clear();
            return "?".to_owned();
        }
        let bytes = std::slice::from_raw_parts(start.cast::<u8>(), length as usize);
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// Operands on the stack of a frame that is not running.
///
/// # Safety
/// `f_stacktop` is set.
pub unsafe fn depth(frame: *mut PyFrameObject) -> usize {
    // SAFETY: both point into the frame.
    unsafe { (*frame).f_stacktop.offset_from((*frame).f_valuestack) as usize }
}

/// Whether a frame has this many operands and these blocks.
///
/// # Safety
/// The frame is not running.
#[inline]
pub unsafe fn has_shape(frame: *mut PyFrameObject, operands: u32, blocks: &[FrameBlock]) -> bool {
    // SAFETY: `f_iblock` blocks are in use.
    unsafe {
        depth(frame) == operands as usize
            && (*frame).f_iblock as usize == blocks.len()
            && blocks.iter().zip(&(*frame).f_blockstack).all(|(block, found)| {
                found.b_type == block_type(block.kind)
                    && found.b_level == block.level as c_int
                    && (block.kind == BlockKind::ExceptHandler || found.b_handler == block.handler as c_int)
            })
    }
}

/// A block as frames have it.
pub fn raw_block(block: &FrameBlock) -> PyTryBlock {
    let handler = if block.kind == BlockKind::ExceptHandler { -1 } else { block.handler as c_int };
    PyTryBlock { b_type: block_type(block.kind), b_handler: handler, b_level: block.level as c_int }
}

/// The block stack of a frame; `None` if it holds something no compiler of CPython makes.
///
/// # Safety
/// `frame` is a frame.
pub unsafe fn blocks(frame: *mut PyFrameObject) -> Option<Vec<FrameBlock>> {
    // SAFETY: `f_iblock` blocks are in use.
    let used = unsafe { &(&(*frame).f_blockstack)[..(*frame).f_iblock as usize] };
    let block = |block: &PyTryBlock| {
        let kind = block_kind(block.b_type)?;
        let handler = if kind == BlockKind::ExceptHandler { NO_HANDLER } else { block.b_handler as u32 };
        Some(FrameBlock { kind, handler, level: block.b_level as u32 })
    };
    used.iter().map(block).collect()
}

/// Gives a frame this block stack.
///
/// # Safety
/// `frame` is a frame, and there are no more blocks than its code has.
#[inline]
pub unsafe fn set_blocks(frame: *mut PyFrameObject, blocks: &[FrameBlock]) {
    // SAFETY: the block stack is large enough for its code.
    unsafe {
        for (index, block) in blocks.iter().enumerate() {
            (*frame).f_blockstack[index] = raw_block(block);
        }
        (*frame).f_iblock = blocks.len() as c_int;
    }
}

fn block_type(kind: BlockKind) -> c_int {
    match kind {
        BlockKind::Loop => SETUP_LOOP as c_int,
        BlockKind::Except => SETUP_EXCEPT as c_int,
        BlockKind::Finally => SETUP_FINALLY as c_int,
        BlockKind::With => SETUP_WITH as c_int,
        BlockKind::ExceptHandler => EXCEPT_HANDLER,
    }
}

/// What opened a block of this `b_type`.
pub fn block_kind(b_type: c_int) -> Option<BlockKind> {
    [BlockKind::Loop, BlockKind::Except, BlockKind::Finally, BlockKind::With, BlockKind::ExceptHandler]
        .into_iter()
        .find(|kind| block_type(*kind) == b_type)
}

/// A frame about to execute the instruction at `pc`, as an entry to compile for.
///
/// # Safety
/// The frame is not running.
pub unsafe fn entry(frame: *mut PyFrameObject, pc: u32) -> Option<EntrySpec> {
    // SAFETY: slots and operands hold objects; only slots can be NULL, or what a `with` of 3.x
    // leaves below a handler.
    unsafe {
        let kind = |object: Object| if object.is_null() { Type::NULL } else { kind_of(object) };
        let slots = (*(*frame).f_code).co_nlocals as usize;
        let locals = (&raw const (*frame).f_localsplus).cast::<Object>();
        Some(EntrySpec {
            pc,
            blocks: blocks(frame)?,
            operands: (0..depth(frame)).map(|index| kind(*(*frame).f_valuestack.add(index))).collect(),
            locals: (0..slots).map(|slot| kind(*locals.add(slot))).collect(),
            names: global_kinds(frame),
        })
    }
}

/// Kinds that the frame's globals hold under each of `co_names`, EMPTY for those that are absent
/// or a key of another identity; no kinds at all when names may mean something else.
///
/// # Safety
/// `frame` is a frame. Nothing foreign runs.
unsafe fn global_kinds(frame: *mut PyFrameObject) -> Vec<Type> {
    // SAFETY: `PyDict_Next` on a dict that does not change meanwhile; all it gives is borrowed.
    unsafe {
        let globals = (*frame).f_globals;
        let optimized = (*(*frame).f_code).co_flags as u32 & CO_OPTIMIZED != 0;
        if type_of(globals) != &raw mut PyDict_Type || (!optimized && (*frame).f_locals != globals) {
            return Vec::new();
        }
        let names = items((*(*frame).f_code).co_names);
        let mut kinds = vec![Type::EMPTY; names.len()];
        let (mut position, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
        while PyDict_Next(globals, &mut position, &mut key, &mut value) != 0 {
            if let Some(index) = names.iter().position(|name| *name == key) {
                kinds[index] = kind_of(value);
            }
        }
        kinds
    }
}

/// Flags of code whose frame is not made in the simple way.
#[cfg(py35)]
const UNUSUAL: u32 = CO_VARARGS | CO_VARKEYWORDS | CO_GENERATOR | CO_COROUTINE;
/// Flags of code whose frame is not made in the simple way.
#[cfg(not(py35))]
const UNUSUAL: u32 = CO_VARARGS | CO_VARKEYWORDS | CO_GENERATOR;

/// Flags of code whose locals are in the frame only.
const FAST: u32 = CO_OPTIMIZED | CO_NEWLOCALS;

/// Parameters of a function of this code that are given by name only.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn keyword_only(code: *mut PyCodeObject) -> usize {
    #[cfg(py2)]
    {
        let _ = code;
        0
    }
    #[cfg(py3)]
    // SAFETY: by the contract.
    unsafe {
        (*code).co_kwonlyargcount as usize
    }
}

/// Whether a function of this code collects arguments in a tuple or a dict, or takes some by name only, and
/// is else as [`is_plain`] says.
///
/// # Safety
/// A code object.
pub unsafe fn collects(code: *mut PyCodeObject) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let collected = (*code).co_flags as u32 & (CO_VARARGS | CO_VARKEYWORDS);
        (collected != 0 || keyword_only(code) > 0) && has_simple_frames(code, collected)
    }
}

/// Whether a call of a function of this code with positional arguments that fill its parameters is simple:
/// the frame is made in the simple way, and holds nothing but these and cells.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn is_plain(code: *mut PyCodeObject) -> bool {
    // SAFETY: by the contract.
    unsafe { keyword_only(code) == 0 && has_simple_frames(code, 0) }
}

/// Cells that a frame of this code makes, for its own variables.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn cells(code: *mut PyCodeObject) -> usize {
    // SAFETY: by the contract.
    unsafe { size_of_var((*code).co_cellvars) as usize }
}

/// The slot of the argument that a cell is made with, if it is made with one.
///
/// # Safety
/// A code object that makes so many cells, and more.
#[inline(always)]
pub unsafe fn argument_of_cell(code: *mut PyCodeObject, cell: usize) -> Option<usize> {
    // SAFETY: by the contract; the names of the arguments come first among those of the variables, and all
    // are interned.
    unsafe {
        #[cfg(py2)]
        {
            let name = tuple_item((*code).co_cellvars, cell);
            (0..arguments(&*code) as usize).find(|slot| tuple_item((*code).co_varnames, *slot) == name)
        }
        #[cfg(py3)]
        {
            let map = (*code).co_cell2arg.cast::<u8>();
            if map.is_null() { None } else { Some(usize::from(*map.add(cell))).filter(|slot| *slot != 255) }
        }
    }
}

/// The same of a function whose calls give generators.
///
/// # Safety
/// A code object.
#[inline(always)]
pub unsafe fn is_plain_generator(code: *mut PyCodeObject) -> bool {
    // SAFETY: by the contract.
    unsafe { keyword_only(code) == 0 && has_simple_frames(code, CO_GENERATOR) }
}

/// Whether frames are made in the simple way, of code that is unusual in these ways only.
#[inline(always)]
unsafe fn has_simple_frames(code: *mut PyCodeObject, unusual: u32) -> bool {
    // SAFETY: by the contract of the callers.
    unsafe { (*code).co_flags as u32 & (FAST | UNUSUAL) == FAST | unusual }
}
