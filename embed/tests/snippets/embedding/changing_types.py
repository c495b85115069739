# Hot code that meets other types, larger ints and other shapes than it was compiled for.
from __future__ import print_function


def add(a, b):
    return a + b


def many(values, n):
    out = values[0]
    for i in range(n):
        out = add(out, values[1])
    return out


class Number(int):
    def __add__(self, other):
        return Number(int(self) + int(other) + 1)


def power(n):
    value = 1
    for i in range(n):
        value = value * 2
    return value


def items(container, n):
    total = 0
    for i in range(n):
        total += container[i % 3]
    return total


def walk(iterable):
    total = 0
    for item in iterable:
        total += item
    return total


print(many((0, 1), 3000))
print(many((0.0, 0.5), 3000))
print(many((0, 2 ** 61), 300))
print(many(("", "x"), 30))
print(many((0, Number(1)), 1000))
print(many((Number(0), 1), 1000))
print(many(([], [1]), 5))
print(power(62), power(63), power(64), power(200))
for container in ([1, 2, 3], (1, 2, 3), {0: 1, 1: 2, 2: 3}, bytearray(b"\1\2\3"), [1.5, 2, True]):
    print(items(container, 2000))
for iterable in (range(3000), list(range(3000)), tuple(range(3000)), set(range(3000)),
                 (k for k in range(3000)), iter(range(3000)), [0.5] * 3000, [True] * 3000):
    print(walk(iterable))
for attempt in range(300):
    try:
        add(attempt, "x" if attempt % 2 else 1)
    except TypeError as error:
        last = str(error)
print(last)


def alternating(n):
    total = 0
    for i in range(n):
        step = 1 if i % 2 else 0.5
        total = total + step
    return total


for attempt in range(3):
    print(alternating(4000))


def replaced(n):
    global add
    total = 0
    for i in range(n):
        if i == n - 10:
            old, add = add, lambda a, b: a * b
        total += add(i, 2)
    add = old
    return total


print(replaced(3000), replaced(100))
