# One number bound to two names stays one object over loop edges and merges.
from __future__ import print_function


def two_names(n):
    same = 0
    i = 0
    a = b = 100000
    while i < n:
        if a is b:
            same += 1
        i += 1
        a = b = i * 1000
    return same, a is b


def two_floats(n):
    same = 0
    a = b = 0.5
    for i in range(n):
        if a is b:
            same += 1
        a = b = i * 0.25
    return same


def merged(n):
    same = 0
    for i in range(n):
        if i % 3:
            x = i * 7777
            y = x
        else:
            x = i * 5555
            y = x
        if x is y:
            same += 1
    return same


def different(n):
    same = 0
    for i in range(n):
        x = i + 100000
        y = i + 100000
        if x is y:
            same += 1
        if x is not y:
            same += 1000000
    return same


def small(n):
    same = 0
    for i in range(n):
        x = i & 7
        y = (i + 8) & 7
        if x is y:
            same += 1
        if x is 3:
            same += 10000
    return same


print(two_names(5000))
print(two_floats(5000))
print(merged(5000))
print(different(5000))
print(small(5000))
