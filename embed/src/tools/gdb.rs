//! GDB's interface to compilers at run time (`gdb/doc`, "JIT Interface"): a list of objects in memory, and a
//! function to set a breakpoint at.

use super::function::Function;
use super::{dwarf, elf};
use pyjion_jit::backend::Unwind;
use std::cell::UnsafeCell;
use std::ptr;

/// `jit_code_entry`.
#[repr(C)]
struct Entry {
    next: *mut Entry,
    previous: *mut Entry,
    /// An ELF file.
    object: *const u8,
    size: u64,
}

/// `jit_descriptor`.
#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    /// What the action is about.
    relevant: *mut Entry,
    first: *mut Entry,
}

/// `jit_actions_t`.
const REGISTER: u32 = 1;
const UNREGISTER: u32 = 2;

#[repr(transparent)]
struct Shared(UnsafeCell<Descriptor>);

// SAFETY: code is registered and given up by holders of the GIL.
unsafe impl Sync for Shared {}

/// GDB finds it by its name.
#[unsafe(no_mangle)]
#[used]
#[allow(non_upper_case_globals, reason = "GDB says so")]
// APART: so called.
static __jit_debug_descriptor: Shared = Shared(UnsafeCell::new(Descriptor {
    version: 1,
    action: 0,
    relevant: ptr::null_mut(),
    first: ptr::null_mut(),
}));

/// GDB has a breakpoint here, and looks at the descriptor when that is hit.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn __jit_debug_register_code() {
    // SAFETY: no instruction. The compiler does not know that, hence everything is written before, and the
    // call stays.
    unsafe { std::arch::asm!("", options(nostack)) };
}

/// Code that GDB knows of until this is dropped.
pub struct Registered {
    entry: *mut Entry,
    /// What the entry points to.
    _object: Box<[u8]>,
}

/// Tells GDB of a function. Needs the GIL. Nothing when it cannot be described, which no code of ours is.
pub fn register(function: &Function<'_>, unwind: &Unwind) -> Option<Registered> {
    let frame = unwind.eh_frame(function.address()).ok()?;
    let debug = dwarf::sections(function).ok()?;
    let object = elf::object(function, &frame, &debug).ok()?.into_boxed_slice();
    let entry = Box::into_raw(Box::new(Entry {
        next: ptr::null_mut(),
        previous: ptr::null_mut(),
        object: object.as_ptr(),
        size: object.len() as u64,
    }));
    let descriptor = __jit_debug_descriptor.0.get();
    // SAFETY: with the GIL, nobody else uses the list; its entries are alive.
    unsafe {
        (*entry).next = (*descriptor).first;
        if let Some(next) = (*entry).next.as_mut() {
            next.previous = entry;
        }
        (*descriptor).first = entry;
        announce(REGISTER, entry);
    }
    Some(Registered { entry, _object: object })
}

/// # Safety
/// The GIL is held, the entry alive.
unsafe fn announce(action: u32, entry: *mut Entry) {
    let descriptor = __jit_debug_descriptor.0.get();
    // SAFETY: by the contract.
    unsafe {
        (*descriptor).action = action;
        (*descriptor).relevant = entry;
    }
    __jit_debug_register_code();
}

impl Drop for Registered {
    fn drop(&mut self) {
        let descriptor = __jit_debug_descriptor.0.get();
        // SAFETY: versions die with the GIL held; the entries are alive, and this one is ours.
        unsafe {
            let Entry { next, previous, .. } = *self.entry;
            match previous.as_mut() {
                Some(previous) => previous.next = next,
                None => (*descriptor).first = next,
            }
            if let Some(next) = next.as_mut() {
                next.previous = previous;
            }
            announce(UNREGISTER, self.entry);
            drop(Box::from_raw(self.entry));
        }
    }
}
