"""Exceptions: raised and caught near and far, with classes of one's own, finally and with."""


class Stop(Exception):
    def __init__(self, where):
        Exception.__init__(self, where)
        self.where = where


class Guard(object):
    entered = left = 0

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, kind, value, traceback):
        self.left += 1
        return kind is KeyError


def descend(depth, where):
    if depth == 0:
        raise Stop(where)
    try:
        descend(depth - 1, where)
    finally:
        where += 1


def run():
    guard = Guard()
    numbers = {"1": 1, "2": 2}
    total = 0
    for i in range(14000):
        try:
            total += int("x" if i % 3 else "7")
        except ValueError:
            total += 1
        try:
            descend(i % 6, i)
        except Stop as stop:
            total += stop.where
        with guard:
            total += numbers[str(i % 4)]
        try:
            (1, 2)[i % 4]
        except (KeyError, IndexError) as error:
            total += len(str(error))
        else:
            total += 2
    return total, guard.entered, guard.left
