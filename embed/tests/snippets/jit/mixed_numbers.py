# Ints and floats at one place: arithmetic, comparisons, sums that begin with an int, numbers that doubles do not hold.
from __future__ import print_function
import sys


def total(numbers):
    result = 0
    for number in numbers:
        result += number
    return result


def scalar(xs, ys):
    result = 0
    for i in range(len(xs)):
        result += xs[i] * ys[i] - xs[i]
    return result


def half(values):
    out = []
    for value in values:
        out.append(value / 2.0)
        out.append(2 - value * 0.5)
        out.append(value // 1.5)
        out.append(value % 0.75)
    return out


def compared(xs, ys):
    out = []
    for x in xs:
        for y in ys:
            out.append((x < y, x <= y, x == y, x != y, x > y, x >= y))
    return out


def largest(values):
    best = values[0]
    for value in values:
        if value > best:
            best = value
    return best


class Vector(object):
    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def scaled(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)


def show(value):
    return type(value).__name__, repr(value)


mixed = [1, 2.5, -3, 0.0, 0, -0.0, 7, 1e3, -2, 0.1] * 30
for _ in range(40):
    last = (total(mixed), scalar(mixed, mixed[::-1]), largest(mixed))
print([show(v) for v in last])
for numbers in ([1, 2, 3], [1.5, 2], [0], [], [True, 2.0], [1, 2.0, 3]):
    for _ in range(30):
        last = total(numbers)
    print(show(last))
for _ in range(40):
    last = half(mixed)
print([show(v) for v in last[:40]])
for _ in range(10):
    last = compared(mixed[:20], mixed[:20])
print(last[:50])

# Beyond what a double holds, sums and comparisons are exact.
big = [2 ** 53, float(2 ** 53), 2 ** 53 + 1, 2 ** 62, -2 ** 53 - 1, 2.0 ** 62, 2 ** 63, 1, 1.0, -(2 ** 53)]
for _ in range(60):
    last = compared(big, big)
print(last)
for _ in range(60):
    last = total(big), largest(big), half(big[:6])
print(last)
print([show(total([2 ** 53 + 1, x])) for x in (1, 1.0, 2 ** 53)])

# An int that overflows beside floats.
for _ in range(50):
    last = scalar([sys.maxsize, 1.5, 3], [2, 2, sys.maxsize])
print(show(last))

a, b = Vector(1, 2.0, 3), Vector(0.5, 4, -1)
for i in range(2000):
    a.dot(b), b.dot(a.scaled(i % 3)), a.scaled(2.0).dot(b)
print(show(a.dot(b)), show(a.scaled(2).dot(Vector(1, 1, 1))), show(Vector(1, 2, 3).dot(Vector(4, 5, 6))))


class Odd(float):
    def __radd__(self, other):
        return ('radd', other)
    def __lt__(self, other):
        return 'lt'
    def __mul__(self, other):
        return 'mul'


for _ in range(50):
    last = largest([1, 2.0, 3]), total([1, 2.5])
print(last, total([1, Odd(2)]), largest([1, 2.5, Odd(3)]), show(total([1.5, True])))
try:
    total([1, 2.0, 'x'])
except TypeError as error:
    print(error)
try:
    half([1, 2.0, None])
except TypeError as error:
    print(error)
print([str(x) for x in (float('nan'), float('inf')) for _ in range(2)],
      compared([float('nan'), float('inf'), 2 ** 70], [1, float('nan'), float('inf'), 2 ** 70]))
