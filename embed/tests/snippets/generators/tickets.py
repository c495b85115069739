# Where a generator goes on: each resumption at its own yield, whatever happened to frame, code and thread meanwhile.
import sys


def steps(n):
    yield "begin", n
    i = 0
    while i < n:
        yield "in", i
        for j in (i, i + 1):
            got = [j, (yield "deeper", j), (yield "deepest", i)]
            if got[1] is not None:
                yield got
        i += 1
    yield "end", n


# What was abandoned half way leaves a frame behind, and the next generator begins at the beginning in that.
seen = []
for turn in range(200):
    g = steps(3)
    for resumed in range(turn % 11):
        seen.append(next(g))
    del g
    g = steps(turn)
    seen.append((next(g), g.gi_frame.f_lasti >= 0))
    del g
print(len(seen), seen[-8:])

# Many at once, of one code object, each somewhere else.
crowd = [steps(2 + index % 3) for index in range(12)]
for index, g in enumerate(crowd):
    for resumed in range(index):
        next(g)
for turn in range(20):
    out = [next(g, None) for g in crowd]
    if turn % 7 == 0:
        print(out)


# Versions come and go while a frame is suspended.
def kinds(items):
    total = 0
    for item in items:
        total = total + item
        yield total


class Number(object):
    def __init__(self, value):
        self.value = value

    def __radd__(self, other):
        return Number(other + self.value) if not isinstance(other, Number) else Number(other.value + self.value)

    def __repr__(self):
        return "Number(%r)" % self.value


for turn in range(40):
    old = kinds([1, 2.5, 3, Number(4), 5.5, 6])
    first = [next(old)]
    for one in kinds(range(30)):
        pass
    first.append(next(old))
    for one in kinds([0.5] * 30):
        pass
    first.append(next(old))
    try:
        first.extend(old)
    except TypeError:
        first.append("no more")
print(one, first)


# Already running.
def reentered():
    i = 0
    while i < 40:
        i += 1
        try:
            yield next(itself)
        except ValueError as error:
            yield str(error)


itself = reentered()
print(sorted(set(itself)))


# Traced in between, and seen from within.
def watched(n):
    i = 0
    while i < n:
        i += 1
        frame = sys._getframe()
        yield frame.f_back.f_code.co_name, frame.f_lineno


def caller(g):
    return next(g)


events = []


def trace(frame, event, arg):
    if frame.f_code.co_name == "watched":
        events.append((event, frame.f_lineno))
    return trace


g = watched(200)
for turn in range(60):
    last = caller(g), g.gi_frame.f_back
    if turn % 20 == 10:
        sys.settrace(trace)
        last = caller(g), g.gi_frame.f_back
        sys.settrace(None)
print(last, events)


# Sent, thrown and closed.
def answers(log):
    sent = None
    try:
        while True:
            try:
                sent = yield sent
            except KeyError as error:
                sent = str(error), yield_name(sys.exc_info())
            log.append(sent)
    finally:
        log.append("closed")


def yield_name(info):
    return info[0].__name__


for turn in range(40):
    log = []
    g = answers(log)
    next(g)
    out = [g.send(1), next(g), g.throw(KeyError("thrown")), g.send(2)]
    g.close()
    out.append(next(g, "over"))
print(out, log, sys.exc_info()[0])


# An exception is being handled, here and there.
def handling():
    while True:
        try:
            raise IndexError("inner")
        except IndexError:
            yield sys.exc_info()[0].__name__


g = handling()
for turn in range(60):
    try:
        raise KeyError("outer")
    except KeyError:
        names = next(g), sys.exc_info()[0].__name__, next(g)
print(names, sys.exc_info()[0] is None or sys.version_info[0] == 2)


# As deep as it goes.
def nested(depth):
    if depth:
        for one in nested(depth - 1):
            yield one
    yield depth


def depth_reached(limit):
    reached = 0
    try:
        for one in nested(limit):
            reached += 1
    except RuntimeError as error:
        return "too deep" if "recursion" in str(error) else str(error)
    return reached


for turn in range(8):
    deep = depth_reached(60), depth_reached(sys.getrecursionlimit() + 10)
print(deep)

# More code than there are places for.
source = "def g%d(n):\n    i = 0\n    while i < n:\n        yield i\n        i += 1\n"
first = {}
exec(source % 0, first)
waiting = first["g0"](1000)
for turn in range(30):
    next(waiting)
names = {}
for index in range(1, 1100):
    exec(source % index, names)
    total = sum(names["g%d" % index](4)) + next(waiting, 0)
print(total)
