# A finalizer and an operator look at, and count on, the locals of the hot loop that runs them.
from __future__ import print_function
import sys

seen = []


class Spy(object):
    def __init__(self, depth=1):
        self.depth = depth
    def __del__(self):
        f = sys._getframe(self.depth)
        seen.append((f.f_lineno - f.f_code.co_firstlineno, sorted((k, v) for k, v in f.f_locals.items() if type(v) in (int, float))))
    def __add__(self, other):
        f = sys._getframe(1)
        seen.append(('add', f.f_lineno - f.f_code.co_firstlineno, f.f_locals['total'], f.f_locals.get('i')))
        return 1


def rebound(n):
    total = 0
    half = 0.5
    s = None
    for i in range(n):
        total += i
        half += 0.25
        if i % 1000 == 999:
            s = Spy()
        elif i % 1000 == 500:
            s = i
    return total, half


def in_list(n):
    total = 0
    items = [None]
    i = 0
    while i < n:
        i += 1
        total = total + i
        if i % 1000 == 1:
            items[0] = Spy()
        if i % 1000 == 7:
            items[0] = total
    return total


def added(n):
    total = 0
    spy = Spy()
    one = 1
    for i in range(n):
        other = spy if i % 1000 == 777 else one
        total += other + 1
    spy.depth = 0
    return total


print(rebound(5000))
print(in_list(5000))
print(added(5000))
for entry in seen:
    print(entry)


def callee():
    f = sys._getframe(1)
    d = f.f_locals
    return f.f_lineno - f.f_code.co_firstlineno, d.get('i'), d.get('x'), d.get('y'), d.get('late'), f.f_lasti > 0


def caller(n):
    out = []
    x = 0
    y = 0.0
    for i in range(n):
        x += 3
        y += 0.5
        if i % 1000 == 999:
            out.append(callee())
            late = i
            x = x + 0
            out.append(
                callee())
            l = locals()
            out.append(sorted(k for k in l))
            out.append((l['x'], l['i'], l['y'], sorted(vars()) == sorted(dir())))
        if i == n // 2:
            locals()['x'] = 'ignored'
    return out, x, y


for entry in caller(5000)[0]:
    print(entry)
