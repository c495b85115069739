# The with statement: special methods, what __exit__ is told and returns, every way out.
from __future__ import print_function

log = []


class Manager(object):
    def __init__(self, name="m", swallow=False, fail=None):
        self.name, self.swallow, self.fail = name, swallow, fail

    def __enter__(self):
        log.append(("enter", self.name))
        if self.fail == "enter":
            raise ValueError("enter " + self.name)
        return self.name

    def __exit__(self, kind, value, tb):
        log.append(("exit", self.name, kind and kind.__name__, str(value), tb is None))
        if self.fail == "exit":
            raise ValueError("exit " + self.name)
        return self.swallow


class Old:
    def __enter__(self):
        return "old"

    def __exit__(self, *args):
        log.append(("old exit", len(args), args[0] and args[0].__name__))


class Truth(object):
    def __len__(self):
        raise KeyError("truth of the result of __exit__")


class NoEnter(object):
    def __exit__(self, *args):
        pass


class NoExit(object):
    def __enter__(self):
        log.append("entered NoExit")


class OnInstance(object):
    def __init__(self):
        self.__enter__ = lambda: None
        self.__exit__ = lambda *args: None


class Property(object):
    @property
    def __enter__(self):
        raise AttributeError("property enter")

    @property
    def __exit__(self):
        return lambda *args: log.append("property exit")


def plain(m):
    with m as x:
        y = x
    return y


def raising(m):
    with m:
        raise KeyError("body")
    return "swallowed"


def returning(m):
    with m as x:
        return "returned", x


def looping(m):
    out = []
    for i in range(6):
        with m:
            if i == 1:
                continue
            if i == 4:
                break
            out.append(i)
    return out


def nested(a, b):
    with a as x, b as y:
        return x, y


def in_finally(m):
    try:
        with m:
            raise IndexError("inner")
    finally:
        log.append("finally")


def generator(m):
    with m as x:
        yield x
        yield x


def generating(m):
    out = []
    for x in generator(m):
        out.append(x)
    g = generator(m)
    next(g)
    g.close()
    return out


def show(f, *args):
    del log[:]
    try:
        result = repr(f(*args))
    except Exception as e:
        result = "%s: %s" % (type(e).__name__, e)
    return result, list(log)


MANAGERS = [
    Manager, lambda: Manager(swallow=True), lambda: Manager(fail="enter"), lambda: Manager(fail="exit"),
    lambda: Manager(swallow=Truth()), lambda: Manager(swallow=[]), lambda: Manager(swallow=5), Old,
    NoEnter, NoExit, OnInstance, Property, lambda: 5, lambda: None,
]

for f in (plain, raising, returning, looping, in_finally, generating):
    for number, make in enumerate(MANAGERS):
        for i in range(30):
            result = show(f, make())
        print(f.__name__, number, result)
for one in MANAGERS[:5]:
    for two in MANAGERS[:5]:
        for i in range(30):
            result = show(nested, one(), two())
        print("nested", result)


class Tracked(object):
    alive = 0

    def __init__(self):
        Tracked.alive += 1

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True

    def __del__(self):
        Tracked.alive -= 1


def release(n):
    for i in range(n):
        with Tracked():
            pass
        with Tracked() as t:
            del t
        try:
            with Tracked() as t:
                return_value = t
                raise ValueError
        finally:
            return_value = t = None
    return Tracked.alive


print(release(40), Tracked.alive)
