"""Ints: the longest chain of the Collatz problem below a limit."""


def chain(start):
    length = 1
    while start != 1:
        if start % 2:
            start = 3 * start + 1
        else:
            start //= 2
        length += 1
    return length


def run():
    best = longest = 0
    for start in range(1, 6000):
        length = chain(start)
        if length > longest:
            best, longest = start, length
    return best, longest
