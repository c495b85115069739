# Loops over what `enumerate` gives, taken apart at once.
from __future__ import print_function
import gc
import sys


class Item(object):
    alive = 0

    def __init__(self, act=None):
        self.act = act
        Item.alive += 1

    def __del__(self):
        Item.alive -= 1
        if self.act:
            self.act()


def numbers(source, start=0):
    total = 0
    for index, item in enumerate(source, start):
        total += index * 3 + item
    return total


def alive(count):
    # The pair keeps the item of the turn before.
    gc.collect()
    seen = []
    for index, item in enumerate(Item() for _ in range(count)):
        del item
        seen.append(Item.alive)
    return seen


def advanced_meanwhile(count):
    # The release of an item has the same iterator go on.
    def act():
        for item in numbered:
            got.append(item[0])
            break

    def make():
        for number in range(count):
            yield Item(act if number % 3 == 1 else None)

    got = []
    numbered = enumerate(make())
    for index, item in numbered:
        item = None
        got.append(index)
    return got


def failing(count):
    def make():
        for number in range(count):
            yield number
        raise KeyError("end")

    last = None
    try:
        for index, item in enumerate(make()):
            last = index
    except KeyError as error:
        return last, str(error)


def found(count):
    # Whoever finds the pair keeps it as it was.
    kept = []
    numbered = enumerate(range(count))
    for index, item in numbered:
        if index % 50 == 7:
            kept.extend(pair for pair in gc.get_referents(numbered) if type(pair) is tuple)
    return kept


class Sub(enumerate):
    pass


def others(make):
    got = []
    for index, item in make(["a", "b", "c"]):
        got.append((index, item))
    return got


def changed(count):
    rows = [10, 20, 30]
    got = []
    for index, item in enumerate(rows):
        got.append((index, item))
        if len(rows) < count:
            rows.append(index)
    return got[-2:]


def same(count):
    # Numbers are the objects that they would be.
    found = []
    for index, item in enumerate([None] * count):
        found.append(index)
    return all(found[n] is n for n in range(min(count, 200))), sum(found)


for turn in range(60):
    result = (
        numbers([1, 2, 3] * 20),
        numbers(iter(range(50)), 5),
        numbers((n * n for n in range(30)), -7),
        numbers([1, 2, 3], sys.maxsize - 1),
        numbers([1, 2], 1 << 80),
        numbers([1, 2, 3], 1 << 50),
        alive(9),
        advanced_meanwhile(14),
        failing(6),
        found(120),
        others(enumerate),
        others(Sub),
        others(lambda items: zip(range(3), items)),
        changed(40),
        same(300),
    )
    if turn in (0, 59):
        print(result)
