"""Calls of classes that have a metaclass: as those of others, unless the metaclass says what a call does."""
from __future__ import print_function
import abc


class Plain(type):
    """Adds nothing to calls."""

    def __new__(cls, name, bases, namespace):
        return type.__new__(cls, name, bases, namespace)

    def method(cls):
        return cls.__name__


class Calling(type):
    def __call__(cls, *args, **kwargs):
        instance = type.__call__(cls, *args, **kwargs)
        instance.called = True
        return instance


class Looking(type):
    def __getattribute__(cls, name):
        if name == "__new__":
            looked.append(name)
        return type.__getattribute__(cls, name)


class Descriptor(object):
    def __get__(self, instance, owner):
        return self.made

    def __set__(self, instance, value):
        raise AttributeError

    @staticmethod
    def made(cls, *args):
        described.append(len(args))
        return object.__new__(cls)


class Described(type):
    pass


looked, described = [], []


class Methods(object):
    def __init__(self, first, second=2):
        self.first, self.second = first, second


class Constructor(object):
    def __new__(cls, first, second=2):
        made = object.__new__(cls)
        made.third = first
        return made


class Both(Methods, Constructor):
    pass


def classes_of(metaclass):
    return [metaclass(base.__name__ + "Of" + metaclass.__name__, (base,), {})
            for base in (Methods, Constructor, Both)]


def use(classes, times):
    results = []
    for number in range(times):
        for cls in classes:
            instance = cls(number)
            results.append(sorted(instance.__dict__.items()))
            instance = cls(number, second=3)
            results.append((type(instance) is cls, sorted(instance.__dict__.items())))
    return results[-12:], len(results)


def use_one(cls, times):
    results = []
    for number in range(times):
        instance = cls(number)
        results.append((type(instance).__name__, sorted(instance.__dict__.items())))
    return results[-3:]


for metaclass in (type, Plain, Calling, Looking, Described, abc.ABCMeta):
    classes = classes_of(metaclass)
    print(metaclass.__name__, use(classes, 400))
    for cls in classes:
        print(use_one(cls, 1500))
print(len(looked) > 0, described)

# What a metaclass gets while its classes are called.
classes = classes_of(Plain)
for cls in classes:
    print(use_one(cls, 1500))
Plain.__call__ = lambda cls, *args: ("called", cls.__name__, args)
print([cls(1) for cls in classes])


def call(cls, times):
    result = None
    for number in range(times):
        result = cls(number)
    return result


print([call(cls, 1500) for cls in classes])
del Plain.__call__
for cls in classes:
    print(use_one(cls, 1500))

classes = classes_of(Described)
for cls in classes:
    print(use_one(cls, 1500))
Described.__new__ = Descriptor()
for cls in classes:
    print(use_one(cls, 50))
print(len(described))


# Abstract classes.
class Abstract(abc.ABCMeta("Base", (object,), {})):
    def __init__(self, value):
        self.value = value

    @abc.abstractmethod
    def missing(self):
        pass


class Concrete(Abstract):
    def missing(self):
        return self.value


def refused(cls, times):
    messages = set()
    for number in range(times):
        try:
            cls(number)
        except TypeError as error:
            messages.add(str(error).split(" with")[0])
    return sorted(messages)


print(refused(Abstract, 1500), refused(Concrete, 1500), Concrete(3).missing())
print(use_one(Concrete, 1500))


class Counted(Plain):
    pass


Base = Counted("Base", (object,), {})


class Node(Base):
    def __init__(self, value):
        self.value = value


print(use_one(Node, 1500))
Node.__init__ = lambda self, value: setattr(self, "other", value)
print(use_one(Node, 1500))
Node.__new__ = staticmethod(lambda cls, value: value)
print(call(Node, 1500))
