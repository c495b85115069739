"""An integer `while` loop in a function."""


def run(n):
    total = 0
    i = 0
    while i < n:
        total = (total + i * 3) & 0xffffff
        i += 1
    return total


print(run(30000000))
