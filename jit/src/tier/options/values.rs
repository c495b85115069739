//! What the values of options look like: each sets its option, or is refused.

use super::{Dump, Options, Pattern, Report, STAGES, glob, stage_named};
use crate::backend::Choice;
use crate::passes::Omitted;

/// What a switch is to be; any case will do.
pub(super) fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "0" | "off" | "no" | "false" => Some(false),
        "1" | "on" | "yes" | "true" => Some(true),
        _ => None,
    }
}

pub(super) fn set_switch(flag: &mut bool, text: &str) -> bool {
    let value = switch(text);
    *flag = value.unwrap_or(*flag);
    value.is_some()
}

pub(super) fn set_number(number: &mut u32, text: &str, least: u32) -> bool {
    match text.parse::<u32>() {
        Ok(value) if value >= least => *number = value,
        _ => return false,
    }
    true
}

pub(super) fn set_size(size: &mut usize, text: &str) -> bool {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 1 << 10),
        Some(b'M') => (&text[..text.len() - 1], 1 << 20),
        _ => (text, 1),
    };
    let bytes = digits.parse::<u32>().ok().and_then(|number| (number as usize).checked_mul(unit));
    if let Some(bytes) = bytes {
        *size = bytes;
    }
    bytes.is_some()
}

pub(super) fn set_stats(options: &mut Options, text: &str) -> bool {
    options.stats = match switch(text) {
        Some(false) => None,
        Some(true) => Some(Report::Table),
        None if text.contains('/') => Some(Report::Json(text.to_owned())),
        None => return false,
    };
    true
}

pub(super) fn set_perf(options: &mut Options, text: &str) -> bool {
    options.perf = match switch(text) {
        Some(false) => None,
        // Where perf itself looks for what compilers leave.
        Some(true) => Some("/tmp".to_owned()),
        None if text.contains('/') => Some(text.to_owned()),
        None => return false,
    };
    true
}

pub(super) fn set_dump(options: &mut Options, text: &str) -> bool {
    let (names, path) = match text.split_once(':') {
        Some((names, path)) => (names, Some(path)),
        None => (text, None),
    };
    let mut stages = Vec::new();
    for name in names.split(',') {
        match stage_named(name) {
            Some(stage) => stages.push(stage),
            None if name == "all" => stages.extend_from_slice(STAGES),
            None => return false,
        }
    }
    let path = path.filter(|path| *path != "stderr").map(str::to_owned);
    if path.as_deref() == Some("") {
        return false;
    }
    options.dump = Some(Dump { stages, path });
    true
}

pub(super) fn set_backend(backend: &mut Choice, text: &str) -> bool {
    let named = Choice::named(text);
    *backend = named.unwrap_or(*backend);
    named.is_some()
}

pub(super) fn set_passes(options: &mut Options, text: &str) -> bool {
    let mut omitted = Omitted::default();
    for item in text.split(',') {
        let Some(pattern) = item.strip_prefix('-') else { return false };
        let before = omitted;
        omitted = omitted.and(|pass| glob(pattern, pass.name));
        if omitted == before {
            return false;
        }
    }
    options.passes = omitted;
    true
}

pub(super) fn set_only(options: &mut Options, text: &str) -> bool {
    match text.split(',').map(Pattern::parse).collect() {
        Some(patterns) => options.only = patterns,
        None => return false,
    }
    true
}
