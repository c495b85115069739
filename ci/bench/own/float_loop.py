"""Floating point arithmetic in a loop."""


def run(n):
    x = 0.5
    total = 0.0
    i = 0
    while i < n:
        x = 3.7 * x * (1.0 - x)
        total += x
        i += 1
    return total


print("%.9e" % run(15000000))
