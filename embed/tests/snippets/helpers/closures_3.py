# versions: 3.4, 3.5
# nonlocal, del of cells, keyword-only defaults, annotations, qualified names, LOAD_CLASSDEREF, super().


def counter():
    n = 0

    def step():
        nonlocal n
        n += 1
        return n

    def drop():
        nonlocal n
        del n
    return step, drop


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


for i in range(40):
    step, drop = counter()
    for j in range(3):
        r = step()
    drop()
    again = show(drop), show(step)
print(r, again)


def local_cell():
    x = 1

    def inner():
        return x
    del x
    return inner()


for i in range(40):
    r = show(local_cell)
print(r)


def make(k):
    def f(a: int, b: "text" = k, *args: k, c, d=k + 1, e: list = k + 2, **kw: dict) -> k * 2:
        return a, b, args, c, d, e, sorted(kw)
    return f


for i in range(40):
    f = make(i)
    r = f(1, c=2), f(1, 2, 3, c=4, d=5, z=6)
    bad = show(f, 1), show(f)
print(r, bad)
print(sorted(f.__annotations__.items(), key=str), sorted(f.__kwdefaults__.items()), f.__defaults__, f.__qualname__)


def plain(n):
    def g(a, b=n, *, c=n) -> "closure":
        return n, a, b, c
    return g(0), g.__annotations__, g.__qualname__


for i in range(40):
    r = plain(i)
print(r)


def class_deref(x):
    class A:
        before = x
        locals()["x"] = "own"
        after = x

        class B:
            deeper = x
    return A.before, A.after, A.B.deeper


def class_unbound(flag):
    if flag:
        v = 1

    class A:
        w = v
    return A.w


for i in range(40):
    r = class_deref(i), show(class_unbound, 0), show(class_unbound, 1)
print(r)


class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        return Namespace(kw)

    def __new__(mcs, name, bases, ns, **kw):
        return type.__new__(mcs, name, bases, dict(ns))

    def __init__(cls, name, bases, ns, **kw):
        pass


class Namespace(dict):
    def __missing__(self, key):
        if key == "magic":
            return "conjured"
        raise KeyError(key)


def metaclass(v):
    class A(metaclass=Meta, tag=v):
        found = magic
        free = v
        try:
            nothing_here
        except NameError as e:
            error = str(e)
    return A.found, A.free, A.error


for i in range(40):
    r = metaclass(i)
print(r)


class Base:
    def f(self, n):
        return n


class Derived(Base):
    def f(self, n):
        return super().f(n) + 1, __class__.__name__


for i in range(40):
    r = Derived().f(i)
print(r)
import builtins
saved = builtins.__build_class__


def define():
    class C:
        pass
    return C.__name__


for i in range(40):
    r = define()
del builtins.__build_class__
try:
    print(r, show(define))
finally:
    builtins.__build_class__ = saved
