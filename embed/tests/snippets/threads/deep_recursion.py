# Calls nest about as deep in a given C stack as they do without a JIT, before and after they are compiled.
from __future__ import print_function
import os
import sys
import threading

# Stock gets a little deeper in 8 MiB.
DEPTH, WITH_DEFAULTS = (13500, 13500) if sys.version_info[0] == 2 else (20000, 12500)
if {"PYJION_STRESS_EXIT", "PYJION_NO_OPT", "PYJION_BACKEND"} & set(os.environ):
    # Frames that compiled code left need more than the interpreter's, and so does clumsy code, or none at all.
    DEPTH, WITH_DEFAULTS = DEPTH // 3 * 2, WITH_DEFAULTS // 3 * 2


def plain(n):
    if n == 0:
        return 0
    return plain(n - 1) + 1


def numbers(n, x=0.5):
    y = x + 1.5
    z = n * 2
    if n == 0:
        return 0
    result = numbers(n - 1, y)
    return result + (z - n - n) + 1


def generate(n):
    if n:
        for x in generate(n - 1):
            yield x
    yield 1


class Thing(object):
    def method(self, n):
        if n == 0:
            return 0
        return self.method(n - 1) + 1


def run(results):
    sys.setrecursionlimit(DEPTH + 1000)
    for attempt in range(4):
        results.append((
            plain(DEPTH) == DEPTH,
            numbers(WITH_DEFAULTS) == WITH_DEFAULTS,
            Thing().method(DEPTH) == DEPTH,
            sum(generate(300)),
        ))
    for limit in (3000, 500):
        sys.setrecursionlimit(limit)
        for attempt in range(3):
            try:
                plain(limit)
            except RuntimeError as error:
                results.append(str(error))
            for depth in range(limit - 20, limit):
                try:
                    plain(depth)
                except RuntimeError:
                    results.append(depth)
                    break


threading.stack_size(8 << 20)
results = []
thread = threading.Thread(target=run, args=(results,))
thread.start()
thread.join()
for result in results:
    print(result)
