"""Recursion: Fibonacci, Ackermann, Hanoi and permutations."""


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def hanoi(height, source, target, spare):
    if height == 0:
        return 0
    return hanoi(height - 1, source, spare, target) + 1 + hanoi(height - 1, spare, target, source)


def permutations(items):
    if len(items) < 2:
        return [items]
    return [[items[i]] + rest for i in range(len(items)) for rest in permutations(items[:i] + items[i + 1:])]


def run():
    return fibonacci(24), ackermann(2, 80), hanoi(14, "a", "b", "c"), len(permutations(list(range(7))))
