"""Runs a snippet again and again in one process, each time with memory running out at other places; prints nothing of it."""
import io
import os
import sys
import types

import pyjion

# Every so many objects that native code makes find no memory: often, for what comes first, and rarely, for what comes
# later.
INTERVALS = [3, 97, 2503]


def run(path, code, interval):
    kept = sys.stdout, sys.stderr, sys.getrecursionlimit(), sys.modules["__main__"]
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    pyjion.stress_memory(interval)
    try:
        exec(code, main.__dict__)
    except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit):
        pass
    finally:
        pyjion.stress_memory(0)
        sys.settrace(None)
        sys.setprofile(None)
        sys.stdout, sys.stderr = kept[:2]
        sys.setrecursionlimit(kept[2])
        sys.modules["__main__"] = kept[3]


def main():
    del sys.argv[0]
    path = sys.argv[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    with io.open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    for interval in INTERVALS:
        run(path, code, interval)


main()
