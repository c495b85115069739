"""Generators that are dropped before their end: what they hold is released, in order, in their frames."""
from __future__ import print_function
import gc
import sys
import weakref


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        print("gone", self.name, "in", frame.f_code.co_name, sys.exc_info()[0])


class Numbers(object):
    """An iterator whose end is seen."""

    def __init__(self, name):
        self.noisy = Noisy(name)
        self.next_one = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.next_one += 1
        return self.next_one
    next = __next__


def plain():
    first, second = Noisy("first"), Noisy("second")
    yield first
    yield second


def looping():
    held = Noisy("held")
    for number in Numbers("outer"):
        for other in Numbers("inner"):
            yield number, other, held.name


def catching():
    try:
        for number in Numbers("caught"):
            yield number
    except GeneratorExit:
        print("exit", sys.exc_info()[0].__name__)
        raise


def cleaning():
    try:
        yield Noisy("cleaned")
    finally:
        print("finally")


def refusing():
    while True:
        try:
            yield 1
        except GeneratorExit:
            print("refused")
            yield 2
            return


class Manager(object):
    def __enter__(self):
        return self

    def __exit__(self, *information):
        print("left", getattr(information[0], "__name__", None))


def managing():
    with Manager():
        yield 1


def handling():
    try:
        raise ValueError("handled")
    except ValueError:
        pass
    yield sys.exc_info()[0]
    yield 2


def inside_handler():
    try:
        raise ValueError("being handled")
    except ValueError:
        yield 1


def some(items):
    return any(item > 2 for item in items)


def first_of(items):
    return next(Noisy(str(item)).name for item in items if item > 2)


def drop(function, times):
    for turn in range(times):
        generator = function()
        for step in range(turn % 3):
            next(generator, None)
        del generator


def drop_in_handler(function):
    try:
        raise KeyError("outside")
    except KeyError:
        generator = function()
        next(generator)
        del generator
        print(sys.exc_info()[0].__name__)


functions = plain, looping, catching, cleaning, managing, handling, inside_handler
for function in functions:
    print(function.__name__)
    drop(function, 6)
    drop_in_handler(function)
print("refusing")
drop(refusing, 1)


def often(times):
    found = 0
    for turn in range(times):
        found += some([1, 2, 3, 4]) + some([1])
    return found


print(often(3000), first_of([1, 2, 3, 4]))


# One that a destructor keeps alive, and one that is part of a cycle.
class Keeper(object):
    def __init__(self, kept):
        self.kept = kept

    def __del__(self):
        self.kept.append(len(self.kept))


def holding(keeper):
    yield keeper
    yield 2


kept = []
for turn in range(200):
    generator = holding(Keeper(kept))
    next(generator)
    del generator
print(len(kept))


def cycle():
    me = []
    generator = walking(me)
    me.append(generator)
    next(generator)
    return weakref.ref(generator)


def walking(me):
    for item in me:
        yield item
        yield item


references = [cycle() for turn in range(50)]
gc.collect()
print([reference() for reference in references if reference() is not None])


# Traced, it is seen.
events = []


def trace(frame, event, argument):
    if frame.f_code.co_name == "traced":
        events.append((event, argument[0].__name__ if event == "exception" else argument))
    return trace


def traced():
    yield 1
    yield 2


def start():
    generator = traced()
    next(generator)
    return generator


generator = start()
sys.settrace(trace)
generator = None
sys.settrace(None)
print(events)


def deep(level):
    """Where there is no room for its frame, that is said."""
    generator = traced()
    next(generator)
    if level:
        return deep(level - 1)
    del generator
    return level


print(deep(300))
print([number for number in (item for item in [1, 2, 3])], sum(item for item in range(5)))
