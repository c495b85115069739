"""Classes made while the program runs: by statements, by type, by a metaclass, with methods that are then called."""

registry = []


class Registered(type):
    def __new__(kind, name, bases, names):
        names["registered"] = True
        made = type.__new__(kind, name, bases, names)
        registry.append(name)
        return made


Base = Registered("Base", (object,), {"scale": 2})


def statement(i):
    class Local(object):
        step = i

        def __init__(self, value):
            self.value = value

        def __add__(self, other):
            return self.value + other.value + self.step

    return Local(1) + Local(2)


def derived(i):
    class Derived(Base):
        @property
        def both(self):
            return self.scale * i

    return Derived().both


def named(i):
    made = type("Named%d" % (i % 10), (dict,), {"total": lambda self: sum(self.values())})
    return made(a=i, b=1).total()


def run():
    del registry[:]
    total = 0
    for i in range(1500):
        total += statement(i) + derived(i) + named(i)
    return total, len(registry)
