# Attributes: slots, properties, __getattr__, descriptors, classes changed in the middle of a loop.
from __future__ import print_function


class Point(object):
    __slots__ = ('x', 'y')
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Base(object):
    kind = 'base'
    def name(self):
        return 'base'
    def __init__(self):
        self.count = 0


class Derived(Base):
    def __init__(self):
        super(Derived, self).__init__()
        self._v = 0
    def name(self):
        return super(Derived, self).name() + '+'
    @property
    def v(self):
        return self._v
    @v.setter
    def v(self, value):
        self._v = value * 2
    @v.deleter
    def v(self):
        self._v = -1


class Lazy(object):
    def __getattr__(self, name):
        if name == 'bad':
            raise AttributeError(name)
        return len(name)


class Every(object):
    hits = 0
    def __getattribute__(self, name):
        Every.hits += 1
        return object.__getattribute__(self, name)
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value + 1)
    def __delattr__(self, name):
        Every.hits += 1000


def slots(n):
    p = Point(0, 0.5)
    for i in range(n):
        p.x += i
        p.y = p.y * 0.5 + p.x
    del p.x
    try:
        p.x
    except AttributeError as e:
        return p.y, str(e)


def properties(n):
    d = Derived()
    for i in range(n):
        d.v = d.v % 1000 + i
        d.count += 1
        if i % 1000 == 0:
            del d.v
    return d.v, d.count, d.name()


def lazy(n):
    o = Lazy()
    total = 0
    bad = 0
    for i in range(n):
        total += o.abc
        try:
            o.bad
        except AttributeError:
            bad += 1
        if i == n // 2:
            o.abc = 100
        if i == n // 2 + 10:
            del o.abc
    return total, bad


def every(n):
    e = Every()
    e.x = 0
    for i in range(n):
        e.x = e.x
    del e.x
    return e.x, Every.hits


def class_changes(n):
    class A(object):
        tag = 1
        def f(self):
            return 1
    class B(A):
        pass
    b = B()
    log = []
    total = 0
    for i in range(n):
        total += b.tag + b.f()
        if i % 500 == 0:
            log.append(total)
        if i == 600:
            A.tag = 2
        elif i == 1100:
            B.tag = 0.5
        elif i == 1600:
            b.tag = 7
        elif i == 2100:
            B.tag = property(lambda self: 9)
        elif i == 2600:
            del B.tag
        elif i == 3100:
            b.f = lambda: 4
        elif i == 3600:
            B.f = lambda self: 5
            del b.f
        elif i == 4100:
            B.__getattribute__ = lambda self, name: (lambda: 3) if name == 'f' else 3
        elif i == 4600:
            del B.__getattribute__
            b.__class__ = type('C', (A,), {'tag': -1})
    return log, total


def instances(n):
    class P(object):
        def __init__(self, v):
            self.v = v
    class Q(object):
        v = 'q'
    things = [P(1), P(2.5), Q(), P(None), P(1 << 70)]
    kinds = {}
    for i in range(n):
        k = type(things[i % 5 if i > n // 2 else 0].v).__name__
        kinds[k] = kinds.get(k, 0) + 1
    return sorted(kinds.items())


def missing(n):
    bad = set()
    o = object()
    for i in range(n):
        try:
            o.nothing
        except AttributeError as e:
            bad.add(str(e))
        try:
            o.nothing = 1
        except AttributeError as e:
            bad.add(str(e))
    return sorted(bad)


class Descriptor(object):
    def __get__(self, obj, kind):
        return 'class' if obj is None else obj.__dict__.get('d', 'unset')
    def __set__(self, obj, value):
        obj.__dict__['d'] = value


class Described(object):
    d = Descriptor()


def descriptors(n):
    o = Described()
    out = {}
    for i in range(n):
        v = o.d
        out[type(v).__name__] = out.get(type(v).__name__, 0) + 1
        if i % 3 == 0:
            o.d = i
        if i == n // 2:
            del Described.__dict__['d'].__class__.__set__
            o.__dict__['d'] = 2.5
    return sorted(out.items()), Described.d


print(slots(5000), properties(5000), lazy(5000), every(3000))
print(class_changes(5000))
print(instances(5000), missing(600), descriptors(5000))
