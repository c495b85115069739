import os
import sys
import traceback

import pyjion

OUT = sys.argv[1]


def stop():
    write(traceback.extract_stack(sys._getframe())), os.abort()


def write(stack):
    with open(OUT, 'w') as out:
        for name, line, function, text in reversed(stack):
            out.write('  File "%s", line %s, in %s\n' % (name, line, function))


def leaf(a, b):
    # With a loop it is not inlined.
    for c in [a + b]:
        if c < 0:
            stop()
    return c


def inner(value):
    return leaf(value, 1)


def recurse(n, value):
    if n:
        return recurse(n - 1, value) + 1
    return inner(value)


def numbers(values):
    for value in values:
        yield recurse(2, value)


class Thing(object):
    def __init__(self, values):
        self.values = values

    def __getitem__(self, index):
        total = 0
        for number in numbers(self.values):
            total += number
        return total + index

    @property
    def first(self):
        return self[0]

    def __add__(self, other):
        return self.first + other


def key(value):
    try:
        return Thing([1, value]) + 1
    finally:
        value = None


def turn(value):
    return sorted([value], key=key)


for number in range(400):
    turn(number)
functions = [leaf, recurse, numbers, Thing.__getitem__, Thing.__add__, key]
interpreted = [f.__name__ for f in functions if not pyjion.info(f)['compiled']]
if interpreted:
    sys.exit('not compiled: %s' % interpreted)
turn(-100)
