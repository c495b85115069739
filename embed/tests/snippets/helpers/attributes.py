# Attributes of every kind, loaded, stored and deleted at hot sites while classes and instances change.
from __future__ import print_function
import sys


def load(o):
    return o.x


def store(o, v):
    o.x = v


def delete(o):
    del o.x


def call(o):
    return o.m(3)


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


class Plain(object):
    def __init__(self):
        self.x = 1

    def m(self, a):
        return "m", a


class ClassOnly(object):
    x = "class"


class Slots(object):
    __slots__ = "x", "y"


class Property(object):
    value = 5

    @property
    def x(self):
        return self.value

    @x.setter
    def x(self, v):
        if v is None:
            raise ValueError("no None")
        self.value = v


class ReadOnly(object):
    @property
    def x(self):
        raise AttributeError("inside")


class NonData(object):
    def __get__(self, obj, cls):
        return "non-data", type(obj).__name__


class Data(NonData):
    def __set__(self, obj, value):
        obj.__dict__["log"] = value

    def __delete__(self, obj):
        raise RuntimeError("delete")


class HasNonData(object):
    x = NonData()


class HasData(object):
    x = Data()


class GetAttr(object):
    def __getattr__(self, name):
        if name == "x":
            return "from getattr"
        raise AttributeError(name)


class GetAttribute(object):
    def __getattribute__(self, name):
        return "gotten " + name

    def __setattr__(self, name, value):
        raise TypeError("set " + name)

    def __delattr__(self, name):
        raise TypeError("del " + name)


class Old:
    x = "old class"

    def m(self, a):
        return "old m", a


class OldGetAttr:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return "old " + name


class Meta(type):
    x = "meta"


Class = Meta("Class", (object,), {})
ClassX = Meta("ClassX", (object,), {"x": "own"})


class Sub(Plain):
    pass


class DictSub(dict):
    pass


class Func(object):
    x = lambda self: 1
    y = staticmethod(len)


MAKE = [Plain, ClassOnly, Slots, Property, ReadOnly, HasNonData, HasData, GetAttr, GetAttribute, Old, OldGetAttr,
        Sub, DictSub, lambda: Class, lambda: ClassX, lambda: 5, lambda: None, lambda: type(sys)("module"), object]

for number, make in enumerate(MAKE):
    o = make()
    for i in range(30):
        first = show(load, o)
    for i in range(30):
        put = show(store, o, i)
    for i in range(30):
        second = show(load, o)
    put_none = show(store, o, None)
    gone = show(delete, o)
    for i in range(30):
        third, again = show(load, o), show(delete, o)
    print(number, first, put, second, put_none, gone, third, again)


def changing():
    """The class changes under a hot site."""
    class C(object):
        pass
    out = []
    o = C()
    o.x = "instance"
    sites = lambda: (load(o), show(call, o))
    for i in range(30):
        r = sites()
    out.append(r)
    C.m = lambda self, a: ("method", a)
    for i in range(30):
        r = sites()
    out.append(r)
    o.m = lambda a: ("shadow", a)
    for i in range(30):
        r = sites()
    out.append(r)
    C.x = property(lambda self: "property")
    for i in range(30):
        r = sites()
    out.append(r)
    C.x = NonData()
    out.append(sites())
    del C.x
    out.append(sites())
    del o.m
    out.append(sites())

    class D(object):
        def m(self, a):
            return "D.m", a
    o.__class__ = D
    for i in range(30):
        r = sites()
    out.append(r)
    D.__getattribute__ = lambda self, name: (lambda *a: ("intercepted", name) + a)
    out.append((load(o)(), call(o)))
    del D.__getattribute__
    out.append(sites())
    o.__dict__ = {"x": "new dict"}
    for i in range(30):
        r = sites()
    out.append(r)
    o.__dict__ = DictSub(x="dict subclass")
    for i in range(30):
        r = sites()
    out.append(r)
    return out


for line in changing():
    print(line)


class Base1(object):
    def m(self, a):
        return "Base1", a


class Base2(object):
    def m(self, a):
        return "Base2", a


class Derived(Base1):
    pass


def bases():
    o = Derived()
    for i in range(30):
        r = call(o)
    Derived.__bases__ = (Base2,)
    s = call(o)
    Base2.m = lambda self, a: ("patched", a)
    return r, s, call(o)


print(bases())


def many_attributes(n):
    """Instance dicts of one class that differ in the order of their keys, and that grow."""
    class C(object):
        pass
    total = 0
    for i in range(n):
        o = C()
        for name in (["a", "x", "b"], ["x", "a"], ["b", "c", "d", "e", "f", "g", "x"])[i % 3]:
            setattr(o, name, i)
        total += load(o)
        store(o, i * 2)
        total += o.x + len(o.__dict__)
        if i % 5 == 0:
            delete(o)
            o.y = 1
            total += 1 if hasattr(o, "x") else 0
    return total


print(many_attributes(100))


class Watched(object):
    alive = 0

    def __init__(self):
        Watched.alive += 1

    def __del__(self):
        Watched.alive -= 1


def overwritten(n):
    o = Plain()
    for i in range(n):
        store(o, Watched())
        store(o, [Watched(), o])
        store(o, i)
    return Watched.alive


print(overwritten(50))


class Evil(object):
    """Released when its slot is overwritten: replaces the dict meanwhile."""

    def __init__(self, owner):
        self.owner = owner

    def __del__(self):
        self.owner.__dict__ = {"x": "replaced"}


def evil(n):
    out = []
    for i in range(n):
        o = Plain()
        o.x = Evil(o)
        store(o, "stored")
        out.append(load(o))
    return out[-1], len(set(out))


print(evil(50))


class Counter(object):
    __slots__ = ("n",)
    step = 2

    def __init__(self):
        self.n = 0

    def bump(self):
        self.n += self.step
        return self


def chained(n):
    c = Counter()
    for i in range(n):
        c.bump().bump()
    return c.n


print(chained(60), show(load, Slots()), sys.getrefcount(Plain.__dict__["m"]) - sys.getrefcount(Plain.__dict__["m"]))


class Has(object):
    x = 1


class HasNot(object):
    pass


for i in range(3000):
    load(Has)
for i in range(3):
    print(show(load, Has), show(load, HasNot()), show(load, HasNot))
