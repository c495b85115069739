# Generators with hot loops: send, throw and close in the middle, finally, exhaustion.
from __future__ import print_function
import sys

log = []


def counter(n):
    total = 0
    try:
        for i in range(n):
            got = yield total
            if got is not None:
                total += got
            total += i
    except GeneratorExit:
        log.append(('closed', i, total))
        raise
    except ValueError as e:
        log.append(('thrown', i, total, str(e)))
        yield 'recovered'
        for k in range(3):
            yield k
    finally:
        log.append(('finally', i, total))


def floats(x, n):
    i = 0
    while i < n:
        x = x * 0.999 + i
        i += 1
        yield x


def nested(n):
    for i in range(n):
        for x in inner(i % 4):
            yield i * x


def inner(k):
    j = 0
    while j < k:
        yield j
        j += 1


def drive(n):
    g = counter(n)
    out = [next(g)]
    for k in range(n // 2):
        out.append(g.send(k % 5 or None))
    return g, out[-1]


g, last = drive(5000)
print(last, g.gi_frame.f_locals['total'], g.gi_frame.f_lineno - g.gi_code.co_firstlineno, g.gi_running)
g.close()
g, last = drive(5000)
print(g.throw(ValueError('boom')), list(g))
g, last = drive(5000)
try:
    g.throw(KeyError, 'through')
except KeyError as e:
    print('KeyError', e, list(g))
g, last = drive(5000)
del g
print(log); del log[:]
print(sum(floats(1.0, 5000)), sum(floats(3, 5000)), sum(nested(3000)))


def two_alternating(n):
    a, b = floats(0.0, n), counter(n)
    s = 0
    for x in a:
        s += x
        s += next(b, 0)
    return s


print(two_alternating(5000)); del log[:]


def early_break(n):
    for x in counter(n):
        if x > 100000:
            break
    return x


print(early_break(5000), log); del log[:]


def yields_in_try(n):
    for i in range(n):
        try:
            yield i
            if i % 3 == 0:
                raise KeyError(i)
        except KeyError:
            yield -i
        finally:
            log.append(i)


print(sum(yields_in_try(3000)), len(log), log[-1]); del log[:]
g = yields_in_try(5000)
for k in range(4000):
    x = next(g)
g.close()
print(x, log[-1]); del log[:]


def reentrant():
    for i in range(5000):
        if i == 4000:
            try:
                next(me)
            except ValueError as e:
                yield str(e)
        yield i


me = reentrant()
print([x for x in me][3999:4002])


def unbound(n):
    for i in range(n):
        if i == n - 1:
            del kept
        else:
            kept = i
        yield i
    yield kept


try:
    for x in unbound(5000):
        pass
except UnboundLocalError as e:
    print(x, e)
print(sum(x * x for x in range(5000)), sum(x for y in range(80) for x in range(y) if x % 2), max((k * 7919) % 5000 for k in range(5000)))


def exc_info_inside():
    for i in range(3000):
        try:
            raise ValueError(i)
        except ValueError:
            yield sys.exc_info()[1].args[0]
            if i % 1000 == 0:
                yield sys.exc_info()[0].__name__ if sys.exc_info()[0] else None


for x in exc_info_inside():
    if isinstance(x, str):
        print(x, sys.exc_info()[0] and sys.exc_info()[0].__name__)
print(x)
