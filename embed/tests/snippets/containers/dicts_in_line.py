# env: PYTHONHASHSEED=0
# Items of exact dicts with keys that compare without foreign code, and with those that do not.
from __future__ import print_function
import sys
import weakref


class Same(object):
    """Equal to a string or number, and says so aloud."""

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        said.append(("eq", self.value, getattr(other, "value", other)))
        if hook:
            hook[0]()
        return self.value == getattr(other, "value", other)

    def __ne__(self, other):
        return not self == other

    def __repr__(self):
        return "Same(%r)" % (self.value,)


class Text(str):
    def __eq__(self, other):
        said.append(("text", str(self)))
        return str.__eq__(self, other)

    def __hash__(self):
        return str.__hash__(self)


class Number(int):
    def __eq__(self, other):
        said.append(("number", int(self)))
        return int(self) == other

    def __hash__(self):
        return int.__hash__(self)


class Missing(dict):
    def __missing__(self, key):
        return ("missing", key)


class Noted(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        said.append(("del", self.name))
        if hook:
            hook[0]()


said = []
hook = []


def get(d, k):
    return d[k]


def put(d, k, v):
    d[k] = v


def add(d, k):
    d[k] += 1
    return d[k]


def has(d, k):
    return k in d


def lacks(d, k):
    return k not in d


def lookup(d, k):
    return d.get(k)


def lookup_or(d, k, default):
    return d.get(k, default)


def shown(f, *args):
    del said[:]
    try:
        result = f(*args)
    except Exception as error:
        result = (type(error).__name__, str(error))
    return result, list(said)


def warm(function, *args):
    for _ in range(3000):
        function(*args)


def fresh(text):
    """The same characters in another object."""
    return "".join(list(text))


words = {"one": 1, "two": 2, "three": 3}
numbers = dict((n, -n) for n in range(20))
for f in (get, has, lacks, lookup):
    warm(f, words, "one")
    warm(f, numbers, 3)
warm(lookup_or, words, "one", 0)
warm(put, words, "one", 1)
warm(put, numbers, 3, -3)
warm(add, {"x": 0}, "x")

big = 10 ** 30
for f in (get, has, lacks, lookup):
    print(f.__name__)
    for d in (words, numbers):
        for k in ("one", fresh("three"), "four", "", 3, 19, 20, -1, -2, True, 1.0, 2 ** 40, big, None, (1,), Same("two"),
                  Same(4), Text("two"), Number(4), u"two", [], slice(1)):
            print(" ", repr(k)[:20].split(" object")[0], shown(f, d, k))

print("mixed keys")
mixed = {"a": 1, 2: "b", None: 3, 2.5: 4, (1, 2): 5, big: 6, Same("s"): 7, Text("t"): 8, Number(99): 9}
for k in ("a", 2, "s", "t", 99, fresh("t"), 98, big, 10 ** 30, None, 2.5, (1, 2)):
    for f in (get, has, lookup):
        print(" ", f.__name__, repr(k), shown(f, mixed, k))

print("stores")
d = {}
for k in ("a", "b", 1, 2, "a", fresh("b"), 1, 10 ** 3, 10 ** 3, Same("a"), Text("b"), Number(2), True):
    print(" ", shown(put, d, k, str(k)[:5] + "!"))
print(sorted(map(str, d.values())), len(d))
for k in ("missing", 77):
    print(shown(add, d, k))
print(add({"x": 41}, "x"), add({7: 41}, 7), add({"x": 1.5}, "x"), add({"x": 2 ** 62}, "x"))

print("subclasses")
for f in (get, has, lookup):
    print(" ", shown(f, Missing(a=1), "a"), shown(f, Missing(a=1), "z"), shown(f, Missing(a=1), 5))
print(" ", shown(put, Missing(), "a", 1))

print("other keys")


class Plain(object):
    pass


class Classic:
    pass


class Hashed(object):
    def __hash__(self):
        said.append("hash")
        return 5


class Meta(type):
    def __eq__(self, other):
        said.append("meta")
        return True

    def __hash__(self):
        return hash(Plain)


plain, classic, hashed = Plain(), Classic(), Hashed()
Metaclass = Meta("Metaclass", (object,), {})
others = {Plain: 1, int: 2, plain: 3, classic: 4, hashed: 5, (1, "a"): 6, (1, ("b", 2)): 7, (plain, 1): 8, (Same(3), 1): 9, 1.5: 10,
          None: 11, True: 12, get: 13, u"\xe9": 14, b"bytes": 15, frozenset([1]): 16, len: 17, (): 18, Ellipsis: 19}
searched = [Plain, int, str, plain, Plain(), classic, hashed, (1, "a"), (1, "".join(["a"])), (1, "b"), (1, ("b", 2)), (1, ("b", 3)),
            (plain, 1), (Same(3), 1), (3, 1), (3, 2), (1,), 1.5, 1.25, None, True, 1, 1.0, 0, get, has, u"\xe9", u"\xea", b"bytes", b"byte",
            frozenset([1]), len, abs, (), Ellipsis, Metaclass, ([],), (Hashed(), 1), 2 ** 70, 12.0, (1.0, "a"), (True, "a"), ((((1,),),),)]
for k in searched:
    for f in (get, has, lookup):
        def g(d, k):
            return f(d, k)
        for _ in range(300):
            shown(g, others, k)
        print(f.__name__, shown(f, others, k)[1], str(shown(g, others, k)[0])[:30].split(" at ")[0].split("object")[0], end="; ")
    print()


def each(keys):
    found = []
    for k in keys:
        found.append(others.get(k, "no"))
        others[k] = found[-1]
        found.append(k in others)
    return found


for kind in ([Plain, int, str] * 200, [plain, classic] * 200, [(1, "a"), (1, ("b", 2)), (2, "c")] * 200, [1.5, 2.5] * 200, [None] * 400):
    print(each(kind)[-6:])

print("what is replaced dies then and there")
d = {"k": Noted("first")}
print(" ", shown(put, d, "k", Noted("second")))
print(" ", shown(put, d, "k", None), shown(put, d, "other", None))


def refill():
    d["k"] = "from the destructor"


d = {"k": Noted("third")}
hook.append(refill)
print(" ", shown(put, d, "k", 5), d)
del hook[:]


def clear():
    d.clear()


d = {"k": Noted("fourth"), Same("x"): 1}
hook.append(clear)
print(" ", shown(put, d, "k", 5), d)
d = {Same("x"): 1, "y": 2}
print(" ", shown(get, d, "x"), d)
d = {Same("x"): 1, "y": 2}
print(" ", shown(put, d, "x", 3), d)
d = {Same("x"): 1, "y": 2}
print(" ", shown(has, d, "x"), d)
del hook[:]

print("the keys and values live as long as they should")


class Value(object):
    pass


value = Value()
ref = weakref.ref(value)
d = {"v": value}
del value
got = get(d, "v")
put(d, "v", 1)
print(ref() is got)
del got
print(ref())
before = sys.getrefcount(words), sys.getrefcount("one")
for _ in range(100):
    get(words, "one")
    has(words, "none")
    put(words, "one", 1)
    lookup_or(words, "none", "one")
after = sys.getrefcount(words), sys.getrefcount("one")
print(after[0] - before[0], after[1] - before[1])

print("deleted and inserted")
d = dict((str(n), n) for n in range(50))
for n in range(0, 50, 3):
    del d[str(n)]
print([n for n in range(60) if has(d, str(n))], [lookup_or(d, str(n), None) for n in range(10)])
d = dict((n, n) for n in range(50))
for n in range(0, 50, 3):
    del d[n]
print([n for n in range(60) if has(d, n)], [lookup_or(d, n, None) for n in range(10)])
print(shown(get, {}, "x"), shown(has, {}, 1), shown(lookup, {}, "x"))

print("dicts of instances")


class Thing(object):
    def __init__(self):
        self.a = 1
        self.b = 2


for _ in range(3):
    t = Thing()
    put(t.__dict__, "a", 10)
    put(t.__dict__, "c", 11)
    print(get(t.__dict__, "a"), t.a, t.c, has(t.__dict__, "b"), has(t.__dict__, "d"))
    del t.b
    print(has(t.__dict__, "b"), shown(get, t.__dict__, "b"))

print("untracked dicts become tracked")
import gc
d = {"a": 1}
put(d, "a", 2)
print(gc.is_tracked(d))
put(d, "a", [])
print(gc.is_tracked(d))

print("globals by their dict")
counter = 0


def bump(n):
    global counter
    space = globals()
    for i in range(n):
        counter = counter + 1
        space["counter"] = space["counter"] + 10
    return counter


print(bump(3000), counter)
space = globals()
total = 0
for i in range(5000):
    total = total + 1
    if space["total"] != total:
        print("stale")
        break
    if i % 1000 == 999:
        space["total"] = 0
print(total)


def default(d, k):
    return d.get(k, total)


print(default({}, "x"), default({"x": 1}, "x"))
print(shown(lookup, [], "x"), shown(lookup, {}, []))
