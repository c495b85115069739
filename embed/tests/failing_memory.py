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

# Methods of threads that others wait for without end: of all versions, of 2.7 alone and of 3.x alone.
WAITED_FOR = ["start", "_Thread__stop", "_stop"]

# The one in force, as a list to be changed by others.
interval = [0]


def fail_every(number):
    interval[0] = number
    pyjion.stress_memory(number)


def with_memory(method):
    """The method of a thread such that it finds memory, for what another waits for: its beginning and its end."""
    def found(self):
        pyjion.stress_memory(0)
        try:
            method(self)
        finally:
            pyjion.stress_memory(interval[0])
    return found


def join(self, timeout=None, join=threading.Thread.join):
    """Joins a thread, but gives up on one whose end found no memory for telling of it."""
    join(self, 30 if timeout is None else timeout)
    if timeout is None and self.is_alive():
        raise MemoryError("the thread never said that it ended")


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
    for name in WAITED_FOR:
        if hasattr(threading.Thread, name):
            setattr(threading.Thread, name, with_memory(getattr(threading.Thread, name)))
    threading.Thread.join = join
    del sys.argv[0]
    path = sys.argv[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    with io.open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    for number in INTERVALS:
        run(path, code, number)


main()
