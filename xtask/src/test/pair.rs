//! What is compared.

use crate::versions::Version;
use std::path::PathBuf;

/// The two interpreters of one version.
#[derive(Clone)]
pub struct Pair {
    /// Of CPython.
    pub version: Version,
    /// The reference.
    pub stock: PathBuf,
    /// With the JIT.
    pub ours: PathBuf,
    /// Built with Py_DEBUG.
    pub debug: bool,
}
