//! When, and with what, code is compiled: policy as plain calculation, which knows neither frames nor CPython.

pub mod command_line;
pub mod options;
#[cfg(test)]
mod readme;
