# What a loop checks before its first turn must hold on all, and what it does then must be as if it had been checked there.
from __future__ import print_function
import gc
import sys
import traceback

LIMIT = 3


def twice(x):
    return x + x


def thrice(x):
    return x + x + x


def step(x):
    return x + LIMIT


# A body that rebinds what it reads: in line, by a call, by the destructor of what it drops, of what it stores over.
def rebinds(n):
    global LIMIT
    total = 0
    for i in range(n):
        total += LIMIT
        if i % 500 == 499:
            LIMIT = i
        total += LIMIT
    LIMIT = 3
    return total


def rebound_by_call(n):
    total = 0
    for i in range(n):
        total += LIMIT
        if i % 700 == 699:
            rebind(i)
    rebind(3)
    return total


def rebind(value):
    global LIMIT
    LIMIT = value


class Rebinder(object):
    def __init__(self, value):
        self.value = value

    def __del__(self):
        rebind(self.value)


def rebound_by_destructor(n, places):
    total = 0
    for i in range(n):
        total += LIMIT
        places[i & 63] = i
        total += step(i)
    rebind(3)
    return total


def function_rebound(n):
    global twice
    first = twice
    total = 0
    for i in range(n):
        total += twice(i)
        if i == n - 100:
            twice = thrice
    twice = first
    return total


# Classes and instances that change.
class Point(object):
    scale = 2

    def __init__(self):
        self.x = 1


class Other(object):
    scale = 5
    x = 7


def class_changes(n, point):
    total = 0
    for i in range(n):
        total += point.scale + point.x
        if i % 900 == 899:
            point.x += 1
        if i == n - 50:
            point.__class__ = Other
        elif i == n - 20:
            Other.scale = 11
    Other.scale = 5
    return total


def attribute_deleted(n, point):
    total = 0
    try:
        for i in range(n):
            total += point.x
            if i == n - 10:
                del point.x
    except AttributeError as error:
        total = (total, str(error))
    return total


# Lists that become others under the loop.
def emptied(n, items):
    total = 0
    try:
        for i in range(n):
            total += items[i & 3] + len(items)
            if i == n - 7:
                del items[:]
    except IndexError as error:
        return total, str(error)
    return total


def grows(n):
    items, total = [1], 0
    for i in range(n):
        total += len(items) + items[-1]
        if i % 100 == 0:
            items.append(i)
    return total


def becomes_another(n, items):
    total = 0
    for i in range(n):
        total += items[0]
        if i == n - 30:
            items = (100, 200)
    return total


# Turns that never are, and some that end before what would not hold.
def no_turn(things, items, factor):
    total = 0
    for thing in things:
        total += items[0] * factor
    return total


def never_reaches(things, items):
    for thing in things:
        if thing == 0:
            return -1
        if items[0] == thing:
            return 1
    return 0


def unbound(things, is_bound):
    total = 0
    if is_bound:
        factor = [2]
    for thing in things:
        total += factor[0] * thing
    return total


def counts_down(n, step_by):
    while n > 0:
        n -= step_by[0]
    return n


# Inner loops, with what only the outer one changes.
def matrix(rows, columns, table):
    total = 0.0
    for r in range(rows):
        row = table[r % len(table)]
        for c in range(columns):
            total += row[c % 3] * 0.5
            if row is None:
                total = 0
    return total


def inner_iterators(n):
    total = 0
    for i in range(n):
        for x in ([1, 2, 3], (4, 5), "ab", iter([6, 7]), {8: 9})[i % 5 if i > n - 60 else 0]:
            total += 1 if isinstance(x, str) else x
    return total


# Generators, that are resumed in the middle of a turn.
def generated(n, items):
    for i in range(n):
        yield items[0] + LIMIT
        items[0] += 1


def generated_of(n):
    items, total = [1], 0
    for i, x in enumerate(generated(n, items)):
        total += x
        if i == n - 40:
            rebind(1000)
        if i == n - 20:
            items[0] = 0.25
    rebind(3)
    return total


# Exceptions come from the line that they come from.
def raises(n, items, where):
    total = 0
    for i in range(n):
        total += i
        total += items[0]
        if i == where:
            items = None
    return total


def unbound_there(n, is_bound):
    if is_bound:
        other = [1]
    total = 0
    for i in range(n):
        total += 1

        total += other[0]
    return total


def line_of(function, *args):
    try:
        return function(*args)
    except Exception:
        kind, value, trace = sys.exc_info()
        lines = [line for _, line, _, _ in traceback.extract_tb(trace)]
        locals_then = trace.tb_next.tb_frame.f_locals
        return kind.__name__, lines[-1] - function.__code__.co_firstlineno, sorted(
            (name, value) for name, value in locals_then.items() if name in ("i", "total"))


# Code that looks at the frame, or collects, in the middle of a turn.
def collected(n, items):
    total = 0
    for i in range(n):
        pair = [items]
        pair.append(pair)
        total += len(items) + LIMIT
    return total


class Cycle(object):
    def __init__(self):
        self.me = self
        self.rebinder = Rebinder(17)


def all_of_them(n):
    print(rebinds(n), rebound_by_call(n), LIMIT)
    places = [0] * 64
    for at in (5, 40):
        places[at] = Rebinder(at)
    print(rebound_by_destructor(n, places), LIMIT)
    print(function_rebound(n))
    print(class_changes(n, Point()), attribute_deleted(n, Point()))
    print(emptied(n, [1, 2, 3, 4]), grows(n), becomes_another(n, [5, 6]))
    print(no_turn([], None, 2), no_turn([1] * n, [2], 3), no_turn([1] * n, [2.5], 3), no_turn([1, 2], (4,), 0.5))
    print(never_reaches([0] + [1] * n, None), never_reaches([1] * n, [2]), never_reaches([5, 0], [2]))
    print(unbound([], False), unbound(range(n), True))
    print(counts_down(0, None), counts_down(n, [1]), counts_down(n, (3,)))
    table = [[1.0, 2.0, 3.0], (4.0, 5.0, 6.0), [7, 8, 9]]
    print(matrix(30, n // 30, table[:1]), matrix(30, n // 30, table), inner_iterators(n // 3))
    print(generated_of(n))
    print(line_of(raises, n, [1], n), line_of(raises, n, [1], n - 5), line_of(raises, 10, None, 5))
    print(line_of(unbound_there, n, True), line_of(unbound_there, 10, False), line_of(unbound_there, 0, False))
    gc.collect()
    cycle = Cycle()
    del cycle
    print(collected(n, [1, 2]) > 0)
    gc.collect()
    rebind(3)


for n in (300, 3000, 300, 6000, 6000):
    all_of_them(n)
# Often enough for a guess that was wrong to be given up.
for turn in range(200):
    assert no_turn([], None, turn) == 0 and never_reaches([0], None) == -1 and unbound((), False) == 0
    assert no_turn([1, 2], [turn], 2) == 4 * turn and counts_down(0, None) == 0
    assert never_reaches([1, 0], [turn]) == (1 if turn == 1 else -1)
all_of_them(3000)
