//! A list that is empty most of the time, and then no more than a word.

use std::alloc::{self, Layout};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{self, NonNull};

/// Items that do not change. Where there are some, their count is before them in one block.
pub struct Few<T>(Option<NonNull<usize>>, PhantomData<T>);

// SAFETY: it owns its items, and there is no other way to them.
unsafe impl<T: Send> Send for Few<T> {}
// SAFETY: as above; shared, it gives out nothing but shared references to them.
unsafe impl<T: Sync> Sync for Few<T> {}

impl<T> Few<T> {
    /// Where the items are in a block.
    const ITEMS: usize = size_of::<usize>().next_multiple_of(align_of::<T>());

    /// What a block of so many items is allocated with; none where it would be too large.
    fn layout(count: usize) -> Option<Layout> {
        let size = count.checked_mul(size_of::<T>())?.checked_add(Few::<T>::ITEMS)?;
        Layout::from_size_align(size, align_of::<T>().max(align_of::<usize>())).ok()
    }

    /// Nothing that panics: it is asked for where nothing may be unwound.
    #[inline(always)]
    fn items(&self) -> Option<NonNull<[T]>> {
        let block = self.0?;
        // SAFETY: a block that `from` made: a count, and as many items behind it.
        unsafe {
            let items = block.cast::<u8>().add(Few::<T>::ITEMS).cast::<T>();
            Some(NonNull::slice_from_raw_parts(items, block.read()))
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Few<T> {
        Few(None, PhantomData)
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: the items live as long as this, and do not change.
        self.items().map_or(&[], |items| unsafe { items.as_ref() })
    }
}

impl<T> Drop for Few<T> {
    fn drop(&mut self) {
        let Some((block, items)) = self.0.zip(self.items()) else { return };
        if let Some(layout) = Few::<T>::layout(items.len()) {
            // SAFETY: the block is ours, with the layout that `from` made it with, and nobody sees the items
            // again.
            unsafe {
                ptr::drop_in_place(items.as_ptr());
                alloc::dealloc(block.as_ptr().cast(), layout);
            }
        }
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut items: Vec<T>) -> Few<T> {
        if items.is_empty() {
            return Few::default();
        }
        let layout = Few::<T>::layout(items.len()).expect("hardly more than the list that there is");
        // SAFETY: the layout has a word at least; the items are moved into the block, where there is room for
        // them.
        unsafe {
            let Some(block) = NonNull::new(alloc::alloc(layout)) else { alloc::handle_alloc_error(layout) };
            block.cast::<usize>().write(items.len());
            let room = block.add(Few::<T>::ITEMS).cast::<T>().as_ptr();
            room.copy_from_nonoverlapping(items.as_ptr(), items.len());
            items.set_len(0);
            Few(Some(block.cast()), PhantomData)
        }
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Few<T> {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T: Clone> Clone for Few<T> {
    fn clone(&self) -> Few<T> {
        self.to_vec().into()
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Few<T>) -> bool {
        **self == **other
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
    use std::rc::Rc;

    #[test]
    fn what_is_put_in_is_there() {
        assert_eq!(size_of::<Few<u64>>(), size_of::<usize>());
        assert!(Few::<u64>::default().is_empty() && Few::<u64>::from(Vec::new()) == Few::default());
        let few: Few<u128> = (1..4).collect();
        assert_eq!((few[1], few.iter().sum::<u128>(), few.clone() == few), (2, 6, true));
        assert_eq!(Few::from(vec![3u8, 4]), [3, 4]);
    }

    #[test]
    fn items_go_with_it() {
        let item = Rc::new(());
        let few: Few<Rc<()>> = vec![Rc::clone(&item); 3].into();
        let copy = few.clone();
        assert_eq!(Rc::strong_count(&item), 7);
        drop(few);
        assert_eq!((Rc::strong_count(&item), copy.len()), (4, 3));
        drop(copy);
        assert_eq!(Rc::strong_count(&item), 1);
    }
}
