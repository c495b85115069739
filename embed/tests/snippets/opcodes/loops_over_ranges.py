# Loops over ranges, of which no list is made: what they give, raise and leave behind.
from __future__ import print_function
import sys

try:
    lazy = xrange
except NameError:
    lazy = range

ROUNDS = 1000


def nested(n):
    total = 0
    for i in range(n):
        for j in range(i, 0, -2):
            total += j
        for k in lazy(2, 5):
            total -= k
    return total


def given(n):
    for i in range(n):
        yield i
        yield [j for j in range(i)]


def broken(n):
    for i in range(n):
        if i == 7:
            break
    else:
        i = 'all'
    return i


def rebinding(n):
    seen = []
    for i in range(n):
        seen.append(i)
        i = 'other'
        n = 0
    return seen, i


class Int(int):
    pass


for _ in range(ROUNDS):
    result = nested(20), list(given(4)), broken(5), broken(50), rebinding(3)
print(result)


def wrong(*arguments):
    try:
        for i in range(*arguments):
            return i
        return 'none'
    except Exception as error:
        return type(error).__name__, str(error)


def step(a, b, c):
    try:
        for i in range(a, b, c):
            return i
        return 'none'
    except (TypeError, ValueError, OverflowError, MemoryError) as error:
        return type(error).__name__


for _ in range(ROUNDS):
    step(1, 10, 2)
big = sys.maxsize
print([step(*a) for a in ((1, 10, 0), (5, 1, 1), (5, 1, -3), (Int(3), 9, 1), ('a', 1, 1), (True, 4, 1))])
print(step(big - 1, big, 1), step(-big - 1, -big, 1), step(0, 3, big))


def far(n):
    for i in range(n):
        if i > 1100000:
            return i


for _ in range(ROUNDS):
    far(5)
print(far(1 << 21))


def replaced(n):
    total = 0
    for i in range(n):
        total += i
    return total


for _ in range(ROUNDS):
    replaced(10)
range = lambda n: [100, 200]
print(replaced(10))
del range
print(replaced(10))


def deep(n):
    if n == 0:
        return sys._getframe(1).f_locals.get('i')
    for i in range(n, n + 1):
        return deep(n - 1)


print(deep(3))
