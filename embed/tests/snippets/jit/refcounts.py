# Reference counts inside and after hot loops, relative to fresh ones.
from __future__ import print_function
import gc
import sys

getrefcount = sys.getrefcount


def inside(obj, n):
    out = []
    items = [obj]
    base = getrefcount(obj)
    for i in range(n):
        x = obj
        if i % 1000 == 0:
            out.append(getrefcount(obj) - base)
        y = x
        x = items[0]
        if i % 1000 == 1:
            out.append(getrefcount(obj) - base)
        y = i
        if i % 1000 == 2:
            out.append(getrefcount(x) - base)
        x = y
        if i % 1000 == 3:
            out.append(getrefcount(obj) - base)
    return out


def numbers(n):
    out = []
    for i in range(n):
        x = i + 1000
        y = i * 0.5
        z = x
        if i % 1000 == 999:
            out.append((getrefcount(x), getrefcount(y), getrefcount(i + 5000), getrefcount(i * 2.5)))
            keep = [x, x, y]
            out.append((getrefcount(x), getrefcount(y)))
            x = None
            out.append((getrefcount(z), getrefcount(keep[0])))
    return out


def churn(a, b, n):
    items = [a, b, a]
    pair = (a, b)
    d = {1: a}
    for i in range(n):
        x, y = pair
        x, y = y, x
        items[i % 3] = x
        items[0], items[1] = items[1], items[0]
        z = items[i % 3] if i % 2 else d[1]
        for w in items:
            pass
        for w in pair:
            if i % 5 == 0:
                break
        try:
            if i % 7 == 0:
                items[9]
            del x
        except IndexError:
            x = y
        z = x = None if i % 3 else a
        [q for q in items]
        (lambda v: v)(a)
    return None


def generator(a, n):
    for i in range(n):
        x = a
        yield x
        yield i


obj = object()
before = getrefcount(obj)
print(inside(obj, 5000), getrefcount(obj) - before)
print(numbers(5000))
a, b = object(), object()
before = getrefcount(a), getrefcount(b), getrefcount(None)
churn(a, b, 4000)
after = getrefcount(a), getrefcount(b), getrefcount(None)
print(after[0] - before[0], after[1] - before[1], abs(after[2] - before[2]) < 50)
for k in range(600):
    churn(a, b, 3)
print(getrefcount(a) - before[0], getrefcount(b) - before[1])
for x in generator(a, 3000):
    pass
g = generator(a, 3000)
for k in range(1001):
    next(g)
print(getrefcount(a) - before[0])
g.close()
x = None
print(getrefcount(a) - before[0])


def raising(a, n):
    for i in range(n):
        x = [a, a, a]
        if i == n - 1:
            raise ValueError((a, x))


for k in range(550):
    try:
        raising(a, 8)
    except ValueError:
        pass
if hasattr(sys, 'exc_clear'):
    sys.exc_clear()
print(getrefcount(a) - before[0])
small = [getrefcount(v) for v in (1000000007,)]
none_before = getrefcount(None)
one_before = getrefcount(1)


def constants(n):
    for i in range(n):
        x = 1
        y = None
        x = x + 0
        z = True
        w = 'text'
        x = y
        del z
    return None


constants(20000)
print(abs(getrefcount(None) - none_before) < 100, abs(getrefcount(1) - one_before) < 100)
gc.collect()
count = len(gc.get_objects())
for k in range(600):
    churn(a, b, 5)
gc.collect()
print(abs(len(gc.get_objects()) - count) < 30)
