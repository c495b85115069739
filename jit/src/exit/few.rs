//! A list that is empty most of the time, and then no more than a word.

use std::ops::Deref;

/// Items that do not change.
#[derive(Clone, Debug, PartialEq)]
pub struct Few<T>(Option<Box<Box<[T]>>>);

impl<T> Default for Few<T> {
    fn default() -> Few<T> {
        Few(None)
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], |items| items)
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(items: Vec<T>) -> Few<T> {
        Few((!items.is_empty()).then(|| Box::new(items.into_boxed_slice())))
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Few<T> {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for Few<T> {
    fn eq(&self, items: &[T; N]) -> bool {
        **self == *items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_there() {
        assert_eq!(size_of::<Few<u64>>(), size_of::<usize>());
        assert!(Few::<u64>::default().is_empty() && Few::<u64>::from(Vec::new()) == Few::default());
        let few: Few<u64> = (1..4).collect();
        assert_eq!((few[1], few.iter().sum::<u64>(), few.clone() == few), (2, 6, true));
    }
}
