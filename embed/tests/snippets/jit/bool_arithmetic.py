# bools are ints of another type: arithmetic, indexing, counting.
from __future__ import print_function


def count(n):
    total = 0
    for i in range(n):
        total += i % 3 == 0
        total = total + (i > 5)
        total -= not i
    return total, type(total).__name__


def booleans(n):
    x = True
    out = []
    for i in range(n):
        y = i & 1 == 1
        out.append((x + y, x * y, -y, ~y, x & y, x | y, x ^ y, y << 2, y - x, y == 1, y is True, x < i))
        x = not y
    return out[-2:], sum(o[0] for o in out)


def kinds(n):
    last = 0
    changes = []
    for i in range(n):
        if i < n // 3:
            v = i
        elif i < 2 * n // 3:
            v = i > 0
        else:
            v = i * 0.5
        w = v + 1
        if type(w) is not type(last):
            changes.append((i, type(v).__name__, type(w).__name__, w))
        last = w
    return changes


def indexed(n):
    pair = ['even', 'odd']
    out = {}
    for i in range(n):
        name = pair[i % 2 == 1]
        out[name] = out.get(name, 0) + 1
    return sorted(out.items())


def select(a, b, n):
    hits = 0
    for i in range(n):
        if (i > a and i < b) or i == 7:
            hits += 1
        x = i > a and i
        y = i < b or i
        hits += (x is False) + (y is True) * 10000
    return hits


def chained(n):
    hits = 0
    for i in range(n):
        hits += 10 < i < 100
        hits += 10 <= i * 0.5 != 11.0 < 400
        hits += 0 < i % 7 <= i % 5 < 4 == 4
    return hits


print(count(5000))
print(booleans(5000))
print(kinds(6000))
print(indexed(5001))
print(select(100, 3000, 5000))
print(chained(5000))
