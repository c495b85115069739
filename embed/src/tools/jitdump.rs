//! The records of a jitdump file (`tools/perf/Documentation/jitdump-specification.txt` of Linux).

use super::function::Function;

/// `JiTD`, in the byte order of this machine.
const MAGIC: u32 = 0x4a69_5444;
const VERSION: u32 = 1;
const HEADER_SIZE: u32 = 40;

/// Types of records.
const LOAD: u32 = 0;
const DEBUG_INFO: u32 = 2;

#[cfg(target_arch = "x86_64")]
const MACHINE: u32 = 62;
#[cfg(target_arch = "aarch64")]
const MACHINE: u32 = 183;

/// Who loads code, and when.
#[derive(Clone, Copy)]
pub struct Stamp {
    /// The process.
    pub process: u32,
    /// The thread.
    pub thread: u32,
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    pub time: u64,
}

/// What the file begins with.
pub fn header(stamp: Stamp) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [MAGIC, VERSION, HEADER_SIZE, MACHINE, 0, stamp.process] {
        bytes.extend(word.to_ne_bytes());
    }
    bytes.extend(stamp.time.to_ne_bytes());
    // Flags.
    bytes.extend(0_u64.to_ne_bytes());
    bytes
}

/// What says that a function was loaded, as the `index`th of the process: its lines, then its code.
pub fn function(function: &Function<'_>, index: u64, stamp: Stamp) -> Vec<u8> {
    let mut bytes = record(DEBUG_INFO, stamp, |body| lines(function, body));
    bytes.append(&mut record(LOAD, stamp, |body| {
        let address = function.address() as u64;
        body.extend(stamp.process.to_ne_bytes());
        body.extend(stamp.thread.to_ne_bytes());
        // Where it is, where it was when it was made, how much it is.
        for word in [address, address, function.code.len() as u64, index] {
            body.extend(word.to_ne_bytes());
        }
        let Function { name, file, first_line, .. } = function;
        text(&format!("{name} ({file}:{first_line})"), body);
        body.extend(function.code);
    }));
    bytes
}

fn lines(function: &Function<'_>, body: &mut Vec<u8>) {
    let start = function.address() as u64;
    body.extend(start.to_ne_bytes());
    body.extend((function.lines.len() as u64).to_ne_bytes());
    for line in function.lines {
        body.extend((start + u64::from(line.offset)).to_ne_bytes());
        body.extend(line.line.to_ne_bytes());
        // The discriminator tells apart what is on one line: bytecodes.
        body.extend(line.pc.to_ne_bytes());
        text(function.file, body);
    }
}

/// A text with the zero that ends it.
fn text(text: &str, body: &mut Vec<u8>) {
    body.extend(text.bytes().filter(|byte| *byte != 0));
    body.push(0);
}

fn record(kind: u32, stamp: Stamp, fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend([0; 4]);
    bytes.extend(stamp.time.to_ne_bytes());
    fill(&mut bytes);
    let size = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&size.to_ne_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::lines::Line;
    use super::*;

    const STAMP: Stamp = Stamp { process: 7, thread: 8, time: 9 };

    /// Takes a number off the front.
    fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
        let (first, rest) = bytes.split_first_chunk().expect("enough bytes");
        *bytes = rest;
        *first
    }

    fn word(bytes: &mut &[u8]) -> u32 {
        u32::from_ne_bytes(take(bytes))
    }

    fn long(bytes: &mut &[u8]) -> u64 {
        u64::from_ne_bytes(take(bytes))
    }

    fn text_of(bytes: &mut &[u8]) -> String {
        let end = bytes.iter().position(|byte| *byte == 0).expect("a zero");
        let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
        *bytes = &bytes[end + 1..];
        text
    }

    #[test]
    fn the_header_is_as_long_as_it_says() {
        let header = header(STAMP);
        assert_eq!(header.len(), HEADER_SIZE as usize);
        let mut rest = &header[..];
        let words: Vec<u32> = (0..6).map(|_| word(&mut rest)).collect();
        assert_eq!(words, [MAGIC, 1, 40, MACHINE, 0, 7]);
        assert_eq!((long(&mut rest), long(&mut rest)), (9, 0));
    }

    #[test]
    fn records_hold_lines_then_code() {
        let lines = [Line { offset: 0, line: 0, pc: 0 }, Line { offset: 4, line: 12, pc: 6 }];
        let code = [0x90, 0x90, 0x90, 0x90, 0xc3];
        let given = Function { name: "f", file: "/a b.py", first_line: 11, code: &code, lines: &lines };
        let start = given.address() as u64;
        let bytes = function(&given, 3, STAMP);
        let mut rest = &bytes[..];

        let size = {
            assert_eq!(word(&mut rest), DEBUG_INFO);
            word(&mut rest) as usize
        };
        assert_eq!((long(&mut rest), long(&mut rest), long(&mut rest)), (9, start, 2));
        assert_eq!((long(&mut rest), word(&mut rest), word(&mut rest)), (start, 0, 0));
        assert_eq!(text_of(&mut rest), "/a b.py");
        assert_eq!((long(&mut rest), word(&mut rest), word(&mut rest)), (start + 4, 12, 6));
        assert_eq!(text_of(&mut rest), "/a b.py");
        assert_eq!(bytes.len() - rest.len(), size);

        let before = rest.len();
        assert_eq!((word(&mut rest), word(&mut rest) as usize), (LOAD, before));
        assert_eq!((long(&mut rest), word(&mut rest), word(&mut rest)), (9, 7, 8));
        let longs: Vec<u64> = (0..4).map(|_| long(&mut rest)).collect();
        assert_eq!(longs, [start, start, 5, 3]);
        assert_eq!(text_of(&mut rest), "f (/a b.py:11)");
        assert_eq!(rest, code);
    }
}
