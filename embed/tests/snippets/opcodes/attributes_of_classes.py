# Attributes of classes, and of instances of old-style classes on 2.7, while everything changes.
from __future__ import print_function

import sys

PY2 = sys.version_info[0] == 2


class Meta(type):
    pass


Class = Meta("Class", (object,), {"x": 1, "method": lambda self: "method", "shared": "class"})
Derived = Meta("Derived", (Class,), {"y": 2})


class Static(object):
    value = 1

    @staticmethod
    def static(a):
        return "static", a

    @classmethod
    def of_class(cls, a):
        return cls.__name__, a

    @property
    def prop(self):
        return "prop"


class Data(object):
    def __get__(self, obj, cls):
        return "data", obj is None, cls.__name__

    def __set__(self, obj, value):
        raise AttributeError("read only")


class Late(object):
    def __get__(self, obj, cls):
        return "late"


def load_x(thing):
    return thing.x


def load_y(thing):
    return thing.y


def load_shared(thing):
    return thing.shared


def call_method(thing):
    return thing.method()


def store_x(thing, value):
    thing.x = value


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (AttributeError, TypeError) as e:
        return type(e).__name__


def types_change():
    seen = []
    for i in range(40):
        seen.append((load_x(Class), load_x(Derived), load_y(Derived), load_shared(Class)))
    Class.x = 10
    seen.append((load_x(Class), load_x(Derived)))
    Derived.x = 20
    seen.append((load_x(Class), load_x(Derived)))
    del Derived.x
    seen.append(load_x(Derived))
    # What the metaclass has comes first when it is a data descriptor only.
    Meta.shared = "meta"
    seen.append(load_shared(Class))
    Meta.shared = Data()
    seen.append(load_shared(Class))
    late = Late()
    Meta.shared = late
    seen.append(load_shared(Class))
    Late.__set__ = lambda self, obj, value: None
    seen.append(load_shared(Class))
    del Late.__set__
    seen.append(load_shared(Class))
    del Meta.shared
    seen.append(load_shared(Class))
    del Class.shared
    seen.append(attempt(load_shared, Class))
    Meta.shared = property(lambda cls: "property of " + cls.__name__)
    seen.append(load_shared(Class))
    del Meta.shared
    Class.shared = "back"
    seen.append(load_shared(Derived))
    if hasattr(sys, "_clear_type_cache"):
        sys._clear_type_cache()
    Class.x = 1
    seen.append(load_x(Derived))
    # The same place sees instances and their class.
    instance = Class()
    for i in range(20):
        seen.append((load_x(instance), load_x(Class)))
    instance.x = 99
    seen.append((load_x(instance), load_x(Class)))
    Derived.__bases__ = (Meta("Other", (object,), {"x": "other"}),)
    seen.append(load_x(Derived))
    return seen


def kinds():
    return (
        Static.value,
        Static.static(1),
        Static.of_class(2),
        type(Static.prop).__name__,
        Static.__name__,
        Static.__mro__[1].__name__,
        dict.fromkeys([1]),
        attempt(lambda: Static.nothing),
        attempt(lambda: Static.value.nothing),
    )


class Old:
    x = "class"
    shared = "class"

    def method(self):
        return "method of " + self.__class__.__name__

    def both(self):
        return "method"

    prop = property(lambda self: "prop")
    failing = property(lambda self: self.nothing)


class Base:
    y = "base"

    def inherited(self):
        return "inherited", self.x


class Child(Old, Base):
    pass


class Asks(Old):
    def __getattr__(self, name):
        return "asked for " + name


class Sets(Old):
    def __setattr__(self, name, value):
        self.__dict__[name] = ("set", value)


class Key(str):
    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        log.append("compared")
        return str(self) == other


log = []


def old_style():
    old, child, asks, sets = Old(), Child(), Asks(), Sets()
    seen = []
    for i in range(30):
        seen = [load_x(old), load_x(child), load_y(child), call_method(old), call_method(child), child.inherited()]
        seen += [attempt(load_y, old), load_y(asks), asks.failing, asks.method(), old.prop, attempt(lambda: old.failing)]
    old.x = "instance"
    seen.append(load_x(old))
    for i in range(10):
        store_x(old, i)
        store_x(sets, i)
    seen += [load_x(old), load_x(sets), sorted(old.__dict__)]
    del old.x
    seen.append(load_x(old))
    Old.x = "changed"
    seen += [load_x(old), load_x(child)]
    Child.__bases__ = (Base,)
    seen += [attempt(load_x, child), attempt(call_method, child)]
    Child.__bases__ = (Old, Base)
    old.both = lambda: "in the instance"
    seen += [old.both(), child.both()]
    old.__class__ = Child
    seen += [call_method(old), load_y(old)]
    old.__dict__ = {"x": "another dict"}
    seen.append(load_x(old))
    old.__dict__ = {Key("x"): "key"}
    seen.append(load_x(old))
    store_x(old, "replaced")
    seen += [load_x(old), len(old.__dict__), log[:1]]
    Child.__getattr__ = lambda self, name: name
    seen += [load_shared(old), old.nonsense, child.other]
    Child.__setattr__ = lambda self, name, value: seen.append((name, value))
    store_x(child, 5)
    return seen


class Noisy(object):
    def __init__(self, holder):
        self.holder = holder

    def __del__(self):
        log.append(("gone", type(self.holder.x).__name__))


def replaced():
    holder = Old()
    holder.x = None
    for i in range(10):
        store_x(holder, Noisy(holder))
    store_x(holder, None)
    return log[-3:]


print(types_change())
for i in range(30):
    result = kinds()
print(result)
if PY2:
    print(old_style())
print(replaced())
