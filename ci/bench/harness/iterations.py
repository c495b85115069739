"""The iterations of a program: how many there are, what each costs, and that each comes to the same."""
import sys
import zlib

from harness import meter
from harness.canonical import canonical


class Printed(object):
    """A file that keeps what is written to it as a list of parts."""

    def __init__(self):
        self.parts = []
        self.softspace = 0

    def write(self, text):
        self.parts.append(text)

    def flush(self):
        pass


class Iterations(object):
    """Runs something again and again, and reports each time."""

    def __init__(self, report, seconds, least, most):
        self.report = report
        self.seconds = seconds
        self.least = least
        self.most = most
        #: Checksums of what the first iteration came to, and then of more that is to be the same everywhere.
        self.sums = []

    def whole(self, function):
        """Iterations that are calls of a function, timed from outside; what it returns is what they come to."""
        def once():
            wall, processor = meter.wall(), meter.processor()
            value = function()
            processor = meter.processor() - processor
            return meter.wall() - wall, processor, value
        self.run(once)

    def self_timed(self, function, marks):
        """Iterations that are calls of a function that returns the time it took by the clock of `marks`."""
        def once():
            marks.clear()
            passed = function()
            return passed, marks.processor(passed), None
        self.run(once)

    def run(self, once):
        begin = meter.wall()
        count = 0
        compared = 1
        last = False
        while not last:
            printed, stdout = Printed(), sys.stdout
            sys.stdout = printed
            try:
                wall, processor, value = once()
            finally:
                sys.stdout = stdout
            count += 1
            self.report.iteration(wall, processor)
            last = count >= self.most or count >= self.least and meter.wall() - begin >= self.seconds
            # Fewer and fewer are looked at, lest this be what gets hot.
            if count >= compared or last:
                compared *= 2
                self.compare(count, [value, printed.parts])
        self.report.iterated()

    def compare(self, count, value):
        found = checksum(value)
        if not self.sums:
            self.sums.append(found)
        elif found != self.sums[0]:
            sys.exit("iteration %d came to something else than the first: %s" % (count, canonical(value)[:1000]))

    def add(self, value):
        """One more value that is to be the same everywhere."""
        self.sums.append(checksum(value))


def checksum(value):
    return zlib.crc32(canonical(value).encode("ascii")) & 0xFFFFFFFF
