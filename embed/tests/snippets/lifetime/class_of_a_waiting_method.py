# The class that a method was bound for lives until the call, and is the one it names, though an argument changes it.
from __future__ import print_function
import gc
import sys
import weakref

log = []


class B(object):
    def m(self, x):
        log.append("B.m")


class OldB:
    def m(self, x):
        log.append("OldB.m")


def make():
    class A(object):
        def m(self, x):
            log.append(("called", type(self).__name__))

    return A()


def make_old():
    class OldA:
        def m(self, x):
            log.append(("called", self.__class__.__name__))

    return OldA()


def nothing(o):
    pass


def change(o):
    o.__class__ = OldB if type(o).__name__ == "instance" else B
    gc.collect()
    log.append("changed")


def change_old(o):
    o.__class__ = OldB
    gc.collect()
    log.append("changed")


def fail(o):
    change(o)
    raise ValueError("argument")


def twice(o, f):
    for i in (1, 2):
        o.m(f(o))


def nested(o, f):
    o.m(o.m(f(o)))


def caught(o, f):
    try:
        o.m(f(o))
    except ValueError as e:
        log.append(str(e))


class Plus(object):
    def __init__(self, o):
        self.o = o

    def __add__(self, other):
        change(self.o)
        return 0


def adds(o, f):
    o.m(f + 1)


def simple(o, f):
    o.m(f)


for n in range(4000):
    for o in B(), OldB():
        twice(o, nothing), nested(o, nothing), adds(o, n), simple(o, n), caught(o, nothing)

for n in range(3):
    for maker, changer in (make, change), (make_old, change_old):
        for f in twice, nested, caught:
            for argument in changer, nothing, fail:
                del log[:]
                o = maker()
                r = weakref.ref(o.__class__, lambda r: log.append("class gone"))
                try:
                    f(o, argument)
                except ValueError as e:
                    log.append(("raised", str(e)))
                print(maker.__name__, f.__name__, argument.__name__, log)
                del o
                gc.collect()
    del log[:]
    o = make()
    r = weakref.ref(o.__class__, lambda r: log.append("class gone"))
    adds(o, Plus(o))
    gc.collect()
    print(log)

# Tracing begins while the method waits: an exit makes it.
def trace(frame, event, arg):
    return None


def traced(o):
    change(o)
    sys.settrace(trace)


for n in range(3):
    for maker in make, make_old:
        del log[:]
        o = maker()
        r = weakref.ref(o.__class__, lambda r: log.append("class gone"))
        twice(o, traced)
        sys.settrace(None)
        print(maker.__name__, log)
