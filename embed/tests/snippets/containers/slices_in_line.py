# Slices of exact sequences by ints are made without a slice object; all others, and what can be told from that, are not.
from __future__ import print_function
import sys
import traceback

LARGE = 1 << 70


def get(c, a, b):
    return c[a:b]


def get_step(c, a, b, s):
    return c[a:b:s]


def get_all(c):
    return c[:]


def get_from(c, a):
    return c[a:]


def get_to(c, b):
    return c[:b]


def put(c, a, b, v):
    c[a:b] = v


def put_step(c, a, b, s, v):
    c[a:b:s] = v


def put_all(c, v):
    c[:] = v


def put_made(c, a, b, n):
    c[a:b] = [n] * (b - a)


def put_reversed(c, k):
    c[:k + 1] = c[k::-1]


def told(f, *args):
    try:
        return f(*args)
    except Exception:
        lines = traceback.format_exc().splitlines()
        return [line.strip() for line in lines if "line" in line or "Error" in line][-2:]


class Index(object):
    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number

    def __repr__(self):
        return "Index"


class Shrinks(object):
    def __init__(self, victim):
        self.victim = victim

    def __index__(self):
        del self.victim[:]
        return 3


class List(list):
    def __getitem__(self, key):
        return "item", str(key)

    def __setitem__(self, key, value):
        print("set", str(key), value)

    def __getslice__(self, a, b):
        return "slice", a, b

    def __setslice__(self, a, b, value):
        print("set slice", a, b, value)


class Str(str):
    pass


class Any(object):
    def __getitem__(self, key):
        return "any", str(key)

    def __setitem__(self, key, value):
        print("any", str(key), value)


BOUNDS = [None, 0, 1, 3, 5, 9, -1, -3, -9, True, Index(2), LARGE, -LARGE, 1 << 40, -1 << 40, "x", 2.0]
SEQUENCES = [[1, 2, 3, 4, 5], (1, 2, 3, 4, 5), "abcde", u"abcd\u20ac", b"vwxyz", [], (), "", u"", bytearray(b"12345"),
             List([1, 2, 3]), Str("abc"), Any(), 7]

for sequence in SEQUENCES:
    for turn in range(3):
        results = [told(get, sequence, a, b) for a in BOUNDS for b in BOUNDS]
    print(type(sequence).__name__, results)
    for turn in range(3):
        results = [told(get_step, sequence, a, b, s) for a in (None, 0, 4, -1, 9, -9) for b in (None, 0, 3, -2, 9, -9)
                   for s in (None, 1, 2, -1, -2, 3, LARGE, -LARGE, 1 << 40, True, Index(2), 0, "x")]
    print(results)
    print([told(get_all, sequence), told(get_from, sequence, 2), told(get_to, sequence, 2)])

# What CPython hands back itself.
for sequence in ((1, 2, 3), "abcde", u"abcde", b"abcde", [1, 2]):
    for turn in range(60):
        same = [get_all(sequence) is sequence, get(sequence, 0, len(sequence)) is sequence, get_from(sequence, 0) is sequence,
                get_step(sequence, 0, None, 1) is sequence, get(sequence, 0, 99) is sequence]
    print(type(sequence).__name__, same)


# Stores: of lists that nobody else has, of others, of more and of fewer items, of the list itself.
def stores():
    kept = [7, 8]
    for turn in range(60):
        c = [0, 1, 2, 3, 4, 5]
        put_made(c, 1, 4, turn)
        put_reversed(c, 3)
        put(c, 0, 2, kept)
        put(c, 4, 6, (9, 9))
        put(c, -1, None, [1, 2, 3])
        put(c, 2, 4, [])
        put(c, 3, 1, "ab")
        put_all(c, c)
        put(c, 1, 2, c)
        put(c, None, 2, (n for n in range(3)))
        put_step(c, None, None, 2, [None] * len(c[::2]))
        put_step(c, 0, 2, None, [1])
        put_step(c, 0, 2, 1, [4, 5])
    return c, kept


print(stores())
for turn in range(60):
    results = []
    for target in ([1, 2, 3], List([1, 2]), Any() if turn == 0 else [1], (1, 2), "abc", bytearray(b"abc")):
        for value in ([9], (8, 8), "z", 5, None, b"q"):
            for a, b in ((0, 1), (None, 2), (Index(1), LARGE), ("x", 1)):
                if turn == 0 or type(target) is not List:
                    results.append((told(put, target, a, b, value), str(target)[:20].replace("__main__.", "")[:7]))
    results.append(told(put_step, [1, 2, 3, 4], None, None, 2, [1]))
    results.append(told(put_step, [1, 2, 3, 4], None, None, 0, [1]))
print(results)


# What is stored is kept elsewhere too, or was.
def chained():
    for turn in range(60):
        c = [1, 2, 3]
        x = c[0:2] = [turn, turn + 1]
        c[1:3] = y = [turn, -turn]
        kept = [y]
        c[0:2] = y
        z = [7, 8]
        c[0:2] = z
        del z
        y = [5]
        c[2:] = kept.pop()
    return x, y, c


print(chained())


# The bounds change the list, or the iterable does.
def changing():
    for turn in range(60):
        c = [1, 2, 3, 4, 5]
        first = told(get, c, 0, Shrinks(c))
        c = [1, 2, 3, 4, 5]
        told(put, c, 1, Shrinks(c), [6])
        d = [1, 2, 3]

        def items():
            d.append(0)
            yield 1
        put(d, 1, None, items())
    return first, c, d


print(changing())


# Items that notice when they go, and look at the list.
class Noisy(object):
    def __init__(self, name, log, owner=None):
        self.name, self.log, self.owner = name, log, owner

    def __del__(self):
        owner = self.owner
        shown = None if owner is None else [getattr(item, "name", item) for item in owner]
        self.log.append((self.name, shown))
        if owner and self.name == "clears":
            del owner[:]


def noisy():
    log = []
    for turn in range(60):
        del log[:]
        c = [Noisy("a", log), Noisy("b", log), 1]
        put(c, 0, 2, [2, 3])
        c[:] = [Noisy("c", log), 0, Noisy("d", log)]
        c[0:3] = [Noisy("e", log), Noisy("clears", log, c), Noisy("f", log)]
        c[0:3] = [Noisy("g", log), 5, Noisy("h", log)]
        both = Noisy("twice", log)
        e = [both, both, both]
        both = None
        e[0:2] = [1, 2]
        e[0:3] = [3, 4, 5]
        c = e = None
    return log


print(noisy())
for turn in range(60):
    c = [1, 2, 3]
    c[0:2] = [4, 5]
    sizes = sys.getsizeof(c) - sys.getsizeof([1, 2, 3])
print(sizes)


# A traceback names the line of the subscript.
def over_lines(c, a, b):
    return (c
            [a:
             b])


for turn in range(60):
    try:
        over_lines(5, 1, 2)
    except TypeError:
        lines = [line.strip() for line in traceback.format_exc().splitlines()]
print(lines)


def in_branches(c, n):
    return c[n if n else 1:n or 3], c[:n and 2]


for turn in range(60):
    results = [in_branches("abcdef", n) for n in (0, 1, 2)]
print(results)
