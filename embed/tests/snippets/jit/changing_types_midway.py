# Variables shared by nested loops that change their type half-way.
from __future__ import print_function


def rotate(n):
    x = 0
    seen = []
    for i in range(n):
        for j in range(3):
            if i == n // 6:
                x = 0.5
            elif i == 2 * n // 6:
                x = 'text'
            elif i == 3 * n // 6:
                x = None
            elif i == 4 * n // 6:
                x = []
            elif i == 5 * n // 6:
                x = 1 << 80
            try:
                x = x + 1
            except TypeError as e:
                if not seen or seen[-1] != str(e):
                    seen.append(str(e))
        if i % (n // 12) == 0:
            seen.append(repr(x))
    return seen, x


def outer_inner(n):
    total = 0
    step = 1
    i = 0
    log = []
    while i < n:
        j = 0
        while j < 20:
            total += step
            j += 1
            if total == 5000:
                step = 0.25
                log.append((i, j, total))
            elif total == 5100.0:
                step = True
                log.append((i, j, total))
            elif total == 5200:
                total = 5201
                step = 1
                log.append((i, j, total))
        i += step if step == 1 else 1
    return total, i, log


def parameter(x, n):
    for i in range(n):
        x += 1
    return x


def swapped(n):
    a, b, c = 1, 2.5, 'x'
    counts = {}
    for i in range(n):
        a, b, c = b, c, a
        key = type(a).__name__ + type(b).__name__
        counts[key] = counts.get(key, 0) + 1
        if i % 1000 == 999:
            c = (c,)
    return sorted(counts.items()), a, b, c


def none_or_int(values):
    last = None
    steps = 0
    for v in values:
        if last is not None and v != last:
            steps += v - last
        last = v
    return steps, last


print(rotate(6000))
print(outer_inner(1000))
print(parameter(0, 5000), parameter(0.5, 5000), parameter(1 << 62, 5000), parameter(True, 5000), parameter((1 << 64) - 2500, 5000))
print(swapped(5000))
print(none_or_int(range(5000)), none_or_int([0.5] * 5000 + [3, 1.25]), none_or_int([1, 2, None] if False else [1, 2] * 3000 + [1 << 70]))
for k in range(700):
    parameter(k, 3)
    parameter(k * 0.5, 3)
print(parameter(1.5, 3), parameter(7, 3))
