"""Generators: chained, recursive, as expressions, and sent values."""


def numbers(limit):
    for i in range(limit):
        yield i


def odd(values):
    for value in values:
        if value % 2:
            yield value


def tree(depth):
    if depth:
        for value in tree(depth - 1):
            yield value
        yield depth
        for value in tree(depth - 1):
            yield value


def average():
    total = count = 0
    value = yield None
    while True:
        total += value
        count += 1
        value = yield total // count


def run():
    total = sum(value * 3 for value in odd(numbers(250000)))
    depths = sum(tree(14))
    mean = average()
    next(mean)
    for value in numbers(80000):
        last = mean.send(value)
    return total, depths, last
