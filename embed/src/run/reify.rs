//! Rebuilds the interpreter's frame from what compiled code left behind at an exit.

use crate::memory::shortage;
use crate::py::describe;
use crate::py::*;
use crate::py::{binding, dict};
use crate::state::recall;
use pyjion_jit::exit::{Bound, ExitRecipe, Name, Receiver, Source};
use pyjion_jit::hir::{MAX_BOUND, PC_IN_FRAME, Repr, Resume};
use std::mem::MaybeUninit;
use std::ptr;

/// How the frame goes on.
pub enum Left {
    /// With the next instruction.
    At,
    /// By unwinding for the exception that is set.
    Throwing,
    /// It yielded this value, a new reference.
    Yielded(Object),
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
/// An exception that is set stays set. Should there be no memory for a method, or hardly any for numbers, the exit
/// becomes a throw of `MemoryError`, and such a method is missing from the frame.
///
/// # Safety
/// The frame's native code has just left by this exit with this buffer.
pub unsafe fn rebuild(frame: *mut PyFrameObject, recipe: &ExitRecipe, buffer: *const u64) -> Left {
    // SAFETY: slots, stack and blocks are within what the code of the frame has.
    unsafe {
        let (mut ty, mut value, mut traceback) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        let mut boxes = Boxes { used: 0, made: [const { MaybeUninit::uninit() }; BOXES], failed: false };
        if recipe.resume == Resume::Throw {
            PyErr_Fetch(&mut ty, &mut value, &mut traceback);
        }

        know_names(frame, recipe, buffer, &mut boxes);
        fill_locals(frame, recipe, buffer, &mut boxes);
        // Buffer words may be borrowed from names that are about to change: take all the
        // references first. (An empty Vec costs nothing.)
        let former = recipe.names.iter().filter(|name| !is_current(name, buffer));
        let names: Vec<(usize, Object)> =
            former.map(|name| (name.name, boxes.object(&name.source, buffer))).collect();
        let stack = (*frame).f_valuestack;
        for (index, source) in recipe.operands.iter().enumerate() {
            *stack.add(index) = boxes.object(source, buffer);
        }
        if !names.is_empty() {
            bind_names(frame, names);
        }
        describe::set_blocks(frame, &recipe.blocks);
        if !recipe.receivers.is_empty() {
            bind_methods(frame, recipe, buffer, &mut boxes);
        }

        let mut top = stack.add(recipe.operands.len());
        if recipe.resume == Resume::Throw {
            if boxes.failed {
                // The exception on its way says more than the MemoryError.
                PyErr_Clear();
            }
            PyErr_Restore(ty, value, traceback);
        } else if !boxes.failed && shortage::is_dire() {
            boxes.failed = true;
            PyErr_NoMemory();
        }
        let left = if recipe.resume == Resume::Throw || boxes.failed {
            if recipe.pc != PC_IN_FRAME {
                (*frame).f_lasti = recipe.pc as i32;
            }
            Left::Throwing
        } else if matches!(recipe.resume, Resume::Yield | Resume::YieldFrom) {
            (*frame).f_lasti = recipe.pc as i32 - i32::from(recipe.resume == Resume::YieldFrom);
            top = top.sub(1);
            Left::Yielded(*top)
        } else {
            (*frame).f_lasti = recipe.pc as i32 - 1;
            Left::At
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
    recipe: &ExitRecipe,
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
