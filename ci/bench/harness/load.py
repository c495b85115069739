"""Runs a program as the main module, so that its iterations are driven from here."""
import os
import sys

from harness import standin


def run(path, args, deps, program, iterations):
    """Runs the file `path` and its iterations.

    A program of pyperformance drives its iterations by a Runner of the module pyperf; one of ours has a function
    `run`, of no arguments, whose every call is an iteration.
    """
    module = type(sys)("__main__")
    module.__file__ = path
    # The module that runs now must not go: in Python 2 its names would go with it.
    sys.modules["driver"] = sys.modules["__main__"]
    sys.modules["__main__"] = module
    sys.argv = [path] + args
    sys.path[0] = os.path.dirname(path)
    if deps is not None:
        sys.path.insert(1, os.path.abspath(deps))
    offered = standin.install(program, iterations)
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", 0, True)
    eval(code, module.__dict__)
    if not offered and hasattr(module, "run"):
        iterations.whole(module.run)
    elif not iterations.sums:
        sys.exit("%s has no %s, only %s" % (path, program.name, ", ".join(offered) or "no programs at all"))
