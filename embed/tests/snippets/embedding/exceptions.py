# try, except, else, finally, break, continue and return in hot loops.
from __future__ import print_function
import sys


def mixed(n):
    counts = [0] * 6
    for i in range(n):
        try:
            if i % 3 == 0:
                raise ValueError(i)
            if i % 7 == 0:
                raise KeyError(i)
            if i % 11 == 0:
                continue
            counts[0] += 1
        except ValueError as error:
            counts[1] += error.args[0]
        except KeyError:
            counts[2] += 1
            if i > 2900:
                break
        else:
            counts[3] += 1
        finally:
            counts[4] += 1
        counts[5] += 1
    return counts


def returns(n):
    total = 0
    for i in range(n):
        total += inner(i)
    return total


def inner(i):
    try:
        if i % 2:
            return 1
        return 10 // (i % 4)
    except ZeroDivisionError:
        return 100
    finally:
        if i % 5 == 0:
            return 1000


def reraises(n):
    caught = 0
    for i in range(n):
        try:
            try:
                1 // (i % 2)
            except ZeroDivisionError:
                raise
            finally:
                caught += 1
        except ArithmeticError:
            caught += 10
    return caught


def nested_handlers(n):
    seen = []
    for i in range(n):
        try:
            raise ValueError("a")
        except ValueError:
            try:
                raise KeyError("b")
            except KeyError:
                inside = sys.exc_info()[0].__name__
            after = sys.exc_info()[0].__name__
        if i % 1000 == 0:
            seen.append((inside, after))
    return seen


def helper():
    return sys.exc_info()[0]


def state(n):
    seen = set()
    for i in range(n):
        try:
            raise IndexError
        except IndexError:
            seen.add(helper().__name__)
    return sorted(seen)


def propagates(n):
    total = 0
    for i in range(n):
        try:
            middle(i)
        except LookupError as error:
            total += len(str(error))
    return total


def middle(i):
    return lowest(i) + 1


def lowest(i):
    if i % 2:
        return {}[i]
    return [][i]


class Manager(object):
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log[0] += 1
        return self

    def __exit__(self, kind, value, trace):
        self.log[1] += 1
        if kind is not None:
            self.log[2] += 1
        return kind is ValueError


def managed(n):
    log = [0, 0, 0, 0]
    for i in range(n):
        with Manager(log):
            if i % 5 == 0:
                raise ValueError
            if i % 7 == 0:
                continue
            log[3] += 1
    return log


for attempt in range(2):
    print(mixed(3000))
    print(returns(2000))
    print(reraises(2000))
    print(nested_handlers(3000))
    print(state(2000))
    print(propagates(2000))
    print(managed(2000))
print(sys.exc_info()[0] is None or sys.version_info[0] == 2)
