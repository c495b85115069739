# Calls of classes in hot loops: what `__init__` does, raises and returns, and classes that change under them.
from __future__ import print_function
import gc
import sys
import traceback
import weakref


class Point(object):
    def __init__(self, x, y=2, *rest):
        self.x = x
        self.y = y
        if rest:
            self.rest = rest


class Slots(object):
    __slots__ = ('a', 'b', '__weakref__')

    def __init__(self, a, b):
        self.a = a
        self.b = b


class Derived(Point):
    pass


class Counted(object):
    alive = 0

    def __init__(self, n):
        Counted.alive += 1
        self.n = n
        if n % 50 == 7:
            raise ValueError(n)
        if n % 50 == 9:
            self.me = self

    def __del__(self):
        Counted.alive -= 1


class Odd(object):
    def __init__(self, n):
        if n == 400:
            return n
        self.n = n


class Keeps(object):
    kept = []

    def __init__(self, n):
        if n % 100 == 3:
            Keeps.kept.append((self, sys._getframe().f_code.co_name, sys._getframe(1).f_lineno))


class Meta(type):
    def __call__(cls, *args):
        made = type.__call__(cls, *args)
        made.meta = True
        return made


Special = Meta('Special', (object,), {'__init__': lambda self, n: setattr(self, 'n', n)})


def points(cls, n):
    total = 0
    for i in range(n):
        p = cls(i, 3)
        total += p.x * p.y
    return total


def defaults(n):
    total = 0
    for i in range(n):
        p = Point(i)
        total += p.x * p.y
    return total


def slots(n):
    total = 0
    for i in range(n):
        p = Slots(i, n)
        total += p.a + p.b
    return total


def counted(n):
    raised = []
    for i in range(n):
        try:
            Counted(i)
        except ValueError as e:
            raised.append(e.args[0])
    return raised


def odd(n):
    for i in range(n):
        Odd(i)


def keeps(n):
    for i in range(n):
        Keeps(i)


def special(n):
    return sum(Special(i).n + Special(i).meta for i in range(n))


def anything(cls, n):
    made = None
    for i in range(n):
        made = cls(i)
    return made


class Finalised(object):
    log = []

    def __init__(self, n, fail):
        self.n = n
        if fail:
            raise KeyError(n)

    def __del__(self):
        Finalised.log.append(getattr(self, 'n', 'unset'))


class Argument(object):
    def __del__(self):
        Finalised.log.append('argument')


def finalised(n):
    for i in range(n):
        try:
            Finalised(i, Argument() if i % 60 == 59 else 0)
        except KeyError:
            pass


def deep(n):
    class Nested(object):
        def __init__(self, n):
            self.inner = Nested(n - 1) if n else None
    depth = 0
    made = Nested(n)
    while made is not None:
        depth += 1
        made = made.inner
    return depth


def too_deep():
    class Endless(object):
        def __init__(self):
            self.inner = Endless()
    reached = [0]

    def attempt():
        try:
            Endless()
        except RuntimeError as e:
            return type(e).__name__, str(e)[:32]
    return attempt()


print(points(Point, 300), points(Derived, 300), points(Point, 300))
print(defaults(300), slots(300))
print(counted(300), Counted.alive)
gc.collect()
print(Counted.alive)
try:
    odd(500)
except TypeError:
    print(traceback.format_exc().replace(__file__, 'FILE'))
keeps(250)
print([(type(k).__name__, name) for k, name, line in Keeps.kept])
print(special(200))
finalised(130)
print(Finalised.log[-75:])
print([deep(n) for n in (3, 50, 90)], too_deep())

# Too few and too many arguments.
for wrong in ((), (1, 2)):
    def call(n):
        for i in range(n):
            try:
                if i > 200:
                    Odd(*wrong)
                    Odd() if not wrong else Odd(1, 2)
                else:
                    Odd(1)
            except TypeError as e:
                return str(e)
    print(call(300))


# The function is exchanged, its code is, another `__new__` and another metaclass come, while the loop runs.
class Changing(object):
    def __init__(self, n):
        self.n = n


def other_init(self, n):
    self.n = -n


def changing(n, at, change):
    total = 0
    for i in range(n):
        if i == at:
            change()
        total += Changing(i).n
    return total


def third(self, n):
    self.n = 3


def new(cls, n):
    made = object.__new__(cls)
    made.news = n
    return made


def give_new():
    Changing.__new__ = staticmethod(new)


print(changing(300, 250, lambda: setattr(Changing, '__init__', other_init)))
print(changing(300, 250, lambda: setattr(other_init, '__code__', third.__code__)))
print(changing(300, 250, give_new))
print(hasattr(anything(Changing, 100), 'news'))


# A collection in the middle changes the class.
class Trap(object):
    def __init__(self, n):
        self.n = n


class Bomb(object):
    def __init__(self):
        self.me = self

    def __del__(self):
        pass


def on_death(_):
    Trap.__init__ = lambda self, n: setattr(self, 'n', 'changed')


def trap(n):
    cycle = Point.__new__(Point)
    cycle.me = cycle
    watch = weakref.ref(cycle, on_death)
    del cycle
    kept = [Trap(i) for i in range(n)]
    seen = [k.n for k in kept]
    first = seen.index('changed') if 'changed' in seen else None
    return first is None or seen[first:] == ['changed'] * (n - first), len(seen)


print(trap(3000))
