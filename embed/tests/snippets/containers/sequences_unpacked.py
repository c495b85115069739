# Lists and tuples unpacked at the same place in hot code: of other lengths, subclasses, iterators, items released on the way.
from __future__ import print_function


class Pair(tuple):
    pass


class Items(list):
    def __iter__(self):
        return iter((list.__getitem__(self, 1), list.__getitem__(self, 0)))


def total(pairs):
    result = 0
    for pair in pairs:
        a, b = pair
        result += a - 2 * b
    return result


def last(n, triple):
    for _ in range(n):
        a, b, c = triple
        c, b, a = triple
        b, a, c = triple
    return a, b, c


def error_of(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


mixed = [(i, i + 1) if i % 3 else [i, i + 2] for i in range(3000)]
for _ in range(5):
    print(total(mixed), last(3000, (1, 2, 3)), last(3000, [4, 5, 6]))
print(total(mixed + [Pair((5, 6)), Items([7, 8]), iter([9, 10]), {11: 0, 12: 0}]))
for odd in [(), [], (1,), [1], (1, 2, 3), [1, 2, 3], None, 5, iter([1])]:
    print(error_of(total, mixed + [odd]) if odd != 5 else error_of(total, mixed + [odd])[0])
print(total(["ab"][:0]), error_of(total, [[1.5, 2], (2.5, 3)]))


class Noisy(object):
    """Changes a list when it dies."""

    def __init__(self, items):
        self.items = items

    def __del__(self):
        if self.items:
            self.items[:] = [None] * len(self.items)


def changed(n):
    """What is unpacked a second time has been changed by what the first time released."""
    seen = []
    for i in range(n):
        pair = [1, 2] if i % 2 else (1, 2)
        a, b = pair
        a, b = Noisy(pair if i % 2 else None), Noisy(None)
        a, b = pair
        c, d = pair
        seen.append((a, b, c, d))
    return sorted(set(seen), key=repr)


for _ in range(3):
    print(changed(2000))
