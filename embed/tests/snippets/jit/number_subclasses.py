# Subclasses of numbers with operators of their own appear when everything is compiled.
from __future__ import print_function

calls = []


class I(int):
    def __add__(self, other):
        calls.append('add')
        return 1000
    def __radd__(self, other):
        calls.append('radd')
        return 2000
    def __mul__(self, other):
        calls.append('mul')
        return I(int(self) * int(other))
    def __lt__(self, other):
        calls.append('lt')
        return True
    def __eq__(self, other):
        calls.append('eq')
        return False
    def __hash__(self):
        return 5
    def __neg__(self):
        calls.append('neg')
        return 'neg'
    def __index__(self):
        calls.append('index')
        return 1
    def __bool__(self):
        calls.append('bool')
        return False
    __nonzero__ = __bool__


class F(float):
    def __add__(self, other):
        calls.append('fadd')
        return F(float(self) - float(other))
    def __rsub__(self, other):
        calls.append('frsub')
        return 7.0
    def __gt__(self, other):
        calls.append('fgt')
        return 'yes'
    def __truediv__(self, other):
        calls.append('fdiv')
        return 1.25
    __div__ = __truediv__


def ints(values):
    out = []
    items = ['a', 'b', 'c']
    for v in values:
        t = [v + 1, 1 + v, v * 2, v < 3, v == v, 'T' if v else 'F', v is v]
        try:
            t.append(-v)
            t.append(items[v])
        except IndexError:
            t.append('?')
        out.append(t)
    return out[-3:]


def floats(values):
    out = []
    for v in values:
        out.append([v + 1.0, v + 1, 1.0 - v, v > 0.0, v / 2.0, -v])
    return out[-3:]


def accumulate(values):
    total = 0
    for v in values:
        total = total + v
    return total, type(total).__name__


print(ints(list(range(5000)) + [I(2), 2, I(0)]))
print(calls); del calls[:]
print(floats([k * 0.5 for k in range(5000)] + [F(2), 2.0, F(0)]))
print(calls); del calls[:]
print(accumulate(list(range(5000)) + [I(2), 2, I(0)]))
print(accumulate([1.0] * 5000 + [F(2), 2.0, F(0), F(1), 1.0]))
print(calls); del calls[:]


def subscript(items, keys):
    out = []
    for k in keys:
        out.append(items[k])
    return out[-3:]


class L(list):
    def __getitem__(self, k):
        return 'overridden', k
    def __iter__(self):
        return iter('xyz')
    def __len__(self):
        return 0


print(subscript(list(range(6000)), list(range(5000)) + [I(3), True]))
for k in range(600):
    subscript([1, 2, 3], [0, 1, -1])
print(subscript(L([1, 2, 3]), [0, 1, -1]))


def truth(values):
    hits = 0
    for v in values:
        if v:
            hits += 1
        for x in v:
            hits += 10
    return hits


print(truth([[1], [], [2, 3]] * 2000), truth([[1], [], [2, 3]] * 2000 + [L([1])]))
