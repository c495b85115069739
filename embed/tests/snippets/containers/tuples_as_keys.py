# Tuples are hashed, and compared, as keys without asking their items one by one.
from __future__ import print_function
from collections import namedtuple

Pair = namedtuple("Pair", "a b")


class Own(tuple):
    def __hash__(self):
        log.append("hash")
        return 5

    def __eq__(self, other):
        log.append("eq")
        return tuple(self) == tuple(other)


class Tuple(tuple):
    pass


class Number(int):
    def __hash__(self):
        log.append("number")
        return 99


log = []


def deep(n):
    key = ()
    for i in range(n):
        key = (key, i)
    return key


def find(table, key):
    return table[key]


def has(table, key):
    return key in table


def put(table, key, value):
    table[key] = value


def told(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__, str(error)


def made(n):
    # New objects each time.
    return [(), (n,), (-1,), (-2,), (-1, -1), (n, "a" * n), ("a", u"b", b"c"), (1.5, None, True), (1 << 70, -(1 << 70)),
            (1 << 40, -(1 << 40)), (1 << 61) - 1, ((1 << 61) - 1, -((1 << 61) - 1)), ((1 << 31), -(1 << 31), (1 << 30)),
            Pair(n, (n, n)), (1, Pair(1, Pair(2, 3))), Tuple((1, 2)), (Tuple((n,)), 4), Own((7, 8)), (Own((7,)), 1),
            (Number(3), 1), (n, (n, (n, (n, (n, (n, n)))))), deep(4), deep(5), deep(6), deep(9), ((),), ((), ()),
            (float("inf"), -0.0), frozenset([1]), (frozenset([1, 2]), 3), (Plain, len)]


class Plain(object):
    pass


for turn in range(40):
    del log[:]
    keys, again = made(3), made(3)
    table = dict(zip(keys, range(99)))
    found = [told(find, table, key) for key in again]
    there = [has(table, key) for key in again]
    in_set = [has(set(keys), key) for key in again] + [has(frozenset(keys), key) for key in again]
    for key in again:
        put(table, key, "new")
    # Hashes of classes and functions are addresses: so is what follows from them for the order.
    numbers = sorted(str((key, len(table))) for key in table if type(key) is tuple and len(key) == 1)
    missing = [told(find, table, key) for key in ((3, 4), (-3,), ((-2,),), Pair(3, 3), ([],), (1, {}), deep(7), (Own((7, 9)), 1))]
print(found)
print(all(there), all(in_set), len(table), numbers)
print(missing)
print(log)

# All hashes are those that CPython gives.
for turn in range(40):
    wrong = [key for key in made(2) if {key: 1}.get(key) != 1 or hash(key) not in {hash(key): 1} or not has({key: 1}, key)]
print(wrong)


# Equal to others than tuples, and to tuples of others.
class Anything(object):
    def __eq__(self, other):
        log.append(str(other))
        return True

    def __hash__(self):
        return hash((1, 2))


for turn in range(40):
    del log[:]
    results = [has({(1, 2): 1}, Anything()), has({Anything(): 1}, (1, 2)), has({(1.0, 2): 1}, (1, 2)), has({(1, 2): 1}, (True, 2)),
               has({Tuple((1, 2)): 1}, (1, 2)), has({(1, 2): 1}, Tuple((1, 2))), has({Pair(1, 2): 1}, (1, 2)),
               has({(1, (2, 3)): 1}, (1, Pair(2, 3))), has({("a",): 1}, (u"a",))]
print(results, log)
