# The recursion limit: the depth at which it strikes, the message, and what is left after it.
from __future__ import print_function
import sys


def depth_from(function):
    try:
        return function(1)
    except RuntimeError as error:
        return str(error).split(" in ")[0]


deepest = 0


def plain(n):
    global deepest
    if n > deepest:
        deepest = n
    return plain(n + 1) + 1


def caught(n):
    try:
        return caught(n + 1)
    except RuntimeError:
        return n


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def through_generator(n):
    for value in inner(n):
        return value


def inner(n):
    yield through_generator(n + 1)


def fresh_depth(function):
    global deepest
    deepest = 0
    message = depth_from(function)
    return deepest, message


print(fib(18))
for limit in (150, 400, 1000, 400):
    sys.setrecursionlimit(limit)
    first = fresh_depth(plain)
    second = fresh_depth(plain)
    print(limit, first == second, first)
    results = [caught(1) for _ in range(5)]
    print(limit, len(set(results)), results[0])
    print(limit, depth_from(through_generator))
print(fib(18))
