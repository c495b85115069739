# Classes with a Python __new__: what it gets and returns, with and without __init__, inherited, changing, failing.
from __future__ import print_function
import sys
import weakref


class Plain(object):
    def __new__(cls, a, b=2):
        self = object.__new__(cls)
        self.made = (cls.__name__, a, b)
        return self


class Initialised(Plain):
    def __init__(self, a, b=3):
        self.given = (a, b)


class Other(object):
    def __new__(cls, *args, **kwargs):
        return (cls.__name__, args, sorted(kwargs.items()))

    def __init__(self, *args):
        print("never")


class Cached(object):
    known = {}

    def __new__(cls, key):
        if key not in cls.known:
            cls.known[key] = object.__new__(cls)
        return cls.known[key]

    def __init__(self, key):
        self.times = getattr(self, "times", 0) + 1


class Sub(Plain):
    def __init__(self, *args, **kwargs):
        self.sub = (args, sorted(kwargs))


class MakesSub(Plain):
    def __new__(cls, a):
        return Plain.__new__(SubOfMaker, a)


class SubOfMaker(MakesSub):
    def __init__(self, a):
        self.initialised = a


class Pair(tuple):
    __slots__ = ()

    def __new__(_cls, x, y):
        return tuple.__new__(_cls, (x, y))


class Number(int):
    def __new__(cls, value=1):
        return int.__new__(cls, value + 1)


class ListInit(list):
    def __new__(cls, n):
        return list.__new__(cls)


class Wrong(Plain):
    def __init__(self, a):
        return 5


class Fails(object):
    def __new__(cls, a):
        raise KeyError(a)


class InitFails(Plain):
    def __init__(self, a):
        raise ValueError(a)


class Swaps(object):
    def __new__(cls, a):
        self = object.__new__(cls)
        self.__class__ = Swapped
        return self

    def __init__(self, a):
        self.by = ("Swaps", a)


class Swapped(object):
    def __init__(self, a):
        self.by = ("Swapped", a)


class NotStatic(object):
    pass


NotStatic.__new__ = lambda cls, a: ("assigned", a)


class OfClass(object):
    @classmethod
    def __new__(cls, other, a):
        return (cls is other, a)


class Dies(object):
    def __new__(cls, a):
        return object.__new__(cls)

    def __del__(self):
        print("dies")


class Meta(type):
    def __call__(cls, *args):
        return ("Meta", type.__call__(cls, *args).made)


class OfMeta(Meta("M", (Plain,), {})):
    pass


def make(cls, a):
    return cls(a)


def make2(cls, a, b):
    return cls(a, b)


def make0(cls):
    return cls()


def make_named(cls, a):
    return cls(a, b=a)


def shown(f, *args):
    try:
        result = f(*args)
    except Exception as error:
        return type(error).__name__, str(error)
    state = getattr(result, "__dict__", None)
    return type(result).__name__, sorted(state.items()) if state is not None else result


def everything():
    for cls in (Plain, Initialised, Other, Cached, Sub, MakesSub, SubOfMaker, Pair, Number, ListInit, Wrong, Fails,
                InitFails, Swaps, NotStatic, OfClass, OfMeta):
        print(cls.__name__, shown(make, cls, 7), shown(make2, cls, 8, 9), shown(make_named, cls, 10)[0],
              shown(make0, cls)[0])
    print(make(Cached, 1) is make(Cached, 1))


class Abstract(object):
    __slots__ = ()


def raw(base, cls):
    return base.__new__(cls)


def raw_with(base, cls, a):
    return base.__new__(cls, a)


def raws():
    import abc
    named = abc.ABCMeta("Named", (object,), {"m": abc.abstractmethod(lambda self: 1)})
    for base in (object, Plain, tuple, int, list):
        for cls in (object, Plain, Sub, Abstract, Pair, Number, ListInit, int, tuple, list, named, Meta, B, 5, None):
            name, what = shown(raw, base, cls)
            print(getattr(cls, "__name__", cls), name, what if name == "TypeError" else "", shown(raw_with, base, cls, ())[0])
    made = raw(object, B)
    print(sys.getrefcount(made), type(made) is B, shown(object.__new__)[0])


def lifetimes():
    make(Dies, 1)
    d = make(Dies, [])
    print(sys.getrefcount(d), sys.getrefcount(d.__class__) > 3)
    ref = weakref.ref(d)
    del d
    print(ref())
    args = []
    made = make2(Plain, args, args)
    print(sys.getrefcount(args), sys.getrefcount(made))


def frames():
    class Looks(object):
        def __new__(cls, a):
            frame = sys._getframe()
            names.append((frame.f_code.co_name, frame.f_back.f_code.co_name, sorted(frame.f_locals)))
            return object.__new__(cls)

        def __init__(self, a):
            names.append(sys._getframe().f_back.f_code.co_name)

    names = []
    make(Looks, 1)
    print(names)


def depths():
    class Deep(object):
        def __new__(cls, n):
            depth.append(n)
            return make(cls, n + 1)

    class DeepInit(object):
        def __new__(cls, n):
            return object.__new__(cls)

        def __init__(self, n):
            depth.append(n)
            make(DeepInit, n + 1)

    for cls in (Deep, DeepInit):
        depth = []
        print(shown(make, cls, 0)[0], len(depth))


def changing(n):
    class A(object):
        def __new__(cls, a):
            return object.__new__(cls)

        def __init__(self, a):
            self.a = a

    def many():
        found = set()
        for i in range(n):
            found.add(shown(make, A, i % 2)[0] + str(shown(make, A, 1)[1]))
        return sorted(found)

    print(many())
    A.__new__ = staticmethod(lambda cls, a: Plain.__new__(Plain, a))
    print(many())
    A.__new__ = staticmethod(lambda cls, a: object.__new__(B))
    print(many())
    del A.__init__
    print(many())
    A.__init__ = lambda self, a: None
    print(many())
    del A.__new__
    print(many())


class B(Plain):
    pass


for turn in range(3):
    everything()
    raws()
    lifetimes()
    frames()
limit = sys.getrecursionlimit()
sys.setrecursionlimit(150)
for turn in range(3):
    depths()
sys.setrecursionlimit(limit)
changing(200)


def hot(n):
    total = 0
    for i in range(n):
        total += Initialised(i).given[0] + Pair(i, 1)[0] + make(Number, i)
    return total


print(hot(10000))
