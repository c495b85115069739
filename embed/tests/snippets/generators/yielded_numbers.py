# What a suspended frame holds: numbers that are in a local as well, operands below a yield, blocks, references.
import sys


def same_number(limit):
    number = limit * 1000
    while number < limit * 1000 + 40:
        number += 1
        other = number * 3
        got = yield number
        if got is not number or (yield other) is not other:
            yield "differs"


def below(n):
    total = 0.5
    i = 0
    while i < n:
        total = total + (yield total) * (yield i) - (yield i * 2.0)
        i = i + 1
    yield [total, (yield i), i]


def in_blocks(items, log):
    for outer in items:
        try:
            for inner in (outer, outer * 2):
                try:
                    yield inner
                except KeyError as error:
                    log.append(("caught", inner, str(error)))
                    yield -inner
                finally:
                    log.append(inner)
        finally:
            log.append(("outer", outer))


def shared(n):
    a = b = n * 100.25
    i = 0
    while i < 30:
        i += 1
        a = b = a + 1.0
        yield a, b
        yield a
        if a is not b:
            yield "not shared"
        j = i
        yield j


def condition(n):
    i = 0
    while i < n:
        yield i < 3
        yield not i
        i += 1


def frame_of(generator):
    frame = generator.gi_frame
    return sorted(frame.f_locals.items(), key=str), frame.f_lineno, frame.f_lasti


def references(thing, n):
    i = 0
    while i < n:
        i += 1
        yield thing
        yield i


for turn in range(60):
    g = same_number(turn + 1)
    value = next(g)
    seen = []
    while True:
        seen.append(value)
        try:
            value = g.send(value)
        except StopIteration:
            break
print(seen[:4], seen[-4:], "differs" in seen)

for turn in range(60):
    g = below(5)
    seen = [next(g)]
    while len(seen) < 17:
        seen.append(g.send(len(seen) + 0.25))
        if len(seen) == 8:
            where = frame_of(g)
print(seen, where, list(g))

for turn in range(60):
    log = []
    g = in_blocks([1, 2, turn], log)
    seen = [next(g), next(g), g.throw(KeyError("key")), next(g), frame_of(g)[0][1:3]]
    if turn % 2:
        g.close()
    else:
        try:
            g.throw(ValueError, "thrown")
        except ValueError as error:
            log.append(str(error))
    del g
print(seen, log)

for turn in range(60):
    seen = [one if not isinstance(one, tuple) else one[0] is one[1] for one in shared(turn)]
print(seen[:9], list(condition(5)))

thing = object()
for turn in range(60):
    before = sys.getrefcount(thing)
    g = references(thing, 50)
    next(g)
    suspended = sys.getrefcount(thing) - before
    for one in g:
        pass
    del one
    after = sys.getrefcount(thing) - before
    del g
print(suspended, after, sys.getrefcount(thing) - before)
