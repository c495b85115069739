# versions: 3.5
# gi_yieldfrom and cr_await of suspended, running and finished generators; who is traced in them.
import sys


def inner():
    x = yield 1
    yield x
    return 'end'


def outer():
    before = yield 'plain'
    got = yield from inner()
    again = yield from [before, got]
    return again


for turn in range(4):
    g = outer()
    print(g.gi_yieldfrom, next(g), g.gi_yieldfrom, g.send('b'), type(g.gi_yieldfrom).__name__)
    print(g.gi_yieldfrom.gi_yieldfrom, g.send('s'), next(g), type(g.gi_yieldfrom).__name__, next(g))
    try:
        next(g)
    except StopIteration as stop:
        print(stop.value, g.gi_yieldfrom, g.gi_frame)

events = []


def tracer(frame, event, arg):
    if frame.f_code in (outer.__code__, inner.__code__):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


g = outer()
next(g)
g.send('b')
sys.settrace(tracer)
g.send('t')
next(g)
sys.settrace(None)
print(events)
print(list(g))
