# env: PYTHONHASHSEED=0
# Membership in sets, with keys that compare without foreign code and others.
from __future__ import print_function

said = []


class Same(object):
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        said.append(self.value)
        return self.value == getattr(other, "value", other)


def has(s, k):
    return k in s


def lacks(s, k):
    return k not in s


def constant(k):
    return k in {1, 2, 3, "x"}, k not in {"a", 5}


def shown(f, *args):
    del said[:]
    try:
        return f(*args), list(said)
    except Exception as error:
        return type(error).__name__, str(error)


words = set("the quick brown fox jumps over the lazy dog".split())
numbers = set(range(0, 1000, 7))
for _ in range(3000):
    has(words, "fox")
    lacks(numbers, 14)
    constant("x")
    constant(2)
for k in ("fox", "".join(["f", "ox"]), "cat", "", 7, 8, 0, -1, True, 14.0, None, (1,), 10 ** 30, Same("dog"), Same(21), u"fox", []):
    print(repr(k)[:20].split(" object")[0], shown(has, words, k), shown(has, numbers, k), shown(lacks, frozenset(words), k),
          shown(constant, k))
mixed = {Same("a"), Same(5), "b", 6, None, (1, 2), 2.5}
for k in ("a", 5, "b", 6, 7, "c", None, (1, 2), 2.5):
    print(repr(k), shown(has, mixed, k), shown(lacks, mixed, k))
for s in (set(), set([1]), set(["<dummy key>"]), set(["x", "<dummy key>"])):
    print([has(s, k) for k in (1, "<dummy key>", "x")])
    s.discard("<dummy key>")
    s.discard(1)
    print([has(s, k) for k in (1, "<dummy key>", "x")])
    s.add("<dummy key>")
    print([has(s, k) for k in (1, "<dummy key>", "x")])
growing = set()
wrong = 0
for n in range(4000):
    growing.add(n * 37 % 4001)
    growing.add(str(n))
    if n % 3 == 0:
        growing.discard(n * 37 % 4001)
        growing.discard(str(n))
    wrong += has(growing, str(n)) != (n % 3 != 0)
    wrong += lacks(growing, n * 37 % 4001) != (n % 3 == 0)
print(wrong, len(growing), sum(1 for n in range(5000) if has(growing, n)), sum(1 for n in range(5000) if has(growing, str(n))))


class Set(set):
    def __contains__(self, k):
        return "mine"


print(has(Set([1]), 5), has(frozenset("abc"), "a"))
