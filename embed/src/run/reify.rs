//! Rebuilds the interpreter's frames from what compiled code left behind at an exit.

use crate::memory::shortage;
use crate::py::describe;
use crate::py::*;
use crate::py::{binding, collector, dict};
use crate::run::chain::{Chain, Link};
use crate::run::frames;
use crate::state::recall;
use pyjion_jit::exit::{Bound, ExitRecipe, FrameRecipe, InlinedRecipe, Name, Receiver, Source};
use pyjion_jit::hir::{MAX_BOUND, PC_IN_FRAME, Repr, Resume};
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;

/// How the frame, or the innermost of several, goes on.
pub enum Left {
    /// With the next instruction.
    At,
    /// By unwinding for the exception that is set.
    Throwing,
    /// It yielded this value, a new reference.
    Yielded(Object),
    /// With another instruction, when what it is to release has been released.
    Releasing {
        /// Offset of an instruction.
        next: u32,
    },
}

/// Distinct numbers of an exit that are remembered so that they are boxed once.
const BOXES: usize = 16;

/// The objects made for the numbers of an exit.
struct Boxes {
    used: usize,
    /// The first `used` of them; setting up the others takes longer than most exits do.
    made: [MaybeUninit<(Key, Object)>; BOXES],
    /// There was no memory for a method.
    failed: bool,
}

/// What makes numbers the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Word(u16),
    Int(i64),
    Float(u64),
}

impl Boxes {
    #[inline(always)]
    fn new() -> Boxes {
        Boxes { used: 0, made: [const { MaybeUninit::uninit() }; BOXES], failed: false }
    }

    /// A new reference to the object for a number.
    unsafe fn get(&mut self, key: Key, make: impl FnOnce() -> Object) -> Object {
        // SAFETY: as many are there.
        let mut made = self.made[..self.used].iter().map(|one| unsafe { one.assume_init() });
        if let Some((_, object)) = made.find(|(known, _)| *known == key) {
            // SAFETY: it is in the frame, or about to be.
            unsafe { incref(object) };
            return object;
        }
        let object = make();
        self.remember(key, object);
        object
    }

    fn remember(&mut self, key: Key, object: Object) {
        if let Some(place) = self.made.get_mut(self.used) {
            place.write((key, object));
            self.used += 1;
        }
    }

    /// From now on, the number of this source is this object, borrowed from the frame.
    fn know(&mut self, source: &Source, object: Object) {
        let key = match *source {
            Source::Buffer { index, repr: Repr::Int | Repr::Float, .. } => Key::Word(index),
            Source::Int(value) => Key::Int(value),
            Source::Float(bits) => Key::Float(bits),
            Source::Buffer { .. } | Source::Object(_) | Source::Bool(_) | Source::Null => return,
        };
        self.remember(key, object);
    }

    /// A new reference to what a slot of the frame shall hold.
    ///
    /// # Safety
    /// The buffer is what the exit left.
    unsafe fn object(&mut self, source: &Source, buffer: *const u64) -> Object {
        // SAFETY: words hold what the recipe says; boxing is plain C API.
        unsafe {
            match *source {
                Source::Null => ptr::null_mut(),
                Source::Object(address) => {
                    let object = address as Object;
                    incref(object);
                    object
                }
                Source::Int(value) => self.get(Key::Int(value), || shortage::int_of_frame(value)),
                Source::Float(bits) => {
                    self.get(Key::Float(bits), || shortage::float_of_frame(f64::from_bits(bits)))
                }
                Source::Bool(value) => new_bool(value),
                Source::Buffer { index, repr, owned } => {
                    let word = *buffer.add(index as usize);
                    match repr {
                        Repr::Obj => {
                            let object = word as Object;
                            if !owned {
                                xincref(object);
                            }
                            object
                        }
                        Repr::Int => self.get(Key::Word(index), || shortage::int_of_frame(word as i64)),
                        Repr::Float => {
                            self.get(Key::Word(index), || shortage::float_of_frame(f64::from_bits(word)))
                        }
                        Repr::Bool => new_bool(word as u8 != 0),
                        Repr::Status | Repr::None => unreachable!("no object has this representation"),
                    }
                }
            }
        }
    }
}

/// Rebuilds the frame as the recipe says; only a yielded value is not in it.
///
/// An exception that is set stays set. Should there be no memory for a method, or hardly any for numbers, the
/// exit becomes a throw of `MemoryError`, and such a method is missing from the frame.
///
/// # Safety
/// The frame's native code has just left by this exit, a simple one, with this buffer.
#[inline(always)]
pub unsafe fn rebuild(frame: *mut PyFrameObject, recipe: &ExitRecipe, buffer: *const u64) -> Left {
    // SAFETY: by the contract.
    unsafe {
        let mut boxes = Boxes::new();
        let exception = set_aside(recipe);
        fill_outermost(frame, recipe, buffer, &mut boxes);
        if !recipe.outermost.receivers.is_empty() {
            bind_methods(frame, &recipe.outermost, buffer, &mut boxes);
        }
        complete(frame, &recipe.outermost, &mut boxes, exception)
    }
}

/// Rebuilds the frame as the recipe says, and makes those that are inlined: the innermost is then as
/// [`rebuild`] leaves the only one, but for what it is to release, which the chain has; the others are in the
/// middle of their calls. If there is no memory for one, it and those that it calls are missing, and the exit
/// becomes a throw of `MemoryError` in its caller.
///
/// # Safety
/// As for [`rebuild`], but for any exit. The thread is the current one, and the frame is its own.
#[inline(never)]
pub unsafe fn rebuild_all(
    frame: *mut PyFrameObject,
    thread: *mut PyThreadState,
    recipe: &ExitRecipe,
    buffer: *const u64,
    chain: &mut Chain,
) -> Left {
    // SAFETY: by the contract. Nothing runs while the buffer is in use, as nothing is collected.
    unsafe {
        let mut boxes = Boxes::new();
        let exception = set_aside(recipe);
        fill_outermost(frame, recipe, buffer, &mut boxes);
        if recipe.inlined.iter().any(|inlined| has_other_globals(inlined, frame, buffer)) {
            chain.take(borrowed(recipe, buffer).inspect(|object| incref(*object)));
        }
        collector::without_collecting(|| {
            bind_methods(frame, &recipe.outermost, buffer, &mut boxes);
            (*frame).f_lasti = recipe.outermost.pc as i32;
            for inlined in &recipe.inlined {
                if !chain.is_cut() {
                    make(thread, inlined, buffer, &mut boxes, chain);
                }
                if chain.is_cut() {
                    chain.take(owned(inlined, buffer));
                }
            }
        });
        chain.take(recipe.innermost().released.iter().map(|source| word(source, buffer)));
        if chain.is_cut() {
            restore(exception, recipe.innermost());
            return Left::Throwing;
        }
        complete(chain.innermost().unwrap_or(frame), recipe.innermost(), &mut boxes, exception)
    }
}

/// Makes an inlined frame on top of the others.
///
/// # Safety
/// As for [`rebuild_all`].
unsafe fn make(
    thread: *mut PyThreadState,
    recipe: &InlinedRecipe,
    buffer: *const u64,
    boxes: &mut Boxes,
    chain: &mut Chain,
) {
    // SAFETY: the function is one of the code that the recipe was made for; nothing evaluates its frame yet.
    unsafe {
        let function = word(&recipe.function, buffer);
        let made_of = function.cast::<PyFunctionObject>();
        let below = (*thread).frame;
        if let Some(caller) = chain.innermost() {
            (*thread).frame = caller;
        }
        let frame = frames::new(thread, (*made_of).func_code.cast(), (*made_of).func_globals);
        (*thread).frame = below;
        if frame.is_null() {
            chain.cut();
            return;
        }
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        for (slot, local) in recipe.locals.iter().enumerate() {
            *slots.add(slot) = boxes.object(local, buffer);
        }
        frames::bind_cells(frame, function, false);
        fill(frame, &recipe.frame, buffer, boxes);
        bind_methods(frame, &recipe.frame, buffer, boxes);
        (*frame).f_lasti = recipe.frame.pc as i32;
        (*frame).f_stacktop = ptr::null_mut();
        if recipe.is_kept && !is_owned(&recipe.function) {
            incref(function);
        }
        let instance = recipe.instance.as_ref().map_or(ptr::null_mut(), |instance| word(instance, buffer));
        let function = if recipe.is_kept { function } else { ptr::null_mut() };
        chain.push(Link { frame, function, levels: recipe.levels as c_int, instance });
    }
}

/// The object of a source that is no number.
///
/// # Safety
/// As for [`rebuild`].
unsafe fn word(source: &Source, buffer: *const u64) -> Object {
    match *source {
        // SAFETY: words hold what the recipe says.
        Source::Buffer { index, .. } => unsafe { *buffer.add(index as usize) as Object },
        Source::Object(address) => address as Object,
        Source::Int(_) | Source::Float(_) | Source::Bool(_) | Source::Null => ptr::null_mut(),
    }
}

/// Whether a reference is handed over.
fn is_owned(source: &Source) -> bool {
    matches!(source, Source::Buffer { owned: true, .. })
}

/// Whether an inlined frame has other globals than the frame that runs: to find their builtins may run code.
///
/// # Safety
/// As for [`rebuild`].
unsafe fn has_other_globals(recipe: &InlinedRecipe, frame: *mut PyFrameObject, buffer: *const u64) -> bool {
    // SAFETY: the function is alive, as the frame is.
    unsafe {
        let function = word(&recipe.function, buffer).cast::<PyFunctionObject>();
        (*function).func_globals != (*frame).f_globals
    }
}

/// The objects of inlined frames that something else than the native code keeps alive.
///
/// # Safety
/// As for [`rebuild`].
unsafe fn borrowed(recipe: &ExitRecipe, buffer: *const u64) -> impl Iterator<Item = Object> {
    let sources = recipe.inlined.iter().flat_map(|InlinedRecipe { function, locals, frame, .. }| {
        let receivers = frame.receivers.iter().map(|receiver| &receiver.object);
        locals.iter().chain(&frame.operands).chain(receivers).chain([function])
    });
    let objects = sources.filter_map(move |source| match *source {
        // SAFETY: by the contract.
        Source::Buffer { index, repr: Repr::Obj, owned: false } => {
            Some(unsafe { *buffer.add(index as usize) })
        }
        _ => None,
    });
    objects.map(|word| word as Object).filter(|object| !object.is_null())
}

/// The references that are handed over for an inlined frame.
///
/// # Safety
/// As for [`rebuild`].
unsafe fn owned(recipe: &InlinedRecipe, buffer: *const u64) -> impl Iterator<Item = Object> {
    let InlinedRecipe { function, instance, locals, frame, is_kept: _, levels: _ } = recipe;
    let bound = frame.receivers.iter().flat_map(|receiver| [Some(&receiver.object), receiver.class.as_ref()]);
    let sources =
        locals.iter().chain(&frame.operands).chain(bound.flatten()).chain([function]).chain(instance);
    // SAFETY: by the contract.
    sources.filter(|source| is_owned(source)).map(move |source| unsafe { word(source, buffer) })
}

/// An exception, or nothing.
type Exception = (Object, Object, Object);

/// Puts the exception of a throw aside.
unsafe fn set_aside(recipe: &ExitRecipe) -> Exception {
    let (mut ty, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    if recipe.innermost().resume == Resume::Throw {
        // SAFETY: plain C API.
        unsafe { PyErr_Fetch(&mut ty, &mut value, &mut traceback) };
    }
    (ty, value, traceback)
}

/// Raises what was [put aside](set_aside). It says more than a `MemoryError`.
unsafe fn restore((ty, value, traceback): Exception, recipe: &FrameRecipe) {
    if recipe.resume == Resume::Throw {
        // SAFETY: owned references.
        unsafe { PyErr_Restore(ty, value, traceback) };
    }
}

/// All of the frame that runs but methods.
///
/// # Safety
/// As for [`rebuild`].
#[inline(always)]
unsafe fn fill_outermost(
    frame: *mut PyFrameObject,
    recipe: &ExitRecipe,
    buffer: *const u64,
    boxes: &mut Boxes,
) {
    // SAFETY: by the contract.
    unsafe {
        know_names(frame, recipe, buffer, boxes);
        fill_locals(frame, recipe, buffer, boxes);
        // Buffer words may be borrowed from names that are about to change: take all the
        // references first. (An empty Vec costs nothing.)
        let former = recipe.names.iter().filter(|name| !is_current(name, buffer));
        let names: Vec<(usize, Object)> =
            former.map(|name| (name.name, boxes.object(&name.source, buffer))).collect();
        fill(frame, &recipe.outermost, buffer, boxes);
        if !names.is_empty() {
            bind_names(frame, names);
        }
    }
}

/// Operands and blocks.
///
/// # Safety
/// As for [`rebuild`].
#[inline(always)]
unsafe fn fill(frame: *mut PyFrameObject, recipe: &FrameRecipe, buffer: *const u64, boxes: &mut Boxes) {
    // SAFETY: stack and blocks are within what the code of the frame has.
    unsafe {
        let stack = (*frame).f_valuestack;
        for (index, source) in recipe.operands.iter().enumerate() {
            *stack.add(index) = boxes.object(source, buffer);
        }
        describe::set_blocks(frame, &recipe.blocks);
    }
}

/// Has the frame go on as the recipe says.
///
/// # Safety
/// As for [`rebuild`]; all else is in the frame.
#[inline(always)]
unsafe fn complete(
    frame: *mut PyFrameObject,
    recipe: &FrameRecipe,
    boxes: &mut Boxes,
    exception: Exception,
) -> Left {
    // SAFETY: by the contract.
    unsafe {
        let mut top = (*frame).f_valuestack.add(recipe.operands.len());
        if recipe.resume == Resume::Throw {
            if boxes.failed {
                PyErr_Clear();
            }
            restore(exception, recipe);
        } else if !boxes.failed && shortage::is_dire() {
            boxes.failed = true;
            PyErr_NoMemory();
        }
        let resume = if boxes.failed { Resume::Throw } else { recipe.resume };
        let pc = recipe.pc as i32;
        let left = match resume {
            Resume::Throw => {
                if recipe.pc != PC_IN_FRAME {
                    (*frame).f_lasti = pc;
                }
                Left::Throwing
            }
            Resume::Yield | Resume::YieldFrom => {
                (*frame).f_lasti = pc - i32::from(recipe.resume == Resume::YieldFrom);
                top = top.sub(1);
                Left::Yielded(*top)
            }
            Resume::At => {
                (*frame).f_lasti = pc - 1;
                Left::At
            }
            Resume::Release { next } => {
                (*frame).f_lasti = pc;
                Left::Releasing { next }
            }
            Resume::Call { .. } | Resume::Operation { .. } => {
                unreachable!("others than the innermost frame call")
            }
        };
        (*frame).f_stacktop = top;
        left
    }
}

/// # Safety
/// As for [`rebuild`].
unsafe fn fill_locals(frame: *mut PyFrameObject, recipe: &ExitRecipe, buffer: *const u64, boxes: &mut Boxes) {
    // SAFETY: the slots are those of the frame.
    unsafe {
        let slots = (&raw mut (*frame).f_localsplus).cast::<Object>();
        for local in &recipe.locals {
            let slot = slots.add(local.slot as usize);
            if !(*slot).is_null() {
                if !recall::is_any() || is_number(*slot, &local.source, buffer) {
                    boxes.know(&local.source, *slot);
                }
            } else if local.may_lack {
                *slot = boxes.object(&local.source, buffer);
            }
        }
    }
}

/// Whether an object is that of a number. It is, unless somebody else has written the slot that it is in.
///
/// # Safety
/// As for [`rebuild`]; the object is alive.
unsafe fn is_number(object: Object, source: &Source, buffer: *const u64) -> bool {
    // SAFETY: words hold what the recipe says.
    unsafe {
        match *source {
            Source::Int(value) => is_int(object, value),
            Source::Float(bits) => is_float(object, bits),
            Source::Bool(value) => object == if value { true_() } else { false_() },
            Source::Object(address) => object == address as Object,
            Source::Null => false,
            Source::Buffer { index, repr, .. } => {
                let word = *buffer.add(index as usize);
                match repr {
                    Repr::Int => is_int(object, word as i64),
                    Repr::Float => is_float(object, word),
                    Repr::Bool => object == if word as u8 != 0 { true_() } else { false_() },
                    Repr::Obj => object == word as Object,
                    Repr::Status | Repr::None => false,
                }
            }
        }
    }
}

/// Whether an object is an exact float of these bits.
///
/// # Safety
/// The object is alive.
unsafe fn is_float(object: Object, bits: u64) -> bool {
    // SAFETY: by the contract.
    unsafe {
        type_of(object) == &raw mut PyFloat_Type
            && (*object.cast::<PyFloatObject>()).ob_fval.to_bits() == bits
    }
}

/// Whether an object is an exact int of this value.
///
/// # Safety
/// The object is alive.
unsafe fn is_int(object: Object, value: i64) -> bool {
    // SAFETY: by the contract; a long that is too large for a C long says so, and sets no exception.
    unsafe {
        #[cfg(py2)]
        return type_of(object) == &raw mut PyInt_Type && (*object.cast::<PyIntObject>()).ob_ival == value;
        #[cfg(py3)]
        {
            let mut overflow = 0;
            type_of(object) == &raw mut PyLong_Type
                && PyLong_AsLongAndOverflow(object, &mut overflow) == value
                && overflow == 0
        }
    }
}

/// Whether a name is bound to the object of its number.
///
/// # Safety
/// As for [`rebuild`].
unsafe fn is_current(name: &Name, buffer: *const u64) -> bool {
    match name.bound {
        Bound::Current => true,
        Bound::Former => false,
        // SAFETY: the recipe says that the exit left this byte.
        Bound::Marked(offset) => unsafe { *buffer.cast::<u8>().add(offset as usize) == 0 },
    }
}

/// Whoever else has the number of a name that is bound to its object shall find that object.
///
/// # Safety
/// As for [`rebuild`].
unsafe fn know_names(frame: *mut PyFrameObject, recipe: &ExitRecipe, buffer: *const u64, boxes: &mut Boxes) {
    // SAFETY: the names are those of the code.
    unsafe {
        for name in &recipe.names {
            if is_current(name, buffer) {
                boxes.know(&name.source, dict::known((*frame).f_globals, name.name as Object));
            }
        }
    }
}

/// # Safety
/// As for [`rebuild`].
#[inline(never)]
unsafe fn bind_names(frame: *mut PyFrameObject, names: Vec<(usize, Object)>) {
    // SAFETY: the names are bound in the globals, an exact dict, under these very strings: this
    // replaces values without allocating, and what it releases is of a simple type.
    unsafe {
        for (name, object) in names {
            if !object.is_null() {
                PyDict_SetItem((*frame).f_globals, name as Object, object);
                decref(object);
            }
        }
    }
}

/// Makes methods of the operands that are functions yet. This may run the garbage collector, so nothing is
/// in the buffer any more afterwards.
///
/// # Safety
/// As for [`rebuild`]; the operands are in the frame.
#[inline(never)]
unsafe extern "C" fn bind_methods(
    frame: *mut PyFrameObject,
    recipe: &FrameRecipe,
    buffer: *const u64,
    boxes: &mut Boxes,
) {
    let mut receivers = [(ptr::null_mut(), ptr::null_mut()); MAX_BOUND];
    // SAFETY: the indices are those of operands; receivers and classes are owned, and consumed here.
    unsafe {
        for (Receiver { object, class, .. }, receiver) in recipe.receivers.iter().zip(&mut receivers) {
            let class = class.as_ref().map_or(ptr::null_mut(), |class| boxes.object(class, buffer));
            *receiver = (boxes.object(object, buffer), class);
        }
        for (Receiver { operand, .. }, (receiver, class)) in recipe.receivers.iter().zip(receivers) {
            let operand = (*frame).f_valuestack.add(*operand as usize);
            if !receiver.is_null() {
                *operand = binding::bind(*operand, receiver, class);
                boxes.failed |= (*operand).is_null();
            }
        }
    }
}
