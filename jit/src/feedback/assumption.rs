//! What compiled code rests on although it may end: who rests on it, and how they learn of the end.
//!
//! An assumption is a word with the identity of a thing. Its owner ends it, holding the GIL and before
//! anything else can have that identity: the word becomes 0, and every version that rests on it invalid. So a
//! guard that has to look at the thing anyway compares with the word instead of a constant, and needs no
//! other look. What else is compiled from the assumption is left by running frames where they test the byte
//! of their version, and entered no more after that.
//!
//! Not everything that is assumed is one of these, as not everything has an owner who can tell:
//!
//! | assumed | how it is known |
//! |---|---|
//! | a code object is what it was | an assumption that its state ends when it dies |
//! | a class, and its bases, are what they were | its version tag, a word in the class itself: given out once, zeroed when the class changes. A guard that compared the type with a constant would be as long, and the type could die meanwhile |
//! | frames are evaluated by the default evaluator | the interpreter's own field: clients of PEP 523 store to it |
//! | a function has the same code, a module the same globals | they are looked at: nobody is told when they are stored to |
//!
//! What more assumptions would be worth was measured on 2.7, by code that took things for granted (processor
//! time over that of code that does):
//!
//! - A class that was looked at once stays as it is, and so do its instances: 0.98 in richards, 1.00 in
//!   raytrace, 1.01 in chaos, 1.03 in deltablue, 0.96 in float, which is noise. Where no code runs, a class
//!   is looked at once anyway, in 344 of the 1625 places of these programs; 505 would not look at one again;
//!   in 776 it is the first time. A look is two loads and a comparison, and there would have to be another of
//!   the byte of validity after each call: there is no such assumption.
//! - Globals and builtins keep their values: 1.11 in richards, 1.02 in raytrace and chaos, 1.03 in float.
//!   That is worth having. It takes dicts that tell, in every way that a value is stored in them or goes
//!   (C's, and that of code that stores in line), and a look at the byte after whatever can run code, before
//!   a value is used. So far they are looked at.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Whether a version of compiled code may still be used: a byte that the code tests. Shared by all who may
/// end that.
#[derive(Clone, Debug)]
pub struct Validity(Arc<AtomicU8>);

impl Default for Validity {
    fn default() -> Validity {
        Validity(Arc::new(AtomicU8::new(1)))
    }
}

impl Validity {
    /// Whether it may.
    pub fn is_valid(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// Says so, or that it may not: frames leave it where they test that.
    pub fn set(&self, is_valid: bool) {
        self.0.store(u8::from(is_valid), Ordering::Relaxed);
    }

    /// The address of a byte that is 0 when it may not be used; there for as long as a clone of this.
    pub fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }
}

/// Something that holds until its owner says otherwise.
#[derive(Clone, Debug)]
pub struct Assumption(Arc<Assumed>);

#[derive(Debug)]
struct Assumed {
    /// The identity of what it is about; 0 when it has ended.
    word: AtomicUsize,
    /// The versions that rest on it.
    resting: Mutex<Vec<Weak<AtomicU8>>>,
}

impl Assumption {
    /// One that holds, of a thing with this identity, which is not 0.
    pub fn new(identity: usize) -> Assumption {
        Assumption(Arc::new(Assumed { word: AtomicUsize::new(identity), resting: Mutex::default() }))
    }

    /// Whether it holds.
    pub fn holds(&self) -> bool {
        self.0.word.load(Ordering::Relaxed) != 0
    }

    /// The address of the 64-bit word that is the identity until it ends, then 0; there for as long as a
    /// clone of this.
    pub fn address(&self) -> usize {
        self.0.word.as_ptr() as usize
    }

    /// A version rests on it from now on: it becomes invalid when this ends, at once if it has.
    pub fn support(&self, version: &Validity) {
        let mut resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.holds() {
            resting.retain(|version| version.strong_count() != 0);
            resting.push(Arc::downgrade(&version.0));
        } else {
            version.set(false);
        }
    }

    /// Ends it; how many versions rested on it.
    pub fn end(&self) -> usize {
        let mut resting = self.0.resting.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.word.store(0, Ordering::Relaxed);
        let versions = resting.drain(..).filter_map(|version| version.upgrade());
        versions.map(|version| Validity(version).set(false)).count()
    }
}

/// The same one.
impl PartialEq for Assumption {
    fn eq(&self, other: &Assumption) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_invalid_when_what_they_rest_on_ends() {
        let [one, other] = [0x1000, 0x1000].map(Assumption::new);
        let versions = [(); 3].map(|()| Validity::default());
        one.support(&versions[0]);
        one.support(&versions[1]);
        other.support(&versions[1]);
        other.support(&versions[2]);
        assert_eq!(one.end(), 2);
        assert_eq!((one.holds(), other.holds()), (false, true));
        assert_eq!(versions.each_ref().map(Validity::is_valid), [false, false, true]);
        assert_eq!(one.end(), 0, "they are told once");
        assert_eq!(other.end(), 2);
        assert!(!versions[2].is_valid());
    }

    #[test]
    fn a_version_that_comes_too_late_is_never_valid() {
        let assumption = Assumption::new(0x1000);
        assumption.end();
        let version = Validity::default();
        assumption.support(&version);
        assert!(!version.is_valid());
    }

    #[test]
    fn versions_that_are_gone_are_forgotten() {
        let assumption = Assumption::new(0x1000);
        for _ in 0..100 {
            assumption.support(&Validity::default());
        }
        assert!(assumption.0.resting.lock().unwrap().len() <= 1);
        assert_eq!(assumption.end(), 0);
    }

    #[test]
    fn an_end_is_seen_by_all_who_have_the_word() {
        let assumption = Assumption::new(0x1000);
        let clone = assumption.clone();
        let word = clone.address() as *const usize;
        // SAFETY: a clone of the assumption is there.
        assert_eq!(unsafe { word.read_volatile() }, 0x1000);
        std::thread::spawn(move || assumption.end()).join().unwrap();
        // SAFETY: as above.
        assert_eq!(unsafe { word.read_volatile() }, 0);
        assert!(!clone.holds());
    }

    #[test]
    fn two_of_the_same_thing_are_two() {
        let assumption = Assumption::new(0x1000);
        assert!(assumption == assumption.clone() && assumption != Assumption::new(0x1000));
    }
}
