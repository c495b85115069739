# Numbers that native code makes and releases itself: their objects are used again, but never while anybody has them.
from __future__ import print_function
import gc
import sys


def churn(n):
    kept = []
    x = 0.5
    for i in range(n):
        x = x * 1.0001 + 0.25
        kept.append(x)
        if len(kept) > 50:
            kept[i % 50] = x + 1.0
            kept.pop()
    return sum(kept), x


def ints(n):
    kept = []
    for i in range(n):
        kept.append(i * 7 - 1000)
        if len(kept) > 300:
            kept[i % 300] = i * 3
            kept.pop()
    return sum(kept), sorted(set(kept))[:5]


class Point(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y


def move(points, n):
    for _ in range(n):
        for p in points:
            p.x += p.y * 0.5
            p.y -= 0.125
    return [(p.x, p.y) for p in points]


def held(n):
    pairs = []
    for i in range(n):
        x = i + 0.5
        pairs.append((x, x))
        y = x
        x = x + 1.0
        if pairs[-1][0] is not pairs[-1][1] or y != i + 0.5:
            return "lost"
    return all(a is b for a, b in pairs), sum(a for a, b in pairs)


for n in (10, 1000, 5000):
    print(churn(n), ints(n))
    print(move([Point(1.0, 2.0), Point(3.0, 4.0), Point(-1.5, 0.0)], n))
    print(held(n))
print([x is y for x, y in zip(range(-8, 260, 7), [i for i in range(-8, 260, 7)])])


def small(n):
    return [n - i for i in range(4)]


for i in range(3000):
    small(i % 300)
a, b = small(257), small(257)
print(a, [x is y for x, y in zip(a, b)], [x is y for x, y in zip(small(-4), small(-4))])
before = [sys.getrefcount(n) for n in (0, 1, 256, -5)]
for i in range(500):
    small(256), small(1), small(-2)
after = [sys.getrefcount(n) for n in (0, 1, 256, -5)]
print(all(abs(x - y) < 20 for x, y in zip(before, after)))

gc.collect()
print(churn(2000), ints(2000))


def raising(n):
    total = 0.0
    for i in range(n):
        try:
            total += 1.0 / (i % 7 - 3)
        except ZeroDivisionError:
            total = total * 0.5 + i
    return total


print(raising(3000))
