"""The report of a run: lines of JSON, each written as soon as it is known.

    {"kind": "start", "implementation": "CPython", "version": "2.7.18"}
    {"kind": "iteration", "wall": 0.0312, "processor": 0.0311}
    {"kind": "end", "checksum": "1a2b3c4d-5e6f7a8b", "peak_kb": 10240, "pyjion": {"status": {...}, "stats": {...}}}

A report without an end is that of a run that came to none. `pyjion` is there where the module is. The checksum
stands for what the first iteration came to, and for the check of the program where it has one.
"""
import json
import platform

from harness import meter


class Report(object):
    """Writes to a file that it does not close."""

    def __init__(self, file):
        self.file = file
        self.fields = {"kind": "end"}

    def start(self):
        implementation = platform.python_implementation()
        self.line('{"kind": "start", "implementation": "%s", "version": "%s"}'
                  % (implementation, platform.python_version()))

    def iteration(self, wall, processor):
        self.line('{"kind": "iteration", "wall": %.9f, "processor": %.6f}' % (wall, processor))

    def iterated(self):
        """The iterations are over: takes down what is not to have the checks in it."""
        self.fields["peak_kb"] = meter.peak_kb()
        try:
            import pyjion
            self.fields["pyjion"] = {"status": pyjion.status(), "stats": pyjion.stats()}
        except ImportError:
            pass

    def end(self, sums):
        """What the program came to is a list of checksums."""
        self.fields["checksum"] = "-".join("%08x" % part for part in sums)
        self.line(json.dumps(self.fields, sort_keys=True))

    def line(self, text):
        self.file.write(text + "\n")
        self.file.flush()
