# -0.0, % and // of floats, overflow, comparisons with ints near 2**53.
from __future__ import print_function

INF = float('inf')
NAN = INF - INF
VALUES = [0.0, -0.0, 1.0, -1.0, 0.1, -0.1, 2.5, -2.5, 7.0, -7.0, 1e300, -1e300, 1e-300, 5e-324, INF, -INF, NAN]


def table(values):
    out = []
    for x in values:
        for y in values:
            row = [x + y, x - y, x * y, -x]
            try:
                row.append(x / y)
            except ZeroDivisionError as e:
                row.append(str(e))
            try:
                row.append(x // y)
            except ZeroDivisionError as e:
                row.append(str(e))
            try:
                row.append(x % y)
            except ZeroDivisionError as e:
                row.append(str(e))
            out.append(row)
    return out


for k in range(20):
    table([0.5, 1.5, -2.5, 3.25, -0.75, 1e10])
print(repr(table(VALUES)))


def near(start, n):
    x = float(start)
    hits = [0] * 6
    i = start - n // 2
    for k in range(n):
        if i < x:
            hits[0] += 1
        if i == x:
            hits[1] += 1
        if x <= i:
            hits[2] += 1
        if x != i:
            hits[3] += 1
        hits[4] += i > x
        hits[5] += x >= i
        i += 1
    return hits


for start in (0, 1 << 52, 1 << 53, (1 << 53) + 1, (1 << 60), (1 << 62) + 1, 1 << 63, 1 << 64):
    print(near(start, 4000), near(-start, 4000))


def negative_zero(n):
    x = 0.0
    signs = []
    for i in range(n):
        y = -x
        if i % 1000 == 0:
            signs.append((y, y * 1.0, 0 * y, y + 0, y + y, x - y, abs(y), -y))
        x = y
    return signs


print(negative_zero(4000))


def mixed(n):
    x = 0.5
    for i in range(n):
        x = x + i
        x = i - x
        x = x * 3 % 1000
        x = x / 2 + i // 7.0 + 7 // (i + 1.0)
        x -= 1
    return x


print(repr(mixed(5000)))


def overflow(n):
    x = 1.0
    for i in range(n):
        x = x * 1.5
        if x == INF:
            return i, x, -x, x - x != x - x
    return x


print(overflow(5000))


def powers(n):
    out = []
    for i in range(n):
        out.append((i * 0.5) ** 2 + i ** 2 + 2 ** (i & 15) + (i + 1) ** -1 + (i + 1) ** 0.5)
    return out[::500]


print(powers(4000))


def large_ints(n):
    """Converts ints that a double cannot hold."""
    x = 0.0
    i = (1 << 53) - n
    last = []
    for k in range(2 * n):
        x = i * 0.5
        y = i + 0.25
        z = 1.5 - i
        if k % 499 == 0:
            last.append((x, y, z))
        i += 1
    return last


print(large_ints(3000))


def conversion_overflow(n):
    bad = []
    for k in range(n):
        i = 3 if k < n - 2 else 1 << 2000
        try:
            1.5 * i
        except OverflowError as e:
            bad.append((k, str(e)))
        bad.append(1e308 < i) if k > n - 4 else None
    return bad


print(conversion_overflow(4000))
