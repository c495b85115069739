# Numbers kept in registers are looked at from outside on some paths only.
from __future__ import print_function
import sys

g_int = 0
g_float = 0.0
seen = []


def look():
    f = sys._getframe(1)
    seen.append((f.f_locals.get('a'), f.f_locals.get('b'), f.f_locals.get('i')))


def paths(n):
    a = 0
    b = 0.0
    i = 0
    while i < n:
        i += 1
        if i % 2:
            a += 1
        else:
            b += 0.5
            if i % 1000 == 0:
                look()
                a += 10
        if i % 777 == 0:
            look()
        elif i % 3 == 0:
            a, i = a + 1, i + 1
            continue
        b = a * 0.5
        if i % 1501 == 0:
            b = a
            look()
            b = 0.0
    look()
    return a, b, i


def globals_paths(n):
    global g_int, g_float
    for i in range(n):
        if i % 3 == 0:
            g_int += 1
        elif i % 3 == 1:
            g_float += 0.5
        else:
            g_int, g_float = g_int + 2, g_float * 0.5
        if i % 1000 == 500:
            peek()
        if i % 1000 == 700:
            g_int = g_float
            peek()
            g_int = 5
        for j in range(i % 3):
            g_int += j
            if i % 900 == 2:
                peek()
                g_float = g_float + j
        try:
            if i % 1100 == 3:
                g_int = g_int + 1
                g_float = g_float + None
        except TypeError:
            peek()
    return g_int, g_float


def peek():
    seen.append((g_int, g_float))


for r in (paths(5000), globals_paths(5000)):
    print(r)
print(seen)
del seen[:]

a = 0
b = 0.5
i = 0
while i < 5000:
    a += 1
    i += 1
    if i % 2:
        b = b * 0.5 + i
    if i % 700 == 0:
        a = a + peek_all() if 'peek_all' in globals() else a
    if i == 2000:
        def peek_all():
            seen.append((a, b, i))
            return 1
    if i % 900 == 1:
        c = a
        a = b
        seen.append((a is b, c is a))
        a = c
    for k in range(2):
        a += k
        if i > 2500 and i % 1000 == 0:
            peek_all()
print(a, b, i, k)
print(seen)
del seen[:]


def generator(n):
    global g_int
    total = 0
    ratio = 1.0
    for i in range(n):
        total += i
        ratio *= 0.5
        ratio += i
        g_int += 1
        if i % 2:
            yield total
        g_int -= 1
        if i % 1000 == 0:
            total = total + (yield ratio)


def run(n):
    global g_int
    g = generator(n)
    x = next(g)
    out = []
    for k in range(n // 4):
        x = g.send(k)
        if k % 300 == 0:
            out.append((x, g.gi_frame.f_locals['total'], g.gi_frame.f_locals['ratio'], g_int))
            g_int += 100
    return out, g_int


g_int = 0
print(run(5000))


def exits(values):
    """Leaves compiled code in the middle of expressions, with numbers on the stack."""
    out = []
    a = 1
    b = 0.5
    for v in values:
        a = a + 1
        b = b + 0.25
        out.append([a, b, a + b, (a * 2, (b * 2, v + a), a - b), {a: v * b}])
    return out[-2:]


for tail in ([1, 2], [0.5, 1], [True, 1], [1 << 62, 1 << 63], [1 << 80, 0]):
    print(exits(list(range(4000)) + tail))
try:
    exits(list(range(4000)) + ['x'])
except TypeError as e:
    print(e)


def overflow_in_expression(n):
    x = 1
    out = []
    for i in range(n):
        y = (i, x * 3, (x + i, [x * x, x - i]), x << 1)
        x = x * 3 if x < (1 << 70) else 1
        if i % 997 == 0:
            out.append(y)
    return out


print(overflow_in_expression(4000))
