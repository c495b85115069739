//! Memory for machine code: reserved, written, published, and given back one function at a time.
//!
//! Functions share pages, so a small one costs its own size and not 4 KiB. A chunk is readable
//! and executable; only while a block of it is being written is it writable as well, which
//! functions that run in the same pages at that time do not notice. The mappings are private:
//! after `fork` each process has its own copy and its own idea of what is free.

mod free_list;
mod publish;

use free_list::FreeList;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes mapped at a time; larger functions get a chunk of their own.
const CHUNK: usize = 256 * 1024;

/// Blocks start on and are multiples of this: a cache line.
const GRANULE: usize = 64;

/// The addresses that all chunks so far have been between.
static LOWEST: AtomicUsize = AtomicUsize::new(usize::MAX);
static HIGHEST: AtomicUsize = AtomicUsize::new(0);

/// The lowest address of machine code, if the given one is between that and the highest. Takes no lock.
pub fn base_of(address: usize) -> Option<usize> {
    let lowest = LOWEST.load(Ordering::Relaxed);
    (lowest..HIGHEST.load(Ordering::Relaxed)).contains(&address).then_some(lowest)
}

/// Code memory with a cap, shared by all functions.
pub struct CodeMemory {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    chunks: Vec<Chunk>,
    used: usize,
}

/// One mapping.
struct Chunk {
    start: usize,
    size: usize,
    free: FreeList,
    /// Blocks that are being written; the chunk is writable while there are any.
    writers: usize,
}

/// A piece of code memory; dropping it frees it, so nobody may run its code then.
pub struct CodeBlock {
    memory: Arc<CodeMemory>,
    start: usize,
    size: usize,
    writable: bool,
}

impl CodeMemory {
    /// Code memory of which at most `limit` bytes may be in use.
    pub fn new(limit: usize) -> Arc<CodeMemory> {
        Arc::new(CodeMemory { limit, state: Mutex::default() })
    }

    /// What so many bytes of code take.
    pub fn room(size: usize) -> usize {
        size.max(1).next_multiple_of(GRANULE)
    }

    /// Bytes in use, rounding of block sizes included.
    pub fn used(&self) -> usize {
        self.lock().used
    }

    /// Bytes mapped.
    pub fn mapped(&self) -> usize {
        self.lock().chunks.iter().map(|chunk| chunk.size).sum()
    }

    /// The cap on [`CodeMemory::used`].
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Finds room for `size` bytes, to be written and then published.
    pub fn reserve(self: &Arc<CodeMemory>, size: usize, align: usize) -> io::Result<CodeBlock> {
        if align > GRANULE {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "alignment of more than a cache line"));
        }
        let size = CodeMemory::room(size);
        let mut state = self.lock();
        if state.used.saturating_add(size) > self.limit {
            let message = format!("{} of {} bytes in use, {size} more asked for", state.used, self.limit);
            return Err(io::Error::new(io::ErrorKind::OutOfMemory, message));
        }
        let found =
            state.chunks.iter_mut().enumerate().find_map(|(i, chunk)| Some((i, chunk.free.take(size)?)));
        let (index, offset) = match found {
            Some(found) => found,
            None => {
                let mut chunk = Chunk::map(size)?;
                let offset = chunk.free.take(size).expect("a new chunk is large enough");
                state.chunks.push(chunk);
                (state.chunks.len() - 1, offset)
            }
        };
        let chunk = &mut state.chunks[index];
        let start = chunk.start + offset;
        if let Err(error) = chunk.open() {
            chunk.free.give(offset, size);
            return Err(error);
        }
        state.used += size;
        drop(state);
        Ok(CodeBlock { memory: Arc::clone(self), start, size, writable: true })
    }

    /// Whether there can be code at all: an error that [`is_refusal`] if the system does not allow it.
    pub fn probe(self: &Arc<CodeMemory>) -> io::Result<()> {
        self.reserve(1, 1).map(drop)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way through a change, so a poisoned state is still sound.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the system does not allow memory to be executable, as opposed to having none left, or the cap
/// being reached.
pub fn is_refusal(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| !matches!(code, libc::ENOMEM | libc::EAGAIN))
}

impl State {
    fn chunk_of(&mut self, address: usize) -> usize {
        let holds = |chunk: &Chunk| (chunk.start..chunk.start + chunk.size).contains(&address);
        self.chunks.iter().position(holds).expect("blocks lie in a chunk")
    }
}

impl Chunk {
    fn map(size: usize) -> io::Result<Chunk> {
        let size = size.next_multiple_of(CHUNK);
        // SAFETY: an anonymous mapping at an address the kernel chooses touches no existing memory.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_EXEC,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        LOWEST.fetch_min(start as usize, Ordering::Relaxed);
        HIGHEST.fetch_max(start as usize + size, Ordering::Relaxed);
        Ok(Chunk { start: start as usize, size, free: FreeList::new(size), writers: 0 })
    }

    /// Makes the chunk writable for one more writer.
    fn open(&mut self) -> io::Result<()> {
        if self.writers == 0 {
            self.protect(libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC)?;
        }
        self.writers += 1;
        Ok(())
    }

    /// Ends one writer's access.
    fn close(&mut self) -> io::Result<()> {
        self.writers -= 1;
        if self.writers == 0 { self.protect(libc::PROT_READ | libc::PROT_EXEC) } else { Ok(()) }
    }

    fn protect(&self, protection: libc::c_int) -> io::Result<()> {
        // SAFETY: the range is exactly one mapping of ours, and every protection used keeps it
        // readable and executable.
        match unsafe { libc::mprotect(self.start as *mut libc::c_void, self.size, protection) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours; blocks keep their `CodeMemory` alive, and a chunk is
        // dropped earlier only when no block lies in it.
        unsafe { libc::munmap(self.start as *mut libc::c_void, self.size) };
    }
}

impl CodeBlock {
    /// Its first byte; writable until it is published.
    pub fn as_ptr(&self) -> *mut u8 {
        self.start as *mut u8
    }

    /// Its size, at least what was asked for.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Ends writing: from here on the code may run.
    pub fn publish(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.writable, false) {
            return Ok(());
        }
        synchronize_instructions(self.start, self.size);
        let mut state = self.memory.lock();
        let index = state.chunk_of(self.start);
        state.chunks[index].close()
    }
}

impl Drop for CodeBlock {
    fn drop(&mut self) {
        let mut state = self.memory.lock();
        let index = state.chunk_of(self.start);
        let chunk = &mut state.chunks[index];
        if self.writable {
            // Should the kernel refuse, the chunk stays writable, which is harmless.
            let _ = chunk.close();
        }
        chunk.free.give(self.start - chunk.start, self.size);
        let empty = chunk.free.is_whole(chunk.size);
        state.used -= self.size;
        // One empty chunk is kept, so that compiling and freeing in turn does not map each time.
        if empty && state.chunks.len() > 1 {
            state.chunks.swap_remove(index);
        }
    }
}

/// Makes code that was just written visible to instruction fetch.
#[cfg(target_arch = "aarch64")]
fn synchronize_instructions(start: usize, size: usize) {
    unsafe extern "C" {
        fn __clear_cache(start: *mut libc::c_char, end: *mut libc::c_char);
    }
    // SAFETY: the range is mapped and readable.
    unsafe { __clear_cache(start as *mut libc::c_char, (start + size) as *mut libc::c_char) };
}

/// Makes code that was just written visible to instruction fetch: x86 does it by itself.
#[cfg(not(target_arch = "aarch64"))]
fn synchronize_instructions(_start: usize, _size: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(memory: &Arc<CodeMemory>, bytes: &[u8]) -> CodeBlock {
        let mut block = memory.reserve(bytes.len(), 16).unwrap();
        // SAFETY: the block is at least as long and not published yet.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), block.as_ptr(), bytes.len()) };
        block.publish().unwrap();
        block
    }

    #[test]
    fn freed_memory_is_used_again() {
        let memory = CodeMemory::new(1 << 20);
        let first = filled(&memory, &[0xc3; 100]);
        let second = filled(&memory, &[0xc3; 10]);
        assert_eq!(memory.used(), 128 + 64);
        assert_eq!(second.as_ptr() as usize - first.as_ptr() as usize, 128);
        let address = first.as_ptr();
        drop(first);
        assert_eq!(memory.used(), 64);
        let third = filled(&memory, &[0xc3; 128]);
        assert_eq!(third.as_ptr(), address);
        assert!(base_of(address as usize).is_some_and(|base| base <= address as usize));
        assert_eq!(base_of(0), None);
        drop((second, third));
        assert_eq!((memory.used(), memory.mapped()), (0, CHUNK));
    }

    #[test]
    fn the_limit_holds_and_chunks_are_unmapped() {
        let memory = CodeMemory::new(2 * CHUNK);
        let large = memory.reserve(CHUNK + 1, 16).unwrap();
        assert_eq!(memory.mapped(), 2 * CHUNK);
        assert_eq!(memory.reserve(CHUNK, 16).err().unwrap().kind(), io::ErrorKind::OutOfMemory);
        let rest = memory.reserve(CHUNK - GRANULE, 16).unwrap();
        drop(large);
        drop(rest);
        assert_eq!(memory.used(), 0);
        assert!(memory.reserve(16, 4096).is_err());
    }

    #[test]
    fn shortage_is_no_refusal() {
        let memory = CodeMemory::new(GRANULE);
        memory.probe().unwrap();
        assert_eq!(memory.used(), 0);
        let _all = memory.reserve(GRANULE, 1).unwrap();
        assert!(!is_refusal(&memory.probe().unwrap_err()));
        for (code, expected) in [
            (libc::ENOMEM, false),
            (libc::EAGAIN, false),
            (libc::EACCES, true),
            (libc::EPERM, true),
            (libc::ENOSYS, true),
        ] {
            assert_eq!(is_refusal(&io::Error::from_raw_os_error(code)), expected, "{code}");
        }
    }

    #[test]
    fn two_writers_of_a_chunk_do_not_lock_each_other_out() {
        let memory = CodeMemory::new(1 << 20);
        let mut first = memory.reserve(64, 16).unwrap();
        let second = memory.reserve(64, 16).unwrap();
        first.publish().unwrap();
        // SAFETY: not published yet, so still writable.
        unsafe { second.as_ptr().write(1) };
        drop(second);
        // SAFETY: published memory is readable.
        assert_eq!(unsafe { first.as_ptr().read() }, 0);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn published_code_runs() {
        let memory = CodeMemory::new(1 << 20);
        // lea eax, [rdi + 1]; ret
        let block = filled(&memory, &[0x8d, 0x47, 0x01, 0xc3]);
        // SAFETY: these bytes are a function of this signature.
        let function: extern "C" fn(u32) -> u32 = unsafe { std::mem::transmute(block.as_ptr()) };
        assert_eq!(function(41), 42);
    }
}
