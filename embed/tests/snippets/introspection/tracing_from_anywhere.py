# Trace and profile functions switched on and off by callees, signal handlers and threads, in loops that are hot already.
from __future__ import print_function
import signal
import os
import sys
import threading

N = 30000
events = []


def name(frame):
    return frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno


def tracer(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        if event == "exception":
            arg = arg[0].__name__
        elif event == "call":
            arg = None
        locals_ = sorted(item for item in frame.f_locals.items() if isinstance(item[1], (int, float)))
        events.append((event, name(frame), arg if event in ("exception", "return") else None, locals_))
    return tracer


def profiler(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        what = arg.__name__ if event.startswith("c_") else None
        events.append((event, name(frame), what))


def on():
    sys._getframe(1).f_trace = tracer
    sys.settrace(tracer)


def off():
    sys.settrace(None)


def callee(x):
    y = x * 2
    return y


def fails(x):
    if x >= 0:
        raise KeyError(x)


def switched_by_callee(n):
    total = 0
    scale = 0.5
    for i in range(n):
        if i == n - 5:
            on()
        total += callee(i)
        scale += 0.25
        try:
            if i > n - 6:
                fails(i)
        except KeyError:
            total += 1
        if i == n - 4:
            off()
    return total, scale


def only_f_trace(n):
    # The frame is traced only once somebody calls sys.settrace() as well.
    total = 0
    for i in range(n):
        if i == n - 6:
            sys._getframe().f_trace = tracer
        if i == n - 4:
            sys.settrace(lambda frame, event, arg: None)
        total += callee(i)
        if i == n - 3:
            sys.settrace(None)
    return total


def by_signal(n):
    total = 0
    i = 0
    while i < n:
        i += 1
        if i == n - 10:
            os.kill(os.getpid(), signal.SIGUSR1)
            total += 1
        if i == n - 2:
            os.kill(os.getpid(), signal.SIGUSR2)
            total += 1
        total += i
    return total


def on_signal(number, frame):
    frame.f_trace = tracer
    sys.settrace(tracer)


def off_signal(number, frame):
    sys.settrace(None)


def profiled(n):
    total = 0
    for i in range(n):
        if i == n - 4:
            sys.setprofile(profiler)
        total += callee(i) + len("abc") + abs(-i)
        if i == n - 2:
            sys.setprofile(None)
    return total


def generate(n):
    for i in range(n):
        if i == n - 3:
            on()
        yield i
        if i == n - 2:
            off()


def consume(n):
    return sum(generate(n))


def iterate(n):
    total = 0
    for x in generate(n):
        total += x
    return total


def nested(n):
    def inner(i):
        if i == n - 3:
            frame = sys._getframe(1)
            while frame is not None:
                frame.f_trace = tracer
                frame = frame.f_back
            sys.settrace(tracer)
        elif i == n - 2:
            sys.settrace(None)
        return i
    total = 0
    for i in range(n):
        total += inner(i)
    return total


def with_blocks(n):
    class Manager(object):
        def __enter__(self):
            return 1

        def __exit__(self, *args):
            return None
    manager = Manager()
    total = 0
    for i in range(n):
        with manager as one:
            total += one
            if i == n - 3:
                on()
        try:
            total += i
        finally:
            total += 1
    off()
    return total


def show(title, result):
    print(title, result, len(events))
    for event in events[:70]:
        print("  ", event)
    del events[:]


signal.signal(signal.SIGUSR1, on_signal)
signal.signal(signal.SIGUSR2, off_signal)
for attempt in range(2):
    for function in (switched_by_callee, only_f_trace, profiled, consume, iterate, nested, with_blocks):
        result = function(N)
        sys.settrace(None)
        show(function.__name__, result)
    # When a handler runs differs; that the frame is traced then, and no longer after, does not.
    result = by_signal(N)
    sys.settrace(None)
    kinds = set((event[0], event[1][0]) for event in events)
    print(result, ("line", "by_signal") in kinds, ("call", "off_signal") in kinds)
    del events[:]


# In a thread.
threading.settrace(tracer)
thread = threading.Thread(target=callee, args=(3,))
thread.start()
thread.join()
threading.settrace(None)
show("thread", None)
threading.setprofile(profiler)
thread = threading.Thread(target=callee, args=(3,))
thread.start()
thread.join()
threading.setprofile(None)
show("thread", None)


# A trace function that jumps.


def jumps(frame, event, arg):
    if event == "line" and name(frame)[1] == 4 and frame.f_locals["i"] == N - 3:
        frame.f_lineno = frame.f_code.co_firstlineno + 6
        return None
    return jumps


def jumped(n):
    total = 0
    for i in range(n):
        total += 1
        total += 10
        total += 100
        total += 1000
        if i == n - 4:
            sys._getframe().f_trace = jumps
            sys.settrace(jumps)
    return total


for attempt in range(3):
    print(jumped(N))
    sys.settrace(None)


def raising_tracer(frame, event, arg):
    if event == "line" and name(frame)[1] == 5:
        raise ValueError("from the tracer")
    return raising_tracer


def raised_by_tracer(n):
    total = 0
    for i in range(n):
        try:
            if i == n - 3:
                total += 1
                sys._getframe().f_trace = raising_tracer
                sys.settrace(raising_tracer)
            total += i
        except ValueError as error:
            print(error, sys.gettrace(), i)
    return total


for attempt in range(2):
    print(raised_by_tracer(N))
    sys.settrace(None)
