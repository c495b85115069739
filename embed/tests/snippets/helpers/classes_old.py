# versions: 2.7
# BUILD_CLASS: old and new classes, metaclasses, wrong bases; MAKE_FUNCTION and LOAD_LOCALS with them.
import sys


class Meta(type):
    def __new__(mcs, name, bases, ns):
        ns["made_by"] = mcs.__name__
        return type.__new__(mcs, name, bases, ns)


def define(kind, base):
    if kind == 0:
        class A:
            x = kind

            def f(self, y=base):
                return self.x, y
    elif kind == 1:
        class A(object):
            __metaclass__ = Meta
            x = kind

            def f(self, y=base):
                return self.x, y
    elif kind == 2:
        class A(base):
            x = kind

            def f(self, y=1):
                return self.x, y
    elif kind == 3:
        class A:
            __metaclass__ = lambda name, bases, ns: (name, bases, sorted(ns))
    return A


def show(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


def use(kind, base):
    A = define(kind, base)
    if isinstance(A, tuple):
        return A
    a = A()
    return type(A).__name__, A.__name__, A.__module__, a.f(), getattr(A, "made_by", None)


class Old:
    pass


class MetaUser(object):
    __metaclass__ = Meta


for kind, base in [(0, 5), (1, 5), (2, object), (2, Old), (2, MetaUser), (2, sys), (2, 5), (2, "x"), (2, bool), (3, 0)]:
    for i in range(30):
        r = show(use, kind, base)
    print kind, r.split(" at 0x")[0]

__metaclass__ = Meta
for i in range(30):
    r = use(0, 5)
print r
del __metaclass__


def execute(n):
    total = 0
    for i in range(n):
        space = {}
        exec "y = i * 2\ndef g(a=y): return a" in globals(), {"i": i}
        exec "z = 3" in space
        total += space["z"]
    return total


print execute(40)


def string_exceptions(n):
    out = []
    for i in range(n):
        try:
            try:
                raise ValueError, "old style raise"
            except (KeyError, ValueError), e:
                out.append(str(e))
                raise KeyError, e, sys.exc_info()[2]
        except KeyError, e:
            out.append(repr(e))
    return out[-2:], len(out)


print string_exceptions(40)


def divide(a, b):
    return a / b, a // b, a % b, divmod(a, b), coerce(a, b)


for args in [(7, 2), (-7, 2), (7L, 2), (7.0, 2), (1, 0), (sys.maxint, -1), (-sys.maxint - 1, -1)]:
    for i in range(30):
        r = show(divide, *args)
    print args, r


def tuple_parameters((a, b), c, (d, (e, f))=(1, (2, 3))):
    return a, b, c, d, e, f


for i in range(40):
    r = tuple_parameters((i, 2), 3), show(tuple_parameters, (1,), 2), show(tuple_parameters, 5, 2)
print r
