# Functions, methods and types in C that take a tuple of arguments: with few arguments, with wrong ones, of subclasses,
# with code of the program's in the middle, and near the limit of recursion.
from __future__ import print_function
import gc
import sys
import weakref

if sys.version_info[0] > 2:
    unicode = str
    long = int


class Items(list):
    def pop(self, *args):
        return ("mine", args)


class PlainItems(list):
    pass


class Map(dict):
    def __missing__(self, key):
        return "missing"


class Number(int):
    def __init__(self, *args):
        print("Number.__init__", args)


class Text(unicode):
    def __init__(self, *args):
        print("Text.__init__", len(args))


class Plain(str):
    def __init__(self, *args):
        print("Plain.__init__", len(args))


class Converts(object):
    def __repr__(self):
        return "Converts"

    def __int__(self):
        return Number(7)

    __long__ = __int__

    def __float__(self):
        return 2.5

    def __str__(self):
        return Plain("plain")

    def __unicode__(self):
        return Text("text")

    def __index__(self):
        return 1

    def __nonzero__(self):
        print("asked")
        return False

    __bool__ = __nonzero__


class Fails(object):
    def __int__(self):
        raise KeyError("int")

    __float__ = __str__ = __unicode__ = __nonzero__ = __bool__ = __iter__ = __index__ = __hash__ = __int__


class Key(object):
    def __init__(self, n, log):
        self.n = n
        self.log = log

    def __hash__(self):
        self.log.append("hash")
        return self.n % 2

    def __eq__(self, other):
        self.log.append("eq")
        return self.n == other.n


class Dies(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("dies:", self.name)


def shown(f, *args):
    try:
        result = f(*args)
        return type(result).__name__, result
    except Exception as error:
        return type(error).__name__, str(error)


def pop(items, *index):
    if index:
        return items.pop(index[0])
    return items.pop()


def pop_at(items, index):
    return items.pop(index)


def insert(items, index, value):
    return items.insert(index, value)


def sort(items):
    return items.sort()


def get(d, key):
    return d.get(key)


def get_or(d, key, default):
    return d.get(key, default)


def set_default(d, key):
    return d.setdefault(key)


def set_default_to(d, key, default):
    return d.setdefault(key, default)


def pop_key(d, key):
    return d.pop(key)


def pop_key_or(d, key, default):
    return d.pop(key, default)


def update(d, other):
    return d.update(other)


def replace(s, a, b):
    return s.replace(a, b)


def split(s):
    return s.split()


def split_at(s, sep):
    return s.split(sep)


def call(f):
    return f()


def call1(f, a):
    return f(a)


def call2(f, a, b):
    return f(a, b)


def call3(f, a, b, c):
    return f(a, b, c)


def plainly(value):
    # 2.7 and 3.x agree on these.
    return sorted(value) if isinstance(value, (set, dict)) else value


def lists():
    for index in (0, 1, -1, -3, 2, 3, -4, True, 1.5, None, 10 ** 30, "x", Converts()):
        for make in (list, Items, PlainItems):
            items = make("abc")
            print(index if not isinstance(index, Converts) else "index", make.__name__,
                  shown(pop_at, items, index), list(items))
            items = make("abc")
            print(shown(insert, items, index, "v"), list(items))
    print(shown(pop, []), shown(pop_at, [], 0))
    items = list(range(100))
    print([pop_at(items, 0) for _ in range(70)] + [pop_at(items, -1) for _ in range(29)], items)
    items = [3, 1, 2]
    print(sort(items), items)
    bound, added = items.pop, items.insert
    print(call1(bound, 0), call2(added, 0, 9), items, shown(call1, bound, 99))


class Compared(object):
    def __init__(self, items, n):
        self.items, self.n = items, n

    def __lt__(self, other):
        self.items.append(0)
        return self.n < other.n


def sorts():
    items = []
    items.extend(Compared(items, n) for n in (3, 1, 2))
    print(shown(sort, items)[0], [getattr(item, "n", item) for item in items])
    items = [Compared([], n) for n in (3, 1, 2)]
    print([item.n for item in call1(sorted, items)], shown(call1, sorted, 5), shown(call1, sorted, Fails()))
    print(call1(sorted, iter("bca")), call1(sorted, {2: 0, 1: 0}), call2(sorted, [1, 2], None)
          if sys.version_info[0] == 2 else shown(call2, sorted, [1, 2], None)[0])


def dicts():
    for make in (dict, Map):
        d = make(a=1, b=2)
        print(make.__name__, shown(get, d, "a"), shown(get, d, "z"), shown(get_or, d, "z", 5), shown(get, d, []))
        print(shown(set_default, d, "c"), shown(set_default_to, d, "d", 4), shown(set_default_to, d, "a", 5))
        print(shown(pop_key, d, "a"), shown(pop_key, d, "a"), shown(pop_key_or, d, "a", 6), shown(pop_key, d, {}))
        print(shown(update, d, {"b": 7, "e": 8}), shown(update, d, [("f", 9)]), shown(update, d, 5)[0], sorted(d.items(), key=str))
        print(shown(pop_key, make(), "a"), shown(pop_key_or, make(), [], 1))
    log = []
    d = {}
    for n in range(6):
        set_default_to(d, Key(n, log), n)
    print(len(log), [get(d, Key(n, log)) for n in range(7)], log)
    del log[:]
    print([pop_key_or(d, Key(n, log), "none") for n in range(7)], log)
    d = {1: "int", "1": "str", (1, "1"): "tuple"}
    print(get(d, 1), get(d, 1.0), get(d, True), get(d, (1, "1")), get(d, u"1"))
    print(shown(get, d, Fails()), shown(set_default, d, Fails()), shown(pop_key, d, Fails()))
    gone = {"key": Dies("value")}
    print(type(pop_key(gone, "key")).__name__, gone)


def texts():
    for s in (u"a-b-a", "a-b-a", Text(u"a-b"), u"", b"a-b"):
        for a in (u"a", "a", u"", b"a", 5):
            print(shown(replace, s, a, u"\xe9"), shown(replace, s, a, "x"), shown(replace, s, a, a))
    text = u"abc"
    print(replace(text, u"z", u"y") is text, shown(replace, text, "\xff", "z")[0])
    for s in (u" a  b\tc ", " a  b ", Text(u"x y")):
        print(shown(split, s), shown(split_at, s, None), shown(split_at, s, u" "), shown(split_at, s, " "),
              shown(split_at, s, u""), shown(split_at, s, 5)[0])


def types():
    arguments = [5, -2.75, True, None, "12", u"12", "x", [1, 2], (1, 2), {"a": 1}, Converts(), Fails(), 10 ** 30]
    for f in (list, tuple, dict, set, bool, float, int, str, unicode):
        print(f.__name__, plainly(call(f)))
        for argument in arguments:
            name, result = shown(call1, f, argument)
            text = result if isinstance(argument, (Converts, Fails)) else plainly(result)
            print(" ", type(argument).__name__, name, "an object" if "0x" in str(text) else text)
        print(shown(call2, f, "1", 2)[0], shown(call3, f, 1, 2, 3)[0])
    given = (1, 2)
    print(call1(tuple, given) is given, call1(str, "a") == "a")
    d = dict((str(n), n) for n in range(20))
    print(list(call1(dict, d)) == list(dict(d)), call1(dict, Map(a=1)), type(call1(dict, Map(a=1))).__name__)


def generators():
    def gen(n):
        for i in range(n):
            yield i
        if n == 3:
            raise KeyError("gen")

    for f in (list, tuple, set, sorted, sum, max, any, all):
        print(f.__name__, shown(call1, f, gen(4)), shown(call1, f, gen(3)), shown(call1, f, gen(0)))


class Hints(object):
    def __init__(self, hint, length=None):
        self.hint = hint
        self.length = length

    def __iter__(self):
        return iter("abc")

    def __length_hint__(self):
        print("hint")
        if isinstance(self.hint, Exception):
            raise self.hint
        return self.hint


class Measured(Hints):
    def __len__(self):
        print("len")
        if isinstance(self.length, Exception):
            raise self.length
        return self.length


class Old:
    def __iter__(self):
        return iter("ab")


class OldMeasured(Old):
    def __len__(self):
        print("len")
        raise AttributeError("len")


def hints():
    cases = [Hints(2), Hints(TypeError("no")), Hints(ValueError("no")), Old(), OldMeasured(), Measured(5, 3),
             Measured(5, TypeError("no")), Measured(5, AttributeError("no")), Measured(5, KeyError("no"))]
    for case in cases:
        for f in (list, tuple):
            print(type(case).__name__, shown(call1, f, case))
    try:
        raise KeyError("outside")
    except KeyError:
        call1(tuple, (i for i in range(3)))
        print(sys.exc_info()[0].__name__)


def functions():
    print(call2(divmod, 7, 2), call2(divmod, -7.5, 2), shown(call2, divmod, 1, 0), shown(call2, divmod, 1, "a")[0])
    print(call2(issubclass, bool, int), call2(issubclass, int, (str, object)), shown(call2, issubclass, 1, int)[0])
    print(list(call1(iter, "ab")), shown(call1, iter, 5), call2(iter, lambda: 1, 1).__class__.__name__)
    it = iter([1, 2])
    print(call1(next, it), call2(next, it, "end"), call2(next, it, "end"), shown(call1, next, it), shown(call1, next, []))

    class Raises(object):
        def __iter__(self):
            return self

        def next(self):
            raise KeyError("next")

        __next__ = next

    print(shown(call1, next, Raises()), shown(call2, next, Raises(), 1))

    class Slots(object):
        __slots__ = "a"

    slots = Slots()
    print(call3(setattr, slots, "a", 5), slots.a, shown(call3, setattr, slots, "b", 1)[0], shown(call3, setattr, 5, 5, 5)[0])


def lifetimes():
    def drop():
        print(call2(get_it, {Dies("dict"): 1}, Dies("key")))

    def get_it(d, key):
        return d.get(key, Dies("default")) is None

    drop()
    items = []
    items.insert(0, Dies("item"))
    print("inserted")
    pop_at(items, 0)
    print("popped")
    items = [Dies("first")]
    ref = weakref.ref(items[0])
    kept = pop_at(items, 0)
    print(ref() is kept, sys.getrefcount(kept))
    del kept
    print(ref())


def depths():
    class Nested(object):
        def __init__(self, f):
            self.f = f

        def __iter__(self):
            depth.append(1)
            return iter([call1(self.f, self)])

    for f in (list, tuple, set, sorted):
        depth = []
        print(f.__name__, shown(call1, f, Nested(f))[0], len(depth))


def all_of_it():
    for part in (lists, sorts, dicts, texts, types, generators, hints, functions, lifetimes):
        part()


limit = sys.getrecursionlimit()
for turn in range(2):
    all_of_it()
sys.setrecursionlimit(200)
depths()
sys.setrecursionlimit(limit)


def hot(n):
    items, d, total = [], {}, 0
    for i in range(n):
        items.insert(0, i)
        d.setdefault(i % 7, []).append(i)
        total += items.pop(0) + len(list(d)) + len(tuple(j for j in (1, 2))) + d.get(i % 3, [0])[0]
        total += int(float(str(i % 10))) + len(u"a&b".replace("&", "&amp;"))
        if i % 100 == 99:
            total += len(sorted(d.pop(i % 7)))
            d.update({"x": [i]})
    return total, len(d)


print(hot(20000))
gc.collect()
