# What frames show of hot loops while these run: f_locals, f_lineno, f_lasti, inspect.stack(), vars(), dir(), eval().
from __future__ import print_function
import inspect
import sys

N = 30000


def look(depth=1):
    frame = sys._getframe(depth)
    shown = dict((k, v) for k, v in frame.f_locals.items() if isinstance(v, (int, float, bool)))
    return sorted(shown.items()), frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti


def plain(n):
    seen = []
    total = 0
    scale = 1.5
    flag = False
    for i in range(n):
        total += i
        scale = scale * 1.25 if scale < 1e6 else 1.5
        flag = not flag
        if i % 9000 == 8999:
            seen.append(look())
            seen.append((look(), look(
                1)))
            late = i * 2
            again = total
    return seen


def nested(n):
    def inner(m):
        count = 0
        while count < m:
            count += 1
            if count == m - 1:
                both = (look(1), look(2))
        return both
    seen = []
    outer = 0.25
    i = 0
    while i < n:
        i += 1
        outer += 0.5
        if i % 10000 == 0:
            seen.append(inner(i // 100))
    return seen


def names(n):
    total = 0
    for i in range(n):
        total += i
        if i == n - 2:
            first = sorted(locals().items()), sorted(vars().items()), dir()
    return first, dir()


def evaluated(n):
    total = 0
    kept = []
    for i in range(n):
        total += i
        if i % 10000 == 1:
            kept.append(eval("(total, i, total + i, sorted(locals())[0])"))
            kept.append(eval("[x + 1 for x in (1, 2)]"))
    return kept


def executed(n):
    total = 0
    space = {}
    for i in range(n):
        total += i
        if i % 10000 == 1:
            exec("seen = total, i", {"total": total, "i": i}, space)
            exec("def late(): return %d" % i, space)
    return space["seen"], space["late"]()


def stacked(n):
    total = 0
    result = None
    for i in range(n):
        total += i
        if i == n - 3:
            result = [(record[3], record[2] - record[0].f_code.co_firstlineno,
                       sorted(k for k, v in record[0].f_locals.items() if isinstance(v, int)))
                      for record in inspect.stack(0)[:2]]
    return result


def through(n):
    return stacked(n)


def current(n):
    total = 0
    for i in range(n):
        total += 2
        if i == n - 3:
            frame = list(sys._current_frames().values())[0]
            shown = frame.f_lineno - frame.f_code.co_firstlineno, frame.f_locals["total"], frame.f_locals["i"]
    return shown


def unbound(n):
    seen = []
    for i in range(n):
        if i % 10000 == 9999:
            seen.append(look())
            x = i
            seen.append(look())
            del x
            seen.append(look())
    return seen


def outer(n):
    cell = 0
    def show():
        return look(2), cell
    for i in range(n):
        cell += i
        if i % 12000 == 7:
            found = show()
    return found


def arguments(a, b=2.5, *rest, **more):
    total = 0
    for i in range(N):
        a += 1
        b += 0.5
        if i == N - 2:
            found = inspect.getargvalues(sys._getframe())
            values = found.locals["a"], found.locals["b"]
            return found.args, found.varargs, found.keywords, values


def show(value):
    if isinstance(value, list):
        for item in value:
            print("  ", item)
    else:
        print("  ", value)


for function in (plain, nested, names, evaluated, executed, through, current, unbound, outer):
    for attempt in range(2):
        print(function.__name__, attempt)
        show(function(N))
print(arguments(1))
print(arguments(1, 2, 3, x=4))
