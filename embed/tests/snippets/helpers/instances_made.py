# Classes called by compiled code: __init__ with defaults and keywords, what it may not do, and what changes meanwhile.
from __future__ import print_function
import abc
import gc
import sys
import weakref

HOT = 300


class Point(object):
    def __init__(self, x, y=2, z=(3,)):
        self.x, self.y, self.z = x, y, z


class Slots(object):
    __slots__ = ('x', 'y')

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Derived(Point):
    pass


class Super(Point):
    def __init__(self, x, **others):
        super(Super, self).__init__(x, **others)


class Rebinds(object):
    def __init__(self, x, y=None):
        x = [x]
        if y is None:
            y = x
        self.pair = x, y


def shapes(n):
    out = None
    for i in range(n):
        a, b, c = Point(i), Point(i, 5), Point(i, z=7)
        d, e = Point(x=i, z=1, y=0), Point(i, y=8)
        f, g, h = Slots(i, 1), Slots(y=i, x=2), Derived(i, z=9)
        k, m = Super(i, y=4), Rebinds(i)
        o = Rebinds(y=i, x=3)
        out = [(p.x, p.y, p.z) for p in (a, b, c, d, e, h, k)], (f.x, f.y, g.x, g.y), m.pair, o.pair
    return out


print(shapes(HOT))


def error(function, *args):
    try:
        return function(*args)
    except Exception as e:
        return type(e).__name__, str(e)


def none():
    return Point()


def many():
    return Point(1, 2, 3, 4)


def twice():
    return Point(1, x=2)


def unknown():
    return Point(1, w=2)


def missing():
    return Slots(1)


def function(a, b=1, c=2):
    return a, b, c


def keywords(n):
    out = None
    for i in range(n):
        out = (function(i, c=3), function(c=i, a=1), function(b=1, c=2, a=3), function(1, 2, c=4))
    return out


def wrong_keywords():
    return function(1, a=2)


def no_such_keyword():
    return function(1, d=2)


def nothing_given():
    return function(b=2)


print(keywords(HOT))
for bad in none, many, twice, unknown, missing, wrong_keywords, no_such_keyword, nothing_given:
    for i in range(HOT):
        error(bad)
    print(bad.__name__, error(bad))


class Returns(object):
    def __init__(self, value):
        self.value = value
        return value


class Raises(object):
    def __init__(self, value):
        self.value = value
        if value is not None:
            raise ValueError(value)

    def __del__(self):
        log.append(('del', self.value))


class Made(object):
    def __new__(cls, value):
        return [value] if value else object.__new__(cls)

    def __init__(self, value):
        self.value = value


class Meta(type):
    def __call__(cls, *args):
        return ('meta', args)


Called = Meta('Called', (object,), {'__init__': lambda self: None})
Abstract = abc.ABCMeta('Abstract', (object,), {'m': abc.abstractmethod(lambda self: None),
                                               '__init__': lambda self: None})


class Plain(object):
    pass


log = []


def kinds(n, value):
    out = []
    for i in range(n):
        del out[:]
        out.append(error(Returns, value))
        out.append(error(Raises, value))
        out.append(type(Made(0)).__name__)
        out.append(Made(1))
        out.append(Called(1))
        out.append(error(Abstract))
        out.append(error(Plain, 1))
        out.append(type(Plain()).__name__)
        if i < n - 1:
            del log[:]
    return [o if not isinstance(o, (Returns, Raises)) else type(o).__name__ for o in out]


def direct(n, value):
    out = []
    for i in range(n):
        del out[:]
        try:
            out.append(type(Returns(value)).__name__)
        except TypeError as e:
            out.append(str(e))
        try:
            out.append(type(Raises(value)).__name__)
        except ValueError as e:
            out.append(str(e))
        e = None
        if i < n - 1:
            del log[:]
    return out


for value in None, 5:
    print(kinds(HOT, value))
    print(direct(HOT, value))
    if sys.version_info[0] == 2:
        sys.exc_clear()
    gc.collect()
    print(len(log) > 0)
    del log[:]


# The class changes, or goes, while instances are made.
class Changing(object):
    def __init__(self, x):
        self.x = x
        if x == 'change':
            Changing.__init__ = other
        if x == 'delete':
            del Changing.__init__


def other(self, x):
    self.x = 'other', x
    if x == 'back':
        Changing.__init__ = first


first = Changing.__dict__['__init__']


def change(n):
    out = []
    for i in range(n):
        out = [Changing(i).x, Changing('change').x, Changing(i).x, Changing('back').x, Changing(i).x]
    return out


print(change(HOT))


def delete(n):
    out = None
    for i in range(n):
        Changing.__init__ = first
        out = Changing('delete').x, error(Changing, 1)
    return out


print(delete(HOT))


class Temporary(object):
    def __init__(self, x):
        self.x = x
        holder.pop()
        gc.collect(0)
        self.y = type(self).__name__


holder = []


def temporary(n):
    out = None
    for i in range(n):
        holder.append(type('Local', (object,), {'__init__': Temporary.__dict__['__init__']}))
        out = holder[-1](i).y
    return out


print(temporary(HOT))


# Lifetimes of arguments and instances.
class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


class Forgets(object):
    def __init__(self, a, b):
        a = None
        log.append('forgot')
        self.b = b


def lifetimes(n):
    for i in range(n):
        del log[:]
        Forgets(Noisy('a'), Noisy('b'))
        log.append('end')
    return list(log)


print(lifetimes(HOT))


def references(n):
    alive = 0
    for i in range(n):
        p = Point(i)
        r = weakref.ref(p)
        alive += r() is p
        del p
        alive += r() is not None
    return alive


print(references(HOT))


# Nested as deep as the interpreter lets it.
class Nested(object):
    deepest = 0

    def __init__(self, depth):
        if depth > Nested.deepest:
            Nested.deepest = depth
        self.child = Nested(depth + 1)


def nest():
    try:
        Nested(1)
    except RuntimeError as e:
        return Nested.deepest, str(e)[:33]


results = set(nest() for i in range(20))
print(len(results), max(results))


# Tracing that begins in an __init__.
class Tracer(object):
    def __init__(self, on):
        self.on = on
        if on:
            sys.setprofile(lambda frame, event, argument: events.append((event, frame.f_code.co_name)))


events = []


def profiled(n):
    for i in range(n):
        Tracer(i == n - 1)
        if i == n - 1:
            Point(1)
    sys.setprofile(None)


profiled(HOT)
print(events)
