# sys._getframe, locals(), line numbers and tracebacks of frames that run hot code.
from __future__ import print_function
import sys
import traceback


def line():
    return sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno


def lines(n):
    seen = []
    for i in range(n):
        first = line()
        second = line(
        )
        if i % 500 == 0:
            seen.append((i, first, second, line()))
    return seen


def look():
    frame = sys._getframe(1)
    return sorted((name, value) for name, value in frame.f_locals.items() if name != "seen")


def looked_at(n):
    seen = []
    total = 0
    scale = 0.5
    for i in range(n):
        total += i
        scale = scale * 1.5 if scale < 100 else 0.5
        if i % 700 == 3:
            seen.append(look())
            half = i // 2
    return seen


def own_locals(n):
    a = b = 0
    while a < n:
        a += 1
        b += a
        if a % 1000 == 0:
            c = dict(locals())
    return sorted(item for item in c.items() if item[0] != "c")


def fails(n):
    total = 0
    for i in range(n):
        total += 10 // (n - 1 - i)
    return total


def calls(n):
    for i in range(n):
        if i == n - 1:
            return fails(
                n)


def stack():
    return [frame[2] for frame in traceback.extract_stack()][-3:]


def deep(n):
    last = None
    for i in range(n):
        last = stack()
    return last


def show(function, *args):
    try:
        function(*args)
    except Exception:
        error, value, where = sys.exc_info()
        print(error.__name__, value)
        while where is not None:
            frame = where.tb_frame
            names = sorted(item for item in frame.f_locals.items() if isinstance(item[1], (int, float)))
            print("  ", frame.f_code.co_name, where.tb_lineno - frame.f_code.co_firstlineno,
                  names if frame.f_code.co_name in ("fails", "calls") else "")
            where = where.tb_next


def caller_name():
    return sys._getframe(2).f_code.co_name


def middle():
    return caller_name()


def names(n):
    seen = set()
    for i in range(n):
        seen.add(middle())
    return seen


print(lines(3001))
for seen in looked_at(3000):
    print(seen)
print(own_locals(5000))
for n in (3000, 2, 3000):
    show(fails, n)
    show(calls, n)
print(deep(2000))
print(names(2000))
