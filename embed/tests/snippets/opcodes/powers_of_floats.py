# `**` of floats, unusual ones too.
from __future__ import print_function

INF = float("inf")
NAN = float("nan")
BASES = [2.0, -2.0, 0.5, -0.5, 0.0, -0.0, 1.0, -1.0, 1e200, -1e200, 1e-200, INF, -INF, NAN, 3, -3, 0]
EXPONENTS = [2.0, 3.0, 0.5, -1.0, -0.0, 0.0, -2.5, 1e10, INF, -INF, NAN, -1074.0, 2, 3, 0, -1]


def powers(x, times):
    total = 0.0
    for n in range(times):
        y = x + n
        total += y ** 2 + y ** -1.5 + (n + 1) ** 0.5 + 2 ** y
    return total


def one(x, y):
    return x ** y


def into(x, y):
    x **= y
    return x


def attempt(function, x, y):
    try:
        return repr(function(x, y))
    except (ArithmeticError, ValueError) as error:
        return type(error).__name__ + ": " + str(error)


print(powers(1.5, 900))
for turn in range(3):
    for n in range(300):
        one(1.5, 2.0 + n / 100)
        into(1.5, 2.0 + n / 100)
    for x in BASES:
        for y in EXPONENTS:
            results = [attempt(function, x, y) for function in (one, into)]
            if turn in (0, 2):
                print(x, y, results)
