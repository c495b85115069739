# super(C, self): methods of all kinds, found, missing, bound, kept; objects that are no instances, and changing classes.
from __future__ import print_function
import gc
import sys
import weakref


class Base(object):
    value = 5

    def __init__(self, x=0):
        self.x = x

    def m(self, *args, **kwargs):
        return ("Base.m", type(self).__name__, args, sorted(kwargs))

    @classmethod
    def c(cls, *args):
        return ("Base.c", cls.__name__, args)

    @staticmethod
    def s(*args):
        return ("Base.s", args)

    @property
    def p(self):
        return lambda *args: ("Base.p", args)

    def __getattr__(self, name):
        return ("getattr", name)


class Left(Base):
    def m(self, *args, **kwargs):
        return ("Left",) + super(Left, self).m(*args, **kwargs)


class Right(Base):
    def m(self, *args, **kwargs):
        return ("Right",) + super(Right, self).m(*args, **kwargs)

    @classmethod
    def c(cls, *args):
        return ("Right",) + super(Right, cls).c(*args)


class Both(Left, Right):
    def __init__(self, x):
        super(Both, self).__init__(x + 1)

    def m(self, *args, **kwargs):
        return ("Both",) + super(Both, self).m(*args, **kwargs)

    def others(self):
        sup = super(Both, self)
        return sup.c(1), sup.s(2), sup.p(3), sup.value, sup.__class__.__name__, sup.__thisclass__.__name__

    def missing(self):
        return super(Both, self).nothing()

    def kept(self):
        return super(Both, self).m

    def of_dict(self):
        self.own = 1
        return super(Both, self).own


class Items(list):
    def append(self, item):
        super(Items, self).append(item * 2)

    def pop(self, *args):
        return super(Items, self).pop(*args)

    def __getitem__(self, index):
        return super(Items, self).__getitem__(index)


class Map(dict):
    def get(self, key, default=None):
        return super(Map, self).get(key, ("no", default))

    def __init__(self, *args):
        super(Map, self).__init__(*args)


class Meta(type):
    def __call__(cls, *args):
        return ("Meta", super(Meta, cls).__call__(*args).x)


Made = Meta("Made", (Base,), {})


class Proxy(object):
    def __init__(self, target):
        self.target = target

    @property
    def __class__(self):
        return type(self.target)


class Dies(Base):
    def __del__(self):
        print("dies")

    def m(self):
        return super(Dies, self).m()


def shown(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__, str(error)


def of(cls, obj):
    return super(cls, obj).m(1)


def made(cls, obj):
    return super(cls, obj)


def kinds():
    both = Both(1)
    print(both.x, both.m(1, a=2), both.others(), shown(both.missing), shown(both.of_dict))
    kept = both.kept()
    print(kept(5), kept.__self__ is both, kept.__func__ is Left.__dict__["m"])
    if sys.version_info[0] == 2:
        print(kept.im_class)
    print(Both.c(7), Right.c(8), both.c(9))
    items = Items([1])
    items.append(4)
    print(items, items.pop(), items.pop(0), shown(items.pop), Items("ab")[1])
    m = Map({"a": 1})
    print(m.get("a"), m.get("b"), m.get("b", 2))
    print(Made(6))


def wrong():
    for cls, obj in ((Both, Base()), (Left, 5), (Base, None), (5, Base()), (Base, Proxy(Both(2))), (Left, Proxy(Both(3))),
                     (Base, Both), (Right, Both), (Left, Right), (Base, Left(4)), (object, Both(5))):
        print(shown(of, cls, obj), type(shown(made, cls, obj)).__name__)
    print(shown(lambda: super(Base).m))


def changing():
    class A(object):
        def m(self):
            return "A"

    class B(A):
        pass

    class C(B):
        def m(self):
            return super(C, self).m()

    c = C()

    def many(n):
        found = []
        for _ in range(n):
            found.append(c.m())
        return sorted(set(found)), found[-1]

    print(many(300))
    B.m = lambda self: "B"
    print(many(300))
    del B.m
    print(many(300))

    class D(object):
        def m(self):
            return "D"

    B.__bases__ = (D,)
    print(many(300))
    B.m = 5
    print(shown(many, 3))
    B.m = staticmethod(lambda: "static")
    print(many(300))

    class E(C):
        pass

    c.__class__ = E
    print(many(300))
    del B.m
    A.__getattr__ = lambda self, name: name
    D.m = property(lambda self: lambda: "property")
    print(many(300))


def lifetimes():
    d = Dies()
    print(d.m())
    ref = weakref.ref(d)
    print(sys.getrefcount(d))
    sup = super(Dies, d)
    print(sys.getrefcount(d), gc.get_referents(sup)[1:] == [d, Dies] or len(gc.get_referents(sup)))
    del d
    print(ref() is not None)
    bound = sup.m
    del sup
    print(bound()[:2], ref() is not None)
    del bound
    print(ref())
    print(super(Dies, Dies()).m()[1])


class Slots(object):
    __slots__ = ("a", "b")


class Hooked(object):
    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError(name)
        if name.startswith("bad"):
            raise KeyError(name)
        return name


class Raises(object):
    @property
    def p(self):
        raise AttributeError("p")

    @property
    def q(self):
        raise KeyError("q")


class Old:
    a = 1


class NamesItself(object):
    def __getattribute__(self, name):
        print("asked for", name)
        return object.__getattribute__(self, name)


def has(obj, name):
    return hasattr(obj, name)


def gets(obj, name):
    return getattr(obj, name)


def gets_or(obj, name, default):
    return getattr(obj, name, default)


def absent():
    full, slots = Base(), Slots()
    full.own = 1
    slots.a = 2
    objects = [full, slots, Hooked(), Raises(), Old(), Old, NamesItself(), 5, None, "s", sys, Base, Meta, Made, len,
               [].append, shown, super(Both, Both(1)), Items(), Map()]
    names = ["own", "a", "b", "no", "bad", "p", "q", "m", "x", "__class__", "__dict__", "mro", "append", "a" + "bsent"]
    for obj in objects:
        found = []
        for name in names:
            found.append(shown(has, obj, name))
            if found[-1] is not True:
                found.append((shown(gets_or, obj, name, 7), shown(gets, obj, name)))
        print(type(obj).__name__, found)
    print(shown(has, full, 5)[0], shown(gets, full, None)[0], shown(gets_or, full, 5, 6)[0])
    print(shown(has, full, u"own"), shown(gets_or, full, u"nothing", 6))
    try:
        raise KeyError("outside")
    except KeyError:
        print(has(slots, "c"), sys.exc_info()[0].__name__)


def hot(n):
    both, total = Both(1), 0
    for i in range(n):
        total += len(both.m(i)) + has(both, "x") + has(slots, "a") + gets_or(slots, "nothing", 3)
    return total


slots = Slots()
for turn in range(3):
    kinds()
    wrong()
    changing()
    lifetimes()
    absent()
print(hot(10000))
slots.a = 1
print(hot(1000))
