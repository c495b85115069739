# Generators as calls give them: arguments, defaults, cells, names, frames, and what is wrong with a call.
import gc
import sys
import weakref


class Thing(object):
    base = 10

    def __iter__(self):
        yield self.base
        yield type(self).__name__

    def upto(self, n, step=2, *more):
        i = self.base
        while i < n:
            yield i
            i += step
        for one in more:
            yield one

    def plain(self, n, step=3):
        i = self.base
        while i < n:
            yield i
            i += step

    @classmethod
    def of_class(cls, n=2):
        for i in range(n):
            yield cls.__name__, i

    @staticmethod
    def of_nothing(a, b=5):
        yield a
        yield b


def adder(amount):
    def add(items, more=1):
        for item in items:
            yield item + amount + more
    return add


def keeps(argument):
    def inner():
        return argument
    yield inner
    argument = 0
    yield inner()


def named(a, b, c=3):
    yield a, b, c


def uses():
    thing, add = Thing(), adder(5)
    out = [list(thing), list(thing.plain(20)), list(thing.plain(14, 2)), list(thing.upto(16, 3, "x", "y"))]
    out += [list(Thing.of_class()), list(thing.of_class(1)), list(thing.of_nothing(1)), list(Thing.of_nothing(1, 2))]
    out += [list(add([1, 2])), list(add([1, 2], 0)), [one() if callable(one) else one for one in keeps(4)]]
    out += [list(named(1, 2)), list(named(1, 2, 4)), list(named(1, c=7, b=8))]
    out += [sum(x * y for x in range(4) for y in (1, x)), set(str(x) for x in out[1])]
    return out


for turn in range(60):
    got = uses()
for one in got:
    print(sorted(one) if isinstance(one, set) else one)


def wrong():
    out = []
    for call in (lambda: named(1), lambda: named(1, 2, 3, 4), lambda: named(1, 2, a=3), lambda: Thing.plain(5)):
        try:
            out.append(list(call()))
        except TypeError as error:
            out.append(str(error)[:12])
    return out


for turn in range(60):
    got = wrong()
print(got)


# Before it begins.
def fresh(thing):
    g = named(thing, thing)
    frame = g.gi_frame
    return (frame.f_back, frame.f_lasti, frame.f_code is g.gi_code, g.gi_running, frame.f_locals["a"] is thing,
            g.__name__, getattr(g, "__qualname__", None) in (None, "named"), gc.is_tracked(g))


for turn in range(60):
    got = fresh(Thing())
print(got)


# What it holds, it holds until its end.
def lives():
    thing = Thing()
    ref = weakref.ref(thing)
    before = sys.getrefcount(thing)
    g = named(thing, thing)
    during = sys.getrefcount(thing) - before
    next(g)
    del thing
    alive = ref() is not None
    del g
    h = Thing().plain(12)
    return during, alive, ref() is None, list(h)


for turn in range(60):
    got = lives()
print(got)


# Renamed, and with other code.
def other(a, b, c=3):
    yield "other", c


def renamed():
    return named(1, 2)


for turn in range(60):
    g = renamed()
named.__name__ = "called"
print(renamed().__name__ in ("called", "named"), list(renamed()))
named.__code__ = other.__code__
for turn in range(60):
    got = list(renamed())
print(got)
named.__defaults__ = (9,)
print(list(renamed()))
