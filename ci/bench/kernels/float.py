"""Floats: a part of the Mandelbrot set, counted."""


def escapes(x, y, most):
    a = b = 0.0
    for i in range(most):
        a, b = a * a - b * b + x, 2.0 * a * b + y
        if a * a + b * b > 4.0:
            return i
    return most


def run():
    total = 0
    for row in range(80):
        for column in range(140):
            total += escapes(column / 50.0 - 2.1, row / 32.0 - 1.25, 100)
    return total
