# Attributes of classes at hot sites: constants, static and class methods, functions; of metaclasses; changed.
from __future__ import print_function


class Meta(type):
    of_meta = "meta"

    def describe(cls):
        return cls.__name__


Plain = Meta("Plain", (object,), {})


class Value(object):
    """Its class may come to say what its owners have."""


class A(object):
    number = 1
    value = Value()

    def function(self):
        return "function", self

    @staticmethod
    def static(x=1):
        return "static", x

    @classmethod
    def cls(cls, x=2):
        return cls.__name__, x


class B(A):
    number = 2

    @classmethod
    def cls(cls, x=3):
        return "B", super(B, cls).cls(x)


class C(A):
    pass


WithMeta = Meta("WithMeta", (A,), {})


def number(o):
    return o.number


def value(o):
    return o.value


def function(o):
    return o.function


def static(o):
    return o.static()


def static_unbound(o):
    return o.static


def cls(o, x=None):
    return o.cls() if x is None else o.cls(x)


def late(o, f):
    return o.cls(f(o))


def name(o):
    return o.__name__


def of_meta(o):
    return o.of_meta


def describe(o):
    return o.describe()


def show(f, *args):
    try:
        found = f(*args)
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)
    return type(found).__name__ if f is value or f is function else repr(found)


everything = number, value, function, static, cls, name, of_meta, describe
for i in range(3000):
    for o in A, B, C, WithMeta:
        for f in number, value, function, static, static_unbound, name:
            f(o)
        cls(o)
        cls(o, i)
        late(o, lambda o: 0)
    of_meta(WithMeta)
    describe(WithMeta)
    static(A())


def table(title):
    print(title)
    for o in A, B, C, WithMeta, Plain, A(), int, 5:
        print(" ", [show(f, o) for f in everything], show(late, o, lambda o: "late"))


table("as they were")
A.number = 3
table("a constant")
C.number = 4
table("and below")
A.cls = classmethod(lambda cls: "only one")
A.static = classmethod(lambda cls, x=1: ("class", cls.__name__))
table("other methods")
A.cls = staticmethod(lambda x=5: ("static", x))
A.static = lambda self: "plain"
table("and others")
Meta.number = "not this"
table("the metaclass has it")
Meta.number = property(lambda cls: ("but this", cls.__name__))
table("the metaclass insists")
del Meta.number
table("no more")


def counting(cls, name):
    if name == "number":
        counts.append(name)
    return type.__getattribute__(cls, name)


counts = []
Meta.__getattribute__ = counting
table("the metaclass asks")
print(len(counts))
del Meta.__getattribute__
table("no more")
Value.__get__ = lambda self, o, t: ("got", o, t.__name__)
print([value(o) for o in (A, B, C, WithMeta)])
del Value.__get__
print([show(value, o) for o in (A, B, C, WithMeta)])
Value.__set__ = lambda self, o, v: None
print([show(value, o) for o in (A, B, C, WithMeta)])
A.value = 7
print([value(o) for o in (A, B, C, WithMeta)])
C.__bases__ = (B,)
print([show(f, C) for f in everything])


class Other(Meta):
    of_meta = "other"


WithMeta.__class__ = Other
print([show(f, WithMeta) for f in everything])


# What is in a static or class method can be changed from within.
class Fickle(object):
    s = staticmethod(len)

    @classmethod
    def c(cls):
        return "class"


def fickle(o):
    return o.s


def fickle_class(o):
    return o.c()


for i in range(3000):
    fickle(Fickle)
    fickle(Fickle())
    fickle_class(Fickle)
print(fickle(Fickle), fickle_class(Fickle))
Fickle.__dict__["s"].__init__(abs)
Fickle.__dict__["c"].__init__(len)
print(fickle(Fickle), fickle(Fickle()), show(fickle_class, Fickle))


# A counter of a class is stored at the very site that reads it.
class Counter(object):
    n = 0


def count():
    Counter.n += 1
    return Counter.n


for i in range(5000):
    count()
print(count())


# Classes come and go.
def one(i):
    class Short(object):
        number = i
    return number(Short), number(Short())


print([one(i) for i in range(3000)][-1])
