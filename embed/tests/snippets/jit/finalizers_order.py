# When objects die in hot loops: rebinding, items, operands, attributes, loop variables.
from __future__ import print_function
import weakref

log = []


class Noisy(object):
    def __init__(self, name):
        self.name = name
    def __del__(self):
        log.append(('del', self.name))
    def __add__(self, other):
        log.append(('add', self.name))
        return Noisy(self.name + 1)
    def __lt__(self, other):
        log.append(('lt', self.name))
        return False
    def __call__(self):
        log.append(('call', self.name))
        return self.name
    def __getitem__(self, key):
        return Noisy(key)


def take():
    n = len(log)
    h = 0
    for k, (what, name) in enumerate(log):
        h = (h * 31 + hash(len(what)) * 7 + name * 3 + k) % 1000000007
    tail = log[-6:]
    del log[:]
    return n, h, tail


def rebinding(n):
    for i in range(n):
        x = Noisy(i)
        log.append(('bound', i))
        y = x
        x = None
        log.append(('none', i))
        y = i
        log.append(('int', i))


def items(n):
    row = [None] * 3
    for i in range(n):
        row[i % 3] = Noisy(i)
        log.append(('stored', i))
    del row
    log.append(('after', 0))


def operands(n):
    for i in range(n):
        Noisy(i)
        log.append(('dropped', i))
        Noisy(i) + Noisy(-i)
        log.append(('added', i))
        Noisy(i)()
        Noisy(i) < Noisy(-i)
        Noisy(i)[i + 5]
        log.append(('indexed', i))


def unpacked(n):
    for i in range(n):
        a, b = Noisy(i), Noisy(-i)
        a, b = b, a
        log.append(('swapped', i))
        a = b = i
        log.append(('ints', i))


def loop_variable(n):
    for x in [Noisy(k) for k in range(n)]:
        log.append(('body', x.name))
    log.append(('loop done', 0))
    x = 3
    log.append(('x done', 0))


def returned(n):
    x = Noisy(n)
    y = Noisy(n + 1)
    i = 0
    while i < 5:
        z = Noisy(i)
        i += 1
    return i


def deleted(n):
    for i in range(n):
        x = Noisy(i)
        del x
        log.append(('gone', i))


def raising(n):
    for i in range(n):
        try:
            x = Noisy(i)
            [Noisy(-i), Noisy(-i - 1)][5]
        except IndexError:
            log.append(('caught', i))
        x = None
        log.append(('next', i))


for f in (rebinding, items, operands, unpacked, loop_variable, deleted):
    f(3000)
    print(f.__name__, take())
for k in range(700):
    returned(k)
    log.append(('returned', k))
print(take())
raising(1000)
print([entry for entry in take()[2]])


class Plain(object):
    pass


def weak(n):
    dead = []
    for i in range(n):
        p = Plain()
        r = weakref.ref(p, lambda r: dead.append(i))
        if r() is not p:
            dead.append('?')
        p = i
        dead.append(-i)
        if r() is not None:
            dead.append('alive')
    return len(dead), dead[:6], dead[-4:]


print(weak(3000))
