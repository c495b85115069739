# Tracing that is switched on in handlers, in finally, in __exit__ and by destructors sees the events that follow.
from __future__ import print_function
import sys

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name in WATCHED:
        kind = arg[0].__name__ if event == 'exception' else None
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, kind))
    return tracer


def on(*args):
    sys.settrace(tracer)
    frame = sys._getframe(1)
    while frame is not None:
        frame.f_trace = tracer
        frame = frame.f_back


def off():
    sys.settrace(None)
    seen = list(events)
    del events[:]
    return seen


class OnExit(object):
    def __enter__(self):
        pass

    def __exit__(self, *args):
        on()
        return True


class OnDelete(object):
    def __del__(self):
        on()

    def __add__(self, other):
        raise KeyError('add')


def in_handler():
    try:
        {}['x']
    except KeyError:
        on()
        y = 1
    return y


def in_finally():
    try:
        try:
            {}['x']
        finally:
            on()
    except KeyError:
        y = 2
    return y


def by_exit():
    with OnExit():
        {}['x']
    return 3


def by_operand():
    try:
        [OnDelete() + 1]
    except KeyError:
        y = 4
    return y


def raises_when_traced():
    on()
    try:
        try:
            {}['x']
        except KeyError:
            raise ValueError
    except ValueError:
        return 5


def by_called():
    try:
        on_and_fail()
    except KeyError:
        return 6


def on_and_fail():
    on()
    raise KeyError


def returns_in_finally():
    for i in range(2):
        try:
            try:
                {}['x']
            except KeyError:
                on()
                continue
        finally:
            y = 7
    return y


WATCHED = ['in_handler', 'in_finally', 'by_exit', 'by_operand', 'raises_when_traced', 'by_called', 'on_and_fail',
           'returns_in_finally']
for turn in range(30):
    for function in (in_handler, in_finally, by_exit, by_operand, raises_when_traced, by_called, returns_in_finally):
        result = function()
        seen = off()
        if turn in (0, 1, 2, 10, 29):
            print(result, seen)
        if hasattr(sys, 'exc_clear'):
            sys.exc_clear()
