"""Clocks: the time that passes, and that of processors in all threads and in children waited for."""
import resource
import time

wall = getattr(time, "perf_counter", time.time)


def processor():
    """Seconds of processor time of this process and of the children that it has waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_kb():
    """The most memory that this process, or any child, has had at once."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # What getrusage says of the process itself begins with the size of the one that started it.
    try:
        with open("/proc/self/status") as file:
            own = [int(line.split()[1]) for line in file if line.startswith("VmHWM:")][0]
    except (IOError, IndexError):
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, children)


class Marks(object):
    """A clock for programs that time themselves: what they read of the time that passes is kept with the
    processor time of the same moment."""

    def __init__(self):
        self.marks = []

    def clear(self):
        self.marks = []

    def clock(self):
        now = wall()
        self.marks.append((now, processor()))
        return now

    def processor(self, passed):
        """The processor time of what a program says took `passed`.

        A program takes the time between its first and its last look at the clock, or the sum of every other one.
        """
        if not self.marks:
            raise RuntimeError("the program did not use the clock that it was given")
        first, last = self.marks[0], self.marks[-1]
        pairs = list(zip(self.marks[::2], self.marks[1::2]))
        parts = (sum(end[0] - begin[0] for begin, end in pairs), sum(end[1] - begin[1] for begin, end in pairs))
        whole = (last[0] - first[0], last[1] - first[1])
        return min(whole, parts, key=lambda choice: abs(choice[0] - passed))[1]
