# What is inlined in a loop dies while the loop runs, and other code comes to be where it was.
from __future__ import print_function
import gc


def made(step):
    namespace = {}
    exec('def f(a):\n    return a + %d' % step, namespace)
    return namespace.pop('f')


def call(step, n, when):
    f = made(step)
    total = 0
    for i in range(n):
        total = f(total)
        if i == when:
            # The function and its code were only here.
            f = None
            gc.collect()
            f = made(1000 + step)
    return total


for i in range(12):
    print(call(i, 3000, i * 250))


# The same of a method, whose class stays.
class Counter(object):
    def step(self, a):
        return a + 1


def count(counter, n, when):
    total = 0
    for i in range(n):
        total = counter.step(total)
        if i == when:
            replace()
    return total


def replace():
    namespace = {}
    exec('def step(self, a):\n    return a + %d' % (Counter.step(counter, 0) + 1), namespace)
    Counter.step = namespace.pop('step')
    namespace.clear()
    gc.collect()


counter = Counter()
for i in range(12):
    print(count(counter, 3000, 250 * i))


# The same of what a function that stays has as its code.
def inner(a):
    return a + 1


def outer(n, when):
    total = 0
    for i in range(n):
        total = inner(total)
        if i == when:
            inner.__code__ = made(len(codes)).__code__
            codes.append(None)
            gc.collect()
    return total


codes = []
for i in range(12):
    print(outer(3000, 250 * i))
