//! The page of the manual, for one version.

use crate::dirs::write_atomically;
use crate::plan::Plan;
use anyhow::Result;

/// The page of any version.
pub const PAGE: &str = include_str!("../../embed/pyjion-python.1");

/// Where it is, below the prefix.
pub const PLACE: &str = "share/man/man1/pyjion-python.1";

/// Puts it into the prefix.
pub fn install(plan: &Plan<'_>) -> Result<()> {
    let version = plan.release.version.to_string();
    let text = PAGE.replace("@VERSION@", &version).replace("@RELEASE@", env!("CARGO_PKG_VERSION"));
    write_atomically(&plan.prefix.join(PLACE), text)
}
