# Arrays of numbers, subscripted in hot code: all typecodes, negative indices, ranges, resizing, other types, subclasses.
from __future__ import print_function
import array
import sys


def total(a):
    result = 0
    for i in range(len(a)):
        result += a[i]
    return result


def backwards(a):
    return [a[-i - 1] for i in range(len(a))]


def fill(a, value):
    for i in range(len(a)):
        a[i] = value
    return a


def smooth(a, omega):
    for i in range(1, len(a) - 1):
        a[i] = omega * (a[i - 1] + a[i + 1]) + (1 - omega) * a[i]
    return a[len(a) // 2]


def error_of(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


def store(a, i, value):
    a[i] = value
    return a[i]


def load(a, i):
    return a[i]


codes = 'bBhHiIlLfd'
for code in codes:
    a = array.array(code, [1, 2, 3, 100] * 10)
    for _ in range(40):
        last = total(a), backwards(a)[:5], fill(a[:], 7)
    print(code, type(last[0]).__name__, last[0], [type(v).__name__ for v in last[1][:2]], last[1], last[2][:3])

for _ in range(60):
    a = array.array('d', [0.0] * 50)
    a[0] = 1
    a[49] = 2.5
    for _ in range(5):
        last = smooth(a, 0.5)
print(repr(last), a[:4])

# What an array cannot hold, and what it converts.
limits = {'b': (-128, 127), 'B': (0, 255), 'i': (-2 ** 31, 2 ** 31 - 1), 'l': (-2 ** 63, 2 ** 63 - 1)}
for code in sorted(limits):
    a = array.array(code, [0] * 4)
    for _ in range(60):
        store(a, 1, 5)
    least, most = limits[code]
    for value in (least, most, least - 1, most + 1, True, 2.0, 1.5, None, 'x', 2 ** 70):
        print(code, value, error_of(store, a, 2, value))
a = array.array('d', [0] * 4)
for _ in range(60):
    store(a, 1, 5.5)
for value in (1, 2 ** 53 + 1, 2 ** 70, True, None, float('nan'), -0.0, 'x'):
    print('d', value, error_of(store, a, 2, value))
for i in (0, 3, -1, -4, 4, -5, 2 ** 40, True, 1.5, None, slice(1, 3)):
    print(i, error_of(load, a, i), error_of(store, a, i, 1.5) if not isinstance(i, slice) else '')

# Another typecode, another type, a subclass: at one place.
class Loud(array.array):
    def __getitem__(self, i):
        return ('got', i)
    def __setitem__(self, i, value):
        print('set', i, value)


for thing in (array.array('d', [1.5, 2.5]), array.array('i', [1, 2]), array.array('B', [3, 4]), [5, 6], Loud('d', [7, 8]),
              array.array('d', [9.5, 10]), (11, 12), {1: 13}):
    for _ in range(50):
        last = load(thing, 1)
    print(type(last).__name__, last)
store(Loud('d', [1, 2]), 0, 3)


# Resized while a loop runs over it.
def growing(a):
    i = 0
    seen = []
    while i < len(a):
        seen.append(a[i])
        if len(a) < 40 and i % 3 == 0:
            a.append(i)
        if i == 30:
            del a[35:]
        i += 1
    return seen


for _ in range(40):
    last = growing(array.array('l', range(10)))
print(last)

# Small ints are the one object of theirs, others are not.
a = array.array('l', [5, 5, 1000, 1000])


def same(a):
    return a[0] is a[1], a[2] is a[3], a[0] is 5


for _ in range(3000):
    last = same(a)
print(last)

# Kept alive by the subscript alone.
def fresh(n):
    return array.array('d', [n + 0.5])[0]


for n in range(3000):
    last = fresh(n)
print(last, sys.getrefcount(a) - 1)
