# GET_ITER and FOR_ITER over everything, with ends, errors and changes on the way.
from __future__ import print_function
import sys


def collect(x, limit=200):
    out = []
    for v in x:
        out.append(v)
        if len(out) == limit:
            break
    else:
        out.append("else")
    return out


def total(x):
    t = 0
    for v in x:
        t += v
    return t


class Counter(object):
    def __init__(self, n, error=StopIteration):
        self.n, self.error = n, error

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise self.error
        return self.n
    next = __next__


class Items(object):
    def __getitem__(self, i):
        if i == 40:
            raise IndexError
        return i * 2


class BadItems(object):
    def __getitem__(self, i):
        raise KeyError("item %d" % i)


class BadIter(object):
    def __iter__(self):
        return 5


class NoIter(object):
    pass


class StopArgs(StopIteration):
    pass


def generator(n, error=None):
    for i in range(n):
        yield i
    if error:
        raise error


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


MAKE = [
    lambda: [1, 2, 3], lambda: (1, 2, 3), lambda: range(50), lambda: range(5, 50, 7), lambda: range(0),
    lambda: range(10, -10, -3), lambda: set([1, 2]), lambda: {1: 2}, lambda: "abc", lambda: Counter(40),
    lambda: Counter(3, ValueError("next")), lambda: Counter(3, StopArgs(7)), Items, BadItems, BadIter, NoIter,
    lambda: generator(60), lambda: generator(2, ValueError("generator")), lambda: 5, lambda: None,
    lambda: enumerate([5]), lambda: zip([1], [2]), lambda: iter([]), lambda: reversed([1, 2]),
    lambda: iter(lambda: 1, 1), lambda: map(lambda v: v + 1, [1, 2]), lambda: map(lambda v: 1 // v, [1, 0]),
    lambda: [True, 2.5, 10 ** 20], lambda: [1, "x"],
]

for number, make in enumerate(MAKE):
    for i in range(30):
        result = show(lambda: collect(make())), show(lambda: total(make()))
    print(number, result)


def grow(n):
    values = [1]
    for v in values:
        if len(values) < n:
            values.append(v + 1)
    return sum(values)


def shrink(n):
    values = list(range(n))
    seen = 0
    for v in values:
        seen += 1
        values.pop()
    return seen, len(values)


def dict_changes(n):
    d = dict.fromkeys(range(n))
    for k in d:
        if k == n - 2:
            d[n + 1] = None


def exhausted(x):
    it = iter(x)
    first = collect(it)
    return first, collect(it), next(it, "none left")


def appended_after_end():
    values = [1, 2]
    it = iter(values)
    collect(it)
    values.append(3)
    return collect(it)


for i in range(40):
    result = grow(60), shrink(60), show(dict_changes, 40), exhausted([1]), exhausted((1,)), exhausted(range(2))
    late = appended_after_end()
print(result, late)


def nested(n):
    out = 0
    for i in range(n):
        for j in range(i):
            if j == 3:
                continue
            if j > 5:
                break
            out += i * j
        else:
            out += 1000
    return out


print(nested(60), [x * y for x in range(5) for y in range(x) if (x + y) % 2])


def released(values):
    before = sys.getrefcount(values[0])
    for i in range(40):
        for v in values:
            pass
        for v in tuple(values):
            break
        for v in iter(values):
            last = v
    v = last = None
    return sys.getrefcount(values[0]) - before


print(released([object(), object(), object()]))
