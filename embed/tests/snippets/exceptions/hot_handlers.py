# Handlers in hot functions: caches by KeyError, unboxed locals across handlers, recursion errors, rare exceptions.
from __future__ import print_function
import sys

cache = {}


def fib(n):
    try:
        return cache[n]
    except KeyError:
        cache[n] = result = n if n < 2 else fib(n - 1) + fib(n - 2)
        return result


def numbers(n):
    total, square, ratio = 0, 1, 0.5
    for i in range(n):
        try:
            total += i
            ratio = ratio * 1.5 % 3.0
            if i % 7 == 0:
                [][i]
            square = total * 2 - square
        except IndexError:
            total -= 3
            ratio += 0.25
        finally:
            total += 1
    return total, square, ratio


def changing(n):
    x = 0
    for i in range(n):
        try:
            if i == n // 2:
                x = 'text'
            x += 1
        except TypeError:
            x = 1.5
    return x


def rare(n):
    hits = 0
    for i in range(n):
        try:
            if i == n - 3:
                raise ValueError
            hits += 1
        except ValueError:
            hits += 1000000
    return hits


def rare_then_often(n):
    hits = 0
    for i in range(n):
        try:
            if i > n // 2 and i % 2:
                raise ValueError
            hits += 1
        except ValueError:
            hits += 1000
    return hits


def endless(n):
    return endless(n + 1) + 1


def too_deep():
    try:
        endless(0)
    except RuntimeError as e:
        return type(e).__name__, str(e)


def bounded(depth):
    try:
        return bounded(depth + 1)
    except RuntimeError:
        return 'deep enough' if depth > 100 else depth


def first_unbound(n):
    seen = []
    for i in range(n):
        try:
            seen.append(later)
        except NameError as e:
            seen.append(type(e).__name__)
        later = i
    return seen[:3], len(seen)


def deleting(n):
    misses = 0
    for i in range(n):
        x = i
        if i % 2:
            del x
        try:
            x += 1
        except UnboundLocalError:
            misses += 1
    return misses


module_total = 0
for i in range(20000):
    try:
        if i % 10 == 0:
            raise KeyError(i)
        module_total += 1
    except KeyError as e:
        module_total += e.args[0]
    finally:
        module_total += 1

for turn in range(4):
    cache.clear()
    print(fib(60), len(cache), numbers(1000), changing(100), rare(1000), rare_then_often(1000))
    print(too_deep(), bounded(0), first_unbound(10), deleting(11), module_total)
print(numbers(30000), changing(30000), rare(30000), rare_then_often(30000), first_unbound(20000), deleting(20001))
