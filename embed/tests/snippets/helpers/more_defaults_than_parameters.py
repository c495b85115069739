# Functions with more defaults than parameters: the last default is for the last parameter, however they are called.
from __future__ import print_function


def two(a, b):
    return (a, b)


def one(a):
    return a


def collects(a, b, *rest, **names):
    return (a, b, rest, sorted(names.items()))


class Made(object):
    def __init__(self, a, b):
        self.given = (a, b)


for function in (two, one, collects, Made.__dict__['__init__']):
    function.__defaults__ = (1, 2, 3)


def positional():
    return (two(0), two(), one(), collects(), collects(0), Made().given, Made(0).given)


def named():
    return (two(a=0), two(b=0), one(a=0), collects(a=0), collects(b=0, c=5), Made(a=0).given, Made(b=0).given)


def spread(arguments, names):
    return (two(*arguments), two(**names), collects(*arguments), collects(**names), Made(*arguments).given)


seen = set()
for turn in range(3000):
    seen.add(repr((positional(), named(), spread((0,), {'b': 7}))))
print(sorted(seen))
