# Tracebacks, line numbers and f_locals of loops that raise when they are hot.
from __future__ import print_function
import sys
import traceback


def plain(n):
    total = 0
    ratio = 0.0
    for i in range(n + 1):
        total += i
        ratio = total / 2.0
        x = [total,
             ratio]
        y = x[
            i // n * 2
        ]
    return y


def deep(n):
    i = 0
    while True:
        i += 1
        inner(i,
              n)


def inner(i, n):
    k = i * 2
    if i == n:
        return [][i]
    return k


def from_operator(n):
    items = [1] * n + ['x']
    s = 0
    for item in items:
        s = (s
             + item)
    return s


def from_attribute(n):
    for i in range(n):
        (1).real
        if i == n - 1:
            (1).missing


def from_name(n):
    for i in range(n):
        if i == n - 1:
            return missing_name


def generator(n):
    total = 0
    for i in range(n):
        total += i
        yield total
    raise KeyError(total)


def from_generator(n):
    for x in generator(n):
        last = x


def handled_then_raised(n):
    for i in range(n):
        try:
            if i % 2:
                raise ValueError(i)
        except ValueError as e:
            if i > n - 2:
                raise
    return i


def show(f, *args):
    try:
        f(*args)
    except Exception:
        kind, value, tb = sys.exc_info()
        text = traceback.format_exc()
        print('\n'.join(line for line in text.replace(__file__, 'FILE').split('\n') if 'File "/' not in line))
        while tb.tb_next is not None:
            tb = tb.tb_next
        f_locals = tb.tb_frame.f_locals
        print(tb.tb_lineno, tb.tb_frame.f_lineno, sorted((k, v) for k, v in f_locals.items() if type(v) in (int, float)))
        del tb


for f in (plain, deep, from_operator, from_attribute, from_name, from_generator, handled_then_raised):
    show(f, 5000)
    for k in range(550):
        try:
            f(2)
        except Exception as e:
            last = str(e)
    show(f, 2)
