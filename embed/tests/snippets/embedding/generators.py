# Generators that are hot: send, throw, close, exceptions handled inside, and what is seen outside.
from __future__ import print_function
import gc
import sys


def accumulate():
    total = 0
    while True:
        value = yield total
        if value is not None:
            total += value


def robust(log):
    count = 0
    while True:
        try:
            count += yield count
        except ValueError as error:
            log.append(str(error))
            count = -1
        finally:
            log.append("f")


def stubborn():
    while True:
        try:
            yield 1
        except GeneratorExit:
            yield 2


def handling():
    for i in range(3000):
        try:
            raise KeyError(i)
        except KeyError:
            yield sys.exc_info()[1].args[0]


def outer_exception():
    seen = set()
    numbers = handling()
    try:
        raise IndexError("outer")
    except IndexError:
        for number in numbers:
            seen.add(sys.exc_info()[0].__name__)
    return sorted(seen)


def nested(depth):
    if depth:
        for value in nested(depth - 1):
            yield value + 1
    else:
        for value in range(400):
            yield value


def finite(n):
    for i in range(n):
        got = yield i
        if got == "stop":
            return


accumulator = accumulate()
next(accumulator)
for i in range(5000):
    last = accumulator.send(i)
print(last)
accumulator.close()
try:
    accumulator.send(1)
except StopIteration:
    print("closed")

log = []
robusts = robust(log)
print(next(robusts))
for i in range(2000):
    if i % 100 == 99:
        last = robusts.throw(ValueError("v%d" % i))
    else:
        last = robusts.send(1)
print(last, len(log), log[-2:], log[99:101])
robusts.close()
print(len(log))

for i in range(600):
    stubborns = stubborn()
    next(stubborns)
    try:
        stubborns.close()
    except RuntimeError as error:
        last = str(error)
print(last)
del stubborns
gc.collect()

print(outer_exception())
print(sys.exc_info()[0] is None)
print(sum(nested(8)))
total = 0
for i in range(500):
    finites = finite(i % 7)
    for value in finites:
        total += value
        if value == 4:
            try:
                finites.send("stop")
            except StopIteration:
                total += 1000
print(total)


def running():
    try:
        me.send(None)
    except ValueError as error:
        yield str(error)


for i in range(400):
    me = running()
    last = next(me)
print(last)
