# Copies, swaps and choices of numbers keep their objects through loops, and new numbers are new objects.
from __future__ import print_function

NAN = float('nan')


def fibonacci(n):
    a, b = 0.0, 1.0
    kept = []
    for i in range(n):
        a, b = b, a + b
        if i % 50 == 0:
            kept.append(a)
            kept.append(b)
    same = sum(1 for p, q in zip(kept, kept[1:]) if p is q)
    return same, len(set(map(id, kept))) == len(kept)


def previous(n):
    prev = cur = -1000
    hits = 0
    for i in range(n):
        prev = cur
        cur = i * 1000 + 7777
        last = prev
        if last is prev:
            hits += 1
        if last is cur:
            hits += 100000
    return hits, prev is last, prev is cur


def rotate(a, b, c, n):
    for i in range(n):
        a, b, c = c, a, b
        if a > 1e300:
            a = a * 0.5
    return a, b, c


def chosen(x, y, n):
    same = 0
    for i in range(n):
        z = x if i % 2 else y
        if z is x:
            same += 1
        if z is y:
            same += 1000
        w = x or y
        if w is x:
            same += 1000000
        z = x + y if i % 3 else y
        if z is y:
            same += 1000000000
    return same


def nan_carried(n):
    x = NAN
    found = 0
    for i in range(n):
        y = x
        if y in [x]:
            found += 1
        if y in (NAN,):
            found += 1000
        if i == n // 2:
            x = x * 1.0
        if i % 5 == 0:
            y = y * 1.0
            if y in [x]:
                found += 1000000
    return found


def last_seen(n):
    same = 0
    for i in range(n):
        if i > 1000 and last is not i:
            same += 1
        last = i
        if last is i:
            same += 10000
    return same, last is i


def restored(n):
    x = 100000
    kept = x
    same = 0
    for i in range(n):
        x = x + 1
        x = x - 1
        if x is kept:
            same += 1
        if i % 1000 == 0:
            kept = x
    return same


def deleted(n):
    same = 0
    for i in range(n):
        a = i + 1000
        b = a
        del a
        a = b
        if a is b:
            same += 1
    return same


print(fibonacci(1000))
print(previous(5000))
p, q, r = 1.5 * 3, 2.5 * 3, 3.5 * 3
for n in (5000, 5001, 5002):
    u, v, w = rotate(p, q, r, n)
    print([(x is p, x is q, x is r) for x in (u, v, w)])
print(chosen(p, q, 5000), chosen(p + 0, p + 0, 5000), chosen(70000, 80000, 5000))
print(nan_carried(5000))
print(last_seen(5000))
print(restored(5000))
print(deleted(5000))

total = 0.0
prev = None
same = new = 0
for i in range(6000):
    prev = total
    total = total + 0.5
    if i % 100 == 0:
        copy = prev
        same += copy is prev
        new += copy is total
    copy = total
print(same, new, copy is total, prev is total)
a = 12345678
b = 87654321
x, y = a, b
for i in range(6001):
    a, b = b, a
print(a is y, b is x)
