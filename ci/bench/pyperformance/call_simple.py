"""Calls of functions that do nothing but call the next, eight deep.

After the program of the same name in the benchmarks of Unladen Swallow.
"""


def foo(a, b, c, d):
    bar(a, b, c)
    bar(a, b, c)


def bar(a, b, c):
    baz(a, b)
    baz(a, b)


def baz(a, b):
    quux(a)
    quux(a)


def quux(a):
    qux()


def qux():
    pass


def run():
    for _ in range(6000):
        foo(1, 2, 3, 4)
        foo(1, 2, 3, 4)
        foo(1, 2, 3, 4)
        foo(1, 2, 3, 4)
