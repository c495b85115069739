# Tracing and profiling switched on and off inside hot loops; the events that follow.
from __future__ import print_function
import sys

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return tracer


def switch(i):
    if i % 1000 == 500:
        sys.settrace(tracer)
    elif i % 1000 == 502:
        sys.settrace(None)
    return i


def loop(n):
    frame = sys._getframe()
    total = 0
    for i in range(n):
        total += switch(i)
        total -= 1
        if i == 2499:
            frame.f_trace = tracer
    frame.f_trace = None
    return total


print(loop(3000))
for e in events:
    print(e)
del events[:]


def profiler(frame, event, arg):
    events.append((event, frame.f_code.co_name, getattr(arg, '__name__', None) if event.startswith('c_') else None))


def profiled(n):
    s = 0
    for i in range(n):
        if i == n // 2:
            sys.setprofile(profiler)
        s += abs(-i) + helper(i)
        if i == n // 2 + 2:
            sys.setprofile(None)
    return s


def helper(x):
    return len('x') + x


print(profiled(4000))
for e in events:
    print(e)
del events[:]


def changes_locals(frame, event, arg):
    if event == 'line' and 'victim' in frame.f_locals:
        if frame.f_locals['victim'] == 3500:
            frame.f_locals['victim'] = 10.5
    return changes_locals


def victimised(n):
    frame = sys._getframe()
    victim = 0
    out = 0
    for i in range(n):
        victim = i
        if i == 3498:
            frame.f_trace = changes_locals
            sys.settrace(changes_locals)
        out += victim
        if i == 3502:
            sys.settrace(None)
    return out


print(victimised(5000))


def raising_tracer(frame, event, arg):
    if event == 'line' and frame.f_locals.get('i') == 4000:
        sys.settrace(None)
        raise ValueError('from the tracer')
    return raising_tracer


def traced_to_death(n):
    frame = sys._getframe()
    for i in range(n):
        if i == 3990:
            frame.f_trace = raising_tracer
            sys.settrace(raising_tracer)
    return i


try:
    traced_to_death(5000)
except ValueError as e:
    print(e, sys.exc_info()[2].tb_next.tb_frame.f_locals['i'])


def jumper(frame, event, arg):
    if event == 'line' and frame.f_locals.get('i') == 2000 and not jumped:
        jumped.append(frame.f_lineno - frame.f_code.co_firstlineno)
        frame.f_lineno = frame.f_code.co_firstlineno + 7
    return jumper


jumped = []


def jumped_over(n):
    frame = sys._getframe()
    hits = 0
    for i in range(n):
        if i == 1999:
            frame.f_trace = jumper
            sys.settrace(jumper)
        hits += 1
        hits += 0
    sys.settrace(None)
    return hits


print(jumped_over(3000), jumped)
