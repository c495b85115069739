# Attributes of objects whose types are told by nobody when they change: extension types, classes derived from them.
from __future__ import print_function
import collections
import ctypes
import datetime
import sys


def load(o):
    return o.x


def call(o):
    return o.m(3)


def store(o, v):
    o.x = v


def show(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


def heat(o):
    for i in range(3000):
        show(load, o), show(call, o), show(store, o, i)


class A(collections.deque):
    y = "class"

    def m(self, a):
        return "A.m", a


class B(A):
    pass


class C(B):
    pass


print("# instances")
c = C()
print(show(load, c), show(load, C))
heat(c)
print(show(load, c), show(call, c), show(load, C), sorted(c.__dict__))
c.__dict__.clear()
A.x = "in A"
print(show(load, c), show(load, C), show(load, B))
B.x = "in B"
print(show(load, c), show(load, C), show(load, A))
del B.x
print(show(load, c), show(load, C))
del A.x
print(show(load, c), show(load, C))
c.m = lambda a: ("instance", a)
print(show(call, c))
B.m = lambda self, a: ("B.m", a)
del c.m
print(show(call, c), show(call, C()))
del B.m

print("# descriptors that come and go")


class Data(object):
    def __get__(self, o, t=None):
        return "get", type(o).__name__, t.__name__

    def __set__(self, o, v):
        print("set", type(o).__name__, v)


class NonData(object):
    def __get__(self, o, t=None):
        return "nondata", type(o).__name__


c = C()
heat(c)
A.x = NonData()
print(show(load, c), show(load, C))
A.x = Data()
print(show(load, c), show(load, C), show(store, c, 5), c.__dict__["x"])
A.x = 7
print(show(load, c), show(store, c, 6), c.__dict__["x"])
Data.__get__, keep = None, Data.__get__
A.x = Data()
print(show(load, c))
Data.__get__ = keep
del Data.__set__
print(show(load, c), show(store, c, 8), show(load, c))
del A.x

print("# bases and classes that change")


class Other(collections.deque):
    x = "Other"

    def m(self, a):
        return "Other.m", a


c = C()
heat(c)
del c.x
print(show(load, c), show(call, c))
B.__bases__ = (Other,)
print(show(load, c), show(call, c), show(load, C))
B.__bases__ = (A,)
print(show(load, c), show(call, c), show(load, C))
c.__class__ = Other
print(show(load, c), show(call, c))
c.__class__ = C
print(show(load, c), show(call, c))

print("# an MRO of its own")


class Base(object):
    x = "Base"

    def m(self, a):
        return "Base.m", a


class Meta(type):
    def mro(cls):
        return [cls, Base] + type.mro(cls)[1:]


Strange = Meta("Strange", (A,), {})
s = Strange()
print(show(load, s), show(call, s), show(load, Strange))
heat(s)
print(show(load, s), show(call, s), show(load, Strange))
Base.x = "changed"
s.__dict__.clear()
print(show(load, s), show(load, Strange))
Meta.x = property(lambda cls: "of the metaclass")
print(show(load, s), show(load, Strange))
Meta.x = "plain, of the metaclass"
print(show(load, s), show(load, Strange))
del Base.x
print(show(load, s), show(load, Strange))
del Meta.x
print(show(load, s), show(load, Strange))

print("# old-style on 2.7")


class Old:
    x = "Old"

    def m(self, a):
        return "Old.m", a


class Older(Old):
    pass


class Mixed(Older, object):
    pass


o = Mixed()
print(show(load, o), show(call, o), show(load, Mixed))
heat(o)
print(show(load, o), show(call, o), show(load, Mixed))
del o.x
Older.x = "Older"
print(show(load, o), show(load, Mixed))
Mixed.x = "Mixed"
print(show(load, o), show(load, Mixed))
del Mixed.x, Older.x, Old.x
print(show(load, o), show(load, Mixed))

print("# keys that compare")


class Key(object):
    def __init__(self, name):
        self.name, self.asked = name, 0

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        self.asked += 1
        return self.name == other

    def __ne__(self, other):
        return not self == other


def counted(key, f, *args):
    before = key.asked
    result = show(f, *args)
    return result, key.asked - before


key = Key("x")
K = type("K", (collections.deque,), {key: "by a key", "m": lambda self, a: a})
k = K()
for i in range(3000):
    load(k), call(k)
print(load(k), call(k), load(K), key.asked > 0)
if sys.version_info[0] == 2:
    print(counted(key, load, k), counted(key, load, K), counted(key, store, k, 3), counted(key, load, k))
key = Key("x")
c = C()
c.__dict__[key] = "in the instance"
heat(c)
print(counted(key, load, c), counted(key, store, c, "stored"), counted(key, load, c), len(c.__dict__))


class Failing(Key):
    __hash__ = Key.__hash__

    def __eq__(self, other):
        raise ValueError("compared")


c = C()
c.__dict__[Failing("x")] = 1
if sys.version_info[0] == 2:
    print(show(load, c), show(load, C), show(store, c, 1))

print("# without a dict, read-only, missing")


class Slots(collections.deque):
    __slots__ = ("x",)


class None_(collections.deque):
    __slots__ = ()
    x = "read-only"


class Fallback(collections.deque):
    def __getattr__(self, name):
        return "fallback", name


for o in Slots(), None_(), Fallback(), collections.deque(), datetime.date(2020, 1, 2), None_:
    print(show(load, o), show(store, o, 1), show(load, o), show(call, o))
    heat(o)
    print(show(load, o), show(store, o, 1), show(load, o), show(call, o))

print("# types of extension modules")


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double)]

    def m(self, a):
        return self.x + a


class Derived(Point):
    z = "class"


class Date(datetime.datetime):
    def m(self, a):
        return self.year + a


def several(d, p):
    p.x += 1
    p.y = p.x / 2.0
    p.new = p.x
    q = collections.deque()
    q.append(d.year)
    q.append(d.isoformat())
    d.x = q.pop()
    return d.x, q.popleft(), d.m(1), p.x, p.y, p.m(2), p.new, type(p).z, Derived.x.offset, d.max.year


d, p = Date(2020, 1, 2), Derived(1, 2.0)
for i in range(3000):
    several(d, p)
print(several(d, p))
print(show(store, p, "no number"), show(store, p, 7), show(load, p))
print(show(load, Date), show(load, Derived).size, Derived.__name__, datetime.datetime.__name__)
