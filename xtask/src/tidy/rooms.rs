//! The order of rooms: which part of a crate may use which, and what is not so yet.
//!
//! A room is a module of the crate's root with all that is below it. It may use the rooms below it in the
//! order; so no two use each other, and none has to be understood together with one above.

use super::arrows::{Crate, Module};
use crate::dirs::Dirs;
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// The order of one crate.
pub struct Order {
    /// Its folder, below the project's root.
    folder: &'static str,
    /// The file at the top of it.
    root: &'static str,
    /// The rooms, each above all that it may use; [`ROOT`] is the root itself.
    rooms: &'static [&'static str],
    /// Arrows that run up all the same. Of these there may only become fewer.
    known: &'static [Known],
    /// A module that is no room: it lists parts of rooms, which know it, and has no code.
    list: Option<&'static str>,
    /// Modules that use each other in a circle. Of these there may only become fewer.
    circles: &'static [&'static [&'static str]],
}

/// A use of a room above.
pub struct Known {
    /// The module that uses the room.
    from: &'static str,
    /// The room above.
    to: &'static str,
    /// Why that is so.
    why: &'static str,
}

/// The room that is the root of its crate.
const ROOT: &str = "the root";

/// The list of what changes in the process.
pub const LIST: &str = "process";

/// The orders of all crates.
pub const ORDERS: &[Order] = &[
    Order {
        folder: "embed/src",
        root: "lib.rs",
        rooms: &[
            ROOT, "module", "host", "runtime", "run", "tier", "compile", "state", "tools", "stats", "memory",
            "config", "py",
        ],
        known: &[],
        list: Some(LIST),
        circles: &[],
    },
    Order {
        folder: "jit/src",
        root: "lib.rs",
        rooms: &[
            ROOT, "tier", "passes", "front", "code", "backend", "exit", "feedback", "host", "hir", "error",
            "bytecode",
        ],
        known: &[],
        list: None,
        circles: &[
            &[
                "backend",
                "backend::cranelift",
                "backend::interp",
                "backend::interp::prepare",
                "backend::interp::stub",
                "backend::lowering::abi",
                "backend::lowering::code",
                "backend::lowering::direct",
                "backend::lowering::exits",
                "backend::lowering::lower",
                "backend::lowering::positions",
            ],
            &["backend::baseline::emit", "backend::baseline::registers"],
            &[
                "backend::interp::calls",
                "backend::interp::claims",
                "backend::interp::machine",
                "backend::interp::program",
            ],
            &["front", "front::inline", "front::method", "front::stack", "front::unwind"],
            &[
                "hir::effects",
                "hir::frame_state",
                "hir::function",
                "hir::helper",
                "hir::insn",
                "hir::text::print",
                "hir::text::read",
            ],
            &["hir::verify", "hir::verify::insn", "hir::verify::refs"],
            &["passes::writeback::boxes", "passes::writeback::names", "passes::writeback::sync"],
            &["tier::options", "tier::options::values"],
        ],
    },
    Order {
        folder: "xtask/src",
        root: "main.rs",
        rooms: &[
            ROOT,
            "share",
            "dist",
            "bench",
            "fuzz",
            "test",
            "profile",
            "tidy",
            "patch",
            "ci_matrix",
            "build_python",
            "libpython",
            "link",
            "layout",
            "debuggers",
            "manual",
            "cpython",
            "ensurepip",
            "plan",
            "prereqs",
            "libclang",
            "pip",
            "series",
            "diff",
            "fetch",
            "git_source",
            "net",
            "stamp",
            "hash",
            "versions",
            "dirs",
            "step",
        ],
        known: &[],
        list: None,
        circles: &[
            &[
                "bench",
                "bench::campaign",
                "bench::deps",
                "bench::interpreters",
                "bench::layout",
                "bench::process",
                "bench::profile",
                "bench::profiles",
                "bench::quick",
                "bench::session",
            ],
            &["bench::figures", "bench::results", "bench::warmup"],
            &["profile", "profile::bytecode", "profile::recording", "profile::report"],
        ],
    },
];

/// Everything that is not in the order of one of the crates, one line each.
pub fn complaints(dirs: &Dirs) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for order in ORDERS {
        let found = Crate::read(&dirs.root.join(order.folder), order.root)?.without(order.list);
        if found.arrows().is_empty() {
            bail!("{} has no module that uses another: the reader of paths is broken", order.folder);
        }
        all.extend(order.complaints(&found).into_iter().map(|c| format!("{}: {c}", order.folder)));
    }
    Ok(all)
}

impl Order {
    fn complaints(&self, found: &Crate) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut met = BTreeSet::new();
        let mut told = BTreeSet::new();
        for arrow in found.arrows() {
            let (from, to) = (room(&arrow.from), room(&arrow.to));
            let place = |room: &str| self.rooms.iter().position(|known| *known == room);
            let (Some(above), Some(below)) = (place(from), place(to)) else {
                complaints.push(format!("`{from}` uses `{to}`, and one of them is in no order: see {HERE}"));
                continue;
            };
            if above <= below {
                continue;
            }
            let module = arrow.from.join("::");
            match self.known.iter().position(|known| known.from == module && known.to == to) {
                Some(index) => {
                    met.insert(index);
                }
                // Once for all that it uses there.
                None if !told.insert((module.clone(), to.to_owned())) => {}
                None => complaints.push(format!(
                    "`{module}` uses `{}`, but `{from}` is below `{to}`: move down what it needs, or hand it in",
                    arrow.path
                )),
            }
        }
        for (index, known) in self.known.iter().enumerate().filter(|(index, _)| !met.contains(index)) {
            let Known { from, to, why } = known;
            complaints.push(format!(
                "`{from}` uses `{to}` no more ({why}): strike no. {index} of `known` in {HERE}"
            ));
        }
        complaints.extend(circle_complaints(&found.circles(), self.circles));
        complaints
    }
}

const HERE: &str = "xtask/src/tidy/rooms.rs";

fn room(module: &Module) -> &str {
    module.first().map_or(ROOT, String::as_str)
}

fn circle_complaints(found: &[BTreeSet<Module>], known: &[&[&str]]) -> Vec<String> {
    let found: BTreeSet<BTreeSet<String>> =
        found.iter().map(|circle| circle.iter().map(|module| module.join("::")).collect()).collect();
    let known: BTreeSet<BTreeSet<String>> =
        known.iter().map(|circle| circle.iter().map(|&module| module.to_owned()).collect()).collect();
    let list = |circle: &BTreeSet<String>| circle.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let new =
        found.difference(&known).map(|circle| format!("these use each other in a circle: {}", list(circle)));
    let old = known
        .difference(&found)
        .map(|circle| format!("these are no circle any more: strike them from {HERE}: {}", list(circle)));
    new.chain(old).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUSE: Order = Order {
        folder: "house/src",
        root: "lib.rs",
        rooms: &[ROOT, "attic", "hall", "cellar"],
        known: &[],
        list: None,
        circles: &[],
    };

    /// What is said of a house with these modules.
    fn said(order: &Order, modules: &[(&str, &str)]) -> Vec<String> {
        let module =
            |name: &str| name.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let parsed = Crate::parse(modules.iter().map(|&(name, text)| (module(name), text)));
        order.complaints(&parsed.expect("it parses").without(order.list))
    }

    const GOOD: &[(&str, &str)] = &[
        ("", "mod attic; mod hall; mod cellar; use attic::x;"),
        ("attic", "use crate::cellar::wine;"),
        ("hall", "mod door; use crate::cellar;"),
        ("hall::door", "use crate::hall::door::f;"),
        ("cellar", ""),
    ];

    fn with(module: &'static str, text: &'static str) -> Vec<(&'static str, &'static str)> {
        GOOD.iter().copied().filter(|(name, _)| *name != module).chain([(module, text)]).collect()
    }

    #[test]
    fn arrows_that_run_down_are_fine() {
        assert!(said(&HOUSE, GOOD).is_empty(), "{:?}", said(&HOUSE, GOOD));
    }

    #[test]
    fn planted_arrows_that_run_up_are_found() {
        for (module, text, part) in [
            ("cellar", "use crate::attic::x;", "`cellar` uses `attic::x`"),
            ("cellar", "fn f() { crate::hall::door::f() }", "`cellar` uses `hall::door::f`"),
            ("cellar", "macro_rules! f { () => { crate::x() } }", "`cellar` uses `x`"),
            ("hall::door", "use super::super::attic;", "`hall::door` uses `attic`"),
        ] {
            let found = said(&HOUSE, &with(module, text));
            assert!(found.iter().any(|line| line.contains(part)), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_room_in_no_order_is_found() {
        let found = said(&HOUSE, &with("shed", "use crate::hall::x;"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("in no order"));
    }

    #[test]
    fn a_list_is_no_room_and_makes_no_circles() {
        let modules =
            [with("cellar", "use crate::shelf::ALL;"), vec![("shelf", "use crate::{attic, cellar};")]]
                .concat();
        assert!(!said(&HOUSE, &modules).is_empty());
        let order = Order { list: Some("shelf"), ..HOUSE };
        assert!(said(&order, &modules).is_empty(), "{:?}", said(&order, &modules));
    }

    #[test]
    fn what_is_known_is_not_complained_about_and_only_that() {
        let order = Order {
            known: &[
                Known { from: "cellar", to: "attic", why: "there is a lift" },
                Known { from: "cellar", to: "hall", why: "there are stairs" },
            ],
            circles: &[&["attic", "cellar"]],
            ..HOUSE
        };
        let found = said(&order, &with("cellar", "use crate::attic::x;"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("there are stairs") && found[0].contains("no. 1"), "{found:?}");
    }

    #[test]
    fn circles_within_a_room_are_found_unless_known() {
        let modules =
            [with("hall", "mod door; use self::door::f;"), vec![("hall::door", "use crate::hall::x;")]]
                .concat();
        let found = said(&HOUSE, &modules);
        assert_eq!(found, ["these use each other in a circle: hall, hall::door"]);
        let known = Order { circles: &[&["hall::door", "hall"]], ..HOUSE };
        assert!(said(&known, &modules).is_empty());
        let stale = said(&known, GOOD);
        assert!(stale.len() == 1 && stale[0].contains("no circle any more"), "{stale:?}");
    }

    #[test]
    fn every_known_arrow_has_a_reason_and_runs_up() {
        for order in ORDERS {
            for known in order.known {
                let place = |name: &str| order.rooms.iter().position(|room| *room == name);
                let from = known.from.split("::").next().unwrap_or_default();
                assert!(place(from) > place(known.to) && !known.why.is_empty(), "{}", known.from);
            }
        }
    }
}
