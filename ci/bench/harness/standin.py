"""A module `pyperf` for programs of pyperformance, which run unmodified: it drives their iterations by our clock.

What the programs use is there, and nothing else.
"""
import argparse
import platform
import sys

from harness import checks
from harness.meter import Marks


def install(program, iterations):
    """Makes the module importable by its two names; returns a list that fills with names that were offered."""
    marks = Marks()
    offered = []

    class Runner(object):
        """Runs what is offered by the name of the program, when it is offered."""

        def __init__(self, **_):
            self.metadata = {}
            self.argparser = argparse.ArgumentParser()
            self.args = None

        def parse_args(self, args=None):
            self.args = self.argparser.parse_args(args)
            return self.args

        def is_wanted(self, name):
            if self.args is None:
                self.parse_args()
            offered.append(name)
            return name == program.name

        def bench_func(self, name, function, *args, **_):
            """The options say how often the function does something, which is the program's own affair."""
            if self.is_wanted(name):
                loops = range(program.loops)

                def repeated():
                    for _ in loops:
                        value = function(*args)
                    return value
                iterations.whole(repeated)
                self.check(name, function, args)

        def bench_time_func(self, name, function, *args, **_):
            if self.is_wanted(name):
                iterations.self_timed(lambda: function(program.loops, *args), marks)
                self.check(name, function, args)

        def check(self, name, function, args):
            """Now, as what the program works on may be gone later."""
            iterations.add(checks.result(name, sys.modules["__main__"], function, args))

    module = type(sys)("pyperf")
    module.Runner = Runner
    module.perf_counter = marks.clock
    module.python_implementation = lambda: platform.python_implementation().lower()
    # Programs ask in order to run longer, which is decided elsewhere.
    module.python_has_jit = lambda: False
    sys.modules["perf"] = sys.modules["pyperf"] = module
    return offered
