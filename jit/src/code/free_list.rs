//! The free ranges of a chunk: first fit, neighbours merged.

/// Free ranges as (offset, length), by offset.
pub(super) struct FreeList {
    ranges: Vec<(usize, usize)>,
}

impl FreeList {
    /// All of `size` bytes is free.
    pub fn new(size: usize) -> FreeList {
        FreeList { ranges: vec![(0, size)] }
    }

    /// Takes `size` bytes out; their offset.
    pub fn take(&mut self, size: usize) -> Option<usize> {
        let index = self.ranges.iter().position(|&(_, length)| length >= size)?;
        let (offset, length) = self.ranges[index];
        if length == size {
            self.ranges.remove(index);
        } else {
            self.ranges[index] = (offset + size, length - size);
        }
        Some(offset)
    }

    /// Gives a range back.
    pub fn give(&mut self, offset: usize, size: usize) {
        let index = self.ranges.partition_point(|&(start, _)| start < offset);
        self.ranges.insert(index, (offset, size));
        self.merge_with_next(index);
        if index > 0 {
            self.merge_with_next(index - 1);
        }
    }

    /// True when all of `size` bytes is free.
    pub fn is_whole(&self, size: usize) -> bool {
        self.ranges == [(0, size)]
    }

    fn merge_with_next(&mut self, index: usize) {
        let (offset, length) = self.ranges[index];
        if let Some(&(next, next_length)) = self.ranges.get(index + 1)
            && offset + length == next
        {
            self.ranges[index].1 = length + next_length;
            self.ranges.remove(index + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_merge_on_both_sides() {
        let mut list = FreeList::new(300);
        assert_eq!((list.take(100), list.take(100), list.take(100)), (Some(0), Some(100), Some(200)));
        assert_eq!(list.take(1), None);
        list.give(0, 100);
        list.give(200, 100);
        assert_eq!(list.ranges, [(0, 100), (200, 100)]);
        list.give(100, 100);
        assert!(list.is_whole(300));
    }

    #[test]
    fn the_first_fit_is_split() {
        let mut list = FreeList::new(300);
        list.take(300);
        list.give(0, 50);
        list.give(100, 150);
        assert_eq!(list.take(60), Some(100));
        assert_eq!(list.ranges, [(0, 50), (160, 90)]);
    }
}
