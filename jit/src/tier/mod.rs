//! When, and with what, code is compiled: policy as plain calculation, which knows neither frames nor
//! CPython.

pub mod budget;
pub mod command_line;
pub mod heat;
pub mod leading_loop;
pub mod options;
#[cfg(test)]
mod readme;
pub mod verdict;
pub mod window;
