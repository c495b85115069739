# Sequences are unpacked in code that is too large for each of them to be unpacked in line.
from __future__ import print_function
import sys

LINES = 300
body = ''.join('        a, b, c = x\n        total += a - b + %d\n' % line for line in range(LINES))
source = 'def large(xs):\n    total = 0\n    for x in xs:\n%s    return total, a, b, c\n' % body
names = {}
exec(source, names)
large = names['large']


class Pair(tuple):
    def __iter__(self):
        return iter((1, 2, 3))


class Dropped(object):
    count = 0

    def __del__(self):
        Dropped.count += 1

    def __sub__(self, other):
        return 1


def given(n):
    for i in range(n):
        yield i


def told(xs):
    try:
        return large(xs)
    except Exception as error:
        return type(error).__name__, str(error), sys.exc_info()[2].tb_next.tb_lineno


print(len(large.__code__.co_code) > 4096)
for _ in range(60):
    result = large([(1, 2, 3)]), large([[4, 5, 6], (7, 8, 9)]), large([(1.5, 2, None)] * 2), large([Pair((7, 8, 9))])
print(result)
print(large(['abc'[:0] and [] or (3, 2, 1), {1: 0, 2: 0, 3: 0}, range(3)]), told([given(3)]))
print(told([(1, 2)]), told([[1, 2, 3, 4]]), told([5]), told([(1, 2, 3), ('a', 1, 2)]))
print(large([(Dropped(), 0, Dropped())])[0], Dropped.count)
