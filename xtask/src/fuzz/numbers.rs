//! Numbers and arithmetic, with a liking for the edges.

use super::program::Program;
use super::scope::{Kind, Scope};

const SMALL: &[&str] = &["0", "1", "2", "3", "5", "7", "10", "100", "-1", "-2", "-7", "True", "False"];

const EDGES: &[&str] = &[
    "255",
    "256",
    "257",
    "-5",
    "-6",
    "1000003",
    "(1 << 15)",
    "(1 << 30)",
    "((1 << 30) - 1)",
    "(1 << 31)",
    "((1 << 31) - 1)",
    "(-1 << 31)",
    "(1 << 32)",
    "(1 << 52)",
    "(1 << 53)",
    "((1 << 53) + 1)",
    "(1 << 60)",
    "(1 << 61)",
    "(1 << 62)",
    "((1 << 62) - 1)",
    "(-1 << 62)",
    "((1 << 63) - 1)",
    "(1 << 63)",
    "(-1 << 63)",
    "((-1 << 63) - 1)",
    "((1 << 64) - 1)",
    "(1 << 64)",
    "-(1 << 64)",
    "(10 ** 30)",
    "9223372036854775807",
    "-9223372036854775808",
    "-9223372036854775807",
    "4611686018427387904",
    "2147483647",
    "2147483648",
    "-2147483648",
    "3037000500",
    "3037000499",
];

const LONGS: &[&str] = &["0L", "1L", "-1L", "7L", "(1L << 31)", "(1L << 62)", "9223372036854775808L"];

const FLOATS: &[&str] =
    &["0.0", "-0.0", "0.5", "1.0", "1.5", "-2.25", "3.0", "1e10", "0.1", "1e-5", "2.0", "-1.0", "100.75"];

const FLOAT_EDGES: &[&str] = &[
    "1e308",
    "-1e308",
    "5e-324",
    "1e-310",
    "1e999",
    "-1e999",
    "(1e999 - 1e999)",
    "9007199254740993.0",
    "9223372036854775808.0",
    "-9223372036854775808.0",
    "9.2e18",
    "4503599627370496.5",
];

impl Program {
    /// An int constant.
    pub fn int_constant(&mut self) -> String {
        let roll = self.rng.below(100);
        match roll {
            0..70 => self.rng.word(SMALL).to_string(),
            70..78 => self.rng.below(1000).to_string(),
            78..83 if !self.dialect.py3 => self.rng.word(LONGS).to_string(),
            _ => self.rng.word(EDGES).to_string(),
        }
    }

    /// An int at an edge.
    pub fn int_edge(&mut self) -> String {
        self.rng.word(EDGES).to_string()
    }

    /// A float at an edge.
    pub fn float_edge(&mut self) -> String {
        self.rng.word(FLOAT_EDGES).to_string()
    }

    /// A float constant.
    pub fn float_constant(&mut self) -> String {
        if self.rng.chance(85) { self.rng.word(FLOATS) } else { self.rng.word(FLOAT_EDGES) }.to_string()
    }

    /// An operator and an operand for an int on its left.
    pub fn int_operation(&mut self, left: &str, scope: &Scope, depth: usize) -> String {
        let op = self.rng.weighted(&[
            (20, "+"),
            (16, "-"),
            (15, "*"),
            (7, "//"),
            (9, "%"),
            (6, "&"),
            (4, "|"),
            (5, "^"),
            (4, ">>"),
            (3, "<<"),
        ]);
        match op {
            "<<" => {
                let by = match self.rng.below(4) {
                    0 => format!("({} & 63)", self.int(scope, depth)),
                    1 => format!("({} & 7)", self.int(scope, depth)),
                    _ => self
                        .rng
                        .word(&["0", "1", "2", "3", "30", "31", "32", "61", "62", "63", "64"])
                        .to_string(),
                };
                format!("({left} << {by})")
            }
            ">>" => {
                let by = match self.rng.below(4) {
                    0 => self.int(scope, depth),
                    1 => format!("({} & 127)", self.int(scope, depth)),
                    _ => self.rng.word(&["0", "1", "2", "31", "62", "63", "64", "65", "1000"]).to_string(),
                };
                format!("({left} >> {by})")
            }
            "//" | "%" if self.rng.chance(70) => {
                let by = self.rng.word(&[
                    "2",
                    "3",
                    "7",
                    "10",
                    "-3",
                    "-1",
                    "-7",
                    "16",
                    "1000",
                    "97",
                    "(1 << 31)",
                    "(1 << 62)",
                ]);
                format!("({left} {op} {by})")
            }
            "*" if self.rng.chance(40) => {
                let by = self.int_constant();
                format!("({left} * {by})")
            }
            _ => {
                let right = self.int(scope, depth);
                format!("({left} {op} {right})")
            }
        }
    }

    /// An operator and an operand for a float on its left.
    pub fn float_operation(&mut self, left: &str, scope: &Scope, depth: usize) -> String {
        let op = self.rng.weighted(&[(10, "+"), (10, "-"), (10, "*"), (6, "/"), (2, "//"), (2, "%")]);
        let right = match op {
            "/" | "//" | "%" if self.rng.chance(60) => {
                self.rng.word(&["2.0", "-3.0", "0.5", "1.5", "-0.25", "3", "1e-3", "7"]).to_string()
            }
            _ if self.rng.chance(30) => self.int(scope, depth),
            _ => self.float(scope, depth),
        };
        if self.rng.chance(85) { format!("({left} {op} {right})") } else { format!("({right} {op} {left})") }
    }

    /// A comparison or another truth value, as the condition of a statement.
    pub fn condition(&mut self, scope: &Scope, depth: usize) -> String {
        let op = self.rng.word(&["<", "<=", "==", "!=", ">", ">="]);
        match self.rng.below(20) {
            0..6 => {
                if let Some(index) = scope.index().and_then(|l| l.index.clone()) {
                    let m = *self.rng.pick(&[2, 2, 3, 3, 4, 5, 7, 10, 16]);
                    let r = self.rng.below(m);
                    return format!("{index} % {m} == {r}");
                }
                format!("{} {op} {}", self.int(scope, depth), self.int_constant())
            }
            6..11 => format!("{} {op} {}", self.int(scope, depth), self.int(scope, depth)),
            11..13 => format!("{} {op} {}", self.float(scope, depth), self.float(scope, depth)),
            13 => format!(
                "{} {op} {} {op} {}",
                self.int_constant(),
                self.int(scope, depth),
                self.int(scope, depth)
            ),
            14 => format!("not {}", self.int(scope, depth)),
            15 => self.any(scope, depth),
            16 => {
                let kind = self.kind();
                format!("{} {op} {}", self.of_kind(kind, scope, depth), self.of_kind(kind, scope, depth))
            }
            17 => {
                let word = self.rng.word(&["in", "not in"]);
                format!("{} {word} {}", self.int(scope, depth), self.list(scope, depth))
            }
            18 => {
                let joint = self.rng.word(&["and", "or"]);
                let left = format!("{} {op} {}", self.int(scope, depth), self.int_constant());
                format!("({left} {joint} {})", self.any(scope, depth))
            }
            _ if self.rng.chance(50) => {
                let kind = *self.rng.pick(&[Kind::Int, Kind::Float]);
                let word = self.rng.word(&["is", "is not"]);
                let (a, b) = (self.variable_or(kind, scope), self.variable_or(kind, scope));
                format!("{a} {word} {b}")
            }
            _ => {
                let word = self.rng.word(&["is", "is not"]);
                format!("{} {word} None", self.any(scope, depth))
            }
        }
    }
}
