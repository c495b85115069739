# Objects of hot code die when they do in the interpreter: temporaries, loop variables, exceptions, replaced values.
from __future__ import print_function
import gc
import sys
import weakref

log = []


class Noisy(object):
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append((self.name, sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno))


class NoisyFloat(float):
    def __del__(self):
        log.append(float(self))


def loop_variable(n):
    for i in range(n):
        thing = Noisy(i)
        other = 0
    log.append("end of loop")
    thing = None
    log.append("after")


def iterated(n):
    for thing in [Noisy(k) for k in range(3)]:
        for i in range(n):
            pass
        log.append("next")
    log.append("end")
    del thing
    log.append("deleted")


def temporaries(n):
    total = 0
    for i in range(n):
        total += len(Noisy(i).name * "x" if i == n - 1 else "yy")
        total += 1
    return total


def arguments(thing, n):
    total = 0
    for i in range(n):
        total += i
        if i == n - 2:
            thing = i
            log.append("replaced")
    return total


def raised(n):
    for i in range(n):
        try:
            if i % 2 == 0:
                raise ValueError(Noisy(i))
        except ValueError as error:
            log.append("caught") if i > n - 3 else None
            error = None
        if i > n - 3:
            log.append("after handler")
    if sys.version_info[0] == 2:
        sys.exc_clear()
    log.append("end")


def number_like(n):
    x = NoisyFloat(0.5)
    total = 0.0
    for i in range(n):
        total += x
        if i == n - 2:
            x = 1.5
            log.append("now a float")
    return total


def returned(n):
    thing = Noisy("returned")
    for i in range(n):
        pass
    return thing


def chained(n):
    thing = None
    for i in range(n):
        new = Noisy(i) if i > n - 3 else None
        if new is not None:
            new.before = thing
        thing = new
    log.append("end")


def in_containers(n):
    things = [None] * 3
    for i in range(n):
        things[i % 3] = Noisy(i) if i > n - 8 else i
    log.append("end")
    things[0] = things[1] = 1
    log.append("end")


def counts(n):
    thing = object()
    a = thing
    kept = []
    for i in range(n):
        b = thing
        c = (thing, i)
        if i == n - 2:
            kept.append(sys.getrefcount(thing))
            kept.append(sys.getrefcount(c))
            d = [thing, thing]
            kept.append(sys.getrefcount(thing))
            x = i * 1.5
            y = x
            z = i + 1000000
            # The list that `range` makes on 2.7 is the evaluator's own: what it refers to is not counted.
            kept.append((sys.getrefcount(x), sys.getrefcount(y), sys.getrefcount(z), sys.getrefcount(i) >= 3))
            del d, b
            kept.append(sys.getrefcount(thing))
    kept.append(sys.getrefcount(thing))
    kept.append(sys.getrefcount(counts))
    kept.append(sys.getrefcount(counts.__code__))
    return kept


def referrers(n):
    thing = ["thing"]
    found = None
    for i in range(n):
        alias = thing
        if i == n - 2:
            found = sorted(type(r).__name__ for r in gc.get_referrers(thing))
    return found


def weak(n):
    seen = []
    total = 0
    for i in range(n):
        total += i
        thing = Noisy(i)
        if i > n - 4:
            watch = weakref.ref(thing, lambda ref: seen.append("gone"))
            del thing
            seen.append(watch() is None)
    return seen


def show():
    print("  ", log[-14:])
    del log[:]


N = 25000
for attempt in range(2):
    for function in (loop_variable, iterated, temporaries, raised, number_like, chained, in_containers):
        try:
            function(N)
        except TypeError as error:
            print(error)
            del error
        if sys.version_info[0] == 2:
            sys.exc_clear()
        print(function.__name__, len(log))
        show()
    arguments(Noisy("argument"), N)
    show()
    returned(N)
    show()
    print(counts(N))
    print(referrers(N))
    print(weak(N))
    del log[:]

threshold = gc.get_threshold()
gc.set_threshold(1)
for attempt in range(2):
    print(counts(2000))
    loop_variable(2000)
    show()
    chained(2000)
    show()
gc.set_threshold(*threshold)
gc.collect()
print(len(gc.garbage))
