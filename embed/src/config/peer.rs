//! Another process that runs this same executable: what it has where we have something.

use crate::py::gil::Counter;
use std::fmt;
use std::io;
use std::mem::MaybeUninit;

/// What any bytes are a value of.
///
/// # Safety
/// That it is so.
pub unsafe trait Plain: Sized {}

// SAFETY: integers.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for Counter {}
// SAFETY: as above.
unsafe impl Plain for usize {}
// SAFETY: as above.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}

/// The process.
pub struct Peer {
    process: libc::pid_t,
    /// From an address here to the same in there.
    distance: usize,
}

/// Why nothing is known of a process.
#[derive(Debug)]
pub enum Unknown {
    /// It cannot be looked at.
    Unreadable(u32, io::Error),
    /// It runs something else.
    Foreign(u32),
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Unreadable(process, error) if error.kind() == io::ErrorKind::NotFound => {
                write!(f, "there is no process {process}")
            }
            Unknown::Unreadable(process, error) => write!(
                f,
                "cannot look at process {process}: {error}; it takes the rights of a debugger: those of root, or of \
                 the same user where /proc/sys/kernel/yama/ptrace_scope is 0"
            ),
            Unknown::Foreign(process) => {
                write!(f, "process {process} does not run this executable, or one that was replaced since")
            }
        }
    }
}

impl Peer {
    /// Finds where the executable is in that process.
    pub fn find(process: u32) -> Result<Peer, Unknown> {
        let read = |of: &str| {
            std::fs::read_to_string(format!("/proc/{of}/maps"))
                .map_err(|error| Unknown::Unreadable(process, error))
        };
        let (ours, theirs) = (read("self")?, read(&process.to_string())?);
        let here: fn(u32) -> Result<Peer, Unknown> = Peer::find;
        let file = file_at(&ours, here as usize);
        let bases = file.and_then(|file| Some((base_of(&ours, file)?, base_of(&theirs, file)?)));
        let (ours, theirs) = bases.ok_or(Unknown::Foreign(process))?;
        let number = libc::pid_t::try_from(process).map_err(|_| Unknown::Foreign(process))?;
        Ok(Peer { process: number, distance: theirs.wrapping_sub(ours) })
    }

    /// What is there instead of a static of ours, or of a part of one.
    pub fn fetch<T: Plain>(&self, ours: *const T) -> Result<T, Unknown> {
        let mut value = MaybeUninit::<T>::uninit();
        let local = libc::iovec { iov_base: value.as_mut_ptr().cast(), iov_len: size_of::<T>() };
        let there = (ours as usize).wrapping_add(self.distance) as *mut libc::c_void;
        let remote = libc::iovec { iov_base: there, iov_len: size_of::<T>() };
        // SAFETY: writes to the value alone.
        let read = unsafe { libc::process_vm_readv(self.process, &local, 1, &remote, 1, 0) };
        if read == size_of::<T>() as isize {
            // SAFETY: it was written, and any bytes are a value of the type.
            return Ok(unsafe { value.assume_init() });
        }
        let error = if read < 0 { io::Error::last_os_error() } else { io::ErrorKind::UnexpectedEof.into() };
        Err(Unknown::Unreadable(self.process as u32, error))
    }
}

/// A mapping of `/proc/PID/maps`: where it is, and the device and inode of its file.
fn mapping(line: &str) -> Option<(usize, usize, [&str; 2])> {
    let mut words = line.split_ascii_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let parse = |text| usize::from_str_radix(text, 16).ok();
    let file = [words.nth(2)?, words.next()?];
    Some((parse(start)?, parse(end)?, file))
}

/// The file that is mapped at an address.
fn file_at(maps: &str, address: usize) -> Option<[&str; 2]> {
    let found = maps.lines().filter_map(mapping).find(|(start, end, _)| (*start..*end).contains(&address));
    found.map(|(_, _, file)| file)
}

/// Where a file is mapped first.
fn base_of(maps: &str, file: [&str; 2]) -> Option<usize> {
    maps.lines().filter_map(mapping).find(|(_, _, of)| *of == file).map(|(start, _, _)| start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
55d7e9a00000-55d7e9b00000 r--p 00000000 fe:00 42 /opt/a name with blanks
55d7e9b00000-55d7e9c00000 r-xp 00100000 fe:00 42 /opt/a name with blanks
7f0000000000-7f0000001000 rw-p 00000000 00:00 0
7f0000002000-7f0000003000 r-xp 00000000 fe:00 43 /lib/other (deleted)
";

    #[test]
    fn files_are_found_in_maps() {
        let file = file_at(MAPS, 0x55d7_e9b0_0010).expect("it is there");
        assert_eq!(file, ["fe:00", "42"]);
        assert_eq!(base_of(MAPS, file), Some(0x55d7_e9a0_0000));
        assert_eq!(file_at(MAPS, 0x7f00_0000_1000), None);
        assert_eq!(base_of(MAPS, ["fe:00", "44"]), None);
    }

    #[test]
    fn this_process_is_one_like_it() {
        static WORDS: [usize; 2] = [3, 4];
        let peer = Peer::find(std::process::id()).expect("it is there");
        assert_eq!(peer.fetch(&raw const WORDS).expect("it can be read"), [3, 4]);
        assert!(matches!(Peer::find(u32::MAX), Err(Unknown::Unreadable(..))));
    }
}
