"""Closures: counters, composed functions, decorators and functions passed to functions."""


def counter(step):
    total = [0]

    def count():
        total[0] += step
        return total[0]
    return count


def compose(*functions):
    def composed(value):
        for function in functions:
            value = function(value)
        return value
    return composed


def adder(amount):
    return lambda value: value + amount


def logged(calls):
    def decorate(function):
        def wrapper(*args):
            calls.append(len(args))
            return function(*args)
        return wrapper
    return decorate


def run():
    calls = []

    @logged(calls)
    def clipped(value, most):
        return value if value < most else most

    count = counter(3)
    total = 0
    chain = compose(adder(1), adder(-2), lambda value: value * 2)
    for i in range(40000):
        total += chain(i) + count() + clipped(i, 20000)
        total += adder(i)(1)
    squares = sum(map(lambda value: value * value, filter(lambda value: value % 3, range(40000))))
    return total, squares, len(calls)
