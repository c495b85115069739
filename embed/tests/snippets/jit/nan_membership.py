# `in` looks at identity first: a NaN must stay the object it was.
from __future__ import print_function

NAN = float('nan')


def membership(nan, n):
    hits = 0
    kept = [nan]
    for i in range(n):
        x = nan
        if x in kept:
            hits += 1
        if x == x:
            hits += 1000000
        if nan in (x,):
            hits += 1
    return hits


def computed(n):
    hits = 0
    inf = float('inf')
    for i in range(n):
        x = inf - inf
        kept = [x, 1.0]
        if x in kept:
            hits += 1
        if kept == [x, 1.0]:
            hits += 1
        if kept.count(x) == 1:
            hits += 1
        d = {x: i}
        if x in d:
            hits += 1
    return hits


def accumulated(n):
    inf = float('inf')
    x = 0.0
    hits = 0
    seen = []
    for i in range(n):
        if i == n // 2:
            x = inf - inf
            seen.append(x)
        else:
            x = x
        if x in seen:
            hits += 1
    return hits


print(membership(NAN, 5000))
print(computed(5000))
print(accumulated(5000))


def comparisons(a, b):
    return [a < b, a <= b, a == b, a != b, a > b, a >= b, not (a < b), a < b < a, bool(a) and bool(b)]


values = [0.0, -0.0, 1.0, NAN, float('inf'), float('-inf'), 5e-324]
for k in range(300):
    table = [comparisons(a, b) for a in values for b in values]
print(table)


def branches(values, n):
    counts = [0] * 8
    i = 0
    while i < n:
        for x in values:
            for y in values:
                if x < y:
                    counts[0] += 1
                if not x < y:
                    counts[1] += 1
                if x >= y:
                    counts[2] += 1
                if x != y:
                    counts[3] += 1
                if not (x == y):
                    counts[4] += 1
                while x > y:
                    counts[5] += 1
                    break
                if x:
                    counts[6] += 1
                if not y:
                    counts[7] += 1
        i += 1
    return counts


print(branches(values, 200))
