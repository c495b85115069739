# CALL_FUNCTION and its relatives: every mix of arguments, every kind of callable, every complaint.
from __future__ import print_function
import sys


def none():
    return ()


def two(a, b):
    return a, b


def default(a, b=2, c=3):
    return a, b, c


def star(*args):
    return args


def star_star(**kw):
    return sorted(kw.items())


def everything(a, b=2, *args, **kw):
    return a, b, args, sorted(kw.items())


class Class(object):
    def __init__(self, a=0, **kw):
        self.args = a, sorted(kw.items())

    def method(self, a, b=2):
        return self.args, a, b

    @classmethod
    def klass(cls, a):
        return cls.__name__, a

    @staticmethod
    def static(a):
        return a

    def __call__(self, *args, **kw):
        return "called", args, sorted(kw.items())

    def __repr__(self):
        return "Class()"


class Old:
    def method(self, a):
        return a


obj = Class(1)
CALLABLES = [
    ("none", none), ("two", two), ("default", default), ("star", star), ("star_star", star_star),
    ("everything", everything), ("lambda", lambda x, y=1: (x, y)), ("Class", lambda *a, **k: Class(*a, **k).args),
    ("method", obj.method), ("klass", Class.klass), ("static", obj.static), ("unbound", Class.method),
    ("object", obj), ("old", Old().method), ("isinstance", isinstance), ("max", max), ("dict", lambda **k: sorted(dict(**k))),
    ("list.append", [].append), ("str.join", ",".join), ("repr", repr), ("int", int), ("number", 5), ("none object", None),
]

CALLS = [
    ("()", lambda f: f()), ("(1)", lambda f: f(1)), ("(1,2)", lambda f: f(1, 2)),
    ("(1,2,3)", lambda f: f(1, 2, 3)), ("(a=1)", lambda f: f(a=1)), ("(1,b=5)", lambda f: f(1, b=5)),
    ("(1,a=5)", lambda f: f(1, a=5)), ("(1,z=5)", lambda f: f(1, z=5)), ("(*t)", lambda f: f(*(1, 2))),
    ("(1,*t)", lambda f: f(1, *[2])), ("(*gen)", lambda f: f(*(i for i in (1, 2)))),
    ("(**d)", lambda f: f(**{"a": 1})), ("(1,**d)", lambda f: f(1, **{"b": 1})),
    ("(1,*t,**d)", lambda f: f(1, *(2,), **{"z": 1})), ("(1,b=2,*t)", lambda f: f(1, b=2, *(3,))),
    ("(a=1,**d)", lambda f: f(a=1, **{"a": 2})), ("(*5)", lambda f: f(*5)), ("(**5)", lambda f: f(**5)),
    ("(*None,**None)", lambda f: f(*None, **None)), ("(**{1:2})", lambda f: f(**{1: 2})),
    ("(*())", lambda f: f(*())), ("(**{})", lambda f: f(**{})), ("(*t,**d)", lambda f: f(*(1,), **{"b": 7})),
]


def show(call, f):
    try:
        return repr(call(f))
    except Exception as e:
        return "%s: %s" % (type(e).__name__, e)


for fname, f in CALLABLES:
    for cname, call in CALLS:
        for i in range(30):
            result = show(call, f)
        if "object at" not in result and fname != "list.append":
            print(fname + cname, result)


class Keys(object):
    def keys(self):
        return ["x", "y"]

    def __getitem__(self, key):
        return key * 2


class Boom(object):
    def keys(self):
        raise KeyError("keys")


class Iter(object):
    def __iter__(self):
        raise ZeroDivisionError("iter")


for i in range(40):
    r = (show(lambda f: f(**Keys()), star_star), show(lambda f: f(**Boom()), star_star),
         show(lambda f: f(*Iter()), star), show(lambda f: f(1, *Iter(), **Keys()), everything))
print(r)


def recursion(n):
    return 0 if n == 0 else 1 + recursion(n - 1)


for i in range(40):
    r = recursion(50)
print(r)


def released(f, *args):
    before = sys.getrefcount(args[0])
    for i in range(50):
        try:
            f(*args)
        except Exception:
            pass
    return sys.getrefcount(args[0]) - before


marker = object()
print([released(f, marker) for f in (none, two, default, star, everything, obj.static, isinstance)],
      [released(f, marker, marker) for f in (none, two, default, star, everything, obj.method)])
