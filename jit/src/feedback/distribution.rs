//! How often each of a few things was seen at a place, and how often others.

use smallvec::SmallVec;

/// Counts of up to `N` different things, in the order in which they were first seen. At most places it is
/// one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution<T, const N: usize> {
    seen: SmallVec<[(T, u32); 1]>,
    others: u32,
}

impl<T, const N: usize> Default for Distribution<T, N> {
    fn default() -> Self {
        Distribution { seen: SmallVec::new(), others: 0 }
    }
}

impl<T: PartialEq, const N: usize> Distribution<T, N> {
    /// Counts one more of a thing.
    pub fn add(&mut self, thing: T) {
        if let Some((_, count)) = self.seen.iter_mut().find(|(known, _)| *known == thing) {
            *count = count.saturating_add(1);
        } else if self.seen.len() < N {
            self.seen.push((thing, 1));
        } else {
            self.add_other();
        }
    }

    /// Counts one that is none of those to be told apart.
    pub fn add_other(&mut self) {
        self.others = self.others.saturating_add(1);
    }

    /// The things, the most frequent first, and how often each was seen.
    pub fn by_frequency(&self) -> Vec<(&T, u32)> {
        let mut sorted: Vec<(&T, u32)> = self.seen.iter().map(|(thing, count)| (thing, *count)).collect();
        sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        sorted
    }

    /// How often a thing was seen, if it is among them.
    pub fn count(&self, thing: &T) -> u32 {
        self.seen.iter().find(|(known, _)| known == thing).map_or(0, |(_, count)| *count)
    }

    /// How often something was seen that is not among them.
    pub fn others(&self) -> u32 {
        self.others
    }

    /// How often anything was seen.
    pub fn total(&self) -> u32 {
        self.seen.iter().fold(self.others, |sum, (_, count)| sum.saturating_add(*count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_are_told_apart() {
        let mut distribution = Distribution::<char, 2>::default();
        assert_eq!(distribution.total(), 0);
        for thing in "abbcb".chars() {
            distribution.add(thing);
        }
        distribution.add_other();
        assert_eq!(distribution.by_frequency(), [(&'b', 3), (&'a', 1)]);
        assert_eq!((distribution.others(), distribution.total()), (2, 6));
        assert_eq!((distribution.count(&'b'), distribution.count(&'c')), (3, 0));
    }
}
