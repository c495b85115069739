# Functions of known code, called from hot code: what they borrow, who keeps their frames, what happens to their code.
from __future__ import print_function
import gc
import sys
import weakref


def hot(function, *args):
    for _ in range(6000):
        last = function(*args)
    return last


class Thing(object):
    alive = 0

    def __init__(self, name):
        self.name = name
        Thing.alive += 1

    def __del__(self):
        if Thing is not None:
            Thing.alive -= 1

    def own(self, more):
        more = [more, self.name]
        self = None
        return more

    def again(self, depth):
        total = [depth]
        if depth:
            total += self.again(depth - 1)
        return total


def pair(a, b):
    c = [a, b]
    return c


def calls(x, thing):
    y = pair(x, thing)
    z = pair(thing, y)
    return pair(z, thing.own(x))


thing = Thing('it')
print([type(v).__name__ for v in hot(calls, 1, thing)], Thing.alive)
print(hot(lambda: thing.again(3)), hot(lambda: len(thing.again(60))))
hot(calls, 1, Thing('dies'))
print(Thing.alive)

# A temporary lives as long as the call.
def look(ref, thing):
    seen = [ref() is thing]
    del thing
    seen.append(ref() is not None)
    return seen


def temporary():
    thing = Thing('temporary')
    ref = weakref.ref(thing)
    seen = look(ref, thing)
    del thing
    return seen + [ref() is None]


print(hot(temporary), Thing.alive)

# Frames that are kept.
kept = []


def keeper(n, value):
    local = [n, value]
    if n % 1500 == 0:
        kept.append(sys._getframe())
    return local


def keeping(n):
    return keeper(n, 'value')


for n in range(6000):
    keeping(n)
print([(f.f_code.co_name, sorted(f.f_locals.items()), f.f_lineno - f.f_code.co_firstlineno, f.f_back.f_code.co_name) for f in kept])
print(len(set(map(id, kept))), gc.is_tracked(kept[-1]), kept[-1].f_back is not None)
del kept[:]

# Exceptions and tracebacks through several of them.
def fails(n, at):
    local = [n]
    if n == at:
        raise ValueError(local)
    return local


def passes(n, at):
    return fails(n, at)


def catches(n, at):
    try:
        return passes(n, at)
    except ValueError as error:
        names = []
        tb = sys.exc_info()[2]
        while tb:
            names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno,
                          sorted(tb.tb_frame.f_locals)[:3]))
            tb = tb.tb_next
        return str(error), names


for n in range(6000):
    last = catches(n % 100, 99)
    if n % 2000 == 1999:
        print(last)


# Recursion to the limit and back.
def deep(n, box):
    box[0] = n
    return deep(n + 1, box) + 1


def depth():
    box = [0]
    try:
        deep(0, box)
    except RuntimeError:
        pass
    return box[0]


print(len(set(depth() for _ in range(30))))


# Code that changes, and that goes.
def one(a):
    b = [a, 1]
    return b


def two(a):
    b = [a, 2]
    return b


def caller(a):
    return one(a)


print(hot(caller, 0))
one.__code__ = two.__code__
print(hot(caller, 0))
one = lambda a: [a, 3]
print(hot(caller, 0))
one = len
print(hot(caller, 'four'))


def swapping(a, b):
    if a == 5000:
        swapping.__code__ = (lambda a, b: ['other', a, b]).__code__
    return [a, b]


def swap(n):
    return swapping(n, n)


results = [swap(n)[0] for n in range(6000)]
print(results[4999:5003])


# Closures, defaults, other globals.
def make(n):
    cell = [n]
    def inner(a, b):
        c = [a, b, cell[0], n]
        return c
    def outer(a):
        return inner(a, a)
    return outer


outers = [make(n) for n in range(3)]
for outer in outers:
    print(hot(outer, 'x'))


def default(a, b=[2], c=3):
    d = [a, b, c]
    return d


print(hot(lambda: default(1)), hot(lambda: default(1, 2)), hot(lambda: default(1, 2, 4)))
module = {'__name__': 'other', '__builtins__': __builtins__}
exec("value = 'theirs'\ndef foreign(a):\n    b = [a, value, __name__]\n    return b\n", module)
foreign = module['foreign']
print(hot(lambda: foreign(1)))


# Tracing and profiling that begin in a callee.
events = []


def tracer(frame, event, arg):
    events.append((event, frame.f_code.co_name))
    return None if event == 'call' and frame.f_code.co_name == 'plain' else tracer


def plain(n):
    x = [n]
    return x


def starts(n):
    if n == 5500:
        sys.setprofile(tracer)
    x = [n]
    return x


def traced(n):
    starts(n)
    plain(n)
    if n == 5500:
        sys.setprofile(None)


for n in range(6000):
    traced(n)
print(events)


# The caller's variables are gone while the callee runs.
def looks_up(a):
    frame = sys._getframe(1)
    return frame.f_locals['x'], a


def looked_at(n):
    x = [n]
    y = looks_up(x)
    x = None
    return y, x


print(hot(looked_at, 3))

# Arguments that are numbers keep their objects.
same = []


def keeps(a, b):
    same.append((a, b))
    del same[:-2]
    return a


def numbers(n):
    x = n + 1000.5
    y = n * 3000
    r = keeps(x, y)
    return r is x, same[-1][1] is y, keeps(x, y) is x


for n in range(6000):
    last = numbers(n)
print(last)
