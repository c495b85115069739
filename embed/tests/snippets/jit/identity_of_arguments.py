# The object that is passed, returned, stored and yielded is the one that came in.
from __future__ import print_function


def through(x, n):
    y = x
    for i in range(n):
        z = y
        y = x
        x = z
    return x


def lists(x, n):
    items = [x]
    for i in range(n):
        v = items[i]
        items.append(v)
    return all(item is x for item in items)


def swapped(a, b, n):
    for i in range(n):
        a, b = b, a
    return a, b


def conditional(x, n):
    best = x
    for i in range(n):
        if best < 0:
            best = -best
    return best


def keeps(x, n):
    i = 0
    while i < n:
        if not x == x:
            x = x + 1
        i += 1
    return x


def attribute(o, n):
    for i in range(n):
        v = o.value
        if v > 1e9:
            v = v - 1
        o.value = v
    return v


def yielded(x, n):
    for i in range(n):
        if x > 1e9:
            x = x * 0.5
        yield x


class Box(object):
    pass


g = None


def in_global(x, n):
    global g
    g = x
    for i in range(n):
        if g > 1e9:
            g = g - 1
        y = g
    return y


for x in (12345, 1.5, 1 << 40, 3.25):
    x = x + 0
    b = Box()
    b.value = x
    y = x + 1
    print(through(x, 5000) is x, lists(x, 5000), conditional(x, 5000) is x, keeps(x, 5000) is x, attribute(b, 5000) is x, b.value is x)
    p, q = swapped(x, y, 5001)
    print(p is y, q is x, all(v is x for v in yielded(x, 5000)), in_global(x, 5000) is x, g is x)
    print(sum(through(x, 2) is x for k in range(600)), sum(keeps(x, 2) is x for k in range(600)), sum(conditional(x, 1) is x for k in range(600)))

m = x
for i in range(5000):
    if m > 1e9:
        m = m - 1
    k = m
print(m is x, k is x)
