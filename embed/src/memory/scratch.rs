//! Memory of a compilation: handed out in one place, taken back as a whole, and given back to the system.
//!
//! A compilation makes thousands of things that end with it. In the heap of the C library they would leave
//! holes between the few that stay, so that none of it could ever go back.

use std::alloc::Layout;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Addresses of a place. Untouched memory takes no room; what is beyond comes from elsewhere.
const SIZE: usize = 64 << 20;

/// Bytes that stay when [memory is given back](Scratch::rest): what most compilations need.
const KEPT: usize = 256 << 10;

/// Places at most, those included that something is in for good.
const PLACES: usize = 64;

/// Blocks are multiples of this, and aligned to it.
const GRANULE: usize = 16;

/// The largest block of which there is a list for each size; beyond, there are [`STEPS`] between a power of
/// two and the next.
const SMALL: usize = 1024;
const STEPS: usize = 4;

/// Lists of blocks that were given back.
const LISTS: usize = SMALL / GRANULE + STEPS * (SIZE / SMALL).trailing_zeros() as usize + 1;

/// Words with a bit for each list.
const WORDS: usize = LISTS.div_ceil(u64::BITS as usize);

/// What is at the start of a place. Only the thread that it is current on touches it.
struct Place {
    /// The end of what was handed out.
    top: usize,
    /// From here on, memory is zeroed.
    fresh: usize,
    /// Blocks that are in use.
    live: usize,
    /// By size, the block that was given back last, or 0; it holds the address of the one before.
    free: [usize; LISTS],
    /// Which of these lists have blocks.
    filled: [u64; WORDS],
    /// What is left of the last block of which a smaller one was taken: start and end.
    rest: (usize, usize),
}

// APART: the allocator has to know them, on all threads: where places are; 0 for none.
static PLACES_AT: [AtomicUsize; PLACES] = [const { AtomicUsize::new(0) }; PLACES];

/// How many of them there have been at once.
// APART: as above.
static MOST: AtomicUsize = AtomicUsize::new(0);

// APART: of each thread.
thread_local! {
    /// The place that this thread's allocations come from; NULL for none.
    static CURRENT: Cell<*mut Place> = const { Cell::new(ptr::null_mut()) };
}

/// Has a place be current, and the one before again when this goes.
struct Swapped(*mut Place);

impl Swapped {
    fn with(place: *mut Place) -> Swapped {
        Swapped(CURRENT.replace(place))
    }
}

impl Drop for Swapped {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// A place for the memory of one compilation after the other.
pub struct Scratch(*mut Place);

// SAFETY: whoever has it has the place.
unsafe impl Send for Scratch {}

impl Scratch {
    /// One of which nothing was used yet, if there is room for it.
    pub fn new() -> Option<Scratch> {
        let (index, slot) = PLACES_AT.iter().enumerate().find(|(_, slot)| {
            slot.compare_exchange(0, usize::MAX, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        })?;
        MOST.fetch_max(index + 1, Ordering::Release);
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a mapping at an address the kernel chooses touches no existing memory.
        let start = unsafe { libc::mmap(ptr::null_mut(), SIZE, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            slot.store(0, Ordering::Relaxed);
            return None;
        }
        let place = start.cast::<Place>();
        let first = start as usize + size_of::<Place>().next_multiple_of(GRANULE);
        // SAFETY: new memory, which is zeroed: all lists are empty.
        unsafe { ((*place).top, (*place).fresh) = (first, first) };
        slot.store(start as usize, Ordering::Release);
        Some(Scratch(place))
    }

    /// Runs something with all that this thread allocates in the place. Whether all of it was given back: if
    /// not, it stays where it is, and the place is not to be used again.
    pub fn run<R>(&mut self, run: impl FnOnce() -> R) -> (R, bool) {
        let swapped = Swapped::with(self.0);
        let result = run();
        drop(swapped);
        // SAFETY: the place is ours, and not current.
        let place = unsafe { &mut *self.0 };
        if place.live == 0 {
            place.clear();
        }
        (result, place.live == 0)
    }

    /// Gives memory back to the system.
    pub fn rest(&mut self) {
        let kept = self.0 as usize + KEPT;
        // SAFETY: nothing is in the place between two compilations, and what is beyond `fresh` was not
        // touched.
        unsafe {
            if (*self.0).live == 0 && (*self.0).fresh > kept {
                libc::madvise(kept as *mut c_void, (*self.0).fresh - kept, libc::MADV_DONTNEED);
                (*self.0).fresh = kept;
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: the place is ours.
        if unsafe { (*self.0).live } > 0 {
            return;
        }
        let slot = PLACES_AT.iter().find(|slot| slot.load(Ordering::Relaxed) == self.0 as usize);
        // SAFETY: `new` mapped it, and nothing is in it.
        unsafe { libc::munmap(self.0.cast(), SIZE) };
        if let Some(slot) = slot {
            slot.store(0, Ordering::Relaxed);
        }
    }
}

/// Runs something that allocates what outlives the compilation.
pub fn aside<R>(run: impl FnOnce() -> R) -> R {
    let _swapped = Swapped::with(ptr::null_mut());
    run()
}

/// A block of the current place, with anything in it; NULL when there is none.
#[inline(always)]
pub fn take(layout: Layout) -> *mut u8 {
    let place = CURRENT.get();
    if place.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: only this thread uses what is current on it, and each call ends before the next.
    unsafe { (*place).take(layout) }
}

/// The same, zeroed.
#[inline(always)]
pub fn take_zeroed(layout: Layout) -> *mut u8 {
    let place = CURRENT.get();
    if place.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: as above; the block is as large.
    unsafe {
        let fresh = (*place).fresh;
        let block = (*place).take(layout);
        if !block.is_null() {
            block.write_bytes(0, layout.size().min(fresh.saturating_sub(block as usize)));
        }
        block
    }
}

/// Whose a block is.
pub enum Whose {
    /// Of the current place.
    Current,
    /// Of a place that something stays in.
    Left,
    /// Of none.
    Others,
}

/// Whose a block is.
#[inline(always)]
pub fn whose(block: *mut u8) -> Whose {
    let is_in = |start: usize| (block as usize).wrapping_sub(start) < SIZE;
    let current = CURRENT.get() as usize;
    if current != 0 && is_in(current) {
        return Whose::Current;
    }
    let is_place = |start: usize| start != 0 && start != usize::MAX && is_in(start);
    let most = MOST.load(Ordering::Acquire);
    let is_left = PLACES_AT.iter().take(most).any(|slot| is_place(slot.load(Ordering::Acquire)));
    if is_left { Whose::Left } else { Whose::Others }
}

/// Takes a block back.
///
/// # Safety
/// It is [of the current place](Whose::Current), taken with this layout, and nobody uses it.
pub unsafe fn give_back(block: *mut u8, layout: Layout) {
    // SAFETY: by the contract; as for `take`.
    unsafe { (*CURRENT.get()).give_back(block as usize, layout) }
}

/// The block with another size, if it can be had where it is.
///
/// # Safety
/// As for [`give_back`].
pub unsafe fn resize(block: *mut u8, layout: Layout, size: usize) -> bool {
    // SAFETY: by the contract; as for `take`.
    unsafe { (*CURRENT.get()).resize(block as usize, layout, size) }
}

/// How large the blocks of a list are.
fn bytes_of(list: usize) -> usize {
    let Some(steps) = list.checked_sub(SMALL / GRANULE) else { return (list + 1) * GRANULE };
    let power = SMALL << (steps / STEPS);
    power + (steps % STEPS + 1) * (power / STEPS)
}

/// The list for blocks of at least so many bytes, and how large they are.
fn list_of(size: usize) -> (usize, usize) {
    if size <= SMALL {
        let count = size.max(1).div_ceil(GRANULE);
        return (count - 1, count * GRANULE);
    }
    let power = (size - 1).ilog2();
    let step = (1 << power) / STEPS;
    let count = (size - (1 << power)).div_ceil(step);
    let list = SMALL / GRANULE + (power as usize - SMALL.ilog2() as usize) * STEPS + count - 1;
    (list, (1 << power) + count * step)
}

impl Place {
    fn end(&self) -> usize {
        ptr::from_ref(self) as usize + SIZE
    }

    /// Nothing is in it any more.
    fn clear(&mut self) {
        self.top = ptr::from_ref(self) as usize + size_of::<Place>().next_multiple_of(GRANULE);
        self.free = [0; LISTS];
        self.filled = [0; WORDS];
        self.rest = (0, 0);
    }

    /// Takes a block from a list that has one.
    fn pop(&mut self, list: usize) -> usize {
        let block = self.free[list];
        // SAFETY: a block that was given back holds the address of the one before.
        self.free[list] = unsafe { *(block as *const usize) };
        if self.free[list] == 0 {
            self.filled[list / 64] &= !(1 << (list % 64));
        }
        block
    }

    fn push(&mut self, list: usize, block: usize) {
        // SAFETY: nobody uses the block, which has room for an address, and is aligned for one.
        unsafe { *(block as *mut usize) = self.free[list] };
        self.free[list] = block;
        self.filled[list / 64] |= 1 << (list % 64);
    }

    /// The first list from this one on that has blocks.
    fn filled_from(&self, list: usize) -> Option<usize> {
        let first = self.filled[list / 64] & (u64::MAX << (list % 64));
        let later = self.filled.iter().enumerate().skip(list / 64 + 1).map(|(index, word)| (index, *word));
        let (index, word) = std::iter::once((list / 64, first)).chain(later).find(|(_, word)| *word != 0)?;
        Some(index * 64 + word.trailing_zeros() as usize)
    }

    /// A part of the rest, or of a larger block, which is the rest then.
    fn split(&mut self, list: usize, size: usize) -> Option<usize> {
        if self.rest.1 - self.rest.0 < size {
            let larger = self.filled_from(list + 1)?;
            let left = self.rest.1 - self.rest.0;
            if left > 0 {
                let (up, least) = list_of(left);
                // As much of it as there is a list for.
                self.push(if least > left { up - 1 } else { up }, self.rest.0);
            }
            let block = self.pop(larger);
            self.rest = (block, block + bytes_of(larger));
        }
        let block = self.rest.0;
        self.rest.0 += size;
        Some(block)
    }

    fn take(&mut self, layout: Layout) -> *mut u8 {
        if layout.size() > SIZE / 2 || layout.align() > GRANULE {
            return ptr::null_mut();
        }
        let (list, size) = list_of(layout.size());
        let block = if self.free[list] != 0 {
            self.pop(list)
        } else if let Some(block) = self.split(list, size) {
            block
        } else if size <= self.end() - self.top {
            let block = self.top;
            self.top += size;
            self.fresh = self.fresh.max(self.top);
            block
        } else {
            return ptr::null_mut();
        };
        self.live += 1;
        block as *mut u8
    }

    fn give_back(&mut self, block: usize, layout: Layout) {
        let (list, size) = list_of(layout.size());
        self.live -= 1;
        if block + size == self.top {
            self.top = block;
        } else if block + size == self.rest.0 {
            self.rest.0 = block;
        } else {
            self.push(list, block);
        }
    }

    fn resize(&mut self, block: usize, layout: Layout, wanted: usize) -> bool {
        if wanted > SIZE / 2 {
            return false;
        }
        let ((list, size), (new_list, new_size)) = (list_of(layout.size()), list_of(wanted));
        if list == new_list {
            return true;
        }
        if block + size == self.top && block + new_size <= self.end() {
            self.top = block + new_size;
            self.fresh = self.fresh.max(self.top);
            true
        } else if block + size == self.rest.0 && block + new_size <= self.rest.1 {
            self.rest.0 = block + new_size;
            true
        } else {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    #[test]
    fn every_size_has_a_list() {
        let mut before = list_of(1);
        for size in (1..5000).chain((5000..SIZE / 2).step_by(4999)).chain([SIZE / 2]) {
            let (list, room) = list_of(size);
            assert!(list < LISTS && room >= size && room.is_multiple_of(GRANULE), "{size}");
            assert!(room <= (size + GRANULE).max(size + size / STEPS + 1), "{size}: {room}");
            assert!(
                before.0 <= list && before.1 <= room && (before.0 == list) == (before.1 == room),
                "{size}"
            );
            before = (list, room);
        }
    }

    #[test]
    fn lists_have_sizes() {
        for list in 0..LISTS {
            assert_eq!(list_of(bytes_of(list)), (list, bytes_of(list)));
        }
    }

    #[test]
    fn smaller_blocks_are_taken_of_larger_ones() {
        let mut scratch = Scratch::new().unwrap();
        // SAFETY: ours.
        let place = unsafe { &mut *scratch.0 };
        let (large, last) = (place.take(layout(4096)) as usize, place.take(layout(16)) as usize);
        place.give_back(large, layout(4096));
        assert_eq!(place.take(layout(100)) as usize, large);
        assert_eq!(place.take(layout(200)) as usize, large + 112);
        assert!(place.resize(large + 112, layout(200), 300) && !place.resize(large + 112, layout(300), 4096));
        place.give_back(large + 112, layout(300));
        assert_eq!(place.take(layout(3072)) as usize, large + 112);
        assert_eq!(place.take(layout(1024)) as usize, last + 16);
        assert_eq!(place.take(layout(800)) as usize, large + 112 + 3072);
        assert_eq!(place.take(layout(112)) as usize, large + 112 + 3072 + 800);
        assert_eq!(place.take(layout(16)) as usize, last + 16 + 1024);
        place.live = 0;
        assert!(scratch.run(|| ()).1);
    }

    #[test]
    fn what_ends_with_the_run_leaves_nothing() {
        let mut scratch = Scratch::new().unwrap();
        let (address, is_over) = scratch.run(|| {
            let vector: Vec<usize> = (0..100_000).collect();
            let address = vector.as_ptr() as usize;
            let more: Vec<Box<usize>> = (0..100).map(Box::new).collect();
            assert_eq!(more.iter().map(|one| **one).sum::<usize>(), 4950);
            assert_eq!(vector.iter().sum::<usize>(), 4_999_950_000);
            address
        });
        assert!(is_over && address.wrapping_sub(scratch.0 as usize) < SIZE);
        // SAFETY: ours.
        assert!(unsafe { (*scratch.0).fresh } > scratch.0 as usize + KEPT);
        scratch.rest();
        // SAFETY: ours.
        assert_eq!(unsafe { (*scratch.0).fresh }, scratch.0 as usize + KEPT);
        let (zeroed, is_over) = scratch.run(|| vec![0_u8; 2 * KEPT].iter().all(|&byte| byte == 0));
        assert!(zeroed && is_over);
    }

    #[test]
    fn what_stays_is_safe() {
        let mut scratch = Scratch::new().unwrap();
        let ((left, right), is_over) = scratch.run(|| (vec![7_u8; 1000], aside(|| vec![8_u8; 1000])));
        assert!(!is_over);
        assert!(matches!(whose(left.as_ptr().cast_mut()), Whose::Left));
        assert!(matches!(whose(right.as_ptr().cast_mut()), Whose::Others));
        drop(scratch);
        let grown: Vec<u8> = left.into_iter().chain(right).collect();
        assert!(grown[..1000].iter().all(|&byte| byte == 7) && grown[1000..].iter().all(|&byte| byte == 8));
    }

    #[test]
    fn blocks_are_used_again_and_grow_at_the_end() {
        let mut scratch = Scratch::new().unwrap();
        // SAFETY: ours.
        let place = unsafe { &mut *scratch.0 };
        let (a, b) = (place.take(layout(100)) as usize, place.take(layout(100)) as usize);
        assert_eq!(b, a + 112);
        place.give_back(a, layout(100));
        assert_eq!(place.take(layout(112)) as usize, a);
        assert!(place.resize(a, layout(112), 97) && !place.resize(a, layout(100), 113));
        assert!(place.resize(b, layout(100), 5000));
        assert!(place.take(layout(16)) as usize >= b + 5000);
        assert!(place.take(Layout::from_size_align(64, 64).unwrap()).is_null());
        place.live = 0;
        assert!(scratch.run(|| ()).1);
    }
}
