//! The one tool of the project: fetches, patches, builds, tests and measures.
fn main() {}
