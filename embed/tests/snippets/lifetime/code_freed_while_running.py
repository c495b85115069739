# Hot code whose function is deleted or replaced while it runs.
from __future__ import print_function
import gc
import sys
import types
import weakref


def fresh(source, name, **space):
    exec(source, space)
    return space.pop(name), space


# A function deletes itself in the middle of its loop.
SOURCE = """
def itself(n):
    global itself
    total = 0
    for i in range(n):
        total += i
        if i == n // 2:
            del itself
            collect()
    return total
"""
for attempt in range(3):
    space = {"collect": gc.collect}
    exec(SOURCE, space)
    watch = weakref.ref(space["itself"].__code__)
    print(space["itself"](40000), "itself" in space)
    gc.collect()
    print(watch() is None)

# Its code is replaced while frames run the old one.


def one(n):
    total = 0
    for i in range(n):
        total += 1
        if i == 20000:
            one.__code__ = other.__code__
    return total


def other(n):
    total = 0
    for i in range(n):
        total += 2
    return total


def changes():
    source = """
def one(n):
    total = 0
    for i in range(n):
        total += 1
        if i == 20000:
            one.__code__ = other.__code__
    return total
def other(n):
    total = 0
    for i in range(n):
        total += 2
    return total
"""
    space = {}
    exec(source, space)
    watch = weakref.ref(space["one"].__code__)
    first = space["one"](40000)
    gone = watch() is None
    return first, gone, space["one"](40000)


for attempt in range(3):
    print(changes())

# A module is reloaded and its function rebound in a hot loop.
module = types.ModuleType("reloaded")
TEXT = """
def step(x):
    return x + %d
"""


def reload_with(number):
    exec(TEXT % number, module.__dict__)


def loop(n):
    total = 0
    for i in range(n):
        total = module.step(total)
        if i % 5000 == 4999:
            reload_with(i // 5000)
    return total


for attempt in range(2):
    reload_with(0)
    print(loop(30000))

# Generators outlive their function; the frame keeps the code.


def make():
    source = """
def produce(n):
    for i in range(n):
        yield i * 2
"""
    space = {}
    exec(source, space)
    for attempt in range(3):
        sum(space["produce"](8000))
    return space["produce"](20000), weakref.ref(space["produce"].__code__)


for attempt in range(2):
    produced, watch = make()
    gc.collect()
    print(next(produced), watch() is not None, sum(produced), watch() is None)
    del produced
    gc.collect()
    print(watch() is None)

# A destructor that runs inside the loop drops the last reference to the function.


class Dropper(object):
    def __init__(self, space):
        self.space = space

    def __del__(self):
        self.space.clear()
        gc.collect()


SOURCE = """
def looping(n, things):
    total = 0
    for i in range(n):
        total += i
        if i == n - 100:
            things.pop()
    return total
"""
for attempt in range(3):
    space = {}
    exec(SOURCE, space)
    things = [Dropper(space)]
    print(space["looping"](40000, things), len(space))
