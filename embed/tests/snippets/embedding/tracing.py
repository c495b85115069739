# settrace and setprofile switched on and off in the middle of hot loops: the same events.
from __future__ import print_function
import sys

events = []


def tracer(frame, event, arg):
    events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def profiler(frame, event, arg):
    name = arg.__name__ if event.startswith("c_") else frame.f_code.co_name
    events.append((event, name))


def leaf(x):
    y = x + 1
    return y


def switching(n, at, on, off):
    total = 0
    for i in range(n):
        if i == at:
            on()
        total += leaf(i)
        if i == at + 3:
            off()
    return total


def calls_builtin(n, at, on, off):
    total = 0
    for i in range(n):
        if i == at:
            on()
        total += len("abc") + leaf(i)
        if i == at + 2:
            off()
    return total


def helper_on():
    sys.settrace(tracer)
    frame = sys._getframe(1)
    while frame is not None:
        frame.f_trace = tracer
        frame = frame.f_back


def helper_off():
    sys.settrace(None)
    frame = sys._getframe(1)
    while frame is not None:
        frame.f_trace = None
        frame = frame.f_back


def generator(n):
    i = 0
    while i < n:
        yield i
        i += 1


def show(title):
    print(title, len(events))
    for event in events[:60]:
        print("  ", event)
    del events[:]


for attempt in range(2):
    print(switching(3000, 2500, lambda: sys.settrace(tracer), lambda: sys.settrace(None)))
    show("settrace, callees only")
    print(switching(3000, 2500, helper_on, helper_off))
    show("settrace, running frame too")
    print(calls_builtin(3000, 2500, lambda: sys.setprofile(profiler), lambda: sys.setprofile(None)))
    show("setprofile")

total = 0
for i in generator(4000):
    total += i
    if i == 3500:
        sys.setprofile(profiler)
    if i == 3503:
        sys.setprofile(None)
print(total)
show("setprofile, generator")


def returns_with_profile():
    sys.setprofile(profiler)
    return 1


def caller(n, at):
    last = 0
    for i in range(n):
        if i == at:
            last += returns_with_profile()
            return last
        last += 1


for at in (2000, 1000, 1500):
    print(caller(3000, at))
    sys.setprofile(None)
    show("profile switched on before a return")


def raising(frame, event, arg):
    if event == "line" and frame.f_code.co_name == "leaf":
        raise RuntimeError("tracer")
    return raising


try:
    switching(3000, 2500, lambda: sys.settrace(raising), lambda: None)
except RuntimeError as error:
    print(error, sys.gettrace())
print(switching(3000, 5000, None, None))
