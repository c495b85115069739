"""Functions that make cells of their own, called from compiled code: the cells are new in each call."""
import gc
import sys
import weakref


def counter(start):
    count = [start]

    def step(by):
        count[0] += by
        return count[0]
    return step


def captured(first, second, third=3):
    other = second

    def inner():
        return first, other, third
    third = third + 1
    return inner


def unbound(flag):
    if flag:
        late = flag

    def inner():
        return late
    return inner


def collected(first, *rest, **names):
    def inner():
        return first, rest, sorted(names.items())
    return inner


def generating(limit):
    start = limit

    def down():
        return start
    while start:
        yield down()
        start -= 1


def deep(level):
    def go():
        return level
    return go() if level == 0 else go() + deep(level - 1)


class Noisy(object):
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        self.log.append(self.name)


def dropping(name):
    first = Noisy(name + " first")
    held = Noisy(name + " held")
    last = Noisy(name + " last")
    if name:
        return first and held and last and 1

    def inner():
        return held
    return inner


def failing(value):
    def inner():
        return value
    raise ValueError(inner())


def looking(value):
    other = [value]

    def inner():
        return value, other
    inner()
    return sorted(sys._getframe().f_locals), sorted(locals())


def counted(value):
    def inner():
        return value
    return sys.getrefcount(value) > 2


class Key(object):
    pass


def held_by_cell(value):
    if value is None:
        def inner():
            return value
    return weakref.ref(value)


def runs(times):
    results = []
    for turn in range(times):
        step = counter(turn)
        results.append((step(1), step(2)))
        inner = captured(turn, str(turn))
        results.append(inner())
        results.append(captured(turn, turn, turn)())
        try:
            results.append(unbound(turn % 3)())
        except NameError as error:
            results.append(str(error))
        results.append(collected(turn)())
        results.append(collected(turn, 1, 2)())
        results.append(collected(turn, a=1, b=turn)())
        results.append(list(generating(turn % 4)))
        results.append(deep(turn % 7))
        results.append(dropping(str(turn)))
        results.append(list(Noisy.log))
        del Noisy.log[:]
        try:
            failing(turn)
        except ValueError as error:
            trace = sys.exc_info()[2].tb_next
            results.append((str(error), sorted(trace.tb_frame.f_locals)))
            del trace
        results.append(looking(turn))
        key = Key()
        results.append(counted(key))
        reference = held_by_cell(key)
        results.append(reference() is key)
        del key
        results.append(reference() is None)
    return results


first = runs(3)
for number in range(30):
    last = runs(40)
print(first)
print(last[-40:])
print(runs(40) == last)


def tracing(value):
    def inner():
        return value
    return inner()


events = []


def trace(frame, event, argument):
    if frame.f_code.co_name in ("tracing", "inner"):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def call_tracing(times):
    total = 0
    for number in range(times):
        total += tracing(number)
    return total


print(call_tracing(5000))
sys.settrace(trace)
print(call_tracing(2))
sys.settrace(None)
print(events)


class Cycle(object):
    def __init__(self):
        self.me = self


def switch(reference):
    """Runs where the collector does, which is also where cells are made."""
    seen.append(reference)
    sys.settrace(trace)


seen = []
del events[:]
threshold = gc.get_threshold()
gc.set_threshold(3, 2, 2)
for turn in range(50):
    cycle = Cycle()
    reference = weakref.ref(cycle, switch)
    del cycle
    print(call_tracing(40))
    sys.settrace(None)
gc.set_threshold(*threshold)
print(len(seen) > 20, len(events) > 0)
