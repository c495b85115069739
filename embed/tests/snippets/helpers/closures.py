# Cells and free variables: read, bound, deleted, unbound; closures with all kinds of defaults.
from __future__ import print_function


def counter(start):
    count = [start]

    def step(by=1):
        count[0] += by
        return count[0]
    return step


steps = counter(10)
for i in range(60):
    r = steps() if i % 2 else steps(by=2)
print(r)


def unbound_cell(flag):
    if flag:
        x = 1

    def inner():
        return x
    return x if flag != 2 else inner()


def unbound_free(flag):
    def inner():
        return y
    if flag:
        y = 5
    return inner()


def rebound(n):
    z = 0

    def get():
        return z
    out = []
    for z in range(n):
        out.append(get())
    return out


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


for flag in (0, 1, 2):
    for i in range(40):
        r = show(unbound_cell, flag), show(unbound_free, flag)
    print(flag, r)
print(sum(rebound(50)))


def argument_cell(a, b=2, *rest, **options):
    def inner(c=a, d=b):
        return a, b, c, d, rest, sorted(options)
    a += 1
    return inner


for i in range(50):
    r = argument_cell(i)(), argument_cell(i, 3, 4, x=5)(9)
print(r)


def many(n):
    return [lambda k, i=i, *args, **kw: (k, i, n, args, sorted(kw.items())) for i in range(n)]


for f in many(35)[-2:]:
    print(f(1), f(1, 2, 3, 4, a=5), f.__defaults__, len(f.__closure__ or ()), f.__name__)


class Defaults(object):
    seen = []

    def __init__(self, name):
        Defaults.seen.append(name)


def order():
    def f(a=Defaults("a"), b=Defaults("b"), c=Defaults("c")):
        return n
    n = 1
    return f()


for i in range(40):
    order()
print(Defaults.seen[-6:])


class Base(object):
    def method(self):
        outer = self

        class Inner(object):
            who = outer

            def get(self):
                return outer is self.who
        return Inner().get()


for i in range(40):
    r = Base().method()
print(r)
