# Frames and tracebacks kept after their code returned or raised, and looked at later.
from __future__ import print_function
import gc
import sys
import traceback
import weakref

N = 30000
kept = []


class Thing(object):
    pass


def returns(n):
    total = 0
    scale = 0.5
    thing = Thing()
    for i in range(n):
        total += i
        scale += 0.25
        if i == n - 10:
            kept.append(sys._getframe())
    last = total * 2
    return last


def raises(n):
    total = 0
    scale = 0.5
    for i in range(n):
        total += i
        scale = scale * 1.5 if scale < 100 else 0.5
        if i == n - 5:
            raise ValueError(i)


def kept_by_callee():
    kept.append(sys._getframe(1))


def calls(n):
    total = 0
    for i in range(n):
        total += 1
        if i == n // 2:
            kept_by_callee()
        total += i
    del i
    return total


def straight_on(n):
    a = n * 2
    b = a + 0.5
    kept_by_callee()
    if n % 10000:
        kept.pop()
    c = a + 3
    d = b * 2
    return d


def generator(n):
    total = 0
    for i in range(n):
        total += i
        if i % 10000 == 9999:
            yield total
    done = True


def describe(frame):
    values = sorted((k, v) for k, v in frame.f_locals.items() if isinstance(v, (int, float)))
    return frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti, values


def chain(where):
    result = []
    while where is not None:
        result.append((where.tb_lineno - where.tb_frame.f_code.co_firstlineno, where.tb_lasti)
                      + describe(where.tb_frame))
        where = where.tb_next
    return result


for attempt in range(3):
    returns(N)
    calls(N)
    for frame in kept:
        print(describe(frame), sorted(frame.f_locals), frame.f_back is None)
    watch = weakref.ref(kept[0].f_locals["thing"])
    print("thing", watch() is not None)
    del frame
    del kept[:]
    gc.collect()
    print("thing", watch() is not None)

    for i in range(1, N + 1):
        straight_on(i)
    for frame in kept:
        print(describe(frame))
    del frame
    del kept[:]

    tracebacks = []
    for function in (raises, lambda n: raises(n)):
        try:
            function(N)
        except ValueError:
            tracebacks.append(sys.exc_info()[2])
    if hasattr(sys, "exc_clear"):
        sys.exc_clear()
    for where in tracebacks:
        for line in chain(where)[1:]:
            print("  ", line)
        print("".join(traceback.format_tb(where)[-1:]).splitlines()[-1])
    del tracebacks, where

    produced = generator(N)
    for value in produced:
        frame = produced.gi_frame
        print(value, describe(frame))
    print(produced.gi_frame, describe(frame))
    del produced

    if hasattr(frame, "clear"):
        frame.clear()
        print(frame.f_locals)
        try:
            raises(N)
        except ValueError as error:
            inner = error.__traceback__.tb_next.tb_frame
        inner.clear()
        print(describe(inner))
        try:
            sys._getframe().clear()
        except RuntimeError as error:
            print(error)

        def clears(n):
            total = 0
            for i in range(n):
                total += i
                if i == n - 3:
                    try:
                        sys._getframe().clear()
                    except RuntimeError as error:
                        print(error, total, i)
            return total
        print(clears(N))
        traceback.clear_frames(inner_tb) if "inner_tb" in globals() else None
    del frame
