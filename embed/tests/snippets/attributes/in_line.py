# Attributes that native code looks for by itself: the class, its instances and their dicts change under it.
from __future__ import print_function
import sys


class Base(object):
    limit = 10

    def method(self, x):
        return ("base", x)


class Plain(Base):
    def __init__(self, x):
        self.x = x


class Slotted(object):
    __slots__ = ("x", "y")

    def __init__(self, x):
        self.x = x


class Other(object):
    x = "class"


def load(things):
    found = []
    for thing in things:
        try:
            found.append(thing.x)
        except AttributeError as error:
            found.append(str(error))
    return found


def call(thing, count):
    result = None
    for i in range(count):
        result = thing.method(i)
    return result


def limit(thing, count):
    total = 0
    for i in range(count):
        total += thing.limit
    return total


def warm():
    for i in range(60):
        load([Plain(1), Slotted(2), Other()] * 20)
        call(Plain(3), 40)
        limit(Plain(3), 40)


warm()
print(load([Plain(1), Slotted(2), Other()]))

# What is not set, deleted, or only in the class.
empty = Slotted.__new__(Slotted)
gone = Plain(5)
del gone.x
print(load([empty, gone, Plain.__new__(Plain), Plain(4)]))

# Shadowed by the instance.
shadowed = Plain(1)
shadowed.method = lambda x: ("own", x)
shadowed.limit = 1000
print(call(shadowed, 3), limit(shadowed, 3), call(Plain(1), 3), limit(Plain(1), 3))

# The class changes, and its base.
Plain.limit = 7
print(limit(Plain(1), 3))
del Plain.limit
Base.limit = 8
print(limit(Plain(1), 3), call(Plain(1), 2))
Base.method = lambda self, x: ("new", x)
print(call(Plain(1), 2))
Plain.method = lambda self, x: ("derived", x)
print(call(Plain(1), 2))
warm()
del Plain.method
print(call(Plain(1), 2))

# A data descriptor goes before the instance.
Plain.x = property(lambda self: "property")
print(load([Plain.__new__(Plain), Slotted(2)]))
del Plain.x
print(load([Plain(6)]))

# __getattr__ and __getattribute__ come and go.
Plain.__getattr__ = lambda self, name: "missing " + name
print(load([Plain.__new__(Plain)]))
Plain.__getattribute__ = lambda self, name: "always " + name
print(load([Plain(7)]))
del Plain.__getattribute__
print(load([Plain(8), Plain.__new__(Plain)]))
del Plain.__getattr__
print(load([Plain(8), Plain.__new__(Plain)]))

# Another class for the same object, other bases for the same class.
changing = Plain(9)
changing.__class__ = type("Changed", (Base,), {"x": property(lambda self: "changed")})
print(load([changing]))


class Third(object):
    limit = 3

    def method(self, x):
        return ("third", x)


class Moving(Base):
    pass


for i in range(60):
    call(Moving(), 40)
    limit(Moving(), 40)
Moving.__bases__ = (Third,) if False else (type("Middle", (Base,), {"limit": 5}),)
print(limit(Moving(), 2), call(Moving(), 2))


# Dicts of all kinds.
class Key(str):
    def __eq__(self, other):
        return str(self) == other or other == "x"

    def __hash__(self):
        return hash("x")


class Dict(dict):
    def __getitem__(self, key):
        return "never"


strange = Plain(1)
strange.__dict__ = Dict(x="derived dict")
numbers = Plain(1)
numbers.__dict__[1] = 2
hostile = Plain.__new__(Plain)
hostile.__dict__[Key("other")] = "hostile"
large = Plain.__new__(Plain)
for i in range(100):
    setattr(large, "a%d" % i, i)
large.x = "large"
replaced = Plain(1)
replaced.__dict__ = {"x": "replaced"}
print(load([strange, numbers, hostile, large, replaced]))
large.__dict__.clear()
print(load([large]))

# Numbers of versions begin anew.
for i in range(3):
    sys._clear_type_cache()
    Base.limit = i
    print(limit(Plain(1), 2))


# What a class had is released while the class is asked for it.
class Noisy(object):
    def __call__(self):
        return "noisy"

    def __del__(self):
        print("released", call_it(holder, 3))


class Holder(object):
    def action(self):
        return "first"


def call_it(thing, count):
    result = None
    for i in range(count):
        result = thing.action()
    return result


holder = Holder()
for i in range(60):
    call_it(holder, 40)
for i in range(3):
    Holder.action = Noisy()
    print(call_it(holder, 3))
Holder.action = lambda self: "last"
print(call_it(holder, 3))
del Holder.action
try:
    call_it(holder, 1)
except AttributeError as error:
    print(error)


# Methods with arguments that change the class meanwhile.
def meddle(value):
    Base.method = lambda self, x: ("meddled", x)
    return value


def call_meddling(thing, count):
    result = None
    for i in range(count):
        result = thing.method(meddle(i))
    return result


Base.method = lambda self, x: ("before", x)
for i in range(40):
    Base.method = lambda self, x: ("before", x)
    print(call_meddling(Plain(1), 2)) if i % 20 == 0 else call_meddling(Plain(1), 30)


# Modules are objects, too.
import os as module


def of_module(count):
    result = None
    for i in range(count):
        result = module.sep
    return result


for i in range(60):
    of_module(40)
module.sep = "changed"
print(of_module(2))
del module.sep
try:
    of_module(1)
except AttributeError as error:
    print("no sep")
module.sep = "/"
print(of_module(2))


# The object goes once its attribute was loaded, and with it begins tracing.
class Going(object):
    def __init__(self, x):
        self.x = x

    def __del__(self):
        if self.x == 300:
            sys.settrace(trace)
            sys._getframe(1).f_trace = trace

    def method(self):
        return self.x


lines = []


def trace(frame, event, argument):
    if frame.f_code is load_going.__code__ or frame.f_code is call_going.__code__:
        lines.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def load_going(first, last):
    total = 0
    for i in range(first, last):
        total += Going(i).x
        total += 1
    return total


def call_going(first, last):
    total = 0
    for i in range(first, last):
        total += Going(i).method()
        total += 1
    return total


for going in (load_going, call_going):
    for i in range(60):
        going(0, 40)
    print(going(290, 303))
    sys.settrace(None)
    print(lines)
    del lines[:]
