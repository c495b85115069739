//! The cap on machine code: which code objects have some, and which give theirs up when it is short.

use crate::config::settings;
use crate::process::PROCESS;
use crate::state::{CodeState, codes};
use crate::stats;
use pyjion_jit::code::{self, CodeMemory};
use pyjion_jit::error::CompileError;
use std::cell::{Cell, OnceCell};
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

/// Bytes of machine code per byte of bytecode, on the high side.
const EXPANSION: usize = 64;

/// Where machine code is put.
pub struct Room {
    memory: OnceCell<Arc<CodeMemory>>,
    /// The system allows executable memory.
    is_allowed: Cell<bool>,
}

impl Room {
    /// Nobody has asked for any.
    pub const fn new() -> Room {
        Room { memory: OnceCell::new(), is_allowed: Cell::new(false) }
    }
}

/// The memory that all machine code is in.
pub fn memory() -> &'static Arc<CodeMemory> {
    PROCESS.room.memory.get_or_init(|| CodeMemory::new(settings::options().max_code))
}

/// Fails if the system allows no executable memory.
pub fn probe() -> Result<(), CompileError> {
    match memory().probe() {
        Err(error) if code::is_refusal(&error) => Err(CompileError::ExecutableMemory(error.to_string())),
        // No room now, or no room ever: whoever publishes code will hear of it.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The same once, before anything is compiled in vain.
pub fn check() -> Result<(), CompileError> {
    if !PROCESS.room.is_allowed.get() {
        probe()?;
        PROCESS.room.is_allowed.set(true);
    }
    Ok(())
}

/// The address that machine code begins at, for an address in it, else NULL. For signal handlers, too.
#[unsafe(no_mangle)]
extern "C" fn pyjion_code_base(address: *const c_void) -> *mut c_void {
    code::base_of(address as usize).map_or(ptr::null_mut(), |base| base as *mut c_void)
}

/// The machine code that so much bytecode may become.
pub fn estimate(bytecode: usize) -> usize {
    (bytecode * EXPANSION).min(memory().limit() / 4)
}

/// Makes room for so many bytes by dropping the code of those who used it least of late, but not of
/// those who run it or of `user`; whether there is room now.
pub fn make(bytes: usize, user: &CodeState) -> bool {
    let memory = memory();
    let fits = |bytes: usize| memory.used() + bytes <= memory.limit();
    if fits(bytes) {
        return true;
    }
    let mut idle: Vec<(u64, *const CodeState)> = codes()
        .registry
        .owners()
        .into_iter()
        .filter(|&state| !ptr::eq(state, user))
        // SAFETY: owners are alive.
        .filter_map(|state| Some((unsafe { (*state).recent_entries() }?, state)))
        .collect();
    idle.sort_unstable();
    // Some more, so that this is not done at every compilation from now on.
    let enough = bytes + memory.limit() / 8;
    for (_, state) in idle {
        if fits(enough) {
            break;
        }
        // SAFETY: owners are alive; dropping versions runs no Python code, so none died meanwhile.
        let state = unsafe { &*state };
        state.evict();
        codes().registry.remove(state);
        stats::counters().evicted.count();
    }
    for state in codes().registry.owners() {
        // SAFETY: owners are alive.
        unsafe { (*state).age() };
    }
    fits(bytes)
}
