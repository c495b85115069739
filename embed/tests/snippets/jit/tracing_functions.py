# A trace function is code like any other: it is observed, and compiled a few times, not at every event.
import sys

try:
    from pyjion import stats
except ImportError:
    stats = dict

compilations = lambda: stats().get('compilations', 0)


def traced(rounds):
    total = 0
    for i in range(rounds):
        total += i
        total ^= 3
    return total


def count(rounds):
    target = sys._getframe()
    events = {}

    def trace(frame, event, arg):
        if frame is target:
            events['own'] = events.get('own', 0) + 1
        events[event] = events.get(event, 0) + 1
        return trace

    sys.settrace(trace)
    try:
        result = traced(rounds)
    finally:
        sys.settrace(None)
    return result, sorted(events.items())


before = compilations()
for rounds in (10, 3000, 10):
    print(count(rounds))
print(compilations() - before < 2000)
