# Memory runs out while a hot loop makes numbers: a MemoryError, and the program goes on.
from __future__ import print_function
import gc
import resource
import time


class Hold(object):
    pass


hold = Hold()


def make_floats(table, n):
    x = 0.5
    try:
        for i in range(n):
            table[i] = x
            x += 1.5
    except MemoryError:
        hold.ballast = None
        return "MemoryError"
    return "all"


def make_ints(table, n):
    k = 1 << 40
    i = 0
    try:
        while i < n:
            table[i] = k
            k += 3
            i += 1
    except MemoryError:
        hold.ballast = None
        return "MemoryError"
    return "all"


def make_one(x):
    return x + 1.5


def calls(table, n):
    x = 0.5
    try:
        for i in range(n):
            x = make_one(x)
            table[i] = x
    except MemoryError:
        hold.ballast = None
        return "MemoryError"
    return "all"


def used():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


soft, hard = resource.getrlimit(resource.RLIMIT_AS)
for function in (make_floats, make_ints, calls):
    for attempt in range(4):
        print(function([None] * 10000, 10000))
    for attempt in range(2):
        # More than fits in what malloc may have set aside for other threads, too.
        size = 8000000
        table = [None] * size
        hold.ballast = bytearray(12 << 20)
        gc.disable()
        # A thread of the compiler's that is about to end would give its memory back.
        time.sleep(0.3)
        resource.setrlimit(resource.RLIMIT_AS, (used() + (16 << 20), hard))
        outcome = function(table, size)
        del table
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        print(function.__name__, outcome, function([None] * 10000, 10000))
