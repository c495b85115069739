//! Tickets: what compiled code leaves in a suspended frame, in the place of the value that it will be resumed
//! with.
//!
//! A ticket says where the frame goes on, and in which version, so that who resumes it need not look for
//! that. Nobody else reads the word: it is above the top of the operand stack. It is odd, as no object's
//! address is; whatever else suspends the frame leaves an object there, or NULL.

/// How far the entry is shifted to the left.
pub const ENTRY: u32 = 1;

/// How far `f_lasti` is.
pub const LASTI: u32 = 17;

/// How far the number of the version is.
pub const VERSION: u32 = 33;

/// What all tickets of a version have in common.
pub fn base(version: u64) -> u64 {
    version << VERSION | 1
}

/// What to add to that for a frame suspended at `f_lasti`, which goes on at the entry with this index. `None`
/// if there is no room for it.
pub fn place(entry: usize, lasti: i32) -> Option<u64> {
    let entry = u16::try_from(entry).ok()?;
    let lasti = u16::try_from(lasti).ok()?;
    Some(u64::from(entry) << ENTRY | u64::from(lasti) << LASTI)
}

/// The bits of a ticket that its version decides.
pub const OF_VERSION: u64 = u64::MAX << VERSION | 1;

/// What all tickets of a version and no other words have in common: even and, for numbers from 1 on, not 0.
#[inline(always)]
pub fn key(ticket: u64) -> u64 {
    ticket & OF_VERSION ^ 1
}

/// The entry of a ticket.
#[inline(always)]
pub fn entry(ticket: u64) -> u64 {
    ticket >> ENTRY & 0xffff
}

/// Where the frame is suspended.
#[inline(always)]
pub fn lasti(ticket: u64) -> i32 {
    (ticket >> LASTI & 0xffff) as i32
}

/// The version of a ticket, if it has one: the part of its number that there is room for.
#[inline(always)]
pub fn version(ticket: u64) -> u64 {
    ticket >> VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_say_what_was_put_in() {
        for (number, index, at) in [(1, 0, 0), (7, 3, 12), (0x7fff_ffff, 0xffff, 0xffff)] {
            let ticket = base(number) + place(index, at).unwrap();
            assert_eq!((key(ticket), version(ticket)), (key(base(number)), number));
            assert_eq!((entry(ticket), lasti(ticket), ticket & 1), (index as u64, at, 1));
        }
    }

    #[test]
    fn objects_have_no_keys_of_versions() {
        for object in [0, 0x66_1230, 0x7fff_0000_1230, base(7) & !1] {
            assert_eq!(key(object) & 1, 1);
        }
        assert!(key(base(1)) != 0 && key(base(1)) & 1 == 0);
    }

    #[test]
    fn there_is_none_for_what_it_has_no_room_for() {
        assert_eq!((place(0x1_0000, 0), place(0, 0x1_0000), place(0, -1)), (None, None, None));
    }
}
