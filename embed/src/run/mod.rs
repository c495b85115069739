//! The evaluator: how frames begin, go on, and end, whoever runs them.

#[cfg(has_backedge_hook)]
pub mod backedge;
pub mod callables;
pub mod chain;
pub mod clients;
pub mod closing;
pub mod collecting;
pub mod declined;
pub mod direct;
pub mod dispatch;
pub mod drive;
pub mod enter;
pub mod frames;
pub mod generators;
pub mod inlined;
pub mod installation;
pub mod next;
pub mod outcome;
pub mod outsiders;
pub mod parameters;
pub mod reify;
pub mod sending;
pub mod shortage;
pub mod thin;
pub mod thin_frames;
