# A number that a loop stores many times is the same object each time.
from __future__ import print_function


def floats(n):
    x = n * 0.5
    found = []
    for i in range(n):
        found.append(x)
    return all(f is found[0] for f in found)


def ints(n):
    x = n * 1000
    found = []
    for i in range(n):
        if i % 2:
            found.append(x)
    return all(f is found[0] for f in found), found[0] is x


def argument(x, n):
    found = []
    for i in range(n):
        y = x
        found.append(y)
        if x > 3:
            found.append(x)
    return all(f is x for f in found)


def while_accumulated(n):
    total = 0
    i = 0
    kept = []
    while i < n:
        total = total + i
        kept.append(total)
        kept.append(total)
        i += 1
    return all(kept[k] is kept[k + 1] for k in range(0, len(kept), 2))


def last(n):
    best = -1.0
    found = []
    for i in range(n):
        value = (i * 37 % 1001) * 0.5
        if value > best:
            best = value
        found.append(best)
    ends = sum(1 for a, b in zip(found, found[1:]) if a is b)
    return ends, found[-1]


print(floats(5000))
print(ints(5000))
print(argument(12345678, 5000), argument(1.5, 5000), argument(4.5, 5000))
print(while_accumulated(5000))
print(last(5000))
print([floats(10) for i in range(600)].count(True))
print([last(30) for i in range(600)][-1])
