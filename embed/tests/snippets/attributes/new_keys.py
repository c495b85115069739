# Attributes that objects do not have yet are stored at hot sites: where the dict has room or not, is shared or not,
# is known to the collector or not, or is no plain dict.
from __future__ import print_function
import gc


class Few(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.z = y


class Many(object):
    def __init__(self, n):
        self.a = n
        self.b = n
        self.c = [n]
        self.d = n
        self.e = n
        self.f = n
        self.g = n
        self.h = n
        self.i = n
        self.j = (n,)


class Derived(Few):
    """Adds to what the base stored."""

    def __init__(self, x, y):
        Few.__init__(self, x, y)
        self.more = x
        if y % 3:
            self.odd = y


def put(o, v):
    o.first = 0
    o.late = v


def contents(o):
    return sorted(o.__dict__.items())


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


class Empty(object):
    pass


for i in range(4000):
    Few(i, 1.5)
    Many(i)
    Derived(i, i)
    put(Empty(), i)

print(contents(Few(1, 2)), contents(Many(3)), contents(Derived(4, 5)), contents(Derived(4, 6)))
o = Empty()
put(o, 1)
print(contents(o), len(o.__dict__))

# Again, over what is there; deleted; in another order.
put(o, 2)
print(contents(o))
del o.late
put(o, 3)
print(contents(o))
del o.first
put(o, 4)
print(contents(o), list(sorted(vars(o))))
o = Few.__new__(Few)
o.z = "first"
o.__init__(1, 2)
print(contents(o))

# Full dicts, dicts with other keys, dicts of another type, dicts with deleted keys.
for extra in range(24):
    o = Empty()
    for i in range(extra):
        setattr(o, "n%d" % i, i)
    for i in range(0, extra, 3):
        delattr(o, "n%d" % i)
    put(o, extra)
    assert o.late == extra and o.__dict__["late"] == extra and len(o.__dict__) == extra - (extra + 2) // 3 + 2, extra
    print(sum(1 for name in o.__dict__), sorted(o.__dict__)[:3])
for odd in {1: 2}, {u"late": 3}, {(): 4, "first": 1}:
    o = Empty()
    o.__dict__ = odd
    put(o, 5)
    print(sorted(map(str, odd.items())), o.late)


class Dict(dict):
    def __setitem__(self, key, value):
        raise TypeError("nobody calls this")


o = Empty()
o.__dict__ = Dict()
print(show(put, o, 6), contents(o))


class Key(object):
    """Compares equal to a name."""

    def __hash__(self):
        return hash("late")

    def __eq__(self, other):
        return other == "late"

    def __ne__(self, other):
        return not self == other


o = Empty()
key = Key()
o.__dict__ = {key: 1}
put(o, 7)
print([value for k, value in o.__dict__.items() if k is key], len(o.__dict__))

# Iteration sees that the dict grew.
o = Empty()
o.a = o.b = 0


def grow(o):
    for name in o.__dict__:
        put(o, name)


print(show(grow, o))


# The collector knows a dict once it has to.
class Node(object):
    alive = 0

    def __init__(self, value):
        self.number = 1
        self.value = value
        Node.alive += 1

    def __del__(self):
        Node.alive -= 1


class Ring(object):
    def __init__(self):
        self.number = 1
        self.me = self


for i in range(3000):
    Ring()
    Node(i)
gc.collect()
rings = [Ring() for i in range(3)]
print([gc.is_tracked(ring.__dict__) for ring in rings])
print(gc.is_tracked(Node(1).__dict__), gc.is_tracked(Node([]).__dict__), gc.is_tracked(Node(()).__dict__))
del rings
print(gc.collect() >= 6, Node.alive)


# A class that begins to say what happens.
class Changes(object):
    def __init__(self, v):
        self.first = 0
        self.v = v


for i in range(3000):
    Changes(i)
Changes.v = property(lambda self: "read", lambda self, v: print("set", v))
print(contents(Changes(1)))
del Changes.v
print(contents(Changes(2)))
Changes.v = "default"
print(contents(Changes(3)))
Changes.__setattr__ = lambda self, name, value: object.__setattr__(self, name + "_", value)
print(contents(Changes(4)))
del Changes.__setattr__
print(contents(Changes(5)))


# The value of a class attribute may come to say what instances have.
class Default(object):
    pass


class WithDefault(object):
    v = Default()

    def __init__(self, v):
        self.first = 0
        self.v = v


def get(o):
    return o.v


for i in range(3000):
    get(WithDefault(i))
Default.__set__ = lambda self, o, v: print("set", v)
print(contents(WithDefault(6)))
Default.__get__ = lambda self, o, t: "got"
o = WithDefault(7)
o.__dict__["v"] = 8
print(get(o))
del Default.__set__
print(get(o), get(WithDefault(9)))
del o.v
print(get(o))


# Nothing is kept but the value.
class Watch(object):
    def __del__(self):
        print("gone")


def keep(o, v):
    o.first = 0
    o.kept = v


for i in range(3000):
    keep(Empty(), i)
o = Empty()
o.first = 1
keep(o, Watch())
print("kept")
o.kept = None
print("let go")
keep(Empty(), Watch())
print("end")
