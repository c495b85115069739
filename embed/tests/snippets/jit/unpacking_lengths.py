# Unpacking with the wrong length, or of another type, after many right ones.
from __future__ import print_function


def pairs(values):
    total = 0
    errors = []
    for v in values:
        try:
            a, b = v
            total += a + b
        except (ValueError, TypeError) as e:
            errors.append('%s: %s' % (type(e).__name__, e))
    return total, errors


def in_header(values):
    total = 0
    for a, (b, c) in values:
        total += a * b - c
    return total


def generator(n):
    for i in range(n):
        yield i


class Sequence(object):
    def __getitem__(self, i):
        if i < 2:
            return i + 100
        raise IndexError(i)


right = [(i, i + 1) for i in range(5000)]
odd = [(1, 2, 3), (1,), (), [1, 2], [1], [1, 2, 3], 'ab', 5, None, Sequence(), {1: 2, 3: 4}, generator(2), generator(3)]
print(pairs(right + odd + right[:10]))
print(pairs([list(p) for p in right] + odd))
print(in_header([(i, (i, 2)) for i in range(5000)]))
try:
    in_header([(i, (i, 2)) for i in range(5000)] + [(1, (2, 3, 4))])
except ValueError as e:
    print(e)
try:
    in_header([(i, (i, 2)) for i in range(5000)] + [(1, 2)])
except TypeError as e:
    print(e)


def fibonacci(n):
    a, b = 0, 1
    for i in range(n):
        a, b = b, (a + b) % 1000003
    return a, b


def three(n):
    a, b, c = 1, 2, 3
    for i in range(n):
        a, b, c = c, a, b
        [a, b, c] = [b, c, a]
        (a, b), c = (b, a), c + 1
    return a, b, c


print(fibonacci(5000), three(5000))
for k in range(600):
    pairs([(k, 1), (1, 2, 3)])
    fibonacci(3)
print(fibonacci(10), pairs([(1, 2), [3, 4], 'xy']))
