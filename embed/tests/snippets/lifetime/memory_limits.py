# An allocation that fails is a MemoryError that the innermost handler catches, each time.
from __future__ import print_function
import gc
import os
import resource

try:
    range = xrange
except NameError:
    pass


def in_function(n):
    d = []
    try:
        for i in range(n):
            d.append((i, i * 0.5))
    except MemoryError:
        return "caught in the function"


def in_loop(n):
    d = []
    for i in range(n):
        try:
            d.append(i * 0.5)
        except MemoryError:
            return "caught in the loop"


def stored(n):
    d = [None] * n
    for i in range(n):
        try:
            d[i] = i * 0.5
        except MemoryError:
            return "caught at the store"


def ints(n):
    d = {}
    i = 0
    while i < n:
        try:
            d[i] = i << 20
        except MemoryError:
            return "caught among ints"
        i += 1


def half(x):
    return x * 0.5


def called(n):
    d = []
    for i in range(n):
        try:
            d.append(half(i))
        except MemoryError:
            return "caught around the call"


def outside(n):
    d = []
    for i in range(n):
        d.append(i * 0.5)


def produced(n):
    for i in range(n):
        yield i * 0.5


def consumed(n):
    d = []
    try:
        for x in produced(n):
            d.append(x)
    except MemoryError:
        return "caught around the generator"


class Node(object):
    def __init__(self, value):
        self.value = value


def instances(n):
    d = []
    try:
        for i in range(n):
            d.append(Node(i * 0.25))
    except MemoryError:
        return "caught among instances"


def used():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


# What the interpreter says of exceptions that nobody can be told of, some of the time.
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
functions = [in_function, in_loop, ints, called, consumed, instances]
for function in functions + [outside]:
    function(30000)
stored(30000)
hard = resource.getrlimit(resource.RLIMIT_AS)[1]
for megabytes in (8, 13, 40):
    for function in functions + [stored]:
        gc.collect()
        n = 10 ** 8 if function is not stored else megabytes << 15
        resource.setrlimit(resource.RLIMIT_AS, (used() + (megabytes << 20), hard))
        outcome = function(n)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        print(megabytes, outcome)
    resource.setrlimit(resource.RLIMIT_AS, (used() + (megabytes << 20), hard))
    try:
        outside(10 ** 8)
    except MemoryError:
        outcome = "caught outside"
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    print(megabytes, outcome)
print("survived")
