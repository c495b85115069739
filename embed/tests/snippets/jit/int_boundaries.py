# Ints at the edges of digits and of 63 and 64 bits.
from __future__ import print_function

EDGES = []
for bits in (15, 29, 30, 31, 32, 45, 53, 59, 60, 61, 62, 63, 64, 90):
    for delta in (-2, -1, 0, 1, 2):
        EDGES.append((1 << bits) + delta)
        EDGES.append(-(1 << bits) + delta)
EDGES += [0, 1, -1, 2, -2]


def show(x):
    return '%s%s' % (x, 'L' if type(x).__name__ == 'long' else '')


def sums(x, n):
    for i in range(n):
        x = x + 1
    return x


def differences(x, n):
    for i in range(n):
        x = x - 1
    return x


def steps(x, d, n):
    i = 0
    while i < n:
        x += d
        i += 1
    return x


def doubled(n):
    x = 1
    y = -1
    out = []
    for i in range(n):
        x = x * 2
        y = y * 2
        if i % 61 == 0:
            x = 1
            y = -1
        out.append((x, y))
    return out


def negated(values):
    out = []
    for x in values:
        out.append(-x)
        out.append(~x)
        out.append(+x)
        out.append(x ** 2)
    return out


def pairs(values, n):
    total = 0
    for x in values:
        for y in values:
            total ^= hash((x + y, x - y, x * y, x & y, x | y, x ^ y))
    return total


def typed(values):
    out = []
    for x in values:
        for y in values:
            out.append(show(x + y))
            out.append(show(x - y))
            out.append(show(x * y))
    return hash(tuple(out)) if False else sum(len(s) * (k % 97 + 1) for k, s in enumerate(out)), out[::997]


for start in EDGES:
    print(show(sums(start - 700, 1400)), show(differences(start + 700, 1400)), show(steps(start - 3, 3, 10)))
for x, y in doubled(3000)[:130]:
    print(show(x), show(y))
small = [k for k in range(-20, 21)]
for k in range(100):
    negated(small)
print([show(x) for x in negated(EDGES)])
for k in range(3):
    pairs(small, 0)
print(typed(EDGES))
print(typed(small))


def running(x, n):
    """Crosses the border in the middle of a hot loop."""
    crossed = 0
    for i in range(n):
        y = x + i * 1000003
        if y > 9223372036854775807:
            crossed += 1
    return show(y), crossed


print(running(9223372036854775807 - 4000 * 1000003, 8000))
print(running((1 << 62) - 4000 * 1000003, 8000))
print(running((1 << 60) - 4000 * 1000003, 8000))
