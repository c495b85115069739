# Imports inside hot functions, their errors, and an __import__ of our own.
from __future__ import print_function
import sys
import types
try:
    import builtins
except ImportError:
    import __builtin__ as builtins


def plain():
    import math
    return math.sqrt(4)


def dotted():
    import os.path
    import xml.dom as d
    return os.path.sep, d.__name__


def names():
    from math import floor, ceil as up
    return floor(1.5), up(1.5)


def missing():
    import there_is_no_such_module


def missing_in_package():
    import os.there_is_no_such_module


def missing_name():
    from math import there_is_no_such_name


def relative():
    from . import something


def fake():
    from fake_package import attribute, other
    return attribute, other


def late(flag):
    if flag:
        import math
    return math.pi


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        text = str(e)
        return "%s: %s" % (type(e).__name__, text.split(" (")[0])


package = types.ModuleType("fake_package")
package.attribute = 5
sys.modules["fake_package"] = package

for i in range(40):
    results = [show(f) for f in (plain, dotted, names, missing, missing_in_package, missing_name, relative, fake)]
    results += [show(late, 0), show(late, 1)]
for r in results:
    print(r)
package.other = 6
print(show(fake))


class Strange(object):
    __name__ = "strange"

    def __getattr__(self, name):
        if name == "broken":
            raise ZeroDivisionError(name)
        if name.startswith("__"):
            raise AttributeError(name)
        return name.upper()


def strange():
    from strange_module import abc, broken
    return abc


def strange_ok():
    from strange_module import abc, xyz
    return abc, xyz


sys.modules["strange_module"] = Strange()
for i in range(40):
    r = show(strange), show(strange_ok)
print(r)

calls = []
original = builtins.__import__


def own_import(name, *args, **kw):
    calls.append((name, len(args), args[2] if len(args) > 2 else None, args[3:], sorted(kw)))
    return original(name, *args, **kw)


builtins.__import__ = own_import
try:
    for i in range(40):
        plain()
        names()
        del calls[:-2]
finally:
    builtins.__import__ = original
print(calls)


def without_import():
    del builtins.__import__
    try:
        import math
    finally:
        builtins.__import__ = original


for i in range(40):
    r = show(without_import)
print(r)

source = """
from __future__ import absolute_import
def f():
    import math
    from math import pi
    return pi > 3
"""
space = {"__name__": "x"}
exec(compile(source, "<absolute>", "exec"), space)
for i in range(40):
    r = space["f"]()
print(r)
