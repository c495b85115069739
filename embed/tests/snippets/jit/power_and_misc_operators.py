# Squares, powers, unary operators, divmod, abs, int and float mixes at the borders.
from __future__ import print_function


def show(x):
    return '%r%s' % (x, 'L' if type(x).__name__ == 'long' and not repr(x).endswith('L') else '')


def squares(values):
    return [show(v ** 2) for v in values] + [show(v * v) for v in values]


def powers(values):
    out = []
    for v in values:
        out.append(show(v ** 3))
        out.append(show(2 ** (v & 63)))
        out.append(show((v & 7) ** (v & 15)))
        try:
            out.append(show(v ** -1))
        except ZeroDivisionError as e:
            out.append(str(e))
    return out


def unary(values):
    out = []
    for v in values:
        out.append((show(-v), show(+v), show(abs(v)), not v, show(- -v), show(-(v + 1)), show(~v) if not isinstance(v, float) else None))
    return out


ordinary = list(range(-100, 100))
for k in range(20):
    squares(ordinary)
    powers(ordinary)
    unary(ordinary)
edges = [0, 1, -1, 46340, 46341, -46341, 3037000499, 3037000500, -3037000500, 1 << 31, 1 << 62, -(1 << 62), (1 << 63) - 1, -(1 << 63), 1 << 63, 1 << 100]
print(squares(edges), powers(edges[:7]), unary(edges))
print(squares([0.5, -1.5, 1e100, -0.0, 2, True]), powers([0, True, 3]), unary([0.0, -0.0, 0.5, True, False]))


def accumulate_product(n):
    x = 1
    tops = []
    for i in range(1, n):
        x *= i % 10 + 1
        if x > 1 << 66:
            tops.append(show(x))
            x = 1
    return tops[-3:], len(tops)


def negate(n):
    x = -9223372036854775807
    kinds = {}
    for i in range(n):
        y = -(x - (1 if i % 1000 == 999 else 0))
        k = type(y).__name__
        kinds[k] = kinds.get(k, 0) + 1
        z = -y
    return sorted(kinds.items()), show(y), show(z)


def divmods(n):
    total = 0
    for i in range(1, n):
        q, r = divmod(i * 37 - n, (i % 13) - 6 or 1)
        total += q * 3 + r
        q, r = divmod(i * 0.5, -1.5)
        total += q + r
    return total


def rounding(n):
    total = 0
    for i in range(n):
        total += int(i * 0.7) + round(i * 0.3) + int(-i / 3.0) + (i // 2.0) - int(1e10 * i)
    return total


def huge_float(n):
    out = []
    x = 1.0
    for i in range(n):
        x = x * 2.0
        if x > 1e300:
            out.append(int(x) % 1000003)
            x = 1.5
    return out


def string_times(n):
    out = []
    for i in range(n):
        out.append(('ab' * (i % 3), [i] * (i % 2), (i % 4) * 'x', 3 * (i,)))
    return out[-2:], len(out)


def percent(values):
    out = []
    for v in values:
        try:
            out.append(v % 7)
        except TypeError as e:
            out.append(str(e))
    return out[-4:]


print(accumulate_product(5000), negate(5000), divmods(5000), rounding(5000), huge_float(5000), string_times(3000))
print(percent(list(range(4000)) + ['%d!', 2.5, -3]), percent([0.5] * 4000 + ['%s', None]))


def bits(n):
    x = 0
    for i in range(n):
        x ^= i << (i % 40)
        x |= i & 0x55
        x &= (1 << 61) - 1
        x = ~x if i % 5 == 0 else x
        x >>= i % 2
    return x


print(bits(5000))
