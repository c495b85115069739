//! What `instructions!` makes of the table: the enum, and all that has to know every field of every
//! instruction.

/// The type of a field by its role.
macro_rules! field {
    (borrows $kind:ident) => { $crate::hir::ValueId };
    (steals $kind:ident) => { $crate::hir::ValueId };
    (borrow_all $kind:ident) => { Vec<$crate::hir::ValueId> };
    (steal_all $kind:ident) => { Vec<$crate::hir::ValueId> };
    (then $edge:ident) => { $edge };
    ($role:ident $type:ident) => { $type };
}

/// Calls `$f` with each operand of a field, and how it is used.
macro_rules! visit {
    ($f:ident, $field:ident, borrows $want:ident) => {
        $f(*$field, Use { want: Want::$want, steals: false })
    };
    ($f:ident, $field:ident, steals $want:ident) => {
        $f(*$field, Use { want: Want::$want, steals: true })
    };
    ($f:ident, $field:ident, borrow_all $want:ident) => {
        $field.iter().for_each(|v| $f(*v, Use { want: Want::$want, steals: false }))
    };
    ($f:ident, $field:ident, steal_all $want:ident) => {
        $field.iter().for_each(|v| $f(*v, Use { want: Want::$want, steals: true }))
    };
    ($f:ident, $field:ident, leads $edge:ident) => {
        visit!($f, $field, edge)
    };
    ($f:ident, $field:ident, then $edge:ident) => {
        visit!($f, $field, edge)
    };
    ($f:ident, $field:ident, otherwise $edge:ident) => {
        visit!($f, $field, edge)
    };
    ($f:ident, $field:ident, edge) => {
        $field.args.iter().for_each(|v| $f(*v, Use { want: Want::AsParameter, steals: false }))
    };
    ($f:ident, $field:ident, $role:ident $type:ident) => {
        let _ = $field;
    };
}

/// The same, to change operands.
macro_rules! visit_mut {
    ($f:ident, $field:ident, borrows $want:ident) => {
        $f($field)
    };
    ($f:ident, $field:ident, steals $want:ident) => {
        $f($field)
    };
    ($f:ident, $field:ident, borrow_all $want:ident) => {
        $field.iter_mut().for_each(&mut $f)
    };
    ($f:ident, $field:ident, steal_all $want:ident) => {
        $field.iter_mut().for_each(&mut $f)
    };
    ($f:ident, $field:ident, leads $edge:ident) => {
        $field.args.iter_mut().for_each(&mut $f)
    };
    ($f:ident, $field:ident, then $edge:ident) => {
        $field.args.iter_mut().for_each(&mut $f)
    };
    ($f:ident, $field:ident, otherwise $edge:ident) => {
        $field.args.iter_mut().for_each(&mut $f)
    };
    ($f:ident, $field:ident, $role:ident $type:ident) => {
        let _ = $field;
    };
}

/// Sets `$exit` to the side exit among the fields.
macro_rules! find_exit {
    ($exit:ident, $field:ident, leaves $type:ident) => {
        $exit = Some($field);
    };
    ($exit:ident, $field:ident, exits $type:ident) => {
        $exit = Some($field);
    };
    ($exit:ident, $field:ident, $role:ident $type:ident) => {
        let _ = $field;
    };
}

/// Adds the edges among the fields.
macro_rules! find_edges {
    ($edges:ident, $field:ident, leads $type:ident) => {
        $edges.push($field);
    };
    ($edges:ident, $field:ident, then $type:ident) => {
        $edges.push($field);
    };
    ($edges:ident, $field:ident, otherwise $type:ident) => {
        $edges.push($field);
    };
    ($edges:ident, $field:ident, $role:ident $type:ident) => {
        let _ = $field;
    };
}

/// Writes a field.
macro_rules! write_field {
    ($out:ident, $field:ident, borrows $want:ident) => {
        $out.item($field)?;
    };
    ($out:ident, $field:ident, steals $want:ident) => {
        $out.item($field)?;
    };
    ($out:ident, $field:ident, borrow_all $want:ident) => {
        $out.list($field)?;
    };
    ($out:ident, $field:ident, steal_all $want:ident) => {
        $out.list($field)?;
    };
    ($out:ident, $field:ident, op $type:ident) => {
        $out.glued(".", $field)?;
    };
    ($out:ident, $field:ident, base $type:ident) => {
        $out.glued("@", $field)?;
    };
    ($out:ident, $field:ident, address $type:ident) => {
        $out.address(*$field)?;
    };
    ($out:ident, $field:ident, words $type:ident) => {
        $out.words($field)?;
    };
    ($out:ident, $field:ident, word $type:ident) => {
        $out.words(std::slice::from_ref($field))?;
    };
    ($out:ident, $field:ident, at $type:ident) => {
        $out.spaced("at", $field)?;
    };
    ($out:ident, $field:ident, leaves $type:ident) => {
        $out.spaced("else", $field)?;
    };
    ($out:ident, $field:ident, leads $type:ident) => {
        $out.item($field)?;
    };
    ($out:ident, $field:ident, then $type:ident) => {
        $out.spaced("?", $field)?;
    };
    ($out:ident, $field:ident, otherwise $type:ident) => {
        $out.spaced(":", $field)?;
    };
    ($out:ident, $field:ident, $role:ident $type:ident) => {
        $out.item($field)?;
    };
}

/// Reads a field, as `write_field!` writes it.
macro_rules! read_field {
    ($in:ident, borrows $want:ident) => {
        $in.item()?
    };
    ($in:ident, steals $want:ident) => {
        $in.item()?
    };
    ($in:ident, borrow_all $want:ident) => {
        $in.list()?
    };
    ($in:ident, steal_all $want:ident) => {
        $in.list()?
    };
    ($in:ident, op $type:ident) => {
        $in.glued(".")?
    };
    ($in:ident, base $type:ident) => {
        $in.glued("@")?
    };
    ($in:ident, address $type:ident) => {
        $in.address()?
    };
    ($in:ident, words $type:ident) => {
        $in.words()?
    };
    ($in:ident, word $type:ident) => {
        $in.word_in_brackets()?
    };
    ($in:ident, at $type:ident) => {
        $in.spaced("at")?
    };
    ($in:ident, leaves $type:ident) => {
        $in.spaced("else")?
    };
    ($in:ident, leads $type:ident) => {
        $in.item()?
    };
    ($in:ident, then $type:ident) => {
        $in.spaced("?")?
    };
    ($in:ident, otherwise $type:ident) => {
        $in.spaced(":")?
    };
    ($in:ident, $role:ident $type:ident) => {
        $in.item()?
    };
}

/// Reads the table of instructions. A row is
///
/// ```text
/// Name(field: role type, …) = facts;        or        Name { field: role type, … } = facts;
/// ```
///
/// where the role of a field is one of
///
/// | role | the field is |
/// |---|---|
/// | `borrows W`, `steals W` | an operand; `W` names what it has to be ([`Want`]) |
/// | `borrow_all W`, `steal_all W` | a list of operands |
/// | `leaves SideExit` | the side exit that it can take; `exits` when it always does |
/// | `leads`, `then`, `otherwise Edge` | where control goes |
/// | `at u32` | the offset that `f_lasti` has meanwhile |
/// | `op`, `base`, `address`, `word`, `words`, `is T` | immediate, each with its own text |
///
/// and the facts are an expression of type [`Facts`] in which the fields are bound as references.
macro_rules! instructions {
    ($(
        $(#[$meta:meta])*
        $name:ident
        $(( $($tuple:ident : $trole:ident $ttype:ident),* $(,)? ))?
        $({ $($(#[$fmeta:meta])* $field:ident : $role:ident $type:ident),* $(,)? })?
        = $facts:expr;
    )*) => {
        /// An HIR instruction. "Owned" results are new references that exactly one later instruction
        /// consumes (one that steals it, or a frame state's owned operand at an exit that is taken).
        /// All other uses borrow.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Insn {
            $(
                $(#[$meta])*
                $name $(( $(field!($trole $ttype)),* ))? $({ $($(#[$fmeta])* $field: field!($role $type)),* })?,
            )*
        }

        #[allow(unused_variables, unused_mut, unused_assignments)]
        impl Insn {
            /// Names of all instructions, in the order of the table.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Its name.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Insn::$name { .. } => stringify!($name),)*
                }
            }

            /// What is known of it.
            pub fn facts(&self) -> Facts {
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => $facts,)*
                }
            }

            /// Calls `f` with each operand and how it is used (edge arguments included, frame states not).
            pub fn each_use(&self, mut f: impl FnMut(ValueId, Use)) {
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => {
                        $($(visit!(f, $tuple, $trole $ttype);)*)?
                        $($(visit!(f, $field, $role $type);)*)?
                    })*
                }
            }

            /// Calls `f` with each operand, to change it (edge arguments included, frame states not).
            pub fn each_operand(&mut self, mut f: impl FnMut(&mut ValueId)) {
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => {
                        $($(visit_mut!(f, $tuple, $trole $ttype);)*)?
                        $($(visit_mut!(f, $field, $role $type);)*)?
                    })*
                }
            }

            /// The side exit it can take.
            pub fn side_exit(&self) -> Option<SideExit> {
                let mut exit = None;
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => {
                        $($(find_exit!(exit, $tuple, $trole $ttype);)*)?
                        $($(find_exit!(exit, $field, $role $type);)*)?
                    })*
                }
                exit.copied()
            }

            /// The side exit it can take, to change.
            pub fn side_exit_mut(&mut self) -> Option<&mut SideExit> {
                let mut exit = None;
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => {
                        $($(find_exit!(exit, $tuple, $trole $ttype);)*)?
                        $($(find_exit!(exit, $field, $role $type);)*)?
                    })*
                }
                exit
            }

            /// The edges of a terminator.
            pub fn edges(&self) -> SmallVec<[&Edge; 2]> {
                let mut edges = SmallVec::new();
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => {
                        $($(find_edges!(edges, $tuple, $trole $ttype);)*)?
                        $($(find_edges!(edges, $field, $role $type);)*)?
                    })*
                }
                edges
            }

            /// The edges of a terminator, to change.
            pub fn edges_mut(&mut self) -> SmallVec<[&mut Edge; 2]> {
                let mut edges = SmallVec::new();
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => {
                        $($(find_edges!(edges, $tuple, $trole $ttype);)*)?
                        $($(find_edges!(edges, $field, $role $type);)*)?
                    })*
                }
                edges
            }

            /// Writes its text.
            pub(in crate::hir) fn write(&self, out: &mut Writer<'_, '_>) -> std::fmt::Result {
                out.name(self.name())?;
                match self {
                    $(Insn::$name $(( $($tuple),* ))? $({ $($field),* })? => {
                        $($(write_field!(out, $tuple, $trole $ttype);)*)?
                        $($(write_field!(out, $field, $role $type);)*)?
                    })*
                }
                Ok(())
            }

            /// Reads the text of the instruction with this name, which has been read already.
            pub(in crate::hir) fn read(name: &str, text: &mut Reader<'_>) -> Result<Insn, String> {
                $(if name == stringify!($name) {
                    return Ok(Insn::$name
                        $(( $(read_field!(text, $trole $ttype)),* ))?
                        $({ $($field: read_field!(text, $role $type)),* })?
                    );
                })*
                Err(format!("there is no instruction {name}"))
            }
        }
    };
}
