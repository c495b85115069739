//! What the Python of one version can say.

use crate::versions::Version;

/// A version as the grammar sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Python 3.
    pub py3: bool,
    /// The 5 of 3.5.
    pub minor: u8,
}

impl Dialect {
    /// The dialect of a version.
    pub fn of(version: Version) -> Dialect {
        Dialect { py3: version.major == 3, minor: version.minor }
    }

    /// PEP 448 displays, matrix multiplication, coroutines.
    pub fn is_35(self) -> bool {
        self.py3 && self.minor >= 5
    }

    /// The range that makes no list.
    pub fn lazy_range(self) -> &'static str {
        if self.py3 { "range" } else { "xrange" }
    }

    /// The method of truth.
    pub fn bool_method(self) -> &'static str {
        if self.py3 { "__bool__" } else { "__nonzero__" }
    }
}
