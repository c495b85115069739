//! The allocator of the Rust side: [that of a compilation](scratch) where there is one, else the system's,
//! and behind it memory that was set aside, as an allocation that fails ends the process in Rust.

use crate::config::settings;
use crate::memory::scratch::{self, Whose};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::c_void;
use std::hint;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Bytes that are there for what a thread of the program allocates between two chances to set aside more.
/// Untouched memory takes no room.
const RESERVE: usize = 2 << 20;

/// What is added when there was too little room for what is being done.
const MORE: usize = 32 << 20;

/// Regions at most. One that is still in use when the next is wanted stays until it is not.
const REGIONS: usize = 64;

/// No region.
const NONE: usize = usize::MAX;

/// How long a patient thread waits before it asks for memory again.
const PATIENCE: Duration = Duration::from_millis(20);

/// Sizes of blocks, each twice the one before.
const SIZES: usize = 28;

/// The smallest.
const LEAST: usize = 16;

/// Mapped memory that is handed out from its start, or again. Holders of the GIL take, any thread gives back.
struct Region {
    /// Its address; 0 when there is none.
    start: AtomicUsize,
    size: AtomicUsize,
    /// Bytes handed out.
    used: AtomicUsize,
    /// Blocks that are in use.
    live: AtomicUsize,
    /// By size, the block that was given back last; it holds the address of the one before.
    free: [AtomicUsize; SIZES],
}

struct Regions {
    all: [Region; REGIONS],
    /// The one for what cannot fail.
    reserve: AtomicUsize,
    /// The one for what is being done, before the reserve.
    room: AtomicUsize,
    /// The addresses that all of them have been in.
    lowest: AtomicUsize,
    highest: AtomicUsize,
}

// APART: the allocator is there before anything else, for all threads.
static SET_ASIDE: Regions = Regions::new();

/// The reserve has been drawn on.
// APART: as above.
static IS_DRAWN: AtomicBool = AtomicBool::new(false);

/// Every so many allocations of the program's threads, the system's memory counts as used up; 0 for never.
// APART: as above.
static STRESS: AtomicUsize = AtomicUsize::new(0);
static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// APART: of each thread.
thread_local! {
    /// This thread waits for memory rather than take what is set aside.
    static IS_PATIENT: Cell<bool> = const { Cell::new(false) };
}

/// From now on, this thread waits when there is no memory, or does not. Threads that others wait for
/// must not.
pub fn set_patient(patient: bool) {
    IS_PATIENT.set(patient);
}

/// Patient threads end rather than wait.
// APART: as above.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// From now on, patient threads that lack memory end, or wait again.
pub fn end_patience(over: bool) {
    IS_OVER.store(over, Ordering::Relaxed);
}

/// Ends this thread as it is. An allocator must not unwind, and its callers abort the process when it fails.
fn end_thread() -> ! {
    settings::lose_thread();
    loop {
        // SAFETY: ends this thread only, which owns nothing that others use but for what
        // `settings::has_lost_thread` tells them. The kernel wakes who joins it, as after any other end.
        unsafe { libc::syscall(libc::SYS_exit, 0) };
    }
}

/// Waits until there is a little memory; false when the thread has to end instead.
pub fn wait_for_some() -> bool {
    /// Too large for the blocks that the C library keeps by thread, which not all of it uses.
    const SOME: usize = 4096;
    loop {
        // SAFETY: a block of our own, or NULL.
        let found = unsafe {
            let block = hint::black_box(libc::malloc(SOME));
            libc::free(block);
            !block.is_null()
        };
        if found || IS_OVER.load(Ordering::Relaxed) {
            return found;
        }
        thread::sleep(PATIENCE);
    }
}

/// Has every Nth allocation of the program's threads come from what is set aside; 0 for none.
pub fn set_stress(every: u32) {
    STRESS.store(every as usize, Ordering::Relaxed);
}

/// Whether there is an N.
pub fn is_stressed() -> bool {
    STRESS.load(Ordering::Relaxed) != 0
}

/// Whether the reserve has been drawn on since [`replenish`] was last successful.
#[inline(always)]
pub fn is_drawn() -> bool {
    IS_DRAWN.load(Ordering::Relaxed)
}

/// Sees to it that at least half of the reserve is free; whether it is.
///
/// Only holders of the GIL call this.
pub fn replenish() -> bool {
    let regions = &SET_ASIDE;
    regions.collect();
    let mut current = regions.get(&regions.reserve);
    if current.is_none_or(|region| region.used.load(Ordering::Relaxed) > RESERVE / 2) {
        match regions.map(RESERVE) {
            Some(index) => {
                regions.reserve.store(index, Ordering::Release);
                current = regions.get(&regions.reserve);
            }
            None => return false,
        }
    }
    let is_whole = current.is_some_and(|region| region.live.load(Ordering::Relaxed) == 0);
    IS_DRAWN.store(!is_whole, Ordering::Relaxed);
    true
}

/// Runs something that allocates no more than so many bytes, give or take, with that much set aside for it;
/// nothing when there is no memory.
///
/// Only holders of the GIL call this, one at a time.
pub fn with_room<R>(bytes: usize, run: impl FnOnce() -> R) -> Option<R> {
    let regions = &SET_ASIDE;
    regions.collect();
    let index = regions.map(bytes)?;
    regions.room.store(index, Ordering::Release);
    let result = run();
    regions.room.store(NONE, Ordering::Release);
    let reserve = regions.reserve.load(Ordering::Relaxed);
    for (_, region) in regions.all.iter().enumerate().filter(|(index, _)| *index != reserve) {
        region.trim();
    }
    regions.collect();
    Some(result)
}

/// Whether so many bytes could be set aside.
pub fn is_there_room(bytes: usize) -> bool {
    let start = map(bytes);
    unmap(start, bytes);
    !start.is_null()
}

impl Regions {
    const fn new() -> Regions {
        Regions {
            all: [const {
                Region {
                    start: AtomicUsize::new(0),
                    size: AtomicUsize::new(0),
                    used: AtomicUsize::new(0),
                    live: AtomicUsize::new(0),
                    free: [const { AtomicUsize::new(0) }; SIZES],
                }
            }; REGIONS],
            reserve: AtomicUsize::new(NONE),
            room: AtomicUsize::new(NONE),
            lowest: AtomicUsize::new(usize::MAX),
            highest: AtomicUsize::new(0),
        }
    }

    fn get(&self, index: &AtomicUsize) -> Option<&Region> {
        self.all.get(index.load(Ordering::Acquire))
    }

    /// A new region, if there is memory for it.
    fn map(&self, bytes: usize) -> Option<usize> {
        let index = self.all.iter().position(|region| region.start.load(Ordering::Relaxed) == 0)?;
        let start = map(bytes) as usize;
        if start == 0 {
            return None;
        }
        let region = &self.all[index];
        region.clear();
        region.size.store(bytes, Ordering::Relaxed);
        region.start.store(start, Ordering::Release);
        self.lowest.fetch_min(start, Ordering::Relaxed);
        self.highest.fetch_max(start + bytes, Ordering::Relaxed);
        Some(index)
    }

    /// Gives back the regions that nothing is in any more, but for the reserve, which is whole again.
    fn collect(&self) {
        let reserve = self.reserve.load(Ordering::Relaxed);
        for (index, region) in self.all.iter().enumerate() {
            let start = region.start.load(Ordering::Relaxed);
            if start == 0 || region.live.load(Ordering::Acquire) > 0 {
                continue;
            }
            if index == reserve {
                region.clear();
            } else {
                region.start.store(0, Ordering::Release);
                unmap(start as *mut c_void, region.size.load(Ordering::Relaxed));
            }
        }
    }

    /// A block out of what is set aside, with anything in it; NULL when there is none.
    #[cold]
    fn take(&self, layout: Layout) -> *mut u8 {
        if let Some(room) = self.get(&self.room) {
            let block = room.take(layout);
            if !block.is_null() {
                return block;
            }
            // More is needed than was thought.
            if let Some(index) = self.map(MORE.max(2 * layout.size())) {
                self.room.store(index, Ordering::Release);
                return self.all[index].take(layout);
            }
        }
        IS_DRAWN.store(true, Ordering::Relaxed);
        self.get(&self.reserve).map_or(ptr::null_mut(), |reserve| reserve.take(layout))
    }

    /// The region that a block came from.
    #[inline(always)]
    fn of(&self, block: *mut u8) -> Option<&Region> {
        let address = block as usize;
        let is_outside =
            address < self.lowest.load(Ordering::Relaxed) || address >= self.highest.load(Ordering::Relaxed);
        if is_outside { None } else { self.search(address) }
    }

    #[cold]
    fn search(&self, address: usize) -> Option<&Region> {
        self.all.iter().find(|region| {
            let start = region.start.load(Ordering::Acquire);
            start != 0 && (start..start + region.size.load(Ordering::Relaxed)).contains(&address)
        })
    }
}

/// The number of the size that a block is of.
fn size_of_block(layout: Layout) -> usize {
    let bytes = layout.size().max(layout.align()).max(LEAST).next_power_of_two();
    (bytes / LEAST).trailing_zeros() as usize
}

impl Region {
    /// A block, or NULL when there is none.
    fn take(&self, layout: Layout) -> *mut u8 {
        let size = size_of_block(layout);
        let Some(free) = self.free.get(size) else { return ptr::null_mut() };
        self.live.fetch_add(1, Ordering::Relaxed);
        // Nobody else takes meanwhile: what is first cannot have gone and come back.
        while let first @ 1.. = free.load(Ordering::Acquire) {
            // SAFETY: a block that was given back holds the address of the one before.
            let before = unsafe { *(first as *const usize) };
            if free.compare_exchange(first, before, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                return first as *mut u8;
            }
        }
        let bytes = LEAST << size;
        let start = self.start.load(Ordering::Relaxed);
        let place = (start + self.used.load(Ordering::Relaxed)).next_multiple_of(layout.align().max(LEAST));
        if place - start + bytes > self.size.load(Ordering::Relaxed) {
            self.live.fetch_sub(1, Ordering::Relaxed);
            return ptr::null_mut();
        }
        self.used.store(place - start + bytes, Ordering::Relaxed);
        place as *mut u8
    }

    /// Nothing is in it.
    fn clear(&self) {
        self.used.store(0, Ordering::Relaxed);
        for first in &self.free {
            first.store(0, Ordering::Relaxed);
        }
    }

    /// Gives back the pages that nothing was ever in.
    fn trim(&self) {
        const PAGE: usize = 4096;
        if self.start.load(Ordering::Relaxed) == 0 {
            return;
        }
        let (start, size) = (self.start.load(Ordering::Relaxed), self.size.load(Ordering::Relaxed));
        let used = self.used.load(Ordering::Relaxed).next_multiple_of(PAGE).max(PAGE);
        if used < size {
            self.size.store(used, Ordering::Relaxed);
            unmap((start + used) as *mut c_void, size - used);
        }
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// It was [taken](Region::take) with this layout, and nobody uses it.
    unsafe fn give_back(&self, block: *mut u8, layout: Layout) {
        let free = &self.free[size_of_block(layout)];
        let mut first = free.load(Ordering::Relaxed);
        loop {
            // SAFETY: a block has room for an address, and is aligned for one.
            unsafe { block.cast::<usize>().write(first) };
            match free.compare_exchange_weak(first, block as usize, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => break,
                Err(now) => first = now,
            }
        }
        self.live.fetch_sub(1, Ordering::Release);
    }
}

/// Maps untouched memory; NULL when there is none.
fn map(size: usize) -> *mut c_void {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a mapping at an address the kernel chooses touches no existing memory.
    let start = unsafe { libc::mmap(ptr::null_mut(), size, protection, flags, -1, 0) };
    if start == libc::MAP_FAILED { ptr::null_mut() } else { start }
}

fn unmap(start: *mut c_void, size: usize) {
    if !start.is_null() {
        // SAFETY: `map` made it, and nobody uses it.
        unsafe { libc::munmap(start, size) };
    }
}

/// See the module.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

/// Whether the system shall be taken to have no memory.
#[inline(always)]
fn is_denied() -> bool {
    let every = STRESS.load(Ordering::Relaxed);
    every != 0 && !IS_PATIENT.get() && (ALLOCATIONS.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(every)
}

/// What a failed allocation gives in the end; `again` asks the system.
#[cold]
fn persist(layout: Layout, again: impl Fn() -> *mut u8) -> *mut u8 {
    if !IS_PATIENT.get() {
        return SET_ASIDE.take(layout);
    }
    loop {
        if IS_OVER.load(Ordering::Relaxed) {
            end_thread();
        }
        thread::sleep(PATIENCE);
        let block = again();
        if !block.is_null() {
            return block;
        }
    }
}

// SAFETY: blocks are the system's, or distinct parts of a region or of a place for compilations, either of
// which stays mapped while one of its blocks is in use; which of them is told by their address.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = scratch::take(layout);
        if !block.is_null() {
            return block;
        }
        // SAFETY: the caller's.
        unsafe {
            let block = if is_denied() { ptr::null_mut() } else { System.alloc(layout) };
            if block.is_null() { persist(layout, || System.alloc(layout)) } else { block }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let block = scratch::take_zeroed(layout);
        if !block.is_null() {
            return block;
        }
        // SAFETY: the caller's; a block of the region is as large as was asked for.
        unsafe {
            let block = if is_denied() { ptr::null_mut() } else { System.alloc_zeroed(layout) };
            if !block.is_null() {
                return block;
            }
            let block = persist(layout, || System.alloc(layout));
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's; a block that could not grow is still there.
        unsafe {
            let is_ours = match scratch::whose(block) {
                Whose::Current if scratch::resize(block, layout, size) => return block,
                Whose::Current | Whose::Left => true,
                Whose::Others => SET_ASIDE.of(block).is_some(),
            };
            if !is_ours && !is_denied() {
                let grown = System.realloc(block, layout, size);
                if !grown.is_null() {
                    return grown;
                }
            }
            let wanted = Layout::from_size_align_unchecked(size, layout.align());
            let grown = if is_ours { self.alloc(wanted) } else { persist(wanted, || System.alloc(wanted)) };
            if !grown.is_null() {
                grown.copy_from_nonoverlapping(block, layout.size().min(size));
                self.dealloc(block, layout);
            }
            grown
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match scratch::whose(block) {
            // SAFETY: the caller's; it came from there.
            Whose::Current => return unsafe { scratch::give_back(block, layout) },
            // Its place is lost already.
            Whose::Left => return,
            Whose::Others => {}
        }
        match SET_ASIDE.of(block) {
            // SAFETY: the caller's; it came from the region.
            Some(region) => unsafe { region.give_back(block, layout) },
            // SAFETY: the caller's; it came from the system.
            None => unsafe { System.dealloc(block, layout) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 4096;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    fn region(regions: &Regions, bytes: usize) -> &Region {
        &regions.all[regions.map(bytes).unwrap()]
    }

    #[test]
    fn blocks_are_apart_and_used_again() {
        let regions = Regions::new();
        let region = region(&regions, 4 * PAGE);
        let (small, large) = (layout(24, 8), layout(3000, 64));
        let (a, b) = (region.take(small), region.take(small));
        let c = region.take(large);
        assert!(b as usize >= a as usize + 24 && c as usize >= b as usize + 24);
        assert_eq!(c as usize % 64, 0);
        for block in [a, b, c] {
            assert!(regions.of(block).is_some_and(|of| ptr::eq(of, region)));
        }
        // SAFETY: taken with this layout.
        unsafe { region.give_back(a, small) };
        assert_eq!(region.take(layout(32, 16)), a, "the same size");
        assert_eq!(region.live.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn what_is_full_gives_nothing_until_something_comes_back() {
        let regions = Regions::new();
        let region = region(&regions, PAGE);
        let all = region.take(layout(PAGE, 16));
        assert!(!all.is_null());
        assert!(region.take(layout(1, 1)).is_null());
        assert_eq!(region.live.load(Ordering::Relaxed), 1);
        // SAFETY: taken with this layout.
        unsafe { region.give_back(all, layout(PAGE, 16)) };
        assert_eq!(region.take(layout(PAGE, 16)), all);
        assert!(region.take(layout(usize::MAX >> 2, 1)).is_null(), "no size is as large");
    }

    #[test]
    fn regions_go_when_nothing_is_in_them() {
        let regions = Regions::new();
        let index = regions.map(64 * PAGE).unwrap();
        let region = &regions.all[index];
        let block = region.take(layout(PAGE, 16));
        region.trim();
        assert_eq!(region.size.load(Ordering::Relaxed), PAGE);
        regions.collect();
        assert!(regions.of(block).is_some(), "still in use");
        // SAFETY: taken with this layout.
        unsafe { region.give_back(block, layout(PAGE, 16)) };
        regions.collect();
        assert!(regions.of(block).is_none());
    }
}
