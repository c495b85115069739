# A StopIteration that ends a loop is shown to a trace function (3.x), also when tracing starts late.
from __future__ import print_function
import sys


class Counter(object):
    def __init__(self, n, late=False):
        self.n, self.late = n, late

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            if self.late:
                sys.settrace(trace)
            raise StopIteration
        return self.n
    next = __next__


events = []


def trace(frame, event, arg):
    name = frame.f_code.co_name
    if name in ("loop", "__next__") and event == "exception":
        events.append((name, event, arg[0].__name__))
    return trace


def loop(c):
    t = 0
    for v in c:
        t += v
    return t


for i in range(60):
    r = loop(Counter(20))
print(r)
for i in range(5):
    print(loop(Counter(20, late=True)))
    sys.settrace(None)
    print(events)
    del events[:]
sys.settrace(trace)
print(loop(Counter(3)))
sys.settrace(None)
print(events)
