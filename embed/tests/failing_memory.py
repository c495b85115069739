"""Runs a snippet again and again in one process, each time with memory running out at other places; prints nothing of it."""
import io
import os
import sys
import threading
import types

import pyjion

# Every so many objects that native code makes find no memory: often, for what comes first, and rarely, for what comes
# later.
INTERVALS = [3, 97, 2503]


# The one in force, as a list to be changed by others.
interval = [0]


def fail_every(number):
    interval[0] = number
    pyjion.stress_memory(number)


def start_with_memory(self, start=threading.Thread.start):
    """Starts a thread whose beginning finds memory: one that fails before it says that it runs is waited for for ever."""
    pyjion.stress_memory(0)
    try:
        start(self)
    finally:
        pyjion.stress_memory(interval[0])


def run(path, code, number):
    kept = sys.stdout, sys.stderr, sys.getrecursionlimit(), sys.modules["__main__"]
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    fail_every(number)
    try:
        exec(code, main.__dict__)
    except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit):
        pass
    finally:
        fail_every(0)
        sys.settrace(None)
        sys.setprofile(None)
        sys.stdout, sys.stderr = kept[:2]
        sys.setrecursionlimit(kept[2])
        sys.modules["__main__"] = kept[3]


def main():
    threading.Thread.start = start_with_memory
    del sys.argv[0]
    path = sys.argv[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    with io.open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    for number in INTERVALS:
        run(path, code, number)


main()
