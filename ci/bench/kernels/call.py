"""Calls of functions: by position, by keyword, with defaults, with any number of arguments, of functions in C."""


def add(a, b):
    return a + b


def scale(value, by=3, offset=0):
    return value * by + offset


def spread(*values):
    return len(values)


def options(**named):
    return named["first"]


def apply(function, *args):
    return function(*args)


def run():
    total = 0
    for i in range(50000):
        total = add(total, i)
        total = add(total, scale(i)) + scale(i, offset=1, by=2)
        total += spread(i, i, i) + options(first=i, second=2)
        total += apply(add, i, 1) + abs(-i) + len("abc") + max(i, 5) + min(i, 5)
    return total
