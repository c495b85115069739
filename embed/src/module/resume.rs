//! Exits made by hand, for tests: a chain of frames is made as an exit of compiled code would, and goes on.

use crate::py::evaluation::{RESUME, hand_over, thread_state};
use crate::py::kinds::kind_of;
use crate::py::*;
use crate::run::chain::Chain;
use crate::run::{enter, frames, inlined, reify};
use pyjion_jit::exit::{ExitRecipe, Few, FrameRecipe, InlinedRecipe, Source};
use pyjion_jit::hir::{ExitReason, FrameBlock, MAX_INLINED, Repr, Resume, Type};
use std::ffi::{CStr, c_char, c_uint};
use std::ptr;

/// What is to be made, and the words that an exit would leave.
#[derive(Default)]
struct Made {
    frames: Vec<Parsed>,
    words: Vec<u64>,
    /// Objects of the words that are numbers, by index.
    numbers: Vec<(Object, u16)>,
    /// What the innermost frame raises, borrowed.
    raises: Option<Object>,
    /// What it is to release, borrowed.
    released: Vec<Object>,
}

struct Parsed {
    /// Borrowed.
    function: Object,
    /// Borrowed: a tuple.
    locals: Object,
    recipe: FrameRecipe,
}

/// `pyjion._resume(frames)`: each is `(function, locals, operands, offset, blocks, how)`, the outermost
/// first. `...` is no object. `how` is `('call', operands, next)` for all but the innermost, for that
/// `('at',)`, `('throw', exception)` or `('release', object, next)`. What the outermost returns.
pub unsafe extern "C" fn resume(_: Object, chain: Object) -> Object {
    let mut made = Made::default();
    // SAFETY: the argument keeps all of it alive. The words are as an exit would leave them.
    unsafe {
        if !parse(chain, &mut made) {
            return ptr::null_mut();
        }
        let mut parsed = std::mem::take(&mut made.frames).into_iter();
        let Some(outermost) = parsed.next() else { return ptr::null_mut() };
        let inlined = parsed.map(|frame| InlinedRecipe {
            function: made.source(frame.function),
            is_kept: true,
            levels: 0,
            instance: None,
            locals: items(frame.locals).map(|object| made.source(object)).collect(),
            frame: frame.recipe,
        });
        let inlined = inlined.collect();
        let recipe = ExitRecipe {
            reason: ExitReason::Uncompiled,
            locals: Few::default(),
            names: Few::default(),
            outermost: outermost.recipe,
            inlined,
        };
        run(outermost.function, outermost.locals, &recipe, &made.words, made.raises)
    }
}

/// Has the frames made, and runs them.
unsafe fn run(
    function: Object,
    locals: Object,
    recipe: &ExitRecipe,
    words: &[u64],
    raises: Option<Object>,
) -> Object {
    let thread = thread_state();
    // SAFETY: the frame is one of the function's code, with as many locals as were given.
    unsafe {
        let made_of = function.cast::<PyFunctionObject>();
        let code = (*made_of).func_code.cast::<PyCodeObject>();
        let frame = PyFrame_New(thread, code, (*made_of).func_globals, ptr::null_mut());
        if frame.is_null() {
            return ptr::null_mut();
        }
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        for (slot, object) in items(locals).enumerate().filter(|(_, object)| !is_nothing(*object)) {
            incref(object);
            *slots.add(slot) = object;
        }
        frames::bind_cells(frame, function, false);
        enter::arrive(frame, thread, RESUME);
        if let Some(exception) = raises {
            PyErr_SetObject(type_of(exception).cast(), exception);
        }
        let mut chain = Chain::new();
        let left = reify::rebuild_all(frame, thread, recipe, words.as_ptr(), &mut chain);
        let throw = inlined::run(frame, thread, recipe, &mut chain, left);
        hand_over(frame, thread);
        let result = _PyEval_EvalFrameDefault(frame, RESUME | throw);
        decref(frame.cast());
        result
    }
}

impl Made {
    /// Where an object comes from: numbers are not boxed yet, references are handed over.
    unsafe fn source(&mut self, object: Object) -> Source {
        // SAFETY: alive; read according to its kind.
        unsafe {
            let kind = kind_of(object);
            let (word, repr) = match kind {
                _ if is_nothing(object) => return Source::Null,
                Type::INT => (PyNumber_AsSsize_t(object, ptr::null_mut()) as u64, Repr::Int),
                Type::FLOAT => ((*object.cast::<PyFloatObject>()).ob_fval.to_bits(), Repr::Float),
                _ => {
                    incref(object);
                    (object as u64, Repr::Obj)
                }
            };
            let known = self.numbers.iter().find(|(number, _)| *number == object);
            let index = known.map_or(self.words.len() as u16, |(_, index)| *index);
            if known.is_none() {
                self.words.push(word);
                if repr != Repr::Obj {
                    self.numbers.push((object, index));
                }
            }
            Source::Buffer { index, repr, owned: repr == Repr::Obj }
        }
    }
}

/// Whether an object stands for none.
fn is_nothing(object: Object) -> bool {
    object == &raw mut _Py_EllipsisObject
}

/// The items of a tuple, borrowed.
unsafe fn items(tuple: Object) -> impl Iterator<Item = Object> {
    // SAFETY: a tuple, kept by the caller.
    unsafe { (0..tuple_length(tuple)).map(move |index| tuple_item(tuple, index)) }
}

/// Reads the argument; false with an exception set if it does not fit.
unsafe fn parse(chain: Object, made: &mut Made) -> bool {
    // SAFETY: plain C API; what is not a tuple is refused.
    unsafe {
        let frames = if is_tuple(chain) { tuple_length(chain) } else { 0 };
        if !(2..=MAX_INLINED + 1).contains(&frames) {
            return refuse(c"a tuple of two frames or more is wanted");
        }
        let last = frames - 1;
        (0..frames).all(|index| parse_frame(tuple_item(chain, index), index == last, made))
    }
}

unsafe fn parse_frame(frame: Object, is_last: bool, made: &mut Made) -> bool {
    let [mut function, mut locals, mut operands, mut blocks, mut how]: [Object; 5] = [ptr::null_mut(); 5];
    let mut pc: c_uint = 0;
    // SAFETY: the format matches the variables; types are checked before they are relied on.
    unsafe {
        if !is_tuple(frame) {
            return refuse(c"a frame is a tuple");
        }
        let format = c"OOOIOO:_resume".as_ptr();
        if PyArg_ParseTuple(
            frame,
            format,
            &mut function,
            &mut locals,
            &mut operands,
            &mut pc,
            &mut blocks,
            &mut how,
        ) == 0
        {
            return false;
        }
        if type_of(function) != &raw mut PyFunction_Type {
            return refuse(c"a frame is that of a function");
        }
        if ![locals, operands, blocks, how].into_iter().all(|object| is_tuple(object)) {
            return refuse(c"locals, operands, blocks and how a frame goes on are tuples");
        }
        let code = (*function.cast::<PyFunctionObject>()).func_code.cast::<PyCodeObject>();
        if !describe::is_plain(code) || describe::cells(code) > 0 {
            return refuse(c"generators, and frames with arguments or cells of their own, are not inlined");
        }
        let is_fit = tuple_length(locals) == (*code).co_nlocals as usize
            && tuple_length(operands) <= (*code).co_stacksize as usize
            && i64::from(pc) < size_of_var((*code).co_code) as i64;
        if !is_fit {
            return refuse(c"locals, operands or offset are not those of the code");
        }
        let Some(resume) = parse_how(how, is_last, made) else { return false };
        let Some(blocks) = items(blocks).map(|block| parse_block(block)).collect() else { return false };
        let operands = items(operands).map(|object| made.source(object)).collect();
        let released =
            std::mem::take(&mut made.released).into_iter().map(|object| made.source(object)).collect();
        let recipe = FrameRecipe { pc, resume, operands, receivers: Few::default(), blocks, released };
        made.frames.push(Parsed { function, locals, recipe });
        true
    }
}

unsafe fn parse_how(how: Object, is_last: bool, made: &mut Made) -> Option<Resume> {
    let (mut word, mut argument): (*const c_char, Object) = (ptr::null(), ptr::null_mut());
    let mut next: c_uint = 0;
    // SAFETY: the format matches the variables.
    unsafe {
        if PyArg_ParseTuple(how, c"s|OI:_resume".as_ptr(), &mut word, &mut argument, &mut next) == 0 {
            return None;
        }
        let resume = match (CStr::from_ptr(word).to_bytes(), is_last) {
            (b"at", true) => Resume::At,
            (b"throw", true) if !argument.is_null() => {
                made.raises = Some(argument);
                Resume::Throw
            }
            (b"release", true) if !argument.is_null() => {
                made.released.push(argument);
                Resume::Release { next }
            }
            (b"call", false) if !argument.is_null() => Resume::Call { operands: number(argument)?, next },
            _ => {
                refuse(
                    c"the innermost frame goes on 'at', by 'throw' or 'release', the others after a 'call'",
                );
                return None;
            }
        };
        Some(resume)
    }
}

unsafe fn parse_block(block: Object) -> Option<FrameBlock> {
    let (mut ty, mut handler, mut level) = (0, 0, 0);
    // SAFETY: the format matches the variables.
    unsafe {
        if !is_tuple(block) {
            refuse(c"a block is a tuple");
            return None;
        }
        if PyArg_ParseTuple(block, c"iII:_resume".as_ptr(), &mut ty, &mut handler, &mut level) == 0 {
            return None;
        }
    }
    let Some(kind) = describe::block_kind(ty) else {
        refuse(c"there is no such block");
        return None;
    };
    Some(FrameBlock { kind, handler, level })
}

unsafe fn number(object: Object) -> Option<u32> {
    // SAFETY: plain C API.
    let number = unsafe { PyNumber_AsSsize_t(object, PyExc_OverflowError) };
    u32::try_from(number).ok()
}

unsafe fn is_tuple(object: Object) -> bool {
    // SAFETY: alive.
    unsafe { type_of(object) == &raw mut PyTuple_Type }
}

fn refuse(message: &CStr) -> bool {
    // SAFETY: an exception class.
    unsafe { PyErr_SetString(PyExc_ValueError, message.as_ptr()) };
    false
}
