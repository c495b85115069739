# Shifts by all distances, also negative ones, in hot loops.
from __future__ import print_function


def show(x):
    return '%s%s' % (x, 'L' if type(x).__name__ == 'long' else '')


def left(x, n):
    out = []
    for k in range(n):
        out.append(x << (k % 70))
    return out


def right(x, n):
    out = []
    for k in range(n):
        out.append(x >> (k % 70))
    return out


def constant(n):
    out = []
    for k in range(n):
        out.append((k << 3, k << 40, k << 51, k << 62, k << 63, -k << 55, k >> 1, -k >> 2, -k >> 62, -k >> 63, -k >> 64, k >> 200))
    return out


def caught(n):
    bad = []
    for k in range(n):
        d = k if k < n - 3 else -1
        try:
            1 << (d & 7 if d >= 0 else d)
            5 >> d
        except ValueError as e:
            bad.append((k, str(e)))
    return bad


def shifting(n):
    x = 1
    tops = []
    for k in range(n):
        x = x << 1
        if k % 80 == 79:
            tops.append(show(x))
            x = 1
    return tops


for x in (0, 1, -1, 3, -3, 12345, -12345, (1 << 30) - 1, 1 << 30, -(1 << 30), (1 << 62) - 1, 1 << 62, -(1 << 62), -(1 << 63)):
    print([show(v) for v in left(x, 3000)[:70]])
    print([show(v) for v in right(x, 3000)[-70:]])
rows = constant(6000)
print([[show(v) for v in row] for row in rows[::599]])
print(caught(4000))
print(shifting(4000)[:3])


def masks(n):
    h = 5381
    for k in range(n):
        h = ((h << 5) + h + k) & 0xffffffff
        h ^= h >> 7
        h = (h * 2654435761) & 0xffffffffffffffff
        h = h ^ (h >> 33)
    return h


print(show(masks(10000)))
