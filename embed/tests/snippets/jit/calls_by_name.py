"""Arguments by name, and defaults, of functions that compiled code calls straight away or inlines."""
from __future__ import print_function
import sys


def plain(first, second=2, third=3, fourth=4):
    return (first, second, third, fourth)


def small(first, second=2, third=3):
    return first + second * 10 + third * 100


def rebinding(first, second=2, third=3):
    second = second + 1
    third += first
    return first, second, third


def long(first, second=2, third=3):
    total = 0
    for number in range(3):
        total += first * second + third + number
    return total


def captures(first, second=2):
    def inner():
        return first, second
    return inner()


def collects(first, second=2, *rest, **names):
    return first, second, rest, sorted(names.items())


def many(a=0, b=1, c=2, d=3, e=4, f=5, g=6, h=7, i=8, j=9, k=10, l=11, m=12, n=13, o=14, p=15, q=16, r=17):
    return a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r


class Thing(object):
    def __init__(self, first, second=2, third=3):
        self.values = first, second, third

    def small(self, first, second=2, third=3):
        return first + second * 10 + third * 100

    def method(self, first, second=2, third=3):
        total = 0
        for number in range(2):
            total += number
        return self.values, first, second, third, total

    def collect(self, first, *rest, **names):
        return first, rest, sorted(names.items())

    @classmethod
    def of_class(cls, first, second=2, third=3):
        return cls.__name__, first, second, third

    @staticmethod
    def static(first, second=2, third=3):
        return first, second, third

    def __call__(self, first, second=2):
        return first, second


class Old:
    def __init__(self, first, second=2):
        self.values = first, second

    def method(self, first, second=2):
        return self.values, first, second


def failing(call, times):
    seen = []
    for number in range(times):
        try:
            call(number)
        except TypeError as error:
            if str(error) not in seen:
                seen.append(str(error))
    return seen


def too_few_small(number):
    return small(second=number)


def too_few_long(number):
    return long(third=number, second=1)


def twice(number):
    return long(number, first=number)


def unknown(number):
    return long(number, other=number)


def too_few_method(number):
    return Thing(number).method(third=number)


def too_few_class(number):
    return Thing(third=number)


def all_forms(number, thing, old):
    return [
        plain(number), plain(number, third=number), plain(number, fourth=1, second=number),
        plain(second=1, first=number), plain(number, 1, fourth=number),
        small(number), small(number, third=number), small(third=1, second=2, first=number), small(number, 1),
        rebinding(number), rebinding(number, third=number), rebinding(first=number, third=1),
        long(number), long(number, third=1), long(third=number, first=1), long(number, second=0),
        captures(number), captures(second=number, first=1),
        collects(number), collects(number, other=1), collects(number, 1, 2, 3, other=number),
        many(number, h=number), many(r=number),
        Thing(number).values, Thing(number, third=number).values, Thing(second=1, first=number).values,
        Thing(first=number).values,
        thing.small(number), thing.small(number, third=1), thing.small(third=number, first=0),
        thing.method(number), thing.method(number, third=1), thing.method(third=number, first=0),
        thing.collect(number, a=1), thing.collect(number, 2, 3, b=number),
        thing.of_class(number, third=1), Thing.of_class(third=number, first=1),
        thing.static(number, third=1), Thing.static(third=number, first=1),
        thing(number), thing(second=number, first=1),
        Old(number).values, Old(number, second=1).values, Old(second=number, first=1).values,
        old.method(number), old.method(number, second=1), old.method(second=number, first=1),
        "{0}-{name}".format(number, name=number), sorted([number, 1, 2], reverse=True),
        sorted([3, number], key=lambda item: -item),
    ]


def run(times):
    thing, old = Thing(1), Old(1)
    results = []
    for number in range(times):
        results = all_forms(number, thing, old)
    return results


for result in run(3000):
    print(result)
for call in (too_few_small, too_few_long, twice, unknown, too_few_method, too_few_class):
    print(failing(call, 1500))

# Defaults and code that change under hot code.
new = "__defaults__" if sys.version_info[0] > 2 else "func_defaults"
code = "__code__" if sys.version_info[0] > 2 else "func_code"
for function in (plain, small, rebinding, long, captures):
    setattr(function, new, (7, 8, 9)[:len(getattr(function, new))])
for result in run(50):
    print(result)
setattr(long, new, (5,))
setattr(small, new, (5,))


def fewer(number):
    return small(number, 1), long(number, 1), small(second=1, first=number), long(second=number, first=1)


print(failing(fewer, 1500), fewer(3))


def others(number):
    return small(number, third=1), long(number, third=1)


print(failing(others, 1500))
setattr(long, new, None)
setattr(small, new, None)
print(failing(fewer, 1500), failing(others, 1500))


def other(third, second=20, first=30):
    return first, second, third


setattr(long, new, (1, 2))
setattr(long, code, getattr(other, code))


def renamed(times):
    results = []
    for number in range(times):
        results.append((long(number, first=1), long(third=number), long(second=1, third=2)))
    return results


print(renamed(1500)[-1])


# What a default holds lives as long as it should, and is counted as it should be.
class Noisy(object):
    def __del__(self):
        print("gone")


def dropping(first, second=None):
    if first == 2:
        setattr(dropping, new, (None,))
    return first, second is None


def holding(first, second=Noisy()):
    if first == 5:
        setattr(holding, new, (None,))
    result = (first, second is None, 0 if second is None or first == 5 else sys.getrefcount(second))
    return result


def call_holding(times):
    result = None
    for number in range(times):
        result = holding(first=number % 5)
    return result


def call_dropping(times):
    result = None
    for number in range(times):
        result = dropping(0), dropping(first=1)
    return result


print(call_holding(3000))
print(holding(first=5))
print(call_holding(3000))
setattr(dropping, new, (Noisy(),))
print(call_dropping(3000))
print(dropping(2), dropping(first=1))


def interrupted(times, values):
    """Names on the operand stack where an argument leaves."""
    results = []
    for number in range(times):
        try:
            results.append(plain(number, third=values[number % 4], second=[number]))
        except IndexError as error:
            results.append(str(error))
    return results[-5:]


print(interrupted(3000, [1, 2.5, "x"]))
