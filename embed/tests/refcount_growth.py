"""Runs a snippet several times in one process with Py_DEBUG; prints by how much the total reference count grew each time."""
from __future__ import print_function
import gc
import io
import os
import sys
import types


def run(path, code):
    kept = sys.stdout, sys.stderr, sys.getrecursionlimit(), sys.modules["__main__"]
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__)
    sys.modules["__main__"] = main
    sys.stdout = sys.stderr = io.open(os.devnull, "w") if sys.version_info[0] > 2 else open(os.devnull, "w")
    try:
        exec(code, main.__dict__)
    except (Exception, SystemExit) as error:
        kept[0].write("%s: %s\n" % (type(error).__name__, error))
    finally:
        sys.settrace(None)
        sys.setprofile(None)
        sys.stdout.close()
        sys.stdout, sys.stderr = kept[:2]
        sys.setrecursionlimit(kept[2])
        sys.modules["__main__"] = kept[3]
        main.__dict__.clear()
        if hasattr(sys, "exc_clear"):
            sys.exc_clear()


def growth(path, runs):
    with io.open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    # In its place from the start, lest the list itself counts.
    totals = [0] * runs
    for index in range(runs):
        run(path, code)
        gc.collect()
        gc.collect()
        totals[index] = sys.gettotalrefcount()
    # The first runs import modules and fill caches.
    return [after - before for before, after in zip(totals[1:], totals[2:])]


def main():
    del sys.argv[0]
    sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
    grown = growth(sys.argv[0], 5)
    # What depends on timing, as threads that live on do, says nothing.
    print(grown if len(set(grown)) == 1 else "varies")
    # At its end, a debug build prints the total, which is nobody's business here.
    sys.stdout.flush()
    os._exit(0)


main()
