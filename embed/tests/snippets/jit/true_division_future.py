# `/` of ints with the true division of the future everywhere.
from __future__ import division, print_function


def classic(values):
    out = []
    for x in values:
        for y in values:
            if y != 0:
                out.append(x / y)
    return out


def accumulated(n):
    total = 0
    for i in range(1, n):
        total += n / i
    return total


def mixed(n):
    out = 0.0
    for i in range(1, n):
        out += i / 2.0 + 3.0 / i + (i / 3)
    return out


ordinary = list(range(-40, 41))
for k in range(5):
    classic(ordinary)
big = [(1 << 53) - 1, 1 << 53, (1 << 53) + 1, (1 << 54) + 3, (1 << 62) + 1, 9223372036854775807, -(1 << 63), 3, 7, 10, 1 << 70]
print([repr(x) for x in classic(big)])
print(repr(accumulated(5000)), repr(mixed(5000)))


def crossing(n):
    x = (1 << 53) - 3000
    out = []
    for i in range(n):
        out.append(x / 3)
        x += 1
    return out


print([repr(x) for x in crossing(6000)[2990:3020]])


def zero(n):
    bad = []
    for i in range(n):
        try:
            1 / (n - 2 - i)
            1.0 / (n - 3 - i)
        except ZeroDivisionError as e:
            bad.append((i, str(e)))
    return bad


print(zero(4000))
