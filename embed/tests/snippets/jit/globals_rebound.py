# A module loop whose names are rebound by everything that can: calls, finalizers, operators,
# exec, the dict itself, iterators, attributes.
from __future__ import print_function
import sys

i = 0
step = 1
total = 0
log = []


def double():
    global step
    step = step * 2 if step < 1000 else 1


class Finalizer(object):
    def __del__(self):
        global step
        step = 3


class Operator(object):
    def __radd__(self, other):
        global total
        total = -5
        return other + 7
    def __lt__(self, other):
        global i
        i += 1
        return True


class Attribute(object):
    @property
    def value(self):
        global step
        step = 0.5
        return 1
    def __setattr__(self, name, value):
        globals()['step'] = value


class Iterator(object):
    def __init__(self):
        self.k = 0
    def __iter__(self):
        return self
    def __next__(self):
        global step
        self.k += 1
        step = self.k
        if self.k == 10:
            raise StopIteration
        return self.k
    next = __next__


while i < 6000:
    total += step
    i += 1
    if i % 500 == 0:
        log.append((i, step, total))
    if i == 1000:
        double()
    elif i == 1500:
        x = Finalizer()
    elif i == 1600:
        x = None
    elif i == 2000:
        total = total + Operator()
    elif i == 2250:
        Operator() < 3
    elif i == 2500:
        globals()['step'] = 2.5
    elif i == 3000:
        exec('step = 4')
    elif i == 3250:
        exec('i = i + 5', globals())
    elif i == 3500:
        Attribute().value
    elif i == 4000:
        Attribute().value = 9
    elif i == 4400:
        for y in Iterator():
            total += step
    elif i == 4600:
        sys.modules[__name__].step = True
    elif i == 4900:
        vars()['total'] = 0
    elif i == 5100:
        setattr(sys.modules[__name__], 'i', 5200)
    elif i == 5300:
        locals()['step'] = None
        try:
            total += step
        except TypeError as e:
            log.append(str(e))
            step = 1
    elif i == 5600:
        eval('globals().update(step=11)')
print(i, step, total)
for entry in log:
    print(entry)


def hot_global(n):
    global total, i
    for k in range(n):
        total += k
        i = k
        if k % 1000 == 999:
            double()
            total += step
    return total


print(hot_global(5000), total, i, step)


def reads(n):
    s = 0
    for k in range(n):
        s += step
        if k == n // 2:
            double()
        if k == n // 2 + 10:
            globals().__setitem__('step', 0.125)
    return s


print(reads(5000), step)
step = 1
for k in range(700):
    reads(3)
    hot_global(2)
print(step, total, i)
