# UNPACK_SEQUENCE of tuples, lists, iterators and nonsense, with too few and too many items.
from __future__ import print_function


def unpack1(x):
    a, = x
    return a


def unpack3(x):
    a, b, c = x
    return c, b, a


def nested(x):
    (a, b), [c, (d,)] = x
    return a, b, c, d


def loop(pairs):
    out = []
    for i, (a, b) in enumerate(pairs):
        out.append((i, b, a))
    return out


def swap(n):
    a, b, c = 1, 2, 3
    for i in range(n):
        a, b, c = c, a, b
    return a, b, c


class Sequence(object):
    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError
        return i


class Fails(object):
    def __iter__(self):
        return self

    def __next__(self):
        raise ZeroDivisionError("next")
    next = __next__


class Subtuple(tuple):
    def __iter__(self):
        return iter("xyz")


def generator(n):
    for i in range(n):
        yield i


def show(f, make):
    try:
        return repr(f(make()))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


MAKE = [lambda: (1, 2, 3), lambda: [1, 2, 3], lambda: "abc", lambda: {"k": 1}, lambda: generator(3),
        lambda: generator(2), lambda: generator(4), lambda: (), lambda: [], lambda: [5], lambda: (5,),
        lambda: Sequence(3), lambda: Sequence(1), Fails, lambda: Subtuple((1, 2, 3)), lambda: 5,
        lambda: None, lambda: iter(()), lambda: ((1, 2), [3, (4,)]), lambda: ((1, 2), [3, 4]),
        lambda: [[1, 2, 3], [4]], lambda: range(3)]

for number, make in enumerate(MAKE):
    for f in (unpack1, unpack3, nested):
        for i in range(30):
            result = show(f, make)
        print(number, f.__name__, result)
print(loop([(i, i * i) for i in range(50)])[-1], swap(100))
try:
    loop([(1, 2)] * 40 + [(3,)])
except ValueError as e:
    print(e)


class Watched(object):
    alive = 0

    def __init__(self):
        Watched.alive += 1

    def __del__(self):
        Watched.alive -= 1


def leak(n):
    for i in range(n):
        try:
            a, b, c = [Watched(), Watched()]
        except ValueError:
            pass
        try:
            a, b = (Watched() for k in range(3))
        except ValueError:
            pass
        a, b = Watched(), Watched()
        a = b = None
    return Watched.alive


print(leak(50))
