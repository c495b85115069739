# Threads in hot loops all make progress, whatever the switch interval.
from __future__ import print_function
import ctypes
import sys
import threading
import time


def count(counters, index, stop):
    while not stop:
        counters[index] += 1


def count_locally(counters, index, stop):
    total = 0
    x = 0.5
    while not stop:
        total += 1
        x += 1.5
        if total & 1023 == 0:
            counters[index] = total


def count_calls(counters, index, stop):
    def step(n):
        return n + 1
    total = 0
    while not stop:
        total = step(total)
        counters[index] = total


def produce():
    i = 0
    while True:
        yield i
        i += 1


def count_generated(counters, index, stop):
    for i in produce():
        counters[index] = i
        if stop:
            break


def set_interval(value):
    if hasattr(sys, "setswitchinterval"):
        sys.setswitchinterval({1: 1e-6, 100: 0.005, 100000: 0.05}[value])
    else:
        sys.setcheckinterval(value)


def stay_on_one_processor():
    """With several, a thread of 2.7 that gives up its lock takes it again before those it woke are there: for minutes."""
    libc = ctypes.CDLL(None)
    mask = (ctypes.c_ubyte * 128)()
    if libc.sched_getaffinity(0, len(mask), mask) < 0:
        return
    at = next(i for i, byte in enumerate(mask) if byte)
    first = mask[at] & -mask[at]
    mask = (ctypes.c_ubyte * 128)()
    mask[at] = first
    libc.sched_setaffinity(0, len(mask), mask)


stay_on_one_processor()
for interval in (1, 100, 100000):
    set_interval(interval)
    for target in (count, count_locally, count_calls, count_generated):
        counters = [0, 0, 0]
        stop = []
        threads = [threading.Thread(target=target, args=(counters, index, stop)) for index in range(3)]
        for thread in threads:
            thread.start()
        seen = [0, 0, 0]
        rounds = 0
        while rounds < 3:
            time.sleep(0.002)
            now = list(counters)
            if all(new > old for new, old in zip(now, seen)):
                seen = now
                rounds += 1
        stop.append(1)
        for thread in threads:
            thread.join()
        print(interval, target.__name__, rounds)
set_interval(100)
