# list.pop(index), list.insert and list.index, and methods of lists that were bound before they are called.
from __future__ import print_function
import sys


class Equal(object):
    def __init__(self, log):
        self.log = log

    def __eq__(self, other):
        self.log.append(other)
        return other == 3

    __hash__ = None


class List(list):
    def append(self, item):
        list.append(self, ("own", item))


def told(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error).__name__, str(error)


def take(items, index):
    return items.pop(index)


def put(items, index, item):
    items.insert(index, item)
    return items


def find(items, item):
    return items.index(item)


def rotate(items, n):
    for i in range(n):
        items.insert(3, items.pop(0))
    return items


def ints():
    results = []
    for turn in range(40):
        results = [rotate(list(range(7)), 20)]
        for index in (0, 3, -1, -7, 6, 7, -8, True, 1 << 70, "x", None, 2.0):
            items = list(range(7))
            results.append((told(take, items, index), items))
            results.append(told(put, list(range(3)), index, "new"))
    return results


print(ints())


# Memory is taken and given back as ever.
def sizes():
    for turn in range(40):
        items, seen = [], []
        for n in range(30):
            items.insert(n // 2, n)
            seen.append(sys.getsizeof(items))
        while items:
            items.pop(len(items) // 2)
            seen.append(sys.getsizeof(items))
        items.insert(5, 1)
        items.insert(-5, 2)
        seen.append((items, sys.getsizeof(items)))
    return seen


print(sizes())


def finding():
    log = []
    plain = [1, "a", 2.5, None, 3, u"b", (1, 2), 3, "c", -1, 1 << 80, float("nan")]
    nan = plain[-1]
    for turn in range(40):
        del log[:]
        results = [told(find, plain, item) for item in
                   (1, "a", 2.5, None, 3, u"b", (1, 2), "c", -1, 1 << 80, nan, float("nan"), "zzz", True, 3.0, 1.0, u"a")]
        results.append(told(find, [1, 2, 3], Equal(log)))
        results.append(told(find, [1, Equal(log), 3], 3))
        results.append(told(find, [3, Equal(log)], 3))
        results.append([plain.index(3, 5), told(plain.index, 3, 8), plain.index(3, -8, -1)])
    return results, [getattr(item, "log", item) is log or item for item in log]


print(finding())


# Bound before: by lists, by others, by lists that nobody else has, and rebound while it is hot.
def fill(append, n):
    for i in range(n):
        append(i)


def with_own(n):
    items = List()
    append = items.append
    for i in range(n):
        append(i)
    return items


def mixed():
    seen = []
    for turn in range(40):
        items = []
        fill(items.append, 5)
        fill([].append, 3)
        append = items.append
        for i in range(10):
            append(i)
            if i == 5:
                append = seen.append
        pop = items.pop
        taken = [pop(), pop(0), pop(-2)]
        del append, pop
    return items, seen[:4], len(seen), taken


print(mixed())
print(with_own(60))


class Keeps(object):
    def __init__(self):
        self.items = []
        self.add = self.items.append
        self.look = {"a": 1}.get

    def fill(self, n):
        for i in range(n):
            self.add(i)
        return [self.look("a"), self.look("b"), self.look("b", 2)]


keeps = Keeps()
print(keeps.fill(60), len(keeps.items))
keeps.add = List().append
print(keeps.fill(60), len(keeps.items))
keeps.add = len
print(told(keeps.fill, 1))


def wrong():
    append, pop, starts = [].append, [1, 2].pop, "abc".startswith
    results = []
    for turn in range(60):
        results = [told(append), told(append, 1, 2), told(pop, "x"), starts("ab"), told(starts, 3), starts(("x", "a"))]
    return results


print(wrong())


# What is appended dies with the list, which dies with the method.
class Noisy(object):
    def __del__(self):
        log.append("gone")


log = []


def dies():
    for turn in range(60):
        append = [].append
        append(Noisy())
        log.append("kept")
        append = None
        log.append("next")


dies()
print(log[-6:], len(log))


# A list that recursion limits and tracing see.
def traced():
    events = []

    def trace(frame, event, argument):
        events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return trace
    items = []
    append = items.append
    for i in range(60):
        append(i)
        if i == 57:
            sys.settrace(trace)
    sys.settrace(None)
    return events, len(items)


print(traced())
