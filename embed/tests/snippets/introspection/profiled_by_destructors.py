# Profiling switched on by a destructor in the midst of a hot function: it still reports that it returns.
from __future__ import print_function
import sys
events = []
def profiler(frame, event, arg):
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
class Switch(object):
    def __init__(self, on): self.on = on
    def __del__(self):
        if self.on: sys.setprofile(profiler)
def ends(n, on):
    s = Switch(on)
    t = n + 1
    s = None
    return t
def argument(s, n):
    s = n
    return s
def expression(on):
    return Switch(on) is None
def looped(on):
    t = 0
    for i in range(50):
        s = Switch(on and i == 49)
        s = None
    return t
for attempt in range(3):
    for f in (ends, lambda n, on: argument(Switch(on), n), lambda n, on: expression(on), lambda n, on: looped(on)):
        del events[:]
        for i in range(3000):
            f(i, False)
        f(1, True)
        sys.setprofile(None)
        print(events)
