"""A `for` loop over range (xrange on 2.7) in a function."""
try:
    numbers = xrange
except NameError:
    numbers = range


def run(n):
    total = 0
    for i in numbers(n):
        total ^= i + (total & 7)
    return total


print(run(30000000))
