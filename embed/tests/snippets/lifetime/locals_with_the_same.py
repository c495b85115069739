# Locals that get what they have already: nothing is gained or lost by that.
from __future__ import print_function
import sys


class Item(object):
    def __del__(self):
        log.append("gone")


log = []


def tuples(pair, times):
    for n in range(times):
        a, b = pair
        a, b = pair
        a, b = pair
        b, a = pair
        a, b = pair
    return a, b


def lists(items, times):
    got = None
    for n in range(times):
        a, b, c = items
        a, b, c = items
        if n == times - 2:
            items[1] = Item()
        a, b, c = items
        a, b, c = items
        got = b
    return got


def deleted(pair, times):
    for n in range(times):
        a, b = pair
        a, b = pair
        del a
        a, b = pair
        del b
    try:
        return b
    except UnboundLocalError as error:
        return str(error)


def raising(pair, times):
    for n in range(times):
        a, b = pair
        a, b = pair
        try:
            a, b = pair if n < times - 1 else ()
        except ValueError:
            return a is pair[0], b is pair[1]


def looking(pair, times):
    seen = None
    for n in range(times):
        a, b = pair
        a, b = pair
        if n == times - 1:
            seen = sorted(locals().items())[:2]
        a, b = pair
    return [item is value for (name, item), value in zip(seen, pair)]


pair = (Item(), Item())
counts = [sys.getrefcount(item) for item in pair]
for turn in range(40):
    result = tuples(pair, 90)
    assert result[0] is pair[0] and result[1] is pair[1]
    del result
    items = [Item(), Item(), None]
    assert lists(items, 30) is items[1]
    del items
    results = deleted(pair, 40), raising(pair, 40), looking(pair, 40)
    log.append(results)
    if turn not in (0, 39):
        del log[:]
print(log)
print([sys.getrefcount(item) for item in pair] == counts)
pair = item = None
print(log[-2:])


# Whoever writes the locals of a frame while one of its variables dies, writes before what comes next.
class Writing(object):
    def __del__(self):
        frame = sys._getframe(1)
        frame.f_locals["a"] = "written"
        to_fast(ctypes.py_object(frame), 0)


def written(pair, times):
    seen = []
    for n in range(times):
        b = Writing() if n % 7 == 3 else None
        a, b = pair
        a, b = pair
        seen.append(b)
        seen.append(a)
    return seen.count(pair[0]), seen.count("written")


try:
    import ctypes
except ImportError:
    pass
else:
    to_fast = ctypes.pythonapi.PyFrame_LocalsToFast
    to_fast.restype = None
    for turn in range(3):
        results = written(("x", "y"), 300)
    print(results)
