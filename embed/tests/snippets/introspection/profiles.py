# cProfile, profile and trace count what they count without a JIT, also when they are switched on in a hot loop.
from __future__ import print_function
import cProfile
import profile
import sys
import trace

N = 20000


def leaf(x):
    return x + 1


def recursive(n):
    return n if n < 2 else recursive(n - 1) + recursive(n - 2)


def generate(n):
    for i in range(n):
        yield leaf(i)


class Thing(object):
    def method(self, x):
        return x

    def __len__(self):
        return 3


def work(n):
    thing = Thing()
    total = 0
    for i in range(n):
        total += leaf(i) + thing.method(i) + len("abc") + len(thing)
        if i % 2:
            total += sorted((2, 1), key=leaf)[0]
    total += sum(generate(100)) + recursive(8)
    try:
        for i in range(n):
            total += 10 // (n - 1 - i)
    except ZeroDivisionError:
        total += 1
    return total


def counts(profiler):
    profiler.create_stats()
    result = []
    for (path, line, name), (primitive, calls, _, _, callers) in profiler.stats.items():
        if path == __file__ or path == "~":
            callers = sorted((k[2].split(" at 0x")[0], v if isinstance(v, int) else v[0]) for k, v in callers.items())
            result.append((name.split(" at 0x")[0], primitive, calls, callers))
    return sorted(result)


def in_the_middle(n, profiler):
    total = 0
    for i in range(n):
        if i == n - 10:
            profiler.enable()
        total += leaf(i)
        if i == n - 5:
            profiler.disable()
    return total


for attempt in range(2):
    print(work(N))
    profiler = cProfile.Profile()
    print(profiler.runcall(work, N))
    for line in counts(profiler):
        print("  ", line)
    profiler = cProfile.Profile()
    print(in_the_middle(N, profiler))
    for line in counts(profiler):
        print("  ", line)
    profiler = profile.Profile(bias=0)
    print(profiler.runcall(work, 500))
    for line in counts(profiler):
        if line[0] not in ("profiler", "setprofile"):
            print("  ", line)
    tracer = trace.Trace(count=1, trace=0, countfuncs=0, countcallers=0)
    print(tracer.runfunc(work, 500))
    lines = sorted((line, count) for (path, line), count in tracer.results().counts.items() if path == __file__)
    print(lines)
    tracer = trace.Trace(count=0, trace=0, countcallers=1)
    print(tracer.runfunc(work, 500))
    print(sorted((caller[2], callee[2]) for caller, callee in tracer.results().callers if caller[0] == __file__))
