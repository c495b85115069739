//! The window for which code is recorded: when enough was seen.

/// A window closes after this many frames that returned or yielded.
const ENOUGH_FRAMES: u32 = 16;
/// It closes at a jump to a loop header that was passed this often.
const ENOUGH_PASSES: u32 = 8;
/// It closes at the next return or loop header after this many instructions.
const ENOUGH_INSTRUCTIONS: u32 = 500;
/// The same where there was a version already, which did not know enough.
const MORE_INSTRUCTIONS: u32 = 3000;
/// It closes after this many instructions wherever the code is.
const TOO_MANY_INSTRUCTIONS: u32 = 5000;

/// Code that was called this often is recorded until it returns: what comes after its loops counts
/// as much as they do.
const CALLED_OFTEN: u64 = 6;

/// A generator that executes fewer instructions than this each time it is resumed gains less from
/// running native than it takes to enter and to leave native code.
const WORTHWHILE: u32 = 4;

/// Loop headers that are counted.
const HEADERS: usize = 4;

/// Progress of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Instructions recorded.
    instructions: u32,
    /// Frames that returned or yielded.
    completed: u32,
    /// Which frame was recorded last; 0 for none.
    frame: usize,
    /// The offset of the instruction that it was recorded at.
    pc: u32,
    /// Loop headers passed, and how often.
    headers: [(u32, u32); HEADERS],
}

/// What follows from an instruction that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Go on.
    Little,
    /// Enough: the frame is at a loop header, which may be entered.
    EnoughAtLoop,
    /// More than enough.
    TooMuch,
}

impl Window {
    /// A window that has just been opened.
    pub const NEW: Window =
        Window { instructions: 0, completed: 0, frame: 0, pc: 0, headers: [(0, 0); HEADERS] };

    /// Instructions recorded.
    pub fn instructions(&self) -> u32 {
        self.instructions
    }

    /// Which frame was recorded last; 0 for none.
    pub fn frame(&self) -> usize {
        self.frame
    }

    /// The offset of the instruction before, if it was one of this frame.
    pub fn before(&self, frame: usize) -> Option<u32> {
        (self.frame == frame).then_some(self.pc)
    }

    /// Notes an instruction of a frame. `generations` says how many versions there were before, and
    /// `is_called_often` is for code that shall be recorded until it returns.
    pub fn step(
        &mut self,
        frame: usize,
        pc: u32,
        generations: u32,
        is_called_often: impl FnOnce() -> bool,
    ) -> Seen {
        // Offset 0 is where the next call begins, in the same frame as often as not.
        let is_header = self.frame == frame && pc <= self.pc && pc != 0;
        self.frame = frame;
        self.pc = pc;
        self.instructions += 1;
        let passes = if is_header { self.pass(pc) } else { 0 };
        let is_enough = match generations {
            0 => passes >= ENOUGH_PASSES || self.instructions >= ENOUGH_INSTRUCTIONS,
            _ => self.instructions >= MORE_INSTRUCTIONS,
        };
        if is_header && is_enough && !is_called_often() {
            Seen::EnoughAtLoop
        } else if self.instructions >= TOO_MANY_INSTRUCTIONS {
            Seen::TooMuch
        } else {
            Seen::Little
        }
    }

    /// Counts a pass of a loop header; the result says how many there were.
    fn pass(&mut self, header: u32) -> u32 {
        for (pc, passes) in &mut self.headers {
            if *passes == 0 || *pc == header {
                *pc = header;
                *passes += 1;
                return *passes;
            }
        }
        1
    }

    /// Notes that a frame has returned, yielded or raised; whether enough was seen.
    pub fn complete(&mut self) -> bool {
        self.completed += 1;
        self.frame = 0;
        self.completed >= ENOUGH_FRAMES || self.instructions >= ENOUGH_INSTRUCTIONS
    }

    /// The few instructions that a generator executes each time it is resumed, when it is not worthwhile to
    /// compile it.
    pub fn too_few(&self) -> Option<u32> {
        self.instructions.checked_div(self.completed).filter(|&instructions| instructions < WORTHWHILE)
    }
}

/// Whether the calls of code, rather than one long run of it, make it hot.
pub fn is_called_often(calls: u64) -> bool {
    calls >= CALLED_OFTEN
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of a loop with this many instructions until the window closes, and how it does.
    fn run_loop(instructions: u32, generations: u32, is_called_often: bool) -> (u32, Seen) {
        let mut window = Window::NEW;
        for steps in 1.. {
            let pc = 3 * ((steps - 1) % instructions) + 3;
            match window.step(1, pc, generations, || is_called_often) {
                Seen::Little => {}
                seen => return (steps, seen),
            }
        }
        unreachable!("recorded for ever")
    }

    #[test]
    fn a_loop_is_enough_when_its_header_was_passed_eight_times() {
        assert_eq!(run_loop(10, 0, false), (81, Seen::EnoughAtLoop));
        assert_eq!(run_loop(300, 0, false), (601, Seen::EnoughAtLoop));
    }

    #[test]
    fn a_version_that_knew_too_little_is_followed_by_a_longer_look() {
        assert_eq!(run_loop(10, 1, false), (3001, Seen::EnoughAtLoop));
    }

    #[test]
    fn code_that_is_called_often_is_seen_to_its_end() {
        assert_eq!(run_loop(10, 0, true), (5000, Seen::TooMuch));
        assert!(!is_called_often(5) && is_called_often(6));
    }

    #[test]
    fn there_is_an_end_without_loops() {
        assert_eq!(run_loop(u32::MAX / 4, 0, false), (5000, Seen::TooMuch));
    }

    #[test]
    fn another_frame_passes_no_header() {
        let mut window = Window::NEW;
        for frame in 1..400 {
            assert_eq!(window.step(frame, 3, 0, || false), Seen::Little);
        }
        // Nor does a call that begins in the same frame.
        for _ in 0..20 {
            assert_eq!(window.step(400, 0, 0, || false), Seen::Little);
        }
    }

    #[test]
    fn frames_that_end_close_it() {
        let mut window = Window::NEW;
        let closed: Vec<bool> = (0..16).map(|_| window.complete()).collect();
        assert_eq!(closed.iter().position(|&closed| closed), Some(15));
        let mut window = Window::NEW;
        for pc in 0..500 {
            window.step(1, 3 * pc, 0, || false);
        }
        assert!(window.complete());
    }

    #[test]
    fn generators_that_do_little_are_not_worthwhile() {
        let mut window = Window::NEW;
        assert_eq!(window.too_few(), None);
        for frames in 1..5 {
            for pc in 0..3 {
                window.step(frames, 3 * pc, 0, || false);
            }
            window.complete();
        }
        assert_eq!(window.too_few(), Some(3));
        for pc in 0..4 {
            window.step(9, 3 * pc, 0, || false);
        }
        assert_eq!(window.too_few(), None);
    }
}
