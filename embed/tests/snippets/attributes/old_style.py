# versions: 2.7
# Instances of old-style classes at hot sites: where they have attributes, and what changes that.
import sys


class Base:
    limit = 3

    def __init__(self, x):
        self.x = x

    def total(self, y):
        return self.x + y

    def who(self):
        return "Base"


class Middle(Base):
    pass


class Leaf(Middle):
    def own(self):
        return "own", self.x


class Late(Leaf):
    pass


def load(o):
    return o.x


def store(o, v):
    o.x = v


def add(o):
    o.x += 1
    return o.x


def constant(o):
    return o.limit


def call(o):
    return o.total(5)


def who(o, *extra):
    return o.who(*extra)


def who_late(o, f):
    # The class and the instance change between the method being found and being called.
    return o.total(f(o))


def own(o):
    return o.own()


def bound(o):
    return o.total


def fresh(o):
    o.first = 1
    o.second = [2]
    o.third = o.first
    return sorted(o.__dict__.items())


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


def warm(n=3000):
    objects = [Base(1), Middle(2), Leaf(3), Late(4)]
    for i in range(n):
        for o in objects:
            load(o)
            store(o, i)
            add(o)
            constant(o)
            call(o)
            who(o)
            who_late(o, lambda o: 1)
        for o in objects[2:]:
            own(o)
        for cls in Base, Middle:
            fresh(cls(i))
    return objects


objects = warm()


def table(title):
    print title
    for o in objects:
        for f in load, constant, call, who, own:
            print " ", o.__class__.__name__, f.__name__, show(f, o)
        print " ", show(lambda o: bound(o)(1), o), show(who_late, o, lambda o: 2)
        print " ", bound(o).im_class.__name__, bound(o).im_self is o


table("as they were")
Middle.limit = 7
Middle.total = lambda self, y: ("changed", y)
table("the class in between")
objects[3].limit = "mine"
objects[3].total = lambda y: ("mine", y)
table("instances")
del Middle.limit, Middle.total, objects[3].limit, objects[3].total
table("back")


class Other:
    limit = property(lambda self: ("descriptor", sys.getrefcount(self) > 0))

    def total(self, y):
        return "other", y

    def who(self):
        return "Other"


Middle.__bases__ = (Other,)
table("other bases")
Middle.__bases__ = (Other, Base)
table("two bases")
Middle.__bases__ = (Base,)
for o in objects:
    o.__class__ = Other
table("another class")
for o in objects:
    o.__class__ = Late
for o in objects:
    del o.x
table("without x")


class Hooked(Late):
    stored = []

    def __setattr__(self, name, value):
        self.stored.append((name, value))
        self.__dict__[name] = value

    def __getattr__(self, name):
        return "no " + name


hooked = Hooked(1)
for i in range(500):
    load(hooked), store(hooked, i), add(hooked)
print load(hooked), len(hooked.stored), show(fresh, hooked), len(hooked.stored)
for o in objects:
    o.x = 0
    print show(fresh, o)
Late.__setattr__ = Hooked.__dict__["__setattr__"]
Late.stored = []
for o in objects:
    store(o, "hooked")
    show(fresh, o)
print len(Late.stored), [name for name, _ in Late.stored]
del Late.__setattr__
hooked.__dict__ = {}
print load(hooked), show(call, hooked)


def change(o):
    o.__class__.total = lambda self, y: ("new", y)
    o.total = 3
    return 4


print show(who_late, objects[0], change), show(call, objects[0])


# What a class has may be called and be no function, or stop being one.
class Callable(object):
    def __call__(self, *args):
        return "called", len(args)


Base.who = Callable()
print [show(who, o) for o in objects]
Callable.__get__ = lambda self, o, t: lambda *args: ("bound", o.__class__.__name__, t.__name__)
print [show(who, o) for o in objects]
del Callable.__get__
print [show(who, o) for o in objects]
Base.limit = Callable()
print [show(lambda o: constant(o)(), o) for o in objects]
Callable.__get__ = lambda self, o, t: "got"
print [show(constant, o) for o in objects]


# What was stored over is released after the store, and may look at it.
class Watch(object):
    def __init__(self, owner):
        self.owner = owner

    def __del__(self):
        print "gone", self.owner.x


owner = Base(0)
store(owner, Watch(owner))
store(owner, "new")
