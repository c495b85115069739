# Frames of compiled functions count for the garbage collector as frames do, once those that are kept were made and
# the code is compiled for good: collections begin when they would. A frame that an exit takes out of use is one that was
# not counted, and may be freed.
from __future__ import print_function
import gc


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def deep(n):
    return 0 if n == 0 else deep(n - 1) + 1


def defaults(n, step=1):
    return [] if n == 0 else [defaults(n - step)]


def count(function, *args):
    before = gc.get_count()[0]
    function(*args)
    return gc.get_count()[0] - before


gc.collect()
gc.disable()
results = []
for attempt in range(60):
    results.append((count(fib, 12), count(deep, 700), count(deep, 300), count(defaults, 300)))
    if attempt > 20 and results[-4:] == results[-1:] * 4:
        break
for result in results[-4:]:
    print([abs(number) > 1 for number in result])
