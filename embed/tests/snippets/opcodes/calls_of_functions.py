# Calls between functions: defaults, closures, frames that outlive the call, what dies when.
from __future__ import print_function

import gc
import sys


def plain(a, b):
    return a, b


def with_defaults(a, b=2, c=[3]):
    return a, b, c


def all_defaults(a=1, b=2):
    return a, b


def outer(x):
    def inner(y, z=10):
        return x, y, z

    return inner


def with_cell(x):
    def inner():
        return x

    x = (x, "changed")
    return inner()


def star(a, *rest):
    return a, rest


def keeps_frame(a):
    local = [a]
    return sys._getframe()


def generator(a):
    yield a
    yield a + 1


class Noisy(object):
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Noisy.log.append(self.name)
        # The code object that is being left is called from the destructor.
        if self.name == "nested":
            hold("inner")


def hold(name):
    first = Noisy(name)
    second = Noisy(name + "2")
    return None


def drops(argument):
    # The caller still has it.
    argument = None
    return list(Noisy.log)


class Class(object):
    def method(self, a, b=5):
        return a, b

    @staticmethod
    def static(a):
        return "static", a

    @classmethod
    def of_class(cls, a):
        return cls.__name__, a


class Old:
    def method(self, a):
        return self.__class__.__name__, a


def tracked():
    frame = sys._getframe()
    return gc.is_tracked(frame), frame.f_back.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno


def references(argument):
    return sys.getrefcount(argument), sys.getrefcount(references), sys.getrefcount(sys._getframe())


def errors(call, *arguments):
    try:
        call(*arguments)
    except TypeError as e:
        return str(e)


def few():
    try:
        plain(1)
    except TypeError as e:
        return str(e)


def many():
    try:
        with_defaults(1, 2, 3, 4)
    except TypeError as e:
        return str(e)


def depth(n):
    if n == 0:
        return 0
    return depth(n - 1) + 1


def endless(n):
    return endless(n + 1)


def raises(n):
    if n == 0:
        raise ValueError(n)
    return raises(n - 1)


def lines():
    try:
        raises(3)
    except ValueError:
        trace, found = sys.exc_info()[2], []
        while trace is not None:
            found.append((trace.tb_frame.f_code.co_name, trace.tb_lineno - trace.tb_frame.f_code.co_firstlineno))
            trace = trace.tb_next
        return found


def swap_code():
    def victim(a, b=1):
        return "old", a, b

    def other(a, b, c=7):
        return "new", a, b, c

    results = [victim(1)]
    victim.__code__ = other.__code__
    results.append(errors(victim, 1))
    victim.__defaults__ = (8, 9)
    results.append(victim(1))
    results.append(victim(1, 2))
    return results


elsewhere = {"__builtins__": {"len": lambda x: "my len"}}
exec("def foreign(x): return len(x)", elsewhere)
foreign = elsewhere["foreign"]


def everything():
    instance, old, inner = Class(), Old(), outer("x")
    results = [
        plain(1, 2),
        with_defaults(1),
        with_defaults(1, 5),
        with_defaults(1, 5, 6),
        all_defaults(),
        all_defaults(7),
        inner(1),
        inner(1, 2),
        with_cell(3),
        star(1),
        star(1, 2, 3),
        list(generator(4)),
        instance.method(1),
        instance.method(1, 2),
        Class.static(3),
        instance.static(3),
        Class.of_class(4),
        instance.of_class(5),
        old.method(6),
        foreign("abc"),
        tracked(),
        references([]),
        few(),
        many(),
        depth(30),
        lines(),
        swap_code(),
    ]
    frame = keeps_frame(9)
    results.append((frame.f_locals["local"], frame.f_back is None or frame.f_back.f_code.co_name))
    another = keeps_frame(10)
    results.append((frame is another, frame.f_locals["a"], another.f_locals["a"]))
    return results


for round in range(40):
    results = everything()
print(results)

for round in range(30):
    hold("x")
    hold("nested")
print(len(Noisy.log), Noisy.log[:8])
del Noisy.log[:]
for round in range(30):
    seen = drops(Noisy("argument"))
print(seen[-1:], len(Noisy.log))

for round in range(3):
    try:
        endless(0)
    except RuntimeError as e:
        print(type(e).__name__, str(e).startswith("maximum recursion depth exceeded"))
print(depth(100))


class Link(object):
    def __init__(self, to):
        self.to = to

    def __del__(self):
        plain(self, Noisy("link"))


for round in range(20):
    del Noisy.log[:]
    chain = None
    for i in range(120):
        chain = Link([(chain,)])
    chain = None
    gc.collect()
print(len(Noisy.log))
