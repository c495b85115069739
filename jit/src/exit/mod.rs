//! How compiled code is left: what each exit hands over, and how the interpreter's frame is rebuilt from
//! that.

mod few;
mod plan;
mod recipe;
pub mod ticket;
mod yields;

pub use few::Few;
pub use plan::{Contents, MAX_WORDS_INLINED, Plan, mark_words, words_at_most};
pub use recipe::{Bound, ExitRecipe, FrameRecipe, InlinedRecipe, Local, Name, Receiver, Source};
pub use yields::{Suspended, Suspension, without_exit};
