//! Where the memory of processes is: their proportional shares, by what mappings are for.

use super::tree::Identity;
use std::collections::BTreeMap;

/// What a mapping is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    /// The program itself, but for what it has written.
    Program,
    /// Libraries and extension modules, but for what they have written.
    Libraries,
    /// What the program and libraries have written of their own data.
    Data,
    /// The heap of the C library that grows at its end.
    Heap,
    /// Memory that was mapped: large blocks, objects of Python's, heaps and stacks of threads, the JIT's.
    Mapped,
    /// Memory that can be executed and is of no file.
    MachineCode,
}

const KINDS: &[(Kind, &str)] = &[
    (Kind::Program, "program"),
    (Kind::Libraries, "libraries"),
    (Kind::Data, "their data"),
    (Kind::Heap, "heap"),
    (Kind::Mapped, "mapped"),
    (Kind::MachineCode, "machine code"),
];

/// Kilobytes of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places(BTreeMap<Kind, u64>);

impl Places {
    /// Of several processes together.
    pub fn of<'a>(processes: impl Iterator<Item = &'a Identity>) -> Places {
        let mut places = Places::default();
        for (pid, _) in processes {
            let program = std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
            let text = std::fs::read_to_string(format!("/proc/{pid}/smaps")).unwrap_or_default();
            places.add(&text, &program.to_string_lossy());
        }
        places
    }

    fn add(&mut self, smaps: &str, program: &str) {
        let mut kind = Kind::Mapped;
        for line in smaps.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["Pss:", size, ..] => *self.0.entry(kind).or_default() += size.parse().unwrap_or(0),
                [range, permissions, _, _, inode, name @ ..] if range.contains('-') => {
                    kind = kind_of(permissions, *inode != "0", name.first().unwrap_or(&""), program);
                }
                _ => {}
            }
        }
    }
}

fn kind_of(permissions: &str, is_file: bool, name: &str, program: &str) -> Kind {
    let has = |permission| permissions.contains(permission);
    match (is_file, name) {
        (true, _) if has('w') => Kind::Data,
        (true, name) if name == program => Kind::Program,
        (true, _) => Kind::Libraries,
        (false, "[heap]") => Kind::Heap,
        (false, "") if has('x') => Kind::MachineCode,
        (false, _) => Kind::Mapped,
    }
}

/// One line for people: ours beside stock.
pub fn describe(stock: &Places, ours: &Places) -> String {
    let of = |places: &Places, kind| places.0.get(&kind).copied().unwrap_or(0);
    let one = |(kind, name): &(Kind, &str)| format!("{name} {} ({})", of(ours, *kind), of(stock, *kind));
    format!("proportional KB, and stock's: {}", KINDS.iter().map(one).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_told_apart() {
        let smaps = "\
            00400000-00500000 r-xp 00000000 08:01 17 /bin/program\nSize: 1024 kB\nPss: 100 kB\n\
            00600000-00700000 rw-p 00000000 08:01 17 /bin/program\nPss: 8 kB\nPss_Dirty: 4 kB\n\
            00700000-00800000 rw-p 00000000 00:00 0 [heap]\nPss: 300 kB\n\
            7f00-7f01 r-xp 00000000 00:00 0\nPss: 5 kB\n7f01-7f02 r--p 00000000 08:01 18 /lib/x.so\nPss: 7 kB\n\
            7f03-7f04 rw-p 00000000 00:00 0 [stack]\nPss: 1 kB\n7f05-7f06 rw-p 00000000 00:00 0\nPss: 2 kB\n";
        let mut places = Places::default();
        places.add(smaps, "/bin/program");
        let said = describe(&Places::default(), &places);
        assert_eq!(
            said,
            "proportional KB, and stock's: program 100 (0), libraries 7 (0), their data 8 (0), heap 300 (0), \
             mapped 3 (0), machine code 5 (0)"
        );
    }
}
