//! The host side of Pyjion.
