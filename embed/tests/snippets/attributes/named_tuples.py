"""Fields of named tuples: properties whose function is an itemgetter."""
from __future__ import print_function
import operator
import sys
from collections import namedtuple

Point = namedtuple("Point", "x y")


class Odd(tuple):
    first = property(operator.itemgetter(0))
    last = property(operator.itemgetter(-1))
    both = property(operator.itemgetter(0, 1))
    sliced = property(operator.itemgetter(slice(0, 2)))
    missing = property(operator.itemgetter(10))
    wrong = property(operator.itemgetter("a"))


class Mapping(dict):
    name = property(operator.itemgetter("name"))
    missing = property(operator.itemgetter("missing"))


class Subscripted(object):
    item = property(operator.itemgetter(3))

    def __getitem__(self, key):
        if key == 3 and len(asked) == 2000:
            Subscripted.item = property(operator.itemgetter(4))
        asked.append(key)
        return key, sys._getframe(1).f_code.co_name


class Named(type):
    pass


Fake = type("operator.itemgetter", (object,), {"__call__": lambda self, owner: ("fake", type(owner).__name__)})


class Faked(tuple):
    first = property(Fake())


asked = []


def fields(point, odd, mapping, subscripted, faked, times):
    results = []
    for number in range(times):
        results = [point.x, point.y, odd.first, odd.last, odd.both, odd.sliced, mapping.name, subscripted.item,
                   faked.first]
        for name in ("missing", "wrong"):
            for thing in (odd, mapping):
                try:
                    results.append(getattr(thing, name))
                except (IndexError, KeyError, TypeError, AttributeError) as error:
                    results.append((type(error).__name__, str(error)))
    return results


print(fields(Point(1, [2]), Odd((1, 2, 3)), Mapping(name="n"), Subscripted(), Faked((1,)), 3000))
print(len(asked), asked[-1])


def replace(times):
    point = Point(0, 0)
    for number in range(times):
        point = point._replace(x=point.x + 1)
        point = Point(point.x, y=point.y + 2)
    return point, point._asdict()["y"]


print(replace(2000))


def at_depth(level, point):
    try:
        return at_depth(level + 1, point)
    except RuntimeError:
        return point.x


sys.setrecursionlimit(200)
print(at_depth(0, Point(5, 6)))
