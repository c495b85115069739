# Functions, types and methods in C that native code does without calling them, as they are, shadowed, and rebound.
from __future__ import print_function
import math
import sys

if sys.version_info[0] > 2:
    import builtins
    long = int
    unichr = chr
else:
    import __builtin__ as builtins


class Sized(object):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Items(list):
    def __len__(self):
        return 77

    def append(self, item):
        list.append(self, ("mine", item))

    def pop(self):
        return "mine"


class Map(dict):
    def get(self, key, default="mine"):
        return default

    def __len__(self):
        return 78


class Text(str):
    def __len__(self):
        return 79

    def startswith(self, prefix):
        return "mine"


class Whole(int):
    def __abs__(self):
        return "abs"

    def __lt__(self, other):
        return True

    def __gt__(self, other):
        return True

    def __int__(self):
        return 5

    def __float__(self):
        return 5.5


class Old:
    pass


class Liar(object):
    __class__ = int


class Changing(object):
    @property
    def __class__(self):
        print("asked")
        return str


class Any(type):
    def __instancecheck__(self, instance):
        print("checked")
        return "yes"


Everything = Any("Everything", (object,), {})


def shown(f, *args):
    try:
        result = f(*args)
    except Exception as error:
        return type(error).__name__, str(error)
    return type(result).__name__, result


def f_len(x):
    return len(x)


def f_ord(x):
    return ord(x)


def f_chr(x):
    return chr(x)


def f_abs(x):
    return abs(x)


def f_min(x, y):
    return min(x, y)


def f_max(x, y):
    return max(x, y)


def f_is(x, c):
    return isinstance(x, c)


def f_float(x):
    return float(x)


def f_int(x):
    return int(x)


def f_type(x):
    return type(x).__name__


def f_sqrt(x):
    return math.sqrt(x)


def f_sin(x):
    return math.sin(x)


def f_exp(x):
    return math.exp(x)


def f_fabs(x):
    return math.fabs(x)


def f_append(x, y):
    return x.append(y), len(x)


def f_pop(x):
    return x.pop()


def f_get(x, y):
    return x.get(y)


def f_get_or(x, y, z):
    return x.get(y, z)


def f_str(x):
    return str(x)


def f_bool(x):
    return bool(x)


def f_getattr(x, y):
    return getattr(x, y)


def f_getattr_or(x, y, z):
    return getattr(x, y, z)


def f_hasattr(x, y):
    return hasattr(x, y)


def f_starts(x, y):
    return x.startswith(y)


def f_ends(x, y):
    return x.endswith(y)


big = 10 ** 40
nan, inf = float("nan"), float("inf")
values = [0, 1, -1, 5, -5, 256, 257, -6, 1000, -1000, 2 ** 30, -2 ** 30, 2 ** 31, 2 ** 60, -2 ** 60, 2 ** 62, 2 ** 63 - 1,
          -2 ** 63, 2 ** 64, big, -big, 0.0, -0.0, 1.5, -1.5, 1e300, -1e300, nan, inf, -inf, True, False, None, "", "a",
          "ab", "\xff", u"", u"a", u"\xe9", u"\u20ac", b"", b"a", [], [1, 2], (), (1, 2, 3), {}, {1: 2}, set(), {1},
          frozenset([1]), Sized(3), Sized(-1), Sized(big), Items([1]), Map(a=1), Text("abc"), Whole(-3), Old(), object,
          "12", " -7 ", "1.5", 1j]
one = [(f_len, "abc"), (f_ord, "a"), (f_chr, 65), (f_abs, -1), (f_float, 1), (f_int, 1.5), (f_type, 1), (f_sqrt, 2.0),
       (f_sin, 1.0), (f_exp, 1.0), (f_fabs, -1.0), (f_str, 12), (f_bool, 3), (f_bool, [])]
# Each function sees one kind first.
for f, first in one:
    for _ in range(3000):
        f(first)
    print(f.__name__)
    for v in values:
        print("  ", repr(v).split(" at ")[0].split("object")[0][:24], repr(shown(f, v))[:60].split(" at ")[0])
for kinds in ([1, 2], (1,), {1: 2}, {1}, u"abc", b"abc"):
    def g_len(x):
        return len(x)

    for _ in range(3000):
        g_len(kinds)
    print([shown(g_len, v) for v in (kinds, "", [], {}, set(), (), u"", b"")], shown(g_len, 5))


def identity(x):
    return abs(x) is x, int(x) is x, min(x, x + 1) is x, max(x - 1, x) is x, abs(-x) is x


def identity_of_floats(x):
    return abs(x) is x, float(x) is x, min(x, x + 1) is x, max(x - 1.0, x) is x, max(x, nan) is x, min(nan, x) is nan


for n in range(3000):
    identity(n + 10000)
    identity_of_floats(n + 0.5)
print(identity(123456), identity(7), identity_of_floats(2.5), identity_of_floats(0.0))
for n in range(3000):
    f_min(n, 5), f_max(n, 5)
for pair in ((1, 2), (2, 1), (1, 1.0), (1.0, 1), (-0.0, 0.0), (0.0, -0.0), (nan, 1.0), (1.0, nan), ("a", "b"), (big, 1), (1, big),
             (Whole(1), 2), (2, Whole(1)), (True, 1), (1, True), ([1], [0]), (2 ** 62, 2 ** 63)):
    print(pair, shown(f_min, *pair), shown(f_max, *pair))
print(shown(min, 1), shown(lambda: min()), shown(lambda: max(1, 2, 3)))

print("isinstance")
classes = [int, str, object, list, (int, str), (str, (list, int)), (), Old, Everything, type, (int, 5), (5, int), 5, None,
           Whole, (Everything, int), Liar, bool, float]
things = [1, "a", None, True, 1.5, Whole(1), Old(), Old, int, Liar(), Changing(), Everything(), [], Items()]
for c in classes:
    def g_is(x):
        return isinstance(x, c)

    for _ in range(2000):
        try:
            g_is(7)
        except TypeError:
            break
    print(repr(c).split(" at ")[0][:40], [repr(shown(f_is, t, c)) if not isinstance(c, int) else shown(g_is, t) for t in things])


class Base(object):
    pass


class Derived(Base):
    pass


def chosen(things):
    n = 0
    for t in things:
        if isinstance(t, Derived):
            n += 100
        elif isinstance(t, (Base, int)):
            n += 1
    return n


sequence = [Base(), Derived(), 3, "x"] * 500
print(chosen(sequence))


def asked(self, name):
    return Derived if name == "__class__" else object.__getattribute__(self, name)


Base.__getattribute__ = asked
print(chosen(sequence))
del Base.__getattribute__
print(chosen(sequence))
Derived.__bases__ = (Sized,)
print(chosen(sequence))
Derived.__bases__ = (Base,)
print(chosen(sequence))

print("attributes by name")


class Has(object):
    here = 1
    __slots__ = ("slot",)

    def __getattr__(self, name):
        if name == "broken":
            raise ValueError(name)
        if name == "exits":
            raise KeyboardInterrupt(name)
        raise AttributeError(name)


class Name(str):
    pass


thing = Has()
for _ in range(3000):
    f_getattr(thing, "here")
    f_getattr_or(thing, "here", 0)
    f_getattr_or(thing, "absent", None)
    f_hasattr(thing, "here")
    f_hasattr(thing, "absent")
for x in (thing, Has, 5, None, Old()):
    for y in ("here", "slot", "absent", "broken", "exits", "real", "".join(["he", "re"]), Name("here"), u"here", 5, None, b"here"):
        for f in (f_getattr, f_hasattr, lambda a, b: f_getattr_or(a, b, "default")):
            try:
                print(repr(shown(f, x, y))[:50].split(" at ")[0], end=" ")
            except KeyboardInterrupt as error:
                print("interrupted", error, end=" ")
    print()
print(shown(f_getattr_or, thing, "absent", thing) == ("Has", thing))
for v in (12, 10 ** 30, 1.5, "a", True, None, Name("n"), u"u", [], Whole(3), Old, nan, 1e22, -0.0):
    text = f_str(v)
    print(type(text).__name__, text is v, repr(text)[:30].split(" at ")[0])


class Made(str):
    def __new__(cls, *args):
        print("new", len(args))
        return str.__new__(cls, *args)

    def __init__(self, *args):
        print("init", len(args))


class Says(object):
    def __str__(self):
        return Made("said")


print(type(f_str(Says())).__name__)

print("methods")
for _ in range(3000):
    f_append([], 1)
    f_append([1] * 5, None)
    f_pop([1, 2, 3])
    f_get({"a": 1}, "a")
    f_get_or({"a": 1}, "b", None)
    f_starts("hello", "he")
    f_ends("hello", "lo")
kept = []
for n in range(3000):
    f_append(kept, n)
print(len(kept), kept[-1], sum(kept))
sizes = []
while kept:
    f_pop(kept)
    if len(kept) % 500 == 0:
        sizes.append((len(kept), sys.getsizeof(kept)))
print(sizes)
kept = []
sizes = [sys.getsizeof(kept)]
for n in range(40):
    kept.append(n)
    sizes.append(sys.getsizeof(kept))
while len(kept) > 3:
    kept.pop()
    sizes.append(sys.getsizeof(kept))
print(sizes)
for x in ([], [1], Items([1]), (), {}, bytearray(b"ab")):
    print(repr(x), shown(f_append, x, 3), shown(f_pop, x))
for x in ({}, {"a": 1}, Map(a=1), [], None):
    print(repr(x), shown(f_get, x, "a"), shown(f_get, x, 5), shown(f_get, x, []), shown(f_get_or, x, "b", 7))
for x in ("", "hello", Text("hello"), u"hello", u"h\u20ac", b"hello"):
    for y in ("", "h", "hello", "hello world", "lo", ("x", "h"), u"h", u"\u20ac", b"h", 5, None):
        print(shown(f_starts, x, y), shown(f_ends, x, y), end=" ")
    print()


class Noted(object):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __del__(self):
        print("del", self.n, sys._getframe(1).f_code.co_name)


def temporaries(n):
    a = len([Noted(n)])
    b = isinstance(Noted(n + 1), Noted)
    c = isinstance(Noted(n + 2), (int, str))
    d = [Noted(n + 3)].pop()
    e = {"k": Noted(n + 4)}.get("k", Noted(n + 5))
    f = {}.get("k", [Noted(n + 6)])
    [].append(Noted(n + 7))
    g = type(Noted(n + 8)).__name__
    return a, b, c, d.n, e.n, len(f), g


class Quiet(Noted):
    def __del__(self):
        pass


Loud = Noted
Noted = Quiet
for _ in range(3000):
    temporaries(0)
Noted = Loud
print(temporaries(10))
print(temporaries(20))

print("rebound")


def lengths(xs):
    n = 0
    for x in xs:
        n += len(x)
    return n


print(lengths(["ab", "c"] * 1000))
len = lambda x: 1000
print(lengths(["ab", "c"] * 2))
del len
print(lengths(["ab", "c"] * 2))
real = builtins.len
builtins.len = lambda x: 2000
print(lengths(["ab", "c"] * 2))
builtins.len = real
print(lengths(["ab", "c"] * 2))
builtins.len = builtins.abs
try:
    print(lengths([-5, 6]))
finally:
    builtins.len = real


def squares(xs):
    total = 0.0
    for x in xs:
        total += math.sqrt(x) + math.sin(x)
    return total


print(squares([1.0, 4.0] * 1000))
math.sqrt, math.sin = math.sin, math.sqrt
print(squares([1.0, 4.0]))
math.sqrt, math.sin = math.sin, math.sqrt
print(squares([1.0, 4, 9]))
print(shown(squares, [1.0, -4.0]), shown(squares, [inf]), shown(squares, ["x"]))

isinstance = lambda x, c: "rebound"
print(f_is(1, int))
del isinstance
print(f_is(1, int))


def aliases(xs):
    push = xs.append
    for n in range(2000):
        push(n)
    take = xs.pop
    for n in range(1000):
        take()
    return real(xs)


print(aliases([]), aliases(bytearray()) if False else "")
comprehension = [[y for y in range(x)] for x in range(40)]
print(real(comprehension), comprehension[-1][-1], [x * 1.5 for x in range(5)])
