"""What is loaded of an object and used at once is not counted: it has to be alive all the same, and counted where the
interpreter takes over."""
from __future__ import print_function
import gc
import sys
import weakref

ROUNDS = 3000


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        LOG.append('del ' + self.name)

    def __add__(self, other):
        return self.name + str(other)

    def __radd__(self, other):
        return str(other) + self.name


LOG = []


class Pair(object):
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def sum(self):
        return self.x + self.y

    def twice(self):
        return self.x + self.x

    def swap(self):
        x = self.x
        self.x = self.y
        self.y = x
        return x


class Slotted(object):
    __slots__ = ('x', 'y', '__weakref__')

    def __init__(self, x, y):
        self.x = x
        self.y = y

    sum = Pair.__dict__['sum']
    twice = Pair.__dict__['twice']
    swap = Pair.__dict__['swap']


class Holder(object):
    def __init__(self, pair, items):
        self.pair = pair
        self.items = items

    def deep(self):
        return self.pair.x + self.items[0] + self.pair.y

    def replace(self, pair):
        before = self.pair
        self.pair = pair
        return before.x


def counts(*objects):
    return [sys.getrefcount(item) for item in objects]


# Operands of every kind after operands of one kind: exits take the references that were not counted.
for cls in Pair, Slotted:
    pair = cls(1, 2)
    holder = Holder(pair, [3])
    for i in range(ROUNDS):
        pair.x, pair.y = i, i + 1
        pair.sum(), pair.twice(), pair.swap(), holder.deep()
    print(cls.__name__, pair.sum(), pair.twice(), pair.swap(), holder.deep())
    for x, y in [(1.5, 2), ('a', 'b'), ([1], [2]), (1 << 80, 5), ((1,), (2,)), (None, 1), (2, None)]:
        marks = counts(x, y)
        for n in range(60):
            pair.x, pair.y = x, y
            for method in pair.sum, pair.twice, pair.swap:
                try:
                    result = method()
                except TypeError as error:
                    result = str(error)
                del method
            holder.items[0] = y
            try:
                holder.deep()
            except TypeError as error:
                pass
            error = None
            pair.x = pair.y = holder.items[0] = 0
        print(result, counts(x, y) == marks)

# What dies, dies when it did.
def replaced(holder, first, second):
    LOG.append(holder.replace(second))
    LOG.append('replaced')


for i in range(ROUNDS):
    replaced(Holder(Pair(1, 2), []), None, Pair(3, 4))
del LOG[:]
for i in range(3):
    holder = Holder(Pair(Noisy('x%d' % i), 0), [])
    replaced(holder, None, Pair(i, i))
    LOG.append(i)
    LOG[:] = [entry if isinstance(entry, (str, int)) else entry.name for entry in LOG]
    del holder
    gc.collect()
print(LOG)


# A reference that keeps nothing alive sees the end.
def look(holder, ref):
    value = holder.pair.x
    holder.pair = None
    alive = ref() is not None
    del value
    return alive, ref() is not None


for i in range(ROUNDS):
    target = Slotted(i, i)
    holder = Holder(Pair(target, 0), [])
    ref = weakref.ref(target)
    del target
    seen = look(holder, ref)
print(seen)


# An item of a list that loses it while it is looked at.
class Greedy(object):
    def __init__(self, items):
        self.items = items

    def __add__(self, other):
        del self.items[:]
        return other


def first_two(items):
    return items[0] + items[1]


for i in range(ROUNDS):
    assert first_two([i, 1]) == i + 1
items = []
items[:] = [Greedy(items), Noisy('item')]
del LOG[:]
result = first_two(items)
print(result.name, LOG, items)
del result
print(LOG)


# Globals and methods that are bound anew by what they call.
def act(n):
    return n + STEP


def other_act(n):
    return n - STEP


STEP = 1


def drive(n):
    global act
    total = 0
    for i in range(n):
        total += act(i)
        if i == n - 10:
            act = other_act
    return total


print(drive(ROUNDS))


class Changing(object):
    def step(self, n):
        return n + 1

    def run(self, n):
        total = 0
        for i in range(n):
            total += self.step(i)
            if i == n // 2:
                Changing.step = lambda self, n: n * 2
            if i == n - 5:
                self.step = lambda n: -n
        return total


print(Changing().run(ROUNDS))


# The same value under a module's attribute and as a global.
me = sys.modules[__name__]
counter = 0
for i in range(ROUNDS):
    counter = counter + 1
    assert me.counter == counter, (i, me.counter, counter)
    me.counter = counter + 1
    assert counter == me.counter, (i, me.counter, counter)
print(counter)


# Classes that come one after the other at one place.
def x_of(item):
    return item.x


classes = [type('C%d' % n, (object,), {'x': n}) for n in range(12)]
total = 0
for cls in classes:
    item = cls()
    for i in range(400):
        total += x_of(item)
for i in range(2000):
    total += x_of(classes[i % 12]())
print(total)
