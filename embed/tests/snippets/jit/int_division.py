# // % divmod of all signs, by constants and variables, and by zero in the middle.
from __future__ import print_function

VALUES = [0, 1, -1, 2, -2, 3, -3, 7, -7, 8, -8, 10, -10, 1 << 31, -(1 << 31), (1 << 62), -(1 << 62),
          9223372036854775807, -9223372036854775807, -9223372036854775807 - 1, 1 << 70, -(1 << 70)]


def show(x):
    return '%s%s' % (x, 'L' if type(x).__name__ == 'long' else '')


def table(values):
    out = []
    for x in values:
        for y in values:
            try:
                out.append((show(x // y), show(x % y)))
            except ZeroDivisionError as e:
                out.append(str(e))
    return out


def by_constants(values):
    out = []
    for x in values:
        out.append((x // 1, x % 1, x // -1, x % -1, x // 2, x % 2, x // -2, x % -2, x // 3, x % 3, x // -3, x % -3,
                    x // 8, x % 8, x // 1000003, x % 1000003, x // 4611686018427387904, x % 4611686018427387904,
                    x // 9223372036854775807, x % -9223372036854775807))
    return out


def zero_in_the_middle(n):
    caught = 0
    total = 0
    for i in range(n):
        d = (i % 17) - 8
        try:
            total += (i * 31 - 5000) // d
            total += (i * 31 - 5000) % d
        except ZeroDivisionError:
            caught += 1
        else:
            total += 1
        finally:
            total -= 2
    return caught, total


def smallest(n):
    x = -9223372036854775807 - 1
    out = []
    for i in range(n):
        d = 3 if i < n - 4 else -1
        out.append(x // d)
        out.append(x % d)
    return [show(v) for v in out[-12:]]


ordinary = list(range(-30, 31))
for k in range(20):
    table(ordinary)
    by_constants(ordinary)
print(table(VALUES))
print([[show(v) for v in row] for row in by_constants(VALUES)])
print(zero_in_the_middle(6000))
print(smallest(4000))


def uncaught(n):
    for i in range(n):
        x = 100 // (n - 1 - i)
    return x


import traceback
try:
    uncaught(5000)
except ZeroDivisionError:
    print(traceback.format_exc().replace(__file__, 'FILE'))


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


print(sum(gcd(a, b) for a in range(-40, 40) for b in range(-40, 40)))
print(gcd(1 << 64, 12), gcd(-(1 << 63), -1), gcd(12, -8))
