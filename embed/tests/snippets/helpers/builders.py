# env: PYTHONHASHSEED=0
# BUILD_* and the comprehensions: order of evaluation, hashing errors, lifetimes.
from __future__ import print_function

order = []


class Key(object):
    def __init__(self, name, fail=False):
        self.name, self.fail = name, fail

    def __hash__(self):
        order.append("hash %s" % self.name)
        if self.fail:
            raise ValueError("hash %s" % self.name)
        return 1

    def __eq__(self, other):
        order.append("eq %s %s" % (self.name, other.name))
        return self.name == other.name

    def __repr__(self):
        return self.name

    def __del__(self):
        order.append("del %s" % self.name)


def a_tuple(a, b, c):
    return (a, b, (c, a), ())


def a_list(a, b, c):
    return [a, b, [c, a], []]


def a_set(a, b, c):
    return {a, b, c, a}


def a_dict(a, b, c):
    return {a: 1, b: 2, c: 3, a: 4}


def comprehensions(a, b, c):
    return [x for x in (a, b)], {x for x in (a, b, c)}, {x: y for x, y in ((a, 1), (b, 2), (c, a))}


def temporaries():
    t = (Key("x"), Key("y"))
    l = [Key("p"), [Key("q")]]
    return len(t) + len(l)


def fresh_set():
    return {Key("1"), Key("2"), Key("1")}


def fresh_dict():
    return {Key("1"): Key("one"), Key("2"): Key("two"), Key("1"): Key("again")}


def failing_set():
    return {Key("1"), Key("2", True), Key("3")}


def failing_dict():
    return {Key("1"): 1, Key("2", True): 2, Key("3"): 3}


def show(f, *args):
    del order[:]
    try:
        result = repr(f(*args))
    except Exception as e:
        result = "%s: %s" % (type(e).__name__, e)
    return result, list(order)


for args in [(1, 2, 3), ("a", "b", "a"), (1, [], 3), (None, (), {}), (1.5, 1j, True)]:
    for f in (a_tuple, a_list, a_set, a_dict, comprehensions):
        for i in range(30):
            result = show(f, *args)
        print(f.__name__, result)
for f in (temporaries, fresh_set, fresh_dict, failing_set, failing_dict):
    for i in range(30):
        result = show(f)
    print(f.__name__, result)


def large(n):
    return [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, n], (n,) * 3, {"a": n, "b": {"c": [n]}}]


def grow(n):
    squares = [i * i for i in range(n)]
    evens = {i for i in squares if i % 2 == 0}
    table = {i: str(i) for i in squares}
    nested = [[i * j for j in range(3)] for i in range(3)]
    return len(squares), len(evens), len(table), nested, sum(i for i in squares)


for i in range(40):
    r = large(i), grow(i)
print(r)


class Holder(object):
    def __getitem__(self, key):
        return key


def slices(h, a, b, c):
    return h[a:b:c], h[::], h[a::c], h[:, a:b, ::c], h[a:b:None]


for i in range(40):
    r = slices(Holder(), i, "x", None)
print(r)
