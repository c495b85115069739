# Calls of all shapes in hot loops: defaults, keywords, stars, wrong counts, decorators, bound methods.
from __future__ import print_function
import functools


def plain(a, b=2, *args, **kw):
    return a + b + len(args) + sum(kw.values())


def shapes(n):
    total = 0
    t = (1, 2, 3)
    d = {'x': 5}
    for i in range(n):
        total += plain(i)
        total += plain(i, 5)
        total += plain(i, b=6)
        total += plain(b=i, a=1)
        total += plain(*t)
        total += plain(i, *t)
        total += plain(i, **d)
        total += plain(i, 1, *t, y=2, **d)
        total += plain(*[i, i + 1])
    return total


def wrong(n):
    def two(a, b):
        return a
    errors = set()
    for i in range(n):
        for args, kw in (((1, 2), {}), ((1,), {}), ((1, 2, 3), {}), ((1,), {'b': 2}), ((1,), {'a': 2}), ((), {'c': 1})):
            try:
                two(*args, **kw)
            except TypeError as e:
                errors.add(str(e))
        try:
            None(3)
        except TypeError as e:
            errors.add(str(e))
    return sorted(errors)


def mutable_default(x, seen=[]):
    seen.append(x)
    return len(seen)


def counted(f):
    @functools.wraps(f)
    def wrapper(*args, **kw):
        wrapper.calls += 1
        return f(*args, **kw)
    wrapper.calls = 0
    return wrapper


@counted
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def rebound_default(n):
    def f(x=1):
        return x
    out = []
    for i in range(n):
        if i == n // 2:
            f.__defaults__ = (0.5,)
        if i == n // 2 + 2:
            f.__code__ = (lambda x=3: x * 10).__code__
        if i % (n // 10) < 3:
            out.append(f())
        else:
            f()
    return out[-18:]


class Callable(object):
    def __call__(self, x=0):
        return x + 1
    def method(self, x):
        return x + 2
    @staticmethod
    def static(x):
        return x + 3
    @classmethod
    def klass(cls, x):
        return cls.__name__, x


def methods(n):
    c = Callable()
    m = c.method
    total = 0
    for i in range(n):
        total += c(i) + m(i) + c.method(i) + Callable.method(c, i) + c.static(i) + Callable.static(i) + c.klass(i)[1] + len(c.klass(i)[0])
        if i == n // 2:
            c.method = lambda x: 0.5
        if i == n // 2 + 100:
            Callable.__call__ = lambda self, x: 0
    return total


print(shapes(3000), wrong(600))
print([mutable_default(k) for k in range(600)][-1])
print(fib(16), fib.calls, fib.__name__)
print(rebound_default(5000), methods(4000))


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def bottomless(n):
    return bottomless(n + 1) + 1


def fact(n):
    if n <= 1:
        return 1
    return n * fact(n - 1)


print(ackermann(2, 6), [even(k) for k in range(60)].count(True), fact(25), fact(12))
for k in range(30):
    try:
        bottomless(0)
    except RuntimeError as e:
        message = str(e)
print(message)


def depth(n):
    try:
        return depth(n + 1)
    except RuntimeError:
        return n


import sys
for limit in (100, 250, 1000, 150):
    sys.setrecursionlimit(limit)
    print(len(set(depth(0) for k in range(100))), depth(0))
